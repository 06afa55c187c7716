//! The last changes of each record, for Atom feeds: who could notice them, and when they were.

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
    /// What kind of record.
    pub resource: ChangedResource,
    /// Which record; it may be gone.
    pub record_id: Uuid,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// The widest visibility, 1 public to 4 private, whose readers noticed.
    pub audience: i16,
    /// Councils whose own people noticed, whatever the audience.
    pub councils: Vec<Uuid>,
    /// Councils of whose own people only contributors and editors did.
    pub officers_of: Vec<Uuid>,
}

impl RecentChange {
    /// True when a caller of this reach may know of it.
    fn is_seen(&self, reach: Reach) -> bool {
        self.audience <= reach.level.rank()
            || reach.council.is_some_and(|own| {
                self.councils.contains(&own) || reach.level >= Visibility::Officers && self.officers_of.contains(&own)
            })
    }
}

/// Changes by position, and the positions of each record's.
#[derive(Clone, Debug, Default)]
pub struct RecentChanges {
    by_position: OrdMap<i64, Arc<RecentChange>>,
    of_record: HashMap<Uuid, OrdSet<i64>>,
}

impl RecentChanges {
    /// Put in a change. Earlier ones of the record that everybody who noticed them notices again are dropped, as the database
    /// drops them.
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

    /// The last changes that a caller may know of, newest first, each record once, of those that `is_wanted` takes.
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
