//! What a search that finds nothing was probably meant to be.
//!
//! Each word that no record has is held against the words of the records that everybody of the caller's level may see: a word
//! of a hidden record is never offered.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, SmallInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::auth::caller::Reach;
use crate::error::ApiError;

/// Words of a search that are looked into; who misspells more has to write again.
const LOOKED_INTO: usize = 8;
/// Least likeness of what may be meant, 0 to 1.
const LIKENESS: f64 = 0.7;

/// Words like $1 of what readers of level $2 see; none when a record of theirs has it, and none for a mere "the".
const CANDIDATES: &str = r"
    WITH written AS (
        SELECT search_fold($1) AS word, plainto_tsquery('pg_catalog.english', search_fold($1)) AS query
    ), open_councils AS (
        SELECT s.* FROM council_search s JOIN councils c ON c.id = s.council_id
        WHERE $2 = 4 OR c.membership_status IS DISTINCT FROM 'prospect'
    ), known AS (
        (SELECT w.word, w.records FROM written, search_words w WHERE w.word % written.word
             AND w.audience <= $2 AND w.records > 0 ORDER BY similarity(w.word, written.word) DESC LIMIT 40)
        UNION ALL
        (SELECT w.word, w.records FROM written, search_words w WHERE length(written.word) <= 6
             AND w.word ^@ left(written.word, 1) AND length(w.word) BETWEEN length(written.word) - 1 AND length(written.word) + 1
             AND w.audience <= $2 AND w.records > 0 ORDER BY w.records DESC LIMIT 2000)
        UNION ALL
        SELECT part, 1 FROM written, open_councils, unnest(names) name, regexp_split_to_table(name, '\W+') part
        WHERE part ^@ left(written.word, 1)
    )
    SELECT known.word, sum(known.records)::bigint AS records FROM written, known
    WHERE numnode(written.query) > 0
        AND NOT EXISTS (SELECT FROM initiative_search s WHERE s.document @@ written.query AND s.audience <= $2)
        AND NOT EXISTS (SELECT FROM open_councils s WHERE s.document @@ written.query)
    GROUP BY known.word";

#[derive(QueryableByName)]
struct Candidate {
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = BigInt)]
    records: i64,
}

/// The search with its unknown words replaced; `None` where nothing is near enough.
pub async fn meant(conn: &mut AsyncPgConnection, reach: Reach, written: &str) -> Result<Option<String>, ApiError> {
    let mut corrected = String::new();
    let (mut changed, mut looked_into) = (false, 0);
    for part in parts(written) {
        let is_word = part.chars().all(|c| c.is_alphanumeric() || c == '-') && part.chars().count() >= 3;
        let better = if is_word && !part.starts_with('-') && looked_into < LOOKED_INTO {
            looked_into += 1;
            nearest(conn, reach, part).await?
        } else {
            None
        };
        changed |= better.is_some();
        corrected.push_str(better.as_deref().unwrap_or(part));
    }
    Ok(changed.then_some(corrected))
}

/// Words and what is between them, in order.
fn parts(written: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '-';
    let mut rest = written;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|c| is_word(c) != is_word(first)).unwrap_or(rest.len());
        let (part, tail) = rest.split_at(end);
        rest = tail;
        Some(part)
    })
}

/// The known word that is nearest to one that no record has; `None` for one that is known.
async fn nearest(conn: &mut AsyncPgConnection, reach: Reach, word: &str) -> Result<Option<String>, ApiError> {
    // Trigrams tell long words; of a short one too few are left by a single slip, so its neighbours are looked through.
    let candidates: Vec<Candidate> =
        diesel::sql_query(CANDIDATES).bind::<Text, _>(word).bind::<SmallInt, _>(reach.level.rank()).load(conn).await?;
    let folded = word.to_lowercase();
    let likeness = |candidate: &Candidate| strsim::normalized_damerau_levenshtein(&folded, &candidate.word);
    let best = candidates
        .into_iter()
        .map(|candidate| (likeness(&candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|(a, one), (b, other)| a.total_cmp(b).then(one.records.cmp(&other.records)));
    Ok(best.map(|(_, candidate)| candidate.word))
}
