//! Parameters that other software adds to addresses: ignored wherever people share addresses and programs follow them,
//! refused by the API itself, where an unknown one is a mistake.

use reqwest::Method;

use crate::support::client::send;
use crate::support::practice::{practice, publish};
use crate::support::{Answer, Client, TestApp};
use crate::try_it_out::operations;

/// What WordPress, newsletters, social media, caches and nobody in particular add.
const ADDED: [&str; 6] =
    ["dnt=1", "utm_source=news&utm_medium=email&utm_source=again", "fbclid=IwAR0_x-1", "_=1764230400", "x", "y=%FF"];

async fn ask(client: &Client, address: &str, accept: &str) -> Answer {
    send(client.request(Method::GET, address).header("Accept", accept)).await
}

/// An address with something added to its query.
fn with(address: &str, added: &str) -> String {
    format!("{address}{}{added}", if address.contains('?') { '&' } else { '?' })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_refuses_them_and_every_other_operation_and_every_feed_ignores_them() {
    let app = TestApp::with_flags(&["--limit-officer", "100000"]).await;
    let admin = app.admin().await;
    let (mut refused, mut ignored) = (0, 0);
    for operation in operations().iter().filter(|operation| operation.method == Method::GET) {
        let Some(address) = operation.as_it_stands(&admin).await else { continue };
        let path = &operation.path;
        let is_api = path.starts_with("/v1/") || path == "/ogc" || path.starts_with("/ogc/");
        if is_api && !path.ends_with(".atom") {
            let answer = admin.get(&with(&address, "utm_source=news")).await;
            assert_eq!(answer.status, 400, "{address}: {}", answer.text);
            assert_eq!(answer.faults(), [("utm_source".into(), "unknown_parameter".into())], "{address}");
            refused += 1;
            continue;
        }
        let plain = admin.get(&address).await;
        assert!(plain.status.is_success() || plain.status.is_redirection(), "{address}: {}", plain.text);
        for added in ADDED {
            let answer = admin.get(&with(&address, added)).await;
            assert_eq!(answer.status, plain.status, "{address} with {added}: {}", answer.text);
            assert_eq!(answer.header("location"), plain.header("location"), "{address} with {added}");
            assert_eq!(answer.header("etag"), plain.header("etag"), "{address} with {added}");
        }
        ignored += 1;
    }
    assert!(refused > 40 && ignored > 10, "{refused} refused, {ignored} ignored");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_frames_and_permalinks_ignore_them() {
    let app = TestApp::with_flags(&["--limit-anonymous", "100000"]).await;
    let client = app.anonymous();
    let id = client.get("/v1/initiatives/get-oldham-working?fields=id").await.expect(200).json["id"].to_string();
    let permalink = format!("/id/{}", id.trim_matches('"'));
    let oembed = format!("/oembed?url={}/initiatives/get-oldham-working", app.url);
    for address in [
        "/",
        "/initiatives",
        "/initiatives/get-oldham-working",
        "/councils",
        "/councils/oldham",
        "/organisations",
        "/organisations/co-operatives-uk",
        "/about",
        "/docs/",
        "/docs/guide/",
        "/openapi.json",
        "/embed/initiatives",
        "/embed/initiatives?council=oldham&limit=3",
        "/embed/initiatives/get-oldham-working",
        &permalink,
        &oembed,
    ] {
        for accept in ["text/html", "*/*"] {
            let plain = ask(&client, address, accept).await;
            for added in ADDED {
                let answer = ask(&client, &with(address, added), accept).await;
                assert_eq!(answer.status, plain.status, "{address} with {added}: {}", answer.text);
                assert_eq!(answer.text, plain.text, "{address} with {added}");
            }
        }
    }
    // What is declared is still checked, and told all at once.
    let frame = client.get("/embed/initiatives?limit=0&utm_source=news&kind=case_studdy").await.expect(400);
    assert!(frame.text.contains("limit") && frame.text.contains("did you mean case_study?"), "{}", frame.text);
    assert!(!frame.text.contains("utm_source"), "{}", frame.text);
    let refused = client.get("/oembed?dnt=1&maxwidth=0").await.expect_problem(400, "bad_query");
    let mut faults = refused.faults();
    faults.sort();
    assert_eq!(faults, [("maxwidth".into(), "too_small".into()), ("url".into(), "required".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_added_becomes_an_attribute_of_the_element_or_part_of_a_link() {
    let app = TestApp::with_sample().await;
    let at =
        "/embed/initiatives?council=oldham&onclick=alert(1)&initiative=get-oldham-working&style=color:red&heading=Ours";
    let frame = app.anonymous().get(at).await.expect(200);
    for added in ["onclick", "alert", "initiative=", "style=\"color"] {
        assert!(!frame.text.contains(added), "{added}: {}", frame.text);
    }
    assert!(frame.text.contains(" council=\"oldham\" heading=\"Ours\" "), "{}", frame.text);
    assert!(frame.text.contains("href=\"/?council=oldham\""), "{}", frame.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_has_moved_is_followed_with_what_was_added() {
    let app = TestApp::with_sample().await;
    let (client, editor, moderator) = (app.anonymous(), app.editor("oldham").await, app.moderator().await);
    let draft = editor.post("/v1/initiatives", &practice("The first name", "oldham")).await.expect(201);
    let first = publish(&moderator, &draft).await;
    let renamed = serde_json::json!({ "slug": "the-second-name" });
    moderator.patch("/v1/initiatives/the-first-name", first.etag(), &renamed).await.expect(200);
    for page in ["/initiatives", "/embed/initiatives"] {
        let moved = client.get(&format!("{page}/the-first-name?fbclid=x")).await.expect(308);
        let location = moved.header("location");
        assert_eq!(location, format!("{page}/the-second-name?fbclid=x"));
        client.get(location).await.expect(200);
    }
}
