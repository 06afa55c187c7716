//! Rights that were taken away, and limits that hit the wrong ones.

use ccin_registry::access::role::Role;
use ccin_registry::access::scope::Scope;
use ccin_registry::accounts::api_keys::model::NewApiKey;
use reqwest::Method;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use super::{first, said};
use crate::support::client::send;
use crate::support::practice::{path, practice};
use crate::support::scratch::connect;
use crate::support::{PASSWORD, TestApp};

/// What is done with a user while a request of theirs waits, in the words of the store.
fn taken_away(user: &str) -> [String; 4] {
    [
        format!("UPDATE users SET status = 'disabled' WHERE id = '{user}'"),
        format!("UPDATE users SET role = 'member_viewer' WHERE id = '{user}'"),
        format!("UPDATE users SET council_id = (SELECT id FROM councils WHERE slug = 'rochdale') WHERE id = '{user}'"),
        format!("UPDATE sessions SET ended_at = now() WHERE user_id = '{user}'"),
    ]
}

/// An admin who was disabled while a body trickled in went on to make another admin.
#[tokio::test(flavor = "multi_thread")]
async fn a_right_is_looked_at_when_the_act_is_done() {
    let app = TestApp::with_sample().await;
    let holder = connect(&app.database.url).await;
    for at in 0..4 {
        let (user, _) = app.user(Role::CouncilEditor, Some("oldham")).await;
        let editor = app.with_token(&app.token(user).await);
        let before = app.admin().await.get("/v1/initiatives?limit=1").await.expect(200).json["total"].clone();
        // The request has come as far as the audit trail, for which every writer waits.
        holder.batch_execute("BEGIN; SELECT * FROM audit_head FOR UPDATE").await.unwrap();
        let asked = {
            let editor = editor.clone();
            tokio::spawn(async move { editor.post("/v1/initiatives", &practice("Too late", "oldham")).await })
        };
        app.until_waiting(1, || asked.is_finished()).await;
        let statement = &taken_away(&user.to_string())[at];
        holder.batch_execute(&format!("{statement}; COMMIT")).await.unwrap();
        asked.await.unwrap().expect_problem(401, "bad_credentials");
        let after = app.admin().await.get("/v1/initiatives?limit=1").await.expect(200).json["total"].clone();
        assert_eq!(before, after, "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_revoked_while_its_request_waits_does_nothing_more() {
    let app = TestApp::with_sample().await;
    let holder = connect(&app.database.url).await;
    let (user, _) = app.user(Role::CouncilEditor, Some("oldham")).await;
    let key = app.key(user, &[Scope::WriteInitiatives]).await;
    holder.batch_execute("BEGIN; SELECT * FROM audit_head FOR UPDATE").await.unwrap();
    let asked = {
        let request = app.anonymous().request(Method::POST, "/v1/initiatives").header("X-API-Key", &key.key);
        tokio::spawn(send(request.json(&practice("Too late", "oldham"))))
    };
    app.until_waiting(1, || asked.is_finished()).await;
    let revoke = format!("UPDATE api_keys SET revoked_at = now() WHERE id = '{}'; COMMIT", key.api_key.id);
    holder.batch_execute(&revoke).await.unwrap();
    asked.await.unwrap().expect_problem(401, "bad_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_retired_while_its_request_waits_does_nothing_more() {
    let app = TestApp::with_sample().await;
    let (user, _) = app.user(Role::CouncilEditor, Some("oldham")).await;
    let key = app.key(user, &[Scope::WriteInitiatives]).await;
    let holder = connect(&app.database.url).await;
    holder.batch_execute("BEGIN; SELECT * FROM audit_head FOR UPDATE").await.unwrap();
    let asked = {
        let request = app.anonymous().request(Method::POST, "/v1/initiatives").header("X-API-Key", &key.key);
        tokio::spawn(send(request.json(&practice("Too late", "oldham"))))
    };
    app.until_waiting(1, || asked.is_finished()).await;
    // As a rotation without overlap does it; another secret of the key is good.
    let id = key.api_key.id;
    let rotate = format!(
        "INSERT INTO api_key_secrets SELECT 'ccin_0123456789ab', key_id, hash, owner_role, owner_council_id
            FROM api_key_secrets WHERE key_id = '{id}';
         UPDATE api_key_secrets SET valid_until = now() WHERE key_id = '{id}' AND prefix <> 'ccin_0123456789ab'; COMMIT"
    );
    holder.batch_execute(&rotate).await.unwrap();
    asked.await.unwrap().expect_problem(401, "bad_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_rotates_itself_without_overlap() {
    let app = TestApp::with_sample().await;
    let (user, _) = app.user(Role::NetworkAdmin, None).await;
    let key = app.key(user, &[Scope::ManageKeys]).await;
    let path = format!("/v1/api-keys/{}/rotate", key.api_key.id);
    let rotate = app.anonymous().request(Method::POST, &path).header("X-API-Key", &key.key);
    let rotated = send(rotate.json(&json!({ "overlap_seconds": 0 }))).await.expect(200);
    let ask = async |key: &str| send(app.anonymous().request(Method::GET, "/v1/me").header("X-API-Key", key)).await;
    ask(&key.key).await.expect(401);
    ask(rotated.json["key"].as_str().unwrap()).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_trickles_in_does_not_outlast_the_rights_of_its_sender() {
    let app = TestApp::with_sample().await;
    let (user, _) = app.user(Role::NetworkAdmin, None).await;
    let body = json!({ "email": "a.n.other@example.org", "name": "A. N. Other", "role": "network_admin",
        "initial_password": PASSWORD });
    let body = body.to_string();
    let head = format!(
        "Authorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n",
        app.token(user).await,
        body.len()
    );
    let (begin, end) = body.split_at(10);
    let mut stream = said(&app, "-", "POST /v1/users", &head, begin.as_bytes()).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    app.sql(&format!("UPDATE users SET status = 'disabled' WHERE id = '{user}'")).await;
    stream.write_all(end.as_bytes()).await.unwrap();
    let answer = first(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let users = app.admin().await.get("/v1/users?limit=200").await.expect(200);
    assert!(!users.text.contains("a.n.other@example.org"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_does_to_themselves_is_done() {
    let app = TestApp::with_sample().await;
    let _other = app.admin().await;
    let (user, _) = app.user(Role::NetworkAdmin, None).await;
    let admin = app.with_token(&app.token(user).await);
    let me = format!("/v1/users/{user}");
    let read = admin.get(&me).await.expect(200);
    let demoted = admin.patch(&me, read.etag(), &json!({ "role": "moderator" })).await.expect(200);
    assert_eq!(demoted.json["role"], "moderator");
    let change = json!({ "current_password": PASSWORD, "new_password": "another password for the tests" });
    admin.post("/v1/me/password", &change).await.expect(204);
    let again = app.with_token(&app.token(user).await);
    again.post("/v1/auth/logout", &json!(null)).await.expect(204);
    let key = app.key(user, &[Scope::ManageKeys]).await;
    let path = format!("/v1/api-keys/{}", key.api_key.id);
    let by_key = async |method: Method, etag: &str| {
        send(app.anonymous().request(method, &path).header("X-API-Key", &key.key).header("If-Match", etag)).await
    };
    let etag = by_key(Method::GET, "").await.expect(200).etag().to_owned();
    by_key(Method::DELETE, &etag).await.expect(204);
    by_key(Method::GET, "").await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_change_of_the_password_does_not_overtake_a_reset() {
    let app = TestApp::with_sample().await;
    let holder = connect(&app.database.url).await;
    let (user, email) = app.user(Role::Contributor, Some("oldham")).await;
    let own = app.with_token(&app.token(user).await);
    // Both hashes were worked out; the reset is a moment earlier.
    holder.batch_execute(&format!("BEGIN; SELECT * FROM users WHERE id = '{user}' FOR UPDATE")).await.unwrap();
    let change = json!({ "current_password": PASSWORD, "new_password": "a password of the one who left" });
    let asked = tokio::spawn(async move { own.post("/v1/me/password", &change).await });
    app.until_waiting(1, || asked.is_finished()).await;
    holder
        .batch_execute(&format!("UPDATE users SET password_hash = 'reset' WHERE id = '{user}'; COMMIT"))
        .await
        .unwrap();
    asked.await.unwrap().expect_problem(401, "bad_credentials");
    let credentials = json!({ "email": email, "password": "a password of the one who left" });
    app.anonymous().post("/v1/auth/login", &credentials).await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_bound_to_places_widens_neither_itself_nor_others() {
    let app = TestApp::with_sample().await;
    let (user, _) = app.user(Role::NetworkAdmin, None).await;
    let scopes = vec![Scope::ManageKeys];
    let here = NewApiKey { scopes: scopes.clone(), networks: vec!["127.0.0.1/32".into()], ..NewApiKey::default() };
    let bound = app.key_like(user, here).await;
    let free = app.key_like(user, NewApiKey { scopes, ..NewApiKey::default() }).await;
    for key in [&bound, &free] {
        let path = format!("/v1/api-keys/{}", key.api_key.id);
        let call = async |method: Method, path: &str, etag: &str, body: &serde_json::Value| {
            let request = app.anonymous().request(method, path).header("X-API-Key", &bound.key);
            send(request.header("If-Match", etag).json(body)).await
        };
        let etag = call(Method::GET, &path, "", &json!(null)).await.expect(200).etag().to_owned();
        call(Method::PATCH, &path, &etag, &json!({ "networks": [] })).await.expect_problem(403, "forbidden");
        let whole = json!({ "name": "Wide", "origins": [], "networks": [] });
        call(Method::PUT, &path, &etag, &whole).await.expect_problem(403, "forbidden");
        call(Method::POST, &format!("{path}/rotate"), "", &json!({})).await.expect_problem(403, "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_from_elsewhere_do_not_lock_the_owner_out() {
    let app = TestApp::with_flags(&["--login-attempts", "3", "--trusted-proxies", "127.0.0.1"]).await;
    let (_, email) = app.user(Role::Contributor, Some("oldham")).await;
    let sign_in = async |address: &str, password: &str| {
        let request = app.anonymous().request(Method::POST, "/v1/auth/login").header("X-Forwarded-For", address);
        send(request.json(&json!({ "email": email, "password": password }))).await
    };
    sign_in("192.0.2.1", PASSWORD).await.expect(200);
    for guess in 0..4 {
        sign_in(&format!("203.0.113.{guess}"), "a guess that is wrong").await;
    }
    sign_in("203.0.113.9", PASSWORD).await.expect_problem(429, "too_many");
    sign_in("192.0.2.1", PASSWORD).await.expect(200);
    // Another instance, which has only just started, knows the address from the audit trail.
    let other = app.another_instance(&["--login-attempts", "3", "--trusted-proxies", "127.0.0.1"]).await;
    let sign_in_there = async |address: &str| {
        let request = other.anonymous().request(Method::POST, "/v1/auth/login").header("X-Forwarded-For", address);
        send(request.json(&json!({ "email": email, "password": PASSWORD }))).await
    };
    for guess in 0..3 {
        let request = other.anonymous().request(Method::POST, "/v1/auth/login");
        let request = request.header("X-Forwarded-For", format!("203.0.113.{guess}"));
        send(request.json(&json!({ "email": email, "password": "a guess that is wrong" }))).await.expect(401);
    }
    sign_in_there("203.0.113.9").await.expect_problem(429, "too_many");
    sign_in_there("192.0.2.1").await.expect(200);
    // Whoever sits there too has as few attempts as anybody.
    sign_in("192.0.2.1", "a guess that is wrong").await.expect(401);
    sign_in("192.0.2.1", "a guess that is wrong").await.expect(429);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_keys_do_not_shut_out_good_ones_of_the_same_office() {
    let app = TestApp::with_flags(&["--limit-bad-credentials", "5"]).await;
    let (user, _) = app.user(Role::Researcher, None).await;
    let good = app.key(user, &[Scope::ReadPublic]).await;
    let ask = async |key: &str| send(app.anonymous().request(Method::GET, "/v1/me").header("X-API-Key", key)).await;
    ask(&good.key).await.expect(200);
    for number in 0..5 {
        ask(&format!("ccin_{number:072x}")).await.expect(401);
    }
    ask(&format!("ccin_{:072x}", 9)).await.expect_problem(429, "too_many");
    ask(&good.key).await.expect(200);
    // One that does not hold any more is as bad as any other.
    app.sql(&format!("UPDATE api_keys SET revoked_at = now() WHERE id = '{}'", good.api_key.id)).await;
    ask(&good.key).await.expect(401);
    ask(&good.key).await.expect_problem(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_any_part_of_a_draft_does_not_publish_it_alone() {
    let app = TestApp::with_sample().await;
    let (writer, other, admin) = (app.moderator().await, app.moderator().await, app.admin().await);
    let editor = app.editor("oldham").await;
    let draft = editor.post("/v1/initiatives", &practice("Of many hands", "oldham")).await.expect(201);
    let path = path(&draft);
    let publish = format!("{path}/publish");
    let changed =
        writer.patch(&path, draft.etag(), &json!({ "summary": "By another hand, and quite another story" })).await;
    let etag = changed.expect(200).etag().to_owned();
    writer.post_if_match(&publish, &etag).await.expect_problem(403, "forbidden");
    // Nor by making the change look like one that followed another record's.
    let theme = json!({ "label": "A pretext", "definition": "A theme that serves as a pretext." });
    let by_one_request = |request: reqwest::RequestBuilder| send(request.header("X-Request-Id", "the-same"));
    by_one_request(writer.request(Method::POST, "/v1/themes").json(&theme)).await.expect(201);
    let patch =
        writer.request(Method::PATCH, &path).header("If-Match", &etag).json(&json!({ "title": "Mine after all" }));
    let etag = by_one_request(patch).await.expect(200).etag().to_owned();
    writer.post_if_match(&publish, &etag).await.expect_problem(403, "forbidden");
    let published = other.post_if_match(&publish, &etag).await.expect(200);
    // What was published since is somebody else's word.
    let taken_back = writer.post_if_match(&format!("{path}/unpublish"), published.etag()).await.expect(200);
    let again = writer.post_if_match(&publish, taken_back.etag()).await.expect(200);
    let back = admin.post_if_match(&format!("{path}/unpublish"), again.etag()).await.expect(200);
    let etag =
        writer.patch(&path, back.etag(), &json!({ "title": "Of more hands" })).await.expect(200).etag().to_owned();
    writer.post_if_match(&publish, &etag).await.expect_problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_for_keys_lapse_and_one_address_cannot_fill_the_form() {
    let flags = ["--trusted-proxies", "127.0.0.1", "--limit-anonymous", "10000"];
    let app = TestApp::with_flags(&flags).await;
    let ask = async |address: &str, number: usize| {
        let body = json!({ "name": "A. Researcher", "email": format!("{number}@{}.example", address.replace(':', "-")),
            "affiliation": "University of Somewhere", "purpose": "A comparison of housing initiatives" });
        let request = app.anonymous().request(Method::POST, "/v1/api-keys/requests");
        send(request.header("X-Forwarded-For", address).json(&body)).await
    };
    for number in 0..20 {
        ask("192.0.2.1", number).await.expect(202);
        ask(&format!("2001:db8::{number:x}"), number).await.expect(202);
    }
    ask("192.0.2.1", 20).await.expect_problem(429, "too_many");
    ask("2001:db8::ffff", 20).await.expect_problem(429, "too_many");
    ask("192.0.2.2", 0).await.expect(202);
    app.sql("UPDATE key_requests SET created_at = now() - interval '31 days'").await;
    ask("192.0.2.1", 21).await.expect(202);
    let waiting = app.moderator().await.get("/v1/api-keys/requests?status=pending").await.expect(200);
    assert_eq!(waiting.json["total"], 1);
}

/// A shared cache handed out the new slug of a draft.
#[tokio::test(flavor = "multi_thread")]
async fn where_a_hidden_record_moved_to_is_told_to_those_who_see_it_and_kept_by_nobody() {
    let app = TestApp::with_sample().await;
    let editor = app.editor("oldham").await;
    let draft = editor.post("/v1/initiatives", &practice("A plan", "oldham")).await.expect(201);
    let old = path(&draft);
    editor.patch(&old, draft.etag(), &json!({ "slug": "a-secret-plan" })).await.expect(200);
    for below in ["", "/citation"] {
        let moved = editor.get(&format!("{old}{below}")).await.expect(308);
        assert_eq!(moved.header("cache-control"), "private, no-store");
        assert!(moved.header("vary").contains("Authorization"), "{}", moved.header("vary"));
        let unseen = app.anonymous().get(&format!("{old}{below}")).await.expect_problem(404, "not_found");
        let unknown = app.anonymous().get(&format!("/v1/initiatives/never-was{below}")).await;
        let unknown = unknown.expect_problem(404, "not_found");
        assert_eq!(unseen.json["detail"], unknown.json["detail"]);
        assert_eq!(unseen.header("vary"), unknown.header("vary"));
    }
}
