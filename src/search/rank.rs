//! Which hits come first, a page at a time.
//!
//! Up to [`MOST`] hits are ranked one by one: the title itself, all words in the title, then `ts_rank` over title, summary,
//! councils, themes and partners (what is only in a long text comes last), and among equals the better evidenced. Ranking
//! reads small vectors that lie in the row; taking long texts apart is what makes a search slow.
//!
//! A word that more records have says little about any one of them. Then hits are read along an index, best evidenced
//! first, those with every word in the title before the others, and only as many as a page shows.

use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Double, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{Found, TotalIs};
use crate::auth::caller::Reach;
use crate::db::schema::{councils, initiatives, search_words};
use crate::error::ApiError;
use crate::page::{Edge, Slice, Window};

/// Hits that are ranked one by one, and counted.
const MOST: i64 = 1000;
/// Tells that there are more.
const ONE_MORE: i64 = MOST + 1;

/// Ids of initiatives, as a query.
pub type Initiatives = initiatives::BoxedQuery<'static, Pg, SqlUuid>;
/// Ids of councils, as a query.
pub type Councils = councils::BoxedQuery<'static, Pg, SqlUuid>;

/// What is searched: records that the caller may see and that match the other filters.
pub struct Among {
    /// Initiatives.
    pub initiatives: Option<Initiatives>,
    /// Councils.
    pub councils: Option<Councils>,
}

/// A hit as it is ranked: what it is, id, rank, and the number of all; the number alone where the page has no hit.
type Ranked = (Option<String>, Option<Uuid>, Option<f64>, i64);

/// A page of hits, best first. `among` is asked once for each way of ranking that is tried; `whole` says who reads when it
/// leaves out nothing that they may see.
pub async fn rank(
    conn: &mut AsyncPgConnection,
    words: &str,
    among: impl Fn() -> Among,
    whole: Option<Reach>,
    window: &Window,
) -> Result<(Slice<(Found, Uuid)>, TotalIs), ApiError> {
    let after = window.edge().and_then(Place::after);
    let ranking = |after| Ranking {
        among: among().of_each(),
        words: words.to_owned(),
        after,
        backwards: window.edge().is_some_and(|edge| edge.backwards),
        limit: window.fetch(),
    };
    let are_many = match (&after, whole) {
        (Some(Place { key, .. }), _) => matches!(key, Key::Many { .. }),
        (None, Some(reach)) => is_common(conn, reach, words).await?,
        (None, None) => false,
    };
    if !are_many {
        let rows: Vec<Ranked> = Few(ranking(after)).load(conn).await?;
        let total = rows.iter().map(|row| row.3).max().unwrap_or_default();
        if total <= MOST || after.is_some() {
            let hits = rows
                .into_iter()
                .filter_map(|(resource, id, rank, _)| Some(((found(&resource?), id?), format!("few {}", rank?))));
            let total_is = if total <= MOST { TotalIs::Exact } else { TotalIs::AtLeast };
            return Ok((Slice::new(hits.collect(), total.min(MOST), window, |(_, id)| *id), total_is));
        }
    }
    let rows: Vec<(String, Uuid, i32, f64)> = Many(ranking(after)).load(conn).await?;
    let hits = rows
        .into_iter()
        .map(|(resource, id, tier, prominence)| ((found(&resource), id), format!("many {tier} {prominence}")));
    Ok((Slice::new(hits.collect(), MOST, window, |(_, id)| *id), TotalIs::AtLeast))
}

/// True for a single word that more records have in their heads than are ranked: they need not be looked for to be known.
async fn is_common(conn: &mut AsyncPgConnection, reach: Reach, words: &str) -> Result<bool, ApiError> {
    let word = words.trim();
    if word.is_empty() || !word.chars().all(char::is_alphanumeric) {
        return Ok(false);
    }
    let records: i64 = search_words::table
        .filter(search_words::word.eq(sql("search_fold(").bind::<Text, _>(word).sql(")")))
        .filter(search_words::audience.le(reach.level.rank()))
        .select(sql::<BigInt>("coalesce(sum(records), 0)::bigint"))
        .first(conn)
        .await?;
    Ok(records > MOST)
}

impl Among {
    /// The same as conditions on one row `s` of what is searched.
    ///
    /// Whether a hit may be shown is looked up hit by hit, until there are enough: joined instead, all records would be read
    /// that could be hits.
    fn of_each(self) -> Self {
        Self {
            initiatives: self.initiatives.map(|ids| ids.filter(sql::<Bool>("initiatives.id = s.initiative_id"))),
            councils: self.councils.map(|ids| ids.filter(sql::<Bool>("councils.id = s.council_id"))),
        }
    }
}

