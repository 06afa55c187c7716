//! What may be meant by what has been typed so far, fast enough to ask at every letter.

use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::try_join;
use uuid::Uuid;

use super::model::{Found, Suggestion};
use super::rank::Initiatives;
use crate::auth::caller::Reach;
use crate::councils;
use crate::db::schema::{councils as council_table, initiatives, themes};
use crate::error::ApiError;
use crate::initiatives::filter::visible;

/// Fewer letters than this suggest titles that begin with them alone: too many have a word that does.
const ENOUGH_LETTERS: usize = 3;
/// Titles with a word that begins with what was typed, of which the most prominent are suggested.
const LOOKED_AT: i64 = 50;

/// Id, slug, and what is shown.
type Row = (Uuid, String, String);

/// Councils (at most half), themes (at most a quarter), then initiatives that have a word beginning with what was typed; of
/// each those that begin with it come first.
pub async fn suggest(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    typed: &str,
    limit: i64,
) -> Result<Vec<Suggestion>, ApiError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let escaped = typed.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let word = |column: &str| {
        let test = sql::<Bool>(&format!("' ' || {column} LIKE '% ' || search_fold("));
        test.bind::<Text, _>(escaped.clone()).sql(") || '%'")
    };
    let begins_elsewhere = |column: &str| {
        let test = sql::<Bool>(&format!("{column} NOT LIKE search_fold("));
        test.bind::<Text, _>(escaped.clone()).sql(") || '%'")
    };
    let of_council =
        "(SELECT string_agg(name, '  ') FROM council_search, unnest(names) name WHERE council_id = councils.id)";
    let near_councils = councils::store::visible(reach)
        .filter(word(of_council))
        .order((
            begins_elsewhere("search_fold(councils.short_name)"),
            council_table::population.desc().nulls_last(),
            council_table::id,
        ))
        .limit((limit + 1) / 2)
        .select((council_table::id, council_table::slug, council_table::name));
    let near_themes = themes::table
        .filter(themes::withdrawn_at.is_null())
        .filter(themes::status.eq("active"))
        .filter(word("search_fold(themes.label)"))
        .order((begins_elsewhere("search_fold(themes.label)"), themes::label))
        .limit((limit + 3) / 4)
        .select((themes::id, themes::slug, themes::label));
    let visible = || visible(reach).select(initiatives::id);
    let near_titles = Titles {
        beginning: visible(),
        with_word: (typed.chars().count() >= ENOUGH_LETTERS).then(visible),
        escaped: escaped.clone(),
        limit,
    };

    let conn: &AsyncPgConnection = conn;
    let (mut first, mut second, mut third) = (conn, conn, conn);
    let (councils, themes, titles) = try_join!(
        near_councils.load::<Row>(&mut first),
        near_themes.load::<Row>(&mut second),
        near_titles.load::<Row>(&mut third),
    )?;
    let found = [(Found::Council, councils), (Found::Theme, themes), (Found::Initiative, titles)];
    let suggestions = found.into_iter().flat_map(|(resource, rows)| {
        rows.into_iter().map(move |(id, slug, text)| Suggestion { resource, id, slug, text })
    });
    Ok(suggestions.take(limit as usize).collect())
}

/// Titles that begin with what was typed, in their order, then those with a word that does.
struct Titles {
    beginning: Initiatives,
    with_word: Option<Initiatives>,
    escaped: String,
    limit: i64,
}

impl Titles {
    fn push_typed<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("search_fold(");
        out.push_bind_param::<Text, _>(&self.escaped)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Pg> for Titles {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        let from =
            "FROM initiative_search s JOIN initiatives i ON i.id = s.initiative_id WHERE s.title_key COLLATE \"C\"";
        out.push_sql(&format!("SELECT * FROM ((SELECT i.id, i.slug, i.title {from} LIKE "));
        self.push_typed(&mut out)?;
        out.push_sql(" || '%' AND i.id IN (");
        QueryFragment::<Pg>::walk_ast(&self.beginning, out.reborrow())?;
        out.push_sql(") ORDER BY s.title_key COLLATE \"C\" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(")");
        if let Some(ids) = &self.with_word {
            out.push_sql(" UNION ALL (SELECT id, slug, title FROM (SELECT i.id, i.slug, i.title, s.prominence ");
            out.push_sql(
                "FROM initiative_search s JOIN initiatives i ON i.id = s.initiative_id WHERE s.title_key LIKE '% ' || ",
            );
            self.push_typed(&mut out)?;
            out.push_sql(" || '%' AND s.title_key NOT LIKE ");
            self.push_typed(&mut out)?;
            out.push_sql(" || '%' AND i.id IN (");
            QueryFragment::<Pg>::walk_ast(ids, out.reborrow())?;
            out.push_sql(") LIMIT ");
            out.push_bind_param::<BigInt, _>(&LOOKED_AT)?;
            out.push_sql(") near ORDER BY prominence DESC, id LIMIT ");
            out.push_bind_param::<BigInt, _>(&self.limit)?;
            out.push_sql(")");
        }
        out.push_sql(") titles LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl QueryId for Titles {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Titles {
    type SqlType = (SqlUuid, Text, Text);
}
