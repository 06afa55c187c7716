//! Revision models.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::RevisionRow;
use super::workflow::{RevisionAction, RevisionState};
use crate::http::input::{Check, Faults};
use crate::http::response::Versioned;
use crate::registry::councils::model::CouncilRef;
use crate::registry::initiatives::answer::InitiativeRef;
use crate::registry::initiatives::model::NewInitiative;
use crate::registry::people::Person;
use crate::text::Line;

/// A revision of an initiative: one text, and where it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Revision {
    /// Id.
    pub id: Uuid,
    /// Number within the initiative, from 1.
    #[schema(example = 1, minimum = 1)]
    pub number: i32,
    /// The initiative.
    pub initiative: InitiativeRef,
    /// State.
    pub state: RevisionState,
    /// Where it stands, in plain words.
    #[schema(example = "Submitted on 3 November 2026. It waits for a network officer.")]
    pub stands: String,
    /// The text, as a body of `PUT /v1/initiatives/{initiative}`.
    #[schema(inline = false)]
    pub text: NewInitiative,
    /// Members of the text that differ from the published text. Empty for the published text, and if none is published.
    pub changed: Vec<String>,
    /// Members that somebody else has changed in the published text since, in another way. Send these members again
    /// before the revision can be published.
    pub conflicts: Vec<String>,
    /// What changes and why, in the words of the authors. Null for readers.
    #[schema(required)]
    pub note: Option<String>,
    /// Councils whose suggestions are in the text.
    pub credits: Vec<CouncilRef>,
    /// Users who wrote the text. Empty for readers.
    pub writers: Vec<Person>,
    /// User who submitted it. Null for readers.
    #[schema(required)]
    pub submitted_by: Option<Person>,
    /// When it was submitted.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Network officer who reviews it. Null for readers.
    #[schema(required)]
    pub claimed_by: Option<Person>,
    /// Network officer who decided last. Null for readers.
    #[schema(required)]
    pub decided_by: Option<Person>,
    /// Reason of the last decision. Null for readers.
    #[schema(required)]
    pub reason: Option<String>,
    /// When an approved revision is to be published. Null: when a network officer publishes it.
    #[schema(required)]
    pub publish_at: Option<DateTime<Utc>>,
    /// When readers first saw it.
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
    /// Comments, oldest first. Empty for readers.
    pub comments: Vec<Comment>,
    /// What you can do with it now.
    pub actions: Vec<RevisionAction>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// The row, for the next step.
    #[serde(skip)]
    #[schema(ignore)]
    pub row: RevisionRow,
    /// The initiative when this was read, for the audit trail.
    #[serde(skip)]
    #[schema(ignore)]
    pub record: RecordThen,
}

/// What the audit trail needs to know of the initiative of a revision.
#[derive(Clone, Debug)]
pub struct RecordThen {
    /// Address of the revision below that of the initiatives, such as `get-oldham-working/revisions/2`.
    pub name: String,
    /// Version of the initiative.
    pub version: i32,
    /// Council that looks after it.
    pub steward: Option<Uuid>,
}

impl Versioned for Revision {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A revision in a list, without its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionSummary {
    /// Number within the initiative, from 1.
    #[schema(example = 1, minimum = 1)]
    pub number: i32,
    /// State.
    pub state: RevisionState,
    /// Where it stands, in plain words.
    #[schema(example = "Published on 3 November 2026.")]
    pub stands: String,
    /// What changes and why, in the words of the authors. Null for readers.
    #[schema(required)]
    pub note: Option<String>,
    /// When readers first saw it.
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for RevisionSummary {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A comment on a field of a revision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Comment {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Member of the text: a JSON Pointer (RFC 6901). Empty: the whole text.
    #[schema(example = "/summary")]
    pub pointer: String,
    /// The comment, in plain text.
    #[schema(example = "Say how many people took part.")]
    pub comment: String,
    /// Who wrote it.
    pub author: Person,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// Who marked it as resolved.
    #[schema(required)]
    pub resolved_by: Option<Person>,
    /// When it was marked as resolved.
    #[schema(required)]
    pub resolved_at: Option<DateTime<Utc>>,
}

/// A revision to begin.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewRevision {
    /// What changes and why. Network officers read it.
    #[schema(example = "The scheme has ended, and the evaluation is out.")]
    pub note: Option<Line<1000>>,
    /// Number of a revision to restore: its text becomes that of the new one. Default: the published text.
    #[schema(minimum = 1, example = 1)]
    pub from: Option<i32>,
}

impl Check for NewRevision {
    const MAY_BE_ABSENT: bool = true;
}

/// A revision to hand to the network officers.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Submission {
    /// What changes and why. Replaces the note of before.
    #[schema(example = "The scheme has ended, and the evaluation is out.")]
    pub note: Option<Line<1000>>,
}

impl Check for Submission {
    const MAY_BE_ABSENT: bool = true;
}

/// A decision that the authors are to understand.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReasonedDecision {
    /// Reason. The authors see it.
    #[schema(required, example = "Please name a source for the number of jobs.")]
    pub reason: Line<2000>,
}

impl Check for ReasonedDecision {}

/// An approval.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Approval {
    /// Reason. The authors see it. Required of a network admin who wrote some of the text.
    #[schema(example = "Checked against the committee report.")]
    pub reason: Option<Line<2000>>,
}

impl Check for Approval {
    const MAY_BE_ABSENT: bool = true;
}

/// A publication.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Publication {
    /// Reason. The authors see it. Required of a network admin who wrote some of the text.
    #[schema(example = "Checked against the committee report.")]
    pub reason: Option<Line<2000>>,
    /// Why the initiative is published although a pre-election period holds publications of its council. Required then;
    /// kept with `reason`.
    #[schema(example = "The service closes next week, and residents need to know.")]
    pub despite_period: Option<Line<1000>>,
    /// When to publish (RFC 3339), within two years. Until then the revision is approved. Default: now.
    #[schema(example = "2027-05-07T09:00:00Z")]
    pub publish_at: Option<DateTime<Utc>>,
}

/// Longest time from the decision to the publication, in days.
const MOST_DAYS_AHEAD: i64 = 730;

impl Check for Publication {
    const MAY_BE_ABSENT: bool = true;

    fn check(&self, faults: &mut Faults) {
        let Some(at) = self.publish_at else { return };
        let ahead = at - Utc::now();
        if ahead <= chrono::TimeDelta::zero() {
            faults.add("/publish_at", "in_past", "is in the past; leave it out to publish now");
        } else if ahead.num_days() >= MOST_DAYS_AHEAD {
            faults.add("/publish_at", "too_late", "is more than two years ahead");
        }
    }
}

/// A comment to add.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewComment {
    /// Member of the text: a JSON Pointer (RFC 6901). Leave it out to comment on the whole text.
    #[schema(max_length = 200, pattern = "^(/([^/~]|~[01])*)*$", example = "/summary")]
    pub pointer: String,
    /// The comment, in plain text.
    #[schema(required, example = "Say how many people took part.")]
    pub comment: Line<2000>,
}

impl Check for NewComment {}