fn found(word: &str) -> Found {
    if word == "council" { Found::Council } else { Found::Initiative }
}

/// The place of a hit in the order, as a cursor holds it.
#[derive(Clone, Copy)]
struct Place {
    key: Key,
    id: Uuid,
}

#[derive(Clone, Copy)]
enum Key {
    /// Ranked one by one.
    Few { rank: f64 },
    /// Read along the index.
    Many { tier: i32, prominence: f64 },
}

impl Place {
    fn after(edge: &Edge) -> Option<Self> {
        let mut parts = edge.key.split(' ');
        let key = match parts.next()? {
            "few" => Key::Few { rank: parts.next()?.parse().ok()? },
            _ => Key::Many { tier: parts.next()?.parse().ok()?, prominence: parts.next()?.parse().ok()? },
        };
        Some(Self { key, id: edge.tie.id })
    }
}

struct Ranking {
    among: Among,
    words: String,
    after: Option<Place>,
    backwards: bool,
    limit: i64,
}

impl Ranking {
    /// `search_query($n)`: a constant by the time that the plan is made.
    fn push_query<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("search_query(");
        out.push_bind_param::<Text, _>(&self.words)?;
        out.push_sql(")");
        Ok(())
    }

    fn push_words<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("search_fold(");
        out.push_bind_param::<Text, _>(&self.words)?;
        out.push_sql(")");
        Ok(())
    }

    fn direction(&self) -> (&'static str, &'static str) {
        if self.backwards { ("ASC", ">") } else { ("DESC", "<") }
    }
}

/// Hits ranked one by one, each with the number of all.
struct Few(Ranking);

impl Few {
    fn push_initiatives<'b>(&'b self, ids: &'b Initiatives, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(SELECT 'initiative' AS resource, s.initiative_id AS id, (s.title_key = ");
        self.0.push_words(&mut out)?;
        out.push_sql(")::integer * 2.0 + (s.title @@ ");
        self.0.push_query(&mut out)?;
        out.push_sql(")::integer * 0.5 + ts_rank('{0.05, 0.3, 0.5, 1}', s.head, ");
        self.0.push_query(&mut out)?;
        out.push_sql(", 1) + s.prominence * 0.05 AS rank FROM found s WHERE EXISTS (");
        QueryFragment::<Pg>::walk_ast(ids, out.reborrow())?;
        out.push_sql(" OFFSET 0) LIMIT ");
        out.push_bind_param::<BigInt, _>(&ONE_MORE)?;
        out.push_sql(")");
        Ok(())
    }

    fn push_councils<'b>(&'b self, ids: &'b Councils, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(SELECT 'council' AS resource, s.council_id AS id, (");
        self.0.push_words(&mut out)?;
        out.push_sql(" = ANY (s.names))::integer * 3.0 + ts_rank('{0.05, 0.3, 0.5, 1}', s.document, ");
        self.0.push_query(&mut out)?;
        // Of two councils of one name the larger is the likelier.
        out.push_sql(
            ", 1) + coalesce(c.population, 0) / 1e8 AS rank FROM council_search s JOIN councils c ON c.id = s.council_id WHERE s.document @@ ",
        );
        self.0.push_query(&mut out)?;
        out.push_sql(" AND EXISTS (");
        QueryFragment::<Pg>::walk_ast(ids, out.reborrow())?;
        out.push_sql(" OFFSET 0))");
        Ok(())
    }
}

impl QueryFragment<Pg> for Few {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        let (direction, sign) = self.0.direction();
        // By itself, so that it is read from the index of words and no further than the hits are wanted.
        out.push_sql("WITH found AS MATERIALIZED (SELECT initiative_id, title_key, title, head, prominence");
        out.push_sql(" FROM initiative_search WHERE document @@ ");
        self.0.push_query(&mut out)?;
        out.push_sql("), hits AS MATERIALIZED (");
        if let Some(ids) = &self.0.among.initiatives {
            self.push_initiatives(ids, out.reborrow())?;
        }
        if let Some(ids) = &self.0.among.councils {
            if self.0.among.initiatives.is_some() {
                out.push_sql(" UNION ALL ");
            }
            self.push_councils(ids, out.reborrow())?;
        }
        out.push_sql(") SELECT page.resource, page.id, page.rank, counted.total FROM (SELECT count(*) AS total FROM hits) counted");
        out.push_sql(" LEFT JOIN (SELECT * FROM hits");
        if let Some(Place { key: Key::Few { rank }, id }) = &self.0.after {
            out.push_sql(&format!(" WHERE (rank, id) {sign} ("));
            out.push_bind_param::<Double, _>(rank)?;
            out.push_sql(", ");
            out.push_bind_param::<SqlUuid, _>(id)?;
            out.push_sql(")");
        }
        out.push_sql(&format!(" ORDER BY rank {direction}, id {direction} LIMIT "));
        out.push_bind_param::<BigInt, _>(&self.0.limit)?;
        out.push_sql(&format!(") page ON true ORDER BY page.rank {direction}, page.id {direction}"));
        Ok(())
    }
}

