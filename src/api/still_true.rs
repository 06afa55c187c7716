//! "Still true?" without a password: what a one-time link from a letter asks, and the answers.
//!
//! An answer takes the steps of the operations for people who have signed in: it confirms the record, or begins and
//! submits a revision. The rights are those of the recipient at that moment.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, post, web};
use chrono::Utc;
use diesel_async::AsyncPgConnection;

use super::review::hand_in;
use super::revisions::{add_comment, begin_revision, rewrite};
use super::verification::confirm;
use super::writes::{Editable, record_change};
use crate::access::account::Account;
use crate::access::extractors::Anyone;
use crate::access::keys::Keys;
use crate::accounts::due_links::model::{DueAnswer, DueAnswerKind, DueLink, DueLinkRecord, DueLinkSecret};
use crate::accounts::due_links::store;
use crate::accounts::due_links::store::{LinkedRecord, OpenLink};
use crate::accounts::due_links::token::LinkToken;
use crate::audit::action::Action;
use crate::audit::subject::Subject;
use crate::audit::trail::Trail;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::client_address::client_address;
use crate::http::input::{Body, Draft, Faults, Patch, Schemas};
use crate::http::response::Written;
use crate::letters::events::Letters;
use crate::registry::checks::blocking;
use crate::registry::initiatives;
use crate::registry::initiatives::answer::{Initiative, InitiativeRef};
use crate::registry::initiatives::model::{State, VerificationMethod};
use crate::registry::references;
use crate::registry::revisions::model::{NewComment, NewRevision, Revision};
use crate::registry::revisions::read;
use crate::registry::revisions::store::{lock_open, lock_present};
use crate::text::dates::in_words;

/// Open a one-time link
///
/// Returns the records that a letter asks an editor of a council about. Changes nothing. Needs no account: the link is
/// the credential. It ends after 30 days, when a newer letter replaces it, or when the recipient is no longer an editor
/// of the council.
#[utoipa::path(tag = "review", extensions(("x-price" = json!({ "units": 4 }))), request_body = DueLinkSecret, responses((status = 200, description = "The records, with the answers so far", body = DueLink), (status = 404)))]
#[post("/still-true")]
pub async fn open_due_link(links: Links, _: Anyone, body: Body<DueLinkSecret>) -> Result<Written, ApiError> {
    let secret = body.draft.checked()?;
    Written::said(&links.find(&LinkToken::from(secret.token)).await?)
}

/// Answer with a one-time link
///
/// Each record is answered once. `still_true` confirms it, as `verify_initiative` does. `changed` and `ended` begin a
/// revision with your words as its note and submit it. If somebody works on a revision of the record already, your
/// words become a comment there. A revision that cannot be submitted, because its text has personal data or exempt
/// information, stays a draft of the council.
#[utoipa::path(tag = "review", extensions(("x-price" = json!({ "units": 4 }))), request_body = DueAnswer, responses((status = 200, description = "The records, with the answers so far", body = DueLink), (status = 404), (status = 409)))]
#[post("/still-true/answers")]
pub async fn answer_due_link(links: Links, _: Anyone, body: Body<DueAnswer>) -> Result<Written, ApiError> {
    let answer = body.draft.checked()?;
    links.answer(&answer).await?;
    Written::said(&links.find(&LinkToken::from(answer.token)).await?)
}

/// What opens links and writes answers, for the operations and for the page.
pub struct Links {
    pub(super) db: web::Data<Db>,
    pub(super) keys: web::Data<Keys>,
    schemas: web::Data<Schemas>,
    pub(super) trail: Trail,
    pub(super) letters: Letters,
    address: Option<IpAddr>,
}

impl FromRequest for Links {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let links = || {
            Ok(Self {
                db: web::Data::extract(request).into_inner()?,
                keys: web::Data::extract(request).into_inner()?,
                schemas: web::Data::extract(request).into_inner()?,
                trail: Trail::extract(request).into_inner()?,
                letters: Letters::extract(request).into_inner()?,
                address: client_address(request),
            })
        };
        ready(links())
    }
}

/// Steps of a revision: the state before the first, if there was one, and each action with the state after it.
type Steps = (Option<Revision>, Vec<(Action, Revision)>);

impl Links {
    /// The schemas of the bodies.
    pub fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// What the link with a secret asks. 404 if it has ended.
    pub async fn find(&self, token: &LinkToken) -> Result<DueLink, ApiError> {
        let conn = &mut *self.db.get().await?;
        let link = store::open(conn, &token.hash(&self.keys)).await?;
        let council = references::councils_by_id(conn, &[link.editor.council]).await?.remove(&link.editor.council);
        let council = council.ok_or_else(|| ApiError::internal("the council of a link is not there"))?;
        let asked = store::records(conn, link.id).await?;
        let ids: Vec<_> = asked.iter().map(|one| one.initiative).collect();
        let known = initiatives::store::load(conn, self.account(&link).reach(), &ids).await?;
        let record = |one: &LinkedRecord| {
            let found = known.iter().find(|found| found.id == one.initiative)?;
            let is_theirs = found.steward.council.as_ref().is_some_and(|steward| steward.id == council.id);
            let is_open = is_theirs && found.state == State::Published;
            (is_open || one.answer.is_some()).then(|| shown(found, one))
        };
        let records = asked.iter().filter_map(record).collect();
        Ok(DueLink { council, recipient: link.name, expires_at: link.expires_at, records })
    }

