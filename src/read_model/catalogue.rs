//! Councils, themes and vocabularies: a few hundred short records, read whole whenever one of them changes.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::entry::{CouncilEntry, ThemeEntry};
use crate::registry::vocabularies::{CoOperativeValue, Principle, PrincipleScheme};

/// What is left of a withdrawn record that everybody could see.
#[derive(Clone, Debug)]
pub struct Tombstone {
    /// When it was withdrawn.
    pub on: DateTime<Utc>,
    /// The public reason.
    pub reason: Option<String>,
}

/// Councils by every name.
#[derive(Debug, Default)]
pub struct Councils {
    entries: Vec<CouncilEntry>,
    by_id: HashMap<Uuid, usize>,
    /// Slugs in use, former slugs and GSS codes.
    names: BTreeMap<String, Uuid>,
    tombstones: HashMap<Uuid, Tombstone>,
}

impl Councils {
    /// From the records, their slugs (in use and former), and what is left of withdrawn ones.
    pub fn new(
        mut entries: Vec<CouncilEntry>,
        slugs: Vec<(String, Uuid)>,
        tombstones: HashMap<Uuid, Tombstone>,
    ) -> Self {
        entries.sort_by(|a, b| (&a.name_key, a.record.id).cmp(&(&b.name_key, b.record.id)));
        let by_id = entries.iter().enumerate().map(|(at, entry)| (entry.record.id, at)).collect();
        let codes = entries.iter().filter_map(|entry| Some((entry.record.gss_code.clone()?, entry.record.id)));
        let names = codes.chain(slugs).collect();
        Self { entries, by_id, names, tombstones }
    }

    /// All of them, by name, whoever may see them.
    pub fn iter(&self) -> impl Iterator<Item = &CouncilEntry> {
        self.entries.iter()
    }

    /// One, whoever may see it.
    pub fn get(&self, id: Uuid) -> Option<&CouncilEntry> {
        self.by_id.get(&id).map(|at| &self.entries[*at])
    }

    /// The place of one in the order of names.
    pub fn place(&self, id: Uuid) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// The one at a place in the order of names.
    pub fn at(&self, place: usize) -> Option<&CouncilEntry> {
        self.entries.get(place)
    }

    /// The id that a slug or a GSS code means.
    pub fn id(&self, name: &str) -> Option<Uuid> {
        self.names.get(name).copied()
    }

    /// Slugs, former slugs and GSS codes of all.
    pub fn names(&self) -> impl Iterator<Item = (&str, Uuid)> {
        self.names.iter().map(|(name, id)| (name.as_str(), *id))
    }

    /// What is left of a withdrawn one.
    pub fn tombstone(&self, id: Uuid) -> Option<&Tombstone> {
        self.tombstones.get(&id)
    }

    /// Bytes that they take in memory, about: each text stands in the record and in its JSON.
    pub fn size(&self) -> usize {
        self.entries.iter().map(|entry| size_of::<CouncilEntry>() + 2 * entry.json.size()).sum()
    }
}

/// Themes by every name, as a tree.
#[derive(Debug, Default)]
pub struct Themes {
    entries: Vec<ThemeEntry>,
    by_id: HashMap<Uuid, usize>,
    /// Slugs in use and former slugs; those of a merged theme lead to the one that took it over.
    names: BTreeMap<String, Uuid>,
    /// The theme above each.
    broader: HashMap<Uuid, Uuid>,
    /// Which theme took over a merged one.
    merged: HashMap<Uuid, Uuid>,
    tombstones: HashMap<Uuid, Tombstone>,
    last_change: Option<chrono::DateTime<chrono::Utc>>,
}

/// What there is of themes that are not shown any more, and how themes lie within each other.
#[derive(Debug, Default)]
pub struct ThemeTree {
    /// Slugs, in use and former, with the theme that each leads to.
    pub slugs: Vec<(String, Uuid)>,
    /// The theme above each.
    pub broader: HashMap<Uuid, Uuid>,
    /// Which theme took over a merged one.
    pub merged: HashMap<Uuid, Uuid>,
    /// What is left of withdrawn ones.
    pub tombstones: HashMap<Uuid, Tombstone>,
    /// When any theme last changed, merged and withdrawn ones included.
    pub last_change: Option<chrono::DateTime<chrono::Utc>>,
}

impl Themes {
    /// From the records and how they hang together.
    pub fn new(mut entries: Vec<ThemeEntry>, tree: ThemeTree) -> Self {
        entries.sort_by(|a, b| (&a.label_key, a.record.id).cmp(&(&b.label_key, b.record.id)));
        let by_id = entries.iter().enumerate().map(|(at, entry)| (entry.record.id, at)).collect();
        let ThemeTree { slugs, broader, merged, tombstones, last_change } = tree;
        Self { entries, by_id, names: slugs.into_iter().collect(), broader, merged, tombstones, last_change }
    }

    /// All that can be read, by label.
    pub fn iter(&self) -> impl Iterator<Item = &ThemeEntry> {
        self.entries.iter()
    }

    /// The one at a place in the order of labels.
    pub fn at(&self, place: usize) -> Option<&ThemeEntry> {
        self.entries.get(place)
    }

    /// One that can be read.
    pub fn get(&self, id: Uuid) -> Option<&ThemeEntry> {
        self.by_id.get(&id).map(|at| &self.entries[*at])
    }

    /// The id that a slug means.
    pub fn id(&self, slug: &str) -> Option<Uuid> {
        self.names.get(slug).copied()
    }

    /// Slugs and former slugs of all.
    pub fn names(&self) -> impl Iterator<Item = (&str, Uuid)> {
        self.names.iter().map(|(name, id)| (name.as_str(), *id))
    }

    /// The theme that took over a merged one.
    pub fn merged_into(&self, id: Uuid) -> Option<Uuid> {
        self.merged.get(&id).copied()
    }

    /// What is left of a withdrawn one.
    pub fn tombstone(&self, id: Uuid) -> Option<&Tombstone> {
        self.tombstones.get(&id)
    }

    /// When any theme last changed.
    pub fn last_change(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.last_change
    }

    /// A theme and all that it lies within. A tree has few levels; the bound guards against a circle.
    pub fn with_broader(&self, id: Uuid) -> Vec<Uuid> {
        std::iter::successors(Some(id), |below| self.broader.get(below).copied()).take(8).collect()
    }

    /// A theme and all that lie within it.
    pub fn with_narrower(&self, id: Uuid) -> Vec<Uuid> {
        let within =
            self.broader.keys().copied().filter(|below| *below != id && self.with_broader(*below).contains(&id));
        std::iter::once(id).chain(within).collect()
    }
}

/// Principles and values; they change by migration only.
#[derive(Debug, Default)]
pub struct Vocabularies {
    /// By scheme and place.
    pub principles: Vec<Principle>,
    /// By scheme and place.
    pub values: Vec<CoOperativeValue>,
}

impl Vocabularies {
    /// A principle.
    pub fn principle(&self, id: Uuid) -> Option<&Principle> {
        self.principles.iter().find(|one| one.id == id)
    }

    /// The network's own principles, which initiatives use.
    pub fn own_principles(&self) -> impl Iterator<Item = &Principle> {
        self.principles.iter().filter(|one| one.scheme.0 == PrincipleScheme::Ccin)
    }
}
