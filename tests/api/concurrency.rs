//! Many callers at once: nobody overwrites another unseen, and nothing happens twice.

use ccin_registry::access::role::Role;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::records::{council, initiative, theme, whole_initiative};
use crate::support::{Answer, Client, TestApp};

/// How many were answered with this status.
fn answered(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// Exactly one of ten came through; the others were told of it.
fn one_of_ten(answers: Vec<Answer>, status: u16, code: &str) -> Answer {
    let (mut won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status.is_success());
    assert_eq!((won.len(), lost.len()), (1, 9));
    let won = won.remove(0);
    for lost in lost {
        let lost = lost.expect_problem(status, code);
        assert!(status != 412 || lost.etag() == won.etag(), "{} is not the current ETag", lost.etag());
    }
    won
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_changes_from_one_version_one_comes_through() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let members = [
        ("/v1/councils/oldham", "description"),
        ("/v1/themes/housing", "scope_note"),
        ("/v1/initiatives/edible-york", "body"),
    ];
    for (path, member) in members {
        let read = admin.get(path).await.expect(200);
        let answers = join_all((0..10).map(|n| {
            let (admin, etag) = (&admin, read.etag());
            async move { admin.patch(path, etag, &json!({ member: format!("By {n}.") })).await }
        }));
        let won = one_of_ten(answers.await, 412, "stale");
        let now = admin.get(path).await.expect(200);
        assert_eq!((&now.json, now.etag()), (&won.json, won.etag()));
        assert_eq!(now.json["version"], read.json["version"].as_i64().unwrap() + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_replacements_one_comes_through_whole() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let path = "/v1/initiatives/a-whole-initiative";
    let made = admin.post("/v1/initiatives", &whole_initiative()).await.expect(201);
    let body = |n: usize| {
        let mark = format!("By caller {n}");
        let mut body = whole_initiative();
        for place in ["/title", "/body", "/partners/0/name", "/sources/1/title", "/costs/1/description"] {
            *body.pointer_mut(place).unwrap() = json!(mark);
        }
        body["principles"][0]["how"] = json!(mark);
        // Each with another number of children.
        let outcome = json!({ "measure": mark, "kind": "output", "bound": "exact", "value": n, "unit": "count", "evidence_level": 0 });
        body["outcomes"] = vec![outcome; n].into();
        body
    };
    let answers = join_all((1..=10).map(|n| {
        let (admin, etag, body) = (&admin, made.etag(), body(n));
        async move { admin.put(path, etag, &body).await }
    }));
    let won = one_of_ten(answers.await, 412, "stale");
    let now = admin.get(path).await.expect(200);
    assert_eq!((&now.json, &now.json["version"]), (&won.json, &json!(2)));
    let mark = &now.json["title"];
    for place in ["/body", "/partners/0/name", "/sources/1/title", "/costs/1/description", "/principles/0/how"] {
        assert_eq!(now.json.pointer(place).unwrap(), mark, "{place}");
    }
    let outcomes = now.json["outcomes"].as_array().unwrap();
    assert!(outcomes.iter().all(|outcome| &outcome["measure"] == mark && outcome["value"] == outcomes.len() as f64));
    for (list, length) in [("partners", 2), ("sources", 2), ("costs", 2), ("themes", 3), ("participants", 2)] {
        assert_eq!(now.json[list].as_array().unwrap().len(), length, "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slug_that_ten_wish_for_goes_to_one() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let mut made = Vec::new();
    for n in 0..10 {
        made.push(admin.post("/v1/councils", &council(&format!("Town {n}"))).await.expect(201));
    }
    let renamed = join_all(made.iter().map(|one| {
        let admin = &admin;
        async move { admin.patch(one.header("location"), one.etag(), &json!({ "slug": "wanted" })).await }
    }));
    let won = one_of_ten(renamed.await, 409, "conflict");
    assert_eq!(admin.get("/v1/councils/wanted").await.expect(200).json["id"], won.json["id"]);
    let mut wish = council("Newtown");
    wish["slug"] = json!("wanted-too");
    wish["gss_code"] = json!("E08999999");
    let entered = join_all((0..10).map(|_| admin.post("/v1/councils", &wish)));
    one_of_ten(entered.await, 409, "conflict");
    // Who wishes for no slug is not refused for one.
    let entered = join_all((0..10).map(|_| async { admin.post("/v1/councils", &council("Same name")).await }));
    assert_eq!(answered(&entered.await, 201), 10);
}

/// A POST with an Idempotency-Key.
async fn with_key(client: &Client, path: &str, key: &str, body: &Value) -> Answer {
    send(client.request(Method::POST, path).header("Idempotency-Key", key).json(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_requests_with_one_key_are_one_request() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let user = json!({ "email": "someone@tests.example", "role": "member_viewer", "initial_password": "three words are a start" });
    let bodies = [
        ("/v1/councils", council("Newtown")),
        ("/v1/themes", theme("Newness")),
        ("/v1/initiatives", initiative("Something new", "oldham")),
        ("/v1/users", user),
    ];
    for (path, body) in bodies {
        let before = admin.get(path).await.expect(200).json["total"].as_i64().unwrap();
        let key = format!("key for {path}");
        let answers = join_all((0..10).map(|_| with_key(&admin, path, &key, &body))).await;
        let (made, busy) = (answered(&answers, 201), answered(&answers, 409));
        assert!(made >= 1 && made + busy == 10, "{path}: {made} made, {busy} refused");
        let first = answers.iter().find(|answer| answer.status == 201).unwrap();
        let replayed = with_key(&admin, path, &key, &body).await;
        for same in answers.iter().filter(|answer| answer.status == 201).chain([&replayed]) {
            assert_eq!((same.status, &same.text, same.etag()), (first.status, &first.text, first.etag()));
            assert_eq!(same.header("location"), first.header("location"));
        }
        assert_eq!(admin.get(path).await.json["total"], before + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_one_caller_and_one_request() {
    let app = TestApp::with_sample().await;
    let (admin, other) = (app.admin().await, app.signed_in(Role::NetworkAdmin, None).await);
    // A request that failed leaves its key free, whatever it failed for.
    let mut taken = theme("Newness");
    taken["slug"] = json!("housing");
    with_key(&admin, "/v1/themes", "a key", &json!({ "label": 1 })).await.expect_problem(422, "invalid");
    with_key(&admin, "/v1/themes", "a key", &taken).await.expect_problem(409, "conflict");
    let first = with_key(&admin, "/v1/themes", "a key", &theme("Newness")).await.expect(201);

    with_key(&admin, "/v1/themes", "a key", &theme("Otherness")).await.expect_problem(422, "key_reused");
    with_key(&admin, "/v1/councils", "a key", &council("Newtown")).await.expect_problem(422, "key_reused");
    with_key(&admin, "/v1/themes/newness/merge", "a key", &json!({ "into": "housing" }))
        .await
        .expect_problem(422, "key_reused");
    let others = with_key(&other, "/v1/themes", "a key", &theme("Otherness")).await.expect(201);
    assert_ne!(others.json["id"], first.json["id"]);

    // The first answer stays what it was, also when the record has changed or gone.
    let changed = admin.patch("/v1/themes/newness", first.etag(), &json!({ "label": "Changed" })).await.expect(200);
    admin.delete("/v1/themes/newness", changed.etag()).await.expect(204);
    let replayed = with_key(&admin, "/v1/themes", "a key", &theme("Newness")).await.expect(201);
    assert_eq!(
        (&replayed.text, replayed.etag(), replayed.header("location")),
        (&first.text, first.etag(), first.header("location"))
    );

    // A merge is not made twice either.
    let target = json!({ "into": "housing" });
    let merge = || with_key(&admin, "/v1/themes/co-production/merge", "merge", &target);
    let merged = merge().await.expect(200);
    let again = merge().await.expect(200);
    assert_eq!((&again.text, again.etag()), (&merged.text, merged.etag()));

    for bad in ["", &"k".repeat(256), "schlüssel"] {
        with_key(&admin, "/v1/themes", bad, &theme("Newness")).await.expect_problem(400, "bad_query");
    }
    with_key(&admin, "/v1/themes", &"k".repeat(255), &theme("Longness")).await.expect(201);
}
