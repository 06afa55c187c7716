//! The registry on other sites: frames, oEmbed, and what the heads of pages say for those who link to them.

use ccin_registry::formats::web::assets;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::practice::{path, practice, publish, with};
use crate::support::{Answer, Client, TestApp};

/// What is between two texts, each time.
fn between<'a>(text: &'a str, start: &'a str, end: &'a str) -> Vec<&'a str> {
    text.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

/// The JSON-LD in the head of a page.
fn linked_data(page: &str) -> Value {
    let blocks = between(page, "<script type=\"application/ld+json\">", "</script>");
    assert_eq!(blocks.len(), 1, "{page}");
    serde_json::from_str(blocks[0]).unwrap_or_else(|error| panic!("{error}: {}", blocks[0]))
}

async fn browse(client: &Client, path: &str) -> Answer {
    send(client.request(Method::GET, path).header("Accept", "text/html")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn any_site_may_frame_the_list_and_no_other_page() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let list =
        client.get("/v1/initiatives?council=oldham&theme=housing&theme=energy-climate&limit=2").await.expect(200);
    let at =
        "/embed/initiatives?council=oldham&theme=housing&theme=energy-climate&limit=2&view=map&heading=A%20%3Cb%3E";
    let frame = client.get(at).await.expect(200);
    assert_eq!(frame.header("content-type"), "text/html; charset=utf-8");
    let policy = frame.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "), "{policy}");
    assert!(policy.ends_with("frame-ancestors *") && !policy.contains("unsafe"), "{policy}");
    let tag = between(&frame.text, "<ccin-initiatives ", ">")[0].to_owned() + " ";
    for attribute in
        ["council=\"oldham\"", "theme=\"housing energy-climate\"", "limit=\"2\"", "view=\"map\"", "target=\"_top\""]
    {
        assert!(tag.contains(&format!("{attribute} ")), "{attribute}: {tag}");
    }
    assert!(frame.text.contains("heading=\"A &lt;b&gt;\"") && !frame.text.contains("A <b>"), "{}", frame.text);
    let links = between(&frame.text, "<a href=\"/initiatives/", "\"");
    let slugs: Vec<&str> =
        list.json["data"].as_array().unwrap().iter().filter_map(|one| one["slug"].as_str()).collect();
    assert!(!slugs.is_empty());
    assert_eq!(links, slugs);
    assert!(
        frame.text.contains("href=\"/?council=oldham&amp;theme=housing&amp;theme=energy-climate\""),
        "{}",
        frame.text
    );

    let record = client.get("/embed/initiatives/get-oldham-working").await.expect(200);
    assert!(record.text.contains("initiative=\"get-oldham-working\""), "{}", record.text);
    assert!(record.header("content-security-policy").ends_with("frame-ancestors *"));
    for other in
        ["/", "/initiatives/get-oldham-working", "/councils", "/embed.js", "/docs/", "/v1/councils", "/oembed?url=x"]
    {
        let policy = browse(&client, other).await.header("content-security-policy").to_owned();
        assert!(policy.ends_with("frame-ancestors 'none'"), "{other}: {policy}");
    }
    send(client.request(Method::POST, "/embed/initiatives")).await.expect_problem(405, "method_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_is_asked_for_wrongly_says_what_is_wrong() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (query, status, said) in [
        ("kind=case_studdy", 400, "case_study"),
        ("limit=0", 400, "limit"),
        ("view=globe", 400, "view"),
        ("limit=1&limit=2", 400, "twice"),
        ("q=%FF", 400, "address of this frame is not valid"),
        ("council=nowhere-at-all", 404, "nowhere-at-all"),
        ("heading=%3Cscript%3E&sort=titel", 400, "title"),
    ] {
        let answer = client.get(&format!("/embed/initiatives?{query}")).await.expect(status);
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{query}");
        assert_eq!(answer.header("cache-control"), "no-cache", "{query}");
        assert!(answer.text.contains(said) && !answer.text.contains("<script"), "{query}: {}", answer.text);
        assert!(answer.header("content-security-policy").ends_with("frame-ancestors *"), "{query}");
    }
    let missing = client.get("/embed/initiatives/nothing-here").await.expect(404);
    assert!(missing.text.contains("nothing at this address"), "{}", missing.text);
    client.get("/embed/councils").await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_and_oembed_show_what_everybody_may_see() {
    let app = TestApp::with_sample().await;
    let (client, editor, moderator) = (app.anonymous(), app.editor("oldham").await, app.moderator().await);
    let draft = editor.post("/v1/initiatives", &practice("A draft that nobody sees", "oldham")).await.expect(201);
    let hidden = with(practice("Only for members to see", "oldham"), json!({ "visibility": "members" }));
    let hidden = publish(&moderator, &editor.post("/v1/initiatives", &hidden).await.expect(201)).await;
    for answer in [&draft, &hidden] {
        let page = path(answer).replace("/v1", "");
        for reader in [&client, &editor] {
            reader.get(&format!("/embed{page}")).await.expect(404);
            let url = format!("/oembed?url={}{page}", app.url);
            reader.get(&url).await.expect_problem(404, "not_found");
            let id = answer.json["id"].as_str().unwrap();
            reader.get(&format!("/oembed?url={}/id/{id}", app.url)).await.expect_problem(404, "not_found");
            let list = reader.get("/embed/initiatives?council=oldham&limit=200").await.expect(200);
            assert!(!list.text.contains(&page), "{page}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn oembed_finds_the_frame_of_a_record_and_of_a_council() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let record = client.get("/v1/initiatives/get-oldham-working").await.expect(200).json;
    let ask = async |page: &str, more: &str| client.get(&format!("/oembed?url={}{page}{more}", app.url)).await;
    let id = record["id"].as_str().unwrap();
    for page in ["/initiatives/get-oldham-working", &format!("/id/{id}"), &format!("/initiatives/{id}/")] {
        let answer = ask(page, "").await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let said = &answer.json;
        assert_eq!((&said["type"], &said["version"]), (&json!("rich"), &json!("1.0")), "{page}");
        assert_eq!(said["title"], record["title"], "{page}");
        // The sample wrote it: no council has entered it.
        assert_eq!((&said["author_name"], &said["author_url"]), (&json!("CCIN registry"), &json!(app.url)), "{page}");
        let html = said["html"].as_str().unwrap();
        let source = between(html, "src=\"", "\"")[0];
        assert_eq!(source, format!("{}/embed/initiatives/get-oldham-working", app.url), "{page}");
        client.get(source.trim_start_matches(&app.url)).await.expect(200);
    }
    let small = ask("/councils/oldham", "&maxwidth=300&maxheight=200").await.expect(200).json;
    assert_eq!((&small["width"], &small["height"]), (&json!(300), &json!(200)));
    let html = small["html"].as_str().unwrap();
    assert!(html.contains("width=\"300\" height=\"200\"") && html.contains("?council=oldham\""), "{html}");
    let large = ask("/councils/oldham", "&maxwidth=9000&maxheight=9000").await.expect(200).json;
    assert!(large["width"].as_u64() < Some(2000) && large["height"].as_u64() < Some(2000), "{large}");

    let xml = ask("/councils/oldham", "&format=xml").await.expect(200);
    assert_eq!(xml.header("content-type"), "text/xml; charset=utf-8");
    assert!(xml.text.contains("<type>rich</type>") && xml.text.contains("&lt;iframe src=&quot;"), "{}", xml.text);
    for nowhere in ["", "/", "/about", "/initiatives/nothing", "/councils/nowhere", "/themes/housing", "/id/x"] {
        ask(nowhere, "").await.expect_problem(404, "not_found");
    }
    client
        .get("/oembed?url=https://elsewhere.example/initiatives/get-oldham-working")
        .await
        .expect_problem(404, "not_found");
    client.get("/oembed").await.expect_problem(400, "bad_query");
    ask("/councils/oldham", "&format=yaml").await.expect_problem(400, "bad_query");
    ask("/councils/oldham", "&maxwidth=0").await.expect_problem(400, "bad_query");
    ask("/councils/oldham", "&maxwidth=wide").await.expect_problem(400, "bad_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_a_page_says_what_it_is_about() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (page, name, kind) in [
        ("/initiatives/get-oldham-working", "Get Oldham Working", "Article"),
        ("/councils/oldham", "Oldham Metropolitan Borough Council", "GovernmentOrganization"),
        ("/organisations/co-operatives-uk", "Co-operatives UK", "Organization"),
    ] {
        if assets::shell().is_err() {
            return;
        }
        let answer = browse(&client, page).await.expect(200);
        let address = format!("{}{page}", app.url);
        assert!(answer.text.contains(&format!("<link rel=\"canonical\" href=\"{address}\">")), "{}", answer.text);
        for property in ["og:title", "og:description", "og:type", "og:site_name", "og:image"] {
            let content = between(&answer.text, &format!("<meta property=\"{property}\" content=\""), "\"").concat();
            assert!(!content.is_empty(), "{property} of {page}: {}", answer.text);
        }
        assert!(answer.text.contains(&format!("<meta property=\"og:url\" content=\"{address}\">")), "{page}");
        let said = linked_data(&answer.text);
        assert_eq!((&said["name"], &said["@type"]), (&json!(name), &json!(kind)), "{page}");
        let found = between(&answer.text, "type=\"application/json+oembed\" href=\"", "\"")[0].replace("&amp;", "&");
        let oembed = client.get(found.trim_start_matches(&app.url)).await.expect(200);
        assert_eq!(oembed.json["type"], "rich", "{page}");
    }
    let picture = client.get("/card.png").await.expect(200);
    assert_eq!(picture.header("content-type"), "image/png");
    assert!(!browse(&client, "/initiatives/nothing").await.expect(404).text.contains("canonical"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_record_says_cannot_break_out_of_a_page() {
    let app = TestApp::with_sample().await;
    let (client, editor, moderator) = (app.anonymous(), app.editor("oldham").await, app.moderator().await);
    let title = "</script><script>alert(1)</script> \"'><img src=x>";
    let body = with(
        practice(title, "oldham"),
        json!({ "summary": "<!-- </title></head> --> &amp; \"quoted\", <b>said</b>, at some length." }),
    );
    let published = publish(&moderator, &editor.post("/v1/initiatives", &body).await.expect(201)).await;
    let page = path(&published).replace("/v1", "");
    if assets::shell().is_ok() {
        let answer = browse(&client, &page).await.expect(200);
        assert!(
            !answer.text.contains("<img") && !answer.text.contains("<script>") && !answer.text.contains("<!-- <"),
            "{}",
            answer.text
        );
        assert_eq!(linked_data(&answer.text)["name"], published.json["title"]);
    }
    let frame = client.get(&format!("/embed{page}")).await.expect(200);
    assert!(!frame.text.contains("<img") && !frame.text.contains("<script>"), "{}", frame.text);
    let oembed = client.get(&format!("/oembed?url={}{page}", app.url)).await.expect(200);
    let html = oembed.json["html"].as_str().unwrap();
    // Of the quotation, its link and the frame.
    assert!(html.matches('<').count() == 6 && html.matches('>').count() == 6, "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_load_the_element_under_a_name_that_stays() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    if assets::shell().is_err() {
        return;
    }
    let script = client.get("/embed.js").await.expect(200);
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(script.header("cache-control"), "public, max-age=3600, stale-if-error=86400");
    send(client.request(Method::GET, "/embed.js").header("If-None-Match", script.etag())).await.expect(304);
    let packed = send(client.request(Method::HEAD, "/embed.js").header("Accept-Encoding", "gzip")).await.expect(200);
    let size: usize = packed.header("content-length").parse().expect("a length");
    assert!(size > 1000 && size < 12_000, "{size} bytes");
    // The map is another file, loaded when asked for.
    let parts = between(&script.text, "import(\"./", "\")");
    assert_eq!(parts.len(), 1, "{parts:?}");
    for file in ["embed.js", "embed.css", "frame.js", parts[0]] {
        let origin = ("Origin", "https://www.oldham.gov.uk");
        let answer =
            send(client.request(Method::GET, &format!("/{file}")).header(origin.0, origin.1)).await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{file}");
    }
}
