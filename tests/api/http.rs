//! The rules of every endpoint: problems, methods, HEAD, validators, CORS, request ids, paging.

use reqwest::Method;

use crate::support::TestApp;
use crate::support::client::send;

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_is_a_problem() {
    let app = TestApp::empty().await;
    app.anonymous().get("/v1/nothing").await.expect_problem(404, "not_found");
    for segment in ["%00", "a%00b", "%ff", "%2e%2e", "a'b", "%25", "A", "oldham%20", "%F0%9F%8F%9B"] {
        for resource in ["councils", "themes", "initiatives", "memberships"] {
            app.anonymous().get(&format!("/v1/{resource}/{segment}")).await.expect_problem(404, "not_found");
        }
    }
    let nul = serde_json::json!({ "email": "a\u{0}@b.example", "password": "\u{0}" });
    app.anonymous().post("/v1/auth/login", &nul).await.expect_problem(422, "invalid");
    app.anonymous().get("/").await.expect(200);
    app.anonymous().get("/problems/stale").await.expect(200);
    app.anonymous().get("/problems/unheard-of").await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_405_with_allow_and_options_lists_the_methods() {
    let app = TestApp::empty().await;
    let client = app.anonymous();
    let wrong = send(client.request(Method::PUT, "/v1/councils")).await.expect_problem(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), "GET, POST, HEAD, OPTIONS");
    send(client.request(Method::TRACE, "/v1/councils/oldham")).await.expect_problem(405, "method_not_allowed");
    let options = send(client.request(Method::OPTIONS, "/v1/councils/oldham")).await.expect(204);
    assert_eq!(options.header("allow"), "GET, PUT, DELETE, PATCH, HEAD, OPTIONS");
}

