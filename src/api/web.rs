//! Handlers of the web pages. Each is real HTML from the read model, as the public sees it. The page's own script then
//! takes it over.

use actix_web::guard::{Get, GuardContext};
use actix_web::http::header::Accept;
use actix_web::{HttpRequest, HttpResponse, web};

use super::web_lists::{
    find_comparison, find_councils_page, find_list, find_organisations_page, find_robots, find_sitemap,
    find_themes_page,
};
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::formats::citation::linked;
use crate::formats::citation::work::Work;
use crate::formats::web::assets;
use crate::formats::web::errors::explained;
use crate::formats::web::pages::council::Profile;
use crate::formats::web::pages::organisation::OrganisationPage;
use crate::formats::web::pages::plots::Claims;
use crate::formats::web::pages::theme::Practice;
use crate::formats::web::pages::{council, organisation, plain, record, theme};
use crate::formats::web::preview::CHANGES;
use crate::formats::web::shell::{Head, Page, page};
use crate::http::negotiate::wants_page;
use crate::http::page::{PageRequest, Pages, base};
use crate::http::response::moved;
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::initiatives::InitiativeOrder;
use crate::read_model::membership_list::MembershipFilter;
use crate::read_model::outcome_list::OutcomeFilter;
use crate::read_model::outcome_summary::OutcomeSummary;
use crate::read_model::outcomes::OutcomeRecord;
use crate::read_model::snapshot::Snapshot;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::query::{InitiativeQuery, InitiativeSort};
use crate::registry::memberships::query::{MembershipQuery, MembershipSort};
use crate::registry::references;

/// Routes of the pages. The first is also the address of the service index.
pub const PAGES: [&str; 13] = [
    "/",
    "/initiatives",
    "/initiatives/{initiative}",
    "/themes",
    "/themes/{theme}",
    "/councils",
    "/councils/{council}",
    "/organisations",
    "/organisations/{organisation}",
    "/compare",
    "/about",
    "/robots.txt",
    "/sitemap.xml",
];

/// Number of a council's or a theme's initiatives that its page shows.
const FEW: [i64; 2] = [20, 20];
/// Maximum number of claims on the page of a council or a theme, as in a page of the list of outcomes.
const MOST_CLAIMS: usize = 200;

/// Mounts the pages and their files. Must come before the operations: with `Accept` for HTML, `/` is a page.
pub fn mount(config: &mut web::ServiceConfig) {
    let at = |path: &str| web::resource(path.to_owned()).guard(Get());
    config
        .service(at("/").guard(is_browser).to(find_list))
        .service(at("/initiatives").to(find_list))
        .service(at("/initiatives/{initiative}").to(find_initiative_page))
        .service(at("/themes").to(find_themes_page))
        .service(at("/themes/{theme}").to(find_theme_page))
        .service(at("/councils").to(find_councils_page))
        .service(at("/councils/{council}").to(find_council_page))
        .service(at("/organisations").to(find_organisations_page))
        .service(at("/organisations/{organisation}").to(find_organisation_page))
        .service(at("/compare").to(find_comparison))
        .service(at("/about").to(find_about_page))
        .service(at("/robots.txt").to(find_robots))
        .service(at("/sitemap.xml").to(find_sitemap));
    for file in assets::files() {
        config.service(at(&format!("/{}", file.name)).to(async move |request: HttpRequest| file.send(&request)));
    }
}

fn is_browser(context: &GuardContext<'_>) -> bool {
    wants_page(context.header::<Accept>().as_ref())
}

async fn find_about_page(request: HttpRequest) -> HttpResponse {
    let head = Head::new("About", "What is in the registry, how to read its claims, and how to use its data.");
    let head = head.at(&base(&request), "/about", "website").feed(CHANGES.0, CHANGES.1);
    page(&request, &Page { head, view: plain::about(), entry: "/about" })
}

