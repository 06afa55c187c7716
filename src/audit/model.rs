//! Audit event models, and the names of actions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::page::Order;
use crate::http::response::Versioned;
use crate::registry::councils::model::CouncilRef;
use crate::registry::people::Person;

/// Action that an event records, such as `initiative.publish`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Action {
    /// A council was created.
    #[serde(rename = "council.create")]
    CouncilCreate,
    /// A council was changed or replaced.
    #[serde(rename = "council.update")]
    CouncilUpdate,
    /// A council was withdrawn.
    #[serde(rename = "council.withdraw")]
    CouncilWithdraw,
    /// A change of councils was recorded.
    #[serde(rename = "council_change.create")]
    CouncilChangeCreate,
    /// A change of councils was withdrawn.
    #[serde(rename = "council_change.withdraw")]
    CouncilChangeWithdraw,
    /// A membership was created.
    #[serde(rename = "membership.create")]
    MembershipCreate,
    /// A membership was changed.
    #[serde(rename = "membership.update")]
    MembershipUpdate,
    /// A membership has a new version because its organisation was merged.
    #[serde(rename = "membership.follow")]
    MembershipFollow,
    /// A membership was withdrawn.
    #[serde(rename = "membership.withdraw")]
    MembershipWithdraw,
    /// A recruitment record was created.
    #[serde(rename = "recruitment.create")]
    RecruitmentCreate,
    /// A recruitment record was changed.
    #[serde(rename = "recruitment.update")]
    RecruitmentUpdate,
    /// A recruitment record was deleted.
    #[serde(rename = "recruitment.delete")]
    RecruitmentDelete,
    /// A theme was created.
    #[serde(rename = "theme.create")]
    ThemeCreate,
    /// A theme was changed or replaced.
    #[serde(rename = "theme.update")]
    ThemeUpdate,
    /// A theme has a new version because another one was merged into it.
    #[serde(rename = "theme.follow")]
    ThemeFollow,
    /// A theme was withdrawn.
    #[serde(rename = "theme.withdraw")]
    ThemeWithdraw,
    /// Two events: one for the merged theme, one for the theme that it was merged into. Events for the initiatives and
    /// narrower themes that moved follow.
    #[serde(rename = "theme.merge")]
    ThemeMerge,
    /// An organisation was created.
    #[serde(rename = "organisation.create")]
    OrganisationCreate,
    /// A council proposed an organisation.
    #[serde(rename = "organisation.propose")]
    OrganisationPropose,
    /// A proposed organisation was accepted. Events for the initiatives that name it follow.
    #[serde(rename = "organisation.accept")]
    OrganisationAccept,
    /// An organisation was changed or replaced.
    #[serde(rename = "organisation.update")]
    OrganisationUpdate,
    /// An organisation was withdrawn.
    #[serde(rename = "organisation.withdraw")]
    OrganisationWithdraw,
    /// Two events: one for the merged organisation, one for the organisation that it was merged into. Events for the
    /// initiatives and memberships that moved follow.
    #[serde(rename = "organisation.merge")]
    OrganisationMerge,
    /// An initiative was created.
    #[serde(rename = "initiative.create")]
    InitiativeCreate,
    /// An initiative was changed or replaced.
    #[serde(rename = "initiative.update")]
    InitiativeUpdate,
    /// An initiative has a new version because a theme or an organisation was merged, or because the initiative that it
    /// is a component of changed. The actor did not write any of its text.
    #[serde(rename = "initiative.follow")]
    InitiativeFollow,
    /// An initiative was withdrawn, or deleted if it had only been a draft.
    #[serde(rename = "initiative.withdraw")]
    InitiativeWithdraw,
    /// An initiative was published, or a revision of it.
    #[serde(rename = "initiative.publish")]
    InitiativePublish,
    /// A revision of an initiative was approved, and is to be published later.
    #[serde(rename = "initiative.schedule")]
    InitiativeSchedule,
    /// An initiative was archived.
    #[serde(rename = "initiative.archive")]
    InitiativeArchive,
    /// An archived initiative was restored.
    #[serde(rename = "initiative.restore")]
    InitiativeRestore,
    /// An initiative was returned to draft.
    #[serde(rename = "initiative.unpublish")]
    InitiativeUnpublish,
    /// An initiative was confirmed as still true.
    #[serde(rename = "initiative.verify")]
    InitiativeVerify,
    /// A revision of an initiative was begun.
    #[serde(rename = "revision.create")]
    RevisionCreate,
    /// The text of a revision was changed or replaced.
    #[serde(rename = "revision.update")]
    RevisionUpdate,
    /// A revision was discarded by its authors.
    #[serde(rename = "revision.discard")]
    RevisionDiscard,
    /// A revision was submitted.
    #[serde(rename = "revision.submit")]
    RevisionSubmit,
    /// A submitted revision was withdrawn by its authors.
    #[serde(rename = "revision.withdraw")]
    RevisionWithdraw,
    /// A network officer began to review a revision.
    #[serde(rename = "revision.claim")]
    RevisionClaim,
    /// A network officer returned a revision to its authors.
    #[serde(rename = "revision.request_changes")]
    RevisionRequestChanges,
    /// A revision was approved.
    #[serde(rename = "revision.approve")]
    RevisionApprove,
    /// A revision was rejected.
    #[serde(rename = "revision.reject")]
    RevisionReject,
    /// Somebody commented on a revision.
    #[serde(rename = "revision.comment")]
    RevisionComment,
    /// A comment on a revision was resolved.
    #[serde(rename = "revision.resolve_comment")]
    RevisionResolveComment,
    /// An initiative was published in a pre-election period that holds publications, with a reason.
    #[serde(rename = "initiative.publish_in_period")]
    InitiativePublishInPeriod,
    /// A pre-election period was recorded.
    #[serde(rename = "pre_election_period.create")]
    PreElectionPeriodCreate,
    /// A pre-election period was changed.
    #[serde(rename = "pre_election_period.update")]
    PreElectionPeriodUpdate,
    /// A pre-election period was deleted.
    #[serde(rename = "pre_election_period.delete")]
    PreElectionPeriodDelete,
    /// Somebody suggested a change of an initiative.
    #[serde(rename = "suggestion.create")]
    SuggestionCreate,
    /// A suggestion was accepted, in whole or in part.
    #[serde(rename = "suggestion.accept")]
    SuggestionAccept,
    /// A suggestion was declined.
    #[serde(rename = "suggestion.decline")]
    SuggestionDecline,
    /// A suggestion was withdrawn by its author.
    #[serde(rename = "suggestion.withdraw")]
    SuggestionWithdraw,
    /// A release was made.
    #[serde(rename = "release.create")]
    ReleaseCreate,
    /// A release was withdrawn, and its file deleted.
    #[serde(rename = "release.withdraw")]
    ReleaseWithdraw,
    /// A user was created.
    #[serde(rename = "user.create")]
    UserCreate,
    /// A user was changed or replaced.
    #[serde(rename = "user.update")]
    UserUpdate,
    /// A user was disabled.
    #[serde(rename = "user.disable")]
    UserDisable,
    /// A password was set, by the user or by an admin.
    #[serde(rename = "user.set_password")]
    UserSetPassword,
    /// An officer viewed a user, including the e-mail address.
    #[serde(rename = "user.read")]
    UserRead,
    /// An officer viewed a page of users, including e-mail addresses.
    #[serde(rename = "user.list")]
    UserList,
    /// An API key was created.
    #[serde(rename = "api_key.create")]
    ApiKeyCreate,
    /// The name, origins or networks of an API key were changed.
    #[serde(rename = "api_key.update")]
    ApiKeyUpdate,
    /// The secret of an API key was rotated.
    #[serde(rename = "api_key.rotate")]
    ApiKeyRotate,
    /// An API key was revoked.
    #[serde(rename = "api_key.revoke")]
    ApiKeyRevoke,
    /// A granted API key was collected.
    #[serde(rename = "api_key.claim")]
    ApiKeyClaim,
    /// Somebody requested an API key.
    #[serde(rename = "key_request.create")]
    KeyRequestCreate,
    /// A request for an API key was granted.
    #[serde(rename = "key_request.grant")]
    KeyRequestGrant,
    /// A request for an API key was refused.
    #[serde(rename = "key_request.refuse")]
    KeyRequestRefuse,
    /// An officer viewed a request for an API key, including the e-mail address.
    #[serde(rename = "key_request.read")]
    KeyRequestRead,
    /// An officer viewed a page of requests for API keys, including e-mail addresses.
    #[serde(rename = "key_request.list")]
    KeyRequestList,
    /// An admin viewed a page of letters, including e-mail addresses.
    #[serde(rename = "letter.list")]
    LetterList,
    /// A letter that had failed waits to be sent again.
    #[serde(rename = "letter.retry")]
    LetterRetry,
    /// Somebody signed in.
    #[serde(rename = "session.begin")]
    SessionBegin,
    /// A refresh token was exchanged for new tokens.
    #[serde(rename = "session.refresh")]
    SessionRefresh,
    /// Somebody signed out. Without an actor: somebody used a refresh token twice.
    #[serde(rename = "session.end")]
    SessionEnd,
    /// Boundaries of councils were imported.
    #[serde(rename = "boundary.import")]
    BoundaryImport,
    /// Councils were imported. Each created or changed council also has its own event.
    #[serde(rename = "council.import")]
    CouncilImport,
    /// The sample registry was loaded.
    #[serde(rename = "sample.load")]
    SampleLoad,
    /// The trail continues with another signing key.
    #[serde(rename = "audit.adopt_key")]
    AuditAdoptKey,
}

