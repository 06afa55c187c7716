//! Outcomes across initiatives. Callers get those of the initiatives that they have permission to see.

use actix_web::get;

use crate::access::extractors::Anyone;
use crate::db::enum_text::picked;
use crate::error::ApiError;
use crate::http::input::Query;
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::Cacheable;
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::outcome_list::OutcomeFilter;
use crate::read_model::outcomes::OutcomeRecord;
use crate::registry::outcomes::OutcomeQuery;

/// List outcomes
///
/// One row for each claim, with its evidence and its initiative. You can filter, sort and page them. Do not add up
/// outcomes of different kinds.
#[utoipa::path(tag = "outcomes", extensions(("x-price" = json!({ "units": 2, "whole": 10 }))), params(OutcomeQuery), responses(Cacheable, (status = 200, description = "Outcomes", body = Page<OutcomeRecord>)))]
#[get("/outcomes")]
pub async fn list_outcomes(
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    query: Query<OutcomeQuery>,
) -> Result<Listing<OutcomeRecord>, ApiError> {
    let reach = caller.reach();
    let filter = OutcomeFilter::new(&snapshot, reach, &query)?;
    let page = pages.page(query.claims.limit, query.claims.cursor.as_deref())?;
    let slice = snapshot.list_outcomes(reach, &filter, query.claims.sort, &page);
    let records = slice.rows.iter().map(|(entry, place)| OutcomeRecord::of(entry, *place));
    let records = slice.of(records.collect::<Result<Vec<_>, _>>()?);
    let fields = picked(query.claims.fields.as_deref());
    Ok(pages.listing(records, page.limit, fields))
}
