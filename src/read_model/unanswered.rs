//! Searches without results: a list for moderators of what readers look for and the registry lacks. It stores the
//! folded words, and nothing about the people who searched.

use std::collections::HashMap;

use actix_web::{HttpMessage, HttpRequest, web};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::hits::UnansweredSearch;
use super::response_cache::CountEveryUse;
use super::search::Hits;
use crate::db::schema::unanswered_searches as table;
use crate::db::tally::{Count, Counted, Tally};
use crate::error::ApiError;

/// Maximum number of stored searches. Beyond it, the rarest and oldest are deleted, because anybody can search for
/// anything.
const MAX_STORED: i64 = 10_000;

/// Maximum length of a stored search, in characters: the limit of the column. Folding makes some words longer.
const MAX_LENGTH: usize = 200;

/// Counts of unanswered searches since they were last saved.
pub type Unanswered = Tally<Words>;

/// The folded words of a search, separated by single spaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Words(String);

/// Count a search if its words match nothing. A match that a filter excludes is still a match.
pub fn note(request: &HttpRequest, hits: &Hits) {
    let Some(words) = hits.unanswered() else { return };
    let words = Words(words.chars().take(MAX_LENGTH).collect());
    if let Some(unanswered) = request.app_data::<web::Data<Unanswered>>() {
        unanswered.count(words);
        request.extensions_mut().insert(CountEveryUse);
    }
}

impl Counted for Words {
    async fn add(conn: &mut AsyncPgConnection, counts: &HashMap<Self, Count>) -> Result<(), ApiError> {
        let mut counts: Vec<_> = counts.iter().collect();
        // A fixed order prevents deadlocks between instances.
        counts.sort_by_key(|(words, _)| *words);
        for chunk in counts.chunks(1_000) {
            let row = |(words, count): &(&Words, &Count)| {
                (table::words.eq(words.0.clone()), table::searches.eq(count.times), table::last_at.eq(count.last_at))
            };
            diesel::insert_into(table::table)
                .values(chunk.iter().map(row).collect::<Vec<_>>())
                .on_conflict(table::words)
                .do_update()
                .set((
                    table::searches.eq(table::searches + excluded(table::searches)),
                    table::last_at.eq(sql::<Timestamptz>("greatest(unanswered_searches.last_at, excluded.last_at)")),
                ))
                .execute(conn)
                .await?;
        }
        let ranked = diesel::alias!(crate::db::schema::unanswered_searches as ranked);
        let rest = ranked
            .order((ranked.field(table::searches).desc(), ranked.field(table::last_at).desc()))
            .offset(MAX_STORED)
            .select(ranked.field(table::words));
        diesel::delete(table::table.filter(table::words.eq_any(rest))).execute(conn).await?;
        Ok(())
    }
}

/// The most frequent searches.
pub async fn most_frequent(conn: &mut AsyncPgConnection, limit: i64) -> Result<Vec<UnansweredSearch>, ApiError> {
    Ok(table::table
        .order((table::searches.desc(), table::last_at.desc(), table::words))
        .limit(limit)
        .select(UnansweredSearch::as_select())
        .load(conn)
        .await?)
}
