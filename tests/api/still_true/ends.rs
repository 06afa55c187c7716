//! A link ends: with time, with a newer letter, and with the rights of its recipient.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use super::{Letter, last_token, write};
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_with_time_a_newer_letter_or_the_rights_of_its_recipient() {
    let app = TestApp::with_sample().await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    let letter = Letter::to_editor(&app).await;
    let asked = letter.asked(&anybody).await;
    let until: DateTime<Utc> = asked["expires_at"].as_str().unwrap().parse().unwrap();
    let days = until - Utc::now();
    assert!(days <= Duration::days(30) && days > Duration::days(29), "{until}");
    let slug = asked["records"][0]["initiative"]["slug"].clone();
    let answer = json!({ "token": letter.token, "initiative": slug, "version": asked["records"][0]["version"],
        "answer": "still_true" });
    let is_void = async |why: &str| {
        let refused = anybody.post("/v1/still-true", &json!({ "token": letter.token })).await;
        let refused = refused.expect_problem(404, "not_found");
        assert!(refused.text.contains("This link has ended"), "{why}: {}", refused.text);
        anybody.post("/v1/still-true/answers", &answer).await.expect_problem(404, "not_found");
    };

    let user = letter.user;
    let other = "(SELECT id FROM councils WHERE slug = 'york')";
    for (change, back) in [
        ("status = 'disabled'", "status = 'active'"),
        ("role = 'contributor'", "role = 'council_editor'"),
        (&format!("council_id = {other}"), "council_id = (SELECT id FROM councils WHERE slug = 'oldham')"),
    ] {
        app.sql(&format!("UPDATE users SET {change} WHERE id = '{user}'")).await;
        is_void(change).await;
        app.sql(&format!("UPDATE users SET {back} WHERE id = '{user}'")).await;
        letter.asked(&anybody).await;
    }
    app.sql("UPDATE due_links SET expires_at = now() - interval '1 second'").await;
    is_void("expired").await;
    app.sql("UPDATE due_links SET expires_at = now() + interval '1 day'").await;
    letter.asked(&anybody).await;

    write(&admin, "oldham", 1).await;
    is_void("replaced").await;
    let newer = Letter { user, email: letter.email.clone(), token: last_token(&app, &letter.email).await };
    newer.asked(&anybody).await;
    // Only a hash of the secret is stored. The letter holds it until it is sent.
    app.sql("DO $$ BEGIN ASSERT (SELECT count(*) FILTER (WHERE secret_hash IS NULL) = 1 AND count(*) = 2 FROM due_links); END $$")
        .await;
    let wrong = json!({ "token": format!("ccin_link_{}", "A".repeat(43)) });
    anybody.post("/v1/still-true", &wrong).await.expect_problem(404, "not_found");
    anybody.post("/v1/still-true", &json!({ "token": "ccin_link_x" })).await.expect_problem(422, "invalid");
}
