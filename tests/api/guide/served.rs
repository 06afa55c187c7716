//! The guide as the service serves it.

use ccin_registry::formats::guide::contents::{ASSETS, INDEX, SECTIONS};
use ccin_registry::formats::guide::layout::ROOT;
use ccin_registry::formats::guide::render::served;
use reqwest::{Method, Url};
use serde_json::Value;

use crate::support::client::send;
use crate::support::{Answer, Client, TestApp};

async fn browse(client: &Client, path: &str) -> Answer {
    send(client.request(Method::GET, path).header("Accept", "text/html,*/*;q=0.8")).await
}

/// Addresses of all pages.
fn addresses() -> Vec<String> {
    let pages = SECTIONS.iter().flat_map(|section| section.pages);
    pages.map(|page| if page.path == INDEX { ROOT.to_owned() } else { format!("{ROOT}{}", page.path) }).collect()
}

/// HTML without the examples in it, which have tags of their own.
fn without_examples(html: &str) -> String {
    let parts = html.split("<pre").map(|part| part.rsplit_once("</pre>").map_or(part, |(_, rest)| rest));
    parts.collect()
}

/// Values of an attribute in HTML of ours.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    html.split(&format!(" {attribute}=\"")).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_served_and_its_links_lead_to_pages_and_anchors() {
    let app = TestApp::empty().await;
    let client = app.anonymous();
    let mut pages = Vec::new();
    for address in addresses() {
        let page = browse(&client, &address).await.expect(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{address}");
        pages.push((address, without_examples(&page.text)));
    }
    for (address, html) in &pages {
        let base = Url::parse(&format!("http://here{address}")).expect("an address");
        for link in values(html, "href").into_iter().chain(values(html, "src")) {
            let target = base.join(link).expect("a link");
            if target.host_str() != Some("here") || !target.path().starts_with(ROOT) {
                continue;
            }
            let file = target.path().strip_prefix(ROOT).unwrap_or_default();
            if ASSETS.iter().any(|asset| asset.path == file) {
                client.get(target.path()).await.expect(200);
                continue;
            }
            let known = pages.iter().find(|(address, _)| address == target.path());
            let (_, html) = known.unwrap_or_else(|| panic!("{address}: {link} leads nowhere"));
            if let Some(anchor) = target.fragment() {
                assert!(values(html, "id").contains(&anchor), "{address}: {link} names no heading");
            }
        }
        let ids = values(html, "id");
        assert!(ids.iter().all(|id| ids.iter().filter(|other| other == &id).count() == 1), "{address}: {ids:?}");
        assert!(html.contains("aria-current=\"page\"") && html.matches("<h1>").count() == 1, "{address}");
    }
    assert_eq!(served("../how-to/keys.md#use-a-key"), "../how-to/keys#use-a-key");
    assert_eq!(browse(&client, "/docs/guide").await.expect(308).header("location"), ROOT);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_load_nothing_in_place_and_nothing_of_others() {
    let app = TestApp::empty().await;
    let client = app.anonymous();
    for address in addresses().iter().map(String::as_str).chain(["/docs/guide/nothing"]) {
        let page = browse(&client, address).await;
        let html = without_examples(&page.text);
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{address}: {policy}");
        assert!(!html.contains("<style") && !html.contains("style=\""), "{address}");
        assert!(!html.contains("<script>") && !html.contains(" onclick"), "{address}");
        assert!(values(&html, "src").iter().all(|source| !source.contains("//")), "{address}");
    }
    let css = client.get("/docs/guide/guide.css").await.expect(200);
    assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
    assert!(css.text.contains("prefers-color-scheme: dark") && !css.text.contains("url("), "{}", css.text);
    assert_eq!(css.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    assert!(!client.get("/docs/guide/guide.js").await.expect(200).text.contains("innerHTML"));
}

#[tokio::test(flavor = "multi_thread")]
async fn search_finds_a_word_where_it_stands() {
    let app = TestApp::empty().await;
    let client = app.anonymous();
    let index = client.get("/docs/guide/search.json").await.expect(200);
    let entries = index.json.as_array().expect("a list");
    let with = |word: &str| -> Vec<&Value> {
        entries.iter().filter(|entry| entry["text"].as_str().is_some_and(|text| text.contains(word))).collect()
    };
    let found = with("pg_restore");
    assert!(
        found.iter().any(|entry| entry["address"] == "/docs/guide/how-to/back-up#your-own-postgresql"),
        "{found:?}"
    );
    assert!(with("Generated from the program").is_empty(), "comments are not for readers");
    for section in SECTIONS {
        for page in section.pages {
            let address = if page.path == INDEX { ROOT.to_owned() } else { format!("{ROOT}{}", page.path) };
            let is_here = |entry: &Value| entry["address"].as_str().is_some_and(|known| known == address);
            assert!(entries.iter().any(is_here), "search knows nothing of {address}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_cached_counted_and_missing_as_other_pages_are() {
    let app = TestApp::empty().await;
    let client = app.anonymous();
    for path in ["/docs/guide/", "/docs/guide/guide.css", "/docs/guide/search.json"] {
        let answer = client.get(path).await.expect(200);
        assert!(answer.header("cache-control").contains("max-age=60"), "{path}");
        assert!(answer.header("ratelimit").starts_with("\"default\""), "{path}");
        let again = send(client.request(Method::GET, path).header("If-None-Match", answer.etag())).await.expect(304);
        assert_eq!(again.text, "");
    }
    let missing = browse(&client, "/docs/guide/how-to/nothing").await.expect(404);
    assert!(
        missing.text.contains("<title>Page not found") && missing.text.contains(">Settings</a>"),
        "{}",
        missing.text
    );
    client.get("/docs/guide/how-to/nothing").await.expect_problem(404, "not_found");
    send(client.request(Method::POST, "/docs/guide/")).await.expect_problem(405, "method_not_allowed");
    // The interactive page of the document is still there, and leads here.
    assert!(client.get("/docs/").await.expect(200).text.contains("swagger"));
    let document = client.get("/openapi.json").await.expect(200);
    assert!(document.json["info"]["description"].as_str().is_some_and(|text| text.contains("](/docs/guide/)")));
    assert_eq!(client.get("/").await.expect(200).json["guide"], format!("{}/docs/guide/", app.url));
}