/// Hits as an index has them, as many as a page shows: first those with every word in the title.
struct Many(Ranking);

impl Many {
    /// True for rows beyond the edge of the page before; `row` is their tier, prominence and id.
    fn push_beyond<'b>(&'b self, row: &str, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if let Some(Place { key: Key::Many { tier, prominence }, id }) = &self.0.after {
            let (_, sign) = self.0.direction();
            out.push_sql(&format!(" AND ({row}) {sign} ("));
            out.push_bind_param::<Integer, _>(tier)?;
            out.push_sql(", ");
            out.push_bind_param::<Double, _>(prominence)?;
            out.push_sql(", ");
            out.push_bind_param::<SqlUuid, _>(id)?;
            out.push_sql(")");
        }
        Ok(())
    }

    fn push_initiatives<'b>(
        &'b self,
        ids: &'b Initiatives,
        tier: i32,
        mut out: AstPass<'_, 'b, Pg>,
    ) -> QueryResult<()> {
        let (direction, _) = self.0.direction();
        out.push_sql(&format!("(SELECT 'initiative' AS resource, s.initiative_id AS id, {tier} AS tier, s.prominence"));
        out.push_sql(" FROM initiative_search s WHERE ");
        // What the title has, the document has as well, but for words that must not be there.
        if tier == 0 || self.0.words.contains('-') {
            out.push_sql("s.document @@ ");
            self.0.push_query(&mut out)?;
            out.push_sql(" AND ");
        }
        out.push_sql(if tier == 1 { "s.title @@ " } else { "NOT s.title @@ " });
        self.0.push_query(&mut out)?;
        out.push_sql(" AND EXISTS (");
        QueryFragment::<Pg>::walk_ast(ids, out.reborrow())?;
        out.push_sql(" OFFSET 0)");
        self.push_beyond(&format!("{tier}, s.prominence, s.initiative_id"), out.reborrow())?;
        out.push_sql(&format!(" ORDER BY s.prominence {direction}, s.initiative_id {direction} LIMIT "));
        out.push_bind_param::<BigInt, _>(&self.0.limit)?;
        out.push_sql(")");
        Ok(())
    }

    /// Councils stand before all initiatives: there are never many.
    fn push_councils<'b>(&'b self, ids: &'b Councils, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (direction, _) = self.0.direction();
        out.push_sql("(SELECT 'council', c.id, 2, coalesce(c.population, 0)::double precision FROM council_search s");
        out.push_sql(" JOIN councils c ON c.id = s.council_id WHERE s.document @@ ");
        self.0.push_query(&mut out)?;
        out.push_sql(" AND EXISTS (");
        QueryFragment::<Pg>::walk_ast(ids, out.reborrow())?;
        out.push_sql(" OFFSET 0)");
        self.push_beyond("2, coalesce(c.population, 0)::double precision, c.id", out.reborrow())?;
        out.push_sql(&format!(" ORDER BY 4 {direction}, 2 {direction} LIMIT "));
        out.push_bind_param::<BigInt, _>(&self.0.limit)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Pg> for Many {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT * FROM (");
        // Each part is read only when those before it do not fill the page.
        let mut tiers = [2, 1, 0];
        if self.0.backwards {
            tiers.reverse();
        }
        let mut first = true;
        for tier in tiers {
            let Among { initiatives, councils } = &self.0.among;
            if (tier == 2 && councils.is_none()) || (tier < 2 && initiatives.is_none()) {
                continue;
            }
            if !first {
                out.push_sql(" UNION ALL ");
            }
            first = false;
            match (tier, initiatives, councils) {
                (2, _, Some(ids)) => self.push_councils(ids, out.reborrow())?,
                (_, Some(ids), _) => self.push_initiatives(ids, tier, out.reborrow())?,
                _ => {}
            }
        }
        out.push_sql(") AS hits (resource, id, tier, prominence) LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.0.limit)
    }
}

impl QueryId for Few {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Few {
    type SqlType = (Nullable<Text>, Nullable<SqlUuid>, Nullable<Double>, BigInt);
}

impl QueryId for Many {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Many {
    type SqlType = (Text, SqlUuid, Integer, Double);
}
