//! A status has a date, and says when it is no longer confirmed.

use chrono::{Days, Months, Utc};
use serde_json::json;

use crate::support::TestApp;
use crate::support::practice::{path, practice, publish, with};

#[tokio::test(flavor = "multi_thread")]
async fn a_status_says_since_when_nobody_has_confirmed_it() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let today = Utc::now().date_naive();
    let day = |months: u32| today.checked_sub_months(Months::new(months)).unwrap().to_string();
    let (recent, half_a_year) = (day(3), day(7));
    for (index, (status, as_at, confirmation)) in [
        ("live", Some("2013-12"), "lapsed"),
        ("live", Some(recent.as_str()), "current"),
        ("pilot", Some(half_a_year.as_str()), "current"),
        ("planned", Some(half_a_year.as_str()), "current"),
        ("idea", Some(half_a_year.as_str()), "lapsed"),
        ("idea", Some(recent.as_str()), "current"),
        ("scaled", None, "undated"),
        ("completed", Some("2013"), "final"),
        ("stopped", None, "final"),
    ]
    .into_iter()
    .enumerate()
    {
        let more = json!({ "delivery_status": status, "status_as_at": as_at });
        let body = with(practice(&format!("Practice {index}"), "oldham"), more);
        let made = admin.post("/v1/initiatives", &body).await.expect(201);
        let said = [&made.json["status_as_at"], &made.json["status_confirmation"]];
        assert_eq!(said, [&json!(as_at), &json!(confirmation)], "{status} {as_at:?}");
        // The answer of the write and a read are the same, so that both have one entity tag.
        assert_eq!(admin.get(&path(&made)).await.expect(200).json, made.json);
    }
    let made = admin.get("/v1/initiatives/practice-0").await.expect(200);
    assert_eq!(made.json["status_text"], "Running, as of December 2013; not confirmed since");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_date_of_a_status_is_not_in_the_future_and_not_before_the_start() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let tomorrow = Utc::now().date_naive().checked_add_days(Days::new(2)).unwrap().to_string();
    for (more, code) in [
        (json!({ "status_as_at": tomorrow }), "in_future"),
        (json!({ "status_as_at": "2012", "started_on": "2013-05" }), "out_of_order"),
        (json!({ "status_as_at": "2013-13" }), "malformed"),
        (json!({ "status_as_at": 2013 }), "wrong_type"),
    ] {
        let body = with(practice("Refused", "oldham"), more);
        let refused = admin.post("/v1/initiatives", &body).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [("/status_as_at".to_owned(), code.to_owned())]);
    }
    // What is planned starts later.
    let more = json!({ "delivery_status": "planned", "status_as_at": "2012", "started_on": "2013-05" });
    admin.post("/v1/initiatives", &with(practice("Planned", "oldham"), more)).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_status_does_not_keep_the_date_of_the_one_before() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let body = with(practice("Ended quietly", "oldham"), json!({ "status_as_at": "2013-12" }));
    let made = admin.post("/v1/initiatives", &body).await.expect(201);
    let same = json!({ "delivery_status": "live", "title": "Ended very quietly" });
    let same = admin.patch(&path(&made), made.etag(), &same).await.expect(200);
    assert_eq!(same.json["status_as_at"], "2013-12");
    let ended = admin.patch(&path(&same), same.etag(), &json!({ "delivery_status": "completed" })).await.expect(200);
    assert_eq!((&ended.json["status_as_at"], &ended.json["status_text"]), (&json!(null), &json!("Completed")));
    let dated = json!({ "delivery_status": "stopped", "status_as_at": "2016" });
    let dated = admin.patch(&path(&ended), ended.etag(), &dated).await.expect(200);
    assert_eq!(dated.json["status_text"], "Stopped, as of 2016");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_turns_at_midnight_without_a_change_of_the_record() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let today = Utc::now().date_naive();
    let last = today.checked_sub_months(Months::new(12)).unwrap();
    let body = with(practice("Until today", "oldham"), json!({ "status_as_at": last.to_string() }));
    let made = publish(&admin, &admin.post("/v1/initiatives", &body).await.expect(201)).await;
    let id: uuid::Uuid = made.json["id"].as_str().unwrap().parse().unwrap();
    let snapshot = app.read_model.snapshot().expect("a snapshot");
    assert_eq!(snapshot.day, today);
    let turned = |day: chrono::NaiveDate| {
        let turned = snapshot.turned_until(day);
        snapshot.initiatives(&turned).any(|entry| entry.id == id)
    };
    assert!(!turned(today));
    let until = last.checked_add_months(Months::new(12)).unwrap();
    assert!(turned(until.succ_opt().unwrap()), "it is read again on the day after its review period");
    assert!(!turned(until.pred_opt().unwrap()) || until < today);
}
