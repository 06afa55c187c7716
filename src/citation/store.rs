//! What the catalogue says of the whole: how far the public records reach, and the registry's themes.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, max, min, select};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::auth::caller::Reach;
use crate::db::schema::{councils, initiatives, themes};
use crate::error::ApiError;
use crate::initiatives::filter::visible;
use crate::refs::Resource;
use crate::themes::store::readable;

/// How far the public records reach in time.
#[derive(Debug, Default)]
pub struct Extent {
    /// When the first initiative was published.
    pub issued: Option<DateTime<Utc>>,
    /// When a public record last changed or was withdrawn.
    pub modified: Option<DateTime<Utc>>,
    /// When the earliest initiative began, as precisely as known.
    pub from: Option<String>,
    /// When the last one to end did so, as precisely as known.
    pub to: Option<String>,
}

/// A theme as the catalogue shows it.
#[derive(Debug, Queryable)]
pub struct Concept {
    /// Id.
    pub id: Uuid,
    /// Slug.
    pub slug: String,
    /// Label.
    pub label: String,
    /// What belongs to it.
    pub definition: String,
    /// The wider theme.
    pub broader: Option<Uuid>,
}

type Day = Option<DateTime<Utc>>;

/// How far what everybody sees reaches.
pub async fn extent(conn: &mut AsyncPgConnection) -> Result<Extent, ApiError> {
    let public = || visible(Reach::PUBLIC);
    let (issued, changed, from): (Day, Day, Option<String>) = public()
        .select((min(initiatives::published_at), max(initiatives::updated_at), min(initiatives::started_on)))
        .first(conn)
        .await?;
    let to: Option<String> = public().select(max(initiatives::ended_on)).first(conn).await?;
    let withdrawn: Day = initiatives::table
        .filter(initiatives::effective_visibility.eq("public"))
        .select(max(initiatives::withdrawn_at))
        .first(conn)
        .await?;
    let council: Day = councils::table
        .filter(councils::withdrawn_at.is_null())
        .filter(councils::membership_status.is_distinct_from("prospect"))
        .select(max(councils::updated_at))
        .first(conn)
        .await?;
    let theme: Day = themes::table.select(max(themes::updated_at)).first(conn).await?;
    let modified = [changed, withdrawn, council, theme].into_iter().flatten().max();
    Ok(Extent { issued, modified, from, to })
}

/// The themes of the registry, by label.
pub async fn concepts(conn: &mut AsyncPgConnection) -> Result<Vec<Concept>, ApiError> {
    Ok(readable()
        .order((themes::label, themes::id))
        .select((themes::id, themes::slug, themes::label, themes::definition, themes::broader_id))
        .load(conn)
        .await?)
}

/// What kind of record an id is of, hidden, withdrawn or merged or not: what the caller may see is the record query's
/// business.
pub async fn resource(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Option<Resource>, ApiError> {
    let council = exists(councils::table.find(id));
    let theme = exists(themes::table.find(id));
    let initiative = exists(initiatives::table.find(id));
    let is: (bool, bool, bool) = select((council, theme, initiative)).get_result(conn).await?;
    Ok(match is {
        (true, ..) => Some(Resource::Council),
        (_, true, _) => Some(Resource::Theme),
        (.., true) => Some(Resource::Initiative),
        _ => None,
    })
}
