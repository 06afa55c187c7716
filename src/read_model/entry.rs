//! Records in a snapshot: their JSON, and the columns for filters, sorting and maps.

use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use uuid::Uuid;

use super::facet_index::FacetKey;
use super::json::{RecordJson, Shape};
use crate::access::reach::Reach;
use crate::access::visibility::Visibility;
use crate::error::ApiError;
use crate::geography::Point;
use crate::http::response::{Fingerprint, fingerprint};
use crate::registry::councils::model::Council;
use crate::registry::initiatives::answer::{Initiative, InitiativeRef, LocationOf};
use crate::registry::initiatives::evidence::{Bound, Direction, Outcome, OutcomeKind, Unit};
use crate::registry::initiatives::freshness::{Freshness, Review};
use crate::registry::initiatives::lead::LeadKind;
use crate::registry::initiatives::model::{InitiativeKind, ParticipantRole, State};
use crate::registry::initiatives::status::DatedStatus;
use crate::registry::initiatives::store::{Loaded, Related};
use crate::text::Quantity;
use crate::text::dates::{first_day, last_day};

/// An initiative.
#[derive(Debug)]
pub struct InitiativeEntry {
    /// Id.
    pub id: Uuid,
    /// Current slug.
    pub slug: Box<str>,
    /// Title.
    pub title: Box<str>,
    /// Title in lower case, as a sort key.
    pub title_key: Arc<str>,
    /// Effective visibility.
    pub level: Visibility,
    /// Kind of record.
    pub kind: InitiativeKind,
    /// Draft or published.
    pub state: State,
    /// Kind of lead.
    pub lead_kind: LeadKind,
    /// The lead council, if a council leads.
    pub lead: Option<Uuid>,
    /// The council that looks after it; `None` for the network.
    pub steward: Option<Uuid>,
    /// The council in whose area it happens, if no council leads.
    pub place_of: Option<Uuid>,
    /// Participating councils, without the lead council.
    pub participants: Box<[(Uuid, ParticipantRole)]>,
    /// Its themes, the primary one first.
    pub themes: Box<[Uuid]>,
    /// The initiative that this one is a component of.
    pub parent: Option<Related>,
    /// The components of this one, by title.
    pub components: Box<[Related]>,
    /// First day on which it may have started.
    pub started: Option<NaiveDate>,
    /// Last day on which it may have ended.
    pub ended: Option<NaiveDate>,
    /// Whether somebody has confirmed it, and whether that still counts on the snapshot's day.
    pub freshness: Freshness,
    /// The day from which a review is due.
    pub due_on: Option<NaiveDate>,
    /// Its location, and whose location that is.
    pub place: Option<(Point, LocationOf)>,
    /// The filterable values of its outcomes, in their order.
    pub claims: Box<[Claim]>,
    /// Time of first publication.
    pub published_at: Option<DateTime<Utc>>,
    /// Increases by one with each change.
    pub version: i32,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
    /// Its properties for filters and facets.
    pub keys: Box<[FacetKey]>,
    /// Its JSON as the public sees it.
    pub json: RecordJson,
    /// Fingerprint of that JSON.
    pub fingerprint: Fingerprint,
}

/// The filterable values of an outcome.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// Kind of claim.
    pub kind: OutcomeKind,
    /// How its value bounds the true value.
    pub bound: Bound,
    /// Direction of change.
    pub direction: Option<Direction>,
    /// Unit of its value.
    pub unit: Option<Unit>,
    /// Its value. `None` if it only has a direction, and for some awards.
    pub value: Option<Quantity>,
    /// The upper end of a range.
    pub value_high: Option<Quantity>,
    /// Evidence level, 0 to 5.
    pub evidence_level: i16,
}

impl From<&Outcome> for Claim {
    fn from(outcome: &Outcome) -> Self {
        Self {
            kind: outcome.kind,
            bound: outcome.bound,
            direction: outcome.direction,
            unit: outcome.unit,
            value: outcome.value,
            value_high: outcome.value_high,
            evidence_level: outcome.evidence_level,
        }
    }
}

/// The other records that an initiative's facet keys depend on.
pub trait Surroundings {
    /// A council.
    fn council(&self, id: Uuid) -> Option<&Council>;
    /// A theme and all its broader themes.
    fn theme_and_broader(&self, id: Uuid) -> Vec<Uuid>;
    /// The label of a theme.
    fn theme_label(&self, id: Uuid) -> Option<&str>;
}

