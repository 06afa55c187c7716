//! Councils, themes, organisations and vocabularies: a few hundred short records of each kind. All of a kind are read
//! again when one of them changes.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use derive_more::Deref;
use uuid::Uuid;

use super::json::RecordJson;
use super::paging::{SortKey, page_of, tie};
use crate::error::ApiError;
use crate::http::page::{PageRequest, Slice};
use crate::http::response::{Fingerprint, Versioned, fingerprint};
use crate::registry::councils::model::Council;
use crate::registry::organisations::model::Organisation;
use crate::registry::themes::model::{Theme, ThemeStatus};
use crate::registry::vocabularies::{CoOperativeValue, Principle, PrincipleScheme};

/// A tombstone: the public remains of a withdrawn record that was public.
#[derive(Clone, Debug)]
pub struct Tombstone {
    /// Time of the withdrawal.
    pub on: DateTime<Utc>,
    /// The public reason.
    pub reason: Option<String>,
}

/// A kind of record that is read again as a whole.
pub trait Catalogued: Versioned {
    /// Id.
    fn id(&self) -> Uuid;
    /// Name or label. Catalogues are sorted by it.
    fn name(&self) -> &str;
}

/// A record in a catalogue.
#[derive(Debug)]
pub struct CatalogueEntry<T> {
    /// The record.
    pub record: T,
    /// Its name in lower case, as a sort key.
    pub name_key: Box<str>,
    /// Its JSON.
    pub json: RecordJson,
    /// Fingerprint of that JSON.
    pub fingerprint: Fingerprint,
}

impl<T: Catalogued> CatalogueEntry<T> {
    /// From a loaded record.
    pub fn new(record: T) -> Result<Self, ApiError> {
        let json = RecordJson::new(&record)?;
        let fingerprint = fingerprint(json.text().as_bytes());
        Ok(Self { name_key: record.name().to_lowercase().into(), fingerprint, json, record })
    }
}

/// What leads to the records of a kind besides their ids, and what is left of those that are gone.
#[derive(Debug, Default)]
pub struct Directory {
    /// Current and former slugs, and the codes of councils. A slug of a merged record leads to its heir.
    pub names: BTreeMap<String, Uuid>,
    /// The heir of each merged record: the one that it was merged into.
    pub heirs: HashMap<Uuid, Uuid>,
    /// Tombstones of withdrawn records.
    pub tombstones: HashMap<Uuid, Tombstone>,
}

/// All records of a kind, in the order of their names.
#[derive(Debug)]
pub struct Catalogue<T> {
    entries: Vec<CatalogueEntry<T>>,
    by_id: HashMap<Uuid, usize>,
    directory: Directory,
}

impl<T> Default for Catalogue<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), by_id: HashMap::new(), directory: Directory::default() }
    }
}

impl<T: Catalogued> Catalogue<T> {
    /// From loaded records.
    pub fn new(records: Vec<T>, directory: Directory) -> Result<Self, ApiError> {
        let entries = records.into_iter().map(CatalogueEntry::new);
        let mut entries: Vec<CatalogueEntry<T>> = entries.collect::<Result<_, _>>()?;
        entries.sort_by(|a, b| (&a.name_key, a.record.id()).cmp(&(&b.name_key, b.record.id())));
        let by_id = entries.iter().enumerate().map(|(at, entry)| (entry.record.id(), at)).collect();
        Ok(Self { entries, by_id, directory })
    }
}

impl<T> Catalogue<T> {
    /// All records by name.
    pub fn iter(&self) -> std::slice::Iter<'_, CatalogueEntry<T>> {
        self.entries.iter()
    }

    /// The number of records.
    #[expect(clippy::len_without_is_empty, reason = "nobody asks whether there are none")]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The record with an id.
    pub fn get(&self, id: Uuid) -> Option<&CatalogueEntry<T>> {
        self.by_id.get(&id).map(|at| &self.entries[*at])
    }

    /// The index of a record in the order of names.
    pub fn place(&self, id: Uuid) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// The record at an index in the order of names.
    pub fn at(&self, place: usize) -> Option<&CatalogueEntry<T>> {
        self.entries.get(place)
    }

    /// The id for a slug or a code.
    pub fn id(&self, name: &str) -> Option<Uuid> {
        self.directory.names.get(name).copied()
    }

    /// Slugs and codes of all records, former ones included.
    pub fn names(&self) -> impl Iterator<Item = (&str, Uuid)> {
        self.directory.names.iter().map(|(name, id)| (name.as_str(), *id))
    }

    /// The id that stands for this one now: that of its heir if it was merged.
    pub fn heir(&self, id: Uuid) -> Uuid {
        self.directory.heirs.get(&id).copied().unwrap_or(id)
    }

    /// The tombstone of a withdrawn record.
    pub fn tombstone(&self, id: Uuid) -> Option<&Tombstone> {
        self.directory.tombstones.get(&id)
    }

    /// True for the id of a record, of a merged one or of a withdrawn one.
    pub fn knows(&self, id: Uuid) -> bool {
        self.by_id.contains_key(&self.heir(id)) || self.directory.tombstones.contains_key(&id)
    }

    /// Approximate size in memory, in bytes. Each text is both in the record and in its JSON.
    pub fn size(&self) -> usize {
        self.entries.iter().map(|entry| size_of::<CatalogueEntry<T>>() + 2 * entry.json.size()).sum()
    }
}

/// One page of these entries, by a key and then by id.
pub fn page_by<'a, T: Catalogued, K: SortKey>(
    found: Vec<&'a CatalogueEntry<T>>,
    descending: bool,
    page: &PageRequest,
    key: impl Fn(&CatalogueEntry<T>) -> K,
) -> Slice<&'a CatalogueEntry<T>> {
    let total = found.len();
    let rows = found.into_iter().map(|one| (key(one), tie(one.record.id()), one)).collect();
    page_of(rows, descending, total, page)
}

/// A council.
pub type CouncilEntry = CatalogueEntry<Council>;
/// A theme.
pub type ThemeEntry = CatalogueEntry<Theme>;
/// An organisation, without the number of its initiatives.
pub type OrganisationEntry = CatalogueEntry<Organisation>;

impl Catalogued for Council {
    fn id(&self) -> Uuid {
        self.id
    }
    fn name(&self) -> &str {
        &self.name
    }
}

impl Catalogued for Theme {
    fn id(&self) -> Uuid {
        self.id
    }
    fn name(&self) -> &str {
        &self.label
    }
}

impl Catalogued for Organisation {
    fn id(&self) -> Uuid {
        self.id
    }
    fn name(&self) -> &str {
        &self.name
    }
}

impl ThemeEntry {
    /// True for a theme that new records may use.
    pub fn is_active(&self) -> bool {
        self.record.status == ThemeStatus::Active
    }
}

/// Themes, as a tree.
#[derive(Debug, Default, Deref)]
pub struct Themes {
    /// The themes.
    #[deref]
    pub all: Catalogue<Theme>,
    /// The broader theme of each theme.
    pub broader: HashMap<Uuid, Uuid>,
    /// Time of the last change of any theme, merged and withdrawn ones included.
    pub last_change: Option<DateTime<Utc>>,
}

impl Themes {
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
