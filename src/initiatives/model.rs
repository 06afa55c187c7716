//! Initiatives as they are sent and answered.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::evidence::{Cost, Outcome, Source, check_sources};
use crate::councils::model::{Council, CouncilRef, Location};
use crate::input::{Check, Faults};
use crate::reply::Resource;
use crate::text::{HttpUrl, Line, Markdown, PartialDate, Reference, Slug, check_period};
use crate::themes::model::{Theme, ThemeRef};

/// Who may see a record. Each level is narrower than the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// Everybody who is signed in.
    Members,
    /// Contributors and editors of any council, and network officers.
    Officers,
    /// The lead council and network officers.
    Private,
}

/// What kind of record an initiative is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InitiativeKind {
    /// Practice, described.
    #[default]
    CaseStudy,
    /// Several councils working out a policy together.
    PolicyLab,
    /// A policy tried on a small scale.
    PolicyPrototype,
    /// An inquiry with evidence and a report.
    Commission,
    /// A question put to others.
    Challenge,
    /// Not begun.
    Idea,
}

/// How far an initiative has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Thought of.
    Idea,
    /// Decided on.
    #[default]
    Planned,
    /// Tried out.
    Pilot,
    /// Running.
    Live,
    /// Running in more places than it began in.
    Scaled,
    /// Done.
    Completed,
    /// Given up.
    Stopped,
}

/// Where a record stands on its way to readers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// For its own council and network officers.
    #[default]
    Draft,
    /// For everybody whom its visibility allows.
    Published,
}

/// Terms under which a record may be used again (SPDX).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Licence {
    /// Open Government Licence v3.0.
    #[default]
    #[serde(rename = "OGL-UK-3.0")]
    OglUk3,
    /// Creative Commons Attribution 4.0.
    #[serde(rename = "CC-BY-4.0")]
    CcBy4,
    /// Creative Commons Attribution-ShareAlike 4.0.
    #[serde(rename = "CC-BY-SA-4.0")]
    CcBySa4,
    /// Public domain.
    #[serde(rename = "CC0-1.0")]
    Cc0,
}

/// What a participating council does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParticipantRole {
    /// Leads a part.
    Lead,
    /// Leads together with the lead council.
    CoLead,
    /// Takes part.
    #[default]
    Partner,
}

/// What a partner that is not a council does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartnerRole {
    /// Delivers.
    #[default]
    Delivery,
    /// Pays.
    Funder,
    /// Evaluates.
    Evaluator,
    /// Researches.
    Academic,
    /// Something else.
    Other,
}

/// A council that takes part besides the lead council.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewParticipant {
    /// The council.
    #[schema(required)]
    pub council: Reference,
    /// What it does.
    #[schema(required)]
    pub role: ParticipantRole,
}

/// A partner that is not a council.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Partner {
    /// Name.
    #[schema(required)]
    pub name: Line<200>,
    /// What it does.
    #[schema(required)]
    pub role: PartnerRole,
    /// Its site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<HttpUrl>,
}

/// A principle that an initiative lives by.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewPrincipleUse {
    /// One of CCIN's ten principles.
    #[schema(required)]
    pub principle: Reference,
    /// One line: how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<Line<200>>,
}

