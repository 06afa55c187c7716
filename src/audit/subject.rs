//! Who did it and to what, as a write tells the trail.

use std::net::IpAddr;

use uuid::Uuid;

use super::model::{Origin, RecordKind};
use crate::access::account::{Account, Credential, Standing};
use crate::registry::councils::model::Council;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::themes::model::Theme;

/// Who did something, and where from.
#[derive(Clone, Copy, Debug)]
pub struct Actor {
    /// How it was done.
    pub origin: Origin,
    /// The user; `None` where nobody was signed in.
    pub user: Option<Uuid>,
    /// The session used.
    pub session: Option<Uuid>,
    /// The API key used.
    pub key: Option<Uuid>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
    /// What the user has to be still when the act is done; `None` where the act needs no rights.
    pub standing: Option<Standing>,
}

impl Actor {
    /// Whoever runs the service.
    pub const COMMAND_LINE: Self =
        Self { origin: Origin::CommandLine, user: None, session: None, key: None, address: None, standing: None };

    /// A user who signs in or refreshes, and is known by the session.
    pub fn in_session(user: Uuid, session: Uuid, address: Option<IpAddr>) -> Self {
        Self { user: Some(user), session: Some(session), ..Self::unknown(address) }
    }

    /// Somebody who is not signed in.
    pub fn unknown(address: Option<IpAddr>) -> Self {
        Self { origin: Origin::Request, address, ..Self::COMMAND_LINE }
    }
}

impl From<&Account> for Actor {
    fn from(account: &Account) -> Self {
        let (session, key) = named(account.credential);
        let standing = Some(account.standing);
        Self { user: Some(account.user_id), session, key, standing, ..Self::unknown(account.address) }
    }
}

/// How an event names a credential: as a session, or as an API key.
fn named(credential: Credential) -> (Option<Uuid>, Option<Uuid>) {
    match credential {
        Credential::Session(session) => (Some(session), None),
        Credential::Key(key) => (None, Some(key)),
        Credential::External => (None, None),
    }
}

/// What something was done to.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// What kind of record.
    pub kind: RecordKind,
    /// Its id.
    pub id: Option<Uuid>,
    /// Its slug.
    pub name: Option<&'a str>,
    /// Whose record it is.
    pub council: Option<Uuid>,
    /// Its version before; `None` when there was no record.
    pub before: Option<i32>,
    /// Its version after; `None` when it can no longer be read.
    pub after: Option<i32>,
}

/// A record that events are about.
pub trait Audited {
    /// The record as it stands, before and after.
    fn subject(&self) -> Subject<'_>;
}

impl<'a> Subject<'a> {
    /// A record that was entered.
    pub fn entered(record: &'a impl Audited) -> Self {
        Self { before: None, ..record.subject() }
    }

    /// A record that was read.
    pub fn read(record: &'a impl Audited) -> Self {
        record.subject()
    }

    /// A record that was changed. It counts as the council's whose it was: who gives a record away sees it go.
    pub fn changed(before: &'a impl Audited, after: &'a impl Audited) -> Self {
        let (was, is) = (before.subject(), after.subject());
        Self { before: was.before, council: was.council.or(is.council), ..is }
    }

    /// A record as it stands after one change, which raised its version by one.
    pub fn changed_once(after: &'a impl Audited) -> Self {
        let is = after.subject();
        Self { before: is.after.map(|version| version - 1), ..is }
    }

    /// A record that went.
    pub fn gone(record: &'a impl Audited) -> Self {
        Self { after: None, ..record.subject() }
    }

    /// A session of a user of this council.
    pub fn session(id: Uuid, council: Option<Uuid>) -> Self {
        Self { id: Some(id), council, ..Self::all(RecordKind::Session) }
    }

    /// No single record of this kind.
    pub fn all(kind: RecordKind) -> Self {
        Self { kind, id: None, name: None, council: None, before: None, after: None }
    }

    /// A record by its id, at a version, of no council.
    pub fn of(kind: RecordKind, id: Uuid, version: i32) -> Self {
        Self { id: Some(id), before: Some(version), after: Some(version), ..Self::all(kind) }
    }
}

impl Audited for Council {
    fn subject(&self) -> Subject<'_> {
        let subject = Subject::of(RecordKind::Council, self.id, self.version);
        Subject { name: Some(&self.slug), council: Some(self.id), ..subject }
    }
}

impl Audited for Theme {
    fn subject(&self) -> Subject<'_> {
        Subject { name: Some(&self.slug), ..Subject::of(RecordKind::Theme, self.id, self.version) }
    }
}

impl Audited for Initiative {
    fn subject(&self) -> Subject<'_> {
        let council = self.lead_council.as_ref().map(|council| council.id);
        let subject = Subject::of(RecordKind::Initiative, self.id, self.version);
        Subject { name: Some(&self.slug), council, ..subject }
    }
}
