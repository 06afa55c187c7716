//! Searches whose words find nothing: what readers look for and the registry does not have, for moderators to see. The
//! folded words are kept, and nothing about the people who searched.

use std::collections::HashMap;

use actix_web::{HttpMessage, HttpRequest, web};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::hits::UnansweredSearch;
use super::ready_answers::CountEach;
use super::search::Hits;
use crate::db::schema::unanswered_searches as table;
use crate::db::tally::{Count, Counted, Tally};
use crate::error::ApiError;

/// Searches of which the table keeps the count. Beyond, those that were made least often and longest ago make room: anybody
/// can search for anything.
const MOST_KEPT: i64 = 10_000;

/// Characters of a search that are kept, as the column holds: folding makes some words longer.
const LONGEST: usize = 200;

/// Unanswered searches since they were last written down.
pub type Unanswered = Tally<Words>;

/// The folded words of a search, single spaces between.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Words(String);

/// Count a search, if its words find nothing. What filters leave out was found.
pub fn note(request: &HttpRequest, hits: &Hits) {
    let Some(words) = hits.unanswered() else { return };
    let words = Words(words.chars().take(LONGEST).collect());
    if let Some(unanswered) = request.app_data::<web::Data<Unanswered>>() {
        unanswered.count(words);
        request.extensions_mut().insert(CountEach);
    }
}

impl Counted for Words {
    async fn add(conn: &mut AsyncPgConnection, counts: &HashMap<Self, Count>) -> Result<(), ApiError> {
        let mut counts: Vec<_> = counts.iter().collect();
        // In one order, so that instances that write at once do not wait for each other in a circle.
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
            .offset(MOST_KEPT)
            .select(ranked.field(table::words));
        diesel::delete(table::table.filter(table::words.eq_any(rest))).execute(conn).await?;
        Ok(())
    }
}

/// Those that were made most often.
pub async fn most_frequent(conn: &mut AsyncPgConnection, limit: i64) -> Result<Vec<UnansweredSearch>, ApiError> {
    Ok(table::table
        .order((table::searches.desc(), table::last_at.desc(), table::words))
        .limit(limit)
        .select(UnansweredSearch::as_select())
        .load(conn)
        .await?)
}
