//! Columns of an export. One description serves the cells, the CSV header and the codebook.

use serde::Serialize;

use crate::db::enum_text::text;

/// Separator in a cell with several values.
pub const BETWEEN: &str = ";";

/// Type of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text written by people.
    Text,
    /// A word in the registry's own form: an id, a slug, a vocabulary word, a date as given.
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

impl Kind {
    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Text | Self::Word => "text",
            Self::Whole => "whole number",
            Self::Decimal => "number",
            Self::Date => "date",
            Self::Time => "date and time, UTC",
        }
    }
}

/// True for a text that a spreadsheet would treat as a formula.
///
/// Such a cell gets a leading apostrophe, which spreadsheets read as "this is text" (OWASP, "CSV Injection").
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

/// Content of a cell. `None` for an empty one.
pub type Cell = Option<String>;

/// A column of a CSV over records of type `R`.
#[derive(Debug)]
pub struct Column<R> {
    /// Name in the CSV header.
    pub name: &'static str,
    /// The cell for a record.
    pub cell: fn(&R) -> Cell,
    /// Type of its cells.
    pub kind: Kind,
    /// The schema member that describes the column and its values, such as `Initiative/title`. Empty if the note says
    /// everything.
    pub schema_member: &'static str,
    /// Further explanation.
    pub note: &'static str,
    /// True for several joined values. Rules for one value do not apply to the cell.
    pub is_several: bool,
    /// True if never empty.
    pub is_required: bool,
    /// True if each value occurs once.
    pub is_unique: bool,
}

/// A member of a list's records, with its CSV columns.
#[derive(Debug)]
pub struct Member<R> {
    /// Name in the record and in `fields`.
    pub name: &'static str,
    /// Its columns.
    pub columns: Vec<Column<R>>,
}

/// A list that can be exported.
#[derive(Debug)]
pub struct Table<R> {
    /// Last segment of its address.
    pub name: &'static str,
    /// Title in the codebook.
    pub title: &'static str,
    /// Description of a row.
    pub about: &'static str,
    /// Its members, in the order of the record.
    pub members: Vec<Member<R>>,
    /// Columns that identify a row.
    pub key: &'static [&'static str],
    /// References to other tables: column, table (empty for this one), column there.
    pub links: &'static [(&'static str, &'static str, &'static str)],
}

impl<R> Column<R> {
    /// A column that may be empty.
    pub fn new(name: &'static str, kind: Kind, schema_member: &'static str, cell: fn(&R) -> Cell) -> Self {
        Self { name, cell, kind, schema_member, note: "", is_several: false, is_required: false, is_unique: false }
    }

    /// Marks the column as never empty.
    pub fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// Marks the column as never empty and unique.
    pub fn unique(self) -> Self {
        Self { is_required: true, is_unique: true, ..self }
    }

    /// Adds a note.
    pub fn noted(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// Marks the column as having several values in a cell. `note` explains their form.
    pub fn several(self, note: &'static str) -> Self {
        Self { note, is_several: true, ..self }
    }
}

impl<R> Member<R> {
    /// A member with columns of its own.
    pub fn new(name: &'static str, columns: Vec<Column<R>>) -> Self {
        Self { name, columns }
    }

    /// A member that is one column of the same name.
    pub fn plain(column: Column<R>) -> Self {
        Self { name: column.name, columns: vec![column] }
    }

    /// A member that is one column of the same name and may be empty.
    pub fn optional(name: &'static str, kind: Kind, schema_member: &'static str, cell: fn(&R) -> Cell) -> Self {
        Self::plain(Column::new(name, kind, schema_member, cell))
    }

    /// A member that is one column of the same name and is never empty.
    pub fn required(name: &'static str, kind: Kind, schema_member: &'static str, cell: fn(&R) -> Cell) -> Self {
        Self::plain(Column::new(name, kind, schema_member, cell).required())
    }
}

impl<R> Table<R> {
    /// Columns of the members in `fields`, in the order of the record. All columns without `fields`.
    pub fn picked<'a>(&'a self, fields: Option<&'a [String]>) -> impl Iterator<Item = &'a Column<R>> {
        self.members
            .iter()
            .filter(move |member| fields.is_none_or(|fields| fields.iter().any(|one| one == member.name)))
            .flat_map(|member| &member.columns)
    }

    /// The cell of a record in the named column.
    pub fn cell(&self, name: &str, record: &R) -> Cell {
        let mut columns = self.members.iter().flat_map(|member| &member.columns);
        columns.find(|column| column.name == name).and_then(|column| (column.cell)(record))
    }
}

/// A word, a day or a moment, written as in JSON.
pub fn word(value: &impl Serialize) -> Cell {
    Some(text(value))
}

/// A text that may be unknown.
pub fn known(value: Option<&(impl AsRef<str> + ?Sized)>) -> Cell {
    value.map(|value| value.as_ref().to_owned())
}

/// A number that may be unknown.
pub fn number<T: ToString>(value: Option<T>) -> Cell {
    value.map(|value| value.to_string())
}

/// Several values in one cell. Empty if there are none.
pub fn joined(values: impl IntoIterator<Item = String>) -> Cell {
    let values: Vec<String> = values.into_iter().collect();
    (!values.is_empty()).then(|| values.join(BETWEEN))
}

/// A text to join with others in a cell.
pub fn among_others(text: &str) -> String {
    text.replace(BETWEEN, ",")
}
