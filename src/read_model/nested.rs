//! The initiatives of one council or theme: a filter, or the slug by which the record is called now.

use super::initiative_filter::InitiativeFilter;
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::registry::initiatives::query::InitiativeQuery;
use crate::registry::references;

/// What an address of a council's or a theme's initiatives leads to.
pub enum Within {
    /// The slug of the record, and which initiatives.
    Here(String, Box<InitiativeFilter>),
    /// The record has this slug now.
    Moved(String),
}

impl Within {
    /// The initiatives of a council that match a query; 404 for one that the caller does not see.
    pub fn council(
        snapshot: &Snapshot,
        reach: Reach,
        segment: &str,
        query: &InitiativeQuery,
    ) -> Result<Self, ApiError> {
        let found = &snapshot.locate_council(reach, segment)?.record;
        if references::is_former(segment, &found.slug, found.id) {
            return Ok(Self::Moved(found.slug.clone()));
        }
        let filter = InitiativeFilter::new(snapshot, reach, query)?;
        Ok(Self::Here(found.slug.clone(), Box::new(InitiativeFilter { within_council: Some(found.id), ..filter })))
    }

    /// The initiatives of a theme, or of themes within it, that match a query.
    pub fn theme(snapshot: &Snapshot, reach: Reach, segment: &str, query: &InitiativeQuery) -> Result<Self, ApiError> {
        let found = &snapshot.locate_theme(segment)?.record;
        if references::is_former(segment, &found.slug, found.id) {
            return Ok(Self::Moved(found.slug.clone()));
        }
        let filter = InitiativeFilter::new(snapshot, reach, query)?;
        let within_themes = Some(snapshot.themes_within(vec![found.id]));
        Ok(Self::Here(found.slug.clone(), Box::new(InitiativeFilter { within_themes, ..filter })))
    }
}
