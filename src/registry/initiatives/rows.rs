//! The way of an initiative's members from the body to their columns, from the columns to the record, and from the
//! record to a body that can be sent back. Children have files of their own: `child_rows.rs` and `children.rs`.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{Initiative, InitiativeHtml, LocationOf, Place};
use super::freshness::Review;
use super::lead::{EnteredBy, LeadKind, NETWORK};
use super::model::{
    DeliveryStatus, InitiativeKind, Licence, NewInitiative, NewParticipant, NewPrincipleUse, State, VerificationMethod,
};
use super::resolve::Resolved;
use super::status::DatedStatus;
use crate::access::visibility::Visibility;
use crate::db::enum_text::Word;
use crate::db::schema::{initiative_narratives, initiatives};
use crate::registry::councils::model::Location;
use crate::text::markdown::render;

/// Columns that a read takes.
#[derive(Queryable, Selectable)]
#[diesel(table_name = initiatives, check_for_backend(Pg))]
pub struct InitiativeRow {
    pub id: Uuid,
    slug: String,
    title: String,
    summary: String,
    kind: Word<InitiativeKind>,
    delivery_status: Word<DeliveryStatus>,
    status_as_at: Option<String>,
    started_on: Option<String>,
    ended_on: Option<String>,
    pub lead_council_id: Option<Uuid>,
    pub steward_id: Option<Uuid>,
    pub parent_id: Option<Uuid>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    entered_by: Word<EnteredBy>,
    licence: Word<Licence>,
    visibility: Word<Visibility>,
    state: Word<State>,
    verified_at: Option<DateTime<Utc>>,
    verified_method: Option<Word<VerificationMethod>>,
    review_due_on: Option<NaiveDate>,
    source_url: Option<String>,
    published_at: Option<DateTime<Utc>>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    pub effective_visibility: Word<Visibility>,
}

/// Columns that a write sets.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = initiatives, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct InitiativeChange<'a> {
    slug: &'a str,
    title: &'a str,
    summary: &'a str,
    kind: Word<InitiativeKind>,
    delivery_status: Word<DeliveryStatus>,
    status_as_at: Option<&'a str>,
    started_on: Option<&'a str>,
    ended_on: Option<&'a str>,
    lead_council_id: Option<Uuid>,
    steward_decided_id: Option<Uuid>,
    parent_id: Option<Uuid>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    entered_by: Word<EnteredBy>,
    licence: Word<Licence>,
    visibility: Word<Visibility>,
    review_due_on: Option<NaiveDate>,
    source_url: Option<&'a str>,
}

impl<'a> InitiativeChange<'a> {
    pub fn new(resolved: &'a Resolved, slug: &'a str, entered_by: EnteredBy) -> Self {
        let new = &resolved.new;
        Self {
            slug,
            title: &new.title,
            summary: &new.summary,
            kind: Word(new.kind),
            delivery_status: Word(new.delivery_status),
            status_as_at: new.status_as_at.as_deref(),
            started_on: new.started_on.as_deref(),
            ended_on: new.ended_on.as_deref(),
            lead_council_id: resolved.lead_council,
            steward_decided_id: resolved.steward_decided,
            parent_id: resolved.parent,
            latitude: new.location.map(|point| point.latitude),
            longitude: new.location.map(|point| point.longitude),
            entered_by: Word(entered_by),
            licence: Word(new.licence),
            visibility: Word(new.visibility),
            review_due_on: new.review_due_on,
            source_url: new.source_url.as_deref(),
        }
    }
}

/// Markdown texts of an initiative.
#[derive(Clone, Default, Queryable, Selectable)]
#[diesel(table_name = initiative_narratives)]
pub struct Narrative {
    /// The initiative.
    pub initiative_id: Uuid,
    /// Full description.
    pub body: Option<String>,
    /// The problem this set out to solve.
    pub challenge: Option<String>,
    /// How the initiative tackled the problem.
    pub approach: Option<String>,
    /// Things that worked.
    pub what_worked: Option<String>,
    /// Things that did not work.
    pub what_did_not: Option<String>,
    /// Conditions that another council needs to do the same.
    pub transfer_conditions: Option<String>,
    /// The people it is for.
    pub who_for: Option<String>,
    /// Where the record comes from and what is missing.
    pub provenance_note: Option<String>,
}

