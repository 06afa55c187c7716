//! The page: who gets it, with which status, and what browsers are told of it.

pub mod claims;
pub mod plain;

use std::path::Path;
use std::process::Command;

use base64::prelude::*;
use ccin_registry::formats::web::assets;
use reqwest::Method;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::client::send;
use crate::support::practice::{path, practice, publish, with};
use crate::support::{Answer, Client, TestApp};

/// What Firefox asks for.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

pub async fn browse(client: &Client, path: &str) -> Answer {
    send(client.request(Method::GET, path).header("Accept", BROWSER)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_get_the_page_and_programs_the_index() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for path in ["/", "/?q=housing&theme=housing", "/initiatives", "/councils", "/about"] {
        let answer = browse(&client, path).await.expect(200);
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert!(answer.header("vary").starts_with("Accept,"), "{path}: {}", answer.header("vary"));
        assert!(answer.text.contains("<title>"), "{path}: {}", answer.text);
    }
    for accept in ["*/*", "application/json", "text/html;q=0.5, application/json"] {
        let answer = send(client.request(Method::GET, "/").header("Accept", accept)).await.expect(200);
        assert_eq!(answer.json["name"], "CCIN registry", "{accept}");
        assert!(answer.header("vary").starts_with("Accept,"), "{accept}");
    }
    // A mistyped address is told to people as a page, to programs as a problem.
    let answer = browse(&client, "/nowhere").await.expect(404);
    assert!(answer.text.contains("<title>Not found"), "{}", answer.text);
    assert!(answer.header("content-security-policy").contains("script-src 'self'"));
    client.get("/nowhere").await.expect_problem(404, "not_found");
    browse(&client, "/v1/nowhere").await.expect_problem(404, "not_found");
    send(client.request(Method::POST, "/councils")).await.expect_problem(405, "method_not_allowed");
    let head = send(client.request(Method::HEAD, "/councils").header("Accept", BROWSER)).await.expect(200);
    assert_eq!(head.text, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_record_has_its_title_and_the_status_of_the_public_s_view() {
    let app = TestApp::with_sample().await;
    let (client, editor, moderator) = (app.anonymous(), app.editor("oldham").await, app.moderator().await);
    let answer = browse(&client, "/initiatives/get-oldham-working").await.expect(200);
    assert!(answer.text.contains("<title>Get Oldham Working – CCIN registry</title>"), "{}", answer.text);
    let answer = browse(&client, "/councils/oldham").await.expect(200);
    assert!(answer.text.contains("<title>Oldham – CCIN registry</title>"), "{}", answer.text);

    let draft = editor.post("/v1/initiatives", &practice("Bread & <b>butter</b>", "oldham")).await.expect(201);
    let hidden = with(practice("For members", "oldham"), json!({ "visibility": "members" }));
    let hidden = publish(&moderator, &editor.post("/v1/initiatives", &hidden).await.expect(201)).await;
    let page_of = |answer: &Answer| path(answer).replace("/v1", "");
    for nowhere in ["/initiatives/nothing", "/councils/nowhere", "/councils/%00", &page_of(&draft), &page_of(&hidden)] {
        for client in [&client, &editor] {
            let answer = browse(client, nowhere).await.expect(404);
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{nowhere}");
            assert!(answer.text.contains("<title>Not found"), "{nowhere}: {}", answer.text);
            assert_eq!(answer.header("cache-control"), "no-cache", "{nowhere}");
        }
    }
    let published = publish(&moderator, &draft).await;
    let answer = browse(&client, &page_of(&published)).await.expect(200);
    assert!(answer.text.contains("<title>Bread &amp; &lt;b&gt;butter&lt;/b&gt; –"), "{}", answer.text);

    let etag = client.get("/v1/councils/oldham").await;
    let admin = app.admin().await;
    admin.patch("/v1/councils/oldham", etag.etag(), &json!({ "slug": "oldham-borough" })).await.expect(200);
    let moved = browse(&client, "/councils/oldham?theme=housing").await.expect(308);
    assert_eq!(moved.header("location"), "/councils/oldham-borough?theme=housing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permalink_leads_browsers_to_the_page() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (record, page) in [
        ("/v1/councils/oldham", "/councils/oldham"),
        ("/v1/initiatives/get-oldham-working", "/initiatives/get-oldham-working"),
        ("/v1/themes/housing", "/themes/housing"),
        ("/v1/organisations/locality", "/organisations/locality"),
    ] {
        let id = client.get(record).await.expect(200).json["id"].as_str().unwrap().to_owned();
        let answer = browse(&client, &format!("/id/{id}")).await.expect(303);
        assert_eq!(answer.header("location"), page);
        assert!(answer.header("vary").starts_with("Accept,"), "{}", answer.header("vary"));
        assert_eq!(client.get(&format!("/id/{id}")).await.expect(303).header("location"), record);
        browse(&client, page).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_are_told_that_the_page_loads_nothing_of_others() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for path in ["/", "/councils/oldham", "/initiatives/nothing"] {
        let answer = browse(&client, path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        assert!(!answer.text.contains("<script>") && !answer.text.contains(" style="), "{path}: {}", answer.text);
        // The two blocks of styles in place, of the bar and of the view, are allowed by their digests and by nothing
        // else.
        let (head, view) = answer.text.split_once("</head>").expect("a head");
        let (bar, main) = view.split_once("<main").expect("a view");
        let digests: String = [head, bar]
            .into_iter()
            .map(|part| part.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).expect("styles").0)
            .map(|styles| format!(" 'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(styles))))
            .collect();
        assert!(policy.contains(&format!("style-src 'self'{digests}; img-src")), "{path}: {policy}");
        assert!(!main.contains("<style") && answer.text.matches("<style").count() == 2, "{path}");
        // The heads of pages name this service in full, for those who link to it. Links lead elsewhere, nothing is
        // loaded.
        let others =
            answer.text.replace(&app.url, "").replace("<a href=\"http", "<a href=\"").replace(" rel=\"license\"", "");
        assert!(!others.contains("=\"http") && !others.contains("=\"//"), "{path}: {others}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_the_page_are_kept_for_ever_and_sent_packed() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    if let Err(why) = assets::shell() {
        // A machine with npm and a network has no reason not to have it.
        assert!(why.contains("npm does not start"), "the page is not in this build: {why}");
        let answer = browse(&client, "/").await.expect(200);
        assert!(answer.text.contains("touch build.rs"), "{}", answer.text);
        return;
    }
    let page = browse(&client, "/").await.expect(200);
    let mut count = 0;
    for file in assets::files() {
        let path = format!("/{}", file.name);
        let plain = client.get(&path).await.expect(200);
        assert_eq!(plain.header("content-encoding"), "", "{path}");
        let hashed = path.starts_with("/assets/");
        assert_eq!(plain.header("cache-control").contains("immutable"), hashed, "{path}");
        assert_eq!(plain.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'", "{path}");
        let known = client.request(Method::GET, &path).header("If-None-Match", plain.etag());
        send(known).await.expect(304);
        if path.ends_with(".js") || path.ends_with(".css") {
            let packed =
                client.request(Method::GET, &path).header("Accept-Encoding", "br").send().await.expect("an answer");
            let (packed, mut unpacked) = (packed.bytes().await.expect("a body"), Vec::new());
            brotli::BrotliDecompress(&mut &packed[..], &mut unpacked).expect("Brotli");
            assert_eq!(String::from_utf8_lossy(&unpacked), plain.text, "{path}: packed is something else");
            for encoding in ["br", "gzip"] {
                let packed = send(client.request(Method::HEAD, &path).header("Accept-Encoding", encoding)).await;
                assert_eq!(packed.header("content-encoding"), encoding, "{path}");
                assert!(packed.header("vary").contains("Accept-Encoding"), "{path}");
                assert_ne!(packed.etag(), plain.etag(), "{path}");
            }
        }
        count += usize::from(hashed && page.text.contains(&path));
    }
    assert!(count >= 1, "the page names none of its files: {}", page.text);
    client.get("/assets/nothing.js").await.expect_problem(404, "not_found");
    client.get("/index.html").await.expect_problem(404, "not_found");
}

/// What `npm run check` and `npm test` say in the copy of the page that was built, with the document as it is now.
#[test]
fn the_page_keeps_to_the_document_and_its_own_tests() {
    if assets::shell().is_err() {
        return;
    }
    let page = Path::new(env!("OUT_DIR")).join("page");
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");
    std::fs::copy(document, page.join("openapi/openapi.json")).expect("a copy of the document");
    for script in ["types", "check", "test"] {
        let npm = Command::new("npm").args(["run", script]).current_dir(page.join("web")).output();
        let said = npm.unwrap_or_else(|error| panic!("npm run {script}: {error}"));
        let text = [said.stdout, said.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        assert!(said.status.success(), "npm run {script}:\n{text}");
    }
}
