//! From a name in a query string or a path (slug, former slug, id, GSS code) to the record that it means.
//!
//! An unknown name gets the nearest known one; a name that the caller may not see is unknown.

use std::sync::Arc;

use uuid::Uuid;

use super::catalogue::Tombstone;
use super::entry::{CouncilEntry, InitiativeEntry, ThemeEntry};
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::{ApiError, Fault, UNKNOWN};
use crate::registry::references::{as_id, is_gss_code};
use crate::text::{Reference, nearest};

/// Themes that were named, with all that lie within them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamedThemes {
    /// Those that were named.
    pub named: Vec<Uuid>,
    /// Those and all that are narrower.
    pub all: Vec<Uuid>,
}

/// A record of any kind.
#[derive(Debug)]
pub enum AnyEntry<'a> {
    /// A council.
    Council(&'a CouncilEntry),
    /// A theme.
    Theme(&'a ThemeEntry),
    /// An initiative.
    Initiative(&'a Arc<InitiativeEntry>),
}

impl Snapshot {
    /// The record of any kind that has an id. A hidden record is answered as one that never was.
    pub fn find_record(&self, reach: Reach, id: Uuid) -> Result<AnyEntry<'_>, ApiError> {
        if self.councils.get(id).is_some() || self.councils.tombstone(id).is_some() {
            return self.find_council(reach, id).map(AnyEntry::Council).map_err(no_record);
        }
        if let Some(entry) = self.initiative_of(id).filter(|entry| entry.is_seen(reach)) {
            return Ok(AnyEntry::Initiative(entry));
        }
        if self.tombstone(id).is_some() {
            return self.find_initiative(reach, id).map(AnyEntry::Initiative);
        }
        self.find_theme(id).map(AnyEntry::Theme).map_err(no_record)
    }

    /// The council that a path segment names, if the caller may see it; 404 otherwise.
    pub fn locate_council(&self, reach: Reach, segment: &str) -> Result<&CouncilEntry, ApiError> {
        let named = as_id(segment).or_else(|| self.councils.id(segment));
        // A GSS code is that of a living council only; a slug also leads to what is left of a withdrawn one.
        let id = named.filter(|id| !is_gss_code(segment) || self.councils.get(*id).is_some());
        self.find_council(reach, id.ok_or_else(|| ApiError::not_found("council"))?)
    }

    /// One council; 404 with the public reason for one that was withdrawn.
    pub fn find_council(&self, reach: Reach, id: Uuid) -> Result<&CouncilEntry, ApiError> {
        let found = self.councils.get(id).filter(|entry| entry.is_seen(reach));
        found.ok_or_else(|| missing("council", self.councils.tombstone(id)))
    }

    /// The theme that a path segment names; 404 for none.
    pub fn locate_theme(&self, segment: &str) -> Result<&ThemeEntry, ApiError> {
        let id = as_id(segment).or_else(|| self.themes.id(segment));
        self.find_theme(id.ok_or_else(|| ApiError::not_found("theme"))?)
    }

    /// One theme; 404 with the public reason for one that was withdrawn. A merged theme answers with the one that took it
    /// over.
    pub fn find_theme(&self, id: Uuid) -> Result<&ThemeEntry, ApiError> {
        let id = self.themes.merged_into(id).unwrap_or(id);
        self.themes.get(id).ok_or_else(|| missing("theme", self.themes.tombstone(id)))
    }

    /// The initiative that a path segment names, if the caller may see it; 404 otherwise.
    pub fn locate_initiative(&self, reach: Reach, segment: &str) -> Result<&Arc<InitiativeEntry>, ApiError> {
        let id = as_id(segment).or_else(|| self.initiative_id(segment));
        self.find_initiative(reach, id.ok_or_else(|| ApiError::not_found("initiative"))?)
    }

    /// One initiative; 404 with the public reason for one that was public and has been withdrawn.
    pub fn find_initiative(&self, reach: Reach, id: Uuid) -> Result<&Arc<InitiativeEntry>, ApiError> {
        let found = self.initiative_of(id).filter(|entry| entry.is_seen(reach));
        found.ok_or_else(|| missing("initiative", self.tombstone(id)))
    }

    /// The ids of the councils of a query parameter; `None` when the parameter is absent.
    pub fn any_council(
        &self,
        reach: Reach,
        parameter: &str,
        references: &[Reference],
        faults: &mut Vec<Fault>,
    ) -> Option<Vec<Uuid>> {
        let is_seen = |id: &Uuid| self.councils.get(*id).is_some_and(|entry| entry.is_seen(reach));
        let find = |name: &str| as_id(name).or_else(|| self.councils.id(name)).filter(is_seen);
        let known = || self.councils.names().filter(|(_, id)| is_seen(id)).map(|(name, _)| name);
        pick_all(references, "council", parameter, find, known, faults)
    }

    /// The ids of exactly the themes of a query parameter; `None` when the parameter is absent.
    pub fn direct_themes(
        &self,
        parameter: &str,
        references: &[Reference],
        faults: &mut Vec<Fault>,
    ) -> Option<Vec<Uuid>> {
        let is_there = |id: &Uuid| self.themes.get(*id).is_some();
        let find = |name: &str| {
            let id = as_id(name).or_else(|| self.themes.id(name))?;
            Some(self.themes.merged_into(id).unwrap_or(id)).filter(is_there)
        };
        let known = || self.themes.names().filter(|(_, id)| is_there(id)).map(|(name, _)| name);
        pick_all(references, "theme", parameter, find, known, faults)
    }

    /// The themes of a query parameter with all that lie within them; `None` when the parameter is absent.
    pub fn any_theme(&self, references: &[Reference], faults: &mut Vec<Fault>) -> Option<NamedThemes> {
        self.direct_themes("theme", references, faults).map(|named| self.themes_within(named))
    }

    /// These themes with all that lie within them.
    pub fn themes_within(&self, named: Vec<Uuid>) -> NamedThemes {
        let mut all: Vec<Uuid> = named.iter().flat_map(|id| self.themes.with_narrower(*id)).collect();
        all.sort_unstable();
        all.dedup();
        NamedThemes { named, all }
    }

    /// The ids of the principles of a query parameter; `None` when the parameter is absent.
    pub fn any_principle(&self, references: &[Reference], faults: &mut Vec<Fault>) -> Option<Vec<Uuid>> {
        let own = || self.vocabularies.own_principles();
        let find = |name: &str| {
            let id = as_id(name);
            own().find(|one| one.slug == name || Some(one.id) == id).map(|one| one.id)
        };
        let known = || own().map(|one| one.slug.as_str());
        pick_all(references, "principle", "principle", find, known, faults)
    }
}

/// The refusal of an id that names nothing to see, whatever it may name.
fn no_record(refusal: ApiError) -> ApiError {
    if refusal.is_withdrawn() { refusal } else { ApiError::not_found("record") }
}

fn missing(what: &'static str, left: Option<&Tombstone>) -> ApiError {
    left.map_or_else(|| ApiError::not_found(what), |left| ApiError::withdrawn(what, left.on, left.reason.as_deref()))
}

fn pick_all<'a, N: Iterator<Item = &'a str>>(
    references: &[Reference],
    noun: &str,
    parameter: &str,
    find: impl Fn(&str) -> Option<Uuid>,
    known: impl Fn() -> N,
    faults: &mut Vec<Fault>,
) -> Option<Vec<Uuid>> {
    if references.is_empty() {
        return None;
    }
    let mut ids = Vec::new();
    for reference in references {
        match find(reference) {
            Some(id) => ids.push(id),
            None => {
                let near = nearest(reference, known());
                let hint = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
                let detail = format!("{:?} names no {noun} of the registry{hint}", &**reference);
                faults.push(Fault::parameter(parameter, UNKNOWN, detail));
            }
        }
    }
    Some(ids)
}
