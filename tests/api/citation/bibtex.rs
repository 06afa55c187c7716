//! BibTeX, read by the parser of Typst.

use biblatex::{Bibliography, Chunk, ChunksExt, Entry, EntryType};
use chrono::Datelike;
use serde_json::json;

use super::{TITLE, published, today};
use crate::support::TestApp;

/// A field as TeX would print it: the parser gives commands without arguments back as they are written.
fn printed(entry: &Entry, field: &str) -> String {
    let chunks = entry.get(field).unwrap_or_else(|| panic!("no {field}"));
    let text: String = chunks
        .iter()
        .map(|chunk| match &chunk.v {
            Chunk::Normal(text) | Chunk::Verbatim(text) | Chunk::Math(text) => text.as_str(),
        })
        .collect();
    [
        ("\\textbackslash", "\\"),
        ("\\textbraceleft", "{"),
        ("\\textbraceright", "}"),
        ("\\textasciitilde", "~"),
        ("\\textasciicircum", "^"),
        ("\\textless", "<"),
        ("\\textgreater", ">"),
        ("\\textbar", "|"),
    ]
    .into_iter()
    .fold(text, |text, (command, character)| text.replace(command, character))
}

#[tokio::test(flavor = "multi_thread")]
async fn bibtex_parses_and_says_what_the_record_says() {
    let app = TestApp::with_sample().await;
    let record = published(&app, json!({})).await;
    let answer = app.anonymous().get("/v1/initiatives/whole/citation?format=bibtex").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/x-bibtex; charset=utf-8");
    let entries = Bibliography::parse(&answer.text).unwrap_or_else(|error| panic!("{error}: {}", answer.text));
    assert_eq!(entries.len(), 1, "{}", answer.text);
    let entry = entries.get("ccin-whole").expect("the key");
    assert_eq!(entry.entry_type, EntryType::Misc);
    assert_eq!(printed(entry, "title"), TITLE, "{}", answer.text);
    let authors: Vec<String> = entry.author().unwrap().into_iter().map(|person| person.name).collect();
    assert_eq!(authors, ["Oldham Metropolitan Borough Council", "City of York Council"]);
    let permalink = format!("{}/id/{}", app.url, record["id"].as_str().unwrap());
    assert_eq!(entry.url().unwrap(), permalink);
    assert_eq!(entry.get("year").unwrap().format_verbatim(), today().year().to_string());
    assert_eq!(entry.get("version").unwrap().format_verbatim(), record["version"].to_string());
    let month =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"][today().month0() as usize];
    assert!(answer.text.contains(&format!("month = {month},")), "{}", answer.text);
    assert!(printed(entry, "note").contains("CC-BY-4.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_one_name_whatever_it_is_called() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let name = "Trust and Care, Council of {Old} & New";
    let council = json!({ "name": name, "short_name": "Trust", "council_type": "district", "nation": "england" });
    admin.post("/v1/councils", &council).await.expect(201);
    published(&app, json!({ "participants": [{ "council": "trust", "role": "co_lead" }] })).await;
    let answer = app.anonymous().get("/v1/initiatives/whole/citation?format=bibtex").await.expect(200);
    let entries = Bibliography::parse(&answer.text).unwrap_or_else(|error| panic!("{error}: {}", answer.text));
    let authors = entries.get("ccin-whole").unwrap().author().unwrap();
    assert_eq!(authors.len(), 2, "{}", answer.text);
    assert!(
        authors[1].given_name.is_empty() && authors[1].name.starts_with("Trust and Care, Council of"),
        "{authors:?}"
    );
}