async fn find_initiative_page(
    request: HttpRequest,
    snapshot: Result<CurrentSnapshot, ApiError>,
    initiative: web::Path<String>,
) -> HttpResponse {
    let found = || -> Result<HttpResponse, ApiError> {
        let snapshot = snapshot?;
        let entry = snapshot.locate_initiative(Reach::PUBLIC, &initiative)?;
        if references::is_former(&initiative, &entry.slug, entry.id) {
            return Ok(moved(&request, &entry.slug));
        }
        let (found, base) = (entry.record(Reach::PUBLIC)?, base(&request));
        let description = format!("{} Status: {}.", found.summary, found.status_text);
        let head = Head::new(&found.title, &description)
            .of_record(&base, &format!("/initiatives/{}", found.slug), &linked::initiative(&found, &base))
            .feed(CHANGES.0, CHANGES.1);
        let work = Work { record: &found, base: &base };
        let notices = snapshot.notices(found.steward.council.as_ref().map(|council| council.id));
        let view = record::view(&found, &work.reference(), &work.permalink(), &notices);
        Ok(page(&request, &Page { head, view, entry: "/" }))
    };
    found().unwrap_or_else(|error| explained(&error, "Initiative", ("/", "All initiatives")))
}

async fn find_council_page(
    request: HttpRequest,
    snapshot: Result<CurrentSnapshot, ApiError>,
    pages: Pages,
    council: web::Path<String>,
) -> HttpResponse {
    let found = || -> Result<HttpResponse, ApiError> {
        let snapshot = snapshot?;
        let found = &snapshot.locate_council(&council)?.record;
        if references::is_former(&council, &found.slug, found.id) {
            return Ok(moved(&request, &found.slug));
        }
        let query = InitiativeQuery { participant: vec![found.slug.as_str().into()], ..InitiativeQuery::default() };
        let filter = InitiativeFilter::new(&snapshot, Reach::PUBLIC, &query)?;
        let changes = snapshot.council_changes.iter().filter(|entry| entry.councils().any(|id| id == found.id));
        let (base, path) = (base(&request), format!("/councils/{}", found.slug));
        let view = council::view(&Profile {
            council: found,
            changes: changes.map(|entry| &entry.record).collect(),
            records: newest(&snapshot, &filter, &pages.page_within(None, FEW, None)?)?,
            counts: snapshot.count_facets(Reach::PUBLIC, &filter),
            claims: claims(&snapshot, filter, format!("participant={}", found.slug))?,
            notices: snapshot.notices(Some(found.id)),
            base: &base,
        });
        let description = format!("What {} does as a co-operative council.", found.name);
        let head = Head::new(&found.short_name, &description)
            .of_record(&base, &path, &linked::council(found, &base))
            .feed(&format!("/v1{path}/changes.atom"), &format!("Changes: {}", found.short_name));
        Ok(page(&request, &Page { head, view, entry: "/councils" }))
    };
    found().unwrap_or_else(|error| explained(&error, "Council", ("/councils", "All councils")))
}

async fn find_theme_page(
    request: HttpRequest,
    snapshot: Result<CurrentSnapshot, ApiError>,
    pages: Pages,
    theme: web::Path<String>,
) -> HttpResponse {
    let found = || -> Result<HttpResponse, ApiError> {
        let snapshot = snapshot?;
        let found = &snapshot.locate_theme(&theme)?.record;
        if references::is_former(&theme, &found.slug, found.id) {
            return Ok(moved(&request, &found.slug));
        }
        let query = InitiativeQuery { theme: vec![found.slug.as_str().into()], ..InitiativeQuery::default() };
        let filter = InitiativeFilter::new(&snapshot, Reach::PUBLIC, &query)?;
        let (base, path) = (base(&request), format!("/themes/{}", found.slug));
        let view = theme::view(&Practice {
            theme: found,
            records: newest(&snapshot, &filter, &pages.page_within(None, FEW, None)?)?,
            total: snapshot.select(Reach::PUBLIC, &filter).len() as i64,
            figures: figures(&snapshot, filter.clone(), &found.slug),
            claims: claims(&snapshot, filter, format!("theme={}", found.slug))?,
            base: &base,
        });
        let head = Head::new(&found.label, &found.definition)
            .at(&base, &path, "article")
            .data(&linked::theme(found, &base))
            .feed(&format!("/v1{path}/changes.atom"), &format!("Changes: {}", found.label));
        Ok(page(&request, &Page { head, view, entry: "/themes" }))
    };
    found().unwrap_or_else(|error| explained(&error, "Theme", ("/themes", "All themes")))
}

