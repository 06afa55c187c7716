//! Outcomes across initiatives. Everybody reads those of the initiatives that they may see.

use actix_web::{get, web};

use super::filter::{OutcomeFilter, OutcomeQuery};
use super::model::OutcomeRecord;
use super::store;
use crate::auth::caller::Anyone;
use crate::db::Db;
use crate::db::word::text;
use crate::error::ApiError;
use crate::initiatives::query::InitiativeSort;
use crate::input::Query;
use crate::page::{Listing, Page, Pages};

/// List outcomes
///
/// One row a claim, with its evidence and the initiative that it belongs to; filtered, sorted and paged. Different kinds are
/// never to be summed together.
#[utoipa::path(tag = "outcomes", params(OutcomeQuery), responses((status = 200, description = "Outcomes", body = Page<OutcomeRecord>)))]
#[get("/outcomes")]
pub async fn list_outcomes(
    db: web::Data<Db>,
    caller: Anyone,
    pages: Pages,
    query: Query<OutcomeQuery>,
) -> Result<Listing<OutcomeRecord>, ApiError> {
    let mut conn = db.get().await?;
    let filter = OutcomeFilter::new(&mut conn, caller.reach(), &query).await?;
    let order = query.sort.unwrap_or(InitiativeSort::Title).order(filter.initiatives.area.near);
    let window = pages.window(query.limit, query.cursor.as_deref(), order)?;
    let slice = store::list(&mut conn, caller.reach(), &filter, &window).await?;
    let fields = query.0.fields.map(|fields| fields.iter().map(text).collect());
    Ok(pages.listing(slice, window.limit, fields))
}