/// An initiative as it is entered or replaced, children included.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewInitiative {
    /// Title.
    #[schema(required)]
    pub title: Line<160, 5>,
    /// Slug; made of the title when left out. A former slug goes on leading here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<Slug>,
    /// What it is, in two or three sentences.
    #[schema(required)]
    pub summary: Line<400, 20>,
    /// The whole story, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Markdown<50000>>,
    /// What kind of record.
    #[schema(required)]
    pub kind: InitiativeKind,
    /// How far it has come.
    #[schema(required)]
    pub delivery_status: DeliveryStatus,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_on: Option<PartialDate>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<PartialDate>,
    /// The council that leads it, or `network` for the network itself.
    #[schema(required)]
    pub lead_council: Reference,
    /// Councils that take part besides the lead council.
    #[schema(max_items = 100)]
    pub participants: Vec<NewParticipant>,
    /// Partners that are not councils.
    #[schema(max_items = 50)]
    pub partners: Vec<Partner>,
    /// The initiative that this one is a component of; that one is no component itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Reference>,
    /// Its themes, the primary one first.
    #[schema(required, min_items = 1, max_items = 5)]
    pub themes: Vec<Reference>,
    /// The principles that it lives by.
    #[schema(max_items = 10)]
    pub principles: Vec<NewPrincipleUse>,
    /// Where it happens; the lead council's point when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// What was the matter, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Markdown<5000>>,
    /// What was done about it, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approach: Option<Markdown<5000>>,
    /// What worked, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_worked: Option<Markdown<5000>>,
    /// What did not, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_did_not: Option<Markdown<5000>>,
    /// What another council needs before it does the same, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer_conditions: Option<Markdown<5000>>,
    /// Terms under which the record may be used again; `OGL-UK-3.0` when left out.
    pub licence: Licence,
    /// Who may see it once it is published; `public` when left out.
    pub visibility: Visibility,
    /// When it should be checked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-04-01")]
    pub review_due_on: Option<NaiveDate>,
    /// Web page about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<HttpUrl>,
    /// Where the facts come from.
    #[schema(max_items = 50)]
    pub sources: Vec<Source>,
    /// What came of it.
    #[schema(max_items = 100)]
    pub outcomes: Vec<Outcome>,
    /// What it cost and who paid.
    #[schema(max_items = 50)]
    pub costs: Vec<Cost>,
}

impl Check for NewInitiative {
    fn check(&self, faults: &mut Faults) {
        check_period(self.started_on.as_ref(), self.ended_on.as_ref(), "", ["started_on", "ended_on"], faults);
        check_sources(&self.sources, faults);
        for (index, outcome) in self.outcomes.iter().enumerate() {
            outcome.check(&format!("/outcomes/{index}"), &self.sources, faults);
        }
        for (index, cost) in self.costs.iter().enumerate() {
            cost.check(&format!("/costs/{index}"), &self.sources, faults);
        }
    }
}

/// A participating council.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Participant {
    /// The council.
    pub council: CouncilRef,
    /// What it does.
    pub role: ParticipantRole,
}

/// A theme of an initiative.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThemeUse {
    /// The theme.
    #[serde(flatten)]
    pub theme: ThemeRef,
    /// True for the primary theme, which stands first.
    pub primary: bool,
}

/// A principle of an initiative.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PrincipleUse {
    /// Id of the principle.
    pub id: Uuid,
    /// Slug of the principle.
    #[schema(example = "co-production")]
    pub slug: String,
    /// Label of the principle.
    #[schema(example = "Co-production")]
    pub label: String,
    /// One line: how.
    #[schema(required)]
    pub how: Option<String>,
}

/// What other records show of an initiative.
#[derive(Clone, Debug, Serialize, diesel::Queryable, ToSchema)]
pub struct InitiativeRef {
    /// Id.
    pub id: Uuid,
    /// Slug.
    #[schema(example = "get-oldham-working")]
    pub slug: String,
    /// Title.
    #[schema(example = "Get Oldham Working")]
    pub title: String,
}

/// Whose point an initiative's location is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LocationOf {
    /// Its own.
    Initiative,
    /// The lead council's, for want of its own.
    LeadCouncil,
}

/// Where an initiative happens.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Place {
    /// Degrees north, WGS 84.
    #[schema(example = 53.55)]
    pub latitude: f64,
    /// Degrees east, WGS 84.
    #[schema(example = -2.05)]
    pub longitude: f64,
    /// Whose point this is.
    pub of: LocationOf,
}

/// Sanitised HTML of an initiative's texts.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct InitiativeHtml {
    /// Of `body`.
    #[schema(required)]
    pub body: Option<String>,
    /// Of `challenge`.
    #[schema(required)]
    pub challenge: Option<String>,
    /// Of `approach`.
    #[schema(required)]
    pub approach: Option<String>,
    /// Of `what_worked`.
    #[schema(required)]
    pub what_worked: Option<String>,
    /// Of `what_did_not`.
    #[schema(required)]
    pub what_did_not: Option<String>,
    /// Of `transfer_conditions`.
    #[schema(required)]
    pub transfer_conditions: Option<String>,
}