/// The row of an initiative's Markdown texts.
pub fn narrative(id: Uuid, new: &NewInitiative) -> Value {
    json!({
        "initiative_id": id,
        "body": new.body.as_deref(),
        "challenge": new.challenge.as_deref(),
        "approach": new.approach.as_deref(),
        "what_worked": new.what_worked.as_deref(),
        "what_did_not": new.what_did_not.as_deref(),
        "transfer_conditions": new.transfer_conditions.as_deref(),
        "who_for": new.who_for.as_deref(),
        "provenance_note": new.provenance_note.as_deref(),
    })
}

impl Narrative {
    /// The Markdown texts of a body.
    pub fn of(id: Uuid, new: &NewInitiative) -> Self {
        Self {
            initiative_id: id,
            body: new.body.as_deref().map(str::to_owned),
            challenge: new.challenge.as_deref().map(str::to_owned),
            approach: new.approach.as_deref().map(str::to_owned),
            what_worked: new.what_worked.as_deref().map(str::to_owned),
            what_did_not: new.what_did_not.as_deref().map(str::to_owned),
            transfer_conditions: new.transfer_conditions.as_deref().map(str::to_owned),
            who_for: new.who_for.as_deref().map(str::to_owned),
            provenance_note: new.provenance_note.as_deref().map(str::to_owned),
        }
    }
}

impl InitiativeRow {
    /// Puts another text in place of its own. The slug stays: it is the address of the record, not of a text.
    pub fn set_text(&mut self, new: &NewInitiative, lead_council: Option<Uuid>, parent: Option<Uuid>) {
        self.title = new.title.to_string();
        self.summary = new.summary.to_string();
        self.kind = Word(new.kind);
        self.delivery_status = Word(new.delivery_status);
        self.status_as_at = new.status_as_at.as_deref().map(str::to_owned);
        self.started_on = new.started_on.as_deref().map(str::to_owned);
        self.ended_on = new.ended_on.as_deref().map(str::to_owned);
        self.lead_council_id = lead_council;
        self.parent_id = parent;
        self.latitude = new.location.map(|point| point.latitude);
        self.longitude = new.location.map(|point| point.longitude);
        self.licence = Word(new.licence);
        self.visibility = Word(new.visibility);
        self.review_due_on = new.review_due_on;
        self.source_url = new.source_url.as_deref().map(str::to_owned);
    }

    /// Leaves out a confirmation that came after a moment, with the review that it makes due.
    pub fn forget_confirmation(&mut self, at: DateTime<Utc>) {
        if self.verified_at.is_some_and(|verified| verified > at) {
            (self.verified_at, self.verified_method, self.review_due_on) = (None, None, None);
        }
    }

