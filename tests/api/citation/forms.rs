//! Which form a record comes in, by `Accept`, with the validators and cache rules of every answer.

use serde_json::json;

use super::{accepting, media_type, published};
use crate::support::TestApp;
use crate::support::client::send;

/// Addresses with what they offer, the default first.
const OFFERS: [(&str, &[&str]); 4] = [
    ("/v1/initiatives/whole", &["application/json", "application/ld+json", "text/markdown"]),
    ("/v1/councils/oldham", &["application/json", "application/ld+json"]),
    ("/v1/themes/housing", &["application/json", "application/ld+json"]),
    (
        "/v1/initiatives/whole/citation",
        &[
            "application/vnd.citationstyles.csl+json",
            "application/x-bibtex",
            "application/x-research-info-systems",
            "application/vnd.datacite.datacite+json",
        ],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn accept_chooses_and_the_default_is_for_everybody_else() {
    let app = TestApp::with_sample().await;
    published(&app, json!({})).await;
    let client = app.anonymous();
    for (path, offers) in OFFERS {
        let default = client.get(path).await.expect(200);
        assert_eq!(media_type(&default), offers[0], "{path}");
        for accept in ["*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"] {
            assert_eq!(accepting(&client, path, accept).await.expect(200).text, default.text, "{path} {accept}");
        }
        let mut tags = Vec::new();
        for offer in offers {
            let answer = accepting(&client, path, offer).await.expect(200);
            assert_eq!(media_type(&answer), *offer, "{path}");
            assert_eq!(answer.header("cache-control"), "public, max-age=60, stale-if-error=86400");
            assert!(answer.header("vary").contains("Accept,"), "{}", answer.header("vary"));
            assert!(answer.header("last-modified").ends_with(" GMT"));
            assert!(
                !answer.etag().starts_with("W/") && !tags.contains(&answer.etag().to_owned()),
                "{path} {offer}: {tags:?}"
            );
            tags.push(answer.etag().to_owned());
            let again = client
                .request(reqwest::Method::GET, path)
                .header("Accept", *offer)
                .header("If-None-Match", answer.etag());
            let again = send(again).await.expect(304);
            assert_eq!((again.etag(), again.text.as_str()), (answer.etag(), ""));
        }
        let refused = accepting(&client, path, "application/pdf").await.expect_problem(406, "not_acceptable");
        for offer in offers {
            assert!(refused.json["detail"].as_str().unwrap().contains(offer), "{}", refused.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_slug_redirects_whatever_the_form() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let admin = app.admin().await;
    for (path, new) in
        [("/v1/initiatives/get-oldham-working", "/v1/initiatives/work"), ("/v1/councils/york", "/v1/councils/ebor")]
    {
        let record = client.get(path).await.expect(200);
        let slug = new.rsplit('/').next().unwrap();
        admin.patch(path, record.etag(), &json!({ "slug": slug })).await.expect(200);
        assert_eq!(accepting(&client, path, "application/ld+json").await.expect(308).header("location"), new);
    }
    let citation = client.get("/v1/initiatives/get-oldham-working/citation?format=ris").await.expect(308);
    assert_eq!(citation.header("location"), "/v1/initiatives/work/citation?format=ris");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_had_is_refused() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let path = "/v1/initiatives/get-oldham-working";
    let refused = accepting(&client, &format!("{path}?fields=title&include=parent"), "text/markdown").await;
    let faults = ["fields", "include"].map(|name| (name.to_owned(), "not_in_this_form".to_owned()));
    assert_eq!(refused.expect_problem(400, "bad_query").faults(), faults);
    accepting(&client, &format!("{path}?fields=title"), "application/json, text/markdown;q=0.9").await.expect(200);
    for query in ["format=endnote", "format=", "style=apa", "format=csl&format=ris"] {
        client.get(&format!("{path}/citation?{query}")).await.expect_problem(400, "bad_query");
    }
    // What the address says goes before what the header says.
    let answer = accepting(&client, &format!("{path}/citation?format=ris"), "application/pdf").await.expect(200);
    assert_eq!(media_type(&answer), "application/x-research-info-systems");
    client.get("/v1/initiatives/nothing-here/citation").await.expect_problem(404, "not_found");
}
