//! Revisions of initiatives: the texts that were published, and those that are being written.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use diesel_async::AsyncPgConnection;
use serde_json::Value;

use super::review::allows;
use super::writes::{Creation, Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::{Anyone, Author};
use crate::access::scope::WriteInitiatives;
use crate::audit::action::{Action, RecordKind};
use crate::audit::subject::Subject;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, Draft, Edited, IfMatch, NoParams, Patch, Query, Schemas};
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Answer, Cacheable, Record, Written};
use crate::letters::events::{Letters, RevisionEvent};
use crate::registry::initiatives;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::model::{NewInitiative, State};
use crate::registry::initiatives::resolve::resolve;
use crate::registry::references;
use crate::registry::references::Resource;
use crate::registry::revisions::diff::{DiffQuery, RevisionDiff, diff};
use crate::registry::revisions::model::{NewComment, NewRevision, Revision, RevisionSummary};
use crate::registry::revisions::publish::{check_no_open, keep_rejected};
use crate::registry::revisions::read::{LATEST_FIRST, before, find, find_of, list, locate, number_of};
use crate::registry::revisions::store::{begin, edit, lock_open, take_back};
use crate::registry::revisions::text::{as_json, new_base, parsed, rebase, text_of};
use crate::registry::revisions::workflow::RevisionAction;
use crate::registry::revisions::{comments, store};
use crate::registry::slugs::check_free;

/// Parameters of a list of revisions.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RevisionsQuery {
    /// Revisions per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// List an initiative's revisions
///
/// The latest first. Readers see the revisions that were published. The council that looks after the initiative and
/// network officers also see drafts and submissions.
#[utoipa::path(tag = "review", extensions(("x-price" = json!({ "units": 2 }))), params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), RevisionsQuery), responses(Cacheable, (status = 200, description = "Revisions", body = Page<RevisionSummary>)))]
#[get("/initiatives/{initiative}/revisions")]
pub async fn list_revisions(
    db: Data<Db>,
    caller: Anyone,
    pages: Pages,
    initiative: web::Path<String>,
    query: Query<RevisionsQuery>,
) -> Result<Listing<RevisionSummary>, ApiError> {
    let window = pages.window(query.limit, query.cursor.as_deref(), LATEST_FIRST)?;
    let slice = list(&mut *db.get().await?, caller.0.as_ref(), &initiative, &window).await?;
    Ok(pages.listing(slice, window.limit, None))
}

/// Get a revision
///
/// The text of an initiative as it was, is or is to be. Its address never changes, so you can cite it.
#[utoipa::path(tag = "review", extensions(("x-price" = json!({ "units": 2 }))), params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision", example = 1)), responses(Cacheable, (status = 200, description = "The revision", body = Revision)))]
#[get("/initiatives/{initiative}/revisions/{number}")]
pub async fn find_revision(
    db: Data<Db>,
    caller: Anyone,
    address: web::Path<(String, String)>,
    _: Query<NoParams>,
) -> Result<Record<Revision>, ApiError> {
    let conn = &mut *db.get().await?;
    let (initiative, number) = address.into_inner();
    let id = references::require_id(conn, Resource::Initiative, &initiative).await?;
    Ok(Record::whole(find(conn, caller.0.as_ref(), id, number_of(&number)?).await?))
}

/// Compare two revisions
///
/// What changed from one text to another: as a JSON Patch (RFC 6902), and in words.
#[utoipa::path(tag = "review", extensions(("x-price" = json!({ "units": 4 }))), params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision with the text after", example = 1), DiffQuery), responses(Cacheable, (status = 200, description = "The differences", body = RevisionDiff)))]
#[get("/initiatives/{initiative}/revisions/{number}/diff")]
pub async fn compare_revisions(
    request: HttpRequest,
    db: Data<Db>,
    caller: Anyone,
    address: web::Path<(String, String)>,
    query: Query<DiffQuery>,
) -> Result<HttpResponse, ApiError> {
    let conn = &mut *db.get().await?;
    let (initiative, number) = address.into_inner();
    let id = references::require_id(conn, Resource::Initiative, &initiative).await?;
    let record = initiatives::store::find(conn, caller.reach(), id).await?;
    let to = find_of(conn, caller.0.as_ref(), &record, number_of(&number)?).await?;
    let from = match query.from {
        Some(from) => from,
        None => before(conn, caller.reach(), &record, to.number).await?.unwrap_or(to.number),
    };
    let from = find_of(conn, caller.0.as_ref(), &record, from).await?;
    Answer::json(&request).send_json(&diff(&from, &to)?)
}

