//! Text types, each with its rule in its schema, so that the document and the check cannot disagree.
//!
//! The rules are JSON Schema keywords. [`crate::http::input::Body`] first normalises a body to NFC and its line ends to
//! `\n`, then checks it against the schema of its type. Only then does it become a value of these types. `From<&str>`
//! is for stored texts, which passed the same schema on their way in.

pub mod dates;
pub mod markdown;
pub mod moment;
pub mod org_id;
pub mod person;

use std::borrow::Cow;
use std::ops::RangeInclusive;

use derive_more::{Deref, From};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Beginning of a [`Line`]'s pattern. The first character is not a control character, a blank or (like all characters
/// of a line) invisible.
pub const LINE_START: &str = r"^[^\x00-\x20\x7f-\xa0";
/// Characters that are invisible or change the display order: soft hyphen, zero-width spaces and joiners, line and
/// paragraph separators, direction marks and overrides (Unicode TR36, section 2.5), fillers. With them, two different
/// names could look alike, or one line be taken for two.
const INVISIBLE: [RangeInclusive<char>; 9] = [
    '\u{ad}'..='\u{ad}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{180e}'..='\u{180e}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{feff}'..='\u{feff}',
];

/// True for an invisible character, which a line of text must not have.
pub fn is_invisible(c: char) -> bool {
    INVISIBLE.iter().any(|range| range.contains(&c))
}

/// Lower-case words of ASCII letters and digits, joined by single hyphens.
pub const SLUG: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";
/// `2013`, `2013-05` or `2013-05-10` from 1800 to 2199. Checks the days of each month, including leap years.
const PARTIAL_DATE: &str = concat!(
    r"^((1[89]|2[01])[0-9]{2}(-(0[1-9]|1[0-2])|-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|-(0[13-9]|1[0-2])-(29|30)",
    r"|-(0[13578]|1[02])-31)?|((1[89]|2[01])(0[48]|[2468][048]|[13579][26])|2000)-02-29)$"
);
/// http or https, a host, no blanks, no credentials.
const HTTP_URL: &str =
    r"^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?([/?#][^\x00-\x20\x7f-\xa0<>]*)?$";

fn string(pattern: &str, min: usize, max: usize, description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .pattern(Some(pattern))
        .min_length(Some(min))
        .max_length(Some(max))
        .description(Some(description))
}

/// Pattern of a line: no control characters, no blank at either end. Uses plain ranges, which every regex dialect reads
/// alike. Includes the minimum length, so that clients which generate texts from the pattern make them long enough.
///
/// `besides`: further characters that the line must not have, as in a class of characters.
fn line(min: usize, besides: &str) -> String {
    let hidden: String = INVISIBLE
        .iter()
        .map(|range| match (u32::from(*range.start()), u32::from(*range.end())) {
            (first, last) if first == last => format!(r"\u{first:04x}"),
            (first, last) => format!(r"\u{first:04x}-\u{last:04x}"),
        })
        .collect();
    let middle = format!(r"[^\x00-\x1f\x7f-\x9f{hidden}{besides}]");
    let end = format!(r"[^\x00-\x20\x7f-\xa0{hidden}{besides}]");
    match min {
        0 | 1 => format!("^{end}({middle}*{end})?$"),
        2.. => format!("^{end}{middle}{{{},}}{end}$", min - 2),
    }
}

/// One line of `MIN` to `MAX` characters, without control characters or blanks at its ends.
#[derive(Clone, Debug, Default, Deref, From, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[deref(forward)]
#[from(&str)]
pub struct Line<const MAX: usize, const MIN: usize = 1>(String);

impl<const MAX: usize, const MIN: usize> PartialSchema for Line<MAX, MIN> {
    fn schema() -> RefOr<Schema> {
        let description =
            format!("One line of {MIN} to {MAX} characters. No control characters, no space at either end.");
        string(&line(MIN, ""), MIN, MAX, &description).into()
    }
}

impl<const MAX: usize, const MIN: usize> ToSchema for Line<MAX, MIN> {
    fn name() -> Cow<'static, str> {
        if MIN == 1 { format!("Line{MAX}").into() } else { format!("Line{MIN}To{MAX}").into() }
    }
}

