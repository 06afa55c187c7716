//! Frames for other websites, and oEmbed. They show public records only, because their visitors are not signed in.

use actix_web::guard::Get;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError, get, web};

use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::formats::citation::work::{REGISTRY, Work};
use crate::formats::embeds::frame::{element, refused};
use crate::formats::embeds::model::{FrameQuery, FrameView, Oembed, OembedFormat, OembedQuery};
use crate::formats::embeds::oembed::{EmbeddedPage, LIST_HEIGHT, Paths, RECORD_HEIGHT, frame, subject, xml};
use crate::http::input::SharedQuery;
use crate::http::negotiate;
use crate::http::page::{Pages, base};
use crate::http::response::{Answer, Cacheable, moved};
use crate::read_model::catalogue::CatalogueEntry;
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::initiatives::InitiativeOrder;
use crate::read_model::references::AnyEntry;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::references;

/// Routes of the frames.
pub const FRAMES: [&str; 2] = ["/embed/initiatives", "/embed/initiatives/{initiative}"];

/// Mounts the frames.
pub fn mount(config: &mut web::ServiceConfig) {
    let [list, record] = FRAMES.map(|path| web::resource(path).guard(Get()));
    config.service(list.to(frame_initiatives)).service(record.to(frame_initiative));
}

/// A list, or a map with a list.
async fn frame_initiatives(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    pages: Pages,
    query: Result<SharedQuery<FrameQuery>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let listed = || {
        let SharedQuery { value: query, written } = query?;
        let (view, heading) = (query.shape.view, query.shape.heading.clone());
        let query = query.of_list();
        let filter = InitiativeFilter::new(&snapshot, Reach::PUBLIC, &query)?;
        let page = pages.page(query.limit, None)?;
        let order = InitiativeOrder::of(&query, filter.area.near);
        Ok((view, heading, written, snapshot.list_initiatives(Reach::PUBLIC, &filter, order, &page)))
    };
    let (view, heading, written, slice) = match listed() {
        Ok(listed) => listed,
        Err(error) => return explained(error),
    };
    let said: Vec<(String, String)> = form_urlencoded::parse(written.as_bytes()).into_owned().collect();
    let mut attributes = joined(&said);
    if view == FrameView::Map && !attributes.iter().any(|(name, _)| name == "view") {
        attributes.push(("view".into(), "map".into()));
    }
    // A given heading is the first of the page.
    attributes.push(("heading-level".into(), if heading.is_some() { "1" } else { "2" }.into()));
    let links: Vec<(&str, &str)> = slice.rows.iter().map(|one| (&*one.slug, &*one.title)).collect();
    let filters = said.iter().filter(|(name, _)| !["view", "heading", "limit"].contains(&name.as_str()));
    let all = form_urlencoded::Serializer::new(String::new()).extend_pairs(filters).finish();
    let title = heading.unwrap_or_else(|| "Initiatives".into());
    Ok(element(&request, &title, &attributes, &links, &format!("/?{all}")))
}

/// One initiative.
async fn frame_initiative(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    initiative: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    match snapshot.locate_initiative(Reach::PUBLIC, &initiative) {
        Ok(found) if references::is_former(&initiative, &found.slug, found.id) => Ok(moved(&request, &found.slug)),
        Ok(found) => {
            let attribute = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            let attributes = [attribute("initiative", &found.slug), attribute("heading-level", "1")];
            let page = format!("/initiatives/{}", found.slug);
            Ok(element(&request, &found.title, &attributes, &[(&*found.slug, &*found.title)], &page))
        }
        Err(error) => explained(error),
    }
}

/// Parameters as attributes. Joins several values of one name with spaces, which the element expects.
fn joined(said: &[(String, String)]) -> Vec<(String, String)> {
    let mut attributes: Vec<(String, String)> = Vec::new();
    for (name, value) in said {
        match attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => *values = format!("{values} {value}"),
            None => attributes.push((name.clone(), value.clone())),
        }
    }
    attributes
}

