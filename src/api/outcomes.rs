//! Outcomes across initiatives. Callers get those of the initiatives that they have permission to see.

use actix_web::{HttpRequest, HttpResponse, get};

use crate::access::extractors::Anyone;
use crate::db::enum_text::picked;
use crate::error::ApiError;
use crate::http::input::{Filters, Query};
use crate::http::page::{Listing, Page, Pages, base};
use crate::http::response::{Answer, Cacheable};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::outcome_list::OutcomeFilter;
use crate::read_model::outcome_summary::OutcomeSummary;
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

/// Summarise outcomes
///
/// Figures by theme, kind of claim, unit and bound: how many there are, the lowest, the highest and, where that makes
/// sense, the median. Figures of different kinds or bounds are never mixed, and nothing is added up. Each group has the
/// address of its outcomes. `left_out` says which outcomes have no figure to show, and why.
#[utoipa::path(tag = "outcomes", extensions(("x-price" = json!({ "units": 5 }))), params(Filters<OutcomeQuery>), responses(Cacheable, (status = 200, description = "Outcomes in numbers", body = OutcomeSummary)))]
#[get("/outcomes/summary")]
pub async fn summarise_outcomes(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    query: Query<Filters<OutcomeQuery>>,
) -> Result<HttpResponse, ApiError> {
    let reach = caller.reach();
    let filter = OutcomeFilter::new(&snapshot, reach, &query.filters)?;
    let address = |instead: &[(&str, &str)]| list_with(&request, instead);
    Answer::json(&request).send_json(&snapshot.summarise_outcomes(reach, &filter, address))
}

/// Address of the list of outcomes with the filters of a request, some of them replaced.
fn list_with(request: &HttpRequest, instead: &[(&str, &str)]) -> String {
    let own = form_urlencoded::parse(request.query_string().as_bytes());
    let kept = own.filter(|(name, _)| instead.iter().all(|(other, _)| other != name));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).extend_pairs(instead).finish();
    format!("{}/v1/outcomes?{query}", base(request))
}
