//! RIS, as EndNote, RefWorks and Zotero read it: a tag of two characters, two blanks, a hyphen, a blank and the value, one a
//! line, each line ended by CR LF; `TY` first, `ER` last.
//!
//! By hand: these lines are fewer than those that would turn a work into the types of a library.

use chrono::Datelike;

use super::work::{LANGUAGE, NETWORK, REGISTRY, Work};

/// As reference managers ask for it; there is no registered one.
pub const MEDIA_TYPE: &str = "application/x-research-info-systems";

/// The work as one reference. When it was accessed (`Y2`) is the reader's to say.
pub fn write(work: &Work) -> String {
    let record = work.record;
    let mut lines = vec![("TY", "WEB".to_owned()), ("ID", format!("ccin-{}", record.slug))];
    lines.push(("TI", record.title.clone()));
    lines.extend(work.authors().into_iter().map(|name| ("AU", organisation(name))));
    lines.push(("T2", REGISTRY.to_owned()));
    lines.push(("PB", NETWORK.to_owned()));
    if let Some(issued) = work.issued() {
        lines.push(("PY", issued.year().to_string()));
        lines.push(("DA", issued.format("%Y/%m/%d/").to_string()));
    }
    lines.push(("ET", format!("Version {}", record.version)));
    lines.push(("M3", work.kind()));
    lines.push(("AB", record.summary.clone()));
    lines.extend(work.keywords().map(|keyword| ("KW", keyword.to_owned())));
    lines.push(("LA", LANGUAGE.to_owned()));
    lines.push(("UR", work.permalink()));
    lines.push(("N1", work.terms()));
    if work.is_draft() {
        lines.push(("N1", "Draft".to_owned()));
    }
    lines.push(("ER", String::new()));
    lines.into_iter().map(|(tag, value)| format!("{tag}  - {}\r\n", single_line(&value))).collect()
}

/// A comma would part a family name from a given one, which an organisation has not.
fn organisation(name: &str) -> String {
    name.replace(", ", " ").replace(',', " ")
}

/// A value has no line ends: the next line would be read as another tag.
fn single_line(value: &str) -> String {
    value.split(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_line_and_an_organisation_one_name() {
        assert_eq!(single_line("a\r\nER  - b\u{2028}c"), "a  ER  - b c");
        assert_eq!(organisation("Bristol, City of"), "Bristol City of");
    }
}
