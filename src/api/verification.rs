//! "Still true?": confirmations of initiatives by the council that looks after them, or by network officers.

use actix_web::post;

use super::writes::Edit;
use crate::access::extractors::CouncilKeeper;
use crate::access::scope::WriteInitiatives;
use crate::audit::model::Action;
use crate::error::ApiError;
use crate::http::input::{Body, Draft, IfMatch};
use crate::http::response::Written;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::model::{State, Verification, VerificationMethod};
use crate::registry::initiatives::write::verify;

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
        faults.add("/method", "not_allowed", "is for network officers; nobody checks the own record independently");
    }
    edit.act(async |conn, current: &Initiative| {
        faults.finish()?;
        let state = match current.state {
            State::Published => None,
            State::Draft => Some("a draft"),
            State::Archived => Some("archived"),
        };
        if let Some(state) = state {
            let detail = format!("This initiative is {state}. Only published initiatives are confirmed.");
            return Err(ApiError::conflict(detail));
        }
        Ok(verify(conn, current, value.method).await?.then_some(Action::InitiativeVerify))
    })
    .await
}