    /// The record without its children and relatives, with its status and freshness as of `today`. Renders Markdown, so do not call
    /// it on an async thread.
    pub fn into_record(self, narrative: Narrative, today: NaiveDate) -> Initiative {
        let (status, as_at) = (self.delivery_status.0, self.status_as_at.as_deref());
        let status = DatedStatus { status, as_at, verified_at: self.verified_at };
        let (status_confirmation, status_text) = (status.confirmation(today), status.words(today));
        let review = Review {
            status: self.delivery_status.0,
            verified_at: self.verified_at,
            verified_method: self.verified_method.as_ref().map(|method| method.0),
            review_due_on: self.review_due_on,
        };
        let html = |text: &Option<String>| text.as_deref().map(render);
        let own = self.latitude.zip(self.longitude);
        Initiative {
            id: self.id,
            slug: self.slug,
            title: self.title,
            summary: self.summary,
            kind: self.kind.0,
            delivery_status: self.delivery_status.0,
            status_confirmation,
            status_text,
            status_as_at: self.status_as_at,
            started_on: self.started_on,
            ended_on: self.ended_on,
            location: own.map(|(latitude, longitude)| Place { latitude, longitude, of: LocationOf::Initiative }),
            html: InitiativeHtml {
                body: html(&narrative.body),
                challenge: html(&narrative.challenge),
                approach: html(&narrative.approach),
                what_worked: html(&narrative.what_worked),
                what_did_not: html(&narrative.what_did_not),
                transfer_conditions: html(&narrative.transfer_conditions),
            },
            body: narrative.body,
            challenge: narrative.challenge,
            approach: narrative.approach,
            what_worked: narrative.what_worked,
            what_did_not: narrative.what_did_not,
            transfer_conditions: narrative.transfer_conditions,
            who_for: narrative.who_for,
            provenance_note: narrative.provenance_note,
            entered_by: self.entered_by.0,
            licence: self.licence.0,
            visibility: self.visibility.0,
            state: self.state.0,
            verified_at: self.verified_at,
            verified_method: review.verified_method,
            review_due_on: self.review_due_on,
            freshness: review.freshness(today),
            freshness_text: review.words(today),
            source_url: self.source_url,
            published_at: self.published_at,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            ..Initiative::default()
        }
    }
}

impl From<&Initiative> for Review {
    fn from(record: &Initiative) -> Self {
        Self {
            status: record.delivery_status,
            verified_at: record.verified_at,
            verified_method: record.verified_method,
            review_due_on: record.review_due_on,
        }
    }
}

/// A body that would leave the record as it is.
impl From<&Initiative> for NewInitiative {
    fn from(held: &Initiative) -> Self {
        Self {
            title: held.title.as_str().into(),
            slug: Some(held.slug.as_str().into()),
            summary: held.summary.as_str().into(),
            body: held.body.as_deref().map(Into::into),
            kind: held.kind,
            delivery_status: held.delivery_status,
            status_as_at: held.status_as_at.as_deref().map(Into::into),
            started_on: held.started_on.as_deref().map(Into::into),
            ended_on: held.ended_on.as_deref().map(Into::into),
            lead_council: match held.lead.kind {
                LeadKind::Council => held.lead.reference.clone(),
                LeadKind::Network => Some(NETWORK.into()),
                LeadKind::Organisation | LeadKind::Unknown => None,
            },
            lead: matches!(held.lead.kind, LeadKind::Organisation | LeadKind::Unknown).then(|| held.lead.clone()),
            place_of: held.place_of.as_ref().map(|council| council.slug.as_str().into()),
            participants: held
                .participants
                .iter()
                .map(|one| NewParticipant { council: one.council.slug.as_str().into(), role: one.role })
                .collect(),
            partners: held.partners.clone(),
            parent: held.parent.as_ref().map(|parent| parent.slug.as_str().into()),
            themes: held.themes.iter().map(|one| one.theme.slug.as_str().into()).collect(),
            principles: held
                .principles
                .iter()
                .map(|one| NewPrincipleUse {
                    principle: one.slug.as_str().into(),
                    how: one.how.as_deref().map(Into::into),
                })
                .collect(),
            location: held
                .location
                .filter(|place| place.of == LocationOf::Initiative)
                .map(|place| Location { latitude: place.latitude, longitude: place.longitude }),
            challenge: held.challenge.as_deref().map(Into::into),
            approach: held.approach.as_deref().map(Into::into),
            what_worked: held.what_worked.as_deref().map(Into::into),
            what_did_not: held.what_did_not.as_deref().map(Into::into),
            transfer_conditions: held.transfer_conditions.as_deref().map(Into::into),
            who_for: held.who_for.as_deref().map(Into::into),
            provenance_note: held.provenance_note.as_deref().map(Into::into),
            licence: held.licence,
            visibility: held.visibility,
            review_due_on: held.review_due_on,
            source_url: held.source_url.as_deref().map(Into::into),
            sources: held.sources.clone(),
            outcomes: held.outcomes.clone(),
            costs: held.costs.clone(),
        }
    }
}
