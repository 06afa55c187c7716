//! Initiatives: drafted, published, read with all that belongs to them, changed as one, withdrawn.

use serde_json::{Value, json};

use crate::bad_input;
use crate::support::TestApp;
use crate::support::records::{initiative, initiative_body, unversioned, whole_initiative};

const WHOLE: &str = "/v1/initiatives/a-whole-initiative";

#[tokio::test(flavor = "multi_thread")]
async fn an_initiative_is_drafted_published_and_read_with_everything_that_belongs_to_it() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let client = app.anonymous();
    let made = admin.post("/v1/initiatives", &whole_initiative()).await.expect(201);
    assert_eq!((made.header("location"), &made.json["version"]), (WHOLE, &json!(1)));
    assert_eq!(initiative_body(&made.json), whole_initiative());
    assert_eq!((&made.json["state"], &made.json["published_at"]), (&json!("draft"), &Value::Null));
    let by_id = format!("/v1/initiatives/{}", made.json["id"].as_str().unwrap());
    for hidden in [WHOLE, &by_id] {
        client.get(hidden).await.expect_problem(404, "not_found");
    }
    let published = admin.publish(WHOLE, made.etag()).await.expect(200);
    for open in [WHOLE, &by_id] {
        let read = client.get(open).await.expect(200);
        assert_eq!((&read.json, read.etag()), (&published.json, published.etag()));
    }
    let read = &published.json;
    assert_eq!((&read["state"], &read["version"]), (&json!("published"), &json!(2)));
    assert_eq!(
        read["themes"].as_array().unwrap().iter().map(|one| &one["primary"]).collect::<Vec<_>>(),
        [true, false, false]
    );
    assert_eq!(read["location"], json!({ "latitude": 53.541, "longitude": -2.117, "of": "initiative" }));
    assert_eq!(read["html"]["what_worked"], "<ul>\n<li>This</li>\n<li>That</li>\n</ul>\n");
    assert_eq!(read["html"]["body"], "<h1>The story</h1>\n<p>In <em>markdown</em>.</p>\n");
    let parent = client.get("/v1/initiatives/get-oldham-working").await.expect(200);
    assert!(parent.json["components"].as_array().unwrap().iter().any(|one| one["slug"] == "a-whole-initiative"));
    assert_eq!(read["parent"]["id"], parent.json["id"]);
    assert_eq!(read["lead_council"]["gss_code"], "E08000004");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_initiative_can_be_put_back_as_it_was_read() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    admin.post("/v1/initiatives", &whole_initiative()).await.expect(201);
    let all = admin.get("/v1/initiatives?limit=200").await.expect(200);
    assert_eq!(all.json["total"], 135);
    for record in all.json["data"].as_array().unwrap() {
        let path = format!("/v1/initiatives/{}", record["slug"].as_str().unwrap());
        let read = admin.get(&path).await.expect(200);
        assert_eq!(&read.json, record);
        let put = admin.put(&path, read.etag(), &initiative_body(&read.json)).await.expect(200);
        assert_eq!(unversioned(&put.json), unversioned(record));
        assert_eq!(put.json["version"].as_i64(), record["version"].as_i64().map(|version| version + 1));
        let now = admin.get(&path).await.expect(200);
        assert_eq!((&now.json, now.etag()), (&put.json, put.etag()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn put_replaces_everything_with_its_children() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/initiatives", &whole_initiative()).await.expect(201);
    let put = admin.put(WHOLE, made.etag(), &initiative("Another title", "network")).await.expect(200);
    for emptied in ["participants", "partners", "principles", "sources", "outcomes", "costs", "components"] {
        assert_eq!(put.json[emptied], json!([]), "{emptied}");
    }
    for cleared in [
        "body",
        "started_on",
        "ended_on",
        "parent",
        "location",
        "challenge",
        "approach",
        "what_worked",
        "what_did_not",
        "transfer_conditions",
        "status_as_at",
        "who_for",
        "provenance_note",
        "review_due_on",
        "source_url",
        "lead_council",
    ] {
        assert_eq!(put.json[cleared], Value::Null, "{cleared}");
    }
    assert_eq!((&put.json["licence"], &put.json["slug"]), (&json!("OGL-UK-3.0"), &json!("a-whole-initiative")));
    assert_eq!(put.json["themes"].as_array().unwrap().len(), 1);
    assert_eq!(put.json["html"]["body"], Value::Null);
    let back = admin.put(WHOLE, put.etag(), &whole_initiative()).await.expect(200);
    assert_eq!(unversioned(&back.json), unversioned(&made.json));
}

#[tokio::test(flavor = "multi_thread")]
async fn patch_merges_null_clears_and_arrays_are_replaced_whole() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/initiatives", &whole_initiative()).await.expect(201);
    let patch = json!({
        "title": "A new title", "body": null, "location": null, "parent": null, "review_due_on": null,
        "costs": [], "outcomes": [{ "measure": "Calls", "kind": "activity", "bound": "about", "value": 7, "unit": "count", "evidence_level": 0 }],
        "participants": [{ "council": "E06000014", "role": "lead" }], "ended_on": "2015-01"
    });
    let changed = admin.patch(WHOLE, made.etag(), &patch).await.expect(200);
    let mut expected = initiative_body(&made.json);
    for (name, value) in patch.as_object().unwrap() {
        if value.is_null() {
            expected.as_object_mut().unwrap().remove(name);
        } else {
            expected[name] = value.clone();
        }
    }
    expected["participants"][0]["council"] = json!("york");
    assert_eq!(initiative_body(&changed.json), expected);
    // Without a point of its own it lies where its lead council does.
    let oldham = admin.get("/v1/councils/oldham").await.expect(200);
    assert_eq!(changed.json["location"]["latitude"], oldham.json["location"]["latitude"]);
    assert_eq!(changed.json["location"]["of"], "lead_council");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_result_of_a_patch_is_held_against_the_rules_as_a_whole() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/initiatives", &whole_initiative()).await.expect(201);
    let unsourced = vec![
        ("/outcomes/0/source", "unknown_source"),
        ("/outcomes/3/source", "unknown_source"),
        ("/costs/0/source", "unknown_source"),
    ];
    let cases = [
        (json!({ "ended_on": "2012" }), vec![("/ended_on", "out_of_order")]),
        (json!({ "started_on": "2015-01-01" }), vec![("/ended_on", "out_of_order")]),
        (json!({ "sources": [] }), unsourced.clone()),
        (json!({ "sources": null }), unsourced),
        (json!({ "themes": null }), vec![("/themes", "required")]),
        (json!({ "themes": [] }), vec![("/themes", "too_few")]),
        (json!({ "themes": ["housing", "housing"] }), vec![("/themes/1", "repeated")]),
        (json!({ "lead_council": "york" }), vec![("/participants/0/council", "repeated")]),
        (json!({ "title": null, "summary": null }), vec![("/title", "required"), ("/summary", "required")]),
        (json!({ "location": { "latitude": 40 } }), vec![("/location/latitude", "too_small")]),
        (json!({ "parent": "a-whole-initiative" }), vec![("/parent", "circular")]),
        (json!({ "parent": "lambeth-peer-support-programme" }), vec![("/parent", "too_deep")]),
        (json!({ "state": "published" }), vec![("/state", "read_only")]),
    ];
    for (patch, expected) in cases {
        let (status, problem) = bad_input::answer_to(expected[0].1);
        let refused = admin.patch(WHOLE, made.etag(), &patch).await.expect_problem(status, problem);
        let faults = refused.faults();
        let faults: Vec<(&str, &str)> = faults.iter().map(|(place, code)| (place.as_str(), code.as_str())).collect();
        assert_eq!(faults, expected, "{patch}");
    }
    assert_eq!(admin.get(WHOLE).await.json, made.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn components_have_one_level() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for title in ["Bundle one", "Bundle two"] {
        admin.post("/v1/initiatives", &initiative(title, "oldham")).await.expect(201);
    }
    let (one, two) = ("/v1/initiatives/bundle-one", "/v1/initiatives/bundle-two");
    let read = admin.get(one).await.expect(200);
    let below = admin.patch(one, read.etag(), &json!({ "parent": "bundle-two" })).await.expect(200);
    // A bundle becomes no component, and a component no bundle.
    let read = admin.get(two).await.expect(200);
    for parent in ["get-oldham-working", "bundle-one"] {
        let refused = admin.patch(two, read.etag(), &json!({ "parent": parent })).await.expect_problem(409, "conflict");
        assert_eq!(refused.faults(), [("/parent".into(), "too_deep".into())]);
    }
    let mut third = initiative("Bundle three", "oldham");
    third["parent"] = json!("bundle-one");
    let refused = admin.post("/v1/initiatives", &third).await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/parent".into(), "too_deep".into())]);
    // The bundle goes after its components.
    admin.delete(two, read.etag()).await.expect_problem(409, "conflict");
    admin.delete(one, below.etag()).await.expect(204);
    admin.delete(two, admin.get(two).await.etag()).await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_was_never_public_goes_for_good_and_frees_its_address() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/initiatives", &whole_initiative()).await.expect(201);
    let renamed = admin.patch(WHOLE, made.etag(), &json!({ "slug": "renamed-draft" })).await.expect(200);
    admin.delete("/v1/initiatives/renamed-draft?reason=Not%20needed", renamed.etag()).await.expect(204);
    for name in ["a-whole-initiative", "renamed-draft", made.json["id"].as_str().unwrap()] {
        for caller in [&admin, &app.anonymous()] {
            caller.get(&format!("/v1/initiatives/{name}")).await.expect_problem(404, "not_found");
        }
    }
    let again = admin.post("/v1/initiatives", &whole_initiative()).await.expect(201);
    assert_ne!(again.json["id"], made.json["id"]);
    // One that was public and was taken back to draft was public all the same.
    let published = admin.publish(WHOLE, again.etag()).await.expect(200);
    let draft = admin.post_if_match(&format!("{WHOLE}/unpublish"), published.etag()).await.expect(200);
    app.anonymous().get(WHOLE).await.expect_problem(404, "not_found");
    admin.delete(WHOLE, draft.etag()).await.expect(204);
    admin.post("/v1/initiatives", &whole_initiative()).await.expect_problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_is_withdrawn_once_no_living_record_belongs_to_it() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let withdraw = async |path: &str| {
        let read = admin.get(path).await.expect(200);
        admin.delete(path, read.etag()).await
    };
    let withdraw_memberships = async |council: &str| {
        let list = admin.get(&format!("/v1/memberships?council={council}")).await.expect(200);
        for id in list.each("id") {
            withdraw(&format!("/v1/memberships/{}", id.as_str().unwrap())).await.expect(204);
        }
    };
    // It leads nothing, takes part in one policy lab, and has a membership.
    withdraw("/v1/councils/westminster").await.expect_problem(409, "conflict");
    withdraw("/v1/initiatives/social-value-toolkit").await.expect(204);
    withdraw("/v1/councils/westminster").await.expect_problem(409, "conflict");
    withdraw_memberships("westminster").await;
    withdraw("/v1/councils/westminster").await.expect(204);
    withdraw("/v1/councils/woughton-community").await.expect_problem(409, "conflict");
    withdraw("/v1/initiatives/sustainable-affordable-food").await.expect(204);
    withdraw_memberships("woughton-community").await;
    withdraw("/v1/councils/woughton-community").await.expect(204);
}
