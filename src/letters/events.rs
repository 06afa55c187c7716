//! Which event writes which letter to whom: the one place that says so.
//!
//! | event | to | letter |
//! |---|---|---|
//! | a request for a key was granted or refused | the requester | [`key_granted`], [`key_refused`] |
//! | a revision was submitted | network officers | [`about_revision`] |
//! | changes were asked for; approved; rejected; published | authors | [`about_revision`] |
//! | could not be published on schedule | authors and network officers | [`about_revision`] |
//! | a comment on a revision, but by its reviewer | authors and the reviewer | [`about_revision`] |
//! | records of a council are due, each quarter or on demand | its editors | [`still_true`](Letters::still_true) |
//! | a suggestion was made; accepted or declined | the council that decides, or network officers; its author | [`about_suggestion`] |
//! | a webhook was switched off | editors of its council, or network admins | [`webhook_off`] |
//!
//! *Authors* are the people who wrote or submitted the revision and who can still see it. The *reviewer* is the network
//! officer who has claimed it; the letter of the decision tells of the reviewer's comments. Nobody hears of what they
//! did themselves, and disabled users hear of nothing.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::store::write;
use super::text::{Part, Text};
use crate::access::role::Role;
use crate::accounts::key_requests::model::KeyRequest;
use crate::accounts::users::model::UserStatus;
use crate::config::ServeSettings;
use crate::db::enum_text::Word;
use crate::db::schema::{initiatives, revision_comments, revisions, users};
use crate::error::ApiError;
use crate::http::client_address::from_here;

/// What happened to a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevisionEvent {
    /// Its authors handed it to the network officers.
    Submitted,
    /// A network officer returned it to its authors.
    ChangesRequested,
    /// A network officer approved it.
    Approved,
    /// A network officer rejected it.
    Rejected,
    /// Readers see it now.
    Published,
    /// It could not be published on schedule.
    NotPublished,
    /// Somebody commented on it.
    Commented,
}

impl RevisionEvent {
    fn is_for_officers(self) -> bool {
        matches!(self, Self::Submitted | Self::NotPublished)
    }

    fn is_for_authors(self) -> bool {
        self != Self::Submitted
    }
}

/// Writes letters. Links in them begin with the public address of the settings, never with the `Host` header: no caller
/// chooses where a letter leads. Without a public address, they lead to where the service listens.
#[derive(Clone, Debug)]
pub struct Letters {
    address: String,
}

impl FromRequest for Letters {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let settings = request.app_data::<web::Data<ServeSettings>>().map(|settings| Self::new(settings));
        ready(settings.ok_or_else(|| ApiError::internal("the settings are not mounted")))
    }
}

/// A revision, as a letter tells of it.
#[derive(Queryable)]
struct About {
    number: i32,
    note: Option<String>,
    writers: Vec<Option<Uuid>>,
    submitted_by: Option<Uuid>,
    claimed_by: Option<Uuid>,
    reason: Option<String>,
    publish_at: Option<DateTime<Utc>>,
    slug: String,
    title: String,
    steward: Option<Uuid>,
}

impl Letters {
    /// A writer of letters for a service with these settings.
    pub fn new(settings: &ServeSettings) -> Self {
        let scheme = if settings.is_https() { "https" } else { "http" };
        let here = || format!("{scheme}://{}", from_here(settings.bind));
        Self { address: settings.public_url.clone().unwrap_or_else(here) }
    }

    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Tells the requester that a request for a key was granted. `token` fetches the key within this number of days.
    pub async fn key_granted(
        &self,
        conn: &mut AsyncPgConnection,
        request: &KeyRequest,
        token: &str,
        days: i64,
    ) -> Result<(), ApiError> {
        let command = format!(
            "curl -X POST {} -H 'Content-Type: application/json' \\\n  -d '{{\"token\": \"{token}\"}}'",
            self.address("/v1/api-keys/claim")
        );
        let parts = vec![
            Part::Says(format!(
                "Your request for a key of the CCIN registry was granted. Fetch the key within {days} days. It is shown \
                 only once:"
            )),
            Part::Code(command),
            Part::Says("Then send it with each request as X-API-Key.".into()),
        ];
        let text = Text::new("Your key for the CCIN registry", parts);
        write(conn, std::slice::from_ref(&request.email), &text, Some(request.id)).await
    }

    /// Tells the requester that a request for a key was refused.
    pub async fn key_refused(
        &self,
        conn: &mut AsyncPgConnection,
        request: &KeyRequest,
        reason: &str,
    ) -> Result<(), ApiError> {
        let parts = vec![
            Part::Says("We cannot grant your request for a key. The reason:".into()),
            Part::Quotes(reason.to_owned()),
        ];
        let text = Text::new("Your request to the CCIN registry", parts);
        write(conn, std::slice::from_ref(&request.email), &text, Some(request.id)).await
    }

