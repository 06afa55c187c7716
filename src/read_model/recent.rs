//! The latest changes of each record, for Atom feeds: who could see each change, and when it happened.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use imbl::{HashMap, OrdMap, OrdSet};
use uuid::Uuid;

use crate::access::reach::Reach;
use crate::access::visibility::Visibility;
use crate::registry::changes::model::ChangedResource;

/// A row of the change feed.
#[derive(Clone, Debug)]
pub struct RecentChange {
    /// Kind of record.
    pub resource: ChangedResource,
    /// Id of the record, which may no longer exist.
    pub record_id: Uuid,
    /// Time of the change.
    pub changed_at: DateTime<Utc>,
    /// The widest visibility that includes the change: 1 public to 4 private.
    pub audience: i16,
    /// Councils whose own users could see it, whatever the audience.
    pub councils: Vec<Uuid>,
    /// Councils of which only contributors and editors could see it.
    pub officers_of: Vec<Uuid>,
}

impl RecentChange {
    /// True if the caller may see the change.
    fn is_seen(&self, reach: Reach) -> bool {
        self.audience <= reach.level.rank()
            || reach.council.is_some_and(|own| {
                self.councils.contains(&own) || reach.level >= Visibility::Officers && self.officers_of.contains(&own)
            })
    }
}

/// Changes by position, and the positions of each record's changes.
#[derive(Clone, Debug, Default)]
pub struct RecentChanges {
    by_position: OrdMap<i64, Arc<RecentChange>>,
    of_record: HashMap<Uuid, OrdSet<i64>>,
}

impl RecentChanges {
    /// Add a change. It replaces earlier changes of the record with the same or a smaller audience, as in the database.
    pub fn insert(&mut self, position: i64, change: RecentChange) {
        let former = self.of_record.entry(change.record_id).or_default();
        let is_subset = |some: &[Uuid], all: &[&[Uuid]]| some.iter().all(|one| all.iter().any(|all| all.contains(one)));
        let covered = |old: &RecentChange| {
            old.audience >= change.audience
                && (change.audience == 1 || is_subset(&old.councils, &[&change.councils]))
                && (change.audience <= 3 || is_subset(&old.officers_of, &[&change.councils, &change.officers_of]))
        };
        let gone: Vec<i64> = former
            .iter()
            .copied()
            .filter(|position| self.by_position.get(position).is_none_or(|old| covered(old)))
            .collect();
        for position in gone {
            former.remove(&position);
            self.by_position.remove(&position);
        }
        former.insert(position);
        self.by_position.insert(position, Arc::new(change));
    }

    /// The latest changes that the caller may see, newest first, one per record, if `is_wanted` accepts them.
    pub fn latest(&self, reach: Reach, is_wanted: impl Fn(&RecentChange) -> bool, most: usize) -> Vec<&RecentChange> {
        let mut met = std::collections::HashSet::new();
        self.by_position
            .values()
            .rev()
            .map(|change| &**change)
            .filter(|change| change.is_seen(reach) && is_wanted(change) && met.insert(change.record_id))
            .take(most)
            .collect()
    }
}
