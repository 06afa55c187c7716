//! Queries of council changes. They name only councils that everybody can see.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{CitedDocument, CouncilChange, CouncilChangeKind, NewCouncilChange};
use crate::access::reach::Reach;
use crate::db::enum_text::Word;
use crate::db::schema::{council_changes, councils};
use crate::error::{ApiError, UNKNOWN};
use crate::http::input::Draft;
use crate::registry::councils::model::CouncilRef;
use crate::registry::withdrawal::missing;
use crate::registry::{references, stewards};

#[derive(Queryable, Selectable)]
#[diesel(table_name = council_changes, check_for_backend(Pg))]
struct CouncilChangeRow {
    id: Uuid,
    kind: Word<CouncilChangeKind>,
    effective_on: NaiveDate,
    order_title: Option<String>,
    order_url: Option<String>,
    source_title: String,
    source_url: Option<String>,
    from_ids: Vec<Option<Uuid>>,
    to_ids: Vec<Option<Uuid>>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A council change ready to be written, with its references resolved to ids.
pub struct Resolved {
    new: NewCouncilChange,
    from: Vec<Uuid>,
    to: Vec<Uuid>,
}

fn recorded() -> council_changes::BoxedQuery<'static, Pg> {
    council_changes::table.filter(council_changes::withdrawn_at.is_null()).into_boxed()
}

/// Resolves the councils that a body names. Reports every fault at once, the draft's own included.
pub async fn resolve(conn: &mut AsyncPgConnection, draft: Draft<NewCouncilChange>) -> Result<Resolved, ApiError> {
    let Draft { value: new, mut faults } = draft;
    let known = references::visible_councils(conn, Reach::PUBLIC).await?;
    let mut sides = [Vec::new(), Vec::new()];
    for (side, (name, named)) in sides.iter_mut().zip([("from", &new.from), ("to", &new.to)]) {
        for (index, reference) in named.iter().enumerate() {
            let pointer = format!("/{name}/{index}");
            let unknown = |detail| faults.add(&*pointer, UNKNOWN, detail);
            let Some(id) = references::pick(&known, reference, "council", unknown) else { continue };
            if side.contains(&id) {
                faults.add(pointer, "repeated", "names the same council twice");
            } else {
                side.push(id);
            }
        }
    }
    let [from, to] = sides;
    if new.kind.is_of_one_council() && from.len() == 1 && to.len() == 1 && from != to {
        faults.add("/to/0", "not_allowed", "is another council: this kind of change is of one council");
    }
    faults.finish()?;
    // Who withdraws or hides one of them waits until this transaction ends, and then sees the change.
    let ids: Vec<Uuid> = from.iter().chain(&to).copied().collect();
    councils::table.filter(councils::id.eq_any(ids)).select(councils::id).for_key_share().load::<Uuid>(conn).await?;
    Ok(Resolved { new, from, to })
}

/// Records a change.
pub async fn create(conn: &mut AsyncPgConnection, change: &Resolved) -> Result<Uuid, ApiError> {
    let Resolved { new, from, to } = change;
    let (id, order) = (Uuid::now_v7(), new.order.as_ref());
    diesel::insert_into(council_changes::table)
        .values((
            council_changes::id.eq(id),
            council_changes::kind.eq(Word(new.kind)),
            council_changes::effective_on.eq(new.effective_on),
            council_changes::order_title.eq(order.map(|order| &*order.title)),
            council_changes::order_url.eq(order.and_then(|order| order.url.as_deref())),
            council_changes::source_title.eq(&*new.source.title),
            council_changes::source_url.eq(new.source.url.as_deref()),
            council_changes::from_ids.eq(from),
            council_changes::to_ids.eq(to),
        ))
        .execute(conn)
        .await?;
    stewards::restate(conn, from).await?;
    Ok(id)
}

/// The change with an id. A withdrawn one gives 404 with the public reason.
pub async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> Result<CouncilChange, ApiError> {
    if let Some(found) = load(conn, &[id]).await?.pop() {
        return Ok(found);
    }
    Err(missing(conn, "council_changes", "council change", id).await?)
}

/// Changes by id.
pub async fn load(conn: &mut AsyncPgConnection, ids: &[Uuid]) -> Result<Vec<CouncilChange>, ApiError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = recorded().filter(council_changes::id.eq_any(ids.to_vec()));
    let rows = query.select(CouncilChangeRow::as_select()).load(conn).await?;
    to_models(conn, rows).await
}

/// Every change that is not withdrawn, the earliest first.
pub async fn load_all(conn: &mut AsyncPgConnection) -> Result<Vec<CouncilChange>, ApiError> {
    let query = recorded().order((council_changes::effective_on, council_changes::id));
    let rows = query.select(CouncilChangeRow::as_select()).load(conn).await?;
    to_models(conn, rows).await
}

/// Withdraws a change and leaves a tombstone; false if `current` is not the current version.
pub async fn withdraw(
    conn: &mut AsyncPgConnection,
    current: &CouncilChange,
    reason: Option<&str>,
) -> Result<bool, ApiError> {
    let target = council_changes::table
        .find(current.id)
        .filter(council_changes::version.eq(current.version))
        .filter(council_changes::withdrawn_at.is_null());
    let now = Utc::now();
    let change = (
        council_changes::withdrawn_at.eq(now),
        council_changes::withdrawn_reason.eq(reason),
        council_changes::updated_at.eq(now),
        council_changes::version.eq(current.version + 1),
    );
    let is_withdrawn = diesel::update(target).set(change).execute(conn).await? == 1;
    if is_withdrawn {
        let from: Vec<Uuid> = current.from.iter().map(|council| council.id).collect();
        stewards::restate(conn, &from).await?;
    }
    Ok(is_withdrawn)
}

async fn to_models(conn: &mut AsyncPgConnection, rows: Vec<CouncilChangeRow>) -> Result<Vec<CouncilChange>, ApiError> {
    let named = rows.iter().flat_map(|row| row.from_ids.iter().chain(&row.to_ids)).copied().flatten();
    let named: Vec<Uuid> = named.collect();
    let known = references::councils_by_id(conn, &named).await?;
    Ok(rows.into_iter().map(|row| to_model(row, &known)).collect())
}

fn to_model(row: CouncilChangeRow, known: &HashMap<Uuid, CouncilRef>) -> CouncilChange {
    let councils = |ids: Vec<Option<Uuid>>| ids.iter().flatten().filter_map(|id| known.get(id).cloned()).collect();
    let cited = |title: String, url: Option<String>| CitedDocument {
        title: title.as_str().into(),
        url: url.as_deref().map(Into::into),
    };
    CouncilChange {
        id: row.id,
        kind: row.kind.0,
        effective_on: row.effective_on,
        order: row.order_title.map(|title| cited(title, row.order_url)),
        from: councils(row.from_ids),
        to: councils(row.to_ids),
        source: cited(row.source_title, row.source_url),
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}
