//! Names of actions, and of the kinds of records that they are about.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    /// An admin had letters written about records that are due.
    #[serde(rename = "letter.write")]
    LetterWrite,
    /// A letter that had failed waits to be sent again.
    #[serde(rename = "letter.retry")]
    LetterRetry,
    /// A webhook was created.
    #[serde(rename = "webhook.create")]
    WebhookCreate,
    /// A webhook was changed.
    #[serde(rename = "webhook.update")]
    WebhookUpdate,
    /// A webhook got a new secret.
    #[serde(rename = "webhook.rotate")]
    WebhookRotate,
    /// The service switched a webhook off, because it is gone or had failed for days.
    #[serde(rename = "webhook.disable")]
    WebhookDisable,
    /// A test message to a webhook is to be sent.
    #[serde(rename = "webhook.test")]
    WebhookTest,
    /// A message to a webhook is to be sent again.
    #[serde(rename = "webhook.replay")]
    WebhookReplay,
    /// A webhook was deleted.
    #[serde(rename = "webhook.delete")]
    WebhookDelete,
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
    /// A webhook.
    Webhook,
    /// A sign-in.
    Session,
    /// A council's boundary.
    Boundary,
    /// The registry as a whole.
    Registry,
}
