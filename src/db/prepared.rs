//! SQL text that is prepared once per connection.
//!
//! Diesel prepares some statements again at each use: `sql_query`, UPDATE, and inserts of several rows. That costs a
//! second round trip and a new plan. Statements on the path of every write use [`Prepared`] instead.

use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::expression::{AsExpression, TypedExpressionType};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error;
use diesel::sql_types::{SqlType, Untyped};

/// A statement as text, with values for `$1`, `$2` and so on: each is used once, in this order.
///
/// `ST` is the type of the returned rows, such as `(Text, Uuid)`.
pub struct Prepared<'a, ST = Untyped> {
    text: &'static str,
    values: Vec<Box<dyn QueryFragment<Pg> + Send + 'a>>,
    rows: PhantomData<fn() -> ST>,
}

impl<'a> Prepared<'a> {
    /// A statement without values.
    pub fn new(text: &'static str) -> Self {
        Self { text, values: Vec::new(), rows: PhantomData }
    }
}

impl<'a, ST> Prepared<'a, ST> {
    /// Bind the next value.
    pub fn bind<T, V>(mut self, value: V) -> Self
    where
        T: SqlType + TypedExpressionType,
        V: AsExpression<T>,
        V::Expression: QueryFragment<Pg> + Send + 'a,
    {
        self.values.push(Box::new(value.as_expression()));
        self
    }

    /// Set the type of the returned rows.
    pub fn returning<Rows>(self) -> Prepared<'a, Rows> {
        Prepared { text: self.text, values: self.values, rows: PhantomData }
    }
}

impl<ST> QueryFragment<Pg> for Prepared<'_, ST> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut parts = self.text.split('$');
        out.push_sql(parts.next().unwrap_or_default());
        // Diesel numbers the values itself.
        for (value, part) in self.values.iter().zip(parts) {
            value.walk_ast(out.reborrow())?;
            out.push_sql(part.trim_start_matches(|c: char| c.is_ascii_digit()));
        }
        Ok(())
    }
}

impl<ST> QueryId for Prepared<'_, ST> {
    type QueryId = ();
    // The text identifies the statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for Prepared<'_, ST> {
    type SqlType = ST;
}

/// Combines the results of statements that were sent together.
///
/// After the first failure, the server refuses the rest of the transaction. This returns the original error, not those
/// refusals.
pub fn all_done(outcomes: impl IntoIterator<Item = QueryResult<usize>>) -> QueryResult<()> {
    let is_refusal = |error: &Error| match error {
        Error::DatabaseError(_, information) => information.message().starts_with("current transaction is aborted"),
        _ => false,
    };
    let mut errors: Vec<Error> = outcomes.into_iter().filter_map(Result::err).collect();
    errors.sort_by_key(is_refusal);
    errors.into_iter().next().map_or(Ok(()), Err)
}
