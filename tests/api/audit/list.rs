//! Reading the trail: filters, pages, and what a council editor sees of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ccin_registry::access::role::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use super::events_of;
use crate::support::practice::{practice, publish};
use crate::support::records::{council_body, theme};
use crate::support::{Client, PASSWORD, TestApp};

/// The actions on a page, in its order.
async fn actions(reader: &Client, query: &str) -> Vec<Value> {
    let answer = reader.get(&format!("/v1/audit{query}")).await.expect(200);
    assert_eq!(answer.json["total"], answer.each("action").len(), "{query}");
    answer.each("action")
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_join_and_the_newest_comes_first() {
    let app = TestApp::with_sample().await;
    let (one, other) = (app.user(Role::NetworkAdmin, None).await.0, app.user(Role::Moderator, None).await.0);
    let admin = app.with_token(&app.token(one).await);
    let moderator = app.with_token(&app.token(other).await);
    let made = admin.post("/v1/themes", &theme("Mending")).await.expect(201);
    let id = made.json["id"].as_str().unwrap();
    let changed =
        moderator.patch(made.header("location"), made.etag(), &json!({ "scope_note": "x" })).await.expect(200);
    let draft = admin.post("/v1/initiatives", &practice("An initiative", "oldham")).await.expect(201);
    publish(&admin, &draft).await;
    let time = events_of(&admin, &changed).await[0]["created_at"].as_str().unwrap().to_owned();
    let request = changed.header("x-request-id");

    let all = ["initiative.publish", "initiative.create", "theme.update", "theme.create"];
    let cases: [(String, &[&str]); 14] = [
        (String::new(), &all),
        (format!("?actor={one}"), &["initiative.publish", "initiative.create", "theme.create"]),
        (format!("?actor={other}"), &["theme.update"]),
        (format!("?actor={one}&actor={other}"), &all),
        (format!("?actor={}", Uuid::now_v7()), &[]),
        (format!("?key={}", Uuid::now_v7()), &[]),
        ("?action=theme.create&action=initiative.publish".into(), &["initiative.publish", "theme.create"]),
        ("?resource=theme".into(), &["theme.update", "theme.create"]),
        (format!("?record={id}"), &["theme.update", "theme.create"]),
        (format!("?record={id}&actor={one}"), &["theme.create"]),
        (format!("?since={time}"), &["initiative.publish", "initiative.create", "theme.update"]),
        (format!("?until={time}"), &["theme.create"]),
        (format!("?request_id={request}"), &["theme.update"]),
        ("?request_id=unheard-of".into(), &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(actions(&admin, &query).await, expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_stay_as_they_are_while_the_trail_grows() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    for n in 0..7 {
        admin.post("/v1/themes", &theme(&format!("Theme {n}"))).await.expect(201);
    }
    let mut path = "/v1/audit?limit=3".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = admin.get(&path).await.expect(200);
        assert_eq!(page.header("cache-control"), "private, no-store");
        seen.extend(page.each("chain").iter().map(|chain| chain["sequence"].as_i64().unwrap()));
        admin.post("/v1/themes", &theme(&format!("Meanwhile {}", seen.len()))).await.expect(201);
        let Some(next) = page.json["page"]["next"].as_str() else { break };
        path = next.replace(&app.url, "");
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    // The number of an event is where it stands among all, also those that an editor may not see. It is 12 digits long here,
    // so that its text cannot stand in a cursor by chance.
    app.sql(
        "ALTER TABLE audit_events DISABLE TRIGGER USER; UPDATE audit_events SET sequence = sequence + 987654320000",
    )
    .await;
    let page = admin.get("/v1/audit?limit=1").await.expect(200);
    let next = page.json["page"]["next"].as_str().unwrap();
    let cursor = URL_SAFE_NO_PAD.decode(next.rsplit_once("cursor=").unwrap().1).unwrap();
    let number = page.json["data"][0]["chain"]["sequence"].to_string();
    assert_eq!(number.len(), 12, "{number}");
    for shown in [cursor.as_slice(), next.as_bytes()] {
        assert!(!shown.windows(6).any(|part| number.as_bytes().windows(6).any(|digits| digits == part)), "{next}");
    }
    let again = admin.get("/v1/audit?limit=1").await.expect(200);
    assert_eq!((again.etag(), &again.json["page"]["next"]), (page.etag(), &page.json["page"]["next"]));
    let moved = path.replace("limit=3", "limit=3&action=theme.create");
    admin.get(&moved).await.expect_problem(400, "bad_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_editor_sees_the_own_councils_events_without_addresses() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for lead in ["oldham", "york"] {
        admin.post("/v1/initiatives", &practice("An initiative", lead)).await.expect(201);
        let path = format!("/v1/councils/{lead}");
        let read = admin.get(&path).await.expect(200);
        admin.put(&path, read.etag(), &council_body(&read.json)).await.expect(200);
        let user = json!({ "email": format!("new@{lead}.example"), "role": "contributor", "council": lead,
            "name": "A contributor", "initial_password": PASSWORD });
        admin.post("/v1/users", &user).await.expect(201);
    }
    admin.post("/v1/themes", &theme("Mending")).await.expect(201);
    admin.get("/v1/users").await.expect(200);
    let new = json!({ "email": "new@oldham.example", "password": PASSWORD });
    let new = app.anonymous().post("/v1/auth/login", &new).await.expect(200);

    let editor = app.editor("oldham").await;
    let seen = editor.get("/v1/audit").await.expect(200);
    assert_eq!(seen.each("action"), ["session.begin", "user.create", "council.update", "initiative.create"]);
    assert_eq!(seen.json["total"], 4);
    for event in seen.json["data"].as_array().unwrap() {
        assert_eq!(event["council"]["slug"], "oldham");
        assert_eq!((&event["address"], &event["chain"]), (&Value::Null, &Value::Null));
        assert!(event["actor"]["id"].is_string() && !event.to_string().contains('@'), "{event}");
    }
    assert_eq!(seen.json["data"][0]["actor"]["name"], "A contributor");
    let event = &events_of(&admin, &new).await[0];
    assert_eq!((&event["address"], event["chain"]["hash"].as_str().unwrap().len()), (&json!("127.0.0.1"), 64));
    // No filter reaches beyond.
    assert_eq!(actions(&editor, "?resource=theme").await, [""; 0]);
    assert_eq!(actions(&editor, "?action=user.list").await, [""; 0]);
    assert_eq!(actions(&app.editor("york").await, "?resource=session").await, [""; 0]);
    app.moderator().await.get("/v1/audit").await.expect_problem(403, "forbidden");
    app.anonymous().get("/v1/audit").await.expect_problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_that_are_not_right_are_named() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    for (query, parameter, code) in [
        ("actr=x", "actr", "unknown_parameter"),
        ("actor=oldham", "actor", "malformed"),
        ("record=housing", "record", "malformed"),
        ("key=1", "key", "malformed"),
        ("action=theme.crate", "action", "not_allowed"),
        ("resource=themes", "resource", "not_allowed"),
        ("since=yesterday", "since", "malformed"),
        ("until=2026-13-01T00:00:00Z", "until", "malformed"),
        ("request_id=a%20b", "request_id", "malformed"),
        ("limit=0", "limit", "too_small"),
        ("cursor=x", "cursor", "bad_cursor"),
    ] {
        let refused = admin.get(&format!("/v1/audit?{query}")).await.expect_problem(400, "bad_query");
        assert_eq!(refused.faults(), [(parameter.to_owned(), code.to_owned())], "{query}: {}", refused.text);
    }
    let refused = admin.get("/v1/audit?actr=x&action=theme.crate").await.expect(400).text;
    for hint in ["did you mean actor?", "did you mean theme.create?"] {
        assert!(refused.contains(hint), "{refused}");
    }
}