    /// Writes an answer. 404 if the link has ended; 409 if it does not ask about the record, or has an answer, or if the
    /// record is not as the recipient saw it.
    pub async fn answer(&self, answer: &DueAnswer) -> Result<(), ApiError> {
        let token = LinkToken::from(answer.token.clone());
        self.db
            .transaction(async |conn| {
                let link = store::open(conn, &token.hash(&self.keys)).await?;
                let account = &self.account(&link);
                let current = self.locate(conn, &link, account, answer).await?;
                let outdated =
                    || ApiError::conflict("Somebody has changed this record meanwhile. Read it again, then answer.");
                if current.version != answer.version {
                    return Err(outdated());
                }
                if answer.answer == DueAnswerKind::StillTrue {
                    let action = confirm(conn, &current, VerificationMethod::OwnerConfirmed).await?;
                    let action = action.ok_or_else(outdated)?;
                    store::answer(conn, link.id, current.id, answer.answer, None).await?;
                    let now = current.reload(conn, account).await?;
                    return record_change(conn, &self.trail, account, action, (&current, &now)).await;
                }
                let (begun, steps) = self.hand_on(conn, account, &current, answer).await?;
                let number = steps.first().map(|(_, revision)| revision.number);
                store::answer(conn, link.id, current.id, answer.answer, number).await?;
                // The events come last: other writers wait for them until the transaction ends.
                let mut before = begun.as_ref();
                for (action, now) in &steps {
                    match before {
                        Some(before) => record_change(conn, &self.trail, account, *action, (before, now)).await?,
                        None => self.trail.record(conn, account, *action, Subject::entered(now)).await?,
                    }
                    before = Some(now);
                }
                Ok(())
            })
            .await
    }

    /// The rights of the recipient, as of now.
    fn account(&self, link: &OpenLink) -> Account {
        link.editor.account(link.id, self.address)
    }

    /// The record that an answer is about, if the link still asks about it.
    async fn locate(
        &self,
        conn: &mut AsyncPgConnection,
        link: &OpenLink,
        account: &Account,
        answer: &DueAnswer,
    ) -> Result<Initiative, ApiError> {
        let mut faults = Faults::default();
        let named =
            references::initiative(conn, account.reach(), &answer.initiative, "/initiative", &mut faults).await?;
        faults.finish()?;
        let asked = match named {
            Some(id) => store::lock(conn, link.id, id).await?,
            None => None,
        };
        let asked = asked.ok_or_else(|| ApiError::conflict("This link does not ask about this record."))?;
        if let Some(at) = asked.answered_at {
            return Err(ApiError::conflict(format!(
                "You answered about this record on {}. A link takes one answer for each record.",
                in_words(&at.date_naive().to_string())
            )));
        }
        let current = initiatives::store::find(conn, account.reach(), asked.initiative).await?;
        current.check_act(account)?;
        if current.state != State::Published {
            return Err(ApiError::conflict("This record is not published any more, so there is nothing to answer."));
        }
        Ok(current)
    }

    /// Hands the words of an answer to whoever works on the record: as a comment on its open revision, or with a revision
    /// of its own.
    async fn hand_on(
        &self,
        conn: &mut AsyncPgConnection,
        account: &Account,
        record: &Initiative,
        answer: &DueAnswer,
    ) -> Result<Steps, ApiError> {
        let today = Utc::now().date_naive();
        let words = answer.words(today);
        lock_present(conn, record.id).await?;
        if let Some(open) = lock_open(conn, record.id).await? {
            let before = read::find(conn, Some(account), record.id, open.number).await?;
            let comment = NewComment { pointer: String::new(), comment: words.as_str().into() };
            add_comment(conn, &self.letters, account, &before, Draft { value: comment, faults: Faults::default() })
                .await?;
            let now = before.reload(conn, account).await?;
            return Ok((Some(before), vec![(Action::RevisionComment, now)]));
        }
        let new = NewRevision { note: Some(words.as_str().into()), from: None };
        let mut now = begin_revision(conn, &self.schemas, account, &record.id.to_string(), &new).await?;
        let mut steps = vec![(Action::RevisionCreate, now.clone())];
        let patch = answer.patch(today);
        if patch.as_object().is_some_and(|members| !members.is_empty()) {
            rewrite(conn, account, &now, Patch::new(patch, self.schemas.clone())).await?;
            now = now.reload(conn, account).await?;
            steps.push((Action::RevisionUpdate, now.clone()));
        }
        if blocking(&now.text).is_empty() {
            hand_in(conn, &self.schemas, &self.letters, account, (&now, None)).await?;
            steps.push((Action::RevisionSubmit, now.reload(conn, account).await?));
        }
        Ok((None, steps))
    }
}

fn shown(found: &Initiative, asked: &LinkedRecord) -> DueLinkRecord {
    DueLinkRecord {
        initiative: InitiativeRef { id: found.id, slug: found.slug.clone(), title: found.title.clone() },
        version: found.version,
        summary: found.summary.clone(),
        status_text: found.status_text.clone(),
        freshness: found.freshness,
        why: found.freshness_text.clone(),
        answer: asked.answer.map(|answer| answer.0),
        answered_at: asked.answered_at,
        revision: asked.revision,
    }
}
