//! The last changes of a snapshot, for Atom feeds: each as the caller sees the record now.

use uuid::Uuid;

use super::facet_index::FacetKey;
use super::recent::RecentChange;
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::registry::changes::model::{Change, ChangeKind, ChangedRecord, ChangedResource};

/// What a feed is about.
#[derive(Clone, Copy, Debug)]
pub enum Subject {
    /// Everything.
    Registry,
    /// A council and the initiatives that it leads or takes part in.
    Council(Uuid),
    /// A theme, and the initiatives on it or on any theme within it.
    Theme(Uuid),
}

/// The last changes, newest first, each record once.
///
/// What is gone is left out where the subject is not the registry: a record that is gone lies within no council and no theme
/// any more, and what it once lay within is not this caller's to know.
pub fn latest(snapshot: &Snapshot, reach: Reach, subject: Subject, most: usize) -> Result<Vec<Change>, ApiError> {
    let within = match subject {
        Subject::Registry => None,
        Subject::Council(id) => Some((id, FacetKey::Involves(id))),
        Subject::Theme(id) => Some((id, FacetKey::Theme(id))),
    };
    let lies_within = |change: &RecentChange| {
        let Some((id, key)) = within else { return true };
        change.record_id == id
            || snapshot.number(change.record_id).is_some_and(|number| {
                let is_seen = snapshot.initiative(number).is_some_and(|entry| entry.is_seen(reach));
                is_seen && snapshot.facets.get(key).is_some_and(|set| set.contains(number))
            })
    };
    snapshot.recent.latest(reach, lies_within, most).into_iter().map(|change| shown(snapshot, reach, change)).collect()
}

fn shown(snapshot: &Snapshot, reach: Reach, change: &RecentChange) -> Result<Change, ApiError> {
    let id = change.record_id;
    let record = match change.resource {
        ChangedResource::Council => {
            let entry = snapshot.councils.get(id).filter(|entry| entry.is_seen(reach));
            entry.map(|entry| ChangedRecord::Council(entry.record.clone()))
        }
        ChangedResource::Theme => snapshot.themes.get(id).map(|entry| ChangedRecord::Theme(entry.record.clone())),
        ChangedResource::Initiative => {
            let entry = snapshot.initiative_of(id).filter(|entry| entry.is_seen(reach));
            entry
                .map(|entry| entry.record(reach).map(|record| ChangedRecord::Initiative(Box::new(record))))
                .transpose()?
        }
    };
    Ok(Change {
        change: if record.is_some() { ChangeKind::Upsert } else { ChangeKind::Delete },
        resource: change.resource,
        id,
        changed_at: change.changed_at,
        record,
    })
}
