//! The Atom feeds, read by a reader of Atom.

use std::io::BufReader;

use atom_syndication::{Entry, Feed};
use reqwest::Method;
use serde_json::json;

use crate::support::client::send;
use crate::support::practice::{path, practice, publish, with};
use crate::support::{Answer, Client, TestApp};

fn parsed(answer: &Answer) -> Feed {
    Feed::read_from(BufReader::new(answer.text.as_bytes())).unwrap_or_else(|error| panic!("{error}: {}", answer.text))
}

async fn feed(client: &Client, path: &str) -> Feed {
    parsed(&client.get(path).await.expect(200))
}

fn titles(feed: &Feed) -> Vec<&str> {
    feed.entries.iter().map(|entry| entry.title.as_str()).collect()
}

fn href<'a>(links: &'a [atom_syndication::Link], rel: &str) -> &'a str {
    links.iter().find(|link| link.rel == rel).map(|link| link.href.as_str()).expect(rel)
}

async fn told(app: &TestApp, lead: &str, members: serde_json::Value) -> Answer {
    let entered =
        app.admin().await.post("/v1/initiatives", &with(practice("Told of", lead), members)).await.expect(201);
    publish(&app.moderator().await, &entered).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_has_the_last_changes_newest_first() {
    let app = TestApp::with_sample().await;
    let anonymous = app.anonymous();
    let members = json!({ "title": "Fish & <chips> \"for all\"", "themes": ["housing", "energy-climate"] });
    let shown = told(&app, "oldham", members).await;
    let answer = anonymous.get("/v1/changes.atom").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/atom+xml");
    let feed = parsed(&answer);
    assert_eq!(feed.entries.len(), 50);
    assert_eq!(href(&feed.links, "self"), format!("{}/v1/changes.atom", app.url));
    assert_eq!(feed.id, format!("{}/v1/changes.atom", app.url));
    assert_eq!(feed.authors[0].name, "Co-operative Councils' Innovation Network");
    assert!(feed.entries.is_sorted_by_key(|entry| std::cmp::Reverse(entry.updated)));

    let first: &Entry = &feed.entries[0];
    assert_eq!(first.id, format!("urn:uuid:{}", shown.json["id"].as_str().unwrap()));
    assert_eq!((first.title.as_str(), first.updated), ("Fish & <chips> \"for all\"", feed.updated));
    let summary = format!("{} Status: Running, date not known.", shown.json["summary"].as_str().unwrap());
    assert_eq!(first.summary.as_ref().unwrap().as_str(), summary);
    // The network's staff entered it.
    assert_eq!(first.authors[0].name, "CCIN registry");
    let categories: Vec<_> = first.categories.iter().map(|one| (one.term.as_str(), one.label.as_deref())).collect();
    assert_eq!(categories, [("housing", Some("Housing")), ("energy-climate", Some("Energy and climate"))]);
    let linked = anonymous.get(href(&first.links, "alternate").strip_prefix(&app.url).unwrap()).await.expect(200);
    assert_eq!(linked.json["id"], shown.json["id"]);

    // The same changes as the list has, in reverse.
    let page = anonymous.get("/v1/changes?limit=1000").await.expect(200);
    let listed: Vec<_> =
        page.each("id").iter().rev().take(50).map(|id| format!("urn:uuid:{}", id.as_str().unwrap())).collect();
    assert_eq!(feed.entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>(), listed);
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_have_validators() {
    let app = TestApp::with_sample().await;
    let anonymous = app.anonymous();
    for path in ["/v1/changes.atom", "/v1/councils/oldham/changes.atom", "/v1/themes/housing/changes.atom"] {
        let answer = anonymous.get(path).await.expect(200);
        let updated = parsed(&answer).updated.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        assert_eq!(answer.header("last-modified"), updated, "{path}");
        send(anonymous.request(Method::GET, path).header("If-None-Match", answer.etag())).await.expect(304);
        let head = send(anonymous.request(Method::HEAD, path)).await.expect(200);
        assert_eq!((head.etag(), head.text.as_str()), (answer.etag(), ""), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_and_a_theme_have_feeds_of_their_own() {
    let app = TestApp::with_sample().await;
    let anonymous = app.anonymous();
    let admin = app.admin().await;
    let narrower = json!({ "label": "Tiny homes", "definition": "Small ones.", "broader": "housing" });
    admin.post("/v1/themes", &narrower).await.expect(201);
    told(&app, "oldham", json!({ "title": "Led by Oldham", "themes": ["energy-climate"] })).await;
    let participants = json!([{ "council": "oldham", "role": "partner" }]);
    let part = json!({ "title": "With Oldham", "themes": ["tiny-homes"], "participants": participants });
    told(&app, "york", part).await;
    told(&app, "york", json!({ "title": "Without Oldham", "themes": ["housing"] })).await;
    let hidden = json!({ "title": "Hidden of Oldham", "visibility": "members" });
    told(&app, "oldham", hidden).await;

    let of_council = feed(&anonymous, "/v1/councils/oldham/changes.atom").await;
    assert_eq!(titles(&of_council)[..2], ["With Oldham", "Led by Oldham"]);
    assert!(!titles(&of_council).contains(&"Without Oldham"));
    assert!(titles(&of_council).contains(&"Oldham Metropolitan Borough Council"));
    let seen = feed(&app.editor("oldham").await, "/v1/councils/oldham/changes.atom").await;
    assert_eq!(titles(&seen)[..2], ["Hidden of Oldham", "With Oldham"]);

    let of_theme = feed(&anonymous, "/v1/themes/housing/changes.atom").await;
    assert_eq!(titles(&of_theme)[..2], ["Without Oldham", "With Oldham"]);
    assert!(!titles(&of_theme).contains(&"Led by Oldham") && titles(&of_theme).contains(&"Housing"));

    // The id of a feed stays when the slug changes.
    let found = admin.get("/v1/councils/oldham").await.expect(200);
    admin.patch("/v1/councils/oldham", found.etag(), &json!({ "slug": "oldham-borough" })).await.expect(200);
    let moved = anonymous.get("/v1/councils/oldham/changes.atom").await.expect(308);
    assert_eq!(moved.header("location"), "/v1/councils/oldham-borough/changes.atom");
    let renamed = feed(&anonymous, moved.header("location")).await;
    assert_eq!(renamed.id, of_council.id);
    assert_eq!(href(&renamed.links, "self"), format!("{}/v1/councils/oldham-borough/changes.atom", app.url));
    let by_code = feed(&anonymous, "/v1/councils/E08000004/changes.atom").await;
    assert_eq!(titles(&by_code), titles(&renamed));
    for path in ["/v1/councils/nowhere/changes.atom", "/v1/themes/nothing/changes.atom"] {
        anonymous.get(path).await.expect_problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_is_told_in_the_feed_of_everything() {
    let app = TestApp::with_sample().await;
    let anonymous = app.anonymous();
    let admin = app.admin().await;
    let withdrawn = told(&app, "oldham", json!({ "title": "Withdrawn soon" })).await;
    admin.delete(&path(&withdrawn), withdrawn.etag()).await.expect(204);
    let answer = anonymous.get("/v1/changes.atom").await.expect(200);
    let feed = parsed(&answer);
    assert_eq!(feed.entries.len(), 49);
    let tombstones = &feed.extensions["at"]["deleted-entry"];
    let id = format!("urn:uuid:{}", withdrawn.json["id"].as_str().unwrap());
    assert_eq!(tombstones.len(), 1);
    assert_eq!(tombstones[0].attrs["ref"], id);
    let when: chrono::DateTime<chrono::Utc> = tombstones[0].attrs["when"].parse().unwrap();
    assert_eq!(when, feed.updated);
    assert!(answer.text.contains("xmlns:at=\"http://purl.org/atompub/tombstones/1.0\""));
    for path in ["/v1/councils/oldham/changes.atom", "/v1/themes/housing/changes.atom"] {
        assert!(!anonymous.get(path).await.expect(200).text.contains(&id), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_registry_has_a_feed_as_well() {
    let app = TestApp::empty().await;
    app.sql("DELETE FROM changes").await;
    let feed = feed(&app.anonymous(), "/v1/changes.atom").await;
    assert_eq!((feed.entries.len(), feed.updated.timestamp()), (0, 0));
    let page = app.anonymous().get("/v1/changes").await.expect(200);
    assert_eq!(page.json["data"], json!([]));
    app.anonymous().get(page.json["page"]["next"].as_str().unwrap().strip_prefix(&app.url).unwrap()).await.expect(200);
}
