//! Models of one-time links: what a link asks, and the answers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::db::enum_text::text;
use crate::http::input::{Check, Faults};
use crate::registry::councils::model::CouncilRef;
use crate::registry::initiatives::answer::InitiativeRef;
use crate::registry::initiatives::freshness::Freshness;
use crate::text::dates::{in_words, is_after};
use crate::text::{Line, PartialDate, Reference};

/// Days for which a link is good.
pub const DAYS: i64 = 30;
/// Most records that a letter asks about.
pub const MOST_RECORDS: usize = 20;

/// The secret of a one-time link.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DueLinkSecret {
    /// Last part of the link in the letter.
    #[schema(required, min_length = 53, max_length = 53, pattern = "^ccin_link_[A-Za-z0-9_-]{43}$")]
    pub token: String,
}

impl Check for DueLinkSecret {}

/// What the council says of a record. `still_true`: it is correct, which confirms it. `changed`: something in it is no
/// longer true. `ended`: the initiative has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DueAnswerKind {
    /// The record is correct.
    #[default]
    StillTrue,
    /// Something in the record is no longer true.
    Changed,
    /// The initiative has ended.
    Ended,
}

/// How an initiative ended. `completed`: as planned. `stopped`: before it was complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DueEnding {
    /// As planned.
    #[default]
    Completed,
    /// Before it was complete.
    Stopped,
}

/// An answer about one record.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DueAnswer {
    /// Last part of the link in the letter.
    #[schema(required, min_length = 53, max_length = 53, pattern = "^ccin_link_[A-Za-z0-9_-]{43}$")]
    pub token: String,
    /// The initiative: slug or id.
    #[schema(required, example = "get-oldham-working")]
    pub initiative: Reference,
    /// Version of the record that you looked at.
    #[schema(required, minimum = 1, example = 1)]
    pub version: i32,
    /// Your answer.
    #[schema(required)]
    pub answer: DueAnswerKind,
    /// What has changed, or a note on the end. Required for `changed`.
    #[schema(example = "It now runs in all wards of the borough.")]
    pub text: Option<Line<800>>,
    /// New start date. Only for `changed`.
    pub started_on: Option<PartialDate>,
    /// For `ended`: when it ended; default: today. For `changed`: new end date.
    pub ended_on: Option<PartialDate>,
    /// For `ended`: how it ended. Default: `completed`.
    pub delivery_status: Option<DueEnding>,
}

impl Check for DueAnswer {
    fn check(&self, faults: &mut Faults) {
        let (is_changed, is_ended) = (self.answer == DueAnswerKind::Changed, self.answer == DueAnswerKind::Ended);
        let members = [
            ("/text", self.text.is_some(), is_changed || is_ended),
            ("/started_on", self.started_on.is_some(), is_changed),
            ("/ended_on", self.ended_on.is_some(), is_changed || is_ended),
            ("/delivery_status", self.delivery_status.is_some(), is_ended),
        ];
        for (pointer, _, _) in members.into_iter().filter(|(_, is_sent, is_taken)| *is_sent && !is_taken) {
            faults.add(pointer, "not_allowed", format!("is not allowed with the answer {}", text(&self.answer)));
        }
        if is_changed && self.text.is_none() && !faults.know("/text") {
            faults.add("/text", "required", "is missing; say what has changed");
        }
        let is_ahead = |date: &PartialDate| is_after(date, Utc::now().date_naive());
        if is_ended && self.ended_on.as_ref().is_some_and(is_ahead) {
            faults.add("/ended_on", "in_future", "is in the future; answer when the initiative has ended");
        }
    }
}

impl DueAnswer {
    /// The change of the record's text that the answer makes, as a merge patch (RFC 7396).
    pub fn patch(&self, today: NaiveDate) -> Value {
        let mut patch = Map::new();
        let mut set = |name: &str, date: &Option<PartialDate>| {
            if let Some(date) = date {
                patch.insert(name.into(), Value::from(&**date));
            }
        };
        set("started_on", &self.started_on);
        set("ended_on", &self.ended_on);
        if self.answer == DueAnswerKind::Ended {
            patch.entry("ended_on").or_insert_with(|| json!(today));
            patch.insert("delivery_status".into(), json!(self.delivery_status.unwrap_or_default()));
            patch.insert("status_as_at".into(), json!(today));
        }
        Value::Object(patch)
    }

    /// The answer in words, for whoever works on the record.
    pub fn words(&self, today: NaiveDate) -> String {
        let date = |name, date: &Option<PartialDate>| date.as_ref().map(|date| format!("{name}: {}.", in_words(date)));
        let dates = match self.answer {
            DueAnswerKind::Ended => {
                let ended = self.ended_on.as_deref().map_or_else(|| in_words(&today.to_string()), in_words);
                [Some(format!("It ended: {ended} ({}).", text(&self.delivery_status.unwrap_or_default()))), None]
            }
            _ => [date("Start", &self.started_on), date("End", &self.ended_on)],
        };
        let said = self.text.as_deref().map(str::to_owned);
        said.into_iter().chain(dates.into_iter().flatten()).collect::<Vec<_>>().join(" ")
    }
}

/// What a one-time link asks about.
#[derive(Debug, Serialize, ToSchema)]
pub struct DueLink {
    /// The council.
    pub council: CouncilRef,
    /// Name of the recipient.
    #[schema(required)]
    pub recipient: Option<String>,
    /// End of the link.
    pub expires_at: DateTime<Utc>,
    /// The records, the longest overdue first. A record that the council no longer looks after is left out.
    pub records: Vec<DueLinkRecord>,
}

/// A record that a one-time link asks about.
#[derive(Debug, Serialize, ToSchema)]
pub struct DueLinkRecord {
    /// The initiative.
    pub initiative: InitiativeRef,
    /// Version of the record. Send it with your answer.
    #[schema(example = 1)]
    pub version: i32,
    /// The summary of the record.
    pub summary: String,
    /// The delivery status in words, with its date.
    #[schema(example = "Running, as of December 2013; not confirmed since")]
    pub status_text: String,
    /// What the last confirmation is worth today.
    pub freshness: Freshness,
    /// The same in words, with its dates.
    #[schema(example = "Confirmed by the council on 2 March 2025; due for review since 2 March 2026")]
    pub why: String,
    /// The answer that was given with this link. Null: none yet.
    #[schema(required)]
    pub answer: Option<DueAnswerKind>,
    /// When it was given.
    #[schema(required)]
    pub answered_at: Option<DateTime<Utc>>,
    /// Number of the initiative's revision that the answer went into.
    #[schema(required, minimum = 1)]
    pub revision: Option<i32>,
}

/// Letters that were written.
#[derive(Debug, Serialize, ToSchema)]
pub struct DueLetters {
    /// Number of letters, one for each editor of the council with something to check.
    #[schema(minimum = 0, example = 1)]
    pub letters: usize,
}
