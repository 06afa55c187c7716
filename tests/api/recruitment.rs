//! Recruitment: written by network officers, and known to nobody else.

use serde_json::{Value, json};

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_prospect_is_entered_changed_listed_and_deleted() {
    let app = TestApp::with_sample().await;
    let (moderator, admin) = (app.moderator().await, app.admin().await);
    let body =
        json!({ "target": { "council": "swansea" }, "stage": "contacted", "note": "Rang.", "evidence": "A lab." });
    let made = moderator.post("/v1/recruitment", &body).await.expect(201);
    let path = made.header("location").to_owned();
    assert_eq!(made.json["target"]["council"]["slug"], "swansea");
    assert_eq!((&made.json["note"], &made.json["evidence"]), (&body["note"], &body["evidence"]));
    let read = moderator.get(&path).await.expect(200);
    assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    let other = json!({ "target": { "organisation": "A trust" } });
    let other = moderator.post("/v1/recruitment", &other).await.expect(201);
    assert_eq!((&other.json["stage"], &other.json["note"]), (&json!("prospect"), &Value::Null));

    let changed = moderator.patch(&path, made.etag(), &json!({ "stage": "applied", "note": null })).await.expect(200);
    assert_eq!((&changed.json["version"], &changed.json["note"]), (&json!(2), &Value::Null));
    moderator.patch(&path, made.etag(), &json!({})).await.expect_problem(412, "stale");
    let listed = moderator.get("/v1/recruitment?stage=applied&stage=accepted").await.expect(200);
    assert_eq!((listed.each("id"), &listed.json["total"]), (vec![changed.json["id"].clone()], &json!(1)));
    let newest = moderator.get("/v1/recruitment?sort=-created_at&limit=1").await.expect(200);
    assert_eq!((newest.each("id"), &newest.json["total"]), (vec![other.json["id"].clone()], &json!(2)));
    assert!(newest.json["page"]["next"].is_string());

    moderator.delete(&path, changed.etag()).await.expect_problem(403, "forbidden");
    admin.delete(&path, made.etag()).await.expect_problem(412, "stale");
    let weak = admin.delete(&path, &format!("W/{}", changed.etag())).await.expect_problem(412, "stale");
    assert!(weak.text.contains("a weak ETag"), "{}", weak.text);
    admin.delete(&path, changed.etag()).await.expect(204);
    moderator.get(&path).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_prospect_is_told() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    for (body, status, place, code) in [
        (json!({}), 422, "/target", "required"),
        (json!({ "target": {} }), 422, "/target", "required"),
        (
            json!({ "target": { "council": "swansea", "organisation": "x" } }),
            422,
            "/target/organisation",
            "not_allowed",
        ),
        (json!({ "target": { "council": "swanse" } }), 409, "/target/council", "unknown_reference"),
        (json!({ "target": { "council": "swansea" }, "stage": "prospekt" }), 422, "/stage", "not_allowed"),
    ] {
        let refused = moderator.post("/v1/recruitment", &body).await.expect(status);
        assert_eq!(refused.faults(), [(place.into(), code.into())], "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_council_can_be_led_joined_and_withdrawn_whether_or_not_it_is_a_prospect() {
    // What others are answered is compared in the tests of visibility, changes, search and exports. Here: no refusal of a
    // write betrays it either.
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for slug in ["swansea", "newport"] {
        if slug == "swansea" {
            admin.post("/v1/recruitment", &json!({ "target": { "council": slug } })).await.expect(201);
        }
        let path = format!("/v1/councils/{slug}");
        let read = admin.get(&path).await.expect(200);
        let body = json!({ "member": { "council": slug }, "tier": "full", "from": "2026-01" });
        let joined = admin.post("/v1/memberships", &body).await.expect(201);
        admin.delete(joined.header("location"), joined.etag()).await.expect(204);
        admin.delete(&path, read.etag()).await.expect(204);
        admin.get(&path).await.expect_problem(404, "withdrawn");
    }
    let listed = admin.get("/v1/recruitment").await.expect(200);
    assert_eq!(listed.json["data"][0]["target"]["council"]["slug"], "swansea");
}
