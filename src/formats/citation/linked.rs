//! Records as linked data (JSON-LD 1.1): initiatives and councils in schema.org terms, themes in SKOS.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::wording::{claim, evidence, word};
use super::work::{LANGUAGE, NETWORK_NAME, NETWORK_SITE, REGISTRY, Work, period, permalink};
use crate::access::visibility::Visibility;
use crate::db::enum_text::text;
use crate::registry::councils::model::{Council, CouncilRef};
use crate::registry::initiatives::answer::{Initiative, LocationOf, Place};
use crate::registry::initiatives::evidence::{Bound, Outcome, Source};
use crate::registry::initiatives::lead::LeadKind;
use crate::registry::initiatives::model::{ParticipantRole, PartnerRole};
use crate::registry::memberships::vocabulary::MembershipStatus;
use crate::registry::organisations::model::Organisation;
use crate::registry::themes::model::{Theme, ThemeRef, ThemeStatus};

/// Registered by W3C.
pub const MEDIA_TYPE: &str = "application/ld+json";
/// The vocabulary, and the context for JSON-LD processors.
pub const SCHEMA_ORG: &str = "https://schema.org/";
/// Namespace of SKOS.
pub const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";

/// A JSON-LD document about one thing, with its address and type.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkedData {
    /// Meaning of the terms: the address of schema.org, or the terms themselves.
    #[serde(rename = "@context")]
    context: Value,
    /// Permalink of the thing.
    #[serde(rename = "@id")]
    #[schema(format = "uri")]
    id: String,
    /// Type of the thing.
    #[serde(rename = "@type")]
    #[schema(example = "Article")]
    kind: &'static str,
    /// Properties of the thing.
    #[serde(flatten)]
    members: Map<String, Value>,
}

impl LinkedData {
    /// Builds a document. Leaves out null and empty members.
    pub fn new(context: Value, id: String, kind: &'static str, members: Value) -> Self {
        let members = match tidy(members) {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        Self { context, id, kind, members }
    }
}

/// Removes null and empty values.
fn tidy(value: Value) -> Value {
    let says = |value: &Value| !matches!(value, Value::Null) && value.as_array().is_none_or(|items| !items.is_empty());
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, tidy(value)));
            Value::Object(members.filter(|(_, value)| says(value)).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(tidy).filter(says).collect()),
        value => value,
    }
}

/// An initiative: an article about a piece of practice, by the councils that lead it, or else by the registry.
pub fn initiative(record: &Initiative, base: &str) -> LinkedData {
    let work = Work { record, base };
    let lead = match record.lead.kind {
        LeadKind::Council => record.lead_council.as_ref().map(|council| government(council, base)),
        LeadKind::Organisation => {
            let known = record.lead_organisation.as_ref();
            let id = known.map(|one| permalink(base, one.id));
            Some(json!({ "@type": "Organization", "@id": id, "name": record.lead.name }))
        }
        LeadKind::Network => Some(network()),
        LeadKind::Unknown => None,
    };
    let of_role = |role| record.participants.iter().filter(move |one| (one.role == ParticipantRole::CoLead) == role);
    let leads = lead.into_iter().chain(of_role(true).map(|one| government(&one.council, base))).collect::<Vec<_>>();
    // The leads are the authors of what they entered, and else contributors.
    let (authors, leads) = match work.author_council() {
        Some(_) => (leads, Vec::new()),
        None => (vec![json!({ "@type": "Organization", "@id": base, "name": REGISTRY, "url": base })], leads),
    };
    let partners = record.partners.iter().filter(|one| one.role != PartnerRole::Funder);
    let contributors = leads
        .into_iter()
        .chain(of_role(false).map(|one| government(&one.council, base)))
        .chain(partners.map(|one| json!({ "@type": "Organization", "name": one.name, "url": one.url })));
    let part = |id, title: &str| json!({ "@type": "Article", "@id": permalink(base, id), "name": title });
    let themes = record.themes.iter().map(|one| {
        json!({ "@type": "DefinedTerm", "@id": permalink(base, one.theme.id), "name": one.theme.label,
                "termCode": one.theme.slug, "inDefinedTermSet": format!("{base}/v1/themes") })
    });
    let principles = record.principles.iter().map(|one| {
        json!({ "@type": "DefinedTerm", "name": one.label, "termCode": one.slug, "description": one.how,
                "inDefinedTermSet": format!("{base}/v1/principles") })
    });
    let visible_to = match record.visibility {
        Visibility::Public => Value::Null,
        narrower => json!(format!("Visible to: {}", text(&narrower))),
    };
    let funders: Vec<Value> =
        work.funders().into_iter().map(|name| json!({ "@type": "Organization", "name": name })).collect();
    let members = json!({
        "name": record.title,
        "headline": record.title,
        "abstract": record.summary,
        "disambiguatingDescription": format!("Status: {}.", record.status_text),
        "articleBody": record.body,
        "genre": work.kind(),
        "creativeWorkStatus": word(&record.state),
        "author": authors,
        "isBasedOn": work.after().map(publication),
        "contributor": contributors.collect::<Vec<_>>(),
        "funder": funders,
        "publisher": network(),
        "about": themes.chain(principles).collect::<Vec<_>>(),
        "spatialCoverage": record.location.as_ref().map(|point| place(point, record)),
        "temporalCoverage": work.period(),
        "datePublished": work.issued(),
        "dateCreated": record.created_at,
        "dateModified": record.updated_at,
        "version": record.version.to_string(),
        "inLanguage": LANGUAGE,
        "license": record.licence.url(),
        "conditionsOfAccess": visible_to,
        "identifier": property("UUID", json!(record.id)),
        "url": format!("{base}/v1/initiatives/{}", record.slug),
        "subjectOf": record.source_url.as_ref().map(|url| json!({ "@type": "WebPage", "url": url })),
        "isPartOf": record.parent.as_ref().map_or_else(
            || json!({ "@type": "DataCatalog", "@id": format!("{base}/catalog.jsonld"), "name": REGISTRY }),
            |parent| part(parent.id, &parent.title)),
        "hasPart": record.components.iter().map(|one| part(one.id, &one.title)).collect::<Vec<_>>(),
        "citation": record.sources.iter().map(publication).collect::<Vec<_>>(),
        "mentions": record.outcomes.iter().map(|one| observation(one, record)).collect::<Vec<_>>(),
        "creditText": work.line(),
    });
    LinkedData::new(json!(SCHEMA_ORG), work.permalink(), "Article", members)
}

