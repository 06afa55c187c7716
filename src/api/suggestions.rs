//! Suggestions: changes that somebody proposes to the council that looks after an initiative.

use actix_web::web::Data;
use actix_web::{get, post, web};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::writes::{Creation, Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::{Author, Known};
use crate::access::scope::WriteInitiatives;
use crate::audit::action::{Action, RecordKind};
use crate::audit::subject::Subject;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, Faults, IfMatch, NoParams, Query, Schemas};
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Cacheable, Record, Written};
use crate::letters::events::Letters;
use crate::read_model::extractor::CurrentSnapshot;
use crate::registry::initiatives;
use crate::registry::references;
use crate::registry::suggestions::model::{
    Acceptance, NewSuggestion, Suggestion, SuggestionAction, SuggestionRefusal, SuggestionState, SuggestionsQuery,
};
use crate::registry::suggestions::operations::Operation;
use crate::registry::suggestions::store;
use crate::registry::suggestions::store::{Ending, LATEST_FIRST, Wanted};
use crate::registry::suggestions::take_over::{check, take_over};

/// List suggestions
///
/// Those that you made, and those that you decide on: as an author of a council, for the initiatives that it looks
/// after; as a network officer, all. The latest come first.
#[utoipa::path(tag = "review", extensions(("x-price" = json!({ "units": 4 }))), params(SuggestionsQuery), responses(Cacheable, (status = 200, description = "Suggestions", body = Page<Suggestion>)), security(("bearer" = []), ("api_key" = [])))]
#[get("/suggestions")]
pub async fn list_suggestions(
    db: Data<Db>,
    snapshot: CurrentSnapshot,
    caller: Known<WriteInitiatives>,
    pages: Pages,
    query: Query<SuggestionsQuery>,
) -> Result<Listing<Suggestion>, ApiError> {
    let window = pages.window(query.limit, query.cursor.as_deref(), LATEST_FIRST)?;
    let mut faults = Vec::new();
    let councils = snapshot.any_council("council", &query.council, &mut faults);
    if !faults.is_empty() {
        return Err(ApiError::bad_query(faults));
    }
    let conn = &mut *db.get().await?;
    let initiative = match &query.initiative {
        Some(named) => Some(initiatives::store::locate(conn, caller.0.reach(), named).await?.id),
        None => None,
    };
    let wanted = Wanted { states: query.state.clone(), initiative, councils, mine: query.mine };
    let slice = store::list(conn, &caller.0, &wanted, &window).await?;
    Ok(pages.listing(slice, window.limit, None))
}

