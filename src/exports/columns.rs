//! What a column of an export is: one description for the statement, the head of the CSV and the codebook.

use uuid::Uuid;

use crate::auth::caller::Reach;
use crate::db::word::text;
use crate::initiatives::filter::levels;

/// Between the values of a cell that holds several.
pub const BETWEEN: &str = ";";

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text that people wrote.
    Text,
    /// A word of our own: an id, a slug, a word of a vocabulary, a date as it was given.
    Word,
    /// A whole number.
    Whole,
    /// A number.
    Decimal,
    /// A day.
    Date,
    /// A moment, in UTC.
    Time,
}

/// A column of a CSV.
#[derive(Clone, Debug)]
pub struct Column {
    /// In the head of the CSV.
    pub name: &'static str,
    /// SQL of the cell, null for an empty one. Of any type; cast to text.
    pub cell: String,
    /// What it holds.
    pub kind: Kind,
    /// Which member of a schema of the document says what the column means and which values it has, such as
    /// `Initiative/title`; empty where the note says it all.
    pub said: &'static str,
    /// What is to be said besides.
    pub note: &'static str,
    /// Several values, joined: rules of one do not hold for the cell.
    pub is_several: bool,
    /// Never empty.
    pub is_required: bool,
    /// Each value once.
    pub is_unique: bool,
}

/// A member of the records of a list, with the columns that it makes in a CSV.
#[derive(Clone, Debug)]
pub struct Member {
    /// As in the record, and as `fields` picks it.
    pub name: &'static str,
    /// SQL of its JSON.
    pub json: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A list that is handed out whole.
#[derive(Clone, Debug)]
pub struct Table {
    /// Last segment of its address.
    pub name: &'static str,
    /// Title in the codebook.
    pub title: &'static str,
    /// What a row is.
    pub about: &'static str,
    /// Its members, in the order of the record.
    pub members: Vec<Member>,
    /// The columns that tell its rows apart.
    pub key: &'static [&'static str],
    /// Columns that name a row of a table: the column, the table (empty for this one), the column there.
    pub links: &'static [(&'static str, &'static str, &'static str)],
    /// SQL of longitude and latitude of a row, in a table with places.
    pub point: Option<[String; 2]>,
    /// SQL of the id of a row.
    pub id: &'static str,
}

impl Column {
    /// A column, which may be empty.
    pub fn new(name: &'static str, cell: impl Into<String>, kind: Kind, said: &'static str) -> Self {
        Self { name, cell: cell.into(), kind, said, note: "", is_several: false, is_required: false, is_unique: false }
    }

    /// The same, never empty.
    pub fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// The same, never empty and each value once.
    pub fn unique(self) -> Self {
        Self { is_required: true, is_unique: true, ..self }
    }

    /// The same, with a word besides.
    pub fn noted(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// The same, with several values in a cell; `note` says how they stand there.
    pub fn several(self, note: &'static str) -> Self {
        Self { note, is_several: true, ..self }
    }
}

impl Member {
    /// A member with columns of its own.
    pub fn new(name: &'static str, json: impl Into<String>, columns: Vec<Column>) -> Self {
        Self { name, json: json.into(), columns }
    }

    /// A member that is one column: the same in JSON and CSV.
    pub fn plain(column: Column) -> Self {
        Self { name: column.name, json: column.cell.clone(), columns: vec![column] }
    }
}

impl Table {
    /// The members that `fields` picks, in the order of the record; all without a choice.
    pub fn picked<'a>(&'a self, fields: Option<&'a [String]>) -> impl Iterator<Item = &'a Member> {
        self.members
            .iter()
            .filter(move |member| fields.is_none_or(|fields| fields.iter().any(|one| one == member.name)))
    }

    /// Every column.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.members.iter().flat_map(|member| &member.columns)
    }
}

/// SQL of a moment as the records have it: in UTC, with as many decimals as it needs, by threes.
pub fn time(column: &str) -> String {
    format!(r#"regexp_replace(to_char({column}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '(\.000)?000Z$', 'Z')"#)
}

/// SQL of a number without the zeros at its end that the column adds.
pub fn number(column: &str) -> String {
    format!("trim_scale({column})")
}

/// SQL of several values in one cell, in an order.
pub fn joined(value: &str, order: &str, from: &str) -> String {
    format!("(SELECT string_agg({value}, '{BETWEEN}' ORDER BY {order}) FROM {from})")
}

/// SQL of a text that goes into a cell with others.
pub fn among_others(text: &str) -> String {
    format!("replace({text}, '{BETWEEN}', ',')")
}

/// SQL of a JSON array, in an order; empty for nothing.
pub fn array(value: &str, order: &str, from: &str) -> String {
    format!("coalesce((SELECT json_agg({value} ORDER BY {order}) FROM {from}), '[]'::json)")
}

/// SQL of what records show of a council.
pub fn council(table: &str) -> String {
    format!(
        "json_build_object('id', {table}.id, 'slug', {table}.slug, 'name', {table}.name, 'gss_code', {table}.gss_code)"
    )
}

/// SQL that is true for what the caller may see of a second look at the initiatives, called `name` there: what
/// [`visible`](crate::initiatives::filter::visible) says of the first.
pub fn seen(reach: Reach, name: &str) -> String {
    let levels: Vec<String> = levels(reach).iter().map(|level| format!("'{}'", text(level))).collect();
    let levels = levels.join(", ");
    let own = |council: Uuid| format!(" OR {name}.lead_council_id = '{council}'");
    let own = reach.council.map_or(String::new(), own);
    format!("{name}.withdrawn_at IS NULL AND ({name}.effective_visibility IN ({levels}){own})")
}
