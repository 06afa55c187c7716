//! From the columns to the statement of an export.

use diesel::expression::SqlLiteral;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Nullable, Text};

use super::columns::{Kind, Member, Table};
use super::format::Format;

/// A row of an export: the cells of a CSV, or one piece of JSON.
pub type Row = Vec<Option<String>>;
/// The SQL of a row.
pub type RowSql = SqlLiteral<Array<Nullable<Text>>>;

/// What an export reads of each record.
pub struct Plan {
    /// Name of each column of a CSV, and whether it holds texts that people wrote.
    pub columns: Vec<(&'static str, bool)>,
    /// SQL of each cell, or of the one piece of JSON.
    pub cells: Vec<String>,
}

impl Plan {
    /// For a format of a table; with the members that `fields` picks, or all.
    pub fn new(table: &Table, format: Format, fields: Option<&[String]>) -> Self {
        if format == Format::Csv {
            let columns = || table.picked(fields).flat_map(|member| &member.columns);
            return Self {
                columns: columns().map(|column| (column.name, column.kind == Kind::Text)).collect(),
                cells: columns().map(|column| format!("({})::text", column.cell)).collect(),
            };
        }
        let record = record(table.picked(fields));
        let piece = if format == Format::Geojson { feature(table, &record) } else { record };
        Self { columns: Vec::new(), cells: vec![format!("({piece})::text")] }
    }

    /// What to select.
    pub fn row(&self) -> RowSql {
        diesel::dsl::sql(&format!("ARRAY[{}]", self.cells.join(", ")))
    }
}

fn record<'a>(members: impl Iterator<Item = &'a Member>) -> String {
    let members: Vec<String> = members.map(|member| format!("'{}', {}", member.name, member.json)).collect();
    format!("json_build_object({})", members.join(", "))
}

/// RFC 7946, sections 3.1.2 and 3.2: longitude first, and a null where no place is known.
fn feature(table: &Table, record: &str) -> String {
    let geometry = match &table.point {
        Some([longitude, latitude]) => format!(
            "CASE WHEN {longitude} IS NOT NULL THEN json_build_object('type', 'Point', 'coordinates',
                json_build_array({longitude}, {latitude})) END"
        ),
        None => "NULL".into(),
    };
    let id = table.id;
    format!("json_build_object('type', 'Feature', 'id', {id}, 'geometry', {geometry}, 'properties', {record})")
}

/// All rows of a query, the first of them soon.
///
/// Without a limit PostgreSQL plans for the last row, and may work out every row before it sorts them. A limit that it does
/// not know when it plans makes it plan for a part of the rows: it walks along an index where there is one, and otherwise
/// sorts before it works out what is selected.
#[derive(Debug, Clone)]
pub struct Whole<Q>(pub Q);

impl<Q: Query> Query for Whole<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> QueryId for Whole<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Whole<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT (SELECT 9223372036854775807)");
        Ok(())
    }
}