/// A claim: the measure, bounds, date, author and caveat.
fn observation(outcome: &Outcome, record: &Initiative) -> Value {
    let (value, low, high) = match outcome.bound {
        Bound::AtLeast => (None, outcome.value, None),
        Bound::AtMost => (None, None, outcome.value),
        Bound::Range => (None, outcome.value, outcome.value_high),
        Bound::Exact | Bound::About | Bound::Direction => (outcome.value, None, None),
    };
    let source = outcome.source.as_ref().and_then(|key| record.sources.iter().find(|source| source.key == *key));
    let claimed = claim(outcome);
    let colon = if claimed.is_empty() { "" } else { ": " };
    let sentence = format!("{} ({}){colon}{claimed}", &*outcome.measure, word(&outcome.kind));
    let optional = |name: &str, value: Value| if value.is_null() { value } else { property(name, value) };
    json!({
        "@type": "Observation",
        "name": outcome.measure,
        "variableMeasured": outcome.measure,
        "description": sentence,
        "value": value,
        "minValue": low,
        "maxValue": high,
        "unitText": outcome.unit.map(|unit| word(&unit)),
        "observationDate": outcome.as_at,
        "observationPeriod": period(outcome.period_from.as_deref(), outcome.period_to.as_deref()),
        "measurementMethod": outcome.definition,
        "disambiguatingDescription": outcome.caveat,
        "subjectOf": source.map(publication),
        "additionalProperty": [
            property("kind", json!(text(&outcome.kind))),
            property("bound", json!(text(&outcome.bound))),
            property("evidence level", json!(evidence(outcome.evidence_level))),
            optional("direction", json!(outcome.direction)),
            optional("baseline", json!(outcome.baseline)),
            optional("caveat", json!(outcome.caveat)),
            optional("evaluator", json!(outcome.independence.as_ref().map(|by| &by.evaluator))),
            optional("declared interest", json!(outcome.independence.as_ref().and_then(|by| by.declared_interest.as_ref()))),
        ],
    })
}

fn publication(source: &Source) -> Value {
    json!({
        "@type": "CreativeWork", "name": source.title, "genre": word(&source.kind),
        "publisher": source.publisher.as_ref().map(|name| json!({ "@type": "Organization", "name": name })),
        "datePublished": source.published_on, "url": source.url, "position": source.item_reference,
    })
}

fn property(name: &str, value: Value) -> Value {
    json!({ "@type": "PropertyValue", "propertyID": name, "value": value })
}

