//! Handlers of the pages with lists: initiatives, councils, themes, a comparison, and the sitemap.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use uuid::Uuid;

use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::formats::web::asked::Asked;
use crate::formats::web::errors::explained;
use crate::formats::web::pages::councils::{Councils, Practice, is_meant};
use crate::formats::web::pages::list::List;
use crate::formats::web::pages::{compare, councils, list, organisation, theme};
use crate::formats::web::preview::CHANGES;
use crate::formats::web::shell::{Head, Page, failed, page};
use crate::formats::web::sitemap::{self, Listed};
use crate::http::input::{Query, Schemas};
use crate::http::page::{Pages, base};
use crate::http::response::Answer;
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::facets::FacetCounts;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::initiatives::InitiativeOrder;
use crate::read_model::snapshot::Snapshot;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::query::InitiativeQuery;

const SUMMARY: &str =
    "What UK co-operative councils do, on a map and in a list: initiatives with their outcomes, sources and dates.";
/// Maximum number of themes on a council's card.
const MOST_THEMES: usize = 3;

/// The list of initiatives.
pub async fn find_list(
    request: HttpRequest,
    snapshot: Result<CurrentSnapshot, ApiError>,
    schemas: web::Data<Schemas>,
    pages: Pages,
) -> HttpResponse {
    let snapshot = match snapshot {
        Ok(snapshot) => snapshot,
        Err(error) => return explained(&error, "Page", ("/", "All initiatives")),
    };
    let asked = Asked::of(request.query_string());
    listed(&request, &snapshot, &schemas, &pages, &asked).unwrap_or_else(|error| {
        if !error.status_code().is_client_error() {
            return explained(&error, "Page", ("/", "All initiatives"));
        }
        let said = |fault: &crate::error::Fault| match &fault.parameter {
            Some(name) => format!("{name}: {}", fault.detail),
            None => fault.detail.clone(),
        };
        let faults: Vec<String> = error.faults().iter().map(said).collect();
        let head = Head::new(&list::title(&asked, &FacetCounts::default()), SUMMARY).unlisted();
        failed(error.error_response(), &Page { head, view: list::refused(&asked, error.title(), &faults), entry: "/" })
    })
}

fn listed(
    request: &HttpRequest,
    snapshot: &Snapshot,
    schemas: &Schemas,
    pages: &Pages,
    asked: &Asked,
) -> Result<HttpResponse, ApiError> {
    let query = Query::<InitiativeQuery>::parse(&asked.query(), schemas)?.0;
    let filter = InitiativeFilter::new(snapshot, Reach::PUBLIC, &query)?;
    let order = InitiativeOrder::of(&query, filter.area.near);
    let shown = asked.shown as i64;
    let slice =
        snapshot.list_initiatives(Reach::PUBLIC, &filter, order, &pages.page_within(None, [shown, shown], None)?);
    let note = filter.hits.as_ref().map(|hits| &hits.note);
    // If the search was corrected, the counts use the correction too.
    let counts = match note.and_then(|note| note.did_you_mean.as_deref()) {
        Some(words) => {
            let query = InitiativeQuery { q: Some(words.into()), ..query };
            snapshot.count_facets(Reach::PUBLIC, &InitiativeFilter::new(snapshot, Reach::PUBLIC, &query)?)
        }
        None => snapshot.count_facets(Reach::PUBLIC, &filter),
    };
    let distance = |place| filter.area.near.map(|near| near.kilometres(place));
    let records = slice
        .rows
        .iter()
        .map(|entry| Ok((entry.record(Reach::PUBLIC)?, entry.place.and_then(|(place, _)| distance(place)))));
    let (records, base) = (records.collect::<Result<Vec<(Initiative, Option<f64>)>, ApiError>>()?, base(request));
    let title = list::title(asked, &counts.facets);
    let mut head = Head::new(&title, SUMMARY).at(&base, &asked.address(), "website").feed(CHANGES.0, CHANGES.1);
    let feed = list::feed(asked);
    if feed != CHANGES.0 {
        head = head.feed(&feed, &format!("Changes: {title}"));
    }
    // Pages of one filter are worth finding; there is no end of combinations and searches.
    if !asked.get("q").is_empty() || asked.active().count() > 1 || request.query_string().contains("shown=") {
        head = head.unlisted();
    }
    let view =
        list::view(&List { asked, records, counts: &counts, note, notices: &snapshot.notices(None), base: &base });
    Ok(page(request, &Page { head, view, entry: "/" }))
}

