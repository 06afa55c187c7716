//! An initiative as readers saw it at a moment.

use std::collections::BTreeSet;

use ccin_registry::access::role::Role;
use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{RECORD, act, begin, path};
use crate::support::TestApp;
use crate::support::practice::{practice, publish};

/// Now, for a query string.
pub fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Members in which two records differ, besides what is not part of a text.
fn differing(one: &Value, other: &Value) -> Vec<String> {
    let names: BTreeSet<&String> = [one, other].iter().flat_map(|record| record.as_object().unwrap().keys()).collect();
    let of_today = ["updated_at", "version", "revision", "steward"];
    let texts = names.into_iter().filter(|name| !of_today.contains(&name.as_str()));
    texts
        .filter(|name| one[*name] != other[*name])
        .map(|name| format!("{name}: {} {}", one[name], other[name]))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_of_the_sample_is_as_it_was_before_an_edit() {
    let app = TestApp::with_flags(&["--limit-anonymous", "100000", "--limit-officer", "100000"]).await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    let all = anybody.get("/v1/initiatives?limit=200").await.expect(200).json["data"].as_array().unwrap().clone();
    let (before, mut edited) = (now(), 0);
    for record in &all {
        let address = format!("/v1/initiatives/{}", record["slug"].as_str().unwrap());
        let etag = admin.get(&address).await.expect(200).etag().to_owned();
        let patch = json!({
            "title": format!("{} (changed)", record["title"].as_str().unwrap().chars().take(100).collect::<String>()),
            "themes": ["health-social-care"], "participants": [], "partners": [], "outcomes": [], "costs": [],
            "sources": [], "principles": [], "body": "Other words.", "location": null, "parent": null,
            "lead_council": "network", "provenance_note": "Changed", "kind": "policy_lab", "status_as_at": null,
        });
        admin.patch(&address, &etag, &patch).await.expect(200);
        edited += 1;
    }
    assert!(edited > 100, "{edited}");
    let mut leads = BTreeSet::new();
    for record in &all {
        let address = format!("/v1/initiatives/{}", record["slug"].as_str().unwrap());
        let then = anybody.get(&format!("{address}?as_at={before}")).await.expect(200);
        assert_eq!(differing(&then.json, record), [""; 0], "{address}");
        assert_eq!((&then.json["revision"]["number"], &then.json["revision"]["as_at"]), (&json!(1), &json!(before)));
        let changed = anybody.get(&address).await.expect(200).json;
        let present = anybody.get(&format!("{address}?as_at={}", now())).await.expect(200);
        assert_eq!(differing(&present.json, &changed), [""; 0], "{address}");
        assert_eq!(
            (&present.json["revision"]["number"], &present.json["revision"]["replaced_at"]),
            (&json!(2), &Value::Null)
        );
        assert_eq!(present.json["revision"]["published_at"], then.json["revision"]["replaced_at"]);
        leads.insert(record["lead"]["kind"].as_str().unwrap().to_owned());
    }
    assert!(leads.len() > 2, "{leads:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_first_publication_it_says_since_when_and_the_future_is_refused() {
    let app = TestApp::with_sample().await;
    let anybody = app.anonymous();
    for early in ["2012-12-01", "2012-12-01T09:00:00%2B01:00"] {
        let answer = anybody.get(&format!("{RECORD}?as_at={early}")).await.expect_problem(404, "not_found");
        let year = Utc::now().format("%Y").to_string();
        let detail = answer.json["detail"].as_str().unwrap();
        assert!(detail.starts_with("Readers see this initiative since ") && detail.contains(&year), "{detail}");
    }
    for later in ["2199-01-01", "2199-01-01T00:00:00Z"] {
        for address in [RECORD, "/v1/initiatives"] {
            let answer = anybody.get(&format!("{address}?as_at={later}")).await.expect(400);
            assert_eq!(answer.faults(), [("as_at".into(), "in_future".into())]);
        }
    }
    for bad in ["2012", "yesterday", "2012-02-30", "2012-12-01T09:00:00", "2012-12-01T09:00:00+01:00"] {
        let answer = anybody.get(&format!("{RECORD}?as_at={bad}")).await.expect(400);
        assert!(answer.faults().iter().all(|(name, _)| name == "as_at"), "{bad}: {}", answer.text);
        assert_eq!(answer.text.contains("%2B"), bad.contains('+'), "{}", answer.text);
    }
    // Today has not ended. It means now.
    let today = Utc::now().date_naive();
    assert_eq!(anybody.get(&format!("{RECORD}?as_at={today}")).await.expect(200).json["revision"]["number"], 1);
    anybody.get("/v1/initiatives/no-such-initiative?as_at=2012-12-01").await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_means_its_end_and_an_answer_can_be_kept() {
    let app = TestApp::with_sample().await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    let record = admin.get(RECORD).await.expect(200);
    admin.patch(RECORD, record.etag(), &json!({ "title": "Work for Oldham", "slug": "work" })).await.expect(200);
    app.sql(
        "UPDATE revisions SET published_at = '2024-05-01T08:00:00Z', replaced_at = '2024-06-01T18:00:00Z'
         WHERE state = 'superseded';
         UPDATE revisions SET published_at = '2024-06-01T18:00:00Z'
         WHERE initiative_id = (SELECT id FROM initiatives WHERE slug = 'work') AND state = 'published'",
    )
    .await;
    let address = "/v1/initiatives/work";
    let number = async |at: &str| {
        anybody.get(&format!("{address}?as_at={at}")).await.expect(200).json["revision"]["number"].clone()
    };
    assert_eq!((number("2024-05-31").await, number("2024-06-01").await), (json!(1), json!(2)));
    assert_eq!((number("2024-06-01T17:59:59Z").await, number("2024-06-01T18:00:00Z").await), (json!(1), json!(2)));
    anybody.get(&format!("{address}?as_at=2024-04-30")).await.expect_problem(404, "not_found");

    let then = anybody.get(&format!("{address}?as_at=2024-05-31&fields=slug,title")).await.expect(200);
    assert_eq!((&then.json["title"], &then.json["slug"]), (&record.json["title"], &json!("work")));
    assert_eq!(then.json.as_object().unwrap().len(), 3, "fields and revision: {}", then.text);
    assert_eq!(then.header("cache-control"), "public, max-age=60, stale-if-error=86400");
    // The tag has no version: nobody changes the present text by an earlier one.
    let again = anybody.request(reqwest::Method::GET, &format!("{address}?as_at=2024-05-31&fields=slug,title"));
    crate::support::client::send(again.header("If-None-Match", then.etag())).await.expect(304);
    admin.patch(address, then.etag(), &json!({ "who_for": "Residents" })).await.expect(412);
    // A former slug leads to the present one.
    let moved = anybody.get(&format!("{RECORD}?as_at=2024-05-31")).await.expect(308);
    assert_eq!(moved.header("location"), "/v1/initiatives/work?as_at=2024-05-31");
    // What belongs to the present is refused.
    let refused = anybody.get(&format!("{address}?as_at=2024-05-31&include=themes")).await.expect(400);
    assert_eq!(refused.faults(), [("include".into(), "not_with_as_at".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_taken_back_comes_back() {
    let app = TestApp::with_sample().await;
    let (admin, anybody, member) = (app.admin().await, app.anonymous(), app.signed_in(Role::MemberViewer, None).await);
    let first = now();
    let mut etag = admin.get(RECORD).await.expect(200).etag().to_owned();
    let mut times = Vec::new();
    for visibility in ["members", "public"] {
        let body = json!({ "visibility": visibility, "title": format!("For {visibility}") });
        etag = admin.patch(RECORD, &etag, &body).await.expect(200).etag().to_owned();
        times.push(now());
    }
    let then = |at: &str| format!("{RECORD}?as_at={at}");
    anybody.get(&then(&first)).await.expect(200);
    // A text that was for members stays for members.
    let hidden = anybody.get(&then(&times[0])).await.expect_problem(404, "not_found");
    assert!(hidden.json["detail"].as_str().unwrap().starts_with("Readers did not see"), "{}", hidden.text);
    assert_eq!(member.get(&then(&times[0])).await.expect(200).json["title"], "For members");
    assert_eq!(anybody.get(&then(&times[1])).await.expect(200).json["title"], "For public");

    // While it was a draft again, readers saw nothing.
    let draft = admin.post_if_match(&format!("{RECORD}/unpublish"), &etag).await.expect(200);
    let gap = now();
    anybody.get(&then(&first)).await.expect_problem(404, "not_found");
    admin.get(&then(&first)).await.expect(200);
    let body = json!({ "reason": "It was right." });
    let request = admin.request(reqwest::Method::POST, &format!("{RECORD}/publish"));
    let etag = crate::support::client::send(request.header("If-Match", draft.etag()).json(&body)).await.expect(200);
    anybody.get(&then(&gap)).await.expect_problem(404, "not_found");
    anybody.get(&then(&first)).await.expect(200);
    let list = |at: &str| format!("/v1/initiatives?council=oldham&fields=slug&limit=200&as_at={at}");
    let lists =
        async |at: &str| anybody.get(&list(at)).await.expect(200).each("slug").contains(&json!("get-oldham-working"));
    assert!(lists(&first).await && !lists(&times[0]).await && lists(&times[1]).await && !lists(&gap).await);

    // What is private today, and what was withdrawn, is as gone as today.
    let hidden = admin.patch(RECORD, etag.etag(), &json!({ "visibility": "private" })).await.expect(200);
    anybody.get(&then(&first)).await.expect_problem(404, "not_found");
    assert!(!lists(&first).await);
    admin.get(&then(&first)).await.expect(200);
    admin.patch(RECORD, hidden.etag(), &json!({ "visibility": "public" })).await.expect(200);
    assert!(lists(&first).await);
    let other = publish(&admin, &admin.post("/v1/initiatives", &practice("Entered twice", "oldham")).await).await;
    let (other_path, at) = (crate::support::practice::path(&other), now());
    anybody.get(&format!("{other_path}?as_at={at}")).await.expect(200);
    admin.delete(&format!("{other_path}?reason=Double"), other.etag()).await.expect(204);
    for client in [&anybody, &admin] {
        let gone = client.get(&format!("{other_path}?as_at={at}")).await.expect_problem(404, "withdrawn");
        assert!(gone.text.contains("Double"), "{}", gone.text);
        assert!(!client.get(&list(&at)).await.expect(200).each("slug").contains(&other.json["slug"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_and_submissions_were_never_seen() {
    let app = TestApp::with_sample().await;
    let (editor, anybody) = (app.editor("oldham").await, app.anonymous());
    let revision = begin(&editor).await;
    let edited =
        editor.patch(&path(&revision), revision.etag(), &json!({ "title": "A secret title" })).await.expect(200);
    act(&editor, &edited, "submit", &Value::Null).await.expect(200);
    let new = editor.post("/v1/initiatives", &practice("A secret draft", "oldham")).await.expect(201);
    let at = now();
    for client in [&anybody, &editor, &app.admin().await] {
        let then = client.get(&format!("{RECORD}?as_at={at}")).await.expect(200);
        assert!(!then.text.contains("A secret title"), "{}", then.text);
        let list = client.get(&format!("/v1/initiatives?as_at={at}&limit=200")).await.expect(200);
        assert!(!list.text.contains("A secret"), "{}", list.text);
    }
    let address = crate::support::practice::path(&new);
    anybody.get(&format!("{address}?as_at={at}")).await.expect_problem(404, "not_found");
    publish(&app.admin().await, &new).await;
    let answer = anybody.get(&format!("{address}?as_at={at}")).await.expect_problem(404, "not_found");
    assert!(answer.text.contains("Readers see this initiative since"), "{}", answer.text);
    anybody.get(&format!("{address}?as_at={}", now())).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_was_seen_only_by_those_who_saw_its_parent() {
    let app = TestApp::with_sample().await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    let parent = publish(&admin, &admin.post("/v1/initiatives", &practice("The whole of it", "oldham")).await).await;
    let mut body = practice("A part of it", "oldham");
    body["parent"] = parent.json["slug"].clone();
    let part = publish(&admin, &admin.post("/v1/initiatives", &body).await).await;
    let (whole, part_of_it) = (crate::support::practice::path(&parent), crate::support::practice::path(&part));
    let before = now();
    let hidden = admin.patch(&whole, parent.etag(), &json!({ "visibility": "members" })).await.expect(200);
    let between = now();
    admin.patch(&whole, hidden.etag(), &json!({ "visibility": "public" })).await.expect(200);
    let part = admin.get(&part_of_it).await.expect(200);
    admin.patch(&part_of_it, part.etag(), &json!({ "parent": null, "title": "By itself" })).await.expect(200);
    let after = now();

    let seen = anybody.get(&format!("{part_of_it}?as_at={before}")).await.expect(200);
    assert_eq!(seen.json["parent"]["slug"], parent.json["slug"]);
    let seen = anybody.get(&format!("{whole}?as_at={before}")).await.expect(200);
    assert_eq!(seen.json["components"][0]["title"], "A part of it");
    for address in [&part_of_it, &whole] {
        anybody.get(&format!("{address}?as_at={between}")).await.expect_problem(404, "not_found");
        admin.get(&format!("{address}?as_at={between}")).await.expect(200);
    }
    assert_eq!(anybody.get(&format!("{part_of_it}?as_at={after}")).await.expect(200).json["parent"], Value::Null);
    assert_eq!(anybody.get(&format!("{whole}?as_at={after}")).await.expect(200).json["components"], json!([]));
}