    /// Tells of what happened to a revision, after it happened. `by`: the user who did it; `None`: the service itself.
    pub async fn about_revision(
        &self,
        conn: &mut AsyncPgConnection,
        event: RevisionEvent,
        revision: Uuid,
        by: Option<Uuid>,
    ) -> Result<(), ApiError> {
        let about: About = revisions::table
            .find(revision)
            .inner_join(initiatives::table)
            .select((
                revisions::number,
                revisions::note,
                revisions::writers,
                revisions::submitted_by,
                revisions::claimed_by,
                revisions::reason,
                revisions::publish_at,
                initiatives::slug,
                initiatives::title,
                initiatives::steward_id,
            ))
            .first(conn)
            .await?;
        let recipients = recipients(conn, event, &about, by).await?;
        if recipients.is_empty() {
            return Ok(());
        }
        let comment = match event {
            RevisionEvent::Commented => last_comment(conn, revision).await?,
            _ => None,
        };
        write(conn, &recipients, &self.revision_text(event, &about, comment, by.is_some()), None).await
    }

    fn revision_text(
        &self,
        event: RevisionEvent,
        about: &About,
        comment: Option<String>,
        is_by_somebody: bool,
    ) -> Text {
        let About { number, title, slug, .. } = about;
        let (subject, says) = match event {
            RevisionEvent::Submitted => {
                ("To review", format!("Revision {number} of “{title}” was submitted. It waits for a network officer."))
            }
            RevisionEvent::ChangesRequested => (
                "Please change",
                format!(
                    "A network officer asks for changes in revision {number} of “{title}”. Change the text, then submit \
                     it again. Comments on single members of the text are with the revision."
                ),
            ),
            RevisionEvent::Approved => {
                ("Approved", format!("Revision {number} of “{title}” is approved. {}", when(about)))
            }
            RevisionEvent::Rejected => (
                "Rejected",
                format!(
                    "Revision {number} of “{title}” is rejected, so it will not be published. You can begin another \
                     revision."
                ),
            ),
            RevisionEvent::Published => ("Published", format!("Readers now see revision {number} of “{title}”.")),
            RevisionEvent::NotPublished => (
                "Not published",
                format!(
                    "Revision {number} of “{title}” was to be published now, and could not be. It waits for a network \
                     officer again."
                ),
            ),
            RevisionEvent::Commented => {
                ("Comment", format!("Somebody has commented on revision {number} of “{title}”."))
            }
        };
        let (label, words) = match event {
            RevisionEvent::Submitted => ("What changes and why, in the words of the authors:", &about.note),
            // On schedule, the reason is that of the approval, and its letter had it.
            RevisionEvent::Published if !is_by_somebody => ("", &None),
            RevisionEvent::Commented => ("The comment:", &comment),
            _ => ("The reason:", &about.reason),
        };
        let path = match event {
            RevisionEvent::Published => format!("/initiatives/{slug}"),
            _ => format!("/v1/initiatives/{slug}/revisions/{number}"),
        };
        let mut parts = vec![Part::Says(says)];
        if let Some(words) = words {
            parts.extend([Part::Says(label.into()), Part::Quotes(words.clone())]);
        }
        parts.push(Part::Link(self.address(&path)));
        Text::new(&format!("{subject}: {title}"), parts)
    }
}

/// The newest comment on a revision, after the member that it is about.
async fn last_comment(conn: &mut AsyncPgConnection, revision: Uuid) -> Result<Option<String>, ApiError> {
    let of = revision_comments::table.filter(revision_comments::revision_id.eq(revision));
    let newest =
        of.order(revision_comments::id.desc()).select((revision_comments::pointer, revision_comments::comment));
    let found: Option<(String, String)> = newest.first(conn).await.optional()?;
    Ok(found.map(|(pointer, comment)| match pointer.is_empty() {
        true => comment,
        false => format!("{pointer}: {comment}"),
    }))
}

fn when(about: &About) -> String {
    match about.publish_at {
        Some(at) => format!("It will be published on {}.", at.format("%-d %B %Y at %H:%M UTC")),
        None => "Readers see it when a network officer publishes it.".into(),
    }
}

/// E-mail addresses of those who hear of an event.
async fn recipients(
    conn: &mut AsyncPgConnection,
    event: RevisionEvent,
    about: &About,
    by: Option<Uuid>,
) -> Result<Vec<String>, ApiError> {
    const OFFICERS: [Role; 2] = [Role::Moderator, Role::NetworkAdmin];
    let reviewer = about.claimed_by.filter(|_| event == RevisionEvent::Commented);
    if reviewer.is_some() && reviewer == by {
        return Ok(Vec::new());
    }
    let authors: Vec<Uuid> = match event.is_for_authors() {
        true => about.writers.iter().copied().chain([about.submitted_by, reviewer]).flatten().collect(),
        false => Vec::new(),
    };
    let officers: &[Role] = if event.is_for_officers() { &OFFICERS } else { &[] };
    // Who has left the council no longer sees what it looks after.
    let is_author = users::id.eq_any(authors).and(
        users::role.eq_any(OFFICERS.map(Word)).or(users::role
            .eq_any([Role::Contributor, Role::CouncilEditor].map(Word))
            .and(users::council_id.is_not_distinct_from(about.steward))),
    );
    let is_officer = users::role.eq_any(officers.iter().map(|role| Word(*role)).collect::<Vec<_>>());
    let wanted = users::table
        .filter(users::status.eq(Word(UserStatus::Active)))
        .filter(users::id.ne_all(by))
        .filter(is_author.or(is_officer))
        .order(users::id)
        .select(users::email);
    Ok(wanted.load(conn).await?)
}
