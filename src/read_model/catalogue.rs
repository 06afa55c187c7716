//! Councils, themes and vocabularies: a few hundred short records. All are read again when one of them changes.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::entry::{CouncilEntry, ThemeEntry};
use crate::registry::vocabularies::{CoOperativeValue, Principle, PrincipleScheme};

/// A tombstone: the public remains of a withdrawn record that was public.
#[derive(Clone, Debug)]
pub struct Tombstone {
    /// Time of the withdrawal.
    pub on: DateTime<Utc>,
    /// The public reason.
    pub reason: Option<String>,
}

/// Councils by all their names.
#[derive(Debug, Default)]
pub struct Councils {
    entries: Vec<CouncilEntry>,
    by_id: HashMap<Uuid, usize>,
    /// Current slugs, former slugs and GSS codes, former ones included.
    names: BTreeMap<String, Uuid>,
    tombstones: HashMap<Uuid, Tombstone>,
}

impl Councils {
    /// From the records, their slugs (current and former), and the tombstones of withdrawn ones.
    pub fn new(
        mut entries: Vec<CouncilEntry>,
        slugs: Vec<(String, Uuid)>,
        tombstones: HashMap<Uuid, Tombstone>,
    ) -> Self {
        entries.sort_by(|a, b| (&a.name_key, a.record.id).cmp(&(&b.name_key, b.record.id)));
        let by_id = entries.iter().enumerate().map(|(at, entry)| (entry.record.id, at)).collect();
        let codes_of =
            |entry: &CouncilEntry| entry.record.codes.clone().into_iter().zip(std::iter::repeat(entry.record.id));
        let codes = entries.iter().flat_map(codes_of).map(|(code, id)| (code.gss, id));
        let names = codes.chain(slugs).collect();
        Self { entries, by_id, names, tombstones }
    }

    /// All councils by name, hidden ones included.
    pub fn iter(&self) -> impl Iterator<Item = &CouncilEntry> {
        self.entries.iter()
    }

    /// The council with an id, without a check of visibility.
    pub fn get(&self, id: Uuid) -> Option<&CouncilEntry> {
        self.by_id.get(&id).map(|at| &self.entries[*at])
    }

    /// The index of a council in the order of names.
    pub fn place(&self, id: Uuid) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// The council at an index in the order of names.
    pub fn at(&self, place: usize) -> Option<&CouncilEntry> {
        self.entries.get(place)
    }

    /// The id for a slug or a GSS code.
    pub fn id(&self, name: &str) -> Option<Uuid> {
        self.names.get(name).copied()
    }

    /// Current slugs, former slugs and GSS codes of all councils.
    pub fn names(&self) -> impl Iterator<Item = (&str, Uuid)> {
        self.names.iter().map(|(name, id)| (name.as_str(), *id))
    }

    /// The tombstone of a withdrawn council.
    pub fn tombstone(&self, id: Uuid) -> Option<&Tombstone> {
        self.tombstones.get(&id)
    }

    /// Approximate size in memory, in bytes. Each text is both in the record and in its JSON.
    pub fn size(&self) -> usize {
        self.entries.iter().map(|entry| size_of::<CouncilEntry>() + 2 * entry.json.size()).sum()
    }
}

/// Themes by all their names, as a tree.
#[derive(Debug, Default)]
pub struct Themes {
    entries: Vec<ThemeEntry>,
    by_id: HashMap<Uuid, usize>,
    /// Current and former slugs. Those of a merged theme lead to the theme that replaced it.
    names: BTreeMap<String, Uuid>,
    /// The broader theme of each theme.
    broader: HashMap<Uuid, Uuid>,
    /// The replacement of each merged theme.
    merged: HashMap<Uuid, Uuid>,
    tombstones: HashMap<Uuid, Tombstone>,
    last_change: Option<chrono::DateTime<chrono::Utc>>,
}

/// The relations between themes, and data of themes that are no longer published.
#[derive(Debug, Default)]
pub struct ThemeTree {
    /// Current and former slugs, with the theme that each leads to.
    pub slugs: Vec<(String, Uuid)>,
    /// The broader theme of each theme.
    pub broader: HashMap<Uuid, Uuid>,
    /// The replacement of each merged theme.
    pub merged: HashMap<Uuid, Uuid>,
    /// Tombstones of withdrawn themes.
    pub tombstones: HashMap<Uuid, Tombstone>,
    /// Time of the last change of any theme, merged and withdrawn ones included.
    pub last_change: Option<chrono::DateTime<chrono::Utc>>,
}

impl Themes {
    /// From the records and their relations.
    pub fn new(mut entries: Vec<ThemeEntry>, tree: ThemeTree) -> Self {
        entries.sort_by(|a, b| (&a.label_key, a.record.id).cmp(&(&b.label_key, b.record.id)));
        let by_id = entries.iter().enumerate().map(|(at, entry)| (entry.record.id, at)).collect();
        let ThemeTree { slugs, broader, merged, tombstones, last_change } = tree;
        Self { entries, by_id, names: slugs.into_iter().collect(), broader, merged, tombstones, last_change }
    }

    /// All published themes, by label.
    pub fn iter(&self) -> impl Iterator<Item = &ThemeEntry> {
        self.entries.iter()
    }

    /// The theme at an index in the order of labels.
    pub fn at(&self, place: usize) -> Option<&ThemeEntry> {
        self.entries.get(place)
    }

    /// The published theme with an id.
    pub fn get(&self, id: Uuid) -> Option<&ThemeEntry> {
        self.by_id.get(&id).map(|at| &self.entries[*at])
    }

    /// The id for a slug.
    pub fn id(&self, slug: &str) -> Option<Uuid> {
        self.names.get(slug).copied()
    }

    /// Current and former slugs of all themes.
    pub fn names(&self) -> impl Iterator<Item = (&str, Uuid)> {
        self.names.iter().map(|(name, id)| (name.as_str(), *id))
    }

    /// The replacement of a merged theme.
    pub fn merged_into(&self, id: Uuid) -> Option<Uuid> {
        self.merged.get(&id).copied()
    }

    /// The tombstone of a withdrawn theme.
    pub fn tombstone(&self, id: Uuid) -> Option<&Tombstone> {
        self.tombstones.get(&id)
    }

    /// Time of the last change of any theme.
    pub fn last_change(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.last_change
    }

    /// A theme and all its broader themes. A tree has few levels; the limit guards against a cycle.
    pub fn with_broader(&self, id: Uuid) -> Vec<Uuid> {
        std::iter::successors(Some(id), |below| self.broader.get(below).copied()).take(8).collect()
    }

    /// A theme and all its narrower themes.
    pub fn with_narrower(&self, id: Uuid) -> Vec<Uuid> {
        let within =
            self.broader.keys().copied().filter(|below| *below != id && self.with_broader(*below).contains(&id));
        std::iter::once(id).chain(within).collect()
    }
}

/// Principles and values. They change only by migration.
#[derive(Debug, Default)]
pub struct Vocabularies {
    /// By scheme and position.
    pub principles: Vec<Principle>,
    /// By scheme and position.
    pub values: Vec<CoOperativeValue>,
}

impl Vocabularies {
    /// A principle.
    pub fn principle(&self, id: Uuid) -> Option<&Principle> {
        self.principles.iter().find(|one| one.id == id)
    }

    /// The network's own principles, which initiatives refer to.
    pub fn own_principles(&self) -> impl Iterator<Item = &Principle> {
        self.principles.iter().filter(|one| one.scheme.0 == PrincipleScheme::Ccin)
    }
}
