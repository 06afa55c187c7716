//! The initiatives of one council or theme: a filter, or the current slug to redirect to.

use super::initiative_filter::InitiativeFilter;
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::registry::initiatives::query::InitiativeQuery;
use crate::registry::references;

/// The result of resolving a nested path.
pub enum Within {
    /// The slug of the record, and the filter of its initiatives.
    Here(String, Box<InitiativeFilter>),
    /// The record now has this slug.
    Moved(String),
}

impl Within {
    /// The initiatives of a council that match a query; 404 if the council is hidden from the caller.
    pub fn council(
        snapshot: &Snapshot,
        reach: Reach,
        segment: &str,
        query: &InitiativeQuery,
    ) -> Result<Self, ApiError> {
        let found = &snapshot.locate_council(segment)?.record;
        if references::is_former(segment, &found.slug, found.id) {
            return Ok(Self::Moved(found.slug.clone()));
        }
        let filter = InitiativeFilter::new(snapshot, reach, query)?;
        let within_council = Some(snapshot.widened(&[found.id], query.lineage.unwrap_or_default()));
        Ok(Self::Here(found.slug.clone(), Box::new(InitiativeFilter { within_council, ..filter })))
    }

    /// The initiatives with a theme or its narrower themes that match a query.
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
