//! The review of revisions: submitting, claiming, deciding. `registry::revisions::workflow` has what is allowed when.

use actix_web::post;
use actix_web::web::Data;
use diesel_async::AsyncPgConnection;

use super::writes::Edit;
use crate::access::account::Account;
use crate::access::extractors::{Author, Moderator};
use crate::access::reach::Reach;
use crate::access::role::Role;
use crate::access::scope::{Moderate, WriteInitiatives};
use crate::audit::action::Action;
use crate::error::ApiError;
use crate::http::input::{Body, Faults, IfMatch, NoParams, Query, Schemas};
use crate::http::response::Written;
use crate::letters::events::{Letters, RevisionEvent};
use crate::registry::checks::{Advice, blocking};
use crate::registry::initiatives;
use crate::registry::initiatives::model::{NewInitiative, State};
use crate::registry::pre_election::store::holding;
use crate::registry::revisions::model::{Approval, ReasonedDecision, Revision, Submission};
use crate::registry::revisions::publish::{Publisher, publish};
use crate::registry::revisions::store;
use crate::registry::revisions::store::Decision;
use crate::registry::revisions::text::MINOR;
use crate::registry::revisions::workflow::RevisionAction;

/// Submit a revision
///
/// Hands it to the network officers. Nobody can change it until you withdraw it or an officer asks for changes.
///
/// A text with personal data or exempt information is refused: `check_text` tells you beforehand.
///
/// A council editor's revision that changes only `location`, `review_due_on` and `source_url` of a published initiative
/// is published at once.
#[utoipa::path(tag = "review", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision", example = 1), IfMatch), request_body = Option<Submission>, responses((status = 200, description = "The submitted revision", body = Revision), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/revisions/{number}/submit")]
pub async fn submit_revision(
    edit: Edit<Author<WriteInitiatives>>,
    schemas: Data<Schemas>,
    letters: Letters,
    body: Body<Submission>,
) -> Result<Written, ApiError> {
    let new = body.draft.checked()?;
    edit.take_step(allows(RevisionAction::Submit, edit.account.role.is_officer()), async |conn, current: &Revision| {
        hand_in(conn, &schemas, &letters, &edit.account, (current, new.note.as_deref())).await?;
        Ok(Some(Action::RevisionSubmit))
    })
    .await
}

/// Hands a revision with its note to the network officers, or publishes it if it needs no review.
pub async fn hand_in(
    conn: &mut AsyncPgConnection,
    schemas: &Schemas,
    letters: &Letters,
    account: &Account,
    (current, note): (&Revision, Option<&str>),
) -> Result<(), ApiError> {
    check_text(&current.text)?;
    store::submit(conn, current.id, account.user_id, note).await?;
    let is_published = is_minor(current, account) && publish_minor(conn, schemas, current).await?;
    let event = if is_published { RevisionEvent::Published } else { RevisionEvent::Submitted };
    letters.about_revision(conn, event, current.id, Some(account.user_id)).await
}

/// Refuses an action that the state of a revision does not allow.
pub fn allows(action: RevisionAction, is_officer: bool) -> impl FnOnce(&Revision) -> Result<(), ApiError> {
    move |revision| action.check(revision.state, is_officer)
}

/// 422 for what must not be published: personal data and exempt information.
fn check_text(text: &NewInitiative) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    for Advice { pointer, advice, found, .. } in blocking(text) {
        let found = found.map(|found| format!(" “{found}”")).unwrap_or_default();
        faults.add(pointer, "not_for_publication", format!("has{found}. {advice}"));
    }
    faults.finish()
}

/// True for a revision that the network's policy publishes without a review.
fn is_minor(revision: &Revision, account: &Account) -> bool {
    let changed = &revision.changed;
    account.role == Role::CouncilEditor
        && !changed.is_empty()
        && changed.iter().all(|name| MINOR.contains(&name.as_str()))
        && revision.conflicts.is_empty()
}

/// False if the initiative is not published, so there is nothing to replace, or if a pre-election period holds it.
async fn publish_minor(conn: &mut AsyncPgConnection, schemas: &Schemas, current: &Revision) -> Result<bool, ApiError> {
    let record = initiatives::store::find(conn, Reach::ALL, current.initiative.id).await?;
    if record.state != State::Published || holding(conn, current.record.steward).await?.is_some() {
        return Ok(false);
    }
    let reason = Some("A minor change, published without a review.");
    publish(conn, schemas, &record, &current.row, Publisher { by: None, reason }).await
}

