//! Events as they are answered, and the words that they are told in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::page::Order;
use crate::http::response::Resource;
use crate::registry::councils::model::CouncilRef;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Action {
    /// A council was entered.
    #[serde(rename = "council.create")]
    CouncilCreate,
    /// A council was changed or replaced.
    #[serde(rename = "council.update")]
    CouncilUpdate,
    /// A council was withdrawn.
    #[serde(rename = "council.withdraw")]
    CouncilWithdraw,
    /// A theme was entered.
    #[serde(rename = "theme.create")]
    ThemeCreate,
    /// A theme was changed or replaced.
    #[serde(rename = "theme.update")]
    ThemeUpdate,
    /// A theme has a new version because another one was merged.
    #[serde(rename = "theme.follow")]
    ThemeFollow,
    /// A theme was withdrawn.
    #[serde(rename = "theme.withdraw")]
    ThemeWithdraw,
    /// Two events: the theme that was merged into another, and the one that took it over. The initiatives and narrower
    /// themes that moved follow.
    #[serde(rename = "theme.merge")]
    ThemeMerge,
    /// An initiative was entered.
    #[serde(rename = "initiative.create")]
    InitiativeCreate,
    /// An initiative was changed or replaced.
    #[serde(rename = "initiative.update")]
    InitiativeUpdate,
    /// An initiative has a new version because a theme was merged, or because the bundle that it is part of was changed: not a
    /// word of it is by the actor.
    #[serde(rename = "initiative.follow")]
    InitiativeFollow,
    /// An initiative was withdrawn or, as a mere draft, deleted.
    #[serde(rename = "initiative.withdraw")]
    InitiativeWithdraw,
    /// An initiative was published.
    #[serde(rename = "initiative.publish")]
    InitiativePublish,
    /// An initiative was taken back to draft.
    #[serde(rename = "initiative.unpublish")]
    InitiativeUnpublish,
    /// A user was entered.
    #[serde(rename = "user.create")]
    UserCreate,
    /// A user was changed or replaced.
    #[serde(rename = "user.update")]
    UserUpdate,
    /// A user was disabled.
    #[serde(rename = "user.disable")]
    UserDisable,
    /// A password was set, by the user or for the user.
    #[serde(rename = "user.set_password")]
    UserSetPassword,
    /// An officer read a user, e-mail address and all.
    #[serde(rename = "user.read")]
    UserRead,
    /// An officer read a page of users, e-mail addresses and all.
    #[serde(rename = "user.list")]
    UserList,
    /// An API key was made.
    #[serde(rename = "api_key.create")]
    ApiKeyCreate,
    /// Name, origins or networks of an API key were changed.
    #[serde(rename = "api_key.update")]
    ApiKeyUpdate,
    /// An API key was given a new secret.
    #[serde(rename = "api_key.rotate")]
    ApiKeyRotate,
    /// An API key was revoked.
    #[serde(rename = "api_key.revoke")]
    ApiKeyRevoke,
    /// A granted API key was fetched.
    #[serde(rename = "api_key.claim")]
    ApiKeyClaim,
    /// Somebody asked for an API key.
    #[serde(rename = "key_request.create")]
    KeyRequestCreate,
    /// A request for an API key was granted.
    #[serde(rename = "key_request.grant")]
    KeyRequestGrant,
    /// A request for an API key was refused.
    #[serde(rename = "key_request.refuse")]
    KeyRequestRefuse,
    /// An officer read a request for an API key, e-mail address and all.
    #[serde(rename = "key_request.read")]
    KeyRequestRead,
    /// An officer read a page of requests for API keys, e-mail addresses and all.
    #[serde(rename = "key_request.list")]
    KeyRequestList,
    /// Somebody signed in.
    #[serde(rename = "session.begin")]
    SessionBegin,
    /// A refresh token was exchanged for new tokens.
    #[serde(rename = "session.refresh")]
    SessionRefresh,
    /// Somebody signed out or, with no actor, a refresh token was used twice.
    #[serde(rename = "session.end")]
    SessionEnd,
    /// Boundaries of councils were imported.
    #[serde(rename = "boundary.import")]
    BoundaryImport,
    /// Councils were imported; those that were entered or changed have events of their own besides.
    #[serde(rename = "council.import")]
    CouncilImport,
    /// The sample registry was loaded.
    #[serde(rename = "sample.load")]
    SampleLoad,
    /// The trail goes on with another signing key.
    #[serde(rename = "audit.adopt_key")]
    AuditAdoptKey,
}

