//! What a column of an export is: one description for the cells, the head of the CSV and the codebook.

use serde::Serialize;

use crate::db::enum_text::text;

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

/// What a cell says; `None` for an empty one.
pub type Cell = Option<String>;

/// A column of a CSV over records of type `R`.
#[derive(Debug)]
pub struct Column<R> {
    /// In the head of the CSV.
    pub name: &'static str,
    /// The cell of a record.
    pub cell: fn(&R) -> Cell,
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
#[derive(Debug)]
pub struct Member<R> {
    /// As in the record, and as `fields` picks it.
    pub name: &'static str,
    /// Its columns.
    pub columns: Vec<Column<R>>,
}

/// A list that is handed out whole.
#[derive(Debug)]
pub struct Table<R> {
    /// Last segment of its address.
    pub name: &'static str,
    /// Title in the codebook.
    pub title: &'static str,
    /// What a row is.
    pub about: &'static str,
    /// Its members, in the order of the record.
    pub members: Vec<Member<R>>,
    /// The columns that tell its rows apart.
    pub key: &'static [&'static str],
    /// Columns that name a row of a table: the column, the table (empty for this one), the column there.
    pub links: &'static [(&'static str, &'static str, &'static str)],
}

impl<R> Column<R> {
    /// A column, which may be empty.
    pub fn new(name: &'static str, kind: Kind, said: &'static str, cell: fn(&R) -> Cell) -> Self {
        Self { name, cell, kind, said, note: "", is_several: false, is_required: false, is_unique: false }
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

impl<R> Member<R> {
    /// A member with columns of its own.
    pub fn new(name: &'static str, columns: Vec<Column<R>>) -> Self {
        Self { name, columns }
    }

    /// A member that is one column of the same name.
    pub fn plain(column: Column<R>) -> Self {
        Self { name: column.name, columns: vec![column] }
    }
}

impl<R> Table<R> {
    /// The columns of the members that `fields` picks, in the order of the record; all without a choice.
    pub fn picked<'a>(&'a self, fields: Option<&'a [String]>) -> impl Iterator<Item = &'a Column<R>> {
        self.members
            .iter()
            .filter(move |member| fields.is_none_or(|fields| fields.iter().any(|one| one == member.name)))
            .flat_map(|member| &member.columns)
    }

    /// The cell of a record under the name of its column.
    pub fn cell(&self, name: &str, record: &R) -> Cell {
        let mut columns = self.members.iter().flat_map(|member| &member.columns);
        columns.find(|column| column.name == name).and_then(|column| (column.cell)(record))
    }
}

/// A word, a day or a moment as JSON has it.
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

/// Several values in one cell; empty for none.
pub fn joined(values: impl IntoIterator<Item = String>) -> Cell {
    let values: Vec<String> = values.into_iter().collect();
    (!values.is_empty()).then(|| values.join(BETWEEN))
}

/// A text that goes into a cell with others.
pub fn among_others(text: &str) -> String {
    text.replace(BETWEEN, ",")
}
