//! Outcomes as they are answered on their own.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entry::InitiativeEntry;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::http::response::Resource;
use crate::registry::councils::model::CouncilRef;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::evidence::{Bound, Direction, OutcomeKind, Source, Unit};
use crate::text::{PartialDate, Quantity};

/// The initiative that a claim belongs to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutcomeOf {
    /// Id.
    pub id: Uuid,
    /// Slug.
    #[schema(example = "get-oldham-working")]
    pub slug: String,
    /// Title.
    #[schema(example = "Get Oldham Working")]
    pub title: String,
    /// The council that leads it; null when the network itself does.
    #[schema(required)]
    pub lead_council: Option<CouncilRef>,
}

/// A claim with its evidence and the initiative that it belongs to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutcomeRecord {
    /// The initiative that it belongs to.
    pub initiative: OutcomeOf,
    /// Its place among the outcomes of the initiative, from 0. With the initiative it names the claim.
    #[schema(minimum = 0, example = 0)]
    pub position: i32,
    /// What is measured or claimed.
    pub measure: String,
    /// What kind of claim. Different kinds are never summed together.
    pub kind: OutcomeKind,
    /// How the value bounds the truth. `direction` has no value; `range` has both; an award may have none.
    pub bound: Bound,
    /// The value, in `unit`.
    #[schema(required)]
    pub value: Option<Quantity>,
    /// Upper end of a range, in `unit`.
    #[schema(required)]
    pub value_high: Option<Quantity>,
    /// Which way it moved.
    #[schema(required)]
    pub direction: Option<Direction>,
    /// What the value counts.
    #[schema(required)]
    pub unit: Option<Unit>,
    /// What it was before, in `unit`.
    #[schema(required)]
    pub baseline: Option<Quantity>,
    /// Beginning of the period that the value covers; a year, month or day.
    #[schema(required)]
    pub period_from: Option<String>,
    /// End of the period that the value covers, or when a target falls due; a year, month or day.
    #[schema(required)]
    pub period_to: Option<String>,
    /// When the claim was true; a year, month or day.
    #[schema(required)]
    pub as_at: Option<String>,
    /// How it is measured.
    #[schema(required)]
    pub definition: Option<String>,
    /// What a reader has to know before using it.
    #[schema(required)]
    pub caveat: Option<String>,
    /// 0 aspiration, 1 described, 2 monitored, 3 compared, 4 independently evaluated, 5 replicated.
    #[schema(minimum = 0, maximum = 5, example = 2)]
    pub evidence_level: i16,
    /// Where it comes from.
    #[schema(required)]
    pub source: Option<Source>,
    /// When the initiative last changed.
    pub updated_at: DateTime<Utc>,
}

impl OutcomeRecord {
    /// The claim at a place among the outcomes of an initiative.
    pub fn of(entry: &InitiativeEntry, position: usize) -> Result<Self, ApiError> {
        let record = entry.record(Reach::PUBLIC)?;
        let claim = record.outcomes.get(position).ok_or_else(|| ApiError::not_found("outcome"))?.clone();
        let Initiative { id, slug, title, lead_council, sources, updated_at, .. } = record;
        let known = |date: Option<PartialDate>| date.as_deref().map(str::to_owned);
        Ok(Self {
            initiative: OutcomeOf { id, slug, title, lead_council },
            position: position as i32,
            measure: claim.measure.to_string(),
            kind: claim.kind,
            bound: claim.bound,
            value: claim.value,
            value_high: claim.value_high,
            direction: claim.direction,
            unit: claim.unit,
            baseline: claim.baseline,
            period_from: known(claim.period_from),
            period_to: known(claim.period_to),
            as_at: known(claim.as_at),
            definition: claim.definition.as_deref().map(str::to_owned),
            caveat: claim.caveat.as_deref().map(str::to_owned),
            evidence_level: claim.evidence_level,
            source: claim.source.and_then(|key| sources.into_iter().find(|source| source.key == key)),
            updated_at,
        })
    }
}

impl Resource for OutcomeRecord {
    fn version(&self) -> i32 {
        // A claim has no version of its own; nothing shows this one.
        0
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}
