//! Pages of the feed: what is on them, how they are followed, and which cursors are refused.

use std::collections::HashSet;

use ccin_registry::access::role::Role;
use reqwest::Method;
use serde_json::json;

use crate::support::client::send;
use crate::support::practice::{path, practice, publish, with};
use crate::support::{Answer, TestApp, records};

fn next<'a>(app: &TestApp, page: &'a Answer) -> &'a str {
    page.json["page"]["next"].as_str().unwrap().strip_prefix(app.url.as_str()).expect("a whole address")
}

fn since(page: &Answer) -> String {
    page.json["page"]["next"].as_str().unwrap().rsplit_once("since=").unwrap().1.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_shows_the_record_as_get_does_and_a_delete_shows_none() {
    let app = TestApp::with_sample().await;
    let (admin, anonymous) = (app.admin().await, app.anonymous());
    let end = anonymous.get("/v1/changes?limit=1000").await.expect(200);
    assert_eq!(end.json["page"]["more"], false);
    let nothing = anonymous.get(next(&app, &end)).await.expect(200);
    assert_eq!(nothing.json["data"], json!([]));
    assert_eq!(nothing.json["page"], json!({ "limit": 1000, "next": end.json["page"]["next"], "more": false }));

    let entered = admin.post("/v1/initiatives", &practice("A practice to be told of", "oldham")).await.expect(201);
    let shown = publish(&app.moderator().await, &entered).await;
    let page = anonymous.get(next(&app, &end)).await.expect(200);
    let record = anonymous.get(&path(&shown)).await.expect(200);
    let [change] = &page.json["data"].as_array().unwrap()[..] else { panic!("{}", page.text) };
    assert_eq!(
        (&change["change"], &change["resource"], &change["id"], &change["record"]),
        (&json!("upsert"), &json!("initiative"), &record.json["id"], &record.json)
    );
    // To the letter, not only in substance.
    assert!(page.text.contains(&record.text), "{}", page.text);
    let link = format!("<{}>; rel=\"next\"", page.json["page"]["next"].as_str().unwrap());
    assert_eq!(page.header("link"), link);

    admin.delete(&path(&shown), shown.etag()).await.expect(204);
    for from in [&end, &page] {
        let page = anonymous.get(next(&app, from)).await.expect(200);
        let [change] = &page.json["data"].as_array().unwrap()[..] else { panic!("{}", page.text) };
        assert_eq!((&change["change"], &change["id"]), (&json!("delete"), &record.json["id"]));
        assert_eq!(change.as_object().unwrap().len(), 4, "{change}");
        assert!(change["changed_at"].is_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_bounded_and_name_each_record_once() {
    let app = TestApp::with_sample().await;
    let anonymous = app.anonymous();
    let whole = anonymous.get("/v1/changes?limit=1000").await.expect(200);
    let mut ids: Vec<_> = whole.each("id");
    assert_eq!(ids.iter().map(ToString::to_string).collect::<HashSet<_>>().len(), ids.len());
    let mut at = "/v1/changes?limit=33".to_owned();
    let mut pages = Vec::new();
    loop {
        let page = anonymous.get(&at).await.expect(200);
        pages.extend(page.each("id"));
        if page.json["page"]["more"] == false {
            break;
        }
        assert_eq!(page.each("id").len(), 33);
        at = next(&app, &page).to_owned();
        assert!(at.contains("limit=33"), "{at}");
    }
    assert_eq!(pages, ids);
    for (asked, given) in [("1000", 1000), ("99999999999999999999", 1000), ("1", 1)] {
        let page = anonymous.get(&format!("/v1/changes?limit={asked}")).await.expect(200);
        assert_eq!(page.json["page"]["limit"], given);
    }
    assert_eq!(anonymous.get("/v1/changes").await.expect(200).json["page"]["limit"], 200);

    // A record that some saw sooner than others has several places for who sees all: it stands at the last one.
    let admin = app.admin().await;
    let entered = admin.post("/v1/initiatives", &practice("Public for a while", "oldham")).await.expect(201);
    let shown = publish(&app.moderator().await, &entered).await;
    let mut etag = shown.etag().to_owned();
    for patch in [json!({ "visibility": "members" }), json!({ "title": "Members only", "visibility": "private" })] {
        etag = admin.patch(&path(&shown), &etag, &patch).await.expect(200).etag().to_owned();
        admin.post("/v1/themes", &records::theme(&format!("Between {etag}"))).await.expect(201);
    }
    let viewer = app.signed_in(Role::MemberViewer, None).await;
    ids = viewer.get("/v1/changes?limit=1000").await.expect(200).each("id");
    let places: Vec<_> = ids.iter().enumerate().filter(|(_, id)| **id == shown.json["id"]).map(|(at, _)| at).collect();
    assert_eq!(places, [ids.len() - 2]);
    let mine = admin.get("/v1/changes?limit=1000").await.expect(200);
    let last = mine.json["data"].as_array().unwrap().iter().find(|change| change["id"] == shown.json["id"]).unwrap();
    assert_eq!(last["record"]["title"], "Members only");
}

#[tokio::test(flavor = "multi_thread")]
async fn resources_are_chosen_by_name() {
    let app = TestApp::with_sample().await;
    let anonymous = app.anonymous();
    let all = anonymous.get("/v1/changes?limit=1000").await.expect(200).each("resource");
    for (query, chosen) in [
        ("resource=theme", vec!["theme"]),
        ("resource=theme&resource=council", vec!["theme", "council"]),
        ("resource=initiative&resource=initiative", vec!["initiative"]),
    ] {
        let page = anonymous.get(&format!("/v1/changes?limit=1000&{query}")).await.expect(200);
        let wanted = all.iter().filter(|resource| chosen.contains(&resource.as_str().unwrap()));
        assert_eq!(page.each("resource"), wanted.cloned().collect::<Vec<_>>(), "{query}");
        assert!(next(&app, &page).contains(query), "{}", page.json["page"]);
        anonymous.get(next(&app, &page)).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_page_already_gets_304() {
    let app = TestApp::with_sample().await;
    let anonymous = app.anonymous();
    let page = anonymous.get("/v1/changes?limit=5").await.expect(200);
    assert_eq!(page.header("cache-control"), "public, max-age=60, stale-if-error=86400");
    assert!(page.header("vary").contains("Authorization"));
    assert!(!page.header("last-modified").is_empty());
    let again = anonymous.request(Method::GET, "/v1/changes?limit=5").header("If-None-Match", page.etag());
    send(again).await.expect(304);
    let mine = app.admin().await.get("/v1/changes?limit=5").await.expect(200);
    assert_eq!(mine.header("cache-control"), "private, no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_that_do_not_fit_are_refused() {
    let app = TestApp::with_sample().await;
    let (anonymous, editor) = (app.anonymous(), app.editor("oldham").await);
    let known = since(&anonymous.get("/v1/changes?resource=theme&resource=council&limit=5").await.expect(200));
    let of_editor = since(&editor.get("/v1/changes?limit=5").await.expect(200));
    // Order and repetition do not matter.
    let path = format!("/v1/changes?resource=council&resource=theme&resource=theme&limit=7&since={known}");
    anonymous.get(&path).await.expect(200);

    let whole = since(&anonymous.get("/v1/changes?limit=5").await.expect(200));
    let mut altered = whole.clone().into_bytes();
    altered[10] = if altered[10] == b'A' { b'B' } else { b'A' };
    let altered = String::from_utf8(altered).unwrap();
    let list = anonymous.get("/v1/themes?limit=1").await.expect(200);
    let of_a_list = list.json["page"]["next"].as_str().unwrap().rsplit_once("cursor=").unwrap().1.to_owned();
    let long = "A".repeat(2000);
    for forged in
        ["", "x", "0", "1", "%00", "%20", "'; DROP TABLE changes", "AAAA", &altered, &whole[1..], &of_a_list, &long]
    {
        let answer = anonymous.get(&format!("/v1/changes?since={forged}")).await.expect_problem(400, "bad_query");
        assert_eq!(answer.faults(), [("since".into(), "bad_cursor".into())], "{forged}");
        assert!(answer.text.contains("start again without it"), "{}", answer.text);
    }
    let rochdale = app.editor("rochdale").await;
    for (client, path) in [
        (&anonymous, format!("/v1/changes?since={known}")),
        (&anonymous, format!("/v1/changes?resource=theme&since={known}")),
        (&anonymous, format!("/v1/changes?since={of_editor}")),
        (&editor, format!("/v1/changes?since={whole}")),
        (&rochdale, format!("/v1/changes?since={of_editor}")),
        (&app.admin().await, format!("/v1/changes?since={of_editor}")),
    ] {
        let answer = client.get(&path).await.expect_problem(400, "bad_query");
        assert_eq!(answer.faults(), [("since".into(), "bad_cursor".into())], "{path}");
        assert!(answer.text.contains("start again without it"), "{}", answer.text);
    }
    // Another contributor of the same council sees the same.
    let colleague = app.signed_in(Role::Contributor, Some("oldham")).await;
    colleague.get(&format!("/v1/changes?since={of_editor}")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_shows_no_place_and_has_one_length() {
    let app = TestApp::with_sample().await;
    let early = since(&app.anonymous().get("/v1/changes?limit=1").await.expect(200));
    app.sql("SELECT setval('change_positions', 987654321012)").await;
    app.admin().await.post("/v1/themes", &records::theme("Far on")).await.expect(201);
    let late = since(&app.anonymous().get("/v1/changes?limit=1000").await.expect(200));
    assert_eq!(early.len(), late.len());
    assert_ne!(early[..8], late[..8]);
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_named_all_at_once() {
    let app = TestApp::with_sample().await;
    let anonymous = app.anonymous();
    let answer =
        anonymous.get("/v1/changes?limit=0&resource=initiatives&sinse=x").await.expect_problem(400, "bad_query");
    let mut faults = answer.faults();
    faults.sort();
    let expected = [("limit", "too_small"), ("resource", "not_allowed"), ("sinse", "unknown_parameter")];
    assert_eq!(faults, expected.map(|(place, code)| (place.to_owned(), code.to_owned())));
    assert!(answer.text.contains("did you mean initiative?"), "{}", answer.text);
    for query in ["limit=-1", "limit=x", "limit=1&limit=2", "since=a&since=b", "resource="] {
        anonymous.get(&format!("/v1/changes?{query}")).await.expect_problem(400, "bad_query");
    }
    let whole = with(json!({}), json!({}));
    anonymous.post("/v1/changes", &whole).await.expect(405);
}
