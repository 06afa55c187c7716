//! Which council follows which, and who looks after the records of a council that has ended.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CouncilChange, CouncilChangeKind};
use crate::db::enum_text::Word;
use crate::db::schema::council_changes;
use crate::registry::councils::model::CouncilRef;

/// Councils to add to those in a filter. `none`: only the councils named. `successors`: and the councils that followed
/// them. `predecessors`: and the councils that they followed. `all`: both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineageScope {
    /// Only the councils named.
    #[default]
    None,
    /// And the councils that followed them.
    Successors,
    /// And the councils that they followed.
    Predecessors,
    /// Both.
    All,
}

/// Who looks after an initiative: a council, or the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StewardKind {
    /// A council.
    Council,
    /// The network.
    #[default]
    Network,
}

/// Who looks after an initiative now, and can edit it: the lead council, as long as it exists. If it was abolished: the
/// living council that followed it. If several followed it: the one in whose boundary the initiative's own location is,
/// or the one that a network admin has chosen. Otherwise the network.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Steward {
    /// Kind of steward.
    pub kind: StewardKind,
    /// The council. Null for the network.
    #[schema(required)]
    pub council: Option<CouncilRef>,
}

impl From<Option<CouncilRef>> for Steward {
    fn from(council: Option<CouncilRef>) -> Self {
        let kind = if council.is_some() { StewardKind::Council } else { StewardKind::Network };
        Self { kind, council }
    }
}

/// The councils directly before and after each council.
#[derive(Clone, Debug, Default)]
pub struct Lineage {
    after: BTreeMap<Uuid, Vec<Uuid>>,
    before: BTreeMap<Uuid, Vec<Uuid>>,
}

impl Lineage {
    /// From the changes: kind, councils before, councils after. Councils that only change their boundary follow nobody.
    pub fn new(changes: impl IntoIterator<Item = (CouncilChangeKind, Vec<Uuid>, Vec<Uuid>)>) -> Self {
        let mut lineage = Self::default();
        for (kind, from, to) in changes {
            if kind == CouncilChangeKind::BoundaryChanged {
                continue;
            }
            for before in &from {
                lineage.after.entry(*before).or_default().extend(&to);
            }
            for after in to {
                lineage.before.entry(after).or_default().extend(&from);
            }
        }
        lineage
    }

    /// From the database.
    pub async fn load(conn: &mut AsyncPgConnection) -> QueryResult<Self> {
        type Link = (Word<CouncilChangeKind>, Vec<Option<Uuid>>, Vec<Option<Uuid>>);
        let columns = (council_changes::kind, council_changes::from_ids, council_changes::to_ids);
        let recorded = council_changes::table.filter(council_changes::withdrawn_at.is_null());
        let links: Vec<Link> = recorded.select(columns).load(conn).await?;
        let ids = |ids: Vec<Option<Uuid>>| ids.into_iter().flatten().collect();
        Ok(Self::new(links.into_iter().map(|(kind, from, to)| (kind.0, ids(from), ids(to)))))
    }

    /// From the records.
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a CouncilChange>) -> Self {
        let ids = |councils: &[CouncilRef]| councils.iter().map(|council| council.id).collect();
        Self::new(changes.into_iter().map(|change| (change.kind, ids(&change.from), ids(&change.to))))
    }

    /// These councils and those that a scope adds, each once.
    pub fn widened(&self, ids: &[Uuid], scope: LineageScope) -> Vec<Uuid> {
        let mut all: BTreeSet<Uuid> = ids.iter().copied().collect();
        if matches!(scope, LineageScope::Successors | LineageScope::All) {
            all.extend(reached(&self.after, ids));
        }
        if matches!(scope, LineageScope::Predecessors | LineageScope::All) {
            all.extend(reached(&self.before, ids));
        }
        all.into_iter().collect()
    }

    /// The living councils in place of this one: itself, or those that followed it. A successor that has ended hands on
    /// to its own.
    pub fn heirs(&self, council: Uuid, is_living: impl Fn(Uuid) -> bool) -> BTreeSet<Uuid> {
        let (mut heirs, mut met) = (BTreeSet::new(), BTreeSet::from([council]));
        let mut open = vec![council];
        while let Some(id) = open.pop() {
            if is_living(id) {
                heirs.insert(id);
            } else {
                let next = self.after.get(&id).into_iter().flatten().copied();
                open.extend(next.filter(|next| met.insert(*next)));
            }
        }
        heirs
    }
}

/// Every council on the way from some, themselves included.
fn reached(links: &BTreeMap<Uuid, Vec<Uuid>>, ids: &[Uuid]) -> BTreeSet<Uuid> {
    let mut met: BTreeSet<Uuid> = ids.iter().copied().collect();
    let mut open = ids.to_vec();
    while let Some(id) = open.pop() {
        open.extend(links.get(&id).into_iter().flatten().copied().filter(|next| met.insert(*next)));
    }
    met
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    /// 1 and 2 merged into 3; 3 and 4 into 5; 6 split into 7 and 8; 9 and 5 exchanged land.
    fn lineage() -> Lineage {
        use CouncilChangeKind::{BoundaryChanged, Merged, Split};
        let ids = |numbers: &[u128]| numbers.iter().map(|number| id(*number)).collect::<Vec<_>>();
        Lineage::new([
            (Merged, ids(&[1, 2]), ids(&[3])),
            (Merged, ids(&[3, 4]), ids(&[5])),
            (Split, ids(&[6]), ids(&[7, 8])),
            (BoundaryChanged, ids(&[9, 5]), ids(&[9, 5])),
        ])
    }

    #[test]
    fn a_scope_adds_those_before_and_after_over_all_steps() {
        let of = |one, scope| lineage().widened(&[id(one)], scope).iter().map(Uuid::as_u128).collect::<Vec<_>>();
        assert_eq!(of(1, LineageScope::Successors), [1, 3, 5]);
        assert_eq!(of(5, LineageScope::Predecessors), [1, 2, 3, 4, 5]);
        assert_eq!(of(3, LineageScope::All), [1, 2, 3, 5]);
        assert_eq!(of(9, LineageScope::All), [9]);
        assert_eq!(of(3, LineageScope::None), [3]);
    }

    #[test]
    fn the_heirs_are_the_living_councils_at_the_end() {
        let lineage = lineage();
        let heirs = |one, living: &[u128]| {
            let heirs = lineage.heirs(id(one), |next| living.contains(&next.as_u128()));
            heirs.iter().map(Uuid::as_u128).collect::<Vec<_>>()
        };
        assert_eq!(heirs(1, &[5]), [5]);
        assert_eq!(heirs(1, &[3]), [3]);
        assert_eq!(heirs(1, &[1, 3]), [1], "it has not ended");
        assert_eq!(heirs(1, &[]), []);
        assert_eq!(heirs(6, &[7, 8]), [7, 8]);
        assert_eq!(heirs(6, &[7]), [7]);
    }

    #[test]
    fn a_circle_ends() {
        let round = Lineage::new([
            (CouncilChangeKind::Merged, vec![id(1)], vec![id(2)]),
            (CouncilChangeKind::Merged, vec![id(2)], vec![id(1)]),
        ]);
        assert!(round.heirs(id(1), |_| false).is_empty());
        assert_eq!(round.widened(&[id(1)], LineageScope::All), [id(1), id(2)]);
    }
}
