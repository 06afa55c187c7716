//! Initiatives as readers saw them at a moment.
//!
//! Everything starts from what the caller can see today: what was withdrawn, unpublished or made private since does not
//! come back. Of that, a caller sees the texts that were for them then.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{InnerJoin, count_star, min, sql};
use diesel::helper_types::IntoBoxed;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::text::parsed;
use super::workflow::RevisionState;
use crate::access::reach::Reach;
use crate::access::visibility::Visibility;
use crate::db::enum_text::{Word, text};
use crate::db::schema::{initiatives, revisions};
use crate::error::ApiError;
use crate::http::page::{Order, Slice, Window};
use crate::registry::initiatives::answer::{Initiative, InitiativeRef};
use crate::registry::initiatives::earlier::EarlierText;
use crate::registry::initiatives::relatives::Related;
use crate::registry::initiatives::shown::ShownRevision;
use crate::registry::initiatives::store;

/// Title of the text that was shown.
const TITLE: &str = "coalesce(revisions.content ->> 'title', initiatives.title)";

/// Id of the initiative that the text is a component of.
const PARENT: &str = "
    CASE WHEN revisions.content IS NULL THEN initiatives.parent_id
    ELSE (SELECT record_id FROM slugs WHERE resource = 'initiative' AND slug = revisions.content ->> 'parent') END";

/// Orders by title; `descending`: Z to A.
pub const fn by_title(descending: bool) -> Order {
    Order::new(TITLE, "text", descending)
}

/// Revisions with their initiatives.
pub type Shown = IntoBoxed<'static, InnerJoin<revisions::table, initiatives::table>, Pg>;

/// A shown revision as a query returns it: the initiative, the number, the text if it is not the present one, the times,
/// and the parent.
type ShownRow = (Uuid, i32, Option<Value>, Option<DateTime<Utc>>, Option<DateTime<Utc>>, Option<Uuid>);

