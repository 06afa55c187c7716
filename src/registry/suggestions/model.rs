//! Suggestion models.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::operations::Operation;
use crate::access::account::Account;
use crate::db::enum_text::text;
use crate::error::ApiError;
use crate::http::input::{Check, Faults};
use crate::http::response::Versioned;
use crate::registry::councils::model::CouncilRef;
use crate::registry::initiatives::answer::InitiativeRef;
use crate::registry::people::Person;
use crate::text::{Line, Reference};

/// Where a suggestion stands. `open`: nobody has decided. `accepted`: all its changes were taken over into a revision.
/// `partly_accepted`: some were. `declined`: none were. `withdrawn`: its author has taken it back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionState {
    /// Nobody has decided.
    #[default]
    Open,
    /// All its changes were taken over into a revision.
    Accepted,
    /// Some of its changes were taken over into a revision.
    PartlyAccepted,
    /// None of its changes were taken over.
    Declined,
    /// Its author has taken it back.
    Withdrawn,
}

/// What somebody can do with an open suggestion. `accept`: take over all or some of its changes. `decline`: take over
/// none. `withdraw`: take it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionAction {
    /// Take over all or some of its changes.
    Accept,
    /// Take over none of its changes.
    Decline,
    /// Take it back.
    Withdraw,
}

/// A change of an initiative that somebody proposes to the council that looks after it.
// `Suggestion` is what `GET /v1/suggest` answers with.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SuggestedChange)]
pub struct Suggestion {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// The initiative.
    pub initiative: InitiativeRef,
    /// Council that looks after the initiative, and decides. Null: the network.
    #[schema(required)]
    pub council: Option<CouncilRef>,
    /// State.
    pub state: SuggestionState,
    /// Where it stands, in plain words.
    #[schema(example = "Open. The council that looks after the initiative decides.")]
    pub stands: String,
    /// Reason of the author.
    #[schema(example = "The scheme ended in March 2026: see the council's report.")]
    pub reason: String,
    /// The changes of the published text, as a JSON Patch (RFC 6902).
    pub operations: Vec<Operation>,
    /// The changes in words, one line for each member.
    #[schema(example = json!(["title: “Smart York” is now “Smarter York”"]))]
    pub in_words: Vec<String>,
    /// Members of the text that somebody has changed since the suggestion was made. Changes of them cannot be accepted.
    pub outdated: Vec<String>,
    /// User who suggests it.
    pub author: Person,
    /// Council of that user at the time. Null: of none.
    #[schema(required)]
    pub author_council: Option<CouncilRef>,
    /// Positions of the operations that were accepted, from 0.
    pub accepted: Vec<i32>,
    /// Number of the initiative's revision that the accepted changes went into.
    #[schema(required, minimum = 1)]
    pub revision: Option<i32>,
    /// User who decided.
    #[schema(required)]
    pub decided_by: Option<Person>,
    /// When it was decided or withdrawn.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Answer to the author.
    #[schema(required)]
    pub reply: Option<String>,
    /// What you can do with it now.
    pub actions: Vec<SuggestionAction>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// The members of the text that it touches, as its author saw them.
    #[serde(skip)]
    #[schema(ignore)]
    pub base: Value,
    /// The revision, for the audit trail.
    #[serde(skip)]
    #[schema(ignore)]
    pub taken_into: Option<TakenInto>,
}

/// The revision that a suggestion went into.
#[derive(Clone, Debug)]
pub struct TakenInto {
    /// Id.
    pub id: Uuid,
    /// Version.
    pub version: i32,
    /// Address below that of the initiatives, such as `get-oldham-working/revisions/2`.
    pub name: String,
}

impl Versioned for Suggestion {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

impl Suggestion {
    /// Names what this account can do with it now.
    pub fn with_actions(mut self, account: &Account) -> Self {
        let all = [SuggestionAction::Accept, SuggestionAction::Decline, SuggestionAction::Withdraw];
        self.actions = all.into_iter().filter(|action| self.check(*action, account).is_ok()).collect();
        self
    }

    /// Id of the council that decides; `None`: network officers.
    pub fn steward(&self) -> Option<Uuid> {
        self.council.as_ref().map(|council| council.id)
    }

    /// Refuses an action: 403 if it is never this account's, 409 if the suggestion is no longer open.
    pub fn check(&self, action: SuggestionAction, account: &Account) -> Result<(), ApiError> {
        let is_own = self.author.id == account.user_id;
        match action {
            SuggestionAction::Withdraw if !is_own => {
                return Err(ApiError::forbidden("Only the author of a suggestion can withdraw it."));
            }
            SuggestionAction::Accept | SuggestionAction::Decline if !decides(account, self.steward()) => {
                return Err(ApiError::forbidden(
                    "Your council does not look after this initiative. Only its `steward` can decide on suggestions.",
                ));
            }
            _ => {}
        }
        if self.state != SuggestionState::Open {
            let state = text(&self.state).replace('_', " ");
            return Err(ApiError::conflict(format!("This suggestion is {state}. You can do nothing with it now.")));
        }
        Ok(())
    }
}

/// True if the account decides on suggestions for what this council looks after.
fn decides(account: &Account, steward: Option<Uuid>) -> bool {
    account.role.is_author() && account.bound_to().is_none_or(|own| steward == Some(own))
}

/// A suggestion to make.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewSuggestion {
    /// The initiative to change: slug or id.
    #[schema(required, example = "get-oldham-working")]
    pub initiative: Reference,
    /// Reason, such as where the new fact stands. The council that decides reads it.
    #[schema(required, example = "The scheme ended in March 2026: see the council's report.")]
    pub reason: Line<2000>,
    /// The changes, as a JSON Patch (RFC 6902). The paths are those of `text` in the published revision:
    /// `GET /v1/initiatives/{initiative}/revisions`.
    #[schema(required, min_items = 1, max_items = 50, example = json!([{ "op": "replace", "path": "/delivery_status", "value": "completed" }]))]
    pub operations: Vec<Operation>,
}

impl Check for NewSuggestion {
    fn check(&self, faults: &mut Faults) {
        for (index, operation) in self.operations.iter().enumerate() {
            operation.check(&format!("/operations/{index}"), faults);
        }
    }
}

/// An acceptance.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Acceptance {
    /// Positions of the operations to take over, from 0. Default: all.
    #[schema(min_items = 1, max_items = 50, example = json!([0]))]
    pub operations: Option<Vec<u16>>,
    /// Answer to the author.
    #[schema(example = "Thank you. We found the same in our own report.")]
    pub reply: Option<Line<2000>>,
}

impl Check for Acceptance {
    const MAY_BE_ABSENT: bool = true;
}

/// A refusal of a suggestion.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SuggestionRefusal {
    /// Answer to the author: why not.
    #[schema(required, example = "The report counts another ward. Our number is right.")]
    pub reply: Line<2000>,
}

impl Check for SuggestionRefusal {}

/// Filters of a list of suggestions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuggestionsQuery {
    /// Only suggestions in these states. Default: all.
    #[serde(default)]
    #[param(inline, example = json!(["open"]))]
    pub state: Vec<SuggestionState>,
    /// Only suggestions for this initiative: slug or id.
    #[param(inline, example = "get-oldham-working")]
    pub initiative: Option<Reference>,
    /// Only initiatives that these councils look after: slug, id or GSS code.
    #[serde(default)]
    #[param(inline, example = json!(["oldham"]))]
    pub council: Vec<Reference>,
    /// `true`: only suggestions that you made. `false`: only those that others made.
    pub mine: Option<bool>,
    /// Suggestions per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}