fn government(council: &CouncilRef, base: &str) -> Value {
    json!({
        "@type": "GovernmentOrganization", "@id": permalink(base, council.id), "name": council.name,
        "identifier": council.gss_code.as_ref().map(|code| property("GSS", json!(code))),
    })
}

fn network() -> Value {
    json!({ "@type": "Organization", "@id": NETWORK_SITE, "name": NETWORK_NAME, "url": NETWORK_SITE })
}

fn place(place: &Place, record: &Initiative) -> Value {
    let council = match place.of {
        LocationOf::Initiative => None,
        LocationOf::LeadCouncil => record.lead_council.as_ref(),
        LocationOf::PlaceOf => record.place_of.as_ref(),
    };
    let name = council.map(|council| &council.name);
    json!({ "@type": "Place", "name": name, "geo": point(place.latitude, place.longitude) })
}

fn point(latitude: f64, longitude: f64) -> Value {
    json!({ "@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude })
}

/// A council, as a government organisation.
pub fn council(record: &Council, base: &str) -> LinkedData {
    let names = std::iter::once(&record.short_name).chain(&record.welsh_name).chain(&record.aliases);
    let is_member = record.membership.status == Some(MembershipStatus::Current);
    let members = json!({
        "name": record.name,
        "alternateName": names.filter(|name| **name != record.name).collect::<Vec<_>>(),
        "description": record.description,
        "identifier": [
            record.gss_code.as_ref().map(|code| property("GSS", json!(code))),
            record.code.as_ref().map(|code| property("UK register of local authorities", json!(code))),
            Some(property("UUID", json!(record.id))),
        ],
        "location": record.location.map(|at| json!({ "@type": "Place", "geo": point(at.latitude, at.longitude) })),
        "areaServed": { "@type": "AdministrativeArea", "name": record.short_name, "identifier": record.gss_code },
        "sameAs": record.website,
        "url": format!("{base}/v1/councils/{}", record.slug),
        "memberOf": is_member.then(network),
    });
    LinkedData::new(json!(SCHEMA_ORG), permalink(base, record.id), "GovernmentOrganization", members)
}

/// An organisation other than a council.
pub fn organisation(record: &Organisation, base: &str) -> LinkedData {
    let owner = record.council.as_ref().map(|council| government(council, base));
    let members = json!({
        "name": record.name,
        "alternateName": record.aliases,
        "description": record.description,
        "identifier": [
            record.org_id.as_ref().map(|id| property("org-id.guide", json!(id))),
            Some(property("UUID", json!(record.id))),
        ],
        "sameAs": record.website,
        "url": format!("{base}/v1/organisations/{}", record.slug),
        "parentOrganization": owner,
    });
    LinkedData::new(json!(SCHEMA_ORG), permalink(base, record.id), "Organization", members)
}

/// A theme, as a concept of the registry's scheme.
pub fn theme(record: &Theme, base: &str) -> LinkedData {
    let at = |theme: &ThemeRef| permalink(base, theme.id);
    let iri = |term: &str| json!({ "@id": format!("{SKOS}{term}"), "@type": "@id" });
    let context = json!({
        "@language": "en", "skos": SKOS, "dcterms": "http://purl.org/dc/terms/", "owl": "http://www.w3.org/2002/07/owl#",
        "Concept": "skos:Concept", "prefLabel": "skos:prefLabel", "definition": "skos:definition",
        "scopeNote": "skos:scopeNote", "notation": { "@id": "skos:notation", "@language": null },
        "broader": iri("broader"), "narrower": iri("narrower"), "inScheme": iri("inScheme"), "topConceptOf": iri("topConceptOf"),
        "replacedBy": { "@id": "dcterms:isReplacedBy", "@type": "@id" },
        "modified": { "@id": "dcterms:modified", "@type": "http://www.w3.org/2001/XMLSchema#dateTime" },
        "deprecated": "owl:deprecated",
    });
    let scheme = format!("{base}/v1/themes");
    let members = json!({
        "prefLabel": record.label,
        "definition": record.definition,
        "scopeNote": record.scope_note,
        "notation": record.slug,
        "broader": record.broader.as_ref().map(at),
        "narrower": record.narrower.iter().map(at).collect::<Vec<_>>(),
        "inScheme": scheme,
        "topConceptOf": record.broader.is_none().then_some(scheme),
        "replacedBy": record.replaced_by.as_ref().map(at),
        "deprecated": (record.status == ThemeStatus::Deprecated).then_some(true),
        "modified": record.updated_at,
    });
    LinkedData::new(context, permalink(base, record.id), "Concept", members)
}
