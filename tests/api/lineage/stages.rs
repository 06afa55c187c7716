//! Stages of councils: what a stage needs, and what the days do by themselves.

use serde_json::json;

use crate::support::TestApp;
use crate::support::records::council;

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_needs_its_days() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    for (stage, fault) in [
        (json!({ "status": "abolished" }), ("/abolished_on", "required")),
        (json!({ "status": "abolished", "abolished_on": "2999-04-01" }), ("/status", "not_allowed")),
        (json!({ "status": "shadow" }), ("/established_on", "required")),
        (json!({ "status": "living", "established_on": "2999-04-01" }), ("/status", "not_allowed")),
        (json!({ "established_on": "2999-04-01" }), ("/status", "not_allowed")),
        (json!({ "established_on": "2009-04-01", "abolished_on": "2009-04-01" }), ("/abolished_on", "out_of_order")),
        (json!({ "status": "dead" }), ("/status", "not_allowed")),
        (json!({ "abolished_on": "2019-02-30" }), ("/abolished_on", "malformed")),
    ] {
        let mut wish = council("Newtown");
        wish.as_object_mut().unwrap().extend(stage.as_object().unwrap().clone());
        let refused = admin.post("/v1/councils", &wish).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [(fault.0.to_owned(), fault.1.to_owned())], "{stage}");
    }
    let mut wish = council("Newtown");
    wish["status"] = json!("abolished");
    let refused = admin.post("/v1/councils", &wish).await.expect(422);
    assert!(refused.text.contains("the first day on which it was no longer a council"), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_has_come_decides_the_stage() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    for (name, stage, expected) in [
        ("Oldtown", json!({}), "living"),
        ("Endtown", json!({ "abolished_on": "2019-04-01" }), "abolished"),
        ("Soontown", json!({ "status": "shadow", "established_on": "2999-04-01" }), "shadow"),
        ("Begintown", json!({ "status": "shadow", "established_on": "2019-04-01" }), "living"),
        ("Maybetown", json!({ "status": "proposed", "established_on": "2019-04-01" }), "proposed"),
        ("Lastown", json!({ "status": "living", "abolished_on": "2999-04-01" }), "living"),
    ] {
        let mut wish = council(name);
        wish.as_object_mut().unwrap().extend(stage.as_object().unwrap().clone());
        let made = admin.post("/v1/councils", &wish).await.expect(201);
        assert_eq!(made.json["status"], expected, "{name}");
        assert_eq!(app.anonymous().get(made.header("location")).await.expect(200).json["status"], expected, "{name}");
    }
}
