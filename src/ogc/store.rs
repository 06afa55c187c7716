//! The statements that read features: a page, one, how many, and how far they reach. The same for every collection.

use std::marker::PhantomData;

use chrono::NaiveDate;
use diesel::expression::SqlLiteral;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Date, Double, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::try_join;
use uuid::Uuid;

use super::collections::{Collection, Ids};
use super::query::Choice;
use crate::auth::caller::Reach;
use crate::error::ApiError;
use crate::geography::BoundingBox;
use crate::page::{Slice, Window};

/// Where and when the features of a collection are.
#[derive(Clone, Debug)]
pub struct Span {
    /// West, south, east, north.
    pub bounds: [f64; 4],
    /// First and last day; `None` inside for an end that is open, outside where no feature has a period.
    pub period: Option<[Option<NaiveDate>; 2]>,
}

/// One page of features, each as GeoJSON with its id. `ids` is asked twice: for the page and for the number of all.
pub async fn list(
    conn: &AsyncPgConnection,
    collection: &Collection,
    ids: impl Fn() -> Ids,
    choice: &Choice,
    base: &str,
    window: &Window,
) -> Result<Slice<(Uuid, String)>, ApiError> {
    let (mut first, mut second) = (conn, conn);
    let matching = || Matching { collection: collection.clone(), ids: ids(), choice: choice.clone(), id: None };
    let page = Some(Page::new(window, collection.key));
    let page = Rows { matching: matching(), base: base.to_owned(), page };
    let rows = page.load::<(Uuid, String, String)>(&mut first);
    let total = Sums::<BigInt>::new("count(*)", matching()).get_result::<i64>(&mut second);
    let (rows, total) = try_join!(rows, total)?;
    let rows = rows.into_iter().map(|(id, feature, key)| ((id, feature), key)).collect();
    Ok(Slice::new(rows, total, window, |(id, _)| *id))
}

/// One feature as GeoJSON; `None` for an id of nothing that the caller sees, and of a record without a place.
pub async fn find(
    conn: &mut AsyncPgConnection,
    collection: &Collection,
    reach: Reach,
    id: Uuid,
    base: &str,
) -> Result<Option<String>, ApiError> {
    let matching = Matching { id: Some(id), ..Matching::visible(collection, reach) };
    let one = Rows { matching, base: base.to_owned(), page: None };
    let found = one.get_result::<(Uuid, String, String)>(conn).await.optional()?;
    Ok(found.map(|(_, feature, _)| feature))
}

/// How far features reach; `None` while there are none.
pub async fn extent(
    conn: &mut AsyncPgConnection,
    collection: &Collection,
    reach: Reach,
) -> Result<Option<Span>, ApiError> {
    type Edge = Option<f64>;
    type Sql = (
        (Nullable<Double>, Nullable<Double>, Nullable<Double>, Nullable<Double>),
        (Nullable<Date>, Nullable<Bool>, Nullable<Date>, Nullable<Bool>),
    );
    type End = (Option<NaiveDate>, Option<bool>, Option<NaiveDate>, Option<bool>);
    let [west, south, east, north] = &collection.bounds;
    let [from, to] = match &collection.period {
        Some([from, to]) => [from.as_str(), to.as_str()],
        None => ["NULL::date", "NULL::date"],
    };
    // Of a feature of which one end is known, the other one is open.
    let sums = format!(
        "min({west}), min({south}), max({east}), max({north}),
         min({from}), bool_or({from} IS NULL AND {to} IS NOT NULL),
         max({to}), bool_or({to} IS NULL AND {from} IS NOT NULL)"
    );
    let matching = Matching::visible(collection, reach);
    let (edges, ends): ((Edge, Edge, Edge, Edge), End) = Sums::<Sql>::new(&sums, matching).get_result(conn).await?;
    let (Some(west), Some(south), Some(east), Some(north)) = edges else { return Ok(None) };
    let (from, from_is_open, to, to_is_open) = ends;
    let known = |end: Option<NaiveDate>, is_open: Option<bool>| end.filter(|_| is_open != Some(true));
    let has_period = from.is_some() || to.is_some();
    let period = has_period.then(|| [known(from, from_is_open), known(to, to_is_open)]);
    Ok(Some(Span { bounds: [west, south, east, north], period }))
}

/// The rows that are features: `FROM` and `WHERE` of every statement.
struct Matching {
    collection: Collection,
    ids: Ids,
    choice: Choice,
    /// This one alone.
    id: Option<Uuid>,
}

