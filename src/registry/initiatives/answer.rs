//! Initiative models for responses; `model.rs` has those for requests.

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;
use uuid::Uuid;

use super::evidence::{Cost, Outcome, Source};
use super::freshness::Freshness;
use super::lead::{EnteredBy, Lead};
use super::model::{DeliveryStatus, InitiativeKind, Licence, ParticipantRole, Partner, State, VerificationMethod};
use super::shown::ShownRevision;
use super::status::StatusConfirmation;
use crate::access::visibility::Visibility;
use crate::geography::Point;
use crate::http::response::Versioned;
use crate::http::search::Highlight;
use crate::registry::council_changes::lineage::Steward;
use crate::registry::councils::model::{Council, CouncilRef};
use crate::registry::organisations::model::OrganisationRef;
use crate::registry::themes::model::{Theme, ThemeRef};

/// A council that takes part in an initiative.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// The council.
    pub council: CouncilRef,
    /// Role of the council.
    pub role: ParticipantRole,
}

/// A theme of an initiative.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ThemeUse {
    /// The theme.
    #[serde(flatten)]
    pub theme: ThemeRef,
    /// True for the primary theme, which comes first.
    pub primary: bool,
}

/// A principle that an initiative applies.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PrincipleUse {
    /// Id of the principle.
    pub id: Uuid,
    /// Slug of the principle.
    #[schema(example = "co-production")]
    pub slug: String,
    /// Label of the principle.
    #[schema(example = "Co-production")]
    pub label: String,
    /// How the initiative applies the principle, in one line.
    #[schema(required)]
    pub how: Option<String>,
}

/// Short form of an initiative, as other records contain it.
#[derive(Clone, Debug, Serialize, Deserialize, diesel::Queryable, ToSchema)]
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

/// Source of a location: the initiative itself (`initiative`), or, if it has none of its own, its lead council
/// (`lead_council`) or the council in whose area it happens (`place_of`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum LocationOf {
    /// The initiative's own location.
    Initiative,
    /// The lead council's location, because the initiative has none of its own.
    LeadCouncil,
    /// The location of the council in whose area it happens, because no council leads it.
    PlaceOf,
}

/// Location of an initiative.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct Place {
    /// Latitude in degrees (WGS 84). North is positive.
    #[schema(example = 53.55)]
    pub latitude: f64,
    /// Longitude in degrees (WGS 84). West is negative.
    #[schema(example = -2.05)]
    pub longitude: f64,
    /// Source of the location: the initiative, its lead council or the council in whose area it happens.
    pub of: LocationOf,
}

impl From<Place> for Point {
    fn from(Place { latitude, longitude, .. }: Place) -> Self {
        Self { latitude, longitude }
    }
}

/// Markdown fields of an initiative, rendered as sanitised HTML.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct InitiativeHtml {
    /// `body` as HTML.
    #[schema(required)]
    pub body: Option<String>,
    /// `challenge` as HTML.
    #[schema(required)]
    pub challenge: Option<String>,
    /// `approach` as HTML.
    #[schema(required)]
    pub approach: Option<String>,
    /// `what_worked` as HTML.
    #[schema(required)]
    pub what_worked: Option<String>,
    /// `what_did_not` as HTML.
    #[schema(required)]
    pub what_did_not: Option<String>,
    /// `transfer_conditions` as HTML.
    #[schema(required)]
    pub transfer_conditions: Option<String>,
}

/// Related records in full, as requested with `include`.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Embedded {
    /// Lead council.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_council: Option<Council>,
    /// Participating councils.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participants: Option<Vec<Council>>,
    /// Themes of the initiative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub themes: Option<Vec<Theme>>,
    /// Initiative that this one is a component of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub parent: Option<Box<Initiative>>,
    /// Components of this initiative.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub components: Option<Vec<Initiative>>,
}

