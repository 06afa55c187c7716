//! Signing in and sessions: how they begin, go on, and end at once.

use ccin_registry::access::role::Role;
use diesel_async::SimpleAsyncConnection;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::tokens::assert_refused;
use crate::support::{Answer, PASSWORD, TestApp};

const ANOTHER_PASSWORD: &str = "another password for the tests";

/// The tokens of a session.
struct Session {
    access: String,
    refresh: String,
}

impl Session {
    fn of(answer: &Answer) -> Self {
        let text = |member: &str| answer.json[member].as_str().unwrap().to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }

    async fn begin(app: &TestApp, email: &str) -> Self {
        Self::of(&log_in(app, email, PASSWORD).await.expect(200))
    }

    /// Fails when either of the tokens is good for anything still.
    async fn assert_ended(&self, app: &TestApp) {
        assert_refused(&app.with_token(&self.access).get("/v1/me").await);
        assert_refused(&refresh(app, &self.refresh).await);
    }
}

async fn log_in(app: &TestApp, email: &str, password: &str) -> Answer {
    app.anonymous().post("/v1/auth/login", &json!({ "email": email, "password": password })).await
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.anonymous().post("/v1/auth/refresh", &json!({ "refresh_token": token })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_gives_tokens_that_no_cache_keeps() {
    let app = TestApp::with_sample().await;
    let (id, email) = app.user(Role::CouncilEditor, Some("oldham")).await;
    let answer = log_in(&app, &email.to_uppercase(), PASSWORD).await.expect(200);
    let members: Vec<_> = answer.json.as_object().unwrap().keys().collect();
    assert_eq!(members, ["access_token", "token_type", "expires_in", "refresh_token"]);
    assert_eq!(answer.json["token_type"], "Bearer");
    assert_eq!(answer.json["expires_in"], 600);
    assert_eq!(answer.header("cache-control"), "no-store");

    let session = Session::of(&answer);
    let me = app.with_token(&session.access).get("/v1/me").await.expect(200);
    assert_eq!(me.json["id"], id.to_string());
    assert_eq!(me.json["email"], email);
    assert_eq!(me.json["role"], "council_editor");
    assert_eq!(me.json["council"]["slug"], "oldham");
    assert_eq!(me.header("cache-control"), "private, no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_sign_in_does_not_learn_why() {
    let app = TestApp::empty().await;
    let (_, active) = app.user(Role::Moderator, None).await;
    let (disabled_id, disabled) = app.user(Role::Moderator, None).await;
    app.sql(&format!("UPDATE users SET status = 'disabled' WHERE id = '{disabled_id}'")).await;
    let mut answers = Vec::new();
    for (email, password) in
        [(active.as_str(), ANOTHER_PASSWORD), ("nobody@tests.example", PASSWORD), (disabled.as_str(), PASSWORD)]
    {
        let answer = log_in(&app, email, password).await;
        assert_refused(&answer);
        let mut problem = answer.json.clone();
        problem["instance"] = Value::Null;
        answers.push(problem);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    log_in(&app, &active, PASSWORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_and_no_other() {
    let app = TestApp::empty().await;
    let (_, email) = app.user(Role::Moderator, None).await;
    let (one, other) = (Session::begin(&app, &email).await, Session::begin(&app, &email).await);
    let out = send(app.with_token(&one.access).request(Method::POST, "/v1/auth/logout")).await.expect(204);
    assert_eq!(out.header("cache-control"), "private, no-store");
    one.assert_ended(&app).await;
    app.with_token(&other.access).get("/v1/me").await.expect(200);
    refresh(&app, &other.refresh).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_good_for_one_use_and_a_second_ends_the_session() {
    let app = TestApp::empty().await;
    let (_, email) = app.user(Role::Moderator, None).await;
    let first = Session::begin(&app, &email).await;
    let answer = refresh(&app, &first.refresh).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let second = Session::of(&answer);
    assert_ne!(second.refresh, first.refresh);
    assert_ne!(second.access, first.access);
    app.with_token(&second.access).get("/v1/me").await.expect(200);
    let third = Session::of(&refresh(&app, &second.refresh).await.expect(200));
    app.with_token(&third.access).get("/v1/me").await.expect(200);

    assert_refused(&refresh(&app, &first.refresh).await);
    for session in [&third, &second, &first] {
        session.assert_ended(&app).await;
    }
    assert_refused(&refresh(&app, "ccin_rt_nobody-ever-got-this").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_refresh_at_once_one_wins_and_the_session_ends() {
    let app = TestApp::empty().await;
    let (_, email) = app.user(Role::Moderator, None).await;
    for _ in 0..5 {
        let session = Session::begin(&app, &email).await;
        let (one, other) = tokio::join!(refresh(&app, &session.refresh), refresh(&app, &session.refresh));
        let (won, lost) = if one.status.is_success() { (one, other) } else { (other, one) };
        assert_refused(&lost);
        Session::of(&won.expect(200)).assert_ended(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_the_password_ends_every_session() {
    let app = TestApp::empty().await;
    let (_, email) = app.user(Role::Moderator, None).await;
    let (one, other) = (Session::begin(&app, &email).await, Session::begin(&app, &email).await);
    let client = app.with_token(&one.access);
    let change = |current: &str, new: &str| json!({ "current_password": current, "new_password": new });

    let wrong = change(ANOTHER_PASSWORD, "a third password for the tests");
    client.post("/v1/me/password", &wrong).await.expect_problem(403, "forbidden");
    let refused = [(PASSWORD, "unchanged"), ("elevenchars", "too_short"), (&*"x".repeat(201), "too_long")];
    for (new, code) in refused {
        let answer = client.post("/v1/me/password", &change(PASSWORD, new)).await.expect_problem(422, "invalid");
        assert_eq!(answer.faults(), [("/new_password".into(), code.into())]);
    }
    client.get("/v1/me").await.expect(200);

    client.post("/v1/me/password", &change(PASSWORD, ANOTHER_PASSWORD)).await.expect(204);
    one.assert_ended(&app).await;
    other.assert_ended(&app).await;
    assert_refused(&log_in(&app, &email, PASSWORD).await);
    log_in(&app, &email, ANOTHER_PASSWORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_ends_every_session_by_a_new_password_or_by_disabling() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let (id, email) = app.user(Role::Moderator, None).await;
    let (one, other) = (Session::begin(&app, &email).await, Session::begin(&app, &email).await);
    let new = json!({ "password": ANOTHER_PASSWORD });
    admin.post(&format!("/v1/users/{id}/password"), &new).await.expect(204);
    one.assert_ended(&app).await;
    other.assert_ended(&app).await;
    assert_refused(&log_in(&app, &email, PASSWORD).await);

    let session = Session::of(&log_in(&app, &email, ANOTHER_PASSWORD).await.expect(200));
    let user = admin.get(&format!("/v1/users/{id}")).await.expect(200);
    let path = format!("/v1/users/{id}");
    let disabled = admin.patch(&path, user.etag(), &json!({ "status": "disabled" })).await.expect(200);
    session.assert_ended(&app).await;
    assert_refused(&log_in(&app, &email, ANOTHER_PASSWORD).await);
    // Who is active again begins anew.
    admin.patch(&path, disabled.etag(), &json!({ "status": "active" })).await.expect(200);
    session.assert_ended(&app).await;
    log_in(&app, &email, ANOTHER_PASSWORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_under_way_does_not_outlive_the_password() {
    let app = TestApp::empty().await;
    let (id, email) = app.user(Role::Moderator, None).await;
    let mut changing = app.db.get().await.unwrap();
    let change = format!("BEGIN; UPDATE users SET password_hash = 'another' WHERE id = '{id}'");
    changing.batch_execute(&change).await.unwrap();
    let signing_in = {
        let (client, credentials) = (app.anonymous(), json!({ "email": email, "password": PASSWORD }));
        tokio::spawn(async move { client.post("/v1/auth/login", &credentials).await })
    };
    // The old password has been found right by the time that the sign-in waits for the one who changes it.
    app.until_waiting(1, || signing_in.is_finished()).await;
    changing.batch_execute("COMMIT").await.unwrap();
    assert_refused(&signing_in.await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demotion_holds_from_the_next_request_on() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let (id, email) = app.user(Role::Moderator, None).await;
    let client = app.with_token(&Session::begin(&app, &email).await.access);
    let theme = |label: &str| json!({ "label": label, "definition": "Entered to see who may." });
    client.post("/v1/themes", &theme("While a moderator")).await.expect(201);
    let user = admin.get(&format!("/v1/users/{id}")).await.expect(200);
    admin.patch(&format!("/v1/users/{id}"), user.etag(), &json!({ "role": "member_viewer" })).await.expect(200);
    client.post("/v1/themes", &theme("When none any more")).await.expect_problem(403, "forbidden");
    assert_eq!(client.get("/v1/me").await.expect(200).json["role"], "member_viewer");
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_to_sign_in_are_limited_for_each_account() {
    let app = TestApp::with_flags(&["--login-attempts", "2"]).await;
    let (_, email) = app.user(Role::Moderator, None).await;
    let (_, other) = app.user(Role::Moderator, None).await;
    assert_refused(&log_in(&app, &email, ANOTHER_PASSWORD).await);
    assert_refused(&log_in(&app, &email.to_uppercase(), ANOTHER_PASSWORD).await);
    let limited = log_in(&app, &email, PASSWORD).await.expect_problem(429, "too_many");
    let wait: u64 = limited.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    let token = Session::begin(&app, &other).await.access;
    // Guessing one's own password counts as well.
    let guess = json!({ "current_password": ANOTHER_PASSWORD, "new_password": "a third password for the tests" });
    let client = app.with_token(&token);
    client.post("/v1/me/password", &guess).await.expect_problem(403, "forbidden");
    client.post("/v1/me/password", &guess).await.expect_problem(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_to_sign_in_are_limited_for_each_address() {
    let app = TestApp::with_flags(&["--login-attempts", "1"]).await;
    for n in 0..6 {
        assert_refused(&log_in(&app, &format!("nobody-{n}@tests.example"), PASSWORD).await);
    }
    let limited = log_in(&app, "nobody-6@tests.example", PASSWORD).await.expect_problem(429, "too_many");
    let wait: u64 = limited.header("retry-after").parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
}
