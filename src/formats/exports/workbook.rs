//! Excel workbooks: a sheet of rows, a sheet that explains its columns, and one about the file.
//!
//! The rows go to an unlinked file in the system's temporary folder, and from there into the answer as it is compressed.
//! The memory needed does not depend on the number of rows.

use std::io::{self, Write};

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use rust_xlsxwriter::{DocProperties, Format as Style, FormatAlign, Workbook, Worksheet, XlsxError};

use super::columns::{Kind, is_formula};

/// Maximum number of rows of a sheet, without the header.
pub const MOST_ROWS: usize = 1_048_575;
/// Maximum length of a text in a cell, in UTF-16 units.
const LONGEST_TEXT: usize = 32_767;
/// End of a text that is too long for a cell.
const CUT: &str = " … (cut off here: too long for Excel; the CSV has all of it)";

/// A column, with its explanation.
pub struct Explained {
    /// Name.
    pub name: &'static str,
    /// Type of its cells.
    pub kind: Kind,
    /// Meaning.
    pub meaning: String,
    /// Its words, each with its meaning.
    pub words: Vec<(String, String)>,
}

/// A workbook that takes rows.
pub struct Book {
    book: Workbook,
    rows: Worksheet,
    columns: Vec<Explained>,
    /// Lines of the sheet about the file.
    about: Vec<(&'static str, String)>,
    /// The row to write next.
    next: u32,
    styles: Styles,
}

struct Styles {
    head: Style,
    /// A text that begins like a formula. It stays a text when somebody edits the cell.
    quoted: Style,
    day: Style,
    moment: Style,
    wrapped: Style,
}

impl Book {
    /// A workbook without rows. `name` is the name of their sheet; `about` becomes a sheet of names and values.
    pub fn new(name: &str, columns: Vec<Explained>, about: Vec<(&'static str, String)>) -> io::Result<Self> {
        let mut book = Workbook::new();
        let rows = book.new_worksheet_with_constant_memory().map_err(unwritten)?;
        let mut new = Self { book, rows, columns, about, next: 1, styles: Styles::new() };
        new.begin(name).map_err(unwritten)?;
        Ok(new)
    }

    fn begin(&mut self, name: &str) -> Result<(), XlsxError> {
        self.rows.set_name(name)?;
        self.rows.set_freeze_panes(1, 0)?;
        for (at, column) in (0..).zip(&self.columns) {
            self.rows.set_column_width(at, width(column))?;
            self.rows.write_string_with_format(0, at, column.name, &self.styles.head)?;
        }
        Ok(())
    }

    /// Adds a row. Returns the approximate number of bytes added.
    pub fn push(&mut self, cells: impl IntoIterator<Item = Option<String>>) -> io::Result<usize> {
        let mut size = 0;
        for ((at, column), cell) in (0..).zip(&self.columns).zip(cells) {
            let Some(cell) = cell.filter(|cell| !cell.is_empty()) else { continue };
            size += cell.len();
            let (rows, styles) = (&mut self.rows, &self.styles);
            match Typed::new(column.kind, &cell) {
                Typed::Number(number) => rows.write_number(self.next, at, number),
                Typed::Day(day) => rows.write_number_with_format(self.next, at, day, &styles.day),
                Typed::Moment(moment) => rows.write_number_with_format(self.next, at, moment, &styles.moment),
                Typed::Text(text) if is_formula(&text) => {
                    rows.write_string_with_format(self.next, at, text, &styles.quoted)
                }
                Typed::Text(text) => rows.write_string(self.next, at, text),
            }
            .map_err(unwritten)?;
        }
        self.next += 1;
        Ok(size)
    }

    /// Writes the whole workbook. Blocks while `out` blocks.
    pub fn save(mut self, out: impl Write + Send) -> io::Result<()> {
        let last = (self.next - 1, self.columns.len().saturating_sub(1) as u16);
        self.rows.autofilter(0, 0, last.0, last.1).map_err(unwritten)?;
        self.book.push_worksheet(self.rows);
        explain(self.book.add_worksheet(), &self.columns, &self.styles).map_err(unwritten)?;
        tell(self.book.add_worksheet(), &self.about, &self.styles).map_err(unwritten)?;
        if let Some((_, title)) = self.about.first() {
            self.book.set_properties(&DocProperties::new().set_title(title));
        }
        self.book.save_to_writer(out).map_err(unwritten)
    }
}

impl Styles {
    fn new() -> Self {
        let base = Style::new();
        Self {
            head: base.clone().set_bold(),
            quoted: base.clone().set_quote_prefix(),
            day: base.clone().set_num_format("yyyy-mm-dd"),
            moment: base.clone().set_num_format("yyyy-mm-dd hh:mm:ss"),
            wrapped: base.set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

/// Content of a cell in Excel's own types.
#[derive(Debug, PartialEq)]
enum Typed {
    Number(f64),
    /// Days since 1899-12-30.
    Day(f64),
    /// Days since 1899-12-30, in UTC.
    Moment(f64),
    Text(String),
}

impl Typed {
    /// From a cell as the CSV has it. What does not fit its type stays a text: Excel has no dates before 1900, and no
    /// exact numbers of more than 17 digits.
    fn new(kind: Kind, cell: &str) -> Self {
        let typed = match kind {
            Kind::Text | Kind::Word => None,
            Kind::Whole | Kind::Decimal => {
                let digits = cell.bytes().filter(u8::is_ascii_digit).count();
                cell.parse().ok().filter(|number: &f64| number.is_finite() && digits <= 17).map(Self::Number)
            }
            Kind::Date => cell.parse().ok().and_then(|day: NaiveDate| serial(day.into())).map(Self::Day),
            Kind::Time => {
                let moment = DateTime::parse_from_rfc3339(cell).ok();
                moment.and_then(|moment| serial(moment.naive_utc())).map(Self::Moment)
            }
        };
        typed.unwrap_or_else(|| Self::Text(fitted(cell)))
    }
}

/// A time as Excel's number of days. `None` before March 1900, because Excel takes 1900 for a leap year.
fn serial(time: NaiveDateTime) -> Option<f64> {
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_hms_opt(0, 0, 0)?;
    let seconds = (time - epoch).num_milliseconds() as f64 / 1000.0;
    Some(seconds / 86_400.0).filter(|days| *days >= 61.0)
}

/// A text that fits into a cell. One that is too long is cut and says so.
fn fitted(text: &str) -> String {
    if text.len() <= LONGEST_TEXT || text.encode_utf16().count() <= LONGEST_TEXT {
        return text.to_owned();
    }
    let mut room = LONGEST_TEXT - CUT.encode_utf16().count();
    let fits = |c: &char| {
        let fits = c.len_utf16() <= room;
        room = room.saturating_sub(c.len_utf16());
        fits
    };
    text.chars().take_while(fits).chain(CUT.chars()).collect()
}

/// Width of a column in characters.
fn width(column: &Explained) -> f64 {
    let least = match column.kind {
        Kind::Text => 40.0,
        Kind::Word => 18.0,
        Kind::Whole | Kind::Decimal => 10.0,
        Kind::Date => 12.0,
        Kind::Time => 20.0,
    };
    // Beside the name there is the button of the filter.
    f64::max(least, column.name.len() as f64 + 4.0)
}

/// Fills the sheet that explains the columns: a line for each column, and below it one for each of its words.
fn explain(sheet: &mut Worksheet, columns: &[Explained], styles: &Styles) -> Result<(), XlsxError> {
    sheet.set_name("Columns")?;
    sheet.set_freeze_panes(1, 0)?;
    for (at, (head, width)) in (0..).zip([("column", 26), ("word", 24), ("type", 16), ("meaning", 100)]) {
        sheet.set_column_width(at, width)?;
        sheet.write_string_with_format(0, at, head, &styles.head)?;
    }
    let mut line = 1;
    for column in columns {
        let words = column.words.iter().map(|(word, meaning)| (word.as_str(), "", meaning));
        for (word, kind, meaning) in [("", column.kind.title(), &column.meaning)].into_iter().chain(words) {
            for (at, text) in (0..).zip([column.name, word, kind, meaning.as_str()]) {
                sheet.write_string_with_format(line, at, text, &styles.wrapped)?;
            }
            line += 1;
        }
    }
    Ok(())
}

/// Fills the sheet about the file.
fn tell(sheet: &mut Worksheet, about: &[(&str, String)], styles: &Styles) -> Result<(), XlsxError> {
    sheet.set_name("About")?;
    sheet.set_column_width(0, 16)?;
    sheet.set_column_width(1, 100)?;
    for (line, (name, value)) in (0..).zip(about) {
        sheet.write_string_with_format(line, 0, *name, &styles.head)?;
        sheet.write_string_with_format(line, 1, value, &styles.wrapped)?;
    }
    Ok(())
}

fn unwritten(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_excels() {
        // Excel shows 45658 as 2025-01-01.
        assert_eq!(Typed::new(Kind::Date, "2025-01-01"), Typed::Day(45_658.0));
        assert_eq!(Typed::new(Kind::Time, "2025-01-01T06:00:00Z"), Typed::Moment(45_658.25));
        assert_eq!(Typed::new(Kind::Date, "1900-03-01"), Typed::Day(61.0));
        assert_eq!(Typed::new(Kind::Date, "1899-12-31"), Typed::Text("1899-12-31".into()));
        assert_eq!(Typed::new(Kind::Date, "2013-05"), Typed::Text("2013-05".into()));
    }

    #[test]
    fn numbers_are_numbers_and_words_never() {
        assert_eq!(Typed::new(Kind::Decimal, "-2.1"), Typed::Number(-2.1));
        assert_eq!(Typed::new(Kind::Whole, "many"), Typed::Text("many".into()));
        assert_eq!(Typed::new(Kind::Decimal, "NaN"), Typed::Text("NaN".into()));
        assert_eq!(Typed::new(Kind::Word, "2013"), Typed::Text("2013".into()));
        assert_eq!(Typed::new(Kind::Text, "=1+1"), Typed::Text("=1+1".into()));
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_between_characters_and_says_so() {
        let whole = "😀".repeat(LONGEST_TEXT / 2);
        assert_eq!(fitted(&whole), whole);
        let cut = fitted(&"😀".repeat(LONGEST_TEXT));
        assert!(cut.ends_with(CUT) && cut.starts_with("😀😀"));
        let length = cut.encode_utf16().count();
        assert!((LONGEST_TEXT - 1..=LONGEST_TEXT).contains(&length), "{length}");
    }
}
