//! SQL text that is prepared once for each connection.
//!
//! Diesel prepares some statements again at each use: `sql_query`, UPDATE, and inserts of several rows. That costs a second
//! round trip and a new plan. Statements that every write needs are written as text here and there, and go through
//! [`Prepared`] instead.

use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::expression::{AsExpression, TypedExpressionType};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error;
use diesel::sql_types::{SqlType, Untyped};

/// A statement as text, with values for `$1`, `$2` and so on: in this order, each of them once.
///
/// `ST` is the type of the rows, such as `(Text, Uuid)`, for a statement that returns some.
pub struct Prepared<'a, ST = Untyped> {
    text: &'static str,
    values: Vec<Box<dyn QueryFragment<Pg> + Send + 'a>>,
    rows: PhantomData<fn() -> ST>,
}

impl<'a> Prepared<'a> {
    /// A statement without values so far.
    pub fn new(text: &'static str) -> Self {
        Self { text, values: Vec::new(), rows: PhantomData }
    }
}

impl<'a, ST> Prepared<'a, ST> {
    /// The next value.
    pub fn bind<T, V>(mut self, value: V) -> Self
    where
        T: SqlType + TypedExpressionType,
        V: AsExpression<T>,
        V::Expression: QueryFragment<Pg> + Send + 'a,
    {
        self.values.push(Box::new(value.as_expression()));
        self
    }

    /// Say what rows it returns.
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
    // The text says which statement it is.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for Prepared<'_, ST> {
    type SqlType = ST;
}

/// The outcome of statements that were sent together.
///
/// Once one has failed, the server refuses the others of the transaction: the error is the one that came before.
pub fn all_done(outcomes: impl IntoIterator<Item = QueryResult<usize>>) -> QueryResult<()> {
    let is_refusal = |error: &Error| match error {
        Error::DatabaseError(_, information) => information.message().starts_with("current transaction is aborted"),
        _ => false,
    };
    let mut errors: Vec<Error> = outcomes.into_iter().filter_map(Result::err).collect();
    errors.sort_by_key(is_refusal);
    errors.into_iter().next().map_or(Ok(()), Err)
}