/// Begin a revision
///
/// To change a published initiative: change the text of the revision, then submit it. Readers see the published text
/// until a network officer publishes the revision. An initiative has one revision at a time. With `from`, the revision
/// has the text of an earlier one.
///
/// A new initiative has its first revision from the start: change the initiative itself, and submit revision 1. After a
/// rejection, begin another one here.
#[utoipa::path(tag = "review", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), Idempotency), request_body = Option<NewRevision>, responses((status = 201, description = "The new revision", body = Revision), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/revisions")]
pub async fn create_revision(
    creation: Creation<Author<WriteInitiatives>>,
    schemas: Data<Schemas>,
    body: Body<NewRevision>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    let new = draft.checked()?;
    let account = &creation.account;
    creation
        .create(&fingerprint, Action::RevisionCreate, "/v1/initiatives", async |conn| {
            begin_revision(conn, &schemas, account, creation.segment(), &new).await
        })
        .await
}

/// Begins a revision of the initiative that a path segment names.
pub async fn begin_revision(
    conn: &mut AsyncPgConnection,
    schemas: &Schemas,
    account: &Account,
    initiative: &str,
    new: &NewRevision,
) -> Result<Revision, ApiError> {
    let record = initiatives::store::locate(conn, account.reach(), initiative).await?;
    record.check_act(account)?;
    store::lock_present(conn, record.id).await?;
    check_no_open(lock_open(conn, record.id).await?.as_ref())?;
    // Somebody else can have changed the record before the lock was free.
    let record = initiatives::store::find(conn, account.reach(), record.id).await?;
    let note = new.note.as_deref();
    let number = match (record.state, new.from) {
        (State::Archived, _) => {
            return Err(ApiError::conflict("This initiative is archived. Restore it first."));
        }
        (State::Draft, Some(_)) => {
            return Err(ApiError::conflict(
                "This initiative is not published. Change the initiative itself to restore an earlier text.",
            ));
        }
        (State::Draft, None) => {
            keep_rejected(conn, &record).await?;
            begin(conn, &record, None, note, account.into()).await?
        }
        (State::Published, from) => {
            let now = text_of(&record)?;
            let text = match from {
                Some(from) => restored(conn, schemas, account, &record, from).await?,
                None => now.clone(),
            };
            begin(conn, &record, Some((&text, &now)), note, account.into()).await?
        }
    };
    find(conn, Some(account), record.id, number).await
}

/// Replace the text of a revision
///
/// Outcomes, sources, partners and costs that you leave out are removed.
#[utoipa::path(tag = "review", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision", example = 1), IfMatch), request_body = NewInitiative, responses((status = 200, description = "The updated revision", body = Revision), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[put("/initiatives/{initiative}/revisions/{number}")]
pub async fn replace_revision(
    edit: Edit<Author<WriteInitiatives>>,
    body: Body<NewInitiative>,
) -> Result<Written, ApiError> {
    change(edit, body).await
}

/// Change the text of a revision
///
/// Send a merge patch (RFC 7396). If somebody else has changed the published text since, their changes are in the text
/// too. `conflicts` names the members that both of you have changed: send them again.
#[utoipa::path(tag = "review", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision", example = 1), IfMatch), request_body(content = NewInitiative, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated revision", body = Revision), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/initiatives/{initiative}/revisions/{number}")]
pub async fn update_revision(
    edit: Edit<Author<WriteInitiatives>>,
    patch: Patch<NewInitiative>,
) -> Result<Written, ApiError> {
    change(edit, patch).await
}

/// Discard a revision
///
/// For a change of a published initiative that you give up. The text stays readable to your council and to network
/// officers. To give up a new initiative, withdraw the initiative.
#[utoipa::path(tag = "review", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision", example = 1), IfMatch), responses((status = 204, description = "Discarded"), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[delete("/initiatives/{initiative}/revisions/{number}")]
pub async fn discard_revision(
    edit: Edit<Author<WriteInitiatives>>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    edit.withdraw(async |conn, current: &Revision| {
        RevisionAction::Discard.check(current.state, edit.account.role.is_officer())?;
        own_text(current)?;
        take_back(conn, current.id, RevisionAction::Discard).await?;
        Ok(Some(Action::RevisionDiscard))
    })
    .await
}

/// Comment on a revision
///
/// On one member of the text, or on the whole. The authors and the network officers see it. Its authors and its reviewer
/// get a letter; of a comment by the reviewer, the letter of the decision tells.
#[utoipa::path(tag = "review", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision", example = 1), IfMatch), request_body = NewComment, responses((status = 200, description = "The revision with the comment", body = Revision), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/revisions/{number}/comments")]
pub async fn comment_on_revision(
    edit: Edit<Author<WriteInitiatives>>,
    letters: Letters,
    body: Body<NewComment>,
) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Revision| {
        add_comment(conn, &letters, &edit.account, current, body.draft).await?;
        Ok(Some(Action::RevisionComment))
    })
    .await
}

/// Adds a comment on a revision, and tells of it.
pub async fn add_comment(
    conn: &mut AsyncPgConnection,
    letters: &Letters,
    account: &Account,
    current: &Revision,
    Draft { value, faults }: Draft<NewComment>,
) -> Result<(), ApiError> {
    comments::add(conn, current.id, &as_json(&current.text)?, (&value, faults), account.user_id).await?;
    store::touch(conn, current.id).await?;
    letters.about_revision(conn, RevisionEvent::Commented, current.id, Some(account.user_id)).await
}

