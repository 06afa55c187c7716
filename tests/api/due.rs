//! What a council should check: its records that need it, the longest overdue first.

use std::collections::BTreeMap;

use chrono::{NaiveDate, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use crate::freshness::{MANY, needs_check_since, slug, whole};
use crate::support::client::send;
use crate::support::database::{Database, Template};
use crate::support::practice::{practice, publish, with};
use crate::support::round_trips::Counter;
use crate::support::{Client, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_council_sees_what_it_should_check_the_longest_overdue_first() {
    let app = TestApp::with_sample().await;
    app.sql(MANY).await;
    app.sql("UPDATE initiatives SET published_at = now() - interval '100 days' WHERE slug LIKE '%s'").await;
    let (client, today) = (app.anonymous(), Utc::now().date_naive());
    let mut councils = 0;
    for council in ["oldham", "sunderland", "lambeth", "york", "cardiff"] {
        let looked_after = whole(&client, &format!("/v1/initiatives?steward={council}&limit=200")).await;
        let wanted: BTreeMap<String, &Value> =
            looked_after.iter().filter(|one| one["freshness"] != "fresh").map(|one| (slug(one), one)).collect();
        let (due, back) = client.there_and_back(&format!("/v1/councils/{council}/due?limit=3"), |_| {}).await;
        assert_eq!(due, back, "{council}");
        assert_eq!(due.len(), wanted.len(), "{council}");
        assert!(due.is_sorted_by_key(|one| one["since"].as_str().unwrap()), "{council}");
        for one in &due {
            let record = wanted[&slug(&one["initiative"])];
            for (member, same) in
                [("freshness", "freshness"), ("why", "freshness_text"), ("status_text", "status_text")]
            {
                assert_eq!(one[member], record[same], "{one}");
            }
            assert_eq!((&one["verified_at"], &one["initiative"]["id"]), (&record["verified_at"], &record["id"]));
            let since: NaiveDate = one["since"].as_str().unwrap().parse().unwrap();
            assert!(since <= today, "{one}");
            assert_eq!(Some(since), needs_check_since(record), "{one}");
        }
        councils += usize::from(due.len() > 3);
    }
    assert!(councils > 1, "too few councils have several records to check");
    let whole = client.get("/v1/councils/oldham/due?limit=200").await.expect(200);
    assert_eq!(whole.json["total"], whole.json["data"].as_array().unwrap().len());
    for gss_or_id in
        ["E08000004".to_owned(), client.get("/v1/councils/oldham").await.json["id"].as_str().unwrap().into()]
    {
        let same = client.get(&format!("/v1/councils/{gss_or_id}/due?limit=200")).await.expect(200);
        assert_eq!(same.json["data"], whole.json["data"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_caller_does_not_see_is_not_counted_as_due_and_drafts_never_are() {
    let app = TestApp::with_sample().await;
    let (admin, editor) = (app.admin().await, app.editor("oldham").await);
    let due = async |client: &Client| -> Vec<String> {
        let answer = client.get("/v1/councils/oldham/due?limit=200").await.expect(200);
        let slugs: Vec<String> =
            answer.json["data"].as_array().unwrap().iter().map(|one| slug(&one["initiative"])).collect();
        assert_eq!(answer.json["total"], slugs.len());
        slugs
    };
    let before = due(&app.anonymous()).await;
    let private = with(practice("A quiet trial", "oldham"), json!({ "visibility": "private" }));
    publish(&admin, &admin.post("/v1/initiatives", &private).await.expect(201)).await;
    let draft = editor.post("/v1/initiatives", &practice("Not yet said", "oldham")).await.expect(201);
    let is_listed = |list: &[String], slug: &str| list.iter().any(|one| one == slug);
    for (client, sees) in [
        (app.anonymous(), false),
        (app.editor("york").await, false),
        (app.editor("oldham").await, true),
        (app.moderator().await, true),
    ] {
        let list = due(&client).await;
        assert_eq!(is_listed(&list, "a-quiet-trial"), sees);
        assert!(!is_listed(&list, "not-yet-said"), "a draft is not due");
        assert_eq!(list.len(), before.len() + usize::from(sees));
    }
    // Published, it is due until somebody confirms it.
    let published = publish(&admin, &draft).await;
    assert!(is_listed(&due(&app.anonymous()).await, "not-yet-said"));
    let verify = editor.request(Method::POST, "/v1/initiatives/not-yet-said/verify");
    let body = json!({ "method": "owner_confirmed" });
    let verified = send(verify.header("If-Match", published.etag()).json(&body)).await.expect(200);
    assert_eq!(verified.json["freshness"], "fresh");
    assert_eq!(due(&app.anonymous()).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_what_is_due_follows_the_steward_and_the_name_of_the_council() {
    let app = TestApp::with_sample().await;
    let (admin, client) = (app.admin().await, app.anonymous());
    client.get("/v1/councils/nowhere-at-all/due").await.expect_problem(404, "not_found");
    client.get("/v1/councils/oldham/due?freshness=due").await.expect_problem(400, "bad_query");
    let council = admin.get("/v1/councils/york").await.expect(200);
    admin.patch("/v1/councils/york", council.etag(), &json!({ "slug": "eboracum" })).await.expect(200);
    let moved = send(client.request(Method::GET, "/v1/councils/york/due?limit=2")).await.expect(308);
    assert_eq!(moved.header("location"), "/v1/councils/eboracum/due?limit=2");
    // Where another council takes part, the one that looks after the record checks it.
    let shared =
        with(practice("Together", "oldham"), json!({ "participants": [{ "council": "rochdale", "role": "co_lead" }] }));
    publish(&admin, &admin.post("/v1/initiatives", &shared).await.expect(201)).await;
    for (council, wanted) in [("oldham", true), ("rochdale", false)] {
        let list = whole(&client, &format!("/v1/councils/{council}/due?limit=200")).await;
        assert_eq!(list.iter().any(|one| one["initiative"]["slug"] == "together"), wanted, "{council}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_reads_what_is_due_without_a_query_of_the_database() {
    let database = Database::new(Template::Sample).await;
    let counter = Counter::to(&database.url).await;
    let app = TestApp::behind(database, &counter.url, &[]);
    let client = app.anonymous();
    client.get("/v1/councils/oldham/due").await.expect(200);
    let mut trips = Vec::new();
    for limit in 1..=15 {
        counter.take();
        client.get(&format!("/v1/councils/oldham/due?limit={limit}")).await.expect(200);
        trips.push(counter.take());
    }
    // The read model looks for changes now and then, by itself.
    trips.sort_unstable();
    assert_eq!(trips[trips.len() / 2], 0, "{trips:?}");
}
