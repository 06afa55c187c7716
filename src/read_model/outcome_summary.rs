//! Outcomes in numbers: by theme, kind, unit and bound. Figures of different kinds or bounds never meet in one number,
//! and nothing is added up.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entry::{Claim, InitiativeEntry, Surroundings};
use super::facet_index::FacetKey;
use super::outcome_list::OutcomeFilter;
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::db::enum_text::text;
use crate::registry::initiatives::evidence::{Bound, EVIDENCE_LEVELS, OutcomeKind, Unit};
use crate::registry::themes::model::ThemeRef;
use crate::text::Quantity;

/// Outcomes in numbers.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeSummary {
    /// Number of outcomes that match the filters, each once.
    #[schema(example = 214, minimum = 0)]
    pub total: usize,
    /// Figures of the same kind, unit and bound, by theme. An outcome is in the group of each theme of its initiative,
    /// so do not add up groups.
    pub groups: Vec<OutcomeGroup>,
    /// Outcomes that are in no group, by reason.
    pub left_out: Vec<OutcomesLeftOut>,
}

/// Figures of one kind, unit and bound, on one theme or its narrower themes.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeGroup {
    /// The theme.
    pub theme: ThemeRef,
    /// Kind of claim.
    pub kind: OutcomeKind,
    /// Unit of the figures.
    pub unit: Unit,
    /// How the figures relate to the true values.
    pub bound: Bound,
    /// Number of outcomes.
    #[schema(minimum = 1, example = 4)]
    pub outcomes: usize,
    /// Number of initiatives that claim them.
    #[schema(minimum = 1, example = 3)]
    pub initiatives: usize,
    /// Smallest figure, in `unit`. Of a `range`: its lower end.
    pub lowest: Quantity,
    /// Figure in the middle, in `unit`. Null unless the figures are `exact` or `about`.
    #[schema(required)]
    pub median: Option<Quantity>,
    /// Largest figure, in `unit`. Of a `range`: its upper end.
    pub highest: Quantity,
    /// Number of outcomes at each evidence level, from 0 to 5.
    #[schema(min_items = 6, max_items = 6, example = json!([0, 2, 2, 0, 0, 0]))]
    pub evidence: Vec<usize>,
    /// Address of the list of these outcomes.
    #[schema(format = "uri")]
    pub claims: String,
}

/// Reasons for which an outcome is in no group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutReason {
    /// Background, which nobody claims to have changed.
    Context,
    /// Only a direction, without a figure.
    DirectionOnly,
    /// An award without a figure.
    NoFigure,
}

/// Outcomes that are in no group.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomesLeftOut {
    /// Why.
    pub reason: LeftOutReason,
    /// Number of outcomes.
    #[schema(minimum = 1, example = 12)]
    pub outcomes: usize,
    /// Address of a list that has them.
    #[schema(format = "uri")]
    pub claims: String,
}

impl LeftOutReason {
    const ALL: [Self; 3] = [Self::Context, Self::DirectionOnly, Self::NoFigure];

    /// The unit of a claim that has a figure to show; otherwise why it has none.
    fn unless_figure(claim: &Claim) -> Result<Unit, Self> {
        match (claim.bound, claim.value, claim.unit) {
            _ if claim.kind.is_context() => Err(Self::Context),
            (Bound::Direction, ..) => Err(Self::DirectionOnly),
            (_, Some(_), Some(unit)) => Ok(unit),
            _ => Err(Self::NoFigure),
        }
    }

    /// The filter that finds outcomes like these.
    fn filter(self) -> (&'static str, &'static str) {
        match self {
            Self::Context => ("kind", "context"),
            Self::DirectionOnly => ("bound", "direction"),
            Self::NoFigure => ("kind", "award"),
        }
    }
}

/// Claims by label and id of the theme, kind, unit and bound.
type Groups<'a> = BTreeMap<(&'a str, Uuid, u8, u8, u8), Vec<(&'a InitiativeEntry, &'a Claim)>>;

impl Snapshot {
    /// Outcomes in numbers. `address` makes the address of the list of outcomes with these parameters in place of the
    /// caller's own.
    pub fn summarise_outcomes(
        &self,
        reach: Reach,
        filter: &OutcomeFilter,
        address: impl Fn(&[(&str, &str)]) -> String,
    ) -> OutcomeSummary {
        let rows = self.claims(reach, filter);
        let mut left_out = LeftOutReason::ALL.map(|reason| (reason, 0));
        let mut groups = Groups::new();
        for (entry, place) in &rows {
            let claim = &entry.claims[*place];
            let unit = match LeftOutReason::unless_figure(claim) {
                Ok(unit) => unit as u8,
                Err(reason) => {
                    left_out[reason as usize].1 += 1;
                    continue;
                }
            };
            for theme in self.themes_in(entry, filter) {
                let label = self.theme_label(theme).unwrap_or_default();
                let group = groups.entry((label, theme, claim.kind as u8, unit, claim.bound as u8)).or_default();
                group.push((entry.as_ref(), claim));
            }
        }
        let left_out = left_out.into_iter().filter(|(_, outcomes)| *outcomes > 0);
        OutcomeSummary {
            total: rows.len(),
            groups: groups.iter().filter_map(|(key, claims)| self.group(key.1, claims, &address)).collect(),
            left_out: left_out
                .map(|(reason, outcomes)| OutcomesLeftOut { reason, outcomes, claims: address(&[reason.filter()]) })
                .collect(),
        }
    }

    /// The themes under which an initiative counts: those that the filter names, or else its own and their broader
    /// ones.
    fn themes_in(&self, entry: &InitiativeEntry, filter: &OutcomeFilter) -> Vec<Uuid> {
        let themes = entry.keys.iter().filter_map(|key| match key {
            FacetKey::Theme(theme) => Some(*theme),
            _ => None,
        });
        let named = filter.initiatives.themes.as_ref().map(|themes| &themes.named);
        themes.filter(|theme| named.is_none_or(|named| named.contains(theme))).collect()
    }

    fn group(
        &self,
        theme: Uuid,
        claims: &[(&InitiativeEntry, &Claim)],
        address: impl Fn(&[(&str, &str)]) -> String,
    ) -> Option<OutcomeGroup> {
        let (theme, first) = (&self.themes.get(theme)?.record, claims.first()?.1);
        let (kind, unit, bound) = (first.kind, first.unit?, first.bound);
        let mut low: Vec<f64> = claims.iter().filter_map(|(_, claim)| Some(claim.value?.get())).collect();
        low.sort_by(f64::total_cmp);
        let high = claims.iter().filter_map(|(_, claim)| Some(claim.value_high.or(claim.value)?.get()));
        let mut evidence = vec![0; EVIDENCE_LEVELS.len()];
        for (_, claim) in claims {
            evidence[claim.evidence_level as usize] += 1;
        }
        let words = [text(&kind), text(&unit), text(&bound)];
        Some(OutcomeGroup {
            kind,
            unit,
            bound,
            outcomes: claims.len(),
            initiatives: claims.iter().map(|(entry, _)| entry.id).collect::<HashSet<_>>().len(),
            lowest: (*low.first()?).into(),
            median: matches!(bound, Bound::Exact | Bound::About).then(|| median(&low).into()),
            highest: high.fold(f64::NEG_INFINITY, f64::max).into(),
            evidence,
            claims: address(&[("theme", &theme.slug), ("kind", &words[0]), ("unit", &words[1]), ("bound", &words[2])]),
            theme: ThemeRef { id: theme.id, slug: theme.slug.clone(), label: theme.label.clone() },
        })
    }
}

/// The number in the middle of some in order, or halfway between the two in the middle.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}
