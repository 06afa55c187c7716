//! Who looks after a webhook, and where it may not lead.

use serde_json::{Value, json};

use super::receiver::Receiver;
use super::{HOOKS, deliver, deliveries, make_due, path};
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_its_councils_and_private_networks_are_out_of_reach() {
    let app = TestApp::with_sample().await;
    let (admin, owner, colleague) = (app.admin().await, app.editor("oldham").await, app.editor("oldham").await);
    let other = app.editor("york").await;
    let new = json!({ "url": "https://hooks.example.org/registry", "topics": ["council.changed"] });
    let made = owner.post(HOOKS, &new).await.expect(201);
    let (path_of_it, secret) = (path(&made), made.json["secret"].as_str().unwrap());
    assert!(made.header("cache-control").contains("no-store"));
    assert_eq!(made.header("location"), path_of_it);
    assert_eq!(made.json["webhook"]["council"]["slug"], "oldham");
    // The secret is shown once, and the database has it sealed.
    let found = colleague.get(&path_of_it).await.expect(200);
    assert!(!found.text.contains(&secret["whsec_".len()..]) && !colleague.get(HOOKS).await.text.contains("whsec_"));
    app.sql("DO $$ BEGIN ASSERT (SELECT length(secret) = 64 AND secret NOT LIKE 'whsec%' FROM webhooks); END $$").await;
    other.get(&path_of_it).await.expect(404);
    other.post(&format!("{path_of_it}/rotate"), &Value::Null).await.expect(404);
    assert_eq!(other.get(HOOKS).await.expect(200).json["total"], 0);
    assert_eq!(admin.get(HOOKS).await.expect(200).json["total"], 1);
    let theirs = json!({ "url": "https://a.example/", "topics": ["council.changed"], "council": "oldham" });
    let refused = other.post(HOOKS, &theirs).await.expect_problem(422, "invalid").faults();
    assert_eq!(refused, [("/council".into(), "not_yours".into())]);

    let changed = colleague.patch(&path_of_it, found.etag(), &json!({ "topics": ["initiative.archived"] })).await;
    assert_eq!(changed.expect(200).json["topics"], json!(["initiative.archived"]));
    owner.patch(&path_of_it, found.etag(), &json!({ "is_active": false })).await.expect_problem(412, "stale");
    admin.delete(&path_of_it, admin.get(&path_of_it).await.etag()).await.expect(204);
    owner.get(&path_of_it).await.expect(404);
    for _ in 0..10 {
        owner.post(HOOKS, &new).await.expect(201);
    }
    owner.post(HOOKS, &new).await.expect_problem(409, "conflict");

    for (url, code) in [
        ("http://hooks.example.org/", "not_secure"),
        ("https://user:secret@hooks.example.org/", "malformed"),
        ("https://10.0.0.1/", "not_public"),
        ("https://2130706433/", "not_public"),
        ("https://[::1]/", "malformed"),
        ("https://192.168.0.1:8443/hook", "not_public"),
    ] {
        let refused = admin.post(HOOKS, &json!({ "url": url, "topics": ["council.changed"] })).await;
        assert_eq!(refused.expect_problem(422, "invalid").faults(), [("/url".into(), code.into())], "{url}");
    }
    // Names are looked at when the connection is made. Without TLS nothing leaves.
    let receiver = Receiver::start().await;
    let made = admin.post(HOOKS, &new).await.expect(201);
    admin.post(&format!("{}/test", path(&made)), &Value::Null).await.expect(200);
    let port = receiver.port;
    for (url, said) in [
        (format!("https://localhost:{port}/"), "the host has no public address"),
        (format!("https://127.0.0.1:{port}/"), "the host has no public address"),
        (format!("https://[::ffff:127.0.0.1]:{port}/"), "the host has no public address"),
        (format!("http://hooks.example.org:{port}/"), "scheme"),
    ] {
        app.sql(&format!("UPDATE webhooks SET url = '{url}' WHERE council_id IS NULL")).await;
        make_due(&app).await;
        assert_eq!(deliver(&app).await, 0);
        let delivery = deliveries(&admin, &made).await.remove(0);
        let error = delivery["last_error"].as_str().unwrap();
        assert!(error.contains(said), "{url}: {error}");
    }
    assert_eq!(receiver.connections(), 0);
}
