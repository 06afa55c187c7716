//! Searching everything at once, and suggestions while somebody types.

use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::access::extractors::{Anyone, Moderator};
use crate::access::scope::Moderate;
use crate::db::Db;
use crate::error::ApiError;
use crate::geography::Area;
use crate::http::input::Query;
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Cacheable, send};
use crate::read_model::council_list::CouncilFilter;
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::hits::{SearchHit, SearchQuery, SuggestQuery, Suggestions, UnansweredQuery, UnansweredSearches};
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::unanswered;
use crate::read_model::unanswered::Unanswered;

/// Suggestions when the caller does not say how many.
const SUGGESTIONS: u64 = 8;
/// Most suggestions.
const MOST_SUGGESTIONS: u64 = 20;
/// Unanswered searches when the caller does not say how many.
const UNANSWERED: u64 = 50;
/// Most unanswered searches.
const MOST_UNANSWERED: u64 = 200;

/// Search councils and initiatives
///
/// The best hits first, whatever they are. Case, accents, endings and the spelling of co-op do not matter. A typo that finds
/// nothing is corrected, and `search.did_you_mean` says how. With fewer than three records that have every word, those that
/// have the most of them are shown too, and `search.relaxed` is true. Up to 32 words count. With filters: `q` of
/// `list_initiatives` and `list_councils`.
#[utoipa::path(tag = "search", extensions(("x-price" = json!({ "units": 5 }))), params(SearchQuery), responses(Cacheable, (status = 200, description = "Hits", body = Page<SearchHit>)))]
#[get("/search")]
pub async fn search_registry(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    query: Query<SearchQuery>,
) -> Result<Listing<SearchHit>, ApiError> {
    let reach = caller.reach();
    let page = pages.page(query.limit, query.cursor.as_deref())?;
    let mut faults = Vec::new();
    let area = Area::new(query.bbox, query.near, query.radius_km, false, &mut faults);
    if !faults.is_empty() {
        return Err(ApiError::bad_query(faults));
    }
    let (regions, nations) = (query.region.clone(), query.nation.clone());
    let of_councils =
        CouncilFilter { regions: regions.clone(), nations: nations.clone(), area, ..CouncilFilter::default() };
    let of_initiatives = InitiativeFilter { regions, nations, area, ..InitiativeFilter::default() };
    let search = snapshot.find_everywhere(reach, &query.q);
    unanswered::note(&request, &search);
    let slice = snapshot.best_everywhere(reach, &search, (&of_councils, &of_initiatives), &page);
    let marks = (query.highlight == Some(true)).then(|| search.marks());
    let hits = slice.rows.iter().map(|row| {
        Ok(SearchHit {
            distance_km: area.near.zip(row.point()).map(|(near, at)| near.kilometres(at)),
            highlight: marks.as_ref().map(|marks| row.highlight(marks)).transpose()?,
            ..row.hit()?
        })
    });
    let hits = slice.of(hits.collect::<Result<Vec<_>, ApiError>>()?);
    Ok(pages.listing(hits, page.limit, None).with_search(Some(search.note)))
}

/// Suggest while somebody types
///
/// Councils by any of their names, themes, and titles of initiatives, from the first letter on.
#[utoipa::path(tag = "search", params(SuggestQuery), responses(Cacheable, (status = 200, description = "Suggestions", body = Suggestions)))]
#[get("/suggest")]
pub async fn suggest_records(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    query: Query<SuggestQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = query.limit.unwrap_or(SUGGESTIONS).min(MOST_SUGGESTIONS) as usize;
    let data = snapshot.suggest(caller.reach(), &query.q, limit);
    send(&request, &Suggestions { data }, None, None, None)
}

/// List searches that found nothing
///
/// What readers look for and the registry does not have: the words of searches of everything and of initiatives, the most
/// frequent first. Corrected and relaxed searches found something and are not listed. Nothing is kept about the people who
/// searched. The 10,000 most frequent are kept.
#[utoipa::path(tag = "search", params(UnansweredQuery), responses(Cacheable, (status = 200, description = "Searches", body = UnansweredSearches)), security(("bearer" = []), ("api_key" = [])))]
#[get("/search/unanswered")]
pub async fn list_unanswered_searches(
    request: HttpRequest,
    db: web::Data<Db>,
    unanswered: web::Data<Unanswered>,
    _caller: Moderator<Moderate>,
    query: Query<UnansweredQuery>,
) -> Result<HttpResponse, ApiError> {
    unanswered.write_down(&db).await?;
    let limit = query.limit.unwrap_or(UNANSWERED).min(MOST_UNANSWERED) as i64;
    let data = unanswered::most_frequent(&mut *db.get().await?, limit).await?;
    send(&request, &UnansweredSearches { data }, None, None, None)
}
