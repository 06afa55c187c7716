//! RIS, by its line rules.

use chrono::Datelike;
use serde_json::json;

use super::{TITLE, published, today};
use crate::support::TestApp;

/// Tags with their values; the test fails where a line is none of the format.
fn parsed(text: &str) -> Vec<(&str, &str)> {
    let lines = text.strip_suffix("\r\n").expect("the last line ends too").split("\r\n");
    lines
        .map(|line| {
            let (tag, value) = line.split_at_checked(6).unwrap_or_else(|| panic!("{line:?} is too short"));
            let name = tag.as_bytes();
            assert!(
                name[0].is_ascii_uppercase() && (name[1].is_ascii_uppercase() || name[1].is_ascii_digit()),
                "{line:?}"
            );
            assert_eq!(&tag[2..], "  - ", "{line:?}");
            assert!(!value.contains(['\r', '\n']), "{line:?}");
            (&tag[..2], value)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ris_has_one_tag_a_line_and_ends_each_with_cr_lf() {
    let app = TestApp::with_sample().await;
    let record = published(&app, json!({})).await;
    let answer = app.anonymous().get("/v1/initiatives/whole/citation?format=ris").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/x-research-info-systems; charset=utf-8");
    let lines = parsed(&answer.text);
    assert_eq!(lines.first(), Some(&("TY", "WEB")));
    assert_eq!(lines.last(), Some(&("ER", "")));
    let all = |tag: &str| lines.iter().filter(|(name, _)| *name == tag).map(|(_, value)| *value).collect::<Vec<_>>();
    assert_eq!(all("TI"), [TITLE]);
    assert_eq!(all("AU"), ["Oldham Metropolitan Borough Council", "City of York Council"]);
    assert_eq!(all("PB"), ["Co-operative Councils' Innovation Network"]);
    assert_eq!(all("UR"), [format!("{}/id/{}", app.url, record["id"].as_str().unwrap())]);
    assert_eq!(all("PY"), [today().year().to_string()]);
    assert_eq!(all("DA"), [today().format("%Y/%m/%d/").to_string()]);
    assert_eq!(all("KW"), ["Housing", "Co-production", "Energy and climate", "Learning", "Innovation"]);
    assert!(all("N1").iter().any(|note| note.contains("CC-BY-4.0")));
    assert_eq!(all("Y2"), Vec::<&str>::new(), "when it was read is the reader's to say");
}