/// The councils.
pub async fn find_councils_page(request: HttpRequest, snapshot: Result<CurrentSnapshot, ApiError>) -> HttpResponse {
    let found = || -> Result<HttpResponse, ApiError> {
        let snapshot = snapshot?;
        let asked: HashMap<String, String> =
            form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
        let asked = |name: &str| asked.get(name).map(|value| value.trim()).unwrap_or_default();
        let (name, place, everyone, base) = (asked("name"), asked("where"), asked("show") == "all", base(&request));
        let counts = snapshot.count_facets(Reach::PUBLIC, &InitiativeFilter::default());
        let led: HashMap<&str, i64> =
            counts.facets.council.iter().map(|one| (one.value.as_str(), one.initiatives)).collect();
        let themes = themes_of_councils(&snapshot);
        let seen = || {
            let entries = snapshot.councils.iter();
            entries.map(|one| &one.record).filter(|one| one.is_in_office(snapshot.day))
        };
        let mut shown: Vec<Practice<'_>> = seen()
            .filter(|one| is_meant(one, name, place))
            .map(|council| Practice {
                council,
                initiatives: led.get(council.slug.as_str()).copied().unwrap_or_default(),
                themes: themes.get(&council.id).cloned().unwrap_or_default(),
            })
            // Most councils are only reference data. A name finds them all.
            .filter(|one| everyone || !name.is_empty() || one.is_known())
            .collect();
        shown.sort_by_key(|one| one.council.short_name.to_lowercase());
        let mut places: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for council in seen() {
            places.entry(council.nation).or_default().extend(council.region);
        }
        let places = places.into_iter().map(|(nation, regions)| (nation, regions.into_iter().collect())).collect();
        let view = councils::view(&Councils { shown, name, place, everyone, places, base: &base });
        let summary = "The councils of the Co-operative Councils' Innovation Network, and what each of them does.";
        let head = Head::new("Councils", summary).at(&base, "/councils", "website").feed(CHANGES.0, CHANGES.1);
        Ok(page(&request, &Page { head, view, entry: "/councils" }))
    };
    found().unwrap_or_else(|error| explained(&error, "Page", ("/", "All initiatives")))
}

/// Labels of the most frequent themes of the initiatives that each council leads.
fn themes_of_councils(snapshot: &Snapshot) -> HashMap<Uuid, Vec<String>> {
    let mut counts: HashMap<Uuid, HashMap<Uuid, usize>> = HashMap::new();
    for entry in snapshot.initiatives(&snapshot.visible(Reach::PUBLIC)) {
        // As on the map, from which the page's own script counts.
        let Some(lead) = entry.lead.filter(|_| entry.place.is_some()) else { continue };
        for theme in &entry.themes {
            *counts.entry(lead).or_default().entry(*theme).or_default() += 1;
        }
    }
    let label = |id: Uuid| snapshot.themes.get(id).map(|one| one.record.label.clone());
    let named = |counts: HashMap<Uuid, usize>| {
        let counted = counts.into_iter().filter_map(|(theme, count)| Some((std::cmp::Reverse(count), label(theme)?)));
        let mut counted: Vec<_> = counted.collect();
        counted.sort();
        counted.into_iter().take(MOST_THEMES).map(|(_, label)| label).collect()
    };
    counts.into_iter().map(|(council, counts)| (council, named(counts))).collect()
}

/// The themes.
pub async fn find_themes_page(request: HttpRequest, snapshot: Result<CurrentSnapshot, ApiError>) -> HttpResponse {
    let found = || -> Result<HttpResponse, ApiError> {
        let snapshot = snapshot?;
        let counts = snapshot.count_facets(Reach::PUBLIC, &InitiativeFilter::default());
        let counted: HashMap<&str, i64> =
            counts.facets.theme.iter().map(|one| (one.value.as_str(), one.initiatives)).collect();
        let many = |slug: &str| counted.get(slug).copied().unwrap_or_default();
        let active = snapshot.themes.iter().filter(|one| one.is_active()).map(|one| &one.record);
        let themes: Vec<_> = active.map(|theme| (theme, many(&theme.slug))).collect();
        let head = Head::new("Themes", "What initiatives by UK co-operative councils are about.")
            .at(&base(&request), "/themes", "website")
            .feed(CHANGES.0, CHANGES.1);
        Ok(page(&request, &Page { head, view: theme::list(&themes), entry: "/themes" }))
    };
    found().unwrap_or_else(|error| explained(&error, "Page", ("/", "All initiatives")))
}