/// What kind of record something was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// A council.
    Council,
    /// A theme.
    Theme,
    /// An initiative.
    Initiative,
    /// A user.
    User,
    /// An API key.
    ApiKey,
    /// A request for an API key.
    KeyRequest,
    /// A sign-in.
    Session,
    /// A council's boundary.
    Boundary,
    /// The registry as a whole.
    Registry,
}

/// How something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// By a request over HTTP.
    Request,
    /// By whoever runs the service, on the command line or by starting it.
    CommandLine,
}

/// An event of the audit trail.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEvent {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// When it was done.
    pub created_at: DateTime<Utc>,
    /// How it was done.
    #[schema(value_type = Origin)]
    pub origin: String,
    /// Who did it; null on the command line, and where nobody was signed in.
    #[schema(required)]
    pub actor: Option<ActorRef>,
    /// The session that the actor used.
    #[schema(required)]
    pub session: Option<Uuid>,
    /// The API key that the actor used.
    #[schema(required)]
    pub key: Option<Uuid>,
    /// IP address of the client; shown to network admins.
    #[schema(required, example = "192.0.2.17")]
    pub address: Option<String>,
    /// What was done.
    #[schema(value_type = Action)]
    pub action: String,
    /// To which record.
    pub record: AuditedRecord,
    /// Whose record it was at the time.
    #[schema(required)]
    pub council: Option<CouncilRef>,
    /// Version of the record before; null when there was none. Of a reading: the version that was read, twice.
    #[schema(required, example = 1)]
    pub version_before: Option<i32>,
    /// Version of the record after; null when it can no longer be read.
    #[schema(required, example = 2)]
    pub version_after: Option<i32>,
    /// `X-Request-Id` of the request, as in the log.
    #[schema(required, example = "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60")]
    pub request_id: Option<String>,
    /// Place in the chain of events; shown to network admins.
    #[schema(required)]
    pub chain: Option<ChainPlace>,
}

impl Resource for AuditEvent {
    // An event never changes.
    fn version(&self) -> i32 {
        1
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.created_at
    }
}

/// Who did something. Without the e-mail address, which is a contact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActorRef {
    /// Id of the user.
    pub id: Uuid,
    /// Name, as it is now.
    #[schema(required)]
    pub name: Option<String>,
}

/// The record that something was done to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditedRecord {
    /// What kind of record.
    #[schema(value_type = RecordKind)]
    pub resource: String,
    /// Id; null where it was no single record.
    #[schema(required)]
    pub id: Option<Uuid>,
    /// Slug at the time.
    #[schema(required, example = "get-oldham-working")]
    pub slug: Option<String>,
}

/// Where an event stands in the chain. Kept elsewhere, it is an anchor for `ccin-registry audit verify --anchor`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainPlace {
    /// From 1, without gaps.
    #[schema(example = 17, minimum = 1)]
    pub sequence: i64,
    /// SHA-256 of the event and the hash of the one before, in hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub hash: String,
}

/// Newest first.
pub const ORDER: Order = Order::new("audit_events.sequence", "bigint", true);

/// Filters of the audit trail.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only what one of these users did: ids.
    #[serde(default)]
    #[param(inline)]
    pub actor: Vec<Uuid>,
    /// Only what was done with one of these API keys: ids.
    #[serde(default)]
    #[param(inline)]
    pub key: Vec<Uuid>,
    /// Only these actions.
    #[serde(default)]
    #[param(inline, example = json!(["initiative.publish"]))]
    pub action: Vec<Action>,
    /// Only what was done to records of these kinds.
    #[serde(default)]
    #[param(inline, example = json!(["initiative"]))]
    pub resource: Vec<RecordKind>,
    /// Only what was done to one of these records: ids.
    #[serde(default)]
    #[param(inline)]
    pub record: Vec<Uuid>,
    /// Only what was done at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub since: Option<DateTime<Utc>>,
    /// Only what was done before this time (RFC 3339).
    #[param(example = "2027-01-01T00:00:00Z")]
    pub until: Option<DateTime<Utc>>,
    /// Only what this request did: its `X-Request-Id`.
    #[param(min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9._-]+$")]
    pub request_id: Option<String>,
    /// Rows on a page: 1 to 200, default 20; more is clamped to 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// From `next` or `prev` of an earlier page.
    pub cursor: Option<String>,
}
