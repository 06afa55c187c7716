//! DataCite JSON (metadata schema 4.x). The schema requires an identifier, creators, titles, publisher, publication
//! year and resource type.
//!
//! The registry does not issue DOIs, and nothing here looks like one. The identifier is the permalink, with the type
//! URL. Anyone who registers a DOI for a record replaces it.

use serde_json::{Value, json};

use super::work::{LANGUAGE, NETWORK_NAME, Work, permalink};
use crate::db::enum_text::text;
use crate::registry::initiatives::answer::LocationOf;
use crate::registry::initiatives::model::{ParticipantRole, PartnerRole};

/// The media type in DataCite's content negotiation.
pub const MEDIA_TYPE: &str = "application/vnd.datacite.datacite+json";

/// Writes the work as a resource.
pub fn write(work: &Work) -> Value {
    let record = work.record;
    let creators: Vec<Value> =
        work.authors().into_iter().map(|name| json!({ "name": name, "nameType": "Organizational" })).collect();
    let funding: Vec<Value> = work.funders().into_iter().map(|name| json!({ "funderName": name })).collect();
    let mut resource = json!({
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "identifiers": [{ "identifier": work.permalink(), "identifierType": "URL" }],
        "alternateIdentifiers": [
            { "alternateIdentifier": record.id, "alternateIdentifierType": "UUID" },
            { "alternateIdentifier": record.slug, "alternateIdentifierType": "Slug in the CCIN registry" },
        ],
        "types": { "resourceTypeGeneral": "Text", "resourceType": work.kind() },
        "creators": creators,
        "titles": [{ "title": record.title, "lang": LANGUAGE }],
        "publisher": NETWORK_NAME,
        "publicationYear": work.year().to_string(),
        "contributors": contributors(work),
        "subjects": subjects(work),
        "dates": dates(work),
        "language": LANGUAGE,
        "version": record.version.to_string(),
        "rightsList": [{
            "rights": record.licence.title(), "rightsUri": record.licence.url(),
            "rightsIdentifier": text(&record.licence), "rightsIdentifierScheme": "SPDX",
            "schemeUri": "https://spdx.org/licenses/",
        }],
        "descriptions": descriptions(work),
        "relatedIdentifiers": related(work),
        "fundingReferences": funding,
    });
    if let Some(place) = record.location {
        let point = json!({ "pointLatitude": place.latitude, "pointLongitude": place.longitude });
        resource["geoLocations"] = json!([{ "geoLocationPoint": point }]);
        let council = match place.of {
            LocationOf::Initiative => None,
            LocationOf::LeadCouncil => record.lead_council.as_ref(),
            LocationOf::PlaceOf => record.place_of.as_ref(),
        };
        if let Some(council) = council {
            resource["geoLocations"][0]["geoLocationPlace"] = json!(council.name);
        }
    }
    resource
}

fn descriptions(work: &Work) -> Vec<Value> {
    let status = format!("Status: {}.", work.record.status_text);
    let others = work.after_line().into_iter().chain([status]);
    let others = others.map(|text| json!({ "description": text, "descriptionType": "Other", "lang": LANGUAGE }));
    let summary = json!({ "description": work.record.summary, "descriptionType": "Abstract", "lang": LANGUAGE });
    std::iter::once(summary).chain(others).collect()
}

fn contributors(work: &Work) -> Vec<Value> {
    // The leads are the authors of what they entered, and else contributors.
    let is_author = work.author_council().is_some();
    let lead = work.lead().filter(|_| !is_author).map(|name| (name, "ProjectLeader"));
    let councils = work.record.participants.iter().filter_map(|one| match one.role {
        ParticipantRole::CoLead if is_author => None,
        ParticipantRole::CoLead => Some((&*one.council.name, "ProjectLeader")),
        ParticipantRole::Lead => Some((&*one.council.name, "WorkPackageLeader")),
        ParticipantRole::Partner => Some((&*one.council.name, "ProjectMember")),
    });
    let partners = work.record.partners.iter().filter_map(|one| match one.role {
        PartnerRole::Funder => None,
        PartnerRole::Delivery => Some((&*one.name, "ProjectMember")),
        PartnerRole::Academic | PartnerRole::Evaluator => Some((&*one.name, "Researcher")),
        PartnerRole::Other => Some((&*one.name, "Other")),
    });
    unique(
        lead.into_iter()
            .chain(councils)
            .chain(partners)
            .map(|(name, role)| json!({ "name": name, "nameType": "Organizational", "contributorType": role })),
    )
}

fn subjects(work: &Work) -> Vec<Value> {
    let themes = work.record.themes.iter().map(|one| {
        let address = permalink(work.base, one.theme.id);
        json!({ "subject": one.theme.label, "subjectScheme": "CCIN themes", "valueUri": address })
    });
    let principles = work.record.principles.iter();
    themes.chain(principles.map(|one| json!({ "subject": one.label, "subjectScheme": "CCIN principles" }))).collect()
}

fn dates(work: &Work) -> Vec<Value> {
    let original = work.after().and_then(|source| source.published_on.as_deref());
    let original =
        original.map(|date| json!({ "date": date, "dateType": "Other", "dateInformation": "Date of the source" }));
    let issued = work.issued().map(|issued| json!({ "date": issued, "dateType": "Issued" }));
    let updated = json!({ "date": work.record.updated_at.date_naive(), "dateType": "Updated" });
    let period = work.period().map(|period| {
        // DataCite's profile of ISO 8601 (RKMS) writes an open end as an empty text.
        json!({ "date": period.replace("..", ""), "dateType": "Other", "dateInformation": "When the practice ran" })
    });
    issued.into_iter().chain([updated]).chain(period).chain(original).collect()
}

fn related(work: &Work) -> Vec<Value> {
    let record = work.record;
    let after = work.after().map(|source| &source.key);
    let sources = record.sources.iter().filter_map(|source| {
        let relation = if after == Some(&source.key) { "IsDerivedFrom" } else { "References" };
        Some((source.url.as_deref()?.to_owned(), relation))
    });
    let parent = record.parent.iter().map(|parent| (permalink(work.base, parent.id), "IsPartOf"));
    let components = record.components.iter().map(|one| (permalink(work.base, one.id), "HasPart"));
    unique(sources.chain(parent).chain(components).map(|(address, relation)| {
        json!({ "relatedIdentifier": address, "relatedIdentifierType": "URL", "relationType": relation })
    }))
}

/// Removes duplicates, which the schema does not allow.
fn unique(items: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}
