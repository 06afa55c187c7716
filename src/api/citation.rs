//! Citations, permalinks and the catalogue. Callers get the records that they have permission to see.

use actix_web::http::header::{Accept, Header};
use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::access::extractors::Anyone;
use crate::error::ApiError;
use crate::formats::citation::linked::LinkedData;
use crate::formats::citation::model::{CitationFormat, CitationQuery};
use crate::formats::citation::work::Work;
use crate::formats::citation::{bibtex, catalog, csl, datacite, extent, linked, ris};
use crate::http::input::Query;
use crate::http::negotiate;
use crate::http::page::base;
use crate::http::response::{Answer, Cacheable, Moves, moved, see_other};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::references::AnyEntry;
use crate::registry::references;

/// Formats and their media types, the default first.
const FORMATS: [(CitationFormat, &str); 5] = [
    (CitationFormat::Csl, csl::MEDIA_TYPE),
    (CitationFormat::Bibtex, bibtex::MEDIA_TYPE),
    (CitationFormat::Ris, ris::MEDIA_TYPE),
    (CitationFormat::Datacite, datacite::MEDIA_TYPE),
    (CitationFormat::Text, "text/plain"),
];

/// Get a citation of an initiative
///
/// For reference managers and footnotes. Choose CSL-JSON, BibTeX, RIS, DataCite or plain text with `format` or
/// `Accept`. The authors are the lead council and its co-leads. The address is the permalink. Records have no DOI.
#[utoipa::path(tag = "initiatives",
    params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), CitationQuery),
    responses(Cacheable, Moves, (status = 200, description = "The citation", content(
        (Vec<Object> = "application/vnd.citationstyles.csl+json"),
        (String = "application/x-bibtex"),
        (String = "application/x-research-info-systems"),
        (Object = "application/vnd.datacite.datacite+json"),
        (String = "text/plain")))))]
#[get("/initiatives/{initiative}/citation")]
pub async fn cite_initiative(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    initiative: web::Path<String>,
    query: Query<CitationQuery>,
) -> Result<HttpResponse, ApiError> {
    let format = chosen(&request, query.format)?;
    let entry = snapshot.locate_initiative(caller.reach(), &initiative)?;
    if references::is_former(&initiative, &entry.slug, entry.id) {
        return Ok(moved(&request, &entry.slug));
    }
    let found = entry.record(caller.reach())?;
    let base = base(&request);
    let work = Work { record: &found, base: &base };
    let body = match format {
        CitationFormat::Csl => csl::write(&work).to_string(),
        CitationFormat::Datacite => datacite::write(&work).to_string(),
        CitationFormat::Bibtex => bibtex::write(&work),
        CitationFormat::Ris => ris::write(&work),
        CitationFormat::Text => work.reference(),
    };
    Ok(Answer::new(&request, &content_type(format)).of(&found).send(body))
}

/// The format in the query, or else in `Accept`.
pub(super) fn chosen(request: &HttpRequest, asked: Option<CitationFormat>) -> Result<CitationFormat, ApiError> {
    asked.map_or_else(|| negotiate::choose(request, &FORMATS), Ok)
}

/// The content type of a format. JSON is UTF-8 without saying so (RFC 8259, section 8.1).
pub(super) fn content_type(format: CitationFormat) -> String {
    let name = FORMATS.iter().find(|(one, _)| *one == format).map_or(csl::MEDIA_TYPE, |(_, name)| *name);
    match format {
        CitationFormat::Csl | CitationFormat::Datacite => name.to_owned(),
        CitationFormat::Bibtex | CitationFormat::Ris | CitationFormat::Text => format!("{name}; charset=utf-8"),
    }
}

/// Follow a permalink
///
/// The permanent address of a council, a change of councils, an initiative, a membership, an organisation or a theme.
/// It still works if the slug changes. It redirects to the current address of the record (303), or to its web page if
/// you use a browser. You get 404 if you do not have permission to see the record.
#[utoipa::path(tag = "service",
    params(("id" = String, Path, description = "Id of a council, a change of councils, an initiative, a membership, an organisation or a theme, as a list has it")),
    responses((status = 303, description = "Redirect to the record", headers(("Location" = String, description = "Current address of the record")))))]
#[get("/{id}")]
pub async fn follow_permalink(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = references::id(&id, "record")?;
    // Browsers get the web page of the record.
    let is_browser = negotiate::wants_page(Accept::parse(&request).ok().as_ref());
    let [councils, initiatives, organisations, themes] = match is_browser {
        true => ["/councils/", "/initiatives/", "/organisations/", "/themes/"],
        false => ["/v1/councils/", "/v1/initiatives/", "/v1/organisations/", "/v1/themes/"],
    };
    let location = match snapshot.find_record(caller.reach(), id)? {
        AnyEntry::Council(entry) => format!("{councils}{}", entry.record.slug),
        AnyEntry::CouncilChange(entry) => format!("/v1/council-changes/{}", entry.record.id),
        AnyEntry::Theme(entry) => format!("{themes}{}", entry.record.slug),
        AnyEntry::Initiative(entry) => format!("{initiatives}{}", entry.slug),
        // A proposal has no page.
        AnyEntry::Organisation(entry) if entry.record.proposed_by.is_some() => {
            format!("/v1/organisations/{}", entry.record.id)
        }
        AnyEntry::Organisation(entry) => format!("{organisations}{}", entry.record.slug),
        // The page of the member shows its membership. A member without a record has no page.
        AnyEntry::Membership(entry) => {
            let member = &entry.whole().member;
            match (&member.council, member.record_of_organisation()) {
                (Some(council), _) if is_browser => format!("{councils}{}", council.slug),
                (_, Some(organisation)) if is_browser => format!("{organisations}{}", organisation.slug),
                _ => format!("/v1/memberships/{}", entry.id()),
            }
        }
    };
    Ok(see_other(&request, &location))
}

/// Get the catalogue
///
/// Describes the registry as a dataset, for data portals and harvesters. The format is DCAT 3 as JSON-LD. It covers
/// public records only.
#[utoipa::path(tag = "service", responses(Cacheable, (status = 200, description = "The catalogue", content_type = "application/ld+json", body = LinkedData)))]
#[get("/catalog.jsonld")]
pub async fn find_catalog(request: HttpRequest, snapshot: CurrentSnapshot) -> Result<HttpResponse, ApiError> {
    let extent = extent::extent(&snapshot);
    let concepts = extent::concepts(&snapshot);
    let catalog = catalog::catalog(&base(&request), &extent, &concepts);
    let body = serde_json::to_string(&catalog).map_err(ApiError::internal)?;
    Ok(Answer::new(&request, linked::MEDIA_TYPE).modified(extent.modified).send(body))
}
