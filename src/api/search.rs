//! Search of all records, suggestions as the user types, and searches without results.

use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::access::extractors::{Anyone, Moderator};
use crate::access::scope::Moderate;
use crate::db::Db;
use crate::error::ApiError;
use crate::geography::Area;
use crate::http::input::Query;
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Answer, Cacheable};
use crate::read_model::best_hits::EverywhereFilter;
use crate::read_model::council_list::CouncilFilter;
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::hits::{SearchHit, SearchQuery, SuggestQuery, Suggestions, UnansweredQuery, UnansweredSearches};
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::unanswered;
use crate::read_model::unanswered::Unanswered;

/// Default number of suggestions.
const SUGGESTIONS: u64 = 8;
/// Maximum number of suggestions.
const MOST_SUGGESTIONS: u64 = 20;
/// Default number of unanswered searches.
const UNANSWERED: u64 = 50;
/// Maximum number of unanswered searches.
const MOST_UNANSWERED: u64 = 200;

/// Search councils, initiatives and organisations
///
/// Councils, initiatives and organisations in one list, most relevant first. Case, accents, word endings and the
/// spelling of co-op do not matter. The search uses the first 32 words.
///
/// If a typo finds nothing, it is corrected. `search.did_you_mean` then gives the corrected words. If fewer than three
/// records have every word, you also get those with the most of them. `search.relaxed` is then true.
///
/// To search with more filters, use `q` of `list_initiatives`, `list_councils` or `list_organisations`.
#[utoipa::path(tag = "search", extensions(("x-price" = json!({ "units": 5 }))), params(SearchQuery), responses(Cacheable, (status = 200, description = "Matching councils, initiatives and organisations", body = Page<SearchHit>)))]
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
    let filter = EverywhereFilter {
        organisations: regions.is_empty() && nations.is_empty() && area.is_everywhere(),
        councils: CouncilFilter {
            regions: regions.clone(),
            nations: nations.clone(),
            area,
            ..CouncilFilter::default()
        },
        initiatives: InitiativeFilter { regions, nations, area, ..InitiativeFilter::default() },
    };
    let search = snapshot.find_everywhere(reach, &query.q);
    unanswered::note(&request, &search);
    let slice = snapshot.best_everywhere(reach, &search, &filter, &page);
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

/// Suggest records as you type
///
/// Suggests councils and organisations by any of their names, themes, and initiatives by title. Works from the first
/// letter on.
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
    Answer::json(&request).send_json(&Suggestions { data })
}

/// List searches without results
///
/// For network officers. Shows what readers look for and cannot find. Lists the words of searches of all records and of
/// initiatives, most frequent first. Searches that found something after a correction are left out, and so are relaxed
/// ones.
///
/// The registry stores the 10,000 most frequent searches. It stores nothing about the people who searched.
#[utoipa::path(tag = "search", params(UnansweredQuery), responses(Cacheable, (status = 200, description = "Searches without results", body = UnansweredSearches)), security(("bearer" = []), ("api_key" = [])))]
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
    Answer::json(&request).send_json(&UnansweredSearches { data })
}