/// Skips a member that only a response has. The read model stores the record without it.
fn skip_member<'de, D: Deserializer<'de>, T: Default>(deserializer: D) -> Result<T, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| T::default())
}

impl Embedded {
    /// True when there is nothing to embed.
    pub fn is_empty(&self) -> bool {
        self.lead_council.is_none()
            && self.participants.is_none()
            && self.themes.is_none()
            && self.parent.is_none()
            && self.components.is_none()
    }
}

/// An initiative with its participants, partners, sources, outcomes and costs.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Initiative {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Slug.
    #[schema(example = "get-oldham-working")]
    pub slug: String,
    /// Title.
    #[schema(example = "Get Oldham Working")]
    pub title: String,
    /// Summary in two or three sentences.
    pub summary: String,
    /// Full description (Markdown).
    #[schema(required)]
    pub body: Option<String>,
    /// Kind of record.
    pub kind: InitiativeKind,
    /// Stage of delivery.
    pub delivery_status: DeliveryStatus,
    /// Date on which the delivery status was true: a year, month or day. Null if nobody recorded it.
    #[schema(required, example = "2013-12")]
    pub status_as_at: Option<String>,
    /// Whether the delivery status is still confirmed, as of today.
    pub status_confirmation: StatusConfirmation,
    /// The delivery status in words, with its date.
    #[schema(example = "Running, as of December 2013; not confirmed since")]
    pub status_text: String,
    /// Start date: a year, month or day.
    #[schema(required, example = "2013-05")]
    pub started_on: Option<String>,
    /// End date: a year, month or day.
    #[schema(required)]
    pub ended_on: Option<String>,
    /// Lead council. Null if no council leads the initiative: see `lead`.
    #[schema(required)]
    pub lead_council: Option<CouncilRef>,
    /// Who looks after the record now: the lead council, or the one that followed it.
    pub steward: Steward,
    /// The lead: a council, another organisation, the network, or unknown.
    pub lead: Lead,
    /// Record of the organisation that leads, if it has one. Its name today may differ from that in `lead`.
    #[schema(required)]
    pub lead_organisation: Option<OrganisationRef>,
    /// Council in whose area it happens, if no council leads it.
    #[schema(required)]
    pub place_of: Option<CouncilRef>,
    /// Councils that take part, in addition to the lead council.
    pub participants: Vec<Participant>,
    /// Partners other than councils.
    pub partners: Vec<Partner>,
    /// Initiative that this one is a component of.
    #[schema(required)]
    pub parent: Option<InitiativeRef>,
    /// Components of this initiative that you can see.
    pub components: Vec<InitiativeRef>,
    /// Themes, the primary one first.
    pub themes: Vec<ThemeUse>,
    /// Co-operative principles that the initiative applies.
    pub principles: Vec<PrincipleUse>,
    /// Location. If the initiative has none of its own, that of its lead council or of `place_of`.
    #[schema(required)]
    pub location: Option<Place>,
    /// The problem this set out to solve (Markdown).
    #[schema(required)]
    pub challenge: Option<String>,
    /// How the initiative tackled the problem (Markdown).
    #[schema(required)]
    pub approach: Option<String>,
    /// Things that worked (Markdown).
    #[schema(required)]
    pub what_worked: Option<String>,
    /// Things that did not work (Markdown).
    #[schema(required)]
    pub what_did_not: Option<String>,
    /// Conditions that another council needs to do the same (Markdown).
    #[schema(required)]
    pub transfer_conditions: Option<String>,
    /// The people it is for, such as their ages and other conditions.
    #[schema(required)]
    pub who_for: Option<String>,
    /// Sources of the facts.
    pub sources: Vec<Source>,
    /// Outcomes, with their evidence.
    pub outcomes: Vec<Outcome>,
    /// Costs, and who paid them.
    pub costs: Vec<Cost>,
    /// Note on where the record comes from and what is missing. Neither searched nor cited.
    #[schema(required)]
    pub provenance_note: Option<String>,
    /// Who entered the record: a user of the lead council, or the registry from published sources. Decides the author
    /// in citations.
    pub entered_by: EnteredBy,
    /// Licence for reuse (SPDX identifier).
    pub licence: Licence,
    /// Who can see the record once published.
    pub visibility: Visibility,
    /// Publication status: draft or published.
    pub state: State,
    /// When somebody last confirmed that the record is correct. Null if nobody has.
    #[schema(required)]
    pub verified_at: Option<DateTime<Utc>>,
    /// How it was confirmed then. Null if nobody has, or if that is not known.
    #[schema(required)]
    pub verified_method: Option<VerificationMethod>,
    /// Date by which the record should be checked again.
    #[schema(required)]
    pub review_due_on: Option<NaiveDate>,
    /// Whether somebody has confirmed the record, and whether that still counts today.
    pub freshness: Freshness,
    /// The freshness in words, with its dates.
    #[schema(example = "Confirmed by the council on 2 March 2026; next review due on 2 March 2027")]
    pub freshness_text: String,
    /// Web page about the initiative.
    #[schema(required)]
    pub source_url: Option<String>,
    /// Markdown fields rendered as sanitised HTML.
    pub html: InitiativeHtml,
    /// Related records in full, as requested with `include`.
    #[serde(skip_serializing_if = "Embedded::is_empty", default, deserialize_with = "skip_member")]
    #[schema(required = false)]
    pub embedded: Embedded,
    /// Straight-line distance in kilometres from `near` to `location`. Only with `near`.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "skip_member")]
    #[schema(required = false, example = 3.218, minimum = 0)]
    pub distance_km: Option<f64>,
    /// Where the search words were found. Only with `highlight`.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "skip_member")]
    #[schema(required = false)]
    pub highlight: Option<Highlight>,
    /// The revision that this text is. Only with `as_at`.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "skip_member")]
    #[schema(required = false)]
    pub revision: Option<ShownRevision>,
    /// When the record was first published. Null for a record that has only been a draft.
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record was created.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