/// Get a suggestion
///
/// For its author, the council that looks after the initiative, and network officers.
#[utoipa::path(tag = "review", extensions(("x-price" = json!({ "units": 2 }))), params(("id" = uuid::Uuid, Path, description = "Id of the suggestion")), responses(Cacheable, (status = 200, description = "The suggestion", body = Suggestion)), security(("bearer" = []), ("api_key" = [])))]
#[get("/suggestions/{id}")]
pub async fn find_suggestion(
    db: Data<Db>,
    caller: Known<WriteInitiatives>,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<Record<Suggestion>, ApiError> {
    let id = references::id(&id, "suggestion")?;
    Ok(Record::whole(store::find(&mut *db.get().await?, &caller.0, id).await?))
}

/// Suggest a change
///
/// For every user: proposes a change of a published initiative to the council that looks after it, with your reason. If
/// the council accepts it, the change goes into a revision of the initiative, and you are named as one of its writers.
/// Readers see the name of your council.
#[utoipa::path(tag = "review", params(Idempotency), request_body = NewSuggestion, responses((status = 201, description = "The new suggestion", body = Suggestion), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/suggestions")]
pub async fn create_suggestion(
    creation: Creation<Known<WriteInitiatives>>,
    schemas: Data<Schemas>,
    letters: Letters,
    body: Body<NewSuggestion>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    let account = &creation.account;
    creation
        .create(&fingerprint, Action::SuggestionCreate, "/v1/suggestions", async |conn| {
            let (new, mut faults) = (draft.value, draft.faults);
            let named = match faults.know("/initiative") {
                true => None,
                false => {
                    references::initiative(conn, account.reach(), &new.initiative, "/initiative", &mut faults).await?
                }
            };
            faults.finish()?;
            let named = named.ok_or_else(|| ApiError::internal("an initiative without a fault is not known"))?;
            let record = initiatives::store::find(conn, account.reach(), named).await?;
            let base = check(conn, &schemas, &record, &new.operations).await?;
            let id = store::create(conn, account, record.id, (&new, &base)).await?;
            let made = store::find(conn, account, id).await?;
            letters.about_suggestion(conn, &made, account.user_id).await?;
            Ok(made)
        })
        .await
}

/// Accept a suggestion
///
/// For the council that looks after the initiative, and for network officers. Takes over all its operations, or those
/// that you name, into the initiative's open revision, or begins one. Then submit the revision as usual.
#[utoipa::path(tag = "review", params(("id" = uuid::Uuid, Path, description = "Id of the suggestion"), IfMatch), request_body = Option<Acceptance>, responses((status = 200, description = "The accepted suggestion", body = Suggestion), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/suggestions/{id}/accept")]
pub async fn accept_suggestion(
    edit: Edit<Author<WriteInitiatives>>,
    schemas: Data<Schemas>,
    letters: Letters,
    body: Body<Acceptance>,
) -> Result<Written, ApiError> {
    let acceptance = body.draft.checked()?;
    let account = &edit.account;
    edit.take_step(allows(SuggestionAction::Accept, account), async |conn, current: &Suggestion| {
        let chosen = chosen(current, acceptance.operations.as_deref())?;
        let revision = take_over(conn, &schemas, account, current, &chosen).await?;
        let is_whole = chosen.len() == current.operations.len();
        let ending = Ending {
            state: if is_whole { SuggestionState::Accepted } else { SuggestionState::PartlyAccepted },
            by: Some(account.user_id),
            reply: acceptance.reply.as_deref(),
            accepted: chosen.iter().filter_map(|(position, _)| i32::try_from(*position).ok()).collect(),
            revision: Some(revision),
        };
        store::end(conn, current.id, ending).await?;
        tell(conn, &letters, account, current.id).await?;
        Ok(Some(Action::SuggestionAccept))
    })
    .await
}

/// Decline a suggestion
///
/// For the council that looks after the initiative, and for network officers. The author sees your reply.
#[utoipa::path(tag = "review", params(("id" = uuid::Uuid, Path, description = "Id of the suggestion"), IfMatch), request_body = SuggestionRefusal, responses((status = 200, description = "The declined suggestion", body = Suggestion), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/suggestions/{id}/decline")]
pub async fn decline_suggestion(
    edit: Edit<Author<WriteInitiatives>>,
    letters: Letters,
    body: Body<SuggestionRefusal>,
) -> Result<Written, ApiError> {
    let by = Some(edit.account.user_id);
    edit.take_step(allows(SuggestionAction::Decline, &edit.account), async |conn, current: &Suggestion| {
        // Who may not decide is told that, whatever the body says.
        let refusal = body.draft.checked()?;
        let reply = Some(&*refusal.reply);
        store::end(conn, current.id, Ending { state: SuggestionState::Declined, by, reply, ..Ending::default() })
            .await?;
        tell(conn, &letters, &edit.account, current.id).await?;
        Ok(Some(Action::SuggestionDecline))
    })
    .await
}

/// Withdraw a suggestion
///
/// For its author, as long as nobody has decided on it.
#[utoipa::path(tag = "review", params(("id" = uuid::Uuid, Path, description = "Id of the suggestion"), IfMatch), responses((status = 200, description = "The withdrawn suggestion", body = Suggestion), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/suggestions/{id}/withdraw")]
pub async fn withdraw_suggestion(edit: Edit<Known<WriteInitiatives>>, _: Query<NoParams>) -> Result<Written, ApiError> {
    edit.take_step(allows(SuggestionAction::Withdraw, &edit.account), async |conn, current: &Suggestion| {
        store::end(conn, current.id, Ending { state: SuggestionState::Withdrawn, ..Ending::default() }).await?;
        Ok(Some(Action::SuggestionWithdraw))
    })
    .await
}

/// Tells the author of a suggestion what became of it.
async fn tell(conn: &mut AsyncPgConnection, letters: &Letters, by: &Account, id: Uuid) -> Result<(), ApiError> {
    let now = store::find(conn, by, id).await?;
    letters.about_suggestion(conn, &now, by.user_id).await
}

/// Refuses an action that the account or the state of a suggestion does not allow.
fn allows(action: SuggestionAction, account: &Account) -> impl FnOnce(&Suggestion) -> Result<(), ApiError> {
    move |suggestion| suggestion.check(action, account)
}

/// The operations with these positions, in the order of the suggestion; `None`: all. 422 for a position that it does not
/// have.
fn chosen<'a>(suggestion: &'a Suggestion, positions: Option<&[u16]>) -> Result<Vec<(usize, &'a Operation)>, ApiError> {
    let mut faults = Faults::default();
    for (index, position) in positions.into_iter().flatten().enumerate() {
        if usize::from(*position) >= suggestion.operations.len() {
            let detail = format!("is no position in this suggestion, which has {}", suggestion.operations.len());
            faults.add(format!("/operations/{index}"), "out_of_range", detail);
        }
    }
    faults.finish()?;
    let is_chosen = |position: usize| positions.is_none_or(|some| some.iter().any(|one| usize::from(*one) == position));
    Ok(suggestion.operations.iter().enumerate().filter(|(position, _)| is_chosen(*position)).collect())
}

impl Editable for Suggestion {
    async fn locate(conn: &mut AsyncPgConnection, account: &Account, segment: &str) -> Result<Self, ApiError> {
        store::locate(conn, account, references::id(segment, "suggestion")?).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, account: &Account) -> Result<Self, ApiError> {
        store::find(conn, account, self.id).await
    }

    /// What was accepted is a new text of a revision.
    fn carried_over<'a>(&'a self, now: &'a Self) -> Option<(Action, Subject<'a>)> {
        let into = now.taken_into.as_ref().filter(|_| self.taken_into.is_none())?;
        let (action, before) = match into.version {
            1 => (Action::RevisionCreate, None),
            version => (Action::RevisionUpdate, Some(version - 1)),
        };
        let revision = Subject::of(RecordKind::Revision, into.id, into.version);
        Some((action, Subject { name: Some(&into.name), council: now.steward(), before, ..revision }))
    }
}
