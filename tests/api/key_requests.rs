//! Researchers who ask for a key: asked without an account, decided by a network officer, fetched once.

use ccin_registry::access::role::Role;
use ccin_registry::db::schema::letters as rows;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::{Client, TestApp};

const REQUESTS: &str = "/v1/api-keys/requests";

fn request(email: &str) -> Value {
    json!({ "name": "A. Researcher", "email": email, "affiliation": "University of Somewhere",
        "purpose": "A comparison of housing initiatives" })
}

/// Ask, and the address of the request as an officer sees it.
async fn ask(app: &TestApp, officer: &Client, email: &str) -> String {
    app.anonymous().post(REQUESTS, &request(email)).await.expect(202);
    let pending = officer.get(&format!("{REQUESTS}?status=pending&sort=-created_at")).await.expect(200);
    format!("{REQUESTS}/{}", pending.json["data"][0]["id"].as_str().unwrap())
}

/// The letters that wait to be sent, oldest first: recipient and text.
async fn letters(app: &TestApp) -> Vec<(String, Option<String>)> {
    let mut conn = app.db.get().await.unwrap();
    rows::table.order(rows::created_at).select((rows::recipient, rows::plain)).load(&mut conn).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_key_is_fetched_once_by_the_token_of_the_letter() {
    let app = TestApp::empty().await;
    let officer = app.moderator().await;
    let path = ask(&app, &officer, "R.Searcher@university.example").await;
    let grant = json!({ "scopes": ["read:public", "export"], "expires_in_days": 90 });
    let granted = officer.post(&format!("{path}/grant"), &grant).await.expect(200);
    assert_eq!(
        (&granted.json["status"], &granted.json["email"]),
        (&json!("granted"), &json!("r.searcher@university.example"))
    );
    let letters_before = letters(&app).await;
    let (to, letter) = &letters_before[0];
    let letter = letter.as_deref().unwrap();
    assert_eq!(to, "r.searcher@university.example");
    let token = &letter[letter.find("ccin_claim_").unwrap()..][..54];
    assert!(!granted.text.contains(token), "the officer never sees the token");

    let client = app.anonymous();
    let claim = json!({ "token": token });
    let claims = [client.post("/v1/api-keys/claim", &claim), client.post("/v1/api-keys/claim", &claim)];
    let answers = futures_util::future::join_all(claims).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404], "of two at once, one has it");
    let fetched = answers.iter().find(|answer| answer.status == 200).unwrap();
    assert_eq!(fetched.json["api_key"]["scopes"], json!(["read:public", "export"]));
    let key = fetched.json["key"].as_str().unwrap();
    let me = send(client.request(Method::GET, "/v1/me").header("X-API-Key", key)).await.expect(200);
    assert_eq!((&me.json["role"], &me.json["name"]), (&json!("researcher"), &json!("A. Researcher")));
    assert_eq!(letters(&app).await[0].1, None, "a letter whose token was used is emptied");
    assert_eq!(officer.get(&path).await.expect(200).json["status"], "claimed");
    // Nobody signs in as a researcher: there is no password.
    let login = json!({ "email": to, "password": "any password at all" });
    client.post("/v1/auth/login", &login).await.expect_problem(401, "bad_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_decided_about_once_and_a_refusal_says_why() {
    let app = TestApp::empty().await;
    let officer = app.moderator().await;
    let path = ask(&app, &officer, "r@university.example").await;
    let reason = "Everything that you name is public and needs no key.";
    let refused = officer.post(&format!("{path}/refuse"), &json!({ "reason": reason })).await.expect(200);
    assert_eq!((&refused.json["status"], &refused.json["reason"]), (&json!("refused"), &json!(reason)));
    assert!(letters(&app).await[0].1.as_deref().unwrap().contains(reason));
    officer.post(&format!("{path}/grant"), &json!({ "scopes": ["export"] })).await.expect_problem(409, "conflict");
    officer.post(&format!("{path}/refuse"), &json!({ "reason": reason })).await.expect_problem(409, "conflict");
    assert_eq!(letters(&app).await.len(), 1, "a refused decision posts nothing");
    assert_eq!(app.admin().await.get("/v1/api-keys").await.expect(200).json["total"], 0, "nor makes a key");
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_twice_or_for_a_known_address_is_answered_alike() {
    let app = TestApp::empty().await;
    let officer = app.moderator().await;
    let (viewer, known) = app.user(Role::MemberViewer, None).await;
    let client = app.anonymous();
    let mut answers = Vec::new();
    for email in ["new@university.example", "NEW@university.example", &known] {
        answers.push(client.post(REQUESTS, &request(email)).await.expect(202).text);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(officer.get(REQUESTS).await.expect(200).json["total"], 2);
    // Of a known address the key is that user's own; of a disabled one there is none.
    let path = ask(&app, &officer, &known).await;
    let granted = officer.post(&format!("{path}/grant"), &json!({ "scopes": ["read:members"] })).await.expect(200);
    let key = officer.get(&format!("/v1/api-keys/{}", granted.json["api_key"].as_str().unwrap())).await.expect(200);
    assert_eq!(
        (&key.json["owner"]["id"], &key.json["prefix"]),
        (&json!(viewer), &Value::Null),
        "no secret until claimed"
    );
    let path = ask(&app, &officer, &known).await;
    app.sql(&format!("UPDATE users SET status = 'disabled' WHERE id = '{viewer}'")).await;
    officer.post(&format!("{path}/grant"), &json!({ "scopes": ["export"] })).await.expect_problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_and_granted_is_held_against_the_rules() {
    let app = TestApp::empty().await;
    let officer = app.moderator().await;
    let mut bad = request("not an address");
    bad["purpose"] = json!("too short");
    bad["tittle"] = json!("x");
    let mut faults = app.anonymous().post(REQUESTS, &bad).await.expect_problem(422, "invalid").faults();
    faults.sort();
    let expected = [("/email", "malformed"), ("/purpose", "too_short"), ("/tittle", "unknown_member")];
    assert_eq!(faults, expected.map(|(place, code)| (place.to_owned(), code.to_owned())));
    let path = ask(&app, &officer, "r@university.example").await;
    let more = officer.post(&format!("{path}/grant"), &json!({ "scopes": ["write:themes"] })).await;
    assert_eq!(more.expect_problem(422, "invalid").faults(), [("/scopes/0".into(), "not_allowed".into())]);
    let claim = async |token: String| app.anonymous().post("/v1/api-keys/claim", &json!({ "token": token })).await;
    claim(format!("ccin_claim_{}", "A".repeat(43))).await.expect_problem(404, "not_found");
    claim("A".repeat(54)).await.expect_problem(422, "invalid");
    // A token that was not used in time fetches nothing.
    officer.post(&format!("{path}/grant"), &json!({ "scopes": ["export"] })).await.expect(200);
    let letter = letters(&app).await.remove(0).1.unwrap();
    app.sql("UPDATE key_requests SET claim_until = now()").await;
    claim(letter[letter.find("ccin_claim_").unwrap()..][..54].into()).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_grants_at_once_one_holds_and_officers_get_no_keys_by_letter() {
    let app = TestApp::empty().await;
    let officer = app.moderator().await;
    let path = format!("{}/grant", ask(&app, &officer, "r@university.example").await);
    let grant = json!({ "scopes": ["export"] });
    let answers = futures_util::future::join_all((0..6).map(|_| officer.post(&path, &grant))).await;
    let refused: Vec<_> = answers.into_iter().filter(|answer| answer.status != 200).collect();
    assert_eq!(refused.len(), 5);
    for answer in refused {
        assert!(answer.expect_problem(409, "conflict").text.contains("decided"), "and says what stands in the way");
    }
    let (_, admin) = app.user(Role::NetworkAdmin, None).await;
    let path = ask(&app, &officer, &admin).await;
    officer.post(&format!("{path}/grant"), &grant).await.expect_problem(409, "conflict");
    // Who grants by a key hands on no scope that the key lacks; the letter never names the Host of the request.
    let (moderator, _) = app.user(Role::Moderator, None).await;
    let key = app.key(moderator, &[ccin_registry::access::scope::Scope::ManageKeys]).await.key;
    let path = ask(&app, &officer, "s@university.example").await;
    let by_key = app.anonymous().request(Method::POST, &format!("{path}/grant")).header("X-API-Key", &key);
    send(by_key.json(&grant)).await.expect_problem(403, "forbidden");
    let (letter, host) = (letters(&app).await.remove(0).1.unwrap(), app.url.trim_start_matches("http://"));
    assert!(letter.contains("/v1/api-keys/claim") && !letter.contains(host), "{letter}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_one_secret_and_none_before_it_is_fetched() {
    let app = TestApp::empty().await;
    let officer = app.moderator().await;
    let admin = app.admin().await;
    let path = ask(&app, &officer, "r@university.example").await;
    let granted = officer.post(&format!("{path}/grant"), &json!({ "scopes": ["export"] })).await.expect(200);
    let key = format!("/v1/api-keys/{}", granted.json["api_key"].as_str().unwrap());
    admin.post(&format!("{key}/rotate"), &json!({})).await.expect_problem(409, "conflict");
    let etag = admin.get(&key).await.expect(200).etag().to_owned();
    admin.delete(&key, &etag).await.expect(204);
    let letter = letters(&app).await.remove(0).1.unwrap();
    let claim = json!({ "token": letter[letter.find("ccin_claim_").unwrap()..][..54] });
    app.anonymous().post("/v1/api-keys/claim", &claim).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_addresses_beside_the_keys_take_their_own_methods() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    for (path, method, allow) in [
        ("/v1/api-keys/requests", Method::PUT, "GET, POST, HEAD, OPTIONS"),
        ("/v1/api-keys/claim", Method::GET, "POST, OPTIONS"),
        ("/v1/api-keys/claim", Method::DELETE, "POST, OPTIONS"),
    ] {
        let refused = send(admin.request(method, path)).await.expect_problem(405, "method_not_allowed");
        assert_eq!(refused.header("allow"), allow, "{path}");
    }
}
