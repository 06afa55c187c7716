//! A catalogue of the registry as a dataset in DCAT 3 (W3C), as JSON-LD with an inline context.

use serde_json::{Map, Value, json};

use super::extent::Extent;
use super::linked::{LinkedData, SKOS};
use super::work::{NETWORK_NAME, NETWORK_SITE, REGISTRY, period, permalink};
use crate::http::list_format::XLSX;
use crate::registry::initiatives::model::Licence;
use crate::registry::themes::model::Theme;

/// Downloads: path, title, media type. The first is the API, the others are whole files.
pub const DISTRIBUTIONS: [(&str, &str, &str); 18] = [
    ("/v1/initiatives", "Initiatives, paged (JSON API)", "application/json"),
    ("/v1/initiatives.csv", "Initiatives (CSV)", "text/csv"),
    ("/v1/initiatives.xlsx", "Initiatives (Excel)", XLSX),
    ("/v1/initiatives.ndjson", "Initiatives (JSON lines)", "application/x-ndjson"),
    ("/v1/initiatives.geojson", "Initiatives with a place (GeoJSON)", "application/geo+json"),
    ("/v1/outcomes.csv", "Outcomes, one row a claim (CSV)", "text/csv"),
    ("/v1/outcomes.xlsx", "Outcomes, one row a claim (Excel)", XLSX),
    ("/v1/councils.csv", "Councils (CSV)", "text/csv"),
    ("/v1/councils.xlsx", "Councils (Excel)", XLSX),
    ("/v1/council-changes.csv", "Changes of councils (CSV)", "text/csv"),
    ("/v1/council-changes.xlsx", "Changes of councils (Excel)", XLSX),
    ("/v1/memberships.csv", "Memberships of the network (CSV)", "text/csv"),
    ("/v1/memberships.xlsx", "Memberships of the network (Excel)", XLSX),
    ("/v1/organisations.csv", "Organisations (CSV)", "text/csv"),
    ("/v1/organisations.xlsx", "Organisations (Excel)", XLSX),
    ("/v1/themes.csv", "Themes (CSV)", "text/csv"),
    ("/v1/themes.xlsx", "Themes (Excel)", XLSX),
    ("/v1/datapackage.json", "Data package with the columns of every CSV (Frictionless)", "application/json"),
];

/// The United Kingdom, in the EU Publications Office's country list for DCAT.
const UNITED_KINGDOM: &str = "http://publications.europa.eu/resource/authority/country/GBR";

