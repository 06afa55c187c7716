//! Facets as they are answered.

use serde::Serialize;
use utoipa::ToSchema;

/// How many initiatives match, and how many would with each value of each filter.
#[derive(Debug, Serialize, ToSchema)]
pub struct Facets {
    /// How many initiatives match the filters.
    #[schema(example = 12, minimum = 0)]
    pub total: i64,
    /// A member for each filter, named like it. Each leaves out its own filter and keeps the others.
    pub facets: FacetCounts,
}

/// Counts by facet. Values without an initiative are left out.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct FacetCounts {
    /// Themes, those within them included; most used first.
    pub theme: Vec<FacetValue>,
    /// Principles; most used first.
    pub principle: Vec<FacetValue>,
    /// Councils that lead, alone or jointly; the network itself as `network`; most active first.
    pub council: Vec<FacetValue>,
    /// English regions of the lead council; most active first.
    pub region: Vec<FacetValue>,
    /// Nations of the lead council; most active first.
    pub nation: Vec<FacetValue>,
    /// Kinds of record; most frequent first.
    pub kind: Vec<FacetValue>,
    /// Stages of delivery; most frequent first.
    pub delivery_status: Vec<FacetValue>,
    /// Years in which initiatives began, in their order; undated ones are not counted. As `year_from` and `year_to`.
    pub year: Vec<FacetValue>,
    /// Evidence of at least this level, lowest first.
    pub min_evidence: Vec<FacetValue>,
}

/// A value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetValue {
    /// As the filter takes it.
    #[schema(example = "housing")]
    pub value: String,
    /// For people.
    #[schema(example = "Housing")]
    pub label: String,
    /// How many initiatives have it.
    #[schema(example = 7, minimum = 1)]
    pub initiatives: i64,
}
