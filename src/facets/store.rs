//! Counting by facet, and kept counts.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::count::{Count, Facet};
use super::model::{FacetCounts, FacetValue, Facets};
use crate::auth::caller::Reach;
use crate::db::schema::facet_tallies;
use crate::error::ApiError;
use crate::initiatives::evidence::EVIDENCE_LEVELS;
use crate::initiatives::filter::InitiativeFilter;

/// A count as the database gives it: the facet that it is for alone (0: every facet), word, slug, label, initiatives.
type Row = (i32, String, Option<String>, Option<String>, i64);

/// Counts by facet of the initiatives that match a filter, each facet without its own filter.
pub async fn facets(conn: &mut AsyncPgConnection, reach: Reach, filter: &InitiativeFilter) -> Result<Facets, ApiError> {
    let rows: Vec<Row> = Count::new(reach, filter).load(conn).await?;
    // Kept counts have the word all; of what was counted just now, every initiative has one kind.
    let passed = || rows.iter().filter(|row| row.0 == 0);
    let total = match passed().find(|row| row.1 == "all") {
        Some(all) => all.4,
        None => passed().filter(|row| row.1.starts_with(Facet::Kind.prefix())).map(|row| row.4).sum(),
    };
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
    let mut values: Vec<FacetValue> = Vec::new();
    for (failed, word, slug, label, initiatives) in rows {
        let Some(value) = word.strip_prefix(facet.prefix()) else { continue };
        if *failed != 0 && *failed != facet as i32 {
            continue;
        }
        let value = slug.as_deref().unwrap_or(value);
        match values.iter_mut().find(|known| known.value == value) {
            Some(known) => known.initiatives += initiatives,
            None => values.push(FacetValue {
                value: value.to_owned(),
                label: label.clone().unwrap_or_else(|| in_words(facet, value)),
                initiatives: *initiatives,
            }),
        }
    }
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

/// The kept count of the initiatives that match a filter, where there is one: without a filter, and by one facet.
pub async fn tally(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    filter: &InitiativeFilter,
) -> Result<Option<i64>, ApiError> {
    let mut filter = filter.clone();
    if filter.themes.is_none() {
        filter.themes = filter.within_themes.take();
    }
    let Some(words) = Count::new(reach, &filter).into_kept() else { return Ok(None) };
    let count = facet_tallies::table
        .filter(facet_tallies::given.eq_any(words))
        .filter(facet_tallies::word.eq("all"))
        .filter(facet_tallies::audience.le(reach.level.rank()))
        .select(sql::<BigInt>("coalesce(sum(records), 0)::bigint"))
        .first(conn)
        .await?;
    Ok(Some(count))
}
