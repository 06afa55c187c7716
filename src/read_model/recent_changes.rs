//! The latest changes of a snapshot for Atom feeds, each with the record as the caller sees it now.

use uuid::Uuid;

use super::facet_index::FacetKey;
use super::recent::RecentChange;
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::registry::changes::model::{Change, ChangeKind, ChangedRecord, ChangedResource};

/// The subject of a feed.
#[derive(Clone, Copy, Debug)]
pub enum FeedScope {
    /// The whole registry.
    Registry,
    /// A council, its memberships, and the initiatives that it leads or participates in.
    Council(Uuid),
    /// A theme, and the initiatives with this theme or a narrower one.
    Theme(Uuid),
}

/// The latest changes, newest first, one per record.
///
/// Deleted records appear only in the feed of the whole registry. They no longer belong to any council or theme, and
/// their former ones are not public.
pub fn latest(snapshot: &Snapshot, reach: Reach, subject: FeedScope, most: usize) -> Result<Vec<Change>, ApiError> {
    let within = match subject {
        FeedScope::Registry => None,
        FeedScope::Council(id) => Some((id, FacetKey::Involves(id))),
        FeedScope::Theme(id) => Some((id, FacetKey::Theme(id))),
    };
    let is_wanted = |change: &RecentChange| {
        let Some((id, key)) = within else { return true };
        let of_council = snapshot.council_changes.get(change.record_id);
        change.record_id == id
            || of_council.is_some_and(|entry| entry.councils().any(|council| council == id))
            || snapshot.memberships.get(change.record_id).is_some_and(|one| one.council_id() == Some(id))
            || snapshot.number(change.record_id).is_some_and(|number| {
                let is_seen = snapshot.initiative(number).is_some_and(|entry| entry.is_seen(reach));
                is_seen && snapshot.facets.get(key).is_some_and(|set| set.contains(number))
            })
    };
    snapshot.recent.latest(reach, is_wanted, most).into_iter().map(|change| to_model(snapshot, reach, change)).collect()
}

fn to_model(snapshot: &Snapshot, reach: Reach, change: &RecentChange) -> Result<Change, ApiError> {
    let id = change.record_id;
    let record = match change.resource {
        ChangedResource::Council => {
            let entry = snapshot.councils.get(id);
            entry.map(|entry| ChangedRecord::Council(entry.record.clone()))
        }
        ChangedResource::CouncilChange => {
            snapshot.council_changes.get(id).map(|entry| ChangedRecord::CouncilChange(entry.record.clone()))
        }
        ChangedResource::Theme => snapshot.themes.get(id).map(|entry| ChangedRecord::Theme(entry.record.clone())),
        ChangedResource::Organisation => {
            let entry = snapshot.organisations.get(id).or_else(|| snapshot.proposals.get(reach, id));
            entry.map(|entry| ChangedRecord::Organisation(Box::new(entry.record.clone())))
        }
        ChangedResource::Membership => {
            let shown = snapshot.memberships.get(id).map(|one| one.shown(reach.in_feed(), snapshot.day.into()));
            shown.map(|shown| ChangedRecord::Membership(Box::new(shown)))
        }
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
