//! The letters that the service writes by itself.

use ccin_registry::access::role::Role;
use ccin_registry::app::due_letters::write_due;
use ccin_registry::letters::events::Letters;
use chrono::{DateTime, Utc};
use serde_json::json;

use crate::letters::stored;
use crate::support::TestApp;
use crate::support::practice::{practice, publish};

async fn at(app: &TestApp, now: &str) -> usize {
    app.settle().await;
    let snapshot = app.read_model.snapshot().expect("it is loaded");
    let now: DateTime<Utc> = now.parse().unwrap();
    let letters = Letters::new(&app.settings);
    write_due(&app.db, &app.keys, &snapshot, &letters, now).await.expect("the database is there")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_editor_gets_one_letter_a_quarter_about_what_is_due() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let (_, email) = app.user(Role::CouncilEditor, Some("oldham")).await;
    // Nobody there has anything to check.
    app.user(Role::CouncilEditor, Some("barnet")).await;
    for number in 0..25 {
        let made = admin.post("/v1/initiatives", &practice(&format!("Scheme {number}"), "oldham")).await.expect(201);
        publish(&admin, &made).await;
    }
    assert_eq!(at(&app, "2026-11-28T12:00:00Z").await, 0, "a quarter has not ended of late");
    // Two instances at once.
    let (one, other) = tokio::join!(at(&app, "2027-01-01T00:00:01Z"), at(&app, "2027-01-01T00:00:02Z"));
    assert_eq!(one + other, 1);
    assert_eq!(at(&app, "2027-01-05T00:00:00Z").await, 0, "it was written");
    let due = app.anonymous().get("/v1/councils/oldham/due?limit=200").await.expect(200);
    let total = due.json["total"].as_u64().unwrap();
    let letters = stored(&app).await;
    assert_eq!((letters.len(), letters[0].recipient.as_str()), (1, email.as_str()));
    assert_eq!(letters[0].subject, "Still true? 20 records of your council are due");
    let plain = letters[0].plain.as_deref().unwrap();
    assert!(plain.contains(&format!("{} more are due", total - 20)), "{plain}");
    // Without a public address, to where the service listens.
    assert!(plain.contains(&format!("http://{}/still-true/ccin_link_", app.settings.bind)), "{plain}");
    app.sql("UPDATE due_links SET expires_at = now() - interval '366 days'").await;
    assert_eq!(at(&app, "2027-04-01T00:00:00Z").await, 1, "the next quarter");
    app.sql("DO $$ BEGIN ASSERT (SELECT count(*) FROM due_links) = 1, 'old links are kept'; END $$").await;
    // Confirmed meanwhile, so there is nothing to ask.
    app.sql("UPDATE initiatives SET verified_at = now(), review_due_on = NULL").await;
    assert_eq!(at(&app, "2027-07-01T00:00:00Z").await, 0);
    let told = app.admin().await.get("/v1/letters").await.expect(200);
    assert_eq!(told.json["total"], json!(2));
    assert!(!told.text.contains("ccin_link_"), "{}", told.text);
}
