//! What network admins see of letters, and the retry.

use serde_json::{Value, json};

use super::server::SmtpServer;
use super::{granted, mailer, make_due, send_all, stored, token_in};
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn admins_find_letters_and_never_their_text() {
    let app = TestApp::empty().await;
    let server = SmtpServer::start().await;
    let admin = app.admin().await;
    granted(&app, "a@university.example").await;
    send_all(&app, &mailer(&server)).await;
    granted(&app, "b@university.example").await;
    let all = admin.get("/v1/letters").await.expect(200);
    assert_eq!(all.each("recipient"), [json!("b@university.example"), json!("a@university.example")]);
    assert_eq!(all.each("state"), [json!("waiting"), json!("sent")]);
    assert!(all.json["data"][0]["next_attempt_at"].is_string() && all.json["data"][1]["next_attempt_at"].is_null());
    assert!(!all.text.contains("ccin_claim_"), "{}", all.text);
    let total = async |query: &str| admin.get(&format!("/v1/letters?{query}")).await.expect(200).json["total"].clone();
    assert_eq!(total("state=waiting").await, 1);
    assert_eq!(total("state=waiting&state=sent").await, 2);
    assert_eq!(total("recipient=A@University.example").await, 1);
    assert_eq!(total("recipient=a@university.example&state=failed").await, 0);
    let first = admin.get("/v1/letters?limit=1").await.expect(200);
    let second = admin.get(&first.json["page"]["next"].as_str().unwrap()[app.url.len()..]).await.expect(200);
    assert_eq!(second.each("recipient"), [json!("a@university.example")]);
    admin.get("/v1/letters?state=lost").await.expect_problem(400, "bad_query");
    app.moderator().await.get("/v1/letters").await.expect(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_letter_can_be_retried_and_no_other() {
    let app = TestApp::empty().await;
    let server = SmtpServer::start().await;
    let (admin, mailer) = (app.admin().await, mailer(&server));
    granted(&app, "r@university.example").await;
    server.set_full(true);
    app.sql("UPDATE letters SET attempts = 19").await;
    let letter = admin.get("/v1/letters").await.expect(200).json["data"][0].clone();
    let path = format!("/v1/letters/{}/retry", letter["id"].as_str().unwrap());
    admin.post(&path, &Value::Null).await.expect_problem(409, "conflict");
    send_all(&app, &mailer).await;
    let failed = admin.get("/v1/letters?state=failed").await.expect(200);
    assert!(failed.json["data"][0]["last_error"].as_str().unwrap().contains("the mailbox is full"), "{}", failed.text);

    server.set_full(false);
    make_due(&app).await;
    assert_eq!(send_all(&app, &mailer).await, 0, "not of itself");
    let retried = admin.post(&path, &Value::Null).await.expect(200);
    assert_eq!((&retried.json["state"], &retried.json["attempts"]), (&json!("waiting"), &json!(0)));
    assert_eq!(send_all(&app, &mailer).await, 1);
    let refused = admin.post(&path, &Value::Null).await.expect_problem(409, "conflict");
    assert!(refused.text.contains("This one is sent"), "{}", refused.text);
    admin.post("/v1/letters/0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60/retry", &Value::Null).await.expect(404);
    assert_eq!(stored(&app).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_whose_token_came_back_has_arrived() {
    let app = TestApp::empty().await;
    let server = SmtpServer::start().await;
    granted(&app, "r@university.example").await;
    // The server took it, and the service did not hear so.
    server.set_full(true);
    send_all(&app, &mailer(&server)).await;
    let claim = json!({ "token": token_in(&server.received()[0].texts[0]) });
    app.anonymous().post("/v1/api-keys/claim", &claim).await.expect(200);
    let letter = stored(&app).await.remove(0);
    assert_eq!((letter.state.as_str(), letter.plain, letter.html), ("sent", None, None));
}
