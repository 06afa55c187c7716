//! Advice before a text is submitted.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::review::{act, begin, path};
use crate::support::TestApp;
use crate::support::practice::{practice, with};

fn codes(checks: &Value) -> Vec<&str> {
    checks["advice"].as_array().into_iter().flatten().filter_map(|one| one["code"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_checked_without_being_stored() {
    let app = TestApp::with_sample().await;
    let editor = app.editor("oldham").await;
    let before = editor.get("/v1/initiatives").await.expect(200).json["total"].clone();
    let text = with(
        practice("Get Oldham working again", "oldham"),
        json!({ "body": "Write to jo@oldham.example. See http://www.oldham.gov.uk." }),
    );
    let checks = editor.post("/v1/initiatives/checks", &text).await.expect(200).json;
    assert_eq!(codes(&checks), ["personal_data", "link", "missing"]);
    assert_eq!(checks["can_be_submitted"], false);
    assert_eq!(checks["advice"][0]["found"], "jo@oldham.example");
    assert_eq!(checks["advice"][0]["pointer"], "/body");
    assert_eq!(checks["similar"][0]["slug"], "get-oldham-working");
    assert_eq!(checks["completeness"], 15);
    assert_eq!(editor.get("/v1/initiatives").await.expect(200).json["total"], before);
    let fault = editor.post("/v1/initiatives/checks", &json!({ "title": "x" })).await.expect_problem(422, "invalid");
    assert!(fault.faults().len() > 1, "{}", fault.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_of_a_hidden_record_by_its_title() {
    let app = TestApp::with_sample().await;
    let (york, oldham) = (app.editor("york").await, app.editor("oldham").await);
    york.post("/v1/initiatives", &practice("The secret orchard", "york")).await.expect(201);
    app.settle().await;
    let text = practice("A secret orchard", "oldham");
    let own = york.post("/v1/initiatives/checks", &practice("The secret orchard", "york")).await.expect(200);
    assert_eq!(own.json["similar"].as_array().unwrap().len(), 1);
    let other = oldham.post("/v1/initiatives/checks", &text).await.expect(200);
    assert_eq!(other.json["similar"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_published_is_not_submitted() {
    let app = TestApp::with_sample().await;
    let editor = app.editor("oldham").await;
    let revision = begin(&editor).await;
    let patch = json!({ "what_worked": "Ask Cllr Jo Bloggs.", "body": "NOT FOR PUBLICATION: the prices." });
    let edited = editor.patch(&path(&revision), revision.etag(), &patch).await.expect(200);
    let refused = act(&editor, &edited, "submit", &Value::Null).await.expect_problem(422, "invalid");
    let code = || "not_for_publication".to_owned();
    assert_eq!(refused.faults(), [("/what_worked".into(), code()), ("/body".into(), code())]);
    let patch = json!({ "what_worked": "Ask the cabinet member.", "body": "The prices are public." });
    let mended = editor.patch(&path(&revision), edited.etag(), &patch).await.expect(200);
    act(&editor, &mended, "submit", &Value::Null).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_holds_nothing_that_must_not_be_published() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    let list = moderator.get("/v1/initiatives?fields=slug&limit=200").await.expect(200);
    let mut counts = BTreeMap::<String, usize>::new();
    let mut blocked = Vec::new();
    for slug in list.each("slug") {
        let slug = slug.as_str().unwrap().to_owned();
        let checks = moderator.get(&format!("/v1/initiatives/{slug}/checks")).await.expect(200).json;
        for code in codes(&checks) {
            *counts.entry(code.to_owned()).or_default() += 1;
        }
        if checks["can_be_submitted"] == false {
            blocked.push((slug, checks["advice"][0].clone()));
        }
    }
    println!("advice on the sample: {counts:?}");
    assert!(blocked.is_empty(), "{blocked:#?}");
    assert!(counts["missing"] > 0);
}
