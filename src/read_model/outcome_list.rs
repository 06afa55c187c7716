//! Lists of outcomes: claims of the initiatives that the caller may see, each with its initiative.

use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::entry::{Claim, InitiativeEntry};
use super::initiative_filter::InitiativeFilter;
use super::initiatives::InitiativeOrder;
use super::paging::{KeyedRow, Number, SortKey, page_of};
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::{ApiError, Fault, UNKNOWN};
use crate::http::page::{PageRequest, Slice};
use crate::registry::initiatives::evidence::{Bound, Direction, OutcomeKind, Unit};
use crate::registry::initiatives::query::InitiativeSort;
use crate::registry::outcomes::OutcomeQuery;

/// An outcome: its initiative, and its index among that initiative's outcomes.
pub type OutcomeRow = (Arc<InitiativeEntry>, usize);

/// A filter of outcomes, with names resolved to ids.
#[derive(Clone, Debug, Default)]
pub struct OutcomeFilter {
    /// Its initiative matches.
    pub initiatives: InitiativeFilter,
    /// Its initiative is any of these.
    pub of: Option<Vec<Uuid>>,
    /// Has any of these kinds.
    pub kinds: Vec<OutcomeKind>,
    /// Has any of these units.
    pub units: Vec<Unit>,
    /// Has any of these bounds.
    pub bounds: Vec<Bound>,
    /// Has any of these directions.
    pub directions: Vec<Direction>,
    /// Has this evidence level or higher.
    pub min_evidence: Option<i16>,
}

impl OutcomeFilter {
    /// Resolve the names in a query. Reports every fault at once.
    pub fn new(snapshot: &Snapshot, reach: Reach, query: &OutcomeQuery) -> Result<Self, ApiError> {
        let (mut faults, mut of) = (Vec::new(), Vec::new());
        let claims = &query.claims;
        for name in &claims.initiative {
            match snapshot.locate_initiative(reach, name) {
                Ok(found) => of.push(found.id),
                Err(_) => {
                    let detail = format!("{:?} is not an initiative in the registry", &**name);
                    faults.push(Fault::parameter("initiative", UNKNOWN, detail));
                }
            }
        }
        let initiatives = match InitiativeFilter::new(snapshot, reach, &query.of_initiatives()) {
            Ok(filter) if faults.is_empty() => filter,
            Ok(_) => return Err(ApiError::bad_query(faults)),
            Err(refused) => {
                faults.extend_from_slice(refused.faults());
                return Err(ApiError::bad_query(faults));
            }
        };
        Ok(Self {
            initiatives,
            of: (!claims.initiative.is_empty()).then_some(of),
            kinds: claims.kind.clone(),
            units: claims.unit.clone(),
            bounds: claims.bound.clone(),
            directions: claims.direction.clone(),
            min_evidence: claims.min_evidence,
        })
    }

    fn takes(&self, claim: &Claim) -> bool {
        fn any<T: PartialEq>(wanted: &[T], is: Option<T>) -> bool {
            wanted.is_empty() || is.is_some_and(|is| wanted.contains(&is))
        }
        any(&self.kinds, Some(claim.kind))
            && any(&self.units, claim.unit)
            && any(&self.bounds, Some(claim.bound))
            && any(&self.directions, claim.direction)
            && self.min_evidence.is_none_or(|least| claim.evidence_level >= least && !claim.kind.is_context())
    }
}

impl Snapshot {
    /// The outcomes that match a filter, of initiatives that the caller may see.
    pub(super) fn claims(&self, reach: Reach, filter: &OutcomeFilter) -> Vec<OutcomeRow> {
        let found = self.select(reach, &filter.initiatives);
        let entries = self.initiatives(&found).filter(|one| filter.of.as_ref().is_none_or(|of| of.contains(&one.id)));
        entries.flat_map(|one| claims_of(one, filter)).collect()
    }

    /// One page of outcomes. The outcomes of an initiative are adjacent, in its order.
    pub fn list_outcomes(
        &self,
        reach: Reach,
        filter: &OutcomeFilter,
        sort: Option<InitiativeSort>,
        page: &PageRequest,
    ) -> Slice<OutcomeRow> {
        use InitiativeSort::{Started, StartedDescending, TitleDescending, Updated, UpdatedDescending};
        let claims = self.claims(reach, filter);
        match InitiativeOrder::sorted(sort, filter.initiatives.area.near) {
            InitiativeOrder::Distance(near) => sorted(claims, false, page, |one| {
                Number(one.place.map_or(f64::INFINITY, |(at, _)| near.point.distance_km(at)))
            }),
            InitiativeOrder::By(Started) => sorted(claims, false, page, |one| one.started.unwrap_or(NaiveDate::MAX)),
            InitiativeOrder::By(StartedDescending) => {
                sorted(claims, true, page, |one| one.started.unwrap_or(NaiveDate::MIN))
            }
            InitiativeOrder::By(Updated) => sorted(claims, false, page, |one| one.updated_at),
            InitiativeOrder::By(UpdatedDescending) => sorted(claims, true, page, |one| one.updated_at),
            InitiativeOrder::By(TitleDescending) => sorted(claims, true, page, |one| Arc::clone(&one.title_key)),
            InitiativeOrder::By(_) | InitiativeOrder::Relevance => {
                sorted(claims, false, page, |one| Arc::clone(&one.title_key))
            }
        }
    }

    /// All outcomes that match, in an order.
    pub fn outcomes_in_order(
        &self,
        reach: Reach,
        filter: &OutcomeFilter,
        sort: Option<InitiativeSort>,
    ) -> Vec<OutcomeRow> {
        let order = InitiativeOrder::sorted(sort, filter.initiatives.area.near);
        let numbers = self.in_order(&self.select(reach, &filter.initiatives), order);
        let is_last_first = matches!(
            order,
            InitiativeOrder::By(
                InitiativeSort::TitleDescending | InitiativeSort::StartedDescending | InitiativeSort::UpdatedDescending
            )
        );
        let entries = numbers.into_iter().filter_map(|number| self.initiative(number));
        let entries = entries.filter(|one| filter.of.as_ref().is_none_or(|of| of.contains(&one.id)));
        entries
            .flat_map(|one| {
                let mut claims: Vec<OutcomeRow> = claims_of(one, filter).collect();
                // A descending order is the reverse of the ascending one, including the outcomes of each initiative.
                if is_last_first {
                    claims.reverse();
                }
                claims
            })
            .collect()
    }
}

fn claims_of<'a>(one: &'a Arc<InitiativeEntry>, filter: &'a OutcomeFilter) -> impl Iterator<Item = OutcomeRow> + 'a {
    let claims = one.claims.iter().enumerate().filter(|(_, claim)| filter.takes(claim));
    claims.map(|(place, _)| (Arc::clone(one), place))
}

fn sorted<K: SortKey>(
    claims: Vec<OutcomeRow>,
    descending: bool,
    page: &PageRequest,
    key: impl Fn(&InitiativeEntry) -> K,
) -> Slice<OutcomeRow> {
    let total = claims.len();
    let rows: Vec<KeyedRow<K, OutcomeRow>> =
        claims.into_iter().map(|(one, place)| (key(&one), (one.id, place as i32), (one, place))).collect();
    page_of(rows, descending, total, page)
}