impl Matching {
    fn visible(collection: &Collection, reach: Reach) -> Self {
        let ids = (collection.visible)(reach);
        Self { collection: collection.clone(), ids, choice: Choice::default(), id: None }
    }
}

impl QueryFragment<Pg> for Matching {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Collection { table, key, bounds: [west, south, east, north], period, .. } = &self.collection;
        out.push_sql(&format!(" FROM {table} WHERE {key} IN ("));
        match &self.ids {
            Ids::Councils(ids) => QueryFragment::<Pg>::walk_ast(ids, out.reborrow())?,
            Ids::Initiatives(ids) => QueryFragment::<Pg>::walk_ast(ids, out.reborrow())?,
        }
        out.push_sql(&format!(") AND {west} IS NOT NULL"));
        if let Some(id) = &self.id {
            out.push_sql(&format!(" AND {key} = "));
            out.push_bind_param::<SqlUuid, _>(id)?;
        }
        if let Some(boxes) = &self.choice.boxes {
            let meets = |within: &BoundingBox| {
                let BoundingBox { west: left, south: bottom, east: right, north: top } = within;
                format!("{west} <= {right} AND {east} >= {left} AND {south} <= {top} AND {north} >= {bottom}")
            };
            let meets: Vec<String> = boxes.iter().map(meets).collect();
            out.push_sql(&format!(" AND ({})", meets.join(" OR ")));
        }
        if let (Some(chosen), Some([from, to])) = (&self.choice.period, period) {
            for (end, sign, day) in [(from, "<=", &chosen.to), (to, ">=", &chosen.from)] {
                if let Some(day) = day {
                    out.push_sql(&format!(" AND ({end} IS NULL OR {end} {sign} "));
                    out.push_bind_param::<Date, _>(day)?;
                    out.push_sql(")");
                }
            }
        }
        Ok(())
    }
}

/// Features with their ids and sort keys: those of a page, or all.
struct Rows {
    matching: Matching,
    base: String,
    page: Option<Page>,
}

/// The part of the rows that a page shows.
struct Page {
    key: SqlLiteral<Text>,
    beyond: Option<Box<dyn QueryFragment<Pg> + Send>>,
    order: SqlLiteral<Text>,
    limit: i64,
}

impl Page {
    fn new(window: &Window, ties: &str) -> Self {
        let beyond = window.beyond(ties);
        Self {
            key: window.key(),
            beyond: beyond.map(|test| Box::new(test) as Box<dyn QueryFragment<Pg> + Send>),
            order: window.order(ties),
            limit: window.fetch(),
        }
    }
}

impl QueryFragment<Pg> for Rows {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        let Collection { key, geometry, properties, .. } = &self.matching.collection;
        let properties: String = properties.iter().map(|(name, value)| format!("'{name}', {value}, ")).collect();
        out.push_sql(&format!(
            "SELECT {key}, json_build_object('type', 'Feature', 'id', {key}, 'geometry', {geometry},
                'properties', json_build_object({properties}'url', "
        ));
        out.push_bind_param::<Text, _>(&self.base)?;
        out.push_sql(&format!(" || '/id/' || {key}))::text, "));
        let Some(page) = &self.page else {
            out.push_sql("''");
            return self.matching.walk_ast(out);
        };
        page.key.walk_ast(out.reborrow())?;
        self.matching.walk_ast(out.reborrow())?;
        if let Some(beyond) = &page.beyond {
            out.push_sql(" AND ");
            beyond.walk_ast(out.reborrow())?;
        }
        out.push_sql(" ORDER BY ");
        page.order.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&page.limit)
    }
}

impl QueryId for Rows {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Rows {
    type SqlType = (SqlUuid, Text, Text);
}

/// What is summed up over all features that match, of the SQL type `T`.
struct Sums<T> {
    sums: String,
    matching: Matching,
    kind: PhantomData<T>,
}

impl<T> Sums<T> {
    fn new(sums: &str, matching: Matching) -> Self {
        Self { sums: sums.into(), matching, kind: PhantomData }
    }
}

impl<T> QueryFragment<Pg> for Sums<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT ");
        out.push_sql(&self.sums);
        self.matching.walk_ast(out)
    }
}

impl<T> QueryId for Sums<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> Query for Sums<T> {
    type SqlType = T;
}