/// Withdraw a submission
///
/// The revision is a draft again, so you can change it. A scheduled publication is cancelled.
#[utoipa::path(tag = "review", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision", example = 1), IfMatch), responses((status = 200, description = "The revision", body = Revision), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/revisions/{number}/withdraw")]
pub async fn withdraw_revision(edit: Edit<Author<WriteInitiatives>>, _: Query<NoParams>) -> Result<Written, ApiError> {
    edit.take_step(
        allows(RevisionAction::Withdraw, edit.account.role.is_officer()),
        async |conn, current: &Revision| {
            store::take_back(conn, current.id, RevisionAction::Withdraw).await?;
            Ok(Some(Action::RevisionWithdraw))
        },
    )
    .await
}

/// Claim a revision
///
/// For network officers. Shows the authors and the other officers that you review it. Claim a revision that another
/// officer reviews to take it over.
#[utoipa::path(tag = "review", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision", example = 1), IfMatch), responses((status = 200, description = "The revision", body = Revision), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/revisions/{number}/claim")]
pub async fn claim_revision(edit: Edit<Moderator<Moderate>>, _: Query<NoParams>) -> Result<Written, ApiError> {
    edit.take_step(allows(RevisionAction::Claim, true), async |conn, current: &Revision| {
        store::claim(conn, current.id, edit.account.user_id).await?;
        Ok(Some(Action::RevisionClaim))
    })
    .await
}

/// Ask for changes
///
/// For network officers. Returns the revision to its authors with your reason. Say what is to change by comments on the
/// members of the text.
#[utoipa::path(tag = "review", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision", example = 1), IfMatch), request_body = ReasonedDecision, responses((status = 200, description = "The revision", body = Revision), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/revisions/{number}/request-changes")]
pub async fn request_changes(
    edit: Edit<Moderator<Moderate>>,
    letters: Letters,
    body: Body<ReasonedDecision>,
) -> Result<Written, ApiError> {
    let reason = body.draft.checked()?.reason;
    decide(&edit, &letters, RevisionAction::RequestChanges, Some(&reason)).await
}

/// Approve a revision
///
/// For network officers. You cannot approve what you wrote, unless you are a network admin and give a reason. Readers see
/// the revision when it is published.
#[utoipa::path(tag = "review", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision", example = 1), IfMatch), request_body = Option<Approval>, responses((status = 200, description = "The revision", body = Revision), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/revisions/{number}/approve")]
pub async fn approve_revision(
    edit: Edit<Moderator<Moderate>>,
    letters: Letters,
    body: Body<Approval>,
) -> Result<Written, ApiError> {
    let reason = body.draft.checked()?.reason;
    decide(&edit, &letters, RevisionAction::Approve, reason.as_deref()).await
}

/// Reject a revision
///
/// For network officers. The authors see your reason. They can begin another revision.
#[utoipa::path(tag = "review", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision", example = 1), IfMatch), request_body = ReasonedDecision, responses((status = 200, description = "The revision", body = Revision), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/revisions/{number}/reject")]
pub async fn reject_revision(
    edit: Edit<Moderator<Moderate>>,
    letters: Letters,
    body: Body<ReasonedDecision>,
) -> Result<Written, ApiError> {
    let reason = body.draft.checked()?.reason;
    decide(&edit, &letters, RevisionAction::Reject, Some(&reason)).await
}

/// Takes a decision: approve, reject, and otherwise ask for changes.
async fn decide(
    edit: &Edit<Moderator<Moderate>>,
    letters: &Letters,
    action: RevisionAction,
    reason: Option<&str>,
) -> Result<Written, ApiError> {
    let (event, told) = match action {
        RevisionAction::Approve => (Action::RevisionApprove, RevisionEvent::Approved),
        RevisionAction::Reject => (Action::RevisionReject, RevisionEvent::Rejected),
        _ => (Action::RevisionRequestChanges, RevisionEvent::ChangesRequested),
    };
    edit.take_step(allows(action, true), async |conn, current: &Revision| {
        match action {
            RevisionAction::Approve => current.row.check_approver(&edit.account, reason.is_some())?,
            _ => current.row.check_reviewer(&edit.account)?,
        }
        let by = Some(edit.account.user_id);
        let decision = Decision { state: action.leads_to(), by, reason, publish_at: None };
        store::decide(conn, current.id, &decision).await?;
        letters.about_revision(conn, told, current.id, by).await?;
        Ok(Some(event))
    })
    .await
}
