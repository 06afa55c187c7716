//! The initiatives of one council or theme: a filter, or the slug by which the record is called now.

use diesel_async::AsyncPgConnection;

use super::filter::InitiativeFilter;
use super::query::InitiativeQuery;
use crate::auth::caller::Reach;
use crate::error::ApiError;
use crate::refs;
use crate::{councils, themes};

/// What an address of a council's or a theme's initiatives leads to.
pub enum Within {
    /// The slug of the record, and which initiatives.
    Here(String, Box<InitiativeFilter>),
    /// The record has this slug now.
    Moved(String),
}

/// The initiatives of a council that match a query; 404 for one that the caller does not see.
pub async fn within_council(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    segment: &str,
    query: &InitiativeQuery,
) -> Result<Within, ApiError> {
    let found = councils::store::locate(conn, reach, segment).await?;
    if refs::is_former(segment, &found.slug, found.id) {
        return Ok(Within::Moved(found.slug));
    }
    let mut filter = InitiativeFilter::new(conn, reach, query).await?;
    filter.within_council = Some(found.id);
    Ok(Within::Here(found.slug, Box::new(filter)))
}

/// The initiatives of a theme, or of themes within it, that match a query.
pub async fn within_theme(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    segment: &str,
    query: &InitiativeQuery,
) -> Result<Within, ApiError> {
    let found = themes::store::locate(conn, segment).await?;
    if refs::is_former(segment, &found.slug, found.id) {
        return Ok(Within::Moved(found.slug));
    }
    let mut filter = InitiativeFilter::new(conn, reach, query).await?;
    filter.within_themes = refs::any_theme(conn, &[found.slug.as_str().into()], &mut Vec::new()).await?;
    Ok(Within::Here(found.slug, Box::new(filter)))
}