/// Characters that a [`Name`] does not have.
pub const NOT_IN_NAMES: &str = "<>";

/// A name of 1 to `MAX` characters: a line without angle brackets, which in a name are leftovers of a web page.
#[derive(Clone, Debug, Default, Deref, From, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[deref(forward)]
#[from(&str)]
pub struct Name<const MAX: usize>(String);

impl<const MAX: usize> PartialSchema for Name<MAX> {
    fn schema() -> RefOr<Schema> {
        let description = format!(
            "One line of 1 to {MAX} characters. No control characters, no angle brackets, no space at either end."
        );
        string(&line(1, NOT_IN_NAMES), 1, MAX, &description).into()
    }
}

impl<const MAX: usize> ToSchema for Name<MAX> {
    fn name() -> Cow<'static, str> {
        format!("Name{MAX}").into()
    }
}

/// The part of an address that names a record.
#[derive(Clone, Debug, Default, Deref, From, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[deref(forward)]
#[from(&str)]
pub struct Slug(String);

impl Slug {
    /// Makes a slug from a title: folded to ASCII, words joined by hyphens, at most 80 characters. `None` if no letter
    /// or digit folds to ASCII; the record then uses its id.
    pub fn from_title(title: &str) -> Option<Self> {
        use unicode_normalization::UnicodeNormalization;
        let mut slug = String::new();
        for c in title.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
            match c.to_ascii_lowercase() {
                c @ ('a'..='z' | '0'..='9') => slug.push(c),
                '\'' | '’' => {}
                _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
                _ => {}
            }
            if slug.len() >= 80 {
                break;
            }
        }
        let slug = slug.trim_end_matches('-');
        (!slug.is_empty()).then(|| Self(slug.into()))
    }
}

impl PartialSchema for Slug {
    fn schema() -> RefOr<Schema> {
        string(SLUG, 1, 100, "Lower-case ASCII words joined by hyphens. Names the record in its address.")
            .examples([json!("get-oldham-working")])
            .into()
    }
}
impl ToSchema for Slug {}

/// A day, month or year, as precise as known (ISO 8601 reduced precision).
#[derive(Clone, Debug, Default, Deref, From, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[deref(forward)]
#[from(&str)]
pub struct PartialDate(String);

impl PartialDate {
    /// True unless `self` is certainly before `earlier`: something that began `2013-05` may end in `2013`.
    pub fn not_before(&self, earlier: &Self) -> bool {
        let known = self.0.len().min(earlier.0.len());
        self.0[..known] >= earlier.0[..known]
    }
}

impl PartialSchema for PartialDate {
    fn schema() -> RefOr<Schema> {
        string(PARTIAL_DATE, 4, 10, "A year, month or day, as precise as known: 2013, 2013-05 or 2013-05-10.")
            .examples([json!("2013-05")])
            .into()
    }
}
impl ToSchema for PartialDate {}

/// A web address, http or https.
#[derive(Clone, Debug, Default, Deref, From, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[deref(forward)]
#[from(&str)]
pub struct HttpUrl(String);

impl PartialSchema for HttpUrl {
    fn schema() -> RefOr<Schema> {
        string(HTTP_URL, 9, 2000, "A web address (http or https).")
            .examples([json!("https://www.oldham.gov.uk/")])
            .into()
    }
}
impl ToSchema for HttpUrl {}

/// A reference to a council, theme, principle, organisation or initiative: its slug or id, or a council's GSS code.
#[derive(Clone, Debug, Default, Deref, From, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[deref(forward)]
#[from(&str)]
pub struct Reference(String);

impl PartialSchema for Reference {
    fn schema() -> RefOr<Schema> {
        string("^[A-Za-z0-9-]+$", 1, 100, "A slug, an id or, for councils, a GSS code.")
            .examples([json!("oldham")])
            .into()
    }
}
impl ToSchema for Reference {}

/// A number with at most four decimals and 15 significant digits. Most clients lose further digits of JSON numbers.
/// Stored as numeric(18,4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Quantity(f64);

impl Serialize for Quantity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Write 2015, not 2015.0: within the schema's limits, whole numbers are exact integers.
        if self.0.fract() == 0.0 { serializer.serialize_i64(self.0 as i64) } else { serializer.serialize_f64(self.0) }
    }
}