async fn find_organisation_page(
    request: HttpRequest,
    snapshot: Result<CurrentSnapshot, ApiError>,
    pages: Pages,
    organisation: web::Path<String>,
) -> HttpResponse {
    let found = || -> Result<HttpResponse, ApiError> {
        let snapshot = snapshot?;
        let found = &snapshot.locate_organisation(Reach::PUBLIC, &organisation)?.record;
        if references::is_former(&organisation, &found.slug, found.id) {
            return Ok(moved(&request, &found.slug));
        }
        let query = InitiativeQuery { organisation: vec![found.slug.as_str().into()], ..InitiativeQuery::default() };
        let filter = InitiativeFilter::new(&snapshot, Reach::PUBLIC, &query)?;
        let query = MembershipQuery { organisation: query.organisation, ..MembershipQuery::default() };
        let of_network = MembershipFilter::new(&snapshot, &query)?;
        let (base, path) = (base(&request), format!("/organisations/{}", found.slug));
        let view = organisation::view(&OrganisationPage {
            organisation: found,
            records: newest(&snapshot, &filter, &pages.page_within(None, FEW, None)?)?,
            total: snapshot.select(Reach::PUBLIC, &filter).len() as i64,
            memberships: snapshot.select_memberships(Reach::PUBLIC, &of_network, MembershipSort::default()),
            base: &base,
        });
        let description = format!("{} in initiatives by UK co-operative councils.", found.name);
        let head = Head::new(&found.name, &description)
            .of_record(&base, &path, &linked::organisation(found, &base))
            .feed(CHANGES.0, CHANGES.1);
        Ok(page(&request, &Page { head, view, entry: "" }))
    };
    found().unwrap_or_else(|error| explained(&error, "Organisation", ("/organisations", "All organisations")))
}

/// The first initiatives that match, newest first.
fn newest(snapshot: &Snapshot, filter: &InitiativeFilter, page: &PageRequest) -> Result<Vec<Initiative>, ApiError> {
    let order = InitiativeOrder::By(InitiativeSort::StartedDescending);
    let slice = snapshot.list_initiatives(Reach::PUBLIC, filter, order, page);
    slice.rows.iter().map(|entry| entry.record(Reach::PUBLIC)).collect()
}

/// The claims of the initiatives on a theme, in numbers.
fn figures(snapshot: &Snapshot, initiatives: InitiativeFilter, theme: &str) -> OutcomeSummary {
    let filter = OutcomeFilter { initiatives, ..OutcomeFilter::default() };
    snapshot.summarise_outcomes(Reach::PUBLIC, &filter, |instead| {
        let own = [("theme", theme)].into_iter().filter(|(name, _)| instead.iter().all(|(other, _)| other != name));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(own).extend_pairs(instead).finish();
        format!("/v1/outcomes?{query}")
    })
}

/// The first claims of the initiatives that match, by title, and their number. `query` finds all of them.
fn claims(snapshot: &Snapshot, initiatives: InitiativeFilter, query: String) -> Result<Claims, ApiError> {
    let filter = OutcomeFilter { initiatives, ..OutcomeFilter::default() };
    let rows = snapshot.outcomes_in_order(Reach::PUBLIC, &filter, None);
    let shown = rows
        .iter()
        .take(MOST_CLAIMS)
        .map(|(entry, place)| OutcomeRecord::of(entry, *place))
        .collect::<Result<_, _>>()?;
    Ok(Claims { shown, total: rows.len(), query })
}