/// Shows a client error as a page. A server error stays an error.
fn explained(error: ApiError) -> Result<HttpResponse, ApiError> {
    let status = error.status_code();
    if !status.is_client_error() {
        return Err(error);
    }
    let what = if status == StatusCode::NOT_FOUND && error.faults().is_empty() {
        "There is nothing at this address."
    } else {
        "The address of this frame is not valid."
    };
    let said = |fault: &crate::error::Fault| match &fault.parameter {
        Some(name) => format!("{name}: {}", fault.detail),
        None => fault.detail.clone(),
    };
    let faults: Vec<String> = error.faults().iter().map(said).collect();
    Ok(refused(status, what, &faults))
}

/// Get the oEmbed frame of a page
///
/// For websites that embed an address of the registry (oEmbed 1.0). The frame shows an initiative, or the initiatives
/// of a council or an organisation. It shows public records only. To get XML, use `format` or `Accept`.
#[utoipa::path(tag = "service", params(OembedQuery), responses(Cacheable,
    (status = 200, description = "The frame", content((Oembed = "application/json"), (String = "text/xml"))),
    (status = 404, description = "The address is not a page of an initiative, a council or an organisation of this registry")))]
#[get("/oembed")]
pub async fn find_frame(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    query: SharedQuery<OembedQuery>,
) -> Result<HttpResponse, ApiError> {
    const FORMATS: [(OembedFormat, &str); 2] =
        [(OembedFormat::Json, "application/json"), (OembedFormat::Xml, "text/xml")];
    let format = match query.format {
        Some(format) => format,
        None => negotiate::choose(&request, &FORMATS)?,
    };
    let base = base(&request);
    let none = || ApiError::not_found("page of an initiative, a council or an organisation");
    let entry = match subject(&query.url, &base).ok_or_else(none)? {
        EmbeddedPage::Initiative(segment) => AnyEntry::Initiative(snapshot.locate_initiative(Reach::PUBLIC, &segment)?),
        EmbeddedPage::Council(segment) => AnyEntry::Council(snapshot.locate_council(&segment)?),
        EmbeddedPage::Organisation(segment) => {
            AnyEntry::Organisation(snapshot.locate_organisation(Reach::PUBLIC, &segment)?)
        }
        EmbeddedPage::Record(id) => snapshot.find_record(Reach::PUBLIC, references::id(&id, "record")?)?,
    };
    let answer = match entry {
        AnyEntry::Initiative(entry) => of_initiative(&entry.record(Reach::PUBLIC)?, &base, &query),
        AnyEntry::Council(CatalogueEntry { record, .. }) => {
            let (page, filter) = (format!("/councils/{}", record.slug), format!("council={}", record.slug));
            of_list(&page, &filter, &record.name, &base, &query)
        }
        AnyEntry::Organisation(CatalogueEntry { record, .. }) => {
            let (page, filter) = (format!("/organisations/{}", record.slug), format!("organisation={}", record.slug));
            of_list(&page, &filter, &record.name, &base, &query)
        }
        AnyEntry::CouncilChange(_) | AnyEntry::Theme(_) | AnyEntry::Membership(_) => return Err(none()),
    };
    let (media_type, body) = match format {
        OembedFormat::Json => ("application/json", serde_json::to_string(&answer).map_err(ApiError::internal)?),
        OembedFormat::Xml => ("text/xml; charset=utf-8", xml(&answer)),
    };
    Ok(Answer::new(&request, media_type).send(body))
}

fn of_initiative(found: &Initiative, base: &str, asked: &OembedQuery) -> Oembed {
    let author = match (Work { record: found, base }).author_council() {
        Some(lead) => (lead.name.clone(), format!("{base}/councils/{}", lead.slug)),
        None => (REGISTRY.to_owned(), base.to_owned()),
    };
    let page = format!("/initiatives/{}", found.slug);
    let paths = Paths { page: &page, frame: &format!("/embed{page}") };
    frame(base, paths, &found.title, author, RECORD_HEIGHT, asked)
}

/// The initiatives of a council or an organisation.
fn of_list(page: &str, filter: &str, name: &str, base: &str, asked: &OembedQuery) -> Oembed {
    let author = (name.to_owned(), format!("{base}{page}"));
    let paths = Paths { page, frame: &format!("/embed/initiatives?{filter}") };
    frame(base, paths, name, author, LIST_HEIGHT, asked)
}
