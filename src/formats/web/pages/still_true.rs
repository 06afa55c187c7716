//! The page behind a one-time link. No script takes it over: forms and `details` do everything.

use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde_json::{Map, Value};

use crate::accounts::due_links::model::{DueAnswerKind, DueLink, DueLinkRecord};
use crate::db::enum_text::text;
use crate::error::ApiError;
use crate::text::dates::in_words;

/// A form that was sent and refused.
pub struct Attempt {
    /// What was typed.
    pub fields: Map<String, Value>,
    /// Why it was refused.
    pub error: ApiError,
}

impl Attempt {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str)
    }

    /// The faults, by what the form calls the fields.
    fn reasons(&self) -> Vec<String> {
        let reason = |pointer: &str, detail: &str| match pointer {
            "/text" => format!("The text {detail}."),
            "/started_on" => format!("The start date {detail}."),
            "/ended_on" => format!("The end date {detail}."),
            other => format!("{} {detail}.", other.trim_start_matches('/')),
        };
        let faults = self.error.faults();
        let reasons = faults.iter().map(|fault| reason(fault.pointer.as_deref().unwrap_or_default(), &fault.detail));
        match faults.is_empty() {
            true => vec![self.error.detail().to_owned()],
            false => reasons.collect(),
        }
    }
}

/// The records that the link asks about.
pub fn view(link: &DueLink, attempt: Option<&Attempt>) -> Markup {
    let open = link.records.iter().filter(|record| record.answer.is_none()).count();
    // What was refused belongs to a record that the page still asks about, or to none.
    let of = |record: &DueLinkRecord| {
        attempt.filter(|attempt| {
            attempt.field("initiative") == Some(record.initiative.slug.as_str()) && record.answer.is_none()
        })
    };
    let lost = attempt.filter(|_| !link.records.iter().any(|record| of(record).is_some()));
    html! {
        div.wide.narrow.still-true {
            h1 tabindex="-1" { "Still true?" }
            p.lead {
                @match open {
                    0 => { "Thank you. You have answered about every record." }
                    1 => { "A record of " (link.council.name) " is due for a check." }
                    many => { (many) " records of " (link.council.name) " are due for a check." }
                }
            }
            p.note {
                @if let Some(name) = &link.recipient { "You answer as " (name) ". " }
                "This link is good until " (day(link.expires_at)) "."
            }
            @if let Some(attempt) = lost { (refused(attempt)) }
            @for record in &link.records { (asked(record, of(record))) }
        }
    }
}

fn asked(record: &DueLinkRecord, attempt: Option<&Attempt>) -> Markup {
    let slug = &record.initiative.slug;
    let name = format!("title-{slug}");
    html! {
        article.due id=(slug) aria-labelledby=(name) {
            h2 id=(name) { a href={ "/initiatives/" (slug) } { (record.initiative.title) } }
            p { (record.status_text) }
            p.note { (record.why) }
            p { (record.summary) }
            @match record.answered_at.zip(record.answer) {
                Some((at, answer)) => { (answered(at, answer, record.revision)) }
                None => {
                    @if let Some(attempt) = attempt { (refused(attempt)) }
                    form method="post" {
                        (hidden(record))
                        button name="answer" value="still_true" { "Still true" (of(record)) }
                    }
                    (changed(record, attempt.filter(|attempt| attempt.field("answer") == Some("changed"))))
                    (ended(record, attempt.filter(|attempt| attempt.field("answer") == Some("ended"))))
                }
            }
        }
    }
}

fn changed(record: &DueLinkRecord, attempt: Option<&Attempt>) -> Markup {
    html! {
        details open[attempt.is_some()] {
            summary { "Changed" (of(record)) }
            form method="post" {
                (hidden(record))
                label { span { "What has changed?" } textarea name="text" rows="4" maxlength="800" required { (typed(attempt, "text")) } }
                label { span { "New start date, if it has changed" } input type="date" name="started_on" value=(typed(attempt, "started_on")); }
                label { span { "New end date, if it has changed" } input type="date" name="ended_on" value=(typed(attempt, "ended_on")); }
                button name="answer" value="changed" { "Send what has changed" }
            }
        }
    }
}

fn ended(record: &DueLinkRecord, attempt: Option<&Attempt>) -> Markup {
    let today = Utc::now().date_naive().to_string();
    let date = attempt.and_then(|attempt| attempt.field("ended_on")).unwrap_or(&today);
    let is_stopped = attempt.is_some_and(|attempt| attempt.field("delivery_status") == Some("stopped"));
    html! {
        details open[attempt.is_some()] {
            summary { "Ended" (of(record)) }
            form method="post" {
                (hidden(record))
                label { span { "When did it end?" } input type="date" name="ended_on" value=(date) max=(today) required; }
                fieldset {
                    legend { "How did it end?" }
                    label.choice { input type="radio" name="delivery_status" value="completed" checked[!is_stopped]; span { "It was completed" } }
                    label.choice { input type="radio" name="delivery_status" value="stopped" checked[is_stopped]; span { "It was stopped" } }
                }
                label { span { "Anything to add? (optional)" } textarea name="text" rows="3" maxlength="800" { (typed(attempt, "text")) } }
                button name="answer" value="ended" { "Send that it has ended" }
            }
        }
    }
}

/// The record that a form is about, as the reader saw it.
fn hidden(record: &DueLinkRecord) -> Markup {
    html! {
        input type="hidden" name="initiative" value=(record.initiative.slug);
        input type="hidden" name="version" value=(record.version);
    }
}

/// For screen readers: which record a button is about.
fn of(record: &DueLinkRecord) -> Markup {
    html! { span.unseen { ": " (record.initiative.title) } }
}

fn typed<'a>(attempt: Option<&'a Attempt>, name: &str) -> &'a str {
    attempt.and_then(|attempt| attempt.field(name)).unwrap_or_default()
}

fn refused(attempt: &Attempt) -> Markup {
    html! {
        div.notice.failed role="alert" {
            @for reason in attempt.reasons() { p { (reason) } }
            @if let Some(typed) = attempt.field("text") { p { "You wrote: " q { (typed) } } }
        }
    }
}

fn answered(at: DateTime<Utc>, answer: DueAnswerKind, revision: Option<i32>) -> Markup {
    html! {
        div.notice role="status" {
            p {
                "You answered on " (day(at)) ": " b { (text(&answer).replace('_', " ")) } "."
                @if let Some(number) = revision { " Your words are with revision " (number) " of the record. Readers see a change when it is published." }
            }
        }
    }
}

fn day(at: DateTime<Utc>) -> String {
    in_words(&at.date_naive().to_string())
}
