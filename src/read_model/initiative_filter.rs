//! Filters of initiatives. A query string becomes a filter of ids and words, and a filter selects a set of numbers.
//! Lists, facets, search, maps, exports, outcomes and feeds share it, so that each condition exists once.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use roaring::{MultiOps, RoaringBitmap};
use uuid::Uuid;

use super::facet_index::FacetKey;
use super::references::NamedThemes;
use super::search::Hits;
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::geography::Area;
use crate::registry::councils::model::{Nation, Region};
use crate::registry::initiatives::evidence::EVIDENCE_LEVELS;
use crate::registry::initiatives::freshness::Freshness;
use crate::registry::initiatives::lead::NETWORK;
use crate::registry::initiatives::model::{DeliveryStatus, InitiativeKind};
use crate::registry::initiatives::query::InitiativeQuery;
use crate::text::Reference;

/// The highest evidence level.
const BEST: i16 = EVIDENCE_LEVELS.len() as i16 - 1;

/// A filter of initiatives, with names resolved to ids.
#[derive(Clone, Debug, Default)]
pub struct InitiativeFilter {
    /// Matches of a search.
    pub hits: Option<Arc<Hits>>,
    /// Has any of these themes.
    pub themes: Option<NamedThemes>,
    /// Has any of these principles.
    pub principles: Option<Vec<Uuid>>,
    /// Led by any of these councils, or by the network itself.
    pub leads: Option<Vec<FacetKey>>,
    /// Led by any of these councils, or with their participation.
    pub participants: Option<Vec<Uuid>>,
    /// Looked after by any of these councils, or by the network.
    pub stewards: Option<Vec<FacetKey>>,
    /// Names any of these organisations as lead, partner, evaluator or payer.
    pub organisations: Option<Vec<Uuid>>,
    /// The same as `participants` for one council, with those of its lineage, in addition to `participants`: for the
    /// list of one council.
    pub within_council: Option<Vec<Uuid>>,
    /// Has any of these themes, in addition to `themes`: for the list of one theme.
    pub within_themes: Option<NamedThemes>,
    /// The lead council is in any of these regions.
    pub regions: Vec<Region>,
    /// The lead council is in any of these nations.
    pub nations: Vec<Nation>,
    /// Has any of these kinds.
    pub kinds: Vec<InitiativeKind>,
    /// Has any of these delivery statuses.
    pub stages: Vec<DeliveryStatus>,
    /// Started in this year or later.
    pub year_from: Option<i32>,
    /// Started in this year or earlier.
    pub year_to: Option<i32>,
    /// With or without outcomes.
    pub has_outcomes: Option<bool>,
    /// Has an outcome of this evidence level or higher.
    pub min_evidence: Option<i16>,
    /// Has any of these states of freshness.
    pub freshness: Vec<Freshness>,
    /// Located in this area: by its own point or, without one, by that of its lead council.
    pub area: Area,
    /// Changed at this time or later.
    pub updated_since: Option<DateTime<Utc>>,
}

/// A filter that is also a facet. Each facet is counted without its own filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "names of public parameters, explained at their definition")]
pub enum FacetFilter {
    Theme,
    Principle,
    Council,
    Organisation,
    Region,
    Nation,
    Kind,
    DeliveryStatus,
    Year,
    Evidence,
    Freshness,
}

impl InitiativeFilter {
    /// Resolve the names in a query. Reports every fault at once.
    pub fn new(snapshot: &Snapshot, reach: Reach, query: &InitiativeQuery) -> Result<Self, ApiError> {
        let mut faults = Vec::new();
        let lineage = |ids: Vec<Uuid>| snapshot.widened(&ids, query.lineage.unwrap_or_default());
        let (by_network, named) = without_network(&query.council);
        let councils = snapshot.any_council("council", &named, &mut faults).map(lineage);
        let leads = or_network(councils, FacetKey::Council, by_network.then_some(FacetKey::Network));
        let participants = snapshot.any_council("participant", &query.participant, &mut faults).map(lineage);
        let (by_network, named) = without_network(&query.steward);
        let councils = snapshot.any_council("steward", &named, &mut faults);
        let stewards = or_network(councils, FacetKey::Steward, by_network.then_some(FacetKey::StewardNetwork));
        let themes = snapshot.any_theme(&query.theme, &mut faults);
        let principles = snapshot.any_principle(&query.principle, &mut faults);
        let organisations = snapshot.any_organisation(&query.organisation, &mut faults);
        let area = query.area(&mut faults);
        if !faults.is_empty() {
            return Err(ApiError::bad_query(faults));
        }
        Ok(Self {
            hits: query.q.as_deref().map(|words| Arc::new(snapshot.find_initiatives(reach, words))),
            themes,
            principles,
            leads,
            participants,
            stewards,
            organisations,
            within_council: None,
            within_themes: None,
            regions: query.region.clone(),
            nations: query.nation.clone(),
            kinds: query.kind.clone(),
            stages: query.delivery_status.clone(),
            year_from: query.year_from,
            year_to: query.year_to,
            has_outcomes: query.has_outcomes,
            min_evidence: query.min_evidence,
            freshness: query.freshness.clone(),
            area,
            updated_since: query.updated_since,
        })
    }