impl InitiativeEntry {
    /// From a loaded record.
    pub fn new(loaded: &Loaded, around: &impl Surroundings) -> Result<Self, ApiError> {
        let Loaded { record, level, parent, components, organisations } = loaded;
        let json = RecordJson::new(record)?;
        let lead = record.lead_council.as_ref().map(|council| council.id);
        let started = record.started_on.as_deref().and_then(first_day);
        let claims = record.outcomes.iter().map(Claim::from).collect();
        let mut entry = Self {
            id: record.id,
            slug: record.slug.as_str().into(),
            title: record.title.as_str().into(),
            title_key: record.title.to_lowercase().into(),
            level: *level,
            kind: record.kind,
            state: record.state,
            lead_kind: record.lead.kind,
            lead,
            steward: record.steward.council.as_ref().map(|council| council.id),
            place_of: record.place_of.as_ref().map(|council| council.id),
            participants: record.participants.iter().map(|one| (one.council.id, one.role)).collect(),
            themes: record.themes.iter().map(|used| used.theme.id).collect(),
            parent: parent.clone(),
            components: components.clone().into(),
            started,
            ended: record.ended_on.as_deref().and_then(last_day),
            freshness: record.freshness,
            due_on: Review::from(record).due_on(),
            place: record.location.map(|place| (place.into(), place.of)),
            claims,
            published_at: record.published_at,
            version: record.version,
            updated_at: record.updated_at,
            keys: Box::default(),
            fingerprint: fingerprint(json.text().as_bytes()),
            json,
        };
        entry.keys = entry.facet_keys(record, organisations, around).into();
        Ok(entry)
    }

    fn facet_keys(&self, record: &Initiative, organisations: &[Uuid], around: &impl Surroundings) -> Vec<FacetKey> {
        let mut keys = vec![
            FacetKey::Level(self.level),
            FacetKey::Kind(record.kind),
            FacetKey::DeliveryStatus(record.delivery_status),
            FacetKey::Freshness(record.freshness),
        ];
        if let Some(lead) = self.lead {
            keys.extend([FacetKey::Council(lead), FacetKey::Involves(lead)]);
        }
        keys.push(self.steward.map_or(FacetKey::StewardNetwork, FacetKey::Steward));
        if self.lead_kind == LeadKind::Network {
            keys.push(FacetKey::Network);
        }
        keys.extend(self.place_of.map(FacetKey::PlaceOf));
        keys.extend(organisations.iter().copied().map(FacetKey::Organisation));
        if let Some(council) = self.lead.or(self.place_of).and_then(|id| around.council(id)) {
            keys.push(FacetKey::Nation(council.nation));
            keys.extend(council.region.map(FacetKey::Region));
        }
        for (council, role) in &self.participants {
            keys.push(FacetKey::Involves(*council));
            if matches!(role, ParticipantRole::Lead | ParticipantRole::CoLead) {
                keys.push(FacetKey::Council(*council));
            }
        }
        keys.extend(self.themes.iter().flat_map(|theme| around.theme_and_broader(*theme)).map(FacetKey::Theme));
        keys.extend(record.principles.iter().map(|used| FacetKey::Principle(used.id)));
        keys.extend(self.started.map(|day| FacetKey::Year(day.year())));
        keys.extend(record.best_evidence().map(FacetKey::Evidence));
        let status = DatedStatus {
            status: record.delivery_status,
            as_at: record.status_as_at.as_deref(),
            verified_at: record.verified_at,
        };
        let turns = status.confirmed_until().into_iter().chain(Review::from(record).turns());
        keys.extend(turns.map(FacetKey::TurnsAfter));
        if self.parent.is_some() {
            keys.push(FacetKey::Component);
        }
        keys.extend(self.place.map(|(point, _)| FacetKey::cell(point)));
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// True when a caller of this reach may see it.
    pub fn is_seen(&self, reach: Reach) -> bool {
        reach.includes(self.level, self.steward)
    }

    /// Its parent, if the caller may see it.
    pub fn parent_for(&self, reach: Reach) -> Option<&InitiativeRef> {
        self.parent.as_ref().filter(|parent| parent.is_seen(reach)).map(|parent| &parent.reference)
    }

    /// Its components that the caller may see.
    pub fn components_for(&self, reach: Reach) -> impl Iterator<Item = &InitiativeRef> {
        self.components.iter().filter(move |one| one.is_seen(reach)).map(|one| &one.reference)
    }

    /// Its shape for a caller who may see more related records than the public.
    pub fn shape_for(&self, reach: Reach) -> Result<Shape<'static>, ApiError> {
        let is_more = |one: &Related| one.is_seen(reach) && !one.is_seen(Reach::PUBLIC);
        let mut shape = Shape::default();
        if self.parent.as_ref().is_some_and(is_more) {
            let parent = serde_json::to_string(&self.parent_for(reach)).map_err(ApiError::internal)?;
            shape.replaced.push(("parent", parent));
        }
        if self.components.iter().any(is_more) {
            let components: Vec<&InitiativeRef> = self.components_for(reach).collect();
            shape.replaced.push(("components", serde_json::to_string(&components).map_err(ApiError::internal)?));
        }
        Ok(shape)
    }

    /// The typed record as the caller sees it, for formats other than JSON.
    pub fn record(&self, reach: Reach) -> Result<Initiative, ApiError> {
        let mut record: Initiative = serde_json::from_str(self.json.text()).map_err(ApiError::internal)?;
        record.parent = self.parent_for(reach).cloned();
        record.components = self.components_for(reach).cloned().collect();
        Ok(record)
    }

    /// Approximate size in memory, in bytes.
    pub fn size(&self) -> usize {
        size_of::<Self>()
            + self.json.size()
            + self.slug.len()
            + self.title.len()
            + self.title_key.len()
            + size_of_val(&*self.keys)
            + size_of_val(&*self.participants)
            + size_of_val(&*self.themes)
            + size_of_val(&*self.claims)
            + self.components.len() * size_of::<Related>()
    }
}