/// Resolve a comment
///
/// Marks it as dealt with.
#[utoipa::path(tag = "review", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), ("number" = i32, Path, description = "Number of the revision", example = 1), ("comment" = uuid::Uuid, Path, description = "Id of the comment"), IfMatch), responses((status = 200, description = "The revision", body = Revision), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/revisions/{number}/comments/{comment}/resolve")]
pub async fn resolve_comment(
    edit: Edit<Author<WriteInitiatives>>,
    address: web::Path<(String, String, String)>,
    _: Query<NoParams>,
) -> Result<Written, ApiError> {
    let comment = references::id(&address.2, "comment")?;
    edit.change(async |conn, current: &Revision| {
        comments::resolve(conn, current.id, comment, edit.account.user_id).await?;
        store::touch(conn, current.id).await?;
        Ok(Some(Action::RevisionResolveComment))
    })
    .await
}

impl Editable for Revision {
    async fn locate(conn: &mut AsyncPgConnection, account: &Account, segment: &str) -> Result<Self, ApiError> {
        locate(conn, account, segment).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, account: &Account) -> Result<Self, ApiError> {
        find(conn, Some(account), self.initiative.id, self.number).await
    }

    /// A council acts only on what it looks after.
    fn check_right(&self, account: &Account) -> Result<(), ApiError> {
        match account.bound_to() {
            Some(own) if self.record.steward != Some(own) => Err(ApiError::forbidden(
                "Your council does not look after this initiative. Only its `steward` can change its revisions.",
            )),
            _ => Ok(()),
        }
    }

    /// A publication makes a new version of the initiative.
    fn carried_over<'a>(&'a self, now: &'a Self) -> Option<(Action, Subject<'a>)> {
        let (before, after) = (self.record.version, now.record.version);
        let initiative = Subject {
            name: Some(&now.initiative.slug),
            council: self.record.steward,
            before: Some(before),
            ..Subject::of(RecordKind::Initiative, self.initiative.id, after)
        };
        (before != after).then_some((Action::InitiativePublish, initiative))
    }

    fn changes_others(&self, now: &Self) -> bool {
        self.record.version != now.record.version
    }
}

async fn change(
    edits: Edit<Author<WriteInitiatives>>,
    edited: impl Edited<NewInitiative>,
) -> Result<Written, ApiError> {
    edits
        .take_step(allows(RevisionAction::Edit, edits.account.role.is_officer()), async |conn, current: &Revision| {
            rewrite(conn, &edits.account, current, edited).await?;
            Ok(Some(Action::RevisionUpdate))
        })
        .await
}

/// Changes the text of a revision.
pub async fn rewrite(
    conn: &mut AsyncPgConnection,
    account: &Account,
    current: &Revision,
    edited: impl Edited<NewInitiative>,
) -> Result<(), ApiError> {
    let (content, base) = own_text(current)?;
    let record: Initiative = initiatives::store::find(conn, account.reach(), current.initiative.id).await?;
    let now = text_of(&record)?;
    let merged = rebase(base, &now, content);
    let base = new_base(base, &now, &merged.conflicts, |name| edited.sends(name));
    let held = parsed(merged.text)?;
    let draft = edited.draft(held)?;
    let mut text = as_json(&draft.value)?;
    // Without a slug, the initiative keeps its own.
    if text["slug"].is_null() {
        text["slug"] = now["slug"].clone();
    }
    resolve(conn, Some(account), draft, Some(record.id)).await?;
    // At once: otherwise a clash would come to light only when the revision is published.
    if let Some(slug) = text["slug"].as_str().filter(|_| text["slug"] != now["slug"]) {
        check_free(conn, Resource::Initiative, slug, record.id).await?;
    }
    edit(conn, current.id, (&text, &base), account.into()).await
}

/// The text of an earlier revision, under the initiative's present slug. 422 if it names what is no longer there.
async fn restored(
    conn: &mut AsyncPgConnection,
    schemas: &Schemas,
    account: &Account,
    record: &Initiative,
    number: i32,
) -> Result<Value, ApiError> {
    let earlier = find(conn, Some(account), record.id, number).await?;
    let mut text = as_json(&earlier.text)?;
    text["slug"] = Value::from(record.slug.as_str());
    resolve(conn, Some(account), Draft::new(text.clone(), schemas)?, Some(record.id)).await?;
    Ok(text)
}

/// The text of a change of a published initiative, and the text that it started from. 409 for the draft of an
/// unpublished initiative, whose text is the initiative's.
fn own_text(current: &Revision) -> Result<(&Value, &Value), ApiError> {
    current.row.content.as_ref().zip(current.row.base.as_ref()).ok_or_else(|| {
        ApiError::conflict(format!(
            "This is the text of an initiative that is not published. Change the initiative: PATCH \
             /v1/initiatives/{}, or DELETE it.",
            current.initiative.slug
        ))
    })
}