/// The organisations.
pub async fn find_organisations_page(
    request: HttpRequest,
    snapshot: Result<CurrentSnapshot, ApiError>,
) -> HttpResponse {
    let found = || -> Result<HttpResponse, ApiError> {
        let snapshot = snapshot?;
        let many = |id| snapshot.initiatives_of_organisation(Reach::PUBLIC, id) as i64;
        let all = snapshot.organisations.iter().map(|one| &one.record);
        let organisations: Vec<_> = all.map(|one| (one, many(one.id))).collect();
        let summary = "Organisations other than councils in the initiatives of UK co-operative councils.";
        let head = Head::new("Organisations", summary)
            .at(&base(&request), "/organisations", "website")
            .feed(CHANGES.0, CHANGES.1);
        Ok(page(&request, &Page { head, view: organisation::list(&organisations), entry: "" }))
    };
    found().unwrap_or_else(|error| explained(&error, "Page", ("/", "All initiatives")))
}

/// Up to four initiatives side by side. One that is not public is left out.
pub async fn find_comparison(request: HttpRequest, snapshot: Result<CurrentSnapshot, ApiError>) -> HttpResponse {
    let found = || -> Result<HttpResponse, ApiError> {
        let snapshot = snapshot?;
        let mut asked: Vec<String> = Vec::new();
        for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
            if name == "initiative" && !value.is_empty() && !asked.iter().any(|one| **one == *value) {
                asked.push(value.into_owned());
            }
        }
        let entries =
            asked.iter().take(compare::MOST).filter_map(|name| snapshot.locate_initiative(Reach::PUBLIC, name).ok());
        let records = entries.map(|entry| entry.record(Reach::PUBLIC)).collect::<Result<Vec<_>, _>>()?;
        let head = Head::new("Comparison", "Initiatives of UK co-operative councils side by side.").unlisted();
        Ok(page(&request, &Page { head, view: compare::view(&records), entry: "" }))
    };
    found().unwrap_or_else(|error| explained(&error, "Page", ("/", "All initiatives")))
}

/// `robots.txt`.
pub async fn find_robots(request: HttpRequest) -> HttpResponse {
    Answer::new(&request, "text/plain; charset=utf-8").send(sitemap::robots(&base(&request)))
}

/// The sitemap.
pub async fn find_sitemap(
    request: HttpRequest,
    snapshot: Result<CurrentSnapshot, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let snapshot = snapshot?;
    let part = form_urlencoded::parse(request.query_string().as_bytes()).find(|(name, _)| name == "part");
    let part = part.map(|(_, value)| value.parse().unwrap_or_default());
    let plain = ["/", "/themes", "/councils", "/organisations", "/about"]
        .map(|path| Listed { path: path.into(), modified: None });
    let themes = snapshot.themes.iter().filter(|one| one.is_active()).map(|one| &one.record);
    let councils = snapshot.councils.iter().map(|one| &one.record);
    let organisations = snapshot.organisations.iter().map(|one| &one.record);
    let visible = snapshot.visible(Reach::PUBLIC);
    let records = snapshot.initiatives(&visible);
    let pages: Vec<Listed> = plain
        .into_iter()
        .chain(themes.map(|one| listed_at("themes", &one.slug, one.updated_at)))
        .chain(councils.map(|one| listed_at("councils", &one.slug, one.updated_at)))
        .chain(organisations.map(|one| listed_at("organisations", &one.slug, one.updated_at)))
        .chain(records.map(|one| listed_at("initiatives", &one.slug, one.updated_at)))
        .collect();
    let xml = sitemap::write(&base(&request), &pages, part).ok_or_else(|| ApiError::not_found("sitemap"))?;
    Ok(Answer::new(&request, sitemap::MEDIA_TYPE).send(xml))
}

fn listed_at(resource: &str, slug: &str, modified: chrono::DateTime<chrono::Utc>) -> Listed {
    Listed { path: format!("/{resource}/{slug}"), modified: Some(modified) }
}
