//! Councils: entered, read by every name, replaced, changed and withdrawn; who keeps what.

use ccin_registry::access::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::records::{council, council_body, unversioned, whole_council};
use crate::support::{Client, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_council_is_entered_and_read_by_slug_id_and_gss_code() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/councils", &whole_council()).await.expect(201);
    assert_eq!(made.header("location"), "/v1/councils/newtown");
    assert_eq!(council_body(&made.json), whole_council());
    assert_eq!((&made.json["version"], &made.json["created_at"]), (&json!(1), &made.json["updated_at"]));
    assert_eq!(made.json["html"]["description"], "<p>A <em>new</em> town.</p>\n<p>With two paragraphs.</p>\n");
    for name in ["newtown", made.json["id"].as_str().unwrap(), "E08999999"] {
        let read = app.anonymous().get(&format!("/v1/councils/{name}")).await.expect(200);
        assert_eq!((&read.json, read.etag()), (&made.json, made.etag()), "{name}");
    }
    for absent in ["newtow", "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60", "E08999998", "NWT", "Newtown"] {
        app.anonymous().get(&format!("/v1/councils/{absent}")).await.expect_problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_has_its_default_and_the_slug_is_made_of_the_short_name() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    for slug in ["st-albans", "st-albans-2", "st-albans-3"] {
        let made = admin.post("/v1/councils", &council("St. Albans")).await.expect(201);
        assert_eq!(made.header("location"), format!("/v1/councils/{slug}"));
        assert_eq!(made.json["membership"], json!({ "tier": "none" }));
        assert_eq!((&made.json["aliases"], &made.json["region"]), (&json!([]), &Value::Null));
    }
    // "network" means the network itself, wished for or made of a name.
    let made = admin.post("/v1/councils", &council("Network")).await.expect(201);
    assert_eq!(made.json["slug"], "network-2");
    let nameless = admin.post("/v1/councils", &council("—")).await.expect(201);
    assert_eq!(nameless.json["slug"], nameless.json["id"]);
    let path = nameless.header("location");
    admin.put(path, nameless.etag(), &council_body(&nameless.json)).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_the_form_of_an_id_is_given_to_nobody() {
    let app = TestApp::empty().await;
    let mut wish = council("Newtown");
    wish["slug"] = json!("0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60");
    let refused = app.admin().await.post("/v1/councils", &wish).await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/slug".into(), "reserved".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn put_replaces_everything_but_the_address() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/councils", &whole_council()).await.expect(201);
    let put = admin.put("/v1/councils/newtown", made.etag(), &council("Oldtown")).await.expect(200);
    let mut expected = council("Oldtown");
    for (name, value) in [("slug", json!("newtown")), ("aliases", json!([]))] {
        expected[name] = value;
    }
    assert_eq!(council_body(&put.json), expected);
    assert_eq!((&put.json["version"], &put.json["created_at"]), (&json!(2), &made.json["created_at"]));
    assert!(put.json["updated_at"].as_str() > made.json["updated_at"].as_str());
    let read = app.anonymous().get("/v1/councils/newtown").await.expect(200);
    assert_eq!((&read.json, read.etag()), (&put.json, put.etag()));
}

#[tokio::test(flavor = "multi_thread")]
async fn councils_of_the_sample_can_be_put_back_as_they_were_read() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let all = app.anonymous().get("/v1/councils?limit=200").await.expect(200);
    // Every fourth has all types, nations and stages.
    for record in all.json["data"].as_array().unwrap().iter().step_by(4) {
        let path = format!("/v1/councils/{}", record["slug"].as_str().unwrap());
        let read = admin.get(&path).await.expect(200);
        let put = admin.put(&path, read.etag(), &council_body(&read.json)).await.expect(200);
        assert_eq!(unversioned(&put.json), unversioned(record));
        assert_eq!(put.json["version"], 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn patch_merges_null_clears_and_arrays_are_replaced() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/councils", &whole_council()).await.expect(201);
    let patch = json!({
        "welsh_name": null, "population": null, "population_year": null, "aliases": ["One"], "short_name": "Neu",
        "location": { "latitude": 53 }
    });
    let changed = admin.patch("/v1/councils/newtown", made.etag(), &patch).await.expect(200);
    let mut expected = whole_council();
    for gone in ["welsh_name", "population", "population_year"] {
        expected.as_object_mut().unwrap().remove(gone);
        assert_eq!(changed.json[gone], Value::Null);
    }
    expected["aliases"] = json!(["One"]);
    expected["short_name"] = json!("Neu");
    expected["location"]["latitude"] = json!(53.0);
    assert_eq!(council_body(&changed.json), expected);
    assert_eq!(changed.json["version"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_result_of_a_patch_is_held_against_the_rules_as_a_whole() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/councils", &whole_council()).await.expect(201);
    let cases = [
        (json!({ "nation": "scotland" }), "/region", "not_allowed"),
        (json!({ "population": null }), "/population", "required"),
        (json!({ "population_year": null }), "/population_year", "required"),
        (json!({ "name": null }), "/name", "required"),
        (json!({ "membership": { "tier": "none" } }), "/membership", "read_only"),
        (json!({ "location": { "longitude": null } }), "/location/longitude", "required"),
        (json!({ "slug": "network" }), "/slug", "reserved"),
    ];
    for (patch, pointer, code) in cases {
        let refused = admin.patch("/v1/councils/newtown", made.etag(), &patch).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [(pointer.into(), code.into())], "{patch}");
    }
    assert_eq!(admin.get("/v1/councils/newtown").await.json, made.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_names_its_media_type() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let patch = async |kind: &str, etag: &str| {
        let request = admin.request(Method::PATCH, "/v1/councils/oldham").header("If-Match", etag);
        send(request.header("Content-Type", kind).body(r#"{"aliases": []}"#)).await
    };
    let mut etag = admin.get("/v1/councils/oldham").await.etag().to_owned();
    for kind in
        ["text/plain", "application/json-patch+json", "", "application/x-www-form-urlencoded", "application/jsonx"]
    {
        let refused = patch(kind, &etag).await.expect_problem(415, "unsupported_media_type");
        assert_eq!(refused.header("accept-patch"), "application/merge-patch+json, application/json");
    }
    for kind in ["application/merge-patch+json", "application/json", "Application/Merge-Patch+JSON; charset=utf-8"] {
        etag = patch(kind, &etag).await.expect(200).etag().to_owned();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_editor_keeps_the_own_profile_and_nothing_official() {
    let app = TestApp::with_sample().await;
    let editor = app.editor("oldham").await;
    let read = editor.get("/v1/councils/oldham").await.expect(200);
    let profile = json!({
        "name": "Oldham Council", "short_name": "Oldham!", "welsh_name": "Oldham", "aliases": ["OMBC"], "website": null,
        "location": { "latitude": 53.5, "longitude": -2.1 }, "population": 1, "population_year": 2001,
        "description": "Kept here."
    });
    let changed = editor.patch("/v1/councils/oldham", read.etag(), &profile).await.expect(200);
    assert_eq!(changed.json["description"], "Kept here.");
    let put = editor.put("/v1/councils/oldham", changed.etag(), &council_body(&changed.json)).await.expect(200);

    let official = json!({
        "slug": "oldham-2", "gss_code": "W06999999", "code": null, "council_type": "unitary", "nation": "wales",
        "region": null
    });
    let moderator = app.moderator().await;
    for keeper in [&editor, &moderator] {
        let refused = keeper.patch("/v1/councils/oldham", put.etag(), &official).await.expect_problem(422, "invalid");
        let expected = ["slug", "gss_code", "code", "council_type", "nation", "region"]
            .map(|name| (format!("/{name}"), "not_yours".to_owned()));
        // Its code of today stays, and is English.
        let mut found = refused.faults();
        assert_eq!(found.remove(0), ("/codes/0/gss".to_owned(), "wrong_nation".to_owned()));
        assert_eq!(found, expected);
    }
    moderator.patch("/v1/councils/oldham", put.etag(), &json!({ "description": null })).await.expect(200);
    let york = editor.get("/v1/councils/york").await;
    editor.patch("/v1/councils/york", york.etag(), &json!({})).await.expect_problem(403, "forbidden");
    let contributor = app.signed_in(Role::Contributor, Some("york")).await;
    contributor.patch("/v1/councils/york", york.etag(), &json!({})).await.expect_problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_unique_among_the_living() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let (mut rival, mut clash) = (council("Newtown"), Vec::new());
    rival["gss_code"] = json!("E08000004");
    clash.push((admin.post("/v1/councils", &rival).await, "/gss_code"));
    rival["gss_code"] = json!("E08999999");
    rival["code"] = json!("OLD");
    clash.push((admin.post("/v1/councils", &rival).await, "/code"));
    let york = admin.get("/v1/councils/york").await;
    clash.push((admin.patch("/v1/councils/york", york.etag(), &json!({ "code": "OLD" })).await, "/code"));
    clash.push((admin.patch("/v1/councils/york", york.etag(), &json!({ "gss_code": "E08000004" })).await, "/gss_code"));
    for (answer, pointer) in clash {
        let refused = answer.expect_problem(409, "conflict");
        assert_eq!(refused.faults(), [(pointer.into(), "taken".into())]);
    }
    // A withdrawn council gives its codes back, but never its slug.
    let old = admin.get("/v1/councils/swansea").await.expect(200);
    admin.delete("/v1/councils/swansea", old.etag()).await.expect(204);
    let mut successor = council("Swansea");
    successor["nation"] = json!("wales");
    successor["gss_code"] = old.json["gss_code"].clone();
    successor["code"] = old.json["code"].clone();
    let made = admin.post("/v1/councils", &successor).await;
    assert_eq!(made.expect(201).json["slug"], "swansea-2");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_councils_are_filtered() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let (records, _) = client.there_and_back("/v1/councils?limit=200", |_| {}).await;
    let records = &records[..];
    let some_day = records[20]["updated_at"].as_str().unwrap();
    let is = |path: &'static str, words: &'static [&'static str]| {
        move |record: &Value| words.iter().any(|word| record.pointer(path).is_some_and(|value| value == word))
    };
    check(&client, records, "nation=wales", is("/nation", &["wales"])).await;
    check(&client, records, "nation=wales&nation=scotland", is("/nation", &["wales", "scotland"])).await;
    check(&client, records, "region=london&region=south_west", is("/region", &["london", "south_west"])).await;
    check(&client, records, "council_type=town_or_parish", is("/council_type", &["town_or_parish"])).await;
    check(&client, records, "membership=none", is("/membership/tier", &["none"])).await;
    check(&client, records, "membership=unknown", is("/membership/tier", &["unknown"])).await;
    check(&client, records, "membership=associate&membership=full", is("/membership/tier", &["associate", "full"]))
        .await;
    check(&client, records, "council=york&council=E08000004", is("/slug", &["york", "oldham"])).await;
    let combined = |record: &Value| is("/region", &["london"])(record) && is("/membership/tier", &["full"])(record);
    check(&client, records, "region=london&membership=full", combined).await;
    let since = format!("updated_since={some_day}");
    check(&client, records, &since, |record| record["updated_at"].as_str().unwrap() >= some_day).await;
    assert_eq!(client.get("/v1/councils?region=london&nation=wales").await.expect(200).json["total"], 0);
}

/// A filter shows exactly the records of the whole list that it should, and their number: some, not all.
async fn check(client: &Client, all: &[Value], filter: &str, wanted: impl Fn(&Value) -> bool) {
    let page = client.get(&format!("/v1/councils?limit=1&{filter}")).await.expect(200);
    let (found, _) = client.there_and_back(&format!("/v1/councils?limit=200&{filter}"), |_| {}).await;
    let expected: Vec<&Value> = all.iter().filter(|record| wanted(record)).collect();
    assert!(!expected.is_empty() && expected.len() < all.len(), "{filter} tells nothing apart");
    assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter}");
    assert_eq!(page.json["total"], expected.len(), "{filter}");
}