/// Fields of an initiative that `fields` can select.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "API names, documented where they are used")]
pub enum InitiativeField {
    Id,
    Slug,
    Title,
    Summary,
    Body,
    Kind,
    DeliveryStatus,
    StatusAsAt,
    StatusConfirmation,
    StatusText,
    StartedOn,
    EndedOn,
    LeadCouncil,
    Steward,
    Lead,
    LeadOrganisation,
    PlaceOf,
    Participants,
    Partners,
    Parent,
    Components,
    Themes,
    Principles,
    Location,
    Challenge,
    Approach,
    WhatWorked,
    WhatDidNot,
    TransferConditions,
    WhoFor,
    Sources,
    Outcomes,
    Costs,
    ProvenanceNote,
    EnteredBy,
    Licence,
    Visibility,
    State,
    VerifiedAt,
    VerifiedMethod,
    ReviewDueOn,
    Freshness,
    FreshnessText,
    SourceUrl,
    Html,
    PublishedAt,
    Version,
    CreatedAt,
    UpdatedAt,
}

impl Initiative {
    /// Its outcomes without context, which is no result.
    pub fn results(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(|claim| !claim.kind.is_context())
    }

    /// The highest evidence level of its outcomes, without context.
    pub fn best_evidence(&self) -> Option<i16> {
        self.results().map(|claim| claim.evidence_level).max()
    }

    /// Its Markdown texts with their headings, in reading order.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let texts = [
            ("The story", &self.body),
            ("The challenge", &self.challenge),
            ("The approach", &self.approach),
            ("What worked", &self.what_worked),
            ("What did not", &self.what_did_not),
            ("What another council needs", &self.transfer_conditions),
        ];
        texts.into_iter().filter_map(|(heading, text)| Some((heading, text.as_deref()?)))
    }
}

impl Versioned for Initiative {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}
