//! RIS, for EndNote, RefWorks and Zotero. Each line is a two-character tag, two spaces, a hyphen, a space and the
//! value, ended by CR LF. `TY` comes first, `ER` last.
//!
//! By hand: converting a work to a library's types would take more lines than this.

use chrono::Datelike;

use super::work::{LANGUAGE, NETWORK_NAME, REGISTRY, Work};

/// The type that reference managers ask for. It is not registered.
pub const MEDIA_TYPE: &str = "application/x-research-info-systems";

/// Writes the work as one reference. Leaves out the date of access (`Y2`), which only the reader knows.
pub fn write(work: &Work) -> String {
    let record = work.record;
    let mut lines = vec![("TY", "WEB".to_owned()), ("ID", format!("ccin-{}", record.slug))];
    lines.push(("TI", record.title.clone()));
    lines.extend(work.authors().into_iter().map(|name| ("AU", organisation(name))));
    lines.push(("T2", REGISTRY.to_owned()));
    lines.push(("PB", NETWORK_NAME.to_owned()));
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
    // `OP`: original publication.
    lines.extend(work.after_line().map(|after| ("OP", after)));
    lines.push(("N1", work.notes()));
    if work.is_draft() {
        lines.push(("N1", "Draft".to_owned()));
    }
    reference(lines)
}

/// A reference with these tags and values. Adds the last tag.
pub(super) fn reference(lines: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let lines = lines.into_iter().chain([("ER", String::new())]);
    lines.map(|(tag, value)| format!("{tag}  - {}\r\n", single_line(&value))).collect()
}

/// Removes commas, which would separate a family name from a given name. An organisation has neither.
fn organisation(name: &str) -> String {
    name.replace(", ", " ").replace(',', " ")
}

/// Removes line ends: RIS would read the next line as another tag.
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