/// The catalogue: one dataset, its distributions, and the data service.
pub fn catalog(base: &str, extent: &Extent, concepts: &[&Theme]) -> LinkedData {
    let at = |path: &str| format!("{base}{path}");
    let (catalog, dataset, service, scheme) =
        (at("/catalog.jsonld"), at("/catalog.jsonld#dataset"), at("/catalog.jsonld#service"), at("/v1/themes"));
    let licence = Licence::OglUk3.url();
    let network = json!({ "@id": NETWORK_SITE, "@type": "foaf:Organization", "name": NETWORK_NAME });
    let distributions: Vec<Value> = DISTRIBUTIONS
        .iter()
        .map(|(path, title, media_type)| {
            let is_api = *path == DISTRIBUTIONS[0].0;
            json!({
                "@id": format!("{dataset}:{path}"), "@type": "dcat:Distribution", "title": title, "license": licence,
                "accessURL": at(path), "downloadURL": (!is_api).then(|| at(path)),
                "accessService": is_api.then_some(&service),
                "mediaType": format!("https://www.iana.org/assignments/media-types/{media_type}"),
                "format": media_type,
            })
        })
        .collect();
    let themes: Vec<Value> = concepts
        .iter()
        .map(|one| {
            json!({
                "@id": permalink(base, one.id), "@type": "skos:Concept", "prefLabel": one.label,
                "definition": one.definition, "notation": one.slug, "inScheme": scheme,
                "broader": one.broader.as_ref().map(|broader| permalink(base, broader.id)),
            })
        })
        .collect();
    let temporal = period(extent.from.as_deref(), extent.to.as_deref()).map(|_| {
        // Ends can be years or months: a plain literal keeps their precision.
        json!({ "@type": "dcterms:PeriodOfTime", "startDate": extent.from, "endDate": extent.to })
    });
    let members = json!({
        "title": format!("Catalogue of the {REGISTRY}"),
        "description": "What the registry of co-operative practice of UK councils holds, and where it can be had.",
        "publisher": network,
        "license": licence,
        "language": "en",
        "modified": extent.modified,
        "themeTaxonomy": { "@id": scheme, "@type": "skos:ConceptScheme", "title": "Themes of the CCIN registry" },
        "dataset": [{
            "@id": dataset, "@type": "dcat:Dataset",
            "title": "Co-operative practice of UK councils",
            "description": "Case studies, policy labs, prototypes, commissions and ideas of co-operative councils in the \
                United Kingdom: who leads them, with whom, on which themes, what they cost and what came of them, each \
                claim with its bound, date, evidence and source.",
            "publisher": network["@id"],
            "landingPage": at("/docs/"),
            "identifier": dataset,
            "license": licence,
            "rights": "Open Government Licence v3.0, unless a record says otherwise",
            "language": "en",
            "spatial": { "@id": UNITED_KINGDOM, "@type": "dcterms:Location", "label": "United Kingdom" },
            "temporal": temporal,
            "issued": extent.issued,
            "modified": extent.modified,
            "keyword": concepts.iter().map(|one| &one.label).collect::<Vec<_>>(),
            "theme": themes,
            "distribution": distributions,
        }],
        "service": [{
            "@id": service, "@type": "dcat:DataService",
            "title": "API of the CCIN registry",
            "publisher": network["@id"],
            "license": licence,
            "endpointURL": at("/v1"),
            "endpointDescription": at("/openapi.json"),
            "landingPage": at("/docs/"),
            "conformsTo": "https://spec.openapis.org/oas/v3.1.0",
            "servesDataset": dataset,
        }],
    });
    LinkedData::new(context(), catalog, "dcat:Catalog", members)
}

/// Vocabularies, by the prefix of their terms.
const PREFIXES: [(&str, &str); 6] = [
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("skos", SKOS),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];
/// Terms with text values.
const TEXTS: &str = "dcterms:title dcterms:description dcterms:identifier dcterms:language dcterms:rights dcterms:format \
    foaf:name rdfs:label dcat:keyword dcat:startDate dcat:endDate skos:prefLabel skos:definition skos:notation";
/// Terms whose values are addresses of other resources.
const REFERENCES: &str = "dcterms:publisher dcterms:license dcterms:spatial dcterms:temporal dcterms:conformsTo \
    dcat:dataset dcat:service dcat:distribution dcat:accessURL dcat:downloadURL dcat:accessService dcat:mediaType \
    dcat:landingPage dcat:endpointURL dcat:endpointDescription dcat:servesDataset dcat:themeTaxonomy dcat:theme \
    skos:broader skos:inScheme";
/// Terms with time values.
const TIMES: &str = "dcterms:issued dcterms:modified";

/// Every term with its IRI, so that readers need not fetch a context.
fn context() -> Value {
    let mut context: Map<String, Value> = PREFIXES.iter().map(|(name, iri)| ((*name).into(), json!(iri))).collect();
    for (terms, kind) in [(TEXTS, None), (REFERENCES, Some("@id")), (TIMES, Some("xsd:dateTime"))] {
        for (iri, (_, term)) in terms.split_whitespace().filter_map(|iri| Some((iri, iri.split_once(':')?))) {
            let meaning = kind.map_or_else(|| json!(iri), |kind| json!({ "@id": iri, "@type": kind }));
            context.insert(term.into(), meaning);
        }
    }
    Value::Object(context)
}
