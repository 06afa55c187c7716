//! Facet counts: how many initiatives have each value of a filter, given the other filters.

use roaring::RoaringBitmap;
use uuid::Uuid;

use super::facet_index::FacetKey;
use super::facets::{FacetCounts, FacetValue, Facets};
use super::initiative_filter::{FacetFilter, InitiativeFilter};
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::db::enum_text::text;
use crate::registry::councils::model::{Nation, Region};
use crate::registry::initiatives::evidence::EVIDENCE_LEVELS;
use crate::registry::initiatives::freshness::Freshness;
use crate::registry::initiatives::lead::NETWORK;
use crate::registry::initiatives::model::{DeliveryStatus, InitiativeKind};

impl Snapshot {
    /// Facet counts of the initiatives that match a filter. Each facet ignores its own filter.
    pub fn count_facets(&self, reach: Reach, filter: &InitiativeFilter) -> Facets {
        let rest = self.select_without_facets(reach, filter);
        let chosen = FacetFilter::ALL.map(|facet| (facet, self.chosen(filter, facet)));
        let without = |own: Option<FacetFilter>| {
            let others = chosen.iter().filter(|(facet, _)| Some(*facet) != own).filter_map(|(_, set)| set.as_ref());
            others.fold(rest.clone(), |found, set| found & set)
        };
        let every = without(None);
        let has_own = |facet| chosen.iter().any(|(known, set)| *known == facet && set.is_some());
        let within = |facet| if has_own(facet) { without(Some(facet)) } else { every.clone() };
        let facets = FacetCounts {
            theme: self.values(&within(FacetFilter::Theme), FacetKey::Theme(Uuid::nil()), FacetKey::Theme(Uuid::max())),
            principle: self.values(
                &within(FacetFilter::Principle),
                FacetKey::Principle(Uuid::nil()),
                FacetKey::Principle(Uuid::max()),
            ),
            // The key of the network follows those of councils.
            council: self.values(&within(FacetFilter::Council), FacetKey::Council(Uuid::nil()), FacetKey::Network),
            organisation: self.values(
                &within(FacetFilter::Organisation),
                FacetKey::Organisation(Uuid::nil()),
                FacetKey::Organisation(Uuid::max()),
            ),
            region: self.values(
                &within(FacetFilter::Region),
                FacetKey::Region(Region::NorthEast),
                FacetKey::Region(Region::SouthWest),
            ),
            nation: self.values(
                &within(FacetFilter::Nation),
                FacetKey::Nation(Nation::England),
                FacetKey::Nation(Nation::NorthernIreland),
            ),
            kind: self.values(
                &within(FacetFilter::Kind),
                FacetKey::Kind(InitiativeKind::CaseStudy),
                FacetKey::Kind(InitiativeKind::Idea),
            ),
            delivery_status: self.values(
                &within(FacetFilter::DeliveryStatus),
                FacetKey::DeliveryStatus(DeliveryStatus::Idea),
                FacetKey::DeliveryStatus(DeliveryStatus::Stopped),
            ),
            year: self.ordered(&within(FacetFilter::Year), FacetKey::Year(i32::MIN), FacetKey::Year(i32::MAX)),
            min_evidence: self.evidence(&within(FacetFilter::Evidence)),
            freshness: self.ordered(
                &within(FacetFilter::Freshness),
                FacetKey::Freshness(Freshness::Fresh),
                FacetKey::Freshness(Freshness::Unverified),
            ),
        };
        Facets { total: every.len() as i64, facets }
    }

    /// The values of one facet, most frequent first.
    fn values(&self, among: &RoaringBitmap, from: FacetKey, to: FacetKey) -> Vec<FacetValue> {
        let mut values = self.ordered(among, from, to);
        values.sort_by(|a, b| b.initiatives.cmp(&a.initiatives).then_with(|| a.label.cmp(&b.label)));
        values
    }

    fn value(&self, key: FacetKey, count: u64) -> FacetValue {
        let named = |slug: &str, label: &str| (slug.to_owned(), label.to_owned());
        let word = |value: String| {
            let label = in_words(&value, false);
            (value, label)
        };
        let name = |value: String| {
            let label = in_words(&value, true);
            (value, label)
        };
        let (value, label) = match key {
            FacetKey::Theme(id) => {
                self.themes.get(id).map(|one| named(&one.record.slug, &one.record.label)).unwrap_or_default()
            }
            FacetKey::Principle(id) => {
                self.vocabularies.principle(id).map(|one| named(&one.slug, &one.label)).unwrap_or_default()
            }
            FacetKey::Council(id) => {
                self.councils.get(id).map(|one| named(&one.record.slug, &one.record.name)).unwrap_or_default()
            }
            FacetKey::Organisation(id) => {
                self.organisations.get(id).map(|one| named(&one.record.slug, &one.record.name)).unwrap_or_default()
            }
            FacetKey::Network => named(NETWORK, "The network"),
            FacetKey::Region(region) => name(text(&region)),
            FacetKey::Nation(nation) => name(text(&nation)),
            FacetKey::Kind(kind) => word(text(&kind)),
            FacetKey::DeliveryStatus(status) => word(text(&status)),
            FacetKey::Freshness(freshness) => word(text(&freshness)),
            FacetKey::Year(year) => named(&year.to_string(), &year.to_string()),
            _ => (String::new(), String::new()),
        };
        FacetValue { value, label, initiatives: count as i64 }
    }

    /// The values of one facet in the order of its keys.
    fn ordered(&self, among: &RoaringBitmap, from: FacetKey, to: FacetKey) -> Vec<FacetValue> {
        let counted = self.facets.range(from, to).map(|(key, set)| (key, among.intersection_len(set)));
        counted.filter(|(_, count)| *count > 0).map(|(key, count)| self.value(key, count)).collect()
    }

    /// Converts counts of exactly each level to counts of at least each level, as the filter works.
    fn evidence(&self, among: &RoaringBitmap) -> Vec<FacetValue> {
        let exactly: Vec<u64> = (0..EVIDENCE_LEVELS.len() as i16)
            .map(|level| self.facets.get(FacetKey::Evidence(level)).map_or(0, |set| among.intersection_len(set)))
            .collect();
        (0..EVIDENCE_LEVELS.len())
            .map(|level| FacetValue {
                value: level.to_string(),
                label: in_words(EVIDENCE_LEVELS[level], false),
                initiatives: exactly[level..].iter().sum::<u64>() as i64,
            })
            .filter(|level| level.initiatives > 0)
            .collect()
    }
}

/// An enum value as text for people. In a name, every word has a capital, except minor words.
fn in_words(value: &str, is_name: bool) -> String {
    let words = value.split(['_', ' ']).enumerate().map(|(place, word)| {
        let small = if is_name { ["of", "and", "the"].contains(&word) } else { place > 0 };
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if !small => first.to_uppercase().collect::<String>() + letters.as_str(),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
