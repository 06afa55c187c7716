//! Initiatives as they are answered, and from an answer back to what may be sent again.

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::evidence::{Cost, Outcome, Source};
use super::model::{
    DeliveryStatus, InitiativeKind, Licence, NETWORK, NewInitiative, NewParticipant, NewPrincipleUse, ParticipantRole,
    Partner, State,
};
use crate::access::visibility::Visibility;
use crate::geography::Point;
use crate::http::response::Resource;
use crate::http::search::Highlight;
use crate::registry::councils::model::{Council, CouncilRef, Location};
use crate::registry::themes::model::{Theme, ThemeRef};

/// A participating council.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// The council.
    pub council: CouncilRef,
    /// What it does.
    pub role: ParticipantRole,
}

/// A theme of an initiative.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ThemeUse {
    /// The theme.
    #[serde(flatten)]
    pub theme: ThemeRef,
    /// True for the primary theme, which stands first.
    pub primary: bool,
}

/// A principle of an initiative.
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
    /// One line: how.
    #[schema(required)]
    pub how: Option<String>,
}

/// What other records show of an initiative.
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

/// Whose point an initiative's location is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LocationOf {
    /// Its own.
    Initiative,
    /// The lead council's, for want of its own.
    LeadCouncil,
}

/// Where an initiative happens.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
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

impl From<Place> for Point {
    fn from(Place { latitude, longitude, .. }: Place) -> Self {
        Self { latitude, longitude }
    }
}

/// Sanitised HTML of an initiative's texts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
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

/// What an answer adds to the record that it shows: the read model keeps the record without it.
fn not_kept<'de, D: Deserializer<'de>, T: Default>(deserializer: D) -> Result<T, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| T::default())
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
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
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
    #[serde(skip_serializing_if = "Embedded::is_empty", default, deserialize_with = "not_kept")]
    #[schema(required = false)]
    pub embedded: Embedded,
    /// With `near`: kilometres from there to `location`, as the crow flies.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "not_kept")]
    #[schema(required = false, example = 3.218, minimum = 0)]
    pub distance_km: Option<f64>,
    /// Where the words of a search were found, when asked for.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "not_kept")]
    #[schema(required = false)]
    pub highlight: Option<Highlight>,
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

impl Initiative {
    /// Its long texts, markdown, in the order in which they are read.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let texts = [
            &self.body,
            &self.challenge,
            &self.approach,
            &self.what_worked,
            &self.what_did_not,
            &self.transfer_conditions,
        ];
        texts.into_iter().filter_map(|text| text.as_deref())
    }
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
            lead_council: held.lead_council.as_ref().map_or(NETWORK, |council| &council.slug).into(),
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
