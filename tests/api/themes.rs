//! Themes: a small tree without circles; merged rather than lost.

use serde_json::{Value, json};

use crate::support::records::{initiative, theme, theme_body, unversioned};
use crate::support::{Answer, Client, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_is_entered_read_replaced_and_put_back_as_it_was_read() {
    let app = TestApp::empty().await;
    let moderator = app.moderator().await;
    moderator.post("/v1/themes", &theme("Homes")).await.expect(201);
    let whole = json!({
        "slug": "co-housing", "label": "Co-housing", "definition": "Homes with shared rooms.",
        "scope_note": "Not *hostels*.", "broader": "homes", "status": "deprecated", "replaced_by": "homes"
    });
    let made = moderator.post("/v1/themes", &whole).await.expect(201);
    assert_eq!(made.header("location"), "/v1/themes/co-housing");
    assert_eq!(theme_body(&made.json), whole);
    for name in ["co-housing", made.json["id"].as_str().unwrap()] {
        let read = app.anonymous().get(&format!("/v1/themes/{name}")).await.expect(200);
        assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    }
    let put = moderator.put("/v1/themes/co-housing", made.etag(), &theme_body(&made.json)).await.expect(200);
    assert_eq!((unversioned(&put.json), &put.json["version"]), (unversioned(&made.json), &json!(2)));
    let homes = app.anonymous().get("/v1/themes/homes").await.expect(200);
    assert_eq!(homes.json["narrower"][0]["slug"], "co-housing");

    let patch = json!({ "scope_note": null, "broader": null, "status": "active", "replaced_by": null });
    let cleared = moderator.patch("/v1/themes/co-housing", put.etag(), &patch).await.expect(200);
    let expected = json!({
        "slug": "co-housing", "label": "Co-housing", "definition": "Homes with shared rooms.", "status": "active"
    });
    assert_eq!(theme_body(&cleared.json), expected);
    assert_eq!(app.anonymous().get("/v1/themes/homes").await.json["narrower"], json!([]));
    let smallest = moderator.put("/v1/themes/co-housing", cleared.etag(), &theme("Other")).await.expect(200);
    assert_eq!((&smallest.json["slug"], &smallest.json["label"]), (&json!("co-housing"), &json!("Other")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tree_has_no_circle_and_three_levels_at_most() {
    let app = TestApp::empty().await;
    let moderator = app.moderator().await;
    for (label, broader) in [("a", None), ("b", Some("a")), ("c", Some("b")), ("x", None), ("y", Some("x"))] {
        enter(&moderator, label, broader).await;
    }
    let cases = [
        ("a", json!("a"), "circular"),
        ("a", json!("b"), "circular"),
        ("a", json!("c"), "circular"),
        ("b", json!("c"), "circular"),
        ("b", json!("y"), "too_deep"),
        ("x", json!("b"), "too_deep"),
        ("x", json!("a"), ""),
        ("y", json!("b"), ""),
    ];
    for (label, broader, code) in cases {
        let answer = change(&moderator, label, json!({ "broader": broader })).await;
        if code.is_empty() {
            answer.expect(200);
        } else {
            let refused = answer.expect_problem(409, "conflict");
            assert_eq!(refused.faults(), [("/broader".into(), code.into())], "{label} below {broader}");
        }
    }
    let mut fourth = theme("fourth");
    fourth["broader"] = json!("c");
    let refused = moderator.post("/v1/themes", &fourth).await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/broader".into(), "too_deep".into())]);
    let faults = change(&moderator, "a", json!({ "status": "deprecated", "replaced_by": "a" })).await;
    assert_eq!(faults.expect_problem(409, "conflict").faults(), [("/replaced_by".into(), "circular".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_theme_that_nothing_uses_is_withdrawn() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    enter(&moderator, "upper", None).await;
    enter(&moderator, "lower", Some("upper")).await;
    enter(&moderator, "old", None).await;
    change(&moderator, "old", json!({ "status": "deprecated", "replaced_by": "lower" })).await.expect(200);
    for used in ["housing", "upper", "lower"] {
        withdraw(&moderator, used).await.expect_problem(409, "conflict");
        moderator.get(&format!("/v1/themes/{used}")).await.expect(200);
    }
    // What was withdrawn itself uses nothing any more.
    let draft = moderator.post("/v1/initiatives", &on(&["lower"])).await.expect(201);
    let path = draft.header("location");
    app.admin().await.publish(path, draft.etag()).await.expect(200);
    change(&moderator, "old", json!({ "status": "active", "replaced_by": null })).await.expect(200);
    withdraw(&moderator, "lower").await.expect_problem(409, "conflict");
    moderator.delete(path, moderator.get(path).await.etag()).await.expect(204);
    for unused in ["old", "lower", "upper"] {
        withdraw(&moderator, unused).await.expect(204);
    }
    let unknown = moderator.post("/v1/initiatives", &on(&["upper"])).await.expect_problem(409, "conflict");
    assert_eq!(unknown.faults(), [("/themes/0".into(), "unknown_reference".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_theme_takes_no_level_of_the_tree() {
    let app = TestApp::empty().await;
    let moderator = app.moderator().await;
    for (label, broader) in [("a", None), ("b", Some("a")), ("c", Some("b")), ("top", None)] {
        enter(&moderator, label, broader).await;
    }
    withdraw(&moderator, "c").await.expect(204);
    change(&moderator, "a", json!({ "broader": "top" })).await.expect(200);
    let refused = moderator.post("/v1/themes/top/merge", &json!({ "into": "c" })).await;
    assert_eq!(refused.expect_problem(409, "conflict").faults(), [("/into".into(), "unknown_reference".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_moves_initiatives_narrower_themes_and_addresses() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    let client = app.anonymous();
    for (label, broader) in [("above", None), ("from", Some("above")), ("within", Some("from")), ("into", None)] {
        enter(&moderator, label, broader).await;
    }
    change(&moderator, "from", json!({ "slug": "from-2" })).await.expect(200);
    let bodies = [
        (on(&["from"]), json!(["into"]), 2),
        (on(&["from", "into", "housing"]), json!(["into", "housing"]), 2),
        (on(&["housing", "into", "from"]), json!(["housing", "into"]), 2),
        (on(&["housing", "from", "within"]), json!(["housing", "into", "within"]), 2),
        (on(&["within", "housing"]), json!(["within", "housing"]), 1),
    ];
    let mut made = Vec::new();
    for (body, themes, version) in bodies {
        made.push((moderator.post("/v1/initiatives", &body).await.expect(201), themes, version));
    }
    let from = client.get("/v1/themes/from-2").await.expect(200);
    let merged = moderator.post("/v1/themes/from-2/merge", &json!({ "into": "into" })).await.expect(200);
    let into = client.get("/v1/themes/into").await.expect(200);
    assert_eq!((&merged.json, merged.etag()), (&into.json, into.etag()));
    assert_eq!(into.json["narrower"][0]["slug"], "within");
    assert_eq!(client.get("/v1/themes/above").await.json["narrower"], json!([]));
    for (answer, themes, version) in made {
        let read = moderator.get(answer.header("location")).await.expect(200);
        let uses = read.json["themes"].as_array().unwrap();
        assert_eq!(uses.iter().map(|one| one["slug"].clone()).collect::<Value>(), themes);
        assert!(uses.iter().enumerate().all(|(place, one)| one["primary"] == (place == 0)));
        // A merge is a change of what it touches: an editor of before it has to look again.
        assert_eq!(read.json["version"], version);
    }
    let id = from.json["id"].as_str().unwrap();
    for old in ["from", "from-2", id] {
        let moved = client.get(&format!("/v1/themes/{old}?fields=slug")).await.expect(308);
        assert_eq!(moved.header("location"), "/v1/themes/into?fields=slug");
        let moved = client.get(&format!("/v1/themes/{old}/initiatives?kind=idea")).await.expect(308);
        assert_eq!(moved.header("location"), "/v1/themes/into/initiatives?kind=idea");
        // The same name means the same theme in a filter and in a body.
        let direct = moderator.get("/v1/initiatives?theme=into&fields=id").await.expect(200);
        assert_eq!(
            moderator.get(&format!("/v1/initiatives?theme={old}&fields=id")).await.json["total"],
            direct.json["total"]
        );
        let named = moderator.post("/v1/initiatives", &on(&[old])).await.expect(201);
        assert_eq!(named.json["themes"][0]["slug"], "into");
    }
    let listed = client.get("/v1/themes?limit=200&fields=slug").await.expect(200);
    assert!(!listed.each("slug").contains(&json!("from-2")));
    let mut heir = theme("Heir");
    heir["slug"] = json!("from");
    moderator.post("/v1/themes", &heir).await.expect_problem(409, "conflict");
    // The theme that is left may take a name of the merged one: this was a 500.
    let renamed = change(&moderator, "into", json!({ "slug": "from-2" })).await.expect(200);
    assert_eq!(client.get("/v1/themes/from-2").await.expect(200).json["id"], renamed.json["id"]);
    for old in ["from", "into", id] {
        assert_eq!(client.get(&format!("/v1/themes/{old}")).await.expect(308).header("location"), "/v1/themes/from-2");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_may_be_merged_upwards_downwards_and_on_but_not_into_itself_or_too_deep() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    for (label, broader) in [("a", None), ("b", Some("a")), ("c", Some("b")), ("x", None), ("y", Some("x"))] {
        enter(&moderator, label, broader).await;
    }
    for (into, code) in [("a", "circular"), ("nowhere", "unknown_reference")] {
        let refused = moderator.post("/v1/themes/a/merge", &json!({ "into": into })).await;
        assert_eq!(refused.expect_problem(409, "conflict").faults(), [("/into".into(), code.into())]);
    }
    moderator.post("/v1/themes/nowhere/merge", &json!({ "into": "a" })).await.expect_problem(404, "not_found");
    moderator.post("/v1/themes/a/merge", &json!({ "into": "y" })).await.expect_problem(409, "conflict");
    let unchanged = moderator.get("/v1/themes/a").await.expect(200);
    assert_eq!((&unchanged.json["version"], &unchanged.json["narrower"][0]["slug"]), (&json!(1), &json!("b")));

    // Downwards: b takes the place of a.
    let b = moderator.post("/v1/themes/a/merge", &json!({ "into": "b" })).await.expect(200);
    assert_eq!((&b.json["broader"], &b.json["narrower"][0]["slug"]), (&Value::Null, &json!("c")));
    // On: what led to a leads to c, then to x.
    let c = moderator.post("/v1/themes/b/merge", &json!({ "into": "c" })).await.expect(200);
    assert_eq!((&c.json["broader"], &c.json["narrower"]), (&Value::Null, &json!([])));
    let x = moderator.post("/v1/themes/c/merge", &json!({ "into": "y" })).await.expect(200);
    assert_eq!(x.json["broader"]["slug"], "x");
    for old in ["a", "b", "c", unchanged.json["id"].as_str().unwrap()] {
        assert_eq!(moderator.get(&format!("/v1/themes/{old}")).await.expect(308).header("location"), "/v1/themes/y");
    }
    // What took others over may go as well, once nothing uses it; every address of it is gone then.
    withdraw(&moderator, "y").await.expect(204);
    for gone in ["a", "y", unchanged.json["id"].as_str().unwrap()] {
        moderator.get(&format!("/v1/themes/{gone}")).await.expect_problem(404, "withdrawn");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_themes_are_filtered() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    for (narrower, broader) in [("energy-climate", "environment-place"), ("housing", "cost-of-living")] {
        change(&moderator, narrower, json!({ "broader": broader })).await.expect(200);
    }
    change(&moderator, "co-production", json!({ "status": "deprecated", "replaced_by": "housing" })).await.expect(200);
    let all = app.anonymous().get("/v1/themes?limit=200").await.expect(200);
    assert_eq!(all.json["total"], 18);
    let some_day = all.json["data"][4]["updated_at"].as_str().unwrap();
    type Wanted<'a> = &'a dyn Fn(&Value) -> bool;
    let below = |theme: &Value, broader: &str| theme["broader"]["slug"] == broader;
    let cases: [(&str, Wanted<'_>); 5] = [
        ("status=deprecated", &|theme| theme["status"] == "deprecated"),
        ("status=active", &|theme| theme["status"] == "active"),
        ("broader=environment-place", &|theme| below(theme, "environment-place")),
        ("broader=environment-place&broader=cost-of-living", &|theme| theme["broader"].is_object()),
        (&format!("updated_since={some_day}"), &|theme| theme["updated_at"].as_str().unwrap() >= some_day),
    ];
    for (filter, wanted) in cases {
        let page = app.anonymous().get(&format!("/v1/themes?limit=200&{filter}")).await.expect(200);
        let expected: Vec<Value> =
            all.json["data"].as_array().unwrap().iter().filter(|one| wanted(one)).cloned().collect();
        assert!((1..18).contains(&expected.len()), "{filter} tells nothing apart");
        assert_eq!((&page.json["data"], &page.json["total"]), (&json!(expected), &json!(expected.len())), "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deprecated_theme_is_kept_by_those_that_have_it_and_taken_by_no_other() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    change(&moderator, "housing", json!({ "status": "deprecated", "replaced_by": "co-production" })).await.expect(200);
    let refused = moderator.post("/v1/initiatives", &on(&["co-production", "housing"])).await;
    assert_eq!(refused.expect_problem(409, "conflict").faults(), [("/themes/1".into(), "deprecated".into())]);
    let merged = moderator.post("/v1/themes/energy-climate/merge", &json!({ "into": "housing" })).await;
    assert_eq!(merged.expect_problem(409, "conflict").faults(), [("/into".into(), "deprecated".into())]);
    let path = "/v1/initiatives/norwich-tenant-involvement";
    let read = moderator.get(path).await.expect(200);
    moderator.patch(path, read.etag(), &json!({ "themes": ["co-production", "housing"] })).await.expect(200);
}

/// Enter a theme; its label is its slug.
async fn enter(moderator: &Client, label: &str, broader: Option<&str>) {
    let mut body = theme(label);
    if let Some(broader) = broader {
        body["broader"] = json!(broader);
    }
    moderator.post("/v1/themes", &body).await.expect(201);
}

/// Change a theme as it stands.
async fn change(moderator: &Client, slug: &str, patch: Value) -> Answer {
    let path = format!("/v1/themes/{slug}");
    let read = moderator.get(&path).await.expect(200);
    moderator.patch(&path, read.etag(), &patch).await
}

/// Withdraw a theme as it stands.
async fn withdraw(moderator: &Client, slug: &str) -> Answer {
    let path = format!("/v1/themes/{slug}");
    let read = moderator.get(&path).await.expect(200);
    moderator.delete(&path, read.etag()).await
}

/// An initiative on these themes.
fn on(themes: &[&str]) -> Value {
    let mut body = initiative("On some themes", "oldham");
    body["themes"] = json!(themes);
    body
}