    /// The alternative keys for a facet's filter; `None` if that filter is not set.
    fn choice(&self, facet: FacetFilter) -> Option<Vec<FacetKey>> {
        fn any<T: Copy>(values: &[T], key: impl Fn(T) -> FacetKey) -> Option<Vec<FacetKey>> {
            (!values.is_empty()).then(|| values.iter().copied().map(key).collect())
        }
        match facet {
            FacetFilter::Theme => self.themes.as_ref().map(theme_keys),
            FacetFilter::Principle => self.principles.as_ref().map(|ids| keys(ids, FacetKey::Principle)),
            FacetFilter::Council => self.leads.clone(),
            FacetFilter::Organisation => self.organisations.as_ref().map(|ids| keys(ids, FacetKey::Organisation)),
            FacetFilter::Region => any(&self.regions, FacetKey::Region),
            FacetFilter::Nation => any(&self.nations, FacetKey::Nation),
            FacetFilter::Kind => any(&self.kinds, FacetKey::Kind),
            FacetFilter::DeliveryStatus => any(&self.stages, FacetKey::DeliveryStatus),
            FacetFilter::Freshness => any(&self.freshness, FacetKey::Freshness),
            FacetFilter::Year | FacetFilter::Evidence => None,
        }
    }
}

impl FacetFilter {
    /// All facets.
    pub const ALL: [Self; 11] = [
        Self::Theme,
        Self::Principle,
        Self::Council,
        Self::Organisation,
        Self::Region,
        Self::Nation,
        Self::Kind,
        Self::DeliveryStatus,
        Self::Year,
        Self::Evidence,
        Self::Freshness,
    ];
}

/// True if the network is among the names, and the other names.
fn without_network(names: &[Reference]) -> (bool, Vec<Reference>) {
    let named: Vec<Reference> = names.iter().filter(|name| &***name != NETWORK).cloned().collect();
    (named.len() < names.len(), named)
}

/// The keys of some councils, and of the network. `None` if the query names neither.
fn or_network(
    councils: Option<Vec<Uuid>>,
    key: impl Fn(Uuid) -> FacetKey,
    network: Option<FacetKey>,
) -> Option<Vec<FacetKey>> {
    let is_named = councils.is_some() || network.is_some();
    is_named.then(|| keys(&councils.unwrap_or_default(), key).into_iter().chain(network).collect())
}

fn keys(ids: &[Uuid], key: impl Fn(Uuid) -> FacetKey) -> Vec<FacetKey> {
    ids.iter().copied().map(key).collect()
}

fn theme_keys(themes: &NamedThemes) -> Vec<FacetKey> {
    // A theme's key includes its narrower themes.
    keys(&themes.named, FacetKey::Theme)
}

impl Snapshot {
    /// The initiatives that the caller may see and that match a filter.
    pub fn select(&self, reach: Reach, filter: &InitiativeFilter) -> RoaringBitmap {
        let mut found = self.select_by_sets(reach, filter);
        for facet in FacetFilter::ALL {
            if let Some(chosen) = self.chosen(filter, facet) {
                found &= chosen;
            }
        }
        self.retain_compared(filter, &mut found);
        found
    }

    /// The initiatives that match one facet of a filter; `None` if that facet is not set.
    pub fn chosen(&self, filter: &InitiativeFilter, facet: FacetFilter) -> Option<RoaringBitmap> {
        let range = |from, to| self.facets.range(from, to).map(|(_, set)| set).union();
        match facet {
            FacetFilter::Year if filter.year_from.is_some() || filter.year_to.is_some() => {
                let (from, to) = (filter.year_from.unwrap_or(i32::MIN), filter.year_to.unwrap_or(i32::MAX));
                Some(if from > to { RoaringBitmap::new() } else { range(FacetKey::Year(from), FacetKey::Year(to)) })
            }
            FacetFilter::Evidence => filter
                .min_evidence
                .map(|least| range(FacetKey::Evidence(least.min(BEST + 1)), FacetKey::Evidence(i16::MAX))),
            _ => filter.choice(facet).map(|keys| self.facets.any(keys)),
        }
    }

    /// The initiatives that match all filters except facets.
    pub fn select_without_facets(&self, reach: Reach, filter: &InitiativeFilter) -> RoaringBitmap {
        let mut found = self.select_by_sets(reach, filter);
        self.retain_compared(filter, &mut found);
        found
    }

    /// The initiatives that the caller may see and that match the non-facet filters with sets.
    fn select_by_sets(&self, reach: Reach, filter: &InitiativeFilter) -> RoaringBitmap {
        let mut found = self.visible(reach);
        if let Some(hits) = &filter.hits {
            found &= &hits.matched;
        }
        if let Some(themes) = &filter.within_themes {
            found &= self.facets.any(theme_keys(themes));
        }
        for ids in [&filter.participants, &filter.within_council].into_iter().flatten() {
            found &= self.facets.any(keys(ids, FacetKey::Involves));
        }
        if let Some(stewards) = &filter.stewards {
            found &= self.facets.any(stewards.iter().copied());
        }
        if let Some(wanted) = filter.has_outcomes {
            let with = self.facets.any((0..=BEST).map(FacetKey::Evidence));
            if wanted { found &= with } else { found -= with }
        }
        found
    }

    /// Keep those that match the filters without sets, row by row. Call it last, when few rows are left.
    fn retain_compared(&self, filter: &InitiativeFilter, found: &mut RoaringBitmap) {
        let (area, since) = (filter.area, filter.updated_since);
        if !area.is_everywhere() {
            *found &= self.facets.around(&area.bounds());
        } else if since.is_none() {
            return;
        }
        let matches = |number: &u32| {
            let row = self.columns.get(*number);
            since.is_none_or(|since| row.updated_at >= since)
                && (area.is_everywhere() || row.place.is_some_and(|(point, _)| area.contains(point)))
        };
        let kept = RoaringBitmap::from_sorted_iter(found.iter().filter(matches));
        *found = kept.expect("the numbers of a set come in order");
    }
}
