//! "Still true?": confirmations of initiatives by the council that looks after them, or by network officers, and what is
//! due for one.

use actix_web::{HttpRequest, HttpResponse, Responder, get, post, web};
use diesel_async::AsyncPgConnection;

use super::writes::Edit;
use crate::access::extractors::{Anyone, CouncilKeeper};
use crate::access::scope::WriteInitiatives;
use crate::audit::action::Action;
use crate::error::ApiError;
use crate::http::input::{Body, Draft, IfMatch, Query};
use crate::http::page::{Page, Pages};
use crate::http::response::{Cacheable, Moves, Written, moved};
use crate::read_model::due_list::DueInitiative;
use crate::read_model::extractor::CurrentSnapshot;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::model::{State, Verification, VerificationMethod};
use crate::registry::initiatives::query::DueQuery;
use crate::registry::initiatives::write::verify;
use crate::registry::references;

/// Confirm that an initiative is still true
///
/// For editors of the council that looks after the initiative, and for network officers. The date counts as that of the
/// delivery status too. The next review is due after 6 months for an idea, and after 12 months for other initiatives
/// that have not ended. If something is no longer true, change the record first.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), IfMatch), request_body = Verification, responses((status = 200, description = "The confirmed initiative", body = Initiative)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/verify")]
pub async fn verify_initiative(
    edit: Edit<CouncilKeeper<WriteInitiatives>>,
    body: Body<Verification>,
) -> Result<Written, ApiError> {
    let Draft { value, mut faults } = body.draft;
    if value.method == VerificationMethod::Independent && edit.account.bound_to().is_some() {
        faults.add("/method", "not_allowed", "is for network officers; nobody checks their own record independently");
    }
    edit.act(async |conn, current: &Initiative| {
        faults.finish()?;
        confirm(conn, current, value.method).await
    })
    .await
}

/// Confirms a published initiative. Returns the action, or `None` if `current` is no longer the current version.
pub async fn confirm(
    conn: &mut AsyncPgConnection,
    current: &Initiative,
    method: VerificationMethod,
) -> Result<Option<Action>, ApiError> {
    let state = match current.state {
        State::Published => None,
        State::Draft => Some("a draft"),
        State::Archived => Some("archived"),
    };
    if let Some(state) = state {
        let detail = format!("This initiative is {state}. Only published initiatives are confirmed.");
        return Err(ApiError::conflict(detail));
    }
    Ok(verify(conn, current, method).await?.then_some(Action::InitiativeVerify))
}

/// List what a council should check
///
/// The published initiatives that the council looks after and that are due for review, or that nobody has confirmed yet,
/// with the reason. Those that have needed a check for longest come first. Drafts are never among them. You see the
/// initiatives that you have permission to see.
#[utoipa::path(tag = "councils", extensions(("x-price" = json!({ "units": 2 }))), params(("council" = String, Path, description = "Slug, id or GSS code", example = "oldham"), DueQuery), responses(Cacheable, Moves, (status = 200, description = "Initiatives that need a check", body = Page<DueInitiative>)))]
#[get("/councils/{council}/due")]
pub async fn list_due_initiatives(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    council: web::Path<String>,
    query: Query<DueQuery>,
) -> Result<HttpResponse, ApiError> {
    let found = &snapshot.locate_council(&council)?.record;
    if references::is_former(&council, &found.slug, found.id) {
        return Ok(moved(&request, &found.slug));
    }
    let reach = caller.reach();
    let page = pages.page(query.limit, query.cursor.as_deref())?;
    let due = snapshot.list_due(reach, found.id, &page).try_map(|row| DueInitiative::new(row, reach))?;
    Ok(pages.listing(due, page.limit, None).respond_to(&request))
}
