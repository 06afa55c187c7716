//! No way leads from a key to more than it was given: not its owner's promotion, not another key, not a user it makes.

use ccin_registry::access::role::Role;
use ccin_registry::access::scope::Scope;
use ccin_registry::accounts::api_keys::model::NewApiKey;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::practice::practice;
use crate::support::{Answer, TestApp};

async fn call(app: &TestApp, method: Method, path: &str, key: &str, body: &Value) -> Answer {
    send(app.anonymous().request(method, path).header("X-API-Key", key).header("If-Match", "\"1\"").json(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_gains_nothing_by_what_its_owner_becomes() {
    let app = TestApp::with_sample().await;
    let (owner, _) = app.user(Role::Contributor, Some("oldham")).await;
    let scopes = [Scope::WriteInitiatives, Scope::Moderate, Scope::ManageKeys];
    let before = app.key(owner, &scopes).await;
    let enter = async |key: &str, title: &str, council: &str| {
        call(&app, Method::POST, "/v1/initiatives", key, &practice(title, council)).await
    };
    app.sql(&format!("UPDATE users SET role = 'moderator', council_id = NULL WHERE id = '{owner}'")).await;
    enter(&before.key, "After a promotion", "rochdale").await.expect(422);
    // It says so itself.
    let me = async |key: &str| {
        let me = call(&app, Method::GET, "/v1/me", key, &json!({})).await.expect(200).json;
        (me["role"].clone(), me["council"]["slug"].clone())
    };
    assert_eq!(me(&before.key).await, (json!("contributor"), Value::Null));
    let draft = app.editor("rochdale").await.post("/v1/initiatives", &practice("Hidden", "rochdale")).await.expect(201);
    call(&app, Method::GET, draft.header("location"), &before.key, &json!({})).await.expect(404);
    // Nor by the secrets that it makes of itself: a new key, and a new secret for its own.
    let narrow = app.key(owner, &scopes[..1]).await;
    let child = json!({ "name": "Child", "scopes": ["write:initiatives"] });
    let child = call(&app, Method::POST, "/v1/api-keys", &before.key, &child).await.expect(201);
    enter(child.json["key"].as_str().unwrap(), "By a child", "rochdale").await.expect(422);
    let rotate = format!("/v1/api-keys/{}/rotate", narrow.api_key.id);
    let rotated = call(&app, Method::POST, &rotate, &before.key, &json!({})).await.expect(200);
    enter(rotated.json["key"].as_str().unwrap(), "After a rotation", "rochdale").await.expect(422);
    let after = app.key(owner, &[Scope::WriteInitiatives]).await;
    enter(&after.key, "With a new secret", "rochdale").await.expect(201);
    // Nor by another council.
    app.sql(&format!(
        "UPDATE users SET role = 'contributor', council_id = (SELECT id FROM councils WHERE slug = 'rochdale') WHERE id = '{owner}'"
    ))
    .await;
    enter(&before.key, "Of the new council", "rochdale").await.expect(422);
    assert_eq!(me(&before.key).await, (json!("contributor"), Value::Null));
    assert_eq!(me(&after.key).await, (json!("contributor"), json!("rochdale")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_keeps_users_makes_and_changes_no_officers() {
    let app = TestApp::empty().await;
    let (owner, email) = app.user(Role::NetworkAdmin, None).await;
    let key = app.key(owner, &[Scope::ManageUsers]).await.key;
    let new =
        |role: &str| json!({ "email": "x@tests.example", "role": role, "initial_password": "three words are a start" });
    call(&app, Method::POST, "/v1/users", &key, &new("network_admin")).await.expect_problem(403, "forbidden");
    let path = format!("/v1/users/{owner}");
    let set = json!({ "password": "three words are a start" });
    call(&app, Method::POST, &format!("{path}/password"), &key, &set).await.expect_problem(403, "forbidden");
    let change = json!({ "email": email, "role": "network_admin", "name": "Mine" });
    call(&app, Method::PUT, &path, &key, &change).await.expect_problem(403, "forbidden");
    let viewer = call(&app, Method::POST, "/v1/users", &key, &new("member_viewer")).await.expect(201);
    let promoted = json!({ "email": "x@tests.example", "role": "moderator" });
    call(&app, Method::PUT, viewer.header("location"), &key, &promoted).await.expect_problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hands_out_or_unbinds_a_key_that_may_do_more_than_they() {
    let app = TestApp::with_sample().await;
    // An admin's key, whose owner is an editor's colleague now.
    let (owner, _) = app.user(Role::NetworkAdmin, None).await;
    let wide = app.key(owner, &[Scope::Moderate, Scope::ManageKeys]).await;
    app.sql(&format!(
        "UPDATE users SET role = 'contributor', council_id = (SELECT id FROM councils WHERE slug = 'oldham') WHERE id = '{owner}'"
    ))
    .await;
    let editor = app.editor("oldham").await;
    let path = format!("/v1/api-keys/{}", wide.api_key.id);
    editor.post(&format!("{path}/rotate"), &json!({})).await.expect_problem(403, "forbidden");
    let etag = editor.get(&path).await.expect(200).etag().to_owned();
    editor.patch(&path, &etag, &json!({ "networks": [] })).await.expect_problem(403, "forbidden");
    editor.delete(&path, &etag).await.expect(204);

    // A key makes none that lives longer, and none at all when it is bound to places.
    let (viewer, _) = app.user(Role::MemberViewer, None).await;
    let scopes = vec![Scope::ManageKeys, Scope::ReadPublic];
    let short = NewApiKey { scopes: scopes.clone(), expires_in_days: Some(2), ..NewApiKey::default() };
    let short = app.key_like(viewer, short).await.key;
    let new = |days: u16| json!({ "name": "Child", "scopes": ["read:public"], "expires_in_days": days });
    let longer = call(&app, Method::POST, "/v1/api-keys", &short, &new(3)).await;
    assert_eq!(longer.expect_problem(422, "invalid").faults(), [("/expires_in_days".into(), "not_yours".into())]);
    call(&app, Method::POST, "/v1/api-keys", &short, &new(1)).await.expect(201);
    let bound = NewApiKey { scopes, networks: vec!["127.0.0.1".into()], ..NewApiKey::default() };
    let bound = app.key_like(viewer, bound).await.key;
    call(&app, Method::POST, "/v1/api-keys", &bound, &new(1)).await.expect_problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_in_a_header_moves_the_address_that_a_key_is_bound_to() {
    let app = TestApp::with_flags(&["--trusted-proxies", "127.0.0.0/8"]).await;
    let (owner, _) = app.user(Role::MemberViewer, None).await;
    let networks = vec!["127.0.0.0/8".into()];
    let key =
        app.key_like(owner, NewApiKey { scopes: vec![Scope::ReadPublic], networks, ..NewApiKey::default() }).await;
    for forged in [&b"203.0.113.66"[..], b"\xe9, 203.0.113.66", b"\xff,203.0.113.66", b"127.0.0.1, 203.0.113.66"] {
        let request = app.anonymous().request(Method::GET, "/v1/themes").header("X-API-Key", &key.key);
        let request = request.header("X-Forwarded-For", HeaderValue::from_bytes(forged).unwrap());
        send(request).await.expect_problem(401, "bad_credentials");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_is_counted_by_our_own_words_and_by_many_at_once() {
    let app = TestApp::empty().await;
    let (owner, _) = app.user(Role::MemberViewer, None).await;
    let key = app.key(owner, &[Scope::ManageKeys]).await;
    let path = format!("/v1/api-keys/{}/usage", key.api_key.id);
    for method in ["BREW", "WHEN"] {
        call(&app, Method::from_bytes(method.as_bytes()).unwrap(), "/v1/themes", &key.key, &json!({}))
            .await
            .expect(405);
    }
    call(&app, Method::GET, "/v1/nowhere/at/all", &key.key, &json!({})).await.expect(404);
    let themes = json!({});
    let many = (0..60).map(|round| {
        let path =
            if round % 3 == 0 { path.as_str() } else { ["/v1/themes", "/v1/councils", "/v1/principles"][round % 3] };
        call(&app, Method::GET, path, &key.key, &themes)
    });
    for answer in futures_util::future::join_all(many).await {
        answer.expect(200);
    }
    let usage = call(&app, Method::GET, &path, &key.key, &json!({})).await.expect(200);
    let rows = usage.json["data"].as_array().unwrap();
    let endpoints: Vec<&str> = rows.iter().map(|row| row["endpoint"].as_str().unwrap()).collect();
    assert_eq!(endpoints, ["GET /v1/api-keys/{id}/usage", "GET /v1/councils", "GET /v1/principles"]);
    assert_eq!(rows.iter().map(|row| row["requests"].as_i64().unwrap()).sum::<i64>(), 60);
    // A key may stand in a public page: it does not tell its owner's address.
    let me = call(&app, Method::GET, "/v1/me", &key.key, &json!({})).await.expect(200);
    assert_eq!((&me.json["email"], &me.json["role"]), (&Value::Null, &json!("member_viewer")));
}
