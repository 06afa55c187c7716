//! Publishing initiatives, returning them to draft, archiving and restoring them.

use actix_web::post;
use actix_web::web::Data;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::writes::Edit;
use crate::access::extractors::Moderator;
use crate::access::scope::Moderate;
use crate::audit::action::Action;
use crate::error::ApiError;
use crate::http::input::{Body, IfMatch, NoParams, Query, Schemas};
use crate::http::response::Written;
use crate::letters::events::{Letters, RevisionEvent};
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::model::State;
use crate::registry::initiatives::write::set_state;
use crate::registry::pre_election::store::holding;
use crate::registry::revisions::model::Publication;
use crate::registry::revisions::publish::{Publisher, check_no_open, keep_unpublished, publish};
use crate::registry::revisions::store::{Decision, decide, lock_open, lock_present};
use crate::registry::revisions::workflow::{RevisionAction, RevisionState};

/// Publish an initiative
///
/// For network officers. Publishes the open revision: that of an initiative that was not published, or a submitted
/// change of one that is. It approves the revision too. If you wrote some of the text, another network officer must
/// publish it. Network admins can publish their own text, with a reason.
///
/// With `publish_at`, the revision is approved now and published then. In a pre-election period that holds publications
/// of the council that looks after the initiative, it waits for the end of the period, and an officer who publishes must
/// say why in `despite_period`.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), IfMatch), request_body = Option<Publication>, responses((status = 200, description = "The updated initiative", body = Initiative), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/publish")]
pub async fn publish_initiative(
    edit: Edit<Moderator<Moderate>>,
    schemas: Data<Schemas>,
    letters: Letters,
    body: Body<Publication>,
) -> Result<Written, ApiError> {
    let Publication { reason, despite_period, publish_at } = body.draft.checked()?;
    edit.change(async |conn, current: &Initiative| {
        let officer = &edit.account;
        let Some(open) = lock_open(conn, current.id).await? else {
            return Err(ApiError::conflict("This initiative has no revision that could be published."));
        };
        RevisionAction::Publish.check(open.state(), true)?;
        if open.state() == RevisionState::Draft && open.content.is_some() {
            return Err(ApiError::conflict(format!("Revision {} is not submitted yet.", open.number)));
        }
        // Of an approved text, somebody has made sure already.
        if open.state() != RevisionState::Approved {
            open.check_approver(officer, reason.is_some())?;
        }
        let by = Some(officer.user_id);
        if publish_at.is_some() {
            let reason = reason.as_deref();
            decide(conn, open.id, &Decision { state: RevisionState::Approved, by, reason, publish_at }).await?;
            letters.about_revision(conn, RevisionEvent::Approved, open.id, by).await?;
            return Ok(Some(Action::InitiativeSchedule));
        }
        let steward = current.steward.council.as_ref().map(|council| council.id);
        let is_held = check_period(conn, steward, despite_period.is_some()).await?;
        let despite = despite_period.filter(|_| is_held).map(|why| format!("In the pre-election period: {}", &*why));
        let reasons: Vec<&str> = [reason.as_deref(), despite.as_deref()].into_iter().flatten().collect();
        let reason = (!reasons.is_empty()).then(|| reasons.join(" "));
        let is_current = publish(conn, &schemas, current, &open, Publisher { by, reason: reason.as_deref() }).await?;
        if !is_current {
            return Ok(None);
        }
        letters.about_revision(conn, RevisionEvent::Published, open.id, by).await?;
        Ok(Some(if is_held { Action::InitiativePublishInPeriod } else { Action::InitiativePublish }))
    })
    .await
}

/// 409 in a pre-election period that holds publications, unless the officer says why. True if there is such a period.
async fn check_period(conn: &mut AsyncPgConnection, steward: Option<Uuid>, has_reason: bool) -> Result<bool, ApiError> {
    let Some(period) = holding(conn, steward).await? else { return Ok(false) };
    if has_reason {
        return Ok(true);
    }
    Err(ApiError::conflict(format!(
        "A pre-election period holds publications until {} ({}). Schedule the publication by `publish_at`, or say in \
         `despite_period` why it cannot wait.",
        period.polling_on, period.election
    )))
}

/// Return an initiative to draft
///
/// For network officers. Readers can no longer see the initiative. Its slug and id do not change, and the published text
/// stays a revision.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), IfMatch), responses((status = 200, description = "The updated initiative", body = Initiative), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/unpublish")]
pub async fn unpublish_initiative(edit: Edit<Moderator<Moderate>>, _: Query<NoParams>) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Initiative| {
        if current.state == State::Draft {
            return Err(ApiError::conflict("This initiative is a draft already."));
        }
        let present = lock_present(conn, current.id).await?;
        check_no_open(lock_open(conn, current.id).await?.as_ref())?;
        if !set_state(conn, current, State::Draft).await? {
            return Ok(None);
        }
        keep_unpublished(conn, &present, current).await?;
        Ok(Some(Action::InitiativeUnpublish))
    })
    .await
}

/// Archive an initiative
///
/// For network officers. Readers still find it, with the note that it is no longer kept up. Nobody can change it, and it
/// is not due for review.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), IfMatch), responses((status = 200, description = "The archived initiative", body = Initiative), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/archive")]
pub async fn archive_initiative(edit: Edit<Moderator<Moderate>>, _: Query<NoParams>) -> Result<Written, ApiError> {
    move_from(&edit, State::Published, State::Archived, Action::InitiativeArchive).await
}

/// Restore an archived initiative
///
/// For network officers. It is published as before.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), IfMatch), responses((status = 200, description = "The restored initiative", body = Initiative), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/restore")]
pub async fn restore_initiative(edit: Edit<Moderator<Moderate>>, _: Query<NoParams>) -> Result<Written, ApiError> {
    move_from(&edit, State::Archived, State::Published, Action::InitiativeRestore).await
}

async fn move_from(
    edit: &Edit<Moderator<Moderate>>,
    from: State,
    to: State,
    action: Action,
) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Initiative| {
        if current.state != from {
            return Err(ApiError::conflict(match (current.state, to) {
                (State::Draft, _) => "This initiative is a draft. You can: publish, withdraw.",
                (State::Archived, _) => "This initiative is archived already. You can: restore, unpublish.",
                (State::Published, _) => "This initiative is published. You can: archive, unpublish, withdraw.",
            }));
        }
        lock_present(conn, current.id).await?;
        check_no_open(lock_open(conn, current.id).await?.as_ref())?;
        Ok(set_state(conn, current, to).await?.then_some(action))
    })
    .await
}
