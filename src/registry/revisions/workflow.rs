//! The workflow: states of a revision, actions, and the one table of what is allowed from where.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::enum_text::text;
use crate::error::ApiError;

/// Where a revision stands. `draft`: being written. `submitted`: waits for a network officer. `in_review`: a network
/// officer reviews it. `changes_requested`: the authors are to change it. `approved`: ready to be published. `rejected`:
/// will not be published. `discarded`: given up by its authors. `published`: what readers see. `superseded`: was
/// published, and a newer revision replaced it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevisionState {
    /// Being written.
    #[default]
    Draft,
    /// Waits for a network officer.
    Submitted,
    /// A network officer reviews it.
    InReview,
    /// The authors are to change it.
    ChangesRequested,
    /// Ready to be published.
    Approved,
    /// Will not be published.
    Rejected,
    /// Given up by its authors.
    Discarded,
    /// What readers see.
    Published,
    /// Was published, and a newer revision replaced it.
    Superseded,
}

impl RevisionState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::Submitted,
        Self::InReview,
        Self::ChangesRequested,
        Self::Approved,
        Self::Rejected,
        Self::Discarded,
        Self::Published,
        Self::Superseded,
    ];

    /// True for the text that readers see, and for those that they saw before.
    pub fn was_published(self) -> bool {
        matches!(self, Self::Published | Self::Superseded)
    }
}

/// What somebody can do with a revision. `edit`: change its text. `submit`: hand it to the network officers. `withdraw`:
/// take it back. `claim`: begin to review it. `request_changes`: return it to its authors. `approve`, `reject`: decide.
/// `publish`: show it to readers. `discard`: give it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevisionAction {
    /// Change its text.
    Edit,
    /// Hand it to the network officers.
    Submit,
    /// Take it back.
    Withdraw,
    /// Begin to review it.
    Claim,
    /// Return it to its authors.
    RequestChanges,
    /// Decide that it can be published.
    Approve,
    /// Decide that it will not be published.
    Reject,
    /// Show it to readers.
    Publish,
    /// Give it up.
    Discard,
}

/// Who may take an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Contributors and editors of the council that looks after the initiative, and network officers.
    Authors,
    /// Network officers.
    Officers,
}

/// An action, the states that it starts from, the state that it leads to, and who may take it.
pub type Rule = (RevisionAction, &'static [RevisionState], RevisionState, Who);

/// The whole workflow.
pub const RULES: [Rule; 9] = {
    use RevisionState::{Approved, ChangesRequested, Discarded, Draft, InReview, Published, Rejected, Submitted};
    [
        // Each edit leaves the state as it is.
        (RevisionAction::Edit, &[Draft, ChangesRequested], Draft, Who::Authors),
        (RevisionAction::Submit, &[Draft, ChangesRequested], Submitted, Who::Authors),
        (RevisionAction::Withdraw, &[Submitted, InReview, Approved], Draft, Who::Authors),
        (RevisionAction::Claim, &[Submitted, InReview], InReview, Who::Officers),
        (RevisionAction::RequestChanges, &[InReview, Approved], ChangesRequested, Who::Officers),
        (RevisionAction::Approve, &[InReview], Approved, Who::Officers),
        (RevisionAction::Reject, &[InReview], Rejected, Who::Officers),
        // Publishing what is not approved yet approves it too.
        (RevisionAction::Publish, &[Draft, Submitted, InReview, Approved], Published, Who::Officers),
        (RevisionAction::Discard, &[Draft, ChangesRequested], Discarded, Who::Authors),
    ]
};

impl RevisionAction {
    fn rule(self) -> Option<&'static Rule> {
        RULES.iter().find(|rule| rule.0 == self)
    }

    /// The state that it leads to.
    pub fn leads_to(self) -> RevisionState {
        self.rule().map_or(RevisionState::Draft, |rule| rule.2)
    }

    /// Actions that are allowed from a state.
    pub fn allowed(state: RevisionState, is_officer: bool) -> impl Iterator<Item = Self> {
        let may = move |who| is_officer || who == Who::Authors;
        RULES.iter().filter(move |(_, from, _, who)| from.contains(&state) && may(*who)).map(|rule| rule.0)
    }

    /// 409 that names the allowed actions, if this one is not allowed from this state.
    pub fn check(self, state: RevisionState, is_officer: bool) -> Result<(), ApiError> {
        if self.rule().is_some_and(|rule| rule.1.contains(&state)) {
            return Ok(());
        }
        let allowed: Vec<String> = Self::allowed(state, is_officer).map(|action| text(&action)).collect();
        let rest = match allowed.as_slice() {
            [] => "You can do nothing with it now.".to_owned(),
            words => format!("You can: {}.", words.join(", ")),
        };
        Err(ApiError::conflict(format!(
            "The action {} is not possible while the revision is {}. {rest}",
            text(&self),
            text(&state)
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_one_rule_and_leads_to_a_state_that_another_can_reach() {
        use RevisionAction::{Approve, Claim, Discard, Edit, Publish, Reject, RequestChanges, Submit, Withdraw};
        let actions = [Edit, Submit, Withdraw, Claim, RequestChanges, Approve, Reject, Publish, Discard];
        for action in actions {
            assert_eq!(RULES.iter().filter(|rule| rule.0 == action).count(), 1, "{action:?}");
        }
        for state in RevisionState::ALL {
            let is_reached = RULES.iter().any(|rule| rule.2 == state) || state == RevisionState::Superseded;
            assert!(is_reached, "{state:?}");
        }
    }

    #[test]
    fn a_refusal_names_what_the_caller_can_do() {
        let detail = |state, is_officer| RevisionAction::Submit.check(state, is_officer).unwrap_err().to_string();
        assert!(detail(RevisionState::Submitted, false).contains("You can: withdraw."));
        assert!(detail(RevisionState::Submitted, true).contains("You can: withdraw, claim, publish."));
        assert!(detail(RevisionState::Rejected, true).contains("nothing"));
    }
}