/// The revisions that readers with this reach saw at a moment. Each initiative has at most one.
pub fn shown(reach: Reach, at: DateTime<Utc>) -> Shown {
    use Visibility::{Members, Officers, Private, Public};
    let published = [RevisionState::Published, RevisionState::Superseded].map(Word);
    let query = revisions::table
        .inner_join(initiatives::table)
        .filter(revisions::state.eq_any(published))
        .filter(revisions::published_at.le(at))
        .filter(revisions::replaced_at.is_null().or(revisions::replaced_at.gt(at)))
        .filter(initiatives::id.eq_any(store::visible(reach).select(initiatives::id)))
        .into_boxed();
    if reach.is_officer() {
        return query;
    }
    // The text and that of its parent were for this reader, or the reader's council looks after it.
    let levels = [Public, Members, Officers, Private].into_iter().filter(|level| *level <= reach.level);
    let levels: Vec<String> = levels.map(|level| text(&level)).collect();
    let seen = sql::<Bool>("(initiatives.steward_id = ")
        .bind::<Nullable<SqlUuid>, _>(reach.council)
        .sql(" OR (coalesce(revisions.content ->> 'visibility', initiatives.visibility) = ANY (")
        .bind::<Array<Text>, _>(levels.clone())
        .sql(&format!(
            ") AND (({PARENT}) IS NULL OR EXISTS (
                SELECT FROM revisions of_parent JOIN initiatives parent ON parent.id = of_parent.initiative_id
                WHERE parent.id = ({PARENT}) AND of_parent.state IN ('published', 'superseded')
                    AND coalesce(of_parent.content ->> 'visibility', parent.visibility) = ANY ("
        ))
        .bind::<Array<Text>, _>(levels)
        .sql(") AND of_parent.published_at <= ")
        .bind::<Timestamptz, _>(at)
        .sql(" AND (of_parent.replaced_at IS NULL OR of_parent.replaced_at > ")
        .bind::<Timestamptz, _>(at)
        .sql(")))))");
    query.filter(seen)
}

/// An initiative as readers saw it at a moment. 404 if the caller cannot see it today, or could not then; before the first
/// publication, the answer says when that was.
pub async fn find(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    id: Uuid,
    at: DateTime<Utc>,
) -> Result<Initiative, ApiError> {
    let rows = shown(reach, at).filter(initiatives::id.eq(id)).select(columns()).load::<ShownRow>(conn).await?;
    if let Some(found) = records(conn, reach, at, rows).await?.pop() {
        return Ok(found);
    }
    // 404, or the public reason of its withdrawal, if the caller cannot see it at all.
    store::find(conn, reach, id).await?;
    let published = [RevisionState::Published, RevisionState::Superseded].map(Word);
    let own = revisions::table.filter(revisions::initiative_id.eq(id)).filter(revisions::state.eq_any(published));
    let first: Option<DateTime<Utc>> = own.select(min(revisions::published_at)).first(conn).await?;
    Err(ApiError::not_found("initiative").with_detail(match first {
        Some(first) if first > at => {
            format!("Readers see this initiative since {}.", first.format("%-d %B %Y at %H:%M:%S UTC"))
        }
        _ => format!("Readers did not see this initiative on {}.", at.format("%-d %B %Y at %H:%M:%S UTC")),
    }))
}

/// One page of the initiatives that readers saw at a moment. `narrow` adds filters.
pub async fn list(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    at: DateTime<Utc>,
    window: &Window,
    narrow: impl Fn(Shown) -> Shown,
) -> Result<Slice<Initiative>, ApiError> {
    let total = narrow(shown(reach, at)).select(count_star()).first(conn).await?;
    let mut query = narrow(shown(reach, at));
    if let Some(beyond) = window.beyond("initiatives.id") {
        query = query.filter(beyond);
    }
    let rows = query
        .select((columns(), window.key()))
        .order(window.order("initiatives.id"))
        .limit(window.fetch())
        .load::<(ShownRow, String)>(conn)
        .await?;
    let slice = Slice::new(rows, total, window, |row| row.0);
    let order: Vec<Uuid> = slice.rows.iter().map(|row| row.0).collect();
    let mut found = HashMap::new();
    for record in records(conn, reach, at, slice.rows.clone()).await? {
        found.insert(record.id, record);
    }
    Ok(slice.of(order.iter().filter_map(|id| found.remove(id)).collect()))
}

/// Columns of a [`ShownRow`].
#[diesel::dsl::auto_type(no_type_alias)]
fn columns() -> _ {
    let parent: diesel::expression::SqlLiteral<Nullable<SqlUuid>> = sql::<Nullable<SqlUuid>>(PARENT);
    (initiatives::id, revisions::number, revisions::content, revisions::published_at, revisions::replaced_at, parent)
}

/// The records of shown revisions, with the relatives of then.
async fn records(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    at: DateTime<Utc>,
    rows: Vec<ShownRow>,
) -> Result<Vec<Initiative>, ApiError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
    let parents: Vec<Uuid> = rows.iter().filter_map(|row| row.5).collect();
    let (mut texts, mut revisions) = (HashMap::new(), HashMap::new());
    for (id, number, content, published_at, replaced_at, parent) in rows {
        let published_at = published_at.ok_or_else(|| ApiError::internal("a published revision has no time"))?;
        revisions.insert(id, ShownRevision { number, as_at: at, published_at, replaced_at });
        if let Some(content) = content {
            texts.insert(id, EarlierText { text: parsed(content)?, parent });
        }
    }
    let mut components: HashMap<Uuid, Vec<Related>> = HashMap::new();
    for (parent, one) in relatives(conn, reach, at, PARENT, &ids).await? {
        components.entry(parent.unwrap_or_default()).or_default().push(one);
    }
    let parents = relatives(conn, reach, at, "initiatives.id", &parents).await?;
    let parents = parents.into_iter().map(|(_, one)| (one.reference.id, one)).collect();
    let query = initiatives::table.filter(initiatives::id.eq_any(ids)).into_boxed();
    let rows = store::Rows::load_earlier(conn, query, texts, at).await?.with_relatives(parents, components);
    // Rendering Markdown takes time, as in `store::load`.
    let loaded = spawn_blocking(move || rows.assemble_on(reach, at.date_naive())).await.map_err(ApiError::internal)?;
    Ok(loaded
        .into_iter()
        .map(|loaded| {
            let revision = revisions.remove(&loaded.record.id);
            let updated_at = revision.as_ref().map_or(loaded.record.updated_at, |shown| shown.published_at);
            Initiative { revision, updated_at, ..loaded.record }
        })
        .collect())
}

/// Initiatives with their titles of a moment, each with its parent, ordered by title: those with one of these ids, or the
/// components of one of these.
async fn relatives(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    at: DateTime<Utc>,
    id: &str,
    ids: &[Uuid],
) -> Result<Vec<(Option<Uuid>, Related)>, ApiError> {
    type Row = (Option<Uuid>, Uuid, String, String, Word<Visibility>, Option<Uuid>);
    let is_one = sql::<Bool>(&format!("({id}) = ANY (")).bind::<Array<SqlUuid>, _>(ids.to_vec()).sql(")");
    let rows = shown(reach, at)
        .filter(is_one)
        .order((sql::<Text>(TITLE), initiatives::id))
        .select((
            sql::<Nullable<SqlUuid>>(PARENT),
            initiatives::id,
            initiatives::slug,
            sql::<Text>(TITLE),
            initiatives::effective_visibility,
            initiatives::steward_id,
        ))
        .load::<Row>(conn)
        .await?;
    let related = |(parent, id, slug, title, level, steward): Row| {
        (parent, Related { reference: InitiativeRef { id, slug, title }, level: level.0, steward })
    };
    Ok(rows.into_iter().map(related).collect())
}
