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
        "descriptions": [{ "description": record.summary, "descriptionType": "Abstract", "lang": LANGUAGE }],
        "relatedIdentifiers": related(work),
        "fundingReferences": funding,
    });
    if let Some(place) = record.location {
        let point = json!({ "pointLatitude": place.latitude, "pointLongitude": place.longitude });
        resource["geoLocations"] = json!([{ "geoLocationPoint": point }]);
        if let (LocationOf::LeadCouncil, Some(lead)) = (place.of, &record.lead_council) {
            resource["geoLocations"][0]["geoLocationPlace"] = json!(lead.name);
        }
    }
    resource
}

fn contributors(work: &Work) -> Vec<Value> {
    let councils = work.record.participants.iter().filter_map(|one| match one.role {
        ParticipantRole::CoLead => None,
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
        councils
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
    let issued = work.issued().map(|issued| json!({ "date": issued, "dateType": "Issued" }));
    let updated = json!({ "date": work.record.updated_at.date_naive(), "dateType": "Updated" });
    let period = work.period().map(|period| {
        // DataCite's profile of ISO 8601 (RKMS) writes an open end as an empty text.
        json!({ "date": period.replace("..", ""), "dateType": "Other", "dateInformation": "When the practice ran" })
    });
    issued.into_iter().chain([updated]).chain(period).collect()
}

fn related(work: &Work) -> Vec<Value> {
    let record = work.record;
    let sources =
        record.sources.iter().filter_map(|source| source.url.as_deref()).map(|url| (url.to_owned(), "References"));
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
