//! Permalinks: whatever the slug becomes, and for those alone who may see the record.

use serde_json::{Value, json};

use super::accepting;
use crate::support::TestApp;
use crate::support::practice::{path, practice, publish, with};

fn permalink(record: &Value) -> String {
    format!("/id/{}", record["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permalink_leads_to_where_the_record_lives_now() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for address in ["/v1/councils/oldham", "/v1/initiatives/get-oldham-working", "/v1/themes/housing"] {
        let record = client.get(address).await.expect(200).json;
        let answer = client.get(&permalink(&record)).await.expect(303);
        assert_eq!(answer.header("location"), address);
        assert_eq!(answer.header("cache-control"), "public, max-age=60, stale-if-error=86400");
        client.get(&permalink(&record).to_uppercase().replace("/ID/", "/id/")).await.expect(303);
    }
    let admin = app.admin().await;
    let theme = client.get("/v1/themes/housing").await.expect(200);
    let renamed = admin.patch("/v1/themes/housing", theme.etag(), &json!({ "slug": "homes" })).await.expect(200);
    assert_eq!(client.get(&permalink(&renamed.json)).await.expect(303).header("location"), "/v1/themes/homes");
    // What is merged lives on in the other.
    admin.post("/v1/themes/homes/merge", &json!({ "into": "employment-skills" })).await.expect(200);
    let merged = client.get("/v1/themes/homes").await.expect(308).header("location").to_owned();
    assert_eq!(client.get(&permalink(&renamed.json)).await.expect(303).header("location"), merged);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_for_the_caller_is_not_found() {
    let app = TestApp::with_sample().await;
    let (client, editor, moderator) = (app.anonymous(), app.editor("oldham").await, app.moderator().await);
    let draft = editor.post("/v1/initiatives", &practice("A draft", "oldham")).await.expect(201);
    let address = permalink(&draft.json);
    for id in
        [address.as_str(), "/id/0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60", "/id/oldham", "/id/E08000004", "/id/%00", "/id/"]
    {
        client.get(id).await.expect_problem(404, "not_found");
    }
    assert_eq!(editor.get(&address).await.expect(303).header("location"), "/v1/initiatives/a-draft");
    assert_eq!(editor.get(&address).await.header("cache-control"), "private, no-store");
    app.with_token("garbage").get(&address).await.expect_problem(401, "bad_credentials");
    editor.get(&format!("{address}?x=1")).await.expect(303);

    let published = publish(&moderator, &draft).await;
    client.get(&address).await.expect(303);
    moderator.delete(&format!("{}?reason=Entered%20twice", path(&published)), published.etag()).await.expect(204);
    let gone = client.get(&address).await.expect_problem(404, "withdrawn");
    assert!(gone.json["detail"].as_str().unwrap().contains("Entered twice"), "{}", gone.text);

    let hidden = with(practice("For members", "oldham"), json!({ "visibility": "members" }));
    let hidden = publish(&moderator, &editor.post("/v1/initiatives", &hidden).await.expect(201)).await;
    client.get(&permalink(&hidden.json)).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_one_gets_the_form_that_was_asked_for() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let record = client.get("/v1/initiatives/get-oldham-working").await.expect(200).json;
    let location = client.get(&permalink(&record)).await.expect(303).header("location").to_owned();
    let answer = accepting(&client, &location, "application/ld+json").await.expect(200);
    assert_eq!(answer.json["@id"], format!("{}{}", app.url, permalink(&record)));
}
