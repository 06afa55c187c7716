//! Actors and subjects of audit events.

use std::net::IpAddr;

use uuid::Uuid;

use super::action::RecordKind;
use super::model::Origin;
use crate::access::account::{Account, Credential, Standing};
use crate::registry::council_changes::model::CouncilChange;
use crate::registry::councils::model::Council;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::memberships::model::Membership;
use crate::registry::organisations::model::Organisation;
use crate::registry::pre_election::model::PreElectionPeriod;
use crate::registry::recruitment::model::Recruitment;
use crate::registry::releases::model::Release;
use crate::registry::revisions::model::Revision;
use crate::registry::suggestions::model::Suggestion;
use crate::registry::themes::model::Theme;

/// The actor of an event.
#[derive(Clone, Copy, Debug)]
pub struct Actor {
    /// Origin of the action.
    pub origin: Origin,
    /// Id of the user; `None` if nobody had signed in.
    pub user: Option<Uuid>,
    /// Id of the session.
    pub session: Option<Uuid>,
    /// Id of the API key.
    pub key: Option<Uuid>,
    /// Address that the request came from.
    pub address: Option<IpAddr>,
    /// Rights that the user must still have when the event is written; `None` if the action needs no rights.
    pub standing: Option<Standing>,
}

impl Actor {
    /// The operator of the service.
    pub const COMMAND_LINE: Self =
        Self { origin: Origin::CommandLine, user: None, session: None, key: None, address: None, standing: None };

    /// A user who is signing in or refreshing, identified by the session.
    pub fn in_session(user: Uuid, session: Uuid, address: Option<IpAddr>) -> Self {
        Self { user: Some(user), session: Some(session), ..Self::unknown(address) }
    }

    /// Somebody who has not signed in.
    pub fn unknown(address: Option<IpAddr>) -> Self {
        Self { origin: Origin::Request, address, ..Self::COMMAND_LINE }
    }
}

impl From<&Account> for Actor {
    fn from(account: &Account) -> Self {
        let (session, key) = named(account.credential);
        let standing = Some(account.standing);
        let origin = match account.credential {
            Credential::Link(_) => Origin::OneTimeLink,
            _ => Origin::Request,
        };
        Self { origin, user: Some(account.user_id), session, key, standing, ..Self::unknown(account.address) }
    }
}

/// Session id or API key id of a credential.
fn named(credential: Credential) -> (Option<Uuid>, Option<Uuid>) {
    match credential {
        Credential::Session(session) => (Some(session), None),
        Credential::Key(key) => (None, Some(key)),
        Credential::External | Credential::Link(_) => (None, None),
    }
}

/// The record that an event is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Kind of record.
    pub kind: RecordKind,
    /// Id of the record.
    pub id: Option<Uuid>,
    /// Slug of the record.
    pub name: Option<&'a str>,
    /// Council that the record belongs to.
    pub council: Option<Uuid>,
    /// Version before the action; `None` if there was no record.
    pub before: Option<i32>,
    /// Version after the action; `None` if it can no longer be read.
    pub after: Option<i32>,
}

/// A record that events can be about.
pub trait Audited {
    /// The record in its current version, as the version both before and after.
    fn subject(&self) -> Subject<'_>;
}

impl<'a> Subject<'a> {
    /// A record that was created.
    pub fn entered(record: &'a impl Audited) -> Self {
        Self { before: None, ..record.subject() }
    }

    /// A record that was viewed.
    pub fn read(record: &'a impl Audited) -> Self {
        record.subject()
    }

    /// A record that was changed. The event belongs to the record's former council, so that a council sees when it
    /// loses one.
    pub fn changed(before: &'a impl Audited, after: &'a impl Audited) -> Self {
        let (was, is) = (before.subject(), after.subject());
        Self { before: was.before, council: was.council.or(is.council), ..is }
    }

    /// A record after a single change, which increased its version by one.
    pub fn changed_once(after: &'a impl Audited) -> Self {
        let is = after.subject();
        Self { before: is.after.map(|version| version - 1), ..is }
    }

    /// A record before a change of another one, which increased its version by one.
    pub fn followed(before: &'a impl Audited) -> Self {
        let was = before.subject();
        Self { after: was.before.map(|version| version + 1), ..was }
    }

    /// A record that was removed.
    pub fn gone(record: &'a impl Audited) -> Self {
        Self { after: None, ..record.subject() }
    }

    /// Names the record in its address: the slug, or the id of a record without one.
    pub fn segment(&self) -> String {
        self.name.map_or_else(|| self.id.unwrap_or_default().to_string(), str::to_owned)
    }

    /// A session of a user of this council.
    pub fn session(id: Uuid, council: Option<Uuid>) -> Self {
        Self { id: Some(id), council, ..Self::all(RecordKind::Session) }
    }

    /// All records of a kind, or none in particular.
    pub fn all(kind: RecordKind) -> Self {
        Self { kind, id: None, name: None, council: None, before: None, after: None }
    }

    /// A record without a council, by id and version.
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

impl Audited for CouncilChange {
    fn subject(&self) -> Subject<'_> {
        Subject::of(RecordKind::CouncilChange, self.id, self.version)
    }
}

impl Audited for Membership {
    fn subject(&self) -> Subject<'_> {
        let subject = Subject::of(RecordKind::Membership, self.id, self.version);
        Subject { council: self.member.council_id(), ..subject }
    }
}

// Without its council: people of that council can see the events of their council.
impl Audited for Recruitment {
    fn subject(&self) -> Subject<'_> {
        Subject::of(RecordKind::Recruitment, self.id, self.version)
    }
}

impl Audited for Release {
    fn subject(&self) -> Subject<'_> {
        Subject { name: Some(&self.name), ..Subject::of(RecordKind::Release, self.id, self.version) }
    }
}

impl Audited for Theme {
    fn subject(&self) -> Subject<'_> {
        Subject { name: Some(&self.slug), ..Subject::of(RecordKind::Theme, self.id, self.version) }
    }
}

// A proposal belongs to the council that proposes it, an accepted organisation to none: not to its owner either, whose
// people can see the events of their council.
impl Audited for Organisation {
    fn subject(&self) -> Subject<'_> {
        let subject = Subject::of(RecordKind::Organisation, self.id, self.version);
        Subject { name: Some(&self.slug), council: self.proposer(), ..subject }
    }
}

impl Audited for Initiative {
    fn subject(&self) -> Subject<'_> {
        let council = self.steward.council.as_ref().map(|council| council.id);
        let subject = Subject::of(RecordKind::Initiative, self.id, self.version);
        Subject { name: Some(&self.slug), council, ..subject }
    }
}

impl Audited for Revision {
    fn subject(&self) -> Subject<'_> {
        let subject = Subject::of(RecordKind::Revision, self.id, self.version);
        Subject { name: Some(&self.record.name), council: self.record.steward, ..subject }
    }
}

impl Audited for Suggestion {
    fn subject(&self) -> Subject<'_> {
        let subject = Subject::of(RecordKind::Suggestion, self.id, self.version);
        Subject { council: self.steward(), ..subject }
    }
}

impl Audited for PreElectionPeriod {
    fn subject(&self) -> Subject<'_> {
        let council = self.council.as_ref().map(|council| council.id);
        Subject { council, ..Subject::of(RecordKind::PreElectionPeriod, self.id, self.version) }
    }
}
