//! An answer confirms a record, or hands its words to whoever works on it.

use ccin_registry::access::role::Role;
use chrono::Utc;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Letter, record, slugs};
use crate::letters::stored;
use crate::support::client::send;
use crate::support::{Client, TestApp};

/// The events since this number of them, oldest first: action, origin and actor.
async fn events(admin: &Client, since: usize) -> Vec<(String, String, Value)> {
    let list = admin.get("/v1/audit?limit=200").await.expect(200);
    let mut events: Vec<Value> = list.json["data"].as_array().unwrap().clone();
    events.reverse();
    let text = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
    events
        .iter()
        .skip(since)
        .map(|one| (text(one, "action"), text(one, "origin"), one["actor"]["id"].clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_answers_from_a_letter_without_a_password() {
    let app = TestApp::with_flags(&["--public-url", "https://registry.example.org"]).await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    // They get no letter.
    let contributor = app.signed_in(Role::Contributor, Some("oldham")).await;
    app.editor("york").await;
    let letter = Letter::to_editor(&app).await;
    let sent = stored(&app).await;
    assert_eq!(sent.len(), 1);
    let plain = sent[0].plain.as_deref().unwrap();
    assert!(plain.contains(&format!("https://registry.example.org/still-true/{}\n", letter.token)), "{plain}");
    assert!(plain.contains("Not yet confirmed"), "{plain}");

    // To open it changes nothing, however often.
    let before = events(&admin, 0).await.len();
    let asked = letter.asked(&anybody).await;
    assert_eq!(asked, letter.asked(&anybody).await);
    let due = anybody.get("/v1/councils/oldham/due?limit=200").await.expect(200);
    let listed: Vec<Value> = due.each("initiative").iter().map(|one| one["slug"].clone()).collect();
    let slugs = slugs(&asked);
    assert_eq!(json!(slugs), json!(listed), "the longest overdue first");
    assert!(slugs.len() >= 5, "{slugs:?}");
    assert_eq!(asked["council"]["slug"], "oldham");
    assert_eq!(events(&admin, before).await, []);

    // Still true: confirmed, as if the editor had signed in.
    let answered = letter.answer(&anybody, &slugs[0], "still_true", json!({})).await.expect(200);
    let told = record(&answered.json, &slugs[0]);
    assert_eq!(
        (&told["answer"], &told["freshness"], &told["revision"]),
        (&json!("still_true"), &json!("fresh"), &Value::Null)
    );
    let read = anybody.get(&format!("/v1/initiatives/{}", slugs[0])).await.expect(200);
    assert_eq!((&read.json["verified_method"], &read.json["freshness"]), (&json!("owner_confirmed"), &json!("fresh")));
    let again = letter.answer(&anybody, &slugs[0], "ended", json!({})).await.expect_problem(409, "conflict");
    assert!(again.text.contains("You answered about this record on"), "{}", again.text);
    let by = |action: &str| (action.to_owned(), "one_time_link".to_owned(), json!(letter.user));
    assert_eq!(events(&admin, before).await, [by("initiative.verify")]);

    // Changed: the words are the note of a revision that the network officers have.
    let silent = letter.answer(&anybody, &slugs[1], "changed", json!({})).await.expect_problem(422, "invalid");
    assert_eq!(silent.faults(), [("/text".into(), "required".into())]);
    let more = json!({ "text": "It runs in all wards now.", "started_on": "2012-05" });
    let answered = letter.answer(&anybody, &slugs[1], "changed", more).await.expect(200);
    let number = &record(&answered.json, &slugs[1])["revision"];
    let revision = admin.get(&format!("/v1/initiatives/{}/revisions/{number}", slugs[1])).await.expect(200);
    assert_eq!(revision.json["note"], "It runs in all wards now. Start: May 2012.");
    assert_eq!((&revision.json["state"], &revision.json["changed"]), (&json!("submitted"), &json!(["started_on"])));
    let waits = app.moderator().await.get("/v1/moderation/queue").await.expect(200);
    assert!(waits.text.contains("It runs in all wards now."), "{}", waits.text);
    assert!(stored(&app).await.iter().any(|letter| letter.subject.starts_with("To review")));
    let told = events(&admin, before + 1).await;
    assert_eq!(told, [by("revision.create"), by("revision.update"), by("revision.submit")]);

    // Ended: today, unless the editor says when. Readers see it once an officer has published it.
    let ahead = json!({ "ended_on": "2150-01-01" });
    let refused = letter.answer(&anybody, &slugs[2], "ended", ahead).await.expect_problem(422, "invalid");
    assert_eq!(refused.faults(), [("/ended_on".into(), "in_future".into())]);
    let more = json!({ "delivery_status": "stopped" });
    let answered = letter.answer(&anybody, &slugs[2], "ended", more).await.expect(200);
    let path = format!("/v1/initiatives/{}", slugs[2]);
    let number = &record(&answered.json, &slugs[2])["revision"];
    let revision = admin.get(&format!("{path}/revisions/{number}")).await.expect(200);
    assert_eq!(revision.json["state"], "submitted");
    let current = admin.get(&path).await.expect(200);
    admin.publish(&path, current.etag()).await.expect(200);
    let read = anybody.get(&path).await.expect(200);
    let today = Utc::now().date_naive();
    assert_eq!((&read.json["delivery_status"], &read.json["ended_on"]), (&json!("stopped"), &json!(today)));

    // A colleague's draft is left alone: the words are a comment on it.
    let draft = contributor.post(&format!("/v1/initiatives/{}/revisions", slugs[3]), &json!({})).await.expect(201);
    let more = json!({ "text": "Nobody answers the telephone.", "ended_on": "2026-03" });
    let answered = letter.answer(&anybody, &slugs[3], "ended", more).await.expect(200);
    assert_eq!(record(&answered.json, &slugs[3])["revision"], draft.json["number"]);
    let path = format!("/v1/initiatives/{}/revisions/{}", slugs[3], draft.json["number"]);
    let read = contributor.get(&path).await.expect(200);
    assert_eq!((&read.json["state"], &read.json["changed"]), (&json!("draft"), &json!([])));
    let comment = &read.json["comments"][0];
    assert_eq!(comment["comment"], "Nobody answers the telephone. It ended: March 2026 (completed).");
    assert_eq!(comment["author"]["id"], json!(letter.user));

    // A text that must not be submitted stays a draft, so that nothing that was typed is lost.
    let path = format!("/v1/initiatives/{}", slugs[4]);
    let current = admin.get(&path).await.expect(200);
    let body = json!({ "body": "Write to jo.bloggs@oldham.example." });
    admin.patch(&path, current.etag(), &body).await.expect(200);
    let more = json!({ "text": "Write to the office now." });
    let answered = letter.answer(&anybody, &slugs[4], "changed", more).await.expect(200);
    let number = &record(&answered.json, &slugs[4])["revision"];
    let revision = contributor.get(&format!("{path}/revisions/{number}")).await.expect(200);
    assert_eq!(
        (&revision.json["state"], &revision.json["note"]),
        (&json!("draft"), &json!("Write to the office now."))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_answers_for_its_own_records_only_and_as_the_reader_saw_them() {
    let app = TestApp::with_sample().await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    let letter = Letter::to_editor(&app).await;
    let slugs = slugs(&letter.asked(&anybody).await);
    let ask = async |initiative: &str, version: i64, answer: &str, more: Value| {
        let mut body = json!({ "token": letter.token, "initiative": initiative, "version": version, "answer": answer });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        anybody.post("/v1/still-true/answers", &body).await
    };
    // Another council's, one that is not there, and one of the own council that is fresh.
    let other = anybody.get("/v1/councils/york/due?limit=1").await.expect(200).each("initiative").remove(0);
    let others = ask(other["slug"].as_str().unwrap(), 1, "still_true", json!({})).await.expect_problem(409, "conflict");
    assert!(others.text.contains("does not ask about this record"), "{}", others.text);
    ask("no-such-record", 1, "still_true", json!({})).await.expect(409);
    // What somebody has changed meanwhile is read again first.
    let path = format!("/v1/initiatives/{}", slugs[0]);
    let current = admin.get(&path).await.expect(200);
    admin.patch(&path, current.etag(), &json!({ "who_for": "Everybody" })).await.expect(200);
    let version = current.json["version"].as_i64().unwrap();
    let late = ask(&slugs[0], version, "still_true", json!({})).await.expect_problem(409, "conflict");
    assert!(late.text.contains("Read it again"), "{}", late.text);
    // Every fault at once.
    let wrong = ask(&slugs[0], 0, "still_true", json!({ "text": "x", "delivery_status": "live" })).await;
    let faults = wrong.expect_problem(422, "invalid").faults();
    assert_eq!(faults.iter().map(|(at, _)| at.as_str()).collect::<Vec<_>>(), ["/version", "/delivery_status", "/text"]);
    // What the council no longer looks after, and what is archived, is not asked about any more.
    let current = admin.get(&path).await.expect(200);
    admin.patch(&path, current.etag(), &json!({ "lead_council": "york" })).await.expect(200);
    let archived = format!("/v1/initiatives/{}", slugs[1]);
    let current = admin.get(&archived).await.expect(200);
    let archive = admin.request(Method::POST, &format!("{archived}/archive")).header("If-Match", current.etag());
    let archived = send(archive).await.expect(200);
    let left = super::slugs(&letter.asked(&anybody).await);
    assert_eq!(left, slugs[2..]);
    let version = archived.json["version"].as_i64().unwrap();
    ask(&slugs[1], version, "still_true", json!({})).await.expect_problem(409, "conflict");
    let moved = admin.get(&path).await.expect(200).json["version"].as_i64().unwrap();
    ask(&slugs[0], moved, "still_true", json!({})).await.expect_problem(403, "forbidden");
}
