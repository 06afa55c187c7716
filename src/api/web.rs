//! Handlers of the web pages. A page gets its record from the API. These handlers check that the record exists, so that
//! browsers, search engines and link checkers get the right status.

use actix_web::guard::{Get, GuardContext};
use actix_web::http::StatusCode;
use actix_web::http::header::Accept;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};

use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::formats::citation::linked;
use crate::formats::web::assets;
use crate::formats::web::shell::{Head, nothing_here, page};
use crate::http::negotiate::wants_page;
use crate::http::page::base;
use crate::http::response::moved;
use crate::read_model::extractor::CurrentSnapshot;
use crate::registry::references;

/// Routes of the pages. The first is also the address of the service index.
pub const PAGES: [&str; 6] =
    ["/", "/initiatives", "/initiatives/{initiative}", "/councils", "/councils/{council}", "/about"];

/// Mounts the pages and their files. Must come before the operations: with `Accept` for HTML, `/` is a page.
pub fn mount(config: &mut web::ServiceConfig) {
    let at = |path: &str| web::resource(path.to_owned()).guard(Get());
    config
        .service(at("/").guard(is_browser).to(find_map))
        .service(at("/initiatives").to(find_map))
        .service(at("/initiatives/{initiative}").to(find_initiative_page))
        .service(at("/councils").to(find_councils_page))
        .service(at("/councils/{council}").to(find_council_page))
        .service(at("/about").to(find_about_page));
    for file in assets::files() {
        config.service(at(&format!("/{}", file.name)).to(async move |request: HttpRequest| file.send(&request)));
    }
}

fn is_browser(context: &GuardContext<'_>) -> bool {
    wants_page(context.header::<Accept>().as_ref())
}

async fn find_map(request: HttpRequest) -> HttpResponse {
    page(
        &request,
        &Head::new(
            "",
            "What UK co-operative councils do, on a map and in a list: initiatives with their outcomes, sources and dates.",
        ).at(&base(&request), "/", "website"),
    )
}

async fn find_councils_page(request: HttpRequest) -> HttpResponse {
    page(
        &request,
        &Head::new(
            "Councils",
            "The councils of the Co-operative Councils' Innovation Network, and what each of them does.",
        )
        .at(&base(&request), "/councils", "website"),
    )
}

async fn find_about_page(request: HttpRequest) -> HttpResponse {
    page(
        &request,
        &Head::new("About", "What is in the registry, how to read its claims, and how to use its data.").at(
            &base(&request),
            "/about",
            "website",
        ),
    )
}

async fn find_initiative_page(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    initiative: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    match snapshot.locate_initiative(Reach::PUBLIC, &initiative) {
        Ok(found) if references::is_former(&initiative, &found.slug, found.id) => Ok(moved(&request, &found.slug)),
        Ok(found) => {
            let found = found.record(Reach::PUBLIC)?;
            let (base, path) = (base(&request), format!("/initiatives/{}", found.slug));
            let data = linked::initiative(&found, &base);
            Ok(page(&request, &Head::new(&found.title, &found.summary).of_record(&base, &path, &data)))
        }
        Err(error) => missing(error),
    }
}

async fn find_council_page(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    council: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    match snapshot.locate_council(Reach::PUBLIC, &council).map(|entry| &entry.record) {
        Ok(found) if references::is_former(&council, &found.slug, found.id) => Ok(moved(&request, &found.slug)),
        Ok(found) => {
            let description = format!("What {} does as a co-operative council.", found.name);
            let (base, path) = (base(&request), format!("/councils/{}", found.slug));
            let data = linked::council(found, &base);
            Ok(page(&request, &Head::new(&found.short_name, &description).of_record(&base, &path, &data)))
        }
        Err(error) => missing(error),
    }
}

/// The page for a record that does not exist, with the status of the API.
fn missing(error: ApiError) -> Result<HttpResponse, ApiError> {
    match error.status_code() {
        StatusCode::NOT_FOUND => Ok(nothing_here()),
        _ => Err(error),
    }
}
