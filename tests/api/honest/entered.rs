//! Who entered a record: a user of its lead council, or the registry.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::practice::{path, practice};

#[tokio::test(flavor = "multi_thread")]
async fn the_service_says_who_entered_a_record() {
    let app = TestApp::with_sample().await;
    let (editor, moderator, admin) = (app.editor("oldham").await, app.moderator().await, app.admin().await);
    let sample = admin.get("/v1/initiatives/get-oldham-working").await.expect(200);
    assert_eq!(sample.json["entered_by"], "registry");
    let own = editor.post("/v1/initiatives", &practice("By Oldham", "oldham")).await.expect(201);
    assert_eq!(own.json["entered_by"], "council");
    let others = moderator.post("/v1/initiatives", &practice("By the network", "oldham")).await.expect(201);
    assert_eq!(others.json["entered_by"], "registry");

    // The council edits it, and it is the council's; a correction by the network takes nothing away.
    let edited = editor.patch(&path(&others), others.etag(), &json!({ "title": "By both" })).await.expect(200);
    assert_eq!(edited.json["entered_by"], "council");
    let corrected = moderator.patch(&path(&edited), edited.etag(), &json!({ "title": "By them" })).await.expect(200);
    assert_eq!(corrected.json["entered_by"], "council");
    // Another council has entered nothing.
    let moved =
        moderator.patch(&path(&corrected), corrected.etag(), &json!({ "lead_council": "york" })).await.expect(200);
    assert_eq!(moved.json["entered_by"], "registry");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_on_provenance_is_shown_and_neither_searched_nor_cited() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let held = admin.get("/v1/initiatives/get-oldham-working").await.expect(200);
    let note = "Only the title was at hand; the rest is from quokkaland.";
    let patch = json!({ "provenance_note": note, "who_for": "Young wallabies aged 16 and 17" });
    let changed = admin.patch("/v1/initiatives/get-oldham-working", held.etag(), &patch).await.expect(200);
    assert_eq!((&changed.json["provenance_note"], &changed.json["who_for"]), (&json!(note), &patch["who_for"]));
    let anyone = app.anonymous();
    let found = |words: &'static str| {
        let anyone = &anyone;
        async move { anyone.get(&format!("/v1/initiatives?q={words}")).await.expect(200).json["total"].clone() }
    };
    assert_eq!(found("%22quokkaland%22").await, json!(0));
    assert_eq!(found("%22wallabies%22").await, json!(1));
    for form in ["csl", "bibtex", "ris", "datacite"] {
        let cited = anyone.get(&format!("/v1/initiatives/get-oldham-working/citation?format={form}")).await.expect(200);
        assert!(!cited.text.contains("quokkaland"), "{form}");
    }
    let csv = anyone.get("/v1/initiatives.csv?q=%22wallabies%22").await.expect(200);
    assert!(csv.text.contains(note) && csv.text.contains("Young wallabies"), "{}", csv.text);
    let too_long = json!({ "provenance_note": "x".repeat(1001), "who_for": "x".repeat(201) });
    let refused = admin.patch("/v1/initiatives/get-oldham-working", changed.etag(), &too_long).await;
    let refused = refused.expect_problem(422, "invalid");
    assert_eq!(refused.faults().len(), 2, "{:?}", refused.faults());
    let cleared = json!({ "provenance_note": null, "who_for": null });
    let cleared = admin.patch("/v1/initiatives/get-oldham-working", changed.etag(), &cleared).await.expect(200);
    assert_eq!((&cleared.json["provenance_note"], &cleared.json["who_for"]), (&Value::Null, &Value::Null));
}