impl Quantity {
    /// The number as an exact decimal. `None` if it has more than four decimals.
    pub fn decimal(self) -> Option<bigdecimal::BigDecimal> {
        use std::str::FromStr;
        // The shortest text that reads back as this double has its true digits, up to 15 of them.
        let exact = bigdecimal::BigDecimal::from_str(&self.0.to_string()).ok()?;
        (exact.normalized().fractional_digit_count() <= 4).then_some(exact)
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl From<f64> for Quantity {
    fn from(number: f64) -> Self {
        Self(number)
    }
}

impl From<&bigdecimal::BigDecimal> for Quantity {
    fn from(exact: &bigdecimal::BigDecimal) -> Self {
        Self(exact.to_string().parse().unwrap_or_default())
    }
}

impl PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Number))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
            .minimum(Some(-99_999_999_999.0))
            .maximum(Some(99_999_999_999.0))
            .description(Some("A number with at most four decimals."))
            .examples([json!(1300)])
            .into()
    }
}
impl ToSchema for Quantity {}

/// The candidate most similar to `written`, if any is similar enough to be the one meant.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .filter(|candidate| !is_opposite(written, candidate))
        .map(|candidate| (strsim::jaro_winkler(written, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// True for `verified` and `unverified`, also with a typo: names that look alike and mean the opposite.
fn is_opposite(written: &str, candidate: &str) -> bool {
    let likeness = |other: &str| strsim::jaro_winkler(written, other);
    written != candidate
        && (written.strip_prefix("un") == Some(candidate)
            || candidate.strip_prefix("un").is_some_and(|positive| likeness(positive) > likeness(candidate)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_of_a_title() {
        assert_eq!(
            &*Slug::from_title("Édinburgh students’ housing co-operative!").unwrap(),
            "edinburgh-students-housing-co-operative"
        );
        assert_eq!(Slug::from_title("—"), None);
        assert!(Slug::from_title(&"long title ".repeat(30)).unwrap().len() <= 80);
    }

    #[test]
    fn partial_dates_are_ordered_as_far_as_they_are_known() {
        let date = |text: &str| PartialDate(text.into());
        assert!(date("2013").not_before(&date("2013-05")));
        assert!(date("2013-05-10").not_before(&date("2013-05")));
        assert!(!date("2012-12").not_before(&date("2013")));
    }

    #[test]
    fn partial_dates_are_those_of_the_calendar() {
        let schema = jsonschema::validator_for(&json!({ "pattern": PARTIAL_DATE })).unwrap();
        for year in [1800, 1896, 1900, 1999, 2000, 2010, 2012, 2013, 2026, 2096, 2100, 2196, 2199] {
            for (month, day) in (0..=13).flat_map(|month| (0..=32).map(move |day| (month, day))) {
                let date = format!("{year}-{month:02}-{day:02}");
                let exists = chrono::NaiveDate::from_ymd_opt(year, month, day).is_some();
                assert_eq!(schema.is_valid(&json!(date)), exists, "{date}");
            }
        }
        let valid = |date: &str| schema.is_valid(&json!(date));
        assert!(valid("2013") && valid("2013-12") && !valid("2013-00") && !valid("1799") && !valid("2200"));
    }

    #[test]
    fn a_quantity_keeps_its_digits() {
        let exact = |number: f64| Quantity(number).decimal().map(|d| d.normalized().to_string());
        assert_eq!(exact(12.2).as_deref(), Some("12.2"));
        assert_eq!(exact(0.1 + 0.2), None);
        assert_eq!(exact(99_999_999_998.999_9).as_deref(), Some("99999999998.9999"));
    }

    #[test]
    fn the_nearest_name_is_found_only_when_near() {
        assert_eq!(nearest("titel", ["title", "summary"]), Some("title"));
        assert_eq!(nearest("xyz", ["title", "summary"]), None);
        // Opposites look alike.
        for (written, opposite) in [("verified", "unverified"), ("verifed", "unverified"), ("undated", "dated")] {
            assert_eq!(nearest(written, [opposite]), None, "{written}");
        }
        assert_eq!(nearest("unverifed", ["fresh", "unverified"]), Some("unverified"));
    }
}
