//! Searching everything at once, and suggestions while somebody types.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::marks::Marks;
use super::model::{SearchHit, SearchQuery, SuggestQuery, Suggestions};
use super::store::{Record, Where, forgiving, search};
use super::suggest::suggest;
use crate::auth::caller::Anyone;
use crate::db::Db;
use crate::error::ApiError;
use crate::input::Query;
use crate::page::{Listing, Order, Page, Pages};
use crate::reply::send;

/// Suggestions when the caller does not say how many.
const SUGGESTIONS: u64 = 8;
/// Most suggestions.
const MOST_SUGGESTIONS: u64 = 20;

/// Search councils and initiatives
///
/// The best hits first, whatever they are. Case, accents, endings and the spelling of co-op do not matter; a slip is forgiven
/// and `search.did_you_mean` says how. With filters: `q` of `list_initiatives` and `list_councils`.
#[utoipa::path(tag = "search", params(SearchQuery), responses((status = 200, description = "Hits", body = Page<SearchHit>)))]
#[get("/search")]
pub async fn search_registry(
    db: web::Data<Db>,
    caller: Anyone,
    pages: Pages,
    query: Query<SearchQuery>,
) -> Result<Listing<SearchHit>, ApiError> {
    let window = pages.window(query.limit, query.cursor.as_deref(), Order::RELEVANCE)?;
    let place = Where::new(&query)?;
    let mut conn = db.get().await?;
    let (slice, note) = forgiving(&mut conn, caller.reach(), Some(query.q.to_string()), async |conn, words| {
        search(conn, caller.reach(), words.as_deref().unwrap_or_default(), &place, &window).await
    })
    .await?;
    let marks = match &note {
        Some(note) if query.highlight == Some(true) => Some(Marks::of(&mut conn, &note.searched_for).await?),
        _ => None,
    };
    let hits = slice.with_rows(|records| {
        let distance = |record: &Record| Some(place.area.near?.kilometres(record.point()?));
        let hit = |record: &Record| SearchHit {
            distance_km: distance(record),
            highlight: marks.as_ref().map(|marks| record.highlight(marks)),
            ..record.into()
        };
        records.iter().map(hit).collect()
    });
    Ok(pages.listing(hits, window.limit, None).with_search(note))
}

/// Suggest while somebody types
///
/// Councils by any of their names, themes, and titles of initiatives, from the first letter on.
#[utoipa::path(tag = "search", params(SuggestQuery), responses((status = 200, description = "Suggestions", body = Suggestions)))]
#[get("/suggest")]
pub async fn suggest_records(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    query: Query<SuggestQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = query.limit.unwrap_or(SUGGESTIONS).min(MOST_SUGGESTIONS) as i64;
    let data = suggest(&mut *db.get().await?, caller.reach(), &query.q, limit).await?;
    send(&request, &Suggestions { data }, None, None, None)
}
