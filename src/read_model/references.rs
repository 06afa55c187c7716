//! Resolves names in query strings and paths (slug, former slug, id, GSS code) to records.
//!
//! For an unknown name, the error suggests the nearest known one. A record that is hidden from the caller counts as
//! unknown.

use std::sync::Arc;

use uuid::Uuid;

use super::catalogue::{CouncilEntry, OrganisationEntry, ThemeEntry, Tombstone};
use super::council_changes::CouncilChangeEntry;
use super::entry::InitiativeEntry;
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::{ApiError, Fault, UNKNOWN};
use crate::registry::memberships::store::StoredMembership;
use crate::registry::references::{as_id, hint, is_gss_code};
use crate::text::Reference;

/// Themes of a query, with their narrower themes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamedThemes {
    /// The themes in the query.
    pub named: Vec<Uuid>,
    /// Those themes and all their narrower themes.
    pub all: Vec<Uuid>,
}

/// The id of no record. An unknown name is looked up by it, so that it costs the same work as the name of a hidden
/// record.
const NO_RECORD: Uuid = Uuid::nil();

/// A record of any kind.
#[derive(Debug)]
pub enum AnyEntry<'a> {
    /// A council.
    Council(&'a CouncilEntry),
    /// A change of councils.
    CouncilChange(&'a CouncilChangeEntry),
    /// A theme.
    Theme(&'a ThemeEntry),
    /// An initiative.
    Initiative(&'a Arc<InitiativeEntry>),
    /// A membership.
    Membership(&'a StoredMembership),
    /// An organisation.
    Organisation(&'a OrganisationEntry),
}

impl Snapshot {
    /// The record of any kind with an id. A hidden record gives the same error as one that never existed.
    pub fn find_record(&self, reach: Reach, id: Uuid) -> Result<AnyEntry<'_>, ApiError> {
        if self.councils.knows(id) {
            return self.find_council(id).map(AnyEntry::Council).map_err(no_record);
        }
        if let Some(entry) = self.initiative_of(id).filter(|entry| entry.is_seen(reach)) {
            return Ok(AnyEntry::Initiative(entry));
        }
        if self.tombstone(id).is_some() {
            return self.find_initiative(reach, id).map(AnyEntry::Initiative);
        }
        if self.council_changes.get(id).is_some() || self.council_changes.tombstone(id).is_some() {
            return self.find_council_change(id).map(AnyEntry::CouncilChange);
        }
        if self.memberships.get(id).is_some() || self.memberships.tombstone(id).is_some() {
            return self.find_membership(id).map(AnyEntry::Membership);
        }
        let is_proposal = self.proposals.get(reach, id).is_some() || self.proposals.tombstone(reach, id).is_some();
        if self.organisations.knows(id) || is_proposal {
            return self.find_organisation(reach, id).map(AnyEntry::Organisation);
        }
        self.find_theme(id).map(AnyEntry::Theme).map_err(no_record)
    }

    /// The change of councils with an id; 404 with the public reason if it was withdrawn.
    pub fn find_council_change(&self, id: Uuid) -> Result<&CouncilChangeEntry, ApiError> {
        let found = self.council_changes.get(id);
        found.ok_or_else(|| missing("council change", self.council_changes.tombstone(id)))
    }

    /// The membership with an id; 404 with the public reason if it was withdrawn.
    pub fn find_membership(&self, id: Uuid) -> Result<&StoredMembership, ApiError> {
        self.memberships.get(id).ok_or_else(|| missing("membership", self.memberships.tombstone(id)))
    }

    /// The council for a path segment; otherwise 404.
    pub fn locate_council(&self, segment: &str) -> Result<&CouncilEntry, ApiError> {
        let named = as_id(segment).or_else(|| self.councils.id(segment));
        // A GSS code leads only to an existing council. A slug also leads to the tombstone of a withdrawn one.
        let id = named.filter(|id| !is_gss_code(segment) || self.councils.get(*id).is_some());
        self.find_council(id.unwrap_or(NO_RECORD))
    }

    /// The council with an id; 404 with the public reason if it was withdrawn.
    pub fn find_council(&self, id: Uuid) -> Result<&CouncilEntry, ApiError> {
        self.councils.get(id).ok_or_else(|| missing("council", self.councils.tombstone(id)))
    }

    /// The theme for a path segment; otherwise 404.
    pub fn locate_theme(&self, segment: &str) -> Result<&ThemeEntry, ApiError> {
        let id = as_id(segment).or_else(|| self.themes.id(segment));
        self.find_theme(id.unwrap_or(NO_RECORD))
    }

    /// The theme with an id, or its replacement if it was merged; 404 with the public reason if it was withdrawn.
    pub fn find_theme(&self, id: Uuid) -> Result<&ThemeEntry, ApiError> {
        let id = self.themes.heir(id);
        self.themes.get(id).ok_or_else(|| missing("theme", self.themes.tombstone(id)))
    }

    /// The organisation for a path segment, if the caller may see it; otherwise 404.
    pub fn locate_organisation(&self, reach: Reach, segment: &str) -> Result<&OrganisationEntry, ApiError> {
        let id = as_id(segment).or_else(|| self.organisations.id(segment));
        self.find_organisation(reach, id.unwrap_or(NO_RECORD))
    }

    /// The organisation with an id, or the one that it was merged into; 404 with the reason if it was withdrawn.
    pub fn find_organisation(&self, reach: Reach, id: Uuid) -> Result<&OrganisationEntry, ApiError> {
        let id = self.organisations.heir(id);
        let found = self.organisations.get(id).or_else(|| self.proposals.get(reach, id));
        let left = || self.organisations.tombstone(id).or_else(|| self.proposals.tombstone(reach, id));
        found.ok_or_else(|| missing("organisation", left()))
    }

    /// The initiative for a path segment, if the caller may see it; otherwise 404.
    pub fn locate_initiative(&self, reach: Reach, segment: &str) -> Result<&Arc<InitiativeEntry>, ApiError> {
        let id = as_id(segment).or_else(|| self.initiative_id(segment));
        self.find_initiative(reach, id.unwrap_or(NO_RECORD))
    }

    /// The initiative with an id; 404 with the public reason if it was public and has been withdrawn.
    pub fn find_initiative(&self, reach: Reach, id: Uuid) -> Result<&Arc<InitiativeEntry>, ApiError> {
        let found = self.initiative_of(id).filter(|entry| entry.is_seen(reach));
        found.ok_or_else(|| missing("initiative", self.tombstone(id)))
    }

    /// The ids of the councils in a query parameter; `None` if the parameter is absent.
    pub fn any_council(&self, parameter: &str, references: &[Reference], faults: &mut Vec<Fault>) -> Option<Vec<Uuid>> {
        let is_there = |id: &Uuid| self.councils.get(*id).is_some();
        let find = |name: &str| as_id(name).or_else(|| self.councils.id(name)).filter(is_there);
        let known = || self.councils.names().filter(|(_, id)| is_there(id)).map(|(name, _)| name);
        pick_all(references, "council", parameter, find, known, faults)
    }

    /// The ids of the organisations in a query parameter; `None` if the parameter is absent.
    pub fn any_organisation(&self, references: &[Reference], faults: &mut Vec<Fault>) -> Option<Vec<Uuid>> {
        let is_there = |id: &Uuid| self.organisations.get(*id).is_some();
        let find = |name: &str| {
            let id = as_id(name).or_else(|| self.organisations.id(name))?;
            Some(self.organisations.heir(id)).filter(is_there)
        };
        let known = || self.organisations.names().filter(|(_, id)| is_there(id)).map(|(name, _)| name);
        pick_all(references, "organisation", "organisation", find, known, faults)
    }

    /// The ids of the themes in a query parameter, without narrower ones; `None` if the parameter is absent.
    pub fn direct_themes(
        &self,
        parameter: &str,
        references: &[Reference],
        faults: &mut Vec<Fault>,
    ) -> Option<Vec<Uuid>> {
        let is_there = |id: &Uuid| self.themes.get(*id).is_some();
        let find = |name: &str| {
            let id = as_id(name).or_else(|| self.themes.id(name))?;
            Some(self.themes.heir(id)).filter(is_there)
        };
        let known = || self.themes.names().filter(|(_, id)| is_there(id)).map(|(name, _)| name);
        pick_all(references, "theme", parameter, find, known, faults)
    }

    /// The themes in a query parameter with their narrower themes; `None` if the parameter is absent.
    pub fn any_theme(&self, references: &[Reference], faults: &mut Vec<Fault>) -> Option<NamedThemes> {
        self.direct_themes("theme", references, faults).map(|named| self.themes_within(named))
    }

    /// These themes with all their narrower themes.
    pub fn themes_within(&self, named: Vec<Uuid>) -> NamedThemes {
        let mut all: Vec<Uuid> = named.iter().flat_map(|id| self.themes.with_narrower(*id)).collect();
        all.sort_unstable();
        all.dedup();
        NamedThemes { named, all }
    }

    /// The ids of the principles in a query parameter; `None` if the parameter is absent.
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

/// The error for an id without a visible record, whatever its kind.
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
                let detail = format!("{:?} is not a {noun} in the registry{}", &**reference, hint(reference, known()));
                faults.push(Fault::parameter(parameter, UNKNOWN, detail));
            }
        }
    }
    Some(ids)
}
