//! Queries of one-time links.

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{DAYS, DueAnswerKind};
use crate::access::account::{Account, Credential, Standing};
use crate::access::role::Role;
use crate::access::scope::Scope;
use crate::accounts::users::model::UserStatus;
use crate::db::enum_text::Word;
use crate::db::schema::{due_link_records, due_links, users};
use crate::error::ApiError;

/// Role of those who get the letters: who may confirm the records of the council.
const RECIPIENT: Role = Role::CouncilEditor;

/// An editor who gets letters.
#[derive(Clone, Debug, Queryable)]
pub struct Editor {
    /// Id of the user.
    pub user: Uuid,
    /// Council of the user.
    pub council: Uuid,
    /// E-mail address.
    pub email: String,
}

impl Editor {
    /// The rights of the editor.
    pub fn account(&self, link: Uuid, address: Option<IpAddr>) -> Account {
        Account {
            user_id: self.user,
            credential: Credential::Link(link),
            scopes: [Scope::WriteInitiatives].into_iter().collect(),
            address,
            role: RECIPIENT,
            council_id: Some(self.council),
            standing: Standing { role: RECIPIENT, council_id: Some(self.council), proof: None },
        }
    }
}

/// Active editors of a council; `None`: of all councils. `quarter`: without those who have the letter of this quarter.
pub async fn editors(
    conn: &mut AsyncPgConnection,
    council: Option<Uuid>,
    quarter: Option<&str>,
) -> Result<Vec<Editor>, ApiError> {
    let mut wanted = users::table
        .filter(users::status.eq(Word(UserStatus::Active)))
        .filter(users::role.eq(Word(RECIPIENT)))
        .filter(users::council_id.is_not_null())
        .order(users::id)
        .select((users::id, users::council_id.assume_not_null(), users::email))
        .into_boxed();
    if let Some(council) = council {
        wanted = wanted.filter(users::council_id.eq(council));
    }
    if let Some(quarter) = quarter {
        let written = due_links::table.filter(due_links::quarter.eq(quarter.to_owned())).select(due_links::user_id);
        wanted = wanted.filter(users::id.ne_all(written));
    }
    Ok(wanted.load(conn).await?)
}

/// Adds a link for an editor, and ends older ones. False if the editor has the link of this quarter already.
pub async fn create(
    conn: &mut AsyncPgConnection,
    editor: &Editor,
    quarter: Option<&str>,
    hash: Vec<u8>,
    records: &[Uuid],
) -> Result<bool, ApiError> {
    let id = Uuid::now_v7();
    let added = diesel::insert_into(due_links::table)
        .values((
            due_links::id.eq(id),
            due_links::user_id.eq(editor.user),
            due_links::council_id.eq(editor.council),
            due_links::quarter.eq(quarter),
            due_links::secret_hash.eq(hash),
            due_links::expires_at.eq(Utc::now() + Duration::days(DAYS)),
        ))
        .on_conflict((due_links::user_id, due_links::quarter))
        .do_nothing()
        .execute(conn)
        .await?;
    if added == 0 {
        return Ok(false);
    }
    let older = due_links::table.filter(due_links::user_id.eq(editor.user)).filter(due_links::id.ne(id));
    diesel::update(older).set(due_links::secret_hash.eq(None::<Vec<u8>>)).execute(conn).await?;
    let row = |(place, initiative): (i32, &Uuid)| {
        (
            due_link_records::link_id.eq(id),
            due_link_records::initiative_id.eq(*initiative),
            due_link_records::place.eq(place),
        )
    };
    let rows: Vec<_> = (0..).zip(records).map(row).collect();
    diesel::insert_into(due_link_records::table).values(rows).execute(conn).await?;
    Ok(true)
}

/// A link that is good.
pub struct OpenLink {
    /// Id.
    pub id: Uuid,
    /// Its recipient.
    pub editor: Editor,
    /// Name of the recipient.
    pub name: Option<String>,
    /// End of the link.
    pub expires_at: DateTime<Utc>,
}

/// The link whose secret has this hash, if it is good: 404 if it has ended, or if its recipient is no longer an active
/// editor of the council.
pub async fn open(conn: &mut AsyncPgConnection, hash: &[u8]) -> Result<OpenLink, ApiError> {
    let good = due_links::table
        .inner_join(users::table)
        .filter(due_links::secret_hash.eq(hash))
        .filter(due_links::expires_at.gt(Utc::now()))
        .filter(users::status.eq(Word(UserStatus::Active)))
        .filter(users::role.eq(Word(RECIPIENT)))
        .filter(users::council_id.eq(due_links::council_id.nullable()))
        .select((due_links::id, (users::id, due_links::council_id, users::email), users::name, due_links::expires_at));
    let found: Option<(Uuid, Editor, Option<String>, DateTime<Utc>)> = good.first(conn).await.optional()?;
    let (id, editor, name, expires_at) = found.ok_or_else(|| {
        ApiError::not_found("link").with_detail(format!(
            "This link has ended. A link from a letter is good for {DAYS} days, or until a newer letter replaces it, \
             and only as long as you are an editor of the council. Sign in, or wait for the next letter."
        ))
    })?;
    Ok(OpenLink { id, editor, name, expires_at })
}

/// A record of a link, with the answer.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct LinkedRecord {
    /// The initiative.
    pub initiative: Uuid,
    /// The answer.
    pub answer: Option<Word<DueAnswerKind>>,
    /// When it was given.
    pub answered_at: Option<DateTime<Utc>>,
    /// Number of the revision that it went into.
    pub revision: Option<i32>,
}

type Columns = (
    due_link_records::initiative_id,
    due_link_records::answer,
    due_link_records::answered_at,
    due_link_records::revision,
);
const COLUMNS: Columns = (
    due_link_records::initiative_id,
    due_link_records::answer,
    due_link_records::answered_at,
    due_link_records::revision,
);

/// The records of a link, in the order of the letter.
pub async fn records(conn: &mut AsyncPgConnection, link: Uuid) -> Result<Vec<LinkedRecord>, ApiError> {
    let of = due_link_records::table.filter(due_link_records::link_id.eq(link)).order(due_link_records::place);
    Ok(of.select(COLUMNS).load(conn).await?)
}

/// A record of a link, locked until the end of the transaction; `None` if the link is not about it.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    link: Uuid,
    initiative: Uuid,
) -> Result<Option<LinkedRecord>, ApiError> {
    let one = due_link_records::table.find((link, initiative)).select(COLUMNS).for_update();
    Ok(one.first(conn).await.optional()?)
}

/// Records an answer. `revision`: number of the revision that it went into.
pub async fn answer(
    conn: &mut AsyncPgConnection,
    link: Uuid,
    initiative: Uuid,
    answer: DueAnswerKind,
    revision: Option<i32>,
) -> Result<(), ApiError> {
    let change = (
        due_link_records::answer.eq(Word(answer)),
        due_link_records::answered_at.eq(Utc::now()),
        due_link_records::revision.eq(revision),
    );
    diesel::update(due_link_records::table.find((link, initiative))).set(change).execute(conn).await?;
    Ok(())
}

/// Deletes links that ended a year ago, with their answers: what came of these stays with the records.
pub async fn forget_old(conn: &mut AsyncPgConnection) -> Result<(), ApiError> {
    let old = due_links::table.filter(due_links::expires_at.lt(Utc::now() - Duration::days(365)));
    diesel::delete(old).execute(conn).await?;
    Ok(())
}