#[tokio::test(flavor = "multi_thread")]
async fn head_answers_as_get_without_a_body() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for path in ["/v1/councils", "/v1/councils/oldham", "/v1/initiatives/get-oldham-working", "/openapi.json", "/"] {
        let get = client.get(path).await.expect(200);
        let head = send(client.request(Method::HEAD, path)).await.expect(200);
        assert_eq!(head.text, "", "{path}");
        assert_eq!(head.etag(), get.etag(), "{path}");
        assert_eq!(head.header("content-length"), get.text.len().to_string(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn validators_are_strong_and_tell_encodings_apart() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for path in ["/v1/initiatives/get-oldham-working", "/v1/initiatives?limit=2", "/v1/principles"] {
        let plain = client.get(path).await.expect(200);
        assert!(plain.etag().starts_with('"'), "{path}: {}", plain.etag());
        assert!(!plain.header("last-modified").is_empty(), "{path}");
        assert_eq!(plain.header("cache-control"), "public, max-age=60, stale-if-error=86400");
        assert!(plain.header("vary").contains("Authorization"));
        let same = send(client.request(Method::GET, path).header("If-None-Match", plain.etag())).await.expect(304);
        assert_eq!((same.text.as_str(), same.etag()), ("", plain.etag()));

        for encoding in ["gzip", "br"] {
            let small = client.request(Method::GET, path).header("Accept-Encoding", encoding).send().await.unwrap();
            assert_eq!(small.headers()["content-encoding"], encoding);
            let tag = small.headers()["etag"].to_str().unwrap().to_owned();
            assert!(tag.ends_with(&format!("-{encoding}\"")), "{tag}");
            let again = client.request(Method::GET, path).header("Accept-Encoding", encoding);
            let again = send(again.header("If-None-Match", &tag)).await.expect(304);
            assert_eq!(again.etag(), tag);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_representation_has_another_etag() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let whole = client.get("/v1/councils/oldham").await;
    let picked = client.get("/v1/councils/oldham?fields=slug,name").await.expect(200);
    assert_eq!(picked.json.as_object().unwrap().keys().collect::<Vec<_>>(), ["slug", "name"]);
    assert_ne!(whole.etag(), picked.etag());
    client.get("/v1/councils/oldham?fields=").await.expect_problem(400, "bad_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_signed_in_caller_is_not_kept() {
    let app = TestApp::with_sample().await;
    let answer = app.admin().await.get("/v1/councils/oldham").await.expect(200);
    assert_eq!(answer.header("cache-control"), "private, no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sane_request_id_is_kept_and_another_replaced() {
    let app = TestApp::empty().await;
    let client = app.anonymous();
    let ask = |id: &'static str| send(client.request(Method::GET, "/v1/nothing").header("X-Request-Id", id));
    assert_eq!(ask("my-id_1.2").await.expect_problem(404, "not_found").header("x-request-id"), "my-id_1.2");
    let replaced = ask("not sane: {}").await.expect_problem(404, "not_found");
    assert_eq!(replaced.header("x-request-id").len(), 36);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_site_may_read_and_none_may_send_credentials_of_the_browser() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let read = client.request(Method::GET, "/v1/councils").header("Origin", "https://www.oldham.gov.uk");
    let read = send(read).await.expect(200);
    assert_eq!(read.header("access-control-allow-origin"), "*");
    assert_eq!(read.header("access-control-allow-credentials"), "");
    for exposed in ["etag", "link", "location", "retry-after", "ratelimit", "ratelimit-policy"] {
        assert!(read.header("access-control-expose-headers").contains(exposed), "{exposed}");
    }
    // Scripts of other sites read no pages, which wait for every byte on a slow connection.
    let page = client.request(Method::GET, "/about").header("Accept", "text/html").header("Accept-Encoding", "br");
    let page = send(page).await.expect(200);
    assert_eq!((page.header("access-control-expose-headers"), page.header("access-control-allow-origin")), ("", "*"));
    assert_eq!(page.header("vary"), "Accept, Accept-Encoding, Authorization, X-API-Key");
    let preflight = client
        .request(Method::OPTIONS, "/v1/councils")
        .header("Origin", "https://www.oldham.gov.uk")
        .header("Access-Control-Request-Method", "GET")
        .header("Access-Control-Request-Headers", "if-none-match");
    assert_eq!(send(preflight).await.expect(200).header("access-control-allow-origin"), "*");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_walked_forwards_and_backwards_in_every_order() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    // One theme by title has a walk of its own.
    let of_theme = ["title&theme=energy-climate", "-title&theme=energy-climate", "updated_at&theme=energy-climate"];
    let of_all = ["title", "-title", "started_on", "-started_on", "updated_at", "-updated_at"];
    for sort in of_all.iter().chain(&of_theme) {
        let all = client.get(&format!("/v1/initiatives?limit=200&fields=id&sort={sort}")).await.expect(200);
        let all_ids = all.each("id");
        assert_eq!(all_ids.len() as u64, all.json["total"].as_u64().unwrap());
        let mut seen = Vec::new();
        let mut pages = Vec::new();
        let mut path = format!("/v1/initiatives?limit={}&fields=id&sort={sort}", all_ids.len() * 2 / 5);
        loop {
            let page = client.get(&path).await.expect(200);
            seen.extend(page.each("id"));
            assert_eq!(page.json["total"], all.json["total"]);
            let next = page.json["page"]["next"].as_str().map(|url| url.replace(&app.url, ""));
            pages.push(page);
            match next {
                Some(next) => path = next,
                None => break,
            }
        }
        assert_eq!(seen, all_ids, "{sort}");
        assert!(pages.len() > 2);
        let link = pages[1].header("link");
        assert!(
            link.contains("rel=\"first\"") && link.contains("rel=\"next\"") && link.contains("rel=\"prev\""),
            "{link}"
        );
        let back = pages.last().unwrap().json["page"]["prev"].as_str().unwrap().replace(&app.url, "");
        let back = client.get(&back).await.expect(200);
        assert_eq!(back.each("id"), pages[pages.len() - 2].each("id"), "{sort}");
        assert_eq!(pages[0].json["page"]["prev"], serde_json::Value::Null);
    }
}

/// The text with another letter at this place.
fn changed(text: &str, at: usize) -> String {
    format!("{}{}{}", &text[..at], if &text[at..=at] == "A" { "B" } else { "A" }, &text[at + 1..])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_was_changed_or_belongs_elsewhere_is_refused() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let page = client.get("/v1/initiatives?limit=2").await.expect(200);
    let next = page.json["page"]["next"].as_str().unwrap().replace(&app.url, "");
    client.get(&next).await.expect(200);
    // Size and shape of the page may change on the way; what is listed may not.
    client.get(&format!("{next}&fields=id")).await.expect(200);
    let refused = [
        format!("{next}&theme=housing"),
        format!("{next}&sort=-title"),
        next.replace("/initiatives?", "/councils?"),
        format!("{next}x"),
        next[..next.len() - 4].to_owned(),
        changed(&next, "cursor=".len() + next.find("cursor=").unwrap()),
        changed(&next, next.len() - 4),
        "/v1/initiatives?cursor=".into(),
        "/v1/initiatives?cursor=%00.%00".into(),
    ];
    for path in refused {
        let answer = client.get(&path).await.expect_problem(400, "bad_query");
        assert_eq!(answer.faults(), [("cursor".into(), "bad_cursor".into())], "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_clamped_and_bad_parameters_named_all_at_once() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (limit, shown) in [("1", 1), ("200", 200), ("201", 200), ("99999999999999999999999", 200)] {
        let page = client.get(&format!("/v1/initiatives?fields=id&limit={limit}")).await.expect(200);
        assert_eq!(page.json["page"]["limit"], shown);
    }
    let bad =
        client.get("/v1/initiatives?limit=0&thme=housing&kind=case_studdy&theme=houzing&sort=titel&sort=title").await;
    let bad = bad.expect_problem(400, "bad_query");
    assert!(bad.text.contains("did you mean theme?"), "{}", bad.text);
    assert!(bad.text.contains("did you mean case_study?"), "{}", bad.text);
    let mut places: Vec<String> = bad.faults().into_iter().map(|(place, _)| place).collect();
    places.sort();
    assert_eq!(places, ["kind", "limit", "sort", "thme"]);
    let unknown = client.get("/v1/initiatives?theme=houzing").await.expect_problem(404, "not_found");
    assert!(unknown.text.contains("did you mean housing?"), "{}", unknown.text);
    for path in ["/v1/councils/oldham?field=name", "/v1/principles?scheme=cin", "/v1/councils?limit=-1"] {
        client.get(path).await.expect_problem(400, "bad_query");
    }
    client.get("/v1/councils?council=%ff").await.expect_problem(400, "unreadable");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_follow_the_address_that_the_caller_used_or_the_one_that_is_set() {
    let app = TestApp::with_sample().await;
    let forged = app.anonymous().request(Method::GET, "/v1/initiatives?limit=1").header("Host", "evil.example/x?\"");
    let answer = send(forged).await;
    assert!(!answer.text.contains("evil.example/x"), "{}", answer.text);
    let app = TestApp::with_flags(&["--public-url", "https://registry.example.org/"]).await;
    let answer = app.anonymous().get("/v1/initiatives?limit=1").await.expect(200);
    let next = answer.json["page"]["next"].as_str().unwrap();
    assert!(next.starts_with("https://registry.example.org/v1/initiatives?limit=1&cursor="), "{next}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plus_that_was_not_escaped_in_a_moment_is_named() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let admin = app.admin().await;
    for list in [
        "/v1/councils?updated_since",
        "/v1/initiatives?updated_since",
        "/v1/themes?updated_since",
        "/v1/map/initiatives?updated_since",
        "/v1/outcomes?updated_since",
        "/v1/audit?until",
        "/v1/initiatives.csv?updated_since",
        "/ogc/collections/initiatives/items?updated_since",
        "/ogc/collections/initiatives/items?datetime",
    ] {
        let lost = admin.get(&format!("{list}=2026-01-31T09:00:00+01:00")).await.expect_problem(400, "bad_query");
        assert!(lost.text.contains("Write the + as %2B"), "{list}: {}", lost.text);
        admin.get(&format!("{list}=2026-01-31T09:00:00%2B01:00")).await.expect(200);
    }
    let interval = "/ogc/collections/initiatives/items?datetime=2013-01-01T00:00:00+01:00/..";
    let lost = client.get(interval).await.expect_problem(400, "bad_query");
    assert!(lost.text.contains("%2B"), "{}", lost.text);
    let local = client.get("/v1/councils?updated_since=2026-01-31T09:00:00").await.expect_problem(400, "bad_query");
    assert!(local.text.contains("with its offset") && !local.text.contains("%2B"), "{}", local.text);
}
