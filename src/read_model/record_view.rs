//! A view of a record for a response: its JSON and a choice of members. The entity tag is known before any byte is
//! copied, so a 304 or HEAD response does not need the body.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::catalogue::{CatalogueEntry, OrganisationEntry};
use super::council_changes::CouncilChangeEntry;
use super::entry::InitiativeEntry;
use super::json::{RecordJson, Shape};
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::{ApiError, Fault};
use crate::http::page::MOST_BYTES;
use crate::http::response::{Fingerprint, Rendered, Versioned, fingerprint};
use crate::http::search::Highlight;
use crate::registry::initiatives::query::InitiativeInclude as Include;

/// The member with the number of an organisation's initiatives, which depends on the caller.
const INITIATIVE_COUNT: &str = "initiative_count";

/// A view of a record for one response.
#[derive(Debug)]
pub struct RecordView<'a> {
    json: &'a RecordJson,
    fingerprint: Fingerprint,
    /// Version of the record.
    pub version: i32,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
    shape: Shape<'a>,
}

impl<'a> RecordView<'a> {
    /// A council, theme or organisation with the members in `fields`, or all members.
    pub fn of<T: Versioned>(entry: &'a CatalogueEntry<T>, fields: Option<&'a [String]>) -> Self {
        let (json, fingerprint, record) = (&entry.json, entry.fingerprint, &entry.record);
        let shape = Shape { fields, ..Shape::default() };
        Self { json, fingerprint, version: record.version(), updated_at: record.updated_at(), shape }
    }

    /// An organisation with the members in `fields`, or all members, and the number of its initiatives if they include
    /// it.
    pub fn organisation(entry: &'a OrganisationEntry, fields: Option<&'a [String]>, initiatives: u64) -> Self {
        let mut view = Self::of(entry, fields);
        if fields.is_none_or(|fields| fields.iter().any(|field| field == INITIATIVE_COUNT)) {
            view.shape.added.push((INITIATIVE_COUNT, initiatives.to_string()));
        }
        view
    }

    /// A change of councils.
    pub fn council_change(entry: &'a CouncilChangeEntry) -> Self {
        let (json, fingerprint, record) = (&entry.json, entry.fingerprint, &entry.record);
        let shape = Shape::default();
        Self { json, fingerprint, version: record.version, updated_at: record.updated_at, shape }
    }

    /// An initiative as the caller sees it, with the members in `fields`, or all members.
    pub fn initiative(
        entry: &'a InitiativeEntry,
        reach: Reach,
        fields: Option<&'a [String]>,
    ) -> Result<Self, ApiError> {
        let shape = Shape { fields, ..entry.shape_for(reach)? };
        let (json, fingerprint) = (&entry.json, entry.fingerprint);
        Ok(Self { json, fingerprint, version: entry.version, updated_at: entry.updated_at, shape })
    }

    /// Add related records in full.
    pub fn with_embedded(mut self, embedded: Option<String>) -> Self {
        self.shape.added.extend(embedded.map(|records| ("embedded", records)));
        self
    }

    /// Add the distance in kilometres.
    pub fn with_distance(mut self, kilometres: Option<f64>) -> Self {
        // The same format as serde's for a double.
        let number = kilometres.and_then(|number| serde_json::to_string(&number).ok());
        self.shape.added.extend(number.map(|number| ("distance_km", number)));
        self
    }

    /// Add the highlights of a search.
    pub fn with_highlight(mut self, highlight: Option<&Highlight>) -> Self {
        let json = highlight.and_then(|highlight| serde_json::to_string(highlight).ok());
        self.shape.added.extend(json.map(|json| ("highlight", json)));
        self
    }

    /// Leave out a member.
    pub fn without(mut self, name: &'a str) -> Self {
        self.shape.without = Some(name);
        self
    }
}

impl Rendered for RecordView<'_> {
    fn version(&self) -> i32 {
        self.version
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    fn fingerprint(&self) -> Fingerprint {
        if self.shape.is_whole() {
            return self.fingerprint;
        }
        let Shape { fields, without, added, .. } = &self.shape;
        if fields.is_none() && without.is_none() && added.is_empty() {
            // A whole record has the same tag as in the response to its write: that of its text.
            return fingerprint(&self.text());
        }
        let mut digest = Sha256::new_with_prefix(self.fingerprint);
        for field in self.shape.fields.into_iter().flatten() {
            digest.update(field);
            digest.update(b",");
        }
        for (name, json) in self.shape.replaced.iter().chain(&self.shape.added) {
            digest.update(name);
            digest.update(json);
        }
        let digest = digest.finalize();
        std::array::from_fn(|at| digest[at])
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.json.write(&self.shape, out);
    }

    fn size(&self) -> usize {
        self.json.text().len() + self.shape.added.iter().map(|(_, json)| json.len() + 16).sum::<usize>()
    }
}

impl Snapshot {
    /// Related records of an initiative in full, as one JSON object; `None` if there are none.
    pub fn embedded(
        &self,
        entry: &InitiativeEntry,
        reach: Reach,
        include: &[Include],
    ) -> Result<Option<String>, ApiError> {
        let wants = |one| include.contains(&one);
        let mut members: Vec<(&str, Vec<u8>)> = Vec::new();
        let council = |id| self.councils.get(id).map(|one| one.json.text());
        if let Some(lead) = entry.lead.filter(|_| wants(Include::LeadCouncil)).and_then(council) {
            members.push(("lead_council", lead.into()));
        }
        if wants(Include::Participants) {
            members.push(("participants", array(entry.participants.iter().filter_map(|(id, _)| council(*id)))));
        }
        if wants(Include::Themes) {
            let themes = entry.themes.iter().filter_map(|id| self.themes.get(*id)).map(|one| one.json.text());
            members.push(("themes", array(themes)));
        }
        let related = |id| -> Option<Result<String, ApiError>> {
            let shown = RecordView::initiative(self.initiative_of(id)?, reach, None);
            Some(shown.and_then(|shown| String::from_utf8(shown.text()).map_err(ApiError::internal)))
        };
        if let Some(parent) = entry.parent_for(reach).filter(|_| wants(Include::Parent)).and_then(|one| related(one.id))
        {
            members.push(("parent", parent?.into()));
        }
        if wants(Include::Components) {
            let components = || entry.components_for(reach).filter_map(|one| self.initiative_of(one.id));
            if components().map(|one| one.json.text().len()).sum::<usize>() > MOST_BYTES {
                let detail = "components are too large for one response: request each by its own URL";
                return Err(ApiError::bad_query(vec![Fault::parameter("include", "too_large", detail)]));
            }
            let shown: Vec<String> =
                entry.components_for(reach).filter_map(|one| related(one.id)).collect::<Result<_, _>>()?;
            members.push(("components", array(shown.iter().map(String::as_str))));
        }
        if members.is_empty() {
            return Ok(None);
        }
        let mut json = b"{".to_vec();
        for (at, (name, value)) in members.iter().enumerate() {
            json.extend_from_slice(format!("{}\"{name}\":", if at > 0 { "," } else { "" }).as_bytes());
            json.extend_from_slice(value);
        }
        json.push(b'}');
        String::from_utf8(json).map(Some).map_err(ApiError::internal)
    }
}

fn array<'a>(items: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut json = b"[".to_vec();
    for (at, item) in items.enumerate() {
        if at > 0 {
            json.push(b',');
        }
        json.extend_from_slice(item.as_bytes());
    }
    json.push(b']');
    json
}