/// Kind of record that an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// A council.
    Council,
    /// A change of councils.
    CouncilChange,
    /// A theme.
    Theme,
    /// An organisation.
    Organisation,
    /// An initiative.
    Initiative,
    /// A revision of an initiative.
    Revision,
    /// A suggestion to change an initiative.
    Suggestion,
    /// A pre-election period.
    PreElectionPeriod,
    /// A membership.
    Membership,
    /// A recruitment record.
    Recruitment,
    /// A release of the registry.
    Release,
    /// A user.
    User,
    /// An API key.
    ApiKey,
    /// A request for an API key.
    KeyRequest,
    /// A letter to somebody.
    Letter,
    /// A sign-in.
    Session,
    /// A council's boundary.
    Boundary,
    /// The registry as a whole.
    Registry,
}

/// Origin of an action: a request over HTTP (`request`), or the operator (`command_line`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A request over HTTP.
    Request,
    /// The operator, on the command line or by starting the service.
    CommandLine,
}

/// An event of the audit trail.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEvent {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// When the action took place.
    pub created_at: DateTime<Utc>,
    /// Origin of the action: a request, or the operator.
    #[schema(value_type = Origin)]
    pub origin: String,
    /// User who acted. Null on the command line, or if nobody had signed in.
    #[schema(required)]
    pub actor: Option<Person>,
    /// Id of the session that the actor used.
    #[schema(required)]
    pub session: Option<Uuid>,
    /// Id of the API key that the actor used.
    #[schema(required)]
    pub key: Option<Uuid>,
    /// IP address of the client. Shown to network admins only.
    #[schema(required, example = "192.0.2.17")]
    pub address: Option<String>,
    /// Action that was taken.
    #[schema(value_type = Action)]
    pub action: String,
    /// Record that the action was about.
    pub record: AuditedRecord,
    /// Council that the record belonged to at the time.
    #[schema(required)]
    pub council: Option<CouncilRef>,
    /// Version of the record before the action. Null if it did not exist. For a view, the version that was viewed.
    #[schema(required, example = 1)]
    pub version_before: Option<i32>,
    /// Version of the record after the action. Null if it can no longer be read. For a view, the version that was
    /// viewed.
    #[schema(required, example = 2)]
    pub version_after: Option<i32>,
    /// Id of the request (`X-Request-Id`), as in the log.
    #[schema(required, example = "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60")]
    pub request_id: Option<String>,
    /// Position in the chain of events. Shown to network admins only.
    #[schema(required)]
    pub chain: Option<ChainPlace>,
}

