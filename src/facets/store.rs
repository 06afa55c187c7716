//! Counting by facet.

use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::count::{Count, Facet, Selection, Total};
use super::model::{FacetCounts, FacetValue, Facets};
use crate::auth::caller::Reach;
use crate::error::ApiError;
use crate::initiatives::evidence::EVIDENCE_LEVELS;
use crate::initiatives::filter::InitiativeFilter;

/// A count as the database gives it: word, slug, label, initiatives.
type Row = (String, Option<String>, Option<String>, i64);

/// Counts by facet of the initiatives that match a filter, each facet without its own filter.
pub async fn facets(conn: &mut AsyncPgConnection, reach: Reach, filter: &InitiativeFilter) -> Result<Facets, ApiError> {
    let rows: Vec<Row> = Count(Selection::new(reach, filter)).load(conn).await?;
    let total = rows.iter().find(|row| row.0 == "all").map_or(0, |row| row.3);
    let [theme, principle, council, region, nation, kind, delivery_status, mut year, evidence] =
        Facet::ALL.map(|facet| values(facet, &rows));
    year.sort_by(|a, b| a.value.cmp(&b.value));
    let facets = FacetCounts {
        theme,
        principle,
        council,
        region,
        nation,
        kind,
        delivery_status,
        year,
        min_evidence: at_least(&evidence),
    };
    Ok(Facets { total, facets })
}

/// The values of one facet, those with most initiatives first.
fn values(facet: Facet, rows: &[Row]) -> Vec<FacetValue> {
    let own = rows.iter().filter_map(|row| match row.0.split_once(':') {
        Some((name, value)) if name == facet.name() => Some((value, row)),
        _ => None,
    });
    let mut values: Vec<FacetValue> = own
        .map(|(value, (_, slug, label, initiatives))| {
            let value = slug.as_deref().unwrap_or(value);
            FacetValue {
                value: value.to_owned(),
                label: label.clone().unwrap_or_else(|| in_words(facet, value)),
                initiatives: *initiatives,
            }
        })
        .collect();
    values.sort_by(|a, b| b.initiatives.cmp(&a.initiatives).then_with(|| a.label.cmp(&b.label)));
    values
}

/// From how many have exactly a level to how many have at least that level, as the filter means it.
fn at_least(exactly: &[FacetValue]) -> Vec<FacetValue> {
    let of =
        |level: &str| exactly.iter().filter(|known| known.value.as_str() >= level).map(|known| known.initiatives).sum();
    (0..EVIDENCE_LEVELS.len())
        .map(|level| level.to_string())
        .map(|value| FacetValue { label: in_words(Facet::Evidence, &value), initiatives: of(&value), value })
        .filter(|level| level.initiatives > 0)
        .collect()
}

fn in_words(facet: Facet, value: &str) -> String {
    if facet == Facet::Council {
        return "The network itself".into();
    }
    let level = value.parse::<usize>().ok().filter(|_| facet == Facet::Evidence);
    let value = level.and_then(|level| EVIDENCE_LEVELS.get(level)).copied().unwrap_or(value);
    let is_name = matches!(facet, Facet::Region | Facet::Nation);
    let words = value.split(['_', ' ']).enumerate().map(|(place, word)| {
        // Of a name every word that carries it, otherwise the first.
        let small = if is_name { ["of", "and", "the"].contains(&word) } else { place > 0 };
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if !small => first.to_uppercase().collect::<String>() + letters.as_str(),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// How many initiatives match a filter, where that need not be counted one by one: when every filter is a facet.
pub async fn tally(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    filter: &InitiativeFilter,
) -> Result<Option<i64>, ApiError> {
    let mut filter = filter.clone();
    if filter.themes.is_none() {
        filter.themes = filter.within_themes.take();
    }
    let selection = Selection::new(reach, &filter);
    Ok(if selection.is_kept() { Some(Total(selection).get_result(conn).await?) } else { None })
}
