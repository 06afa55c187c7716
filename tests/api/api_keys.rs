//! API keys: made, used, rotated, revoked; what they may do and where.

use ccin_registry::access::role::Role;
use ccin_registry::access::scope::Scope;
use ccin_registry::accounts::api_keys::model::NewApiKey;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::practice::practice;
use crate::support::{Answer, Client, TestApp};

/// GET with this key, and with these headers.
async fn get_with(client: &Client, path: &str, key: &str, headers: &[(&str, &str)]) -> Answer {
    let request = client.request(Method::GET, path).header("X-API-Key", key);
    send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_listed_without_its_secret_renamed_and_revoked() {
    let app = TestApp::empty().await;
    let viewer = app.signed_in(Role::MemberViewer, None).await;
    let new = json!({ "name": "Website", "scopes": ["export", "read:public", "export"], "expires_in_days": 30 });
    let made = viewer.post("/v1/api-keys", &new).await.expect(201);
    let key = made.json["key"].as_str().unwrap();
    let shown = &made.json["api_key"];
    assert_eq!((key.len(), &key[..17]), (77, shown["prefix"].as_str().unwrap()));
    assert_eq!(shown["scopes"], json!(["read:public", "export"]), "each once, in the order of the document");
    assert_eq!((&shown["status"], &shown["revoked_at"]), (&json!("active"), &Value::Null));
    assert_eq!(made.header("cache-control"), "private, no-store");

    let path = made.header("location");
    let found = viewer.get(path).await.expect(200);
    let listed = viewer.get("/v1/api-keys?status=active&sort=name").await.expect(200);
    assert_eq!((&listed.json["total"], &listed.json["data"][0]), (&json!(1), &found.json));
    assert!(![&found.text, &listed.text].iter().any(|text| text.contains(&key[17..])), "the secret is shown once");

    let renamed = viewer.patch(path, found.etag(), &json!({ "name": "New website" })).await.expect(200);
    assert_eq!((&renamed.json["name"], &renamed.json["version"]), (&json!("New website"), &json!(2)));
    viewer.delete(path, found.etag()).await.expect_problem(412, "stale");
    let me = get_with(&app.anonymous(), "/v1/me", key, &[]).await.expect(200);
    assert_eq!(me.json["role"], "member_viewer");
    viewer.delete(path, renamed.etag()).await.expect(204);
    get_with(&app.anonymous(), "/v1/me", key, &[]).await.expect_problem(401, "bad_credentials");
    let listed = viewer.get("/v1/api-keys?status=revoked").await.expect(200);
    assert_eq!((&listed.json["total"], &listed.json["data"][0]["status"]), (&json!(1), &json!("revoked")));
    assert_eq!(viewer.get("/v1/api-keys?status=active&status=expired").await.expect(200).json["total"], 0);
    viewer.post(&format!("{path}/rotate"), &json!({})).await.expect_problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_and_new_secret_are_good_until_the_overlap_ends() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let client = app.anonymous();
    let new = json!({ "name": "Rotated", "scopes": ["read:public"] });
    let made = admin.post("/v1/api-keys", &new).await.expect(201);
    let path = made.header("location");
    let first = made.json["key"].as_str().unwrap().to_owned();
    let rotated = admin.post(&format!("{path}/rotate"), &json!({ "overlap_seconds": 3600 })).await.expect(200);
    let second = rotated.json["key"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    assert!(rotated.json["api_key"]["overlap_until"].is_string() && rotated.json["api_key"]["rotated_at"].is_string());
    for good in [&first, &second] {
        get_with(&client, "/v1/me", good, &[]).await.expect(200);
    }
    // A shorter overlap cuts a longer one, and none ends every secret but the new one.
    let rotated = admin.post(&format!("{path}/rotate"), &json!({ "overlap_seconds": 0 })).await.expect(200);
    assert_eq!(rotated.json["api_key"]["overlap_until"], Value::Null);
    for ended in [&first, &second] {
        get_with(&client, "/v1/me", ended, &[]).await.expect_problem(401, "bad_credentials");
    }
    get_with(&client, "/v1/me", rotated.json["key"].as_str().unwrap(), &[]).await.expect(200);
    let late = admin.post(&format!("{path}/rotate"), &json!({ "overlap_seconds": 2_592_001 })).await;
    assert_eq!(late.expect_problem(422, "invalid").faults(), [("/overlap_seconds".into(), "too_large".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_a_key_that_may_do_more_than_its_owner_or_its_maker() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let editor = app.editor("oldham").await;
    let wish = |scopes: &[&str], owner: Option<uuid::Uuid>| json!({ "name": "K", "scopes": scopes, "owner": owner });
    let refused = editor.post("/v1/api-keys", &wish(&["read:public", "moderate"], None)).await;
    assert_eq!(refused.expect_problem(422, "invalid").faults(), [("/scopes/1".into(), "not_yours".into())]);
    // In the name of another: an editor for people of the council, an admin for everybody, others for nobody.
    let (colleague, _) = app.user(Role::Contributor, Some("oldham")).await;
    let (stranger, _) = app.user(Role::Contributor, Some("rochdale")).await;
    let of_colleague = editor.post("/v1/api-keys", &wish(&["write:initiatives"], Some(colleague))).await.expect(201);
    let beyond = editor.post("/v1/api-keys", &wish(&["write:councils"], Some(colleague))).await;
    beyond.expect_problem(422, "invalid");
    let unknown = editor.post("/v1/api-keys", &wish(&["read:public"], Some(stranger))).await;
    assert_eq!(unknown.expect_problem(409, "conflict").faults(), [("/owner".into(), "unknown_reference".into())]);
    admin.post("/v1/api-keys", &wish(&["read:public"], Some(stranger))).await.expect(201);
    assert_eq!(editor.get("/v1/api-keys").await.expect(200).json["total"], 1, "the stranger's is not shown");
    assert_eq!(app.moderator().await.get("/v1/api-keys").await.expect(200).json["total"], 2);

    // Each key has a quota of its own: there is an end to them.
    for _ in 0..50 {
        app.key(colleague, &[Scope::ReadPublic]).await;
    }
    editor.post("/v1/api-keys", &wish(&["read:public"], Some(colleague))).await.expect_problem(409, "conflict");
    app.sql(&format!("UPDATE api_keys SET revoked_at = now() WHERE owner_id = '{colleague}' AND name LIKE 'A key%'"))
        .await;

    // A key that keeps keys hands on what it has, and no more.
    let keeper = app.key(colleague, &[Scope::ManageKeys, Scope::ReadPublic]).await;
    let with_key = |body: Value| {
        app.anonymous().request(Method::POST, "/v1/api-keys").header("X-API-Key", &keeper.key).json(&body)
    };
    send(with_key(wish(&["read:public"], None))).await.expect(201);
    send(with_key(wish(&["write:initiatives"], None))).await.expect_problem(422, "invalid");
    let wider = format!("{}/rotate", of_colleague.header("location"));
    let wider = app.anonymous().request(Method::POST, &wider).header("X-API-Key", &keeper.key).json(&json!({}));
    send(wider).await.expect_problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_sees_and_changes_what_its_scopes_and_its_owner_allow_at_the_time() {
    let app = TestApp::with_sample().await;
    let (owner, _) = app.user(Role::CouncilEditor, Some("oldham")).await;
    let writes = app.key(owner, &[Scope::WriteInitiatives]).await.key;
    let reads = app.key(owner, &[Scope::ReadMembers]).await.key;
    let public = app.key(owner, &[Scope::ReadPublic]).await.key;
    let client = app.anonymous();
    let create = client.request(Method::POST, "/v1/initiatives").header("X-API-Key", &writes);
    let draft = send(create.json(&practice("A draft by key", "oldham"))).await.expect(201);
    let path = draft.header("location");
    get_with(&client, path, &writes, &[]).await.expect(200);
    for blind in [&reads, &public] {
        get_with(&client, path, blind, &[]).await.expect_problem(404, "not_found");
    }
    app.sql("UPDATE initiatives SET visibility = 'members' WHERE slug = 'get-oldham-working'").await;
    get_with(&client, "/v1/initiatives/get-oldham-working", &reads, &[]).await.expect(200);
    get_with(&client, "/v1/initiatives/get-oldham-working", &public, &[]).await.expect_problem(404, "not_found");
    let rochdale = client.request(Method::POST, "/v1/initiatives").header("X-API-Key", &writes);
    let refused = send(rochdale.json(&practice("Of another council", "rochdale"))).await;
    assert_eq!(refused.expect_problem(422, "invalid").faults(), [("/lead_council".into(), "not_yours".into())]);

    app.sql(&format!("UPDATE users SET role = 'member_viewer' WHERE id = '{owner}'")).await;
    let create = client.request(Method::POST, "/v1/initiatives").header("X-API-Key", &writes);
    send(create.json(&practice("After the demotion", "oldham"))).await.expect_problem(403, "forbidden");
    app.sql(&format!("UPDATE users SET status = 'disabled' WHERE id = '{owner}'")).await;
    get_with(&client, "/v1/councils", &public, &[]).await.expect_problem(401, "bad_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_good_only_from_its_origins_and_networks() {
    let app = TestApp::with_flags(&["--trusted-proxies", "127.0.0.0/8"]).await;
    let (owner, _) = app.user(Role::MemberViewer, None).await;
    let here = "https://www.oldham.gov.uk";
    let site = app
        .key_like(
            owner,
            NewApiKey { scopes: vec![Scope::ReadPublic], origins: vec![here.into()], ..NewApiKey::default() },
        )
        .await;
    let networks = vec!["192.0.2.0/24".into(), "2001:db8::/32".into(), "198.51.100.7".into()];
    let office =
        app.key_like(owner, NewApiKey { scopes: vec![Scope::ReadPublic], networks, ..NewApiKey::default() }).await;
    let client = app.anonymous();
    let ask =
        async |key: &str, headers: &[(&str, &str)]| get_with(&client, "/v1/themes", key, headers).await.status.as_u16();
    assert_eq!(ask(&site.key, &[("Origin", here)]).await, 200);
    assert_eq!(ask(&site.key, &[("Origin", "https://www.oldham.gov.uk.evil.example")]).await, 401);
    assert_eq!(ask(&site.key, &[]).await, 401);
    for (address, status) in [
        ("192.0.2.77", 200),
        ("2001:db8:1::1", 200),
        ("198.51.100.7", 200),
        ("198.51.100.8", 401),
        ("203.0.113.5", 401),
    ] {
        assert_eq!(ask(&office.key, &[("X-Forwarded-For", address)]).await, status, "{address}");
        let forged = format!("192.0.2.1, {address}");
        assert_eq!(ask(&office.key, &[("X-Forwarded-For", &forged)]).await, status, "forged before {address}");
    }
    let bad = json!({ "name": "K", "scopes": ["read:public"], "origins": ["www.oldham.gov.uk", "https://a.example/x"],
        "networks": ["192.0.2.0/33", "everywhere", "2001:db8::/129"] });
    let refused = app.admin().await.post("/v1/api-keys", &bad).await.expect_problem(422, "invalid");
    let mut places: Vec<String> = refused.faults().into_iter().map(|(place, _)| place).collect();
    places.sort();
    assert_eq!(places, ["/networks/0", "/networks/1", "/networks/2", "/origins/0", "/origins/1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_key_was_used_for_is_counted_by_day_and_endpoint() {
    let app = TestApp::with_sample().await;
    let (owner, _) = app.user(Role::NetworkAdmin, None).await;
    let key = app.key(owner, &[Scope::ManageKeys]).await;
    let client = app.anonymous();
    for council in ["oldham", "rochdale", "nowhere"] {
        get_with(&client, &format!("/v1/councils/{council}"), &key.key, &[]).await;
    }
    get_with(&client, "/v1/users", &key.key, &[]).await.expect_problem(403, "forbidden");
    let path = format!("/v1/api-keys/{}/usage", key.api_key.id);
    let usage = get_with(&client, &path, &key.key, &[]).await.expect(200);
    let counted = |usage: &Answer| -> Vec<(String, i64)> {
        let rows = usage.json["data"].as_array().unwrap().iter();
        rows.map(|row| (row["endpoint"].as_str().unwrap().into(), row["requests"].as_i64().unwrap())).collect()
    };
    assert_eq!(counted(&usage), [("GET /v1/councils/{council}".into(), 3), ("GET /v1/users".into(), 1)]);
    let again = get_with(&client, &path, &key.key, &[]).await.expect(200);
    assert!(counted(&again).contains(&("GET /v1/api-keys/{id}/usage".into(), 1)), "{}", again.text);
    let listed = get_with(&client, "/v1/api-keys", &key.key, &[]).await.expect(200);
    assert!(listed.json["data"][0]["last_used_at"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_key_gets_a_clear_refusal_that_repeats_no_secret() {
    let app = TestApp::empty().await;
    let (owner, _) = app.user(Role::MemberViewer, None).await;
    let key = app.key(owner, &[Scope::ReadPublic]).await.key;
    let client = app.anonymous();
    let cut = &key[..76];
    let upper = key.to_uppercase();
    for malformed in ["", "x", "ccin_", cut, &upper, "ccin_rt_Qm9sZGx5LWdv", "Bearer x"] {
        let refused = get_with(&client, "/v1/themes", malformed, &[]).await.expect_problem(401, "bad_credentials");
        assert!(refused.text.contains("72 hexadecimal digits"), "{}", refused.text);
    }
    // A key that was never given out, and one whose secret differs behind a known prefix, are answered alike.
    let unknown = ccin_registry::accounts::api_keys::key::ApiKey::generate();
    let forged = ccin_registry::accounts::api_keys::key::ApiKey::generate();
    app.sql(&format!("UPDATE api_key_secrets SET prefix = '{}'", forged.prefix())).await;
    let mut answers = Vec::new();
    for key in [unknown.reveal(), forged.reveal()] {
        let refused = get_with(&client, "/v1/themes", key, &[]).await.expect_problem(401, "bad_credentials");
        answers.push(refused.json["detail"].clone());
    }
    assert_eq!(answers[0], answers[1]);
    let twice = client.request(Method::GET, "/v1/themes").header("X-API-Key", &key).header("X-API-Key", &key);
    send(twice).await.expect_problem(401, "bad_credentials");
    let both = client.request(Method::GET, "/v1/themes").header("X-API-Key", &key).bearer_auth("x");
    send(both).await.expect_problem(401, "bad_credentials");
    for query in
        [format!("api_key={key}"), format!("{key}=1"), format!("q={key}"), "Token=abc".into(), "api-key=".into()]
    {
        let refused = client.get(&format!("/v1/themes?{query}")).await.expect_problem(400, "unreadable");
        assert!(refused.text.contains("X-API-Key") && !refused.text.contains(&key), "{}", refused.text);
    }
}
