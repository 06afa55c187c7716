//! Where submissions stand: the queue of the network officers, and what the caller has written.

use actix_web::get;
use actix_web::web::Data;

use crate::access::extractors::{Author, Moderator};
use crate::access::scope::{Moderate, WriteInitiatives};
use crate::db::Db;
use crate::error::ApiError;
use crate::http::input::Query;
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::Cacheable;
use crate::read_model::extractor::CurrentSnapshot;
use crate::registry::revisions::queue::{
    NEWEST_FIRST, OLDEST_FIRST, Pending, PendingRevision, QueueQuery, SubmissionsQuery, list,
};
use crate::registry::revisions::workflow::RevisionState;

/// List revisions to review
///
/// For network officers. What was submitted first comes first, with the days since then and the officer who reviews it.
#[utoipa::path(tag = "review", extensions(("x-price" = json!({ "units": 2 }))), params(QueueQuery), responses(Cacheable, (status = 200, description = "Revisions", body = Page<PendingRevision>)), security(("bearer" = []), ("api_key" = [])))]
#[get("/moderation/queue")]
pub async fn list_queue(
    db: Data<Db>,
    snapshot: CurrentSnapshot,
    caller: Moderator<Moderate>,
    pages: Pages,
    query: Query<QueueQuery>,
) -> Result<Listing<PendingRevision>, ApiError> {
    let window = pages.window(query.limit, query.cursor.as_deref(), OLDEST_FIRST)?;
    let mut faults = Vec::new();
    let councils = snapshot.any_council("council", &query.council, &mut faults);
    if !faults.is_empty() {
        return Err(ApiError::bad_query(faults));
    }
    let states = match query.state.as_slice() {
        [] => vec![RevisionState::Submitted, RevisionState::InReview, RevisionState::Approved],
        states => states.to_vec(),
    };
    let reviewer = query.mine.map(|mine| (caller.0.user_id, mine));
    let wanted = Pending { states, councils, reviewer, writer: None };
    let slice = list(&mut *db.get().await?, &wanted, &caller.0, &window).await?;
    Ok(pages.listing(slice, window.limit, None))
}

/// List your submissions
///
/// Everything that you have written or submitted, and where it stands, in plain words. What changed last comes first.
#[utoipa::path(tag = "review", extensions(("x-price" = json!({ "units": 2 }))), params(SubmissionsQuery), responses(Cacheable, (status = 200, description = "Revisions", body = Page<PendingRevision>)), security(("bearer" = []), ("api_key" = [])))]
#[get("/me/submissions")]
pub async fn list_my_submissions(
    db: Data<Db>,
    caller: Author<WriteInitiatives>,
    pages: Pages,
    query: Query<SubmissionsQuery>,
) -> Result<Listing<PendingRevision>, ApiError> {
    let window = pages.window(query.limit, query.cursor.as_deref(), NEWEST_FIRST)?;
    // Who has left a council no longer sees what it looks after.
    let wanted = Pending {
        states: query.state.clone(),
        councils: caller.0.bound_to().map(|own| vec![own]),
        reviewer: None,
        writer: Some(caller.0.user_id),
    };
    let slice = list(&mut *db.get().await?, &wanted, &caller.0, &window).await?;
    Ok(pages.listing(slice, window.limit, None))
}