impl Versioned for AuditEvent {
    // Events never change.
    fn version(&self) -> i32 {
        1
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.created_at
    }
}

/// Record that an event is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditedRecord {
    /// Kind of record.
    #[schema(value_type = RecordKind)]
    pub resource: String,
    /// Id of the record. Null if the event is not about a single record.
    #[schema(required)]
    pub id: Option<Uuid>,
    /// Slug at the time of the event.
    #[schema(required, example = "get-oldham-working")]
    pub slug: Option<String>,
}

/// Position of an event in the chain. You can note it as an anchor for `ccin-registry audit verify --anchor`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainPlace {
    /// Position, from 1 without gaps.
    #[schema(example = 17, minimum = 1)]
    pub sequence: i64,
    /// SHA-256 hash, in hexadecimal. It covers the event and the hash of the event before.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub hash: String,
}

/// Sort order of the trail: newest first.
pub const ORDER: Order = Order::new("audit_events.sequence", "bigint", true);

/// Filters of the audit trail.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only actions of these users: ids.
    #[serde(default)]
    #[param(inline)]
    pub actor: Vec<Uuid>,
    /// Only actions with these API keys: ids.
    #[serde(default)]
    #[param(inline)]
    pub key: Vec<Uuid>,
    /// Only these actions.
    #[serde(default)]
    #[param(inline, example = json!(["initiative.publish"]))]
    pub action: Vec<Action>,
    /// Only actions on these kinds of record.
    #[serde(default)]
    #[param(inline, example = json!(["initiative"]))]
    pub resource: Vec<RecordKind>,
    /// Only actions on these records: ids.
    #[serde(default)]
    #[param(inline)]
    pub record: Vec<Uuid>,
    /// Only actions at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub since: Option<DateTime<Utc>>,
    /// Only actions before this time (RFC 3339).
    #[param(example = "2027-01-01T00:00:00Z")]
    pub until: Option<DateTime<Utc>>,
    /// Only actions of this request: its `X-Request-Id`.
    #[param(min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9._-]+$")]
    pub request_id: Option<String>,
    /// Events per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}
