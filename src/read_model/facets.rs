//! Facets as they appear in responses.

use serde::Serialize;
use utoipa::ToSchema;

/// Facet counts: the number of matching initiatives, and how many have each value of each filter.
#[derive(Debug, Serialize, ToSchema)]
pub struct Facets {
    /// Number of initiatives that match the filters.
    #[schema(example = 12, minimum = 0)]
    pub total: i64,
    /// Counts for each filter, under its name. Each facet ignores its own filter and applies the others.
    pub facets: FacetCounts,
}

/// Counts by facet. Values without initiatives are omitted.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct FacetCounts {
    /// Themes, including their narrower themes; most frequent first.
    pub theme: Vec<FacetValue>,
    /// Principles; most frequent first.
    pub principle: Vec<FacetValue>,
    /// Councils that lead, alone or jointly; most initiatives first. `network` stands for the network itself.
    pub council: Vec<FacetValue>,
    /// Organisations that lead, are partners, have evaluated a claim or pay; most initiatives first.
    pub organisation: Vec<FacetValue>,
    /// English regions of the lead council; most initiatives first.
    pub region: Vec<FacetValue>,
    /// Nations of the lead council; most initiatives first.
    pub nation: Vec<FacetValue>,
    /// Kinds of record; most frequent first.
    pub kind: Vec<FacetValue>,
    /// Stages of delivery; most frequent first.
    pub delivery_status: Vec<FacetValue>,
    /// Years in which initiatives started, in ascending order, as for `year_from` and `year_to`. Excludes undated
    /// initiatives.
    pub year: Vec<FacetValue>,
    /// Minimum evidence levels, lowest first.
    pub min_evidence: Vec<FacetValue>,
    /// States of confirmation: `fresh`, `due`, `stale`, `lapsed`, `unverified`, in this order.
    pub freshness: Vec<FacetValue>,
}

/// A value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetValue {
    /// The value, as the filter takes it.
    #[schema(example = "housing")]
    pub value: String,
    /// Label for display.
    #[schema(example = "Housing")]
    pub label: String,
    /// Number of initiatives with this value.
    #[schema(example = 7, minimum = 1)]
    pub initiatives: i64,
}
