//! The page behind a link, without scripts.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Letter, record, slugs};
use crate::support::client::send;
use crate::support::{Answer, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_for_one_person_and_its_forms_answer() {
    let app = TestApp::with_sample().await;
    let anybody = app.anonymous();
    let letter = Letter::to_editor(&app).await;
    let asked = letter.asked(&anybody).await;
    let slugs = slugs(&asked);
    let path = format!("/still-true/{}", letter.token);

    let page = anybody.get(&path).await.expect(200);
    for (name, value) in [
        ("cache-control", "private, no-store"),
        ("referrer-policy", "no-referrer"),
        ("content-type", "text/html; charset=utf-8"),
    ] {
        assert_eq!(page.header(name), value);
    }
    assert!(page.text.contains("content=\"noindex, follow\"") && !page.text.contains("<script"), "{}", page.text);
    for slug in &slugs {
        assert!(page.text.contains(&format!("<article class=\"due\" id=\"{slug}\"")), "{slug}");
    }
    assert_eq!(page.text.matches("value=\"still_true\"").count(), slugs.len());
    send(anybody.request(Method::HEAD, &path)).await.expect(200);
    assert_eq!(letter.asked(&anybody).await, asked, "to open it changes nothing");

    let fill = async |fields: &[(&str, &str)]| -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let post = anybody.request(Method::POST, &path).header("Content-Type", "application/x-www-form-urlencoded");
        send(post.body(body)).await
    };
    let version = |slug: &str| record(&asked, slug)["version"].to_string();
    let first = &slugs[0];
    let seen = version(first);
    let sent = [("initiative", first.as_str()), ("version", &seen), ("answer", "still_true")];
    let answered = fill(&sent).await.expect(303);
    assert_eq!(answered.header("location"), format!("{path}#{first}"));
    assert_eq!(answered.header("cache-control"), "private, no-store");
    assert!(anybody.get(&path).await.expect(200).text.contains("You answered on"));
    let again = fill(&sent).await.expect(409);
    assert!(again.text.contains("You answered about this record on"), "{}", again.text);

    // What is refused stays as it was typed, lines and all that looks like a tag.
    let second = &slugs[1];
    let seen = version(second);
    let typed = [
        ("initiative", second.as_str()),
        ("version", &seen),
        ("answer", "ended"),
        ("ended_on", "2150-01-01"),
        ("delivery_status", "stopped"),
        ("text", "The lease\r\nran <b>out</b>."),
    ];
    let refused = fill(&typed).await.expect(422);
    for words in [
        "The end date is in the future",
        "The lease ran &lt;b&gt;out&lt;/b&gt;.",
        "value=\"2150-01-01\"",
        "value=\"stopped\" checked",
    ] {
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
    let sent = [
        ("initiative", second.as_str()),
        ("version", &seen),
        ("answer", "changed"),
        ("text", "Line one.\r\nLine two."),
        ("started_on", ""),
        ("ended_on", ""),
    ];
    fill(&sent).await.expect(303);
    let now = letter.asked(&anybody).await;
    assert_eq!(record(&now, second)["answer"], "changed");
    let revision = app.admin().await.get(&format!("/v1/initiatives/{second}/revisions?limit=1")).await.expect(200);
    assert_eq!(revision.json["data"][0]["note"], "Line one. Line two.");

    fill(&[("answer", "still_true")]).await.expect(422);
    let put = send(anybody.request(Method::PUT, &path).json(&json!({}))).await.expect(405);
    assert_eq!(put.header("allow"), "GET, HEAD, POST, OPTIONS");
    assert_eq!(put.json["status"], Value::from(405));
    for wrong in [path.replace("ccin_link_", "ccin_link_x"), "/still-true/x".into()] {
        let ended = anybody.get(&wrong).await.expect(404);
        assert!(ended.text.contains("This link has ended") && ended.text.contains("30 days"), "{}", ended.text);
    }
}
