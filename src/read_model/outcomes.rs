//! Outcomes as separate records in responses.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entry::InitiativeEntry;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::http::response::Versioned;
use crate::registry::councils::model::CouncilRef;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::evidence::{Bound, Direction, Independence, OutcomeKind, Source, Unit};
use crate::text::{PartialDate, Quantity};

/// The initiative that makes a claim.
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
    /// The council that leads it. Null if no council leads it.
    #[schema(required)]
    pub lead_council: Option<CouncilRef>,
}

/// A claim with its evidence and its initiative.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutcomeRecord {
    /// The initiative that makes the claim.
    pub initiative: OutcomeOf,
    /// Index among the outcomes of the initiative, from 0. Together with the initiative, it identifies the claim.
    #[schema(minimum = 0, example = 0)]
    pub position: i32,
    /// What is measured or claimed.
    pub measure: String,
    /// Kind of claim. Do not add up claims of different kinds.
    pub kind: OutcomeKind,
    /// How the value relates to the true value. `direction` has no value; `range` has both values; an award may have
    /// none.
    pub bound: Bound,
    /// The value, in `unit`.
    #[schema(required)]
    pub value: Option<Quantity>,
    /// Upper end of a range, in `unit`.
    #[schema(required)]
    pub value_high: Option<Quantity>,
    /// Direction of change.
    #[schema(required)]
    pub direction: Option<Direction>,
    /// Unit of the value.
    #[schema(required)]
    pub unit: Option<Unit>,
    /// Value before the change, in `unit`.
    #[schema(required)]
    pub baseline: Option<Quantity>,
    /// Start of the period that the value covers: a year, month or day.
    #[schema(required)]
    pub period_from: Option<String>,
    /// End of the period that the value covers, or the due date of a target: a year, month or day.
    #[schema(required)]
    pub period_to: Option<String>,
    /// When the claim was true: a year, month or day.
    #[schema(required)]
    pub as_at: Option<String>,
    /// How it is measured.
    #[schema(required)]
    pub definition: Option<String>,
    /// What to know before you use the figure.
    #[schema(required)]
    pub caveat: Option<String>,
    /// 0 aspiration, 1 described, 2 monitored, 3 compared, 4 independently evaluated, 5 replicated.
    #[schema(minimum = 0, maximum = 5, example = 2)]
    pub evidence_level: i16,
    /// Who evaluated the claim. Null if that is not recorded, and below evidence level 4.
    #[schema(required)]
    pub independence: Option<Independence>,
    /// The source of the claim.
    #[schema(required)]
    pub source: Option<Source>,
    /// When the initiative last changed.
    pub updated_at: DateTime<Utc>,
}

impl OutcomeRecord {
    /// The claim at an index among the outcomes of an initiative.
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
            independence: claim.independence,
            source: claim.source.and_then(|key| sources.into_iter().find(|source| source.key == key)),
            updated_at,
        })
    }
}

impl Versioned for OutcomeRecord {
    fn version(&self) -> i32 {
        // A claim has no version of its own, and no response shows this one.
        0
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}