/// Related records in full, as `include` asked for them.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Embedded {
    /// The lead council.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_council: Option<Council>,
    /// The participating councils.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participants: Option<Vec<Council>>,
    /// The themes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub themes: Option<Vec<Theme>>,
    /// The initiative that this one is a component of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub parent: Option<Box<Initiative>>,
    /// The components of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub components: Option<Vec<Initiative>>,
}

impl Embedded {
    /// True when nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.lead_council.is_none()
            && self.participants.is_none()
            && self.themes.is_none()
            && self.parent.is_none()
            && self.components.is_none()
    }
}

/// An initiative with its children.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Initiative {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Slug.
    #[schema(example = "get-oldham-working")]
    pub slug: String,
    /// Title.
    #[schema(example = "Get Oldham Working")]
    pub title: String,
    /// What it is, in two or three sentences.
    pub summary: String,
    /// The whole story, markdown.
    #[schema(required)]
    pub body: Option<String>,
    /// What kind of record.
    pub kind: InitiativeKind,
    /// How far it has come.
    pub delivery_status: DeliveryStatus,
    /// When it began; a year, month or day.
    #[schema(required, example = "2013-05")]
    pub started_on: Option<String>,
    /// When it ended; a year, month or day.
    #[schema(required)]
    pub ended_on: Option<String>,
    /// The council that leads it; null when the network itself does.
    #[schema(required)]
    pub lead_council: Option<CouncilRef>,
    /// Councils that take part besides the lead council.
    pub participants: Vec<Participant>,
    /// Partners that are not councils.
    pub partners: Vec<Partner>,
    /// The initiative that this one is a component of.
    #[schema(required)]
    pub parent: Option<InitiativeRef>,
    /// The components of this one that the caller may see.
    pub components: Vec<InitiativeRef>,
    /// Its themes, the primary one first.
    pub themes: Vec<ThemeUse>,
    /// The principles that it lives by.
    pub principles: Vec<PrincipleUse>,
    /// Where it happens.
    #[schema(required)]
    pub location: Option<Place>,
    /// What was the matter, markdown.
    #[schema(required)]
    pub challenge: Option<String>,
    /// What was done about it, markdown.
    #[schema(required)]
    pub approach: Option<String>,
    /// What worked, markdown.
    #[schema(required)]
    pub what_worked: Option<String>,
    /// What did not, markdown.
    #[schema(required)]
    pub what_did_not: Option<String>,
    /// What another council needs before it does the same, markdown.
    #[schema(required)]
    pub transfer_conditions: Option<String>,
    /// Where the facts come from.
    pub sources: Vec<Source>,
    /// What came of it.
    pub outcomes: Vec<Outcome>,
    /// What it cost and who paid.
    pub costs: Vec<Cost>,
    /// Terms under which the record may be used again.
    pub licence: Licence,
    /// Who may see it once it is published.
    pub visibility: Visibility,
    /// Where the record stands on its way to readers.
    pub state: State,
    /// When somebody last confirmed that it is still true.
    #[schema(required)]
    pub verified_at: Option<DateTime<Utc>>,
    /// When it should be checked again.
    #[schema(required)]
    pub review_due_on: Option<NaiveDate>,
    /// Web page about it.
    #[schema(required)]
    pub source_url: Option<String>,
    /// Markdown members rendered as sanitised HTML.
    pub html: InitiativeHtml,
    /// Related records in full, as `include` asked for them.
    #[serde(skip_serializing_if = "Embedded::is_empty")]
    #[schema(required = false)]
    pub embedded: Embedded,
    /// When it was first published.
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
    /// Grows by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record was entered.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Initiative {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

impl From<&Initiative> for NewInitiative {
    fn from(held: &Initiative) -> Self {
        Self {
            title: held.title.as_str().into(),
            slug: Some(held.slug.as_str().into()),
            summary: held.summary.as_str().into(),
            body: held.body.as_deref().map(Into::into),
            kind: held.kind,
            delivery_status: held.delivery_status,
            started_on: held.started_on.as_deref().map(Into::into),
            ended_on: held.ended_on.as_deref().map(Into::into),
            lead_council: held.lead_council.as_ref().map_or(super::resolve::NETWORK, |council| &council.slug).into(),
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
