//! Users: entered and changed by network admins, read by moderators, and nowhere with their passwords.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::{Answer, Client, PASSWORD, TestApp};

const ANOTHER_PASSWORD: &str = "another password for the tests";

fn editor(email: &str) -> Value {
    json!({ "email": email, "role": "council_editor", "council": "oldham", "initial_password": PASSWORD })
}

async fn enter(admin: &Client, user: &Value) -> Answer {
    admin.post("/v1/users", user).await.expect(201)
}

/// The address of the user in an answer.
fn path(user: &Answer) -> String {
    format!("/v1/users/{}", user.json["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_enters_reads_replaces_and_changes_a_user() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut new = editor("Editor@Oldham.example");
    new["name"] = json!("Zoë Ó Briain");
    let entered = enter(&admin, &new).await;
    let path = path(&entered);
    assert_eq!(entered.header("location"), path);
    assert_eq!(entered.header("cache-control"), "private, no-store");
    assert_eq!(entered.json["email"], "editor@oldham.example");
    assert_eq!(entered.json["name"], "Zoë Ó Briain");
    assert_eq!(entered.json["role"], "council_editor");
    assert_eq!(entered.json["council"]["slug"], "oldham");
    assert_eq!(entered.json["status"], "active");
    assert_eq!(entered.json["version"], 1);
    let read = admin.get(&path).await.expect(200);
    assert_eq!((read.etag(), &read.json), (entered.etag(), &entered.json));

    let put = json!({ "email": "viewer@oldham.example", "role": "member_viewer", "status": "active" });
    let replaced = admin.put(&path, read.etag(), &put).await.expect(200);
    assert_eq!(replaced.json["email"], "viewer@oldham.example");
    assert_eq!((&replaced.json["name"], &replaced.json["council"]), (&Value::Null, &Value::Null));
    assert_eq!(replaced.json["version"], 2);

    let patch = json!({ "role": "contributor", "council": "E08000004", "name": "Zoë" });
    let changed = admin.patch(&path, replaced.etag(), &patch).await.expect(200);
    assert_eq!(changed.json["email"], "viewer@oldham.example");
    assert_eq!((&changed.json["role"], &changed.json["name"]), (&json!("contributor"), &json!("Zoë")));
    assert_eq!(changed.json["council"]["slug"], "oldham");
    let cleared = admin.patch(&path, changed.etag(), &json!({ "name": null })).await.expect(200);
    assert_eq!((&cleared.json["name"], &cleared.json["role"]), (&Value::Null, &json!("contributor")));
    let read = admin.get(&path).await.expect(200);
    assert_eq!((read.etag(), &read.json), (cleared.etag(), &cleared.json));
}

#[tokio::test(flavor = "multi_thread")]
async fn moderators_read_only() {
    let app = TestApp::with_sample().await;
    let (admin, moderator) = (app.admin().await, app.moderator().await);
    let user = enter(&admin, &editor("editor@oldham.example")).await;
    let path = path(&user);
    assert_eq!(moderator.get(&path).await.expect(200).json, user.json);
    assert_eq!(moderator.get("/v1/users?role=council_editor").await.expect(200).each("id"), [user.json["id"].clone()]);
    let put = json!({ "email": "editor@oldham.example", "role": "member_viewer" });
    moderator.post("/v1/users", &editor("other@oldham.example")).await.expect_problem(403, "forbidden");
    moderator.put(&path, user.etag(), &put).await.expect_problem(403, "forbidden");
    moderator.patch(&path, user.etag(), &json!({ "name": "New" })).await.expect_problem(403, "forbidden");
    let password = json!({ "password": ANOTHER_PASSWORD });
    moderator.post(&format!("{path}/password"), &password).await.expect_problem(403, "forbidden");
    assert_eq!(admin.get(&path).await.expect(200).json, user.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_belongs_to_one_user_whatever_its_case() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    enter(&admin, &editor("one@oldham.example")).await;
    let other = enter(&admin, &editor("other@oldham.example")).await;
    let path = path(&other);
    let put = json!({ "email": "ONE@oldham.example", "role": "member_viewer" });
    for refused in [
        admin.post("/v1/users", &editor("One@Oldham.Example")).await,
        admin.put(&path, other.etag(), &put).await,
        admin.patch(&path, other.etag(), &json!({ "email": "one@OLDHAM.example" })).await,
    ] {
        let refused = refused.expect_problem(409, "conflict");
        assert_eq!(refused.faults(), [("/email".into(), "taken".into())]);
    }
    // One's own address in another case is no conflict.
    let same = admin.patch(&path, other.etag(), &json!({ "email": "Other@Oldham.Example" })).await.expect(200);
    assert_eq!(same.json["email"], "other@oldham.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_and_a_council_go_together() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let user = enter(&admin, &editor("editor@oldham.example")).await;
    let path = path(&user);
    let cases = [
        ("contributor", None, Some((422, "required"))),
        ("council_editor", None, Some((422, "required"))),
        ("council_editor", Some("oldam"), Some((409, "unknown_reference"))),
        ("moderator", Some("oldham"), Some((422, "not_allowed"))),
        ("network_admin", Some("oldham"), Some((422, "not_allowed"))),
        ("member_viewer", None, None),
        ("member_viewer", Some("oldham"), None),
        ("contributor", Some("E08000004"), None),
        ("moderator", None, None),
    ];
    for (n, (role, council, fault)) in cases.into_iter().enumerate() {
        let mut update = json!({ "email": format!("user-{n}@oldham.example"), "role": role });
        if let Some(council) = council {
            update["council"] = json!(council);
        }
        let mut new = update.clone();
        new["initial_password"] = json!(PASSWORD);
        let etag = admin.get(&path).await.expect(200).etag().to_owned();
        let patch = json!({ "role": role, "council": council });
        match fault {
            Some((status, code)) => {
                for refused in [
                    admin.post("/v1/users", &new).await,
                    admin.put(&path, &etag, &update).await,
                    admin.patch(&path, &etag, &patch).await,
                ] {
                    let refused = refused.expect(status);
                    assert_eq!(refused.faults(), [("/council".into(), code.into())], "{role} {council:?}");
                }
            }
            None => {
                enter(&admin, &new).await;
                let patched = admin.patch(&path, &etag, &patch).await.expect(200);
                assert_eq!(patched.json["council"].is_null(), council.is_none(), "{role} {council:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_a_user_come_all_at_once() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let bad = json!({ "email": "not an address", "role": "editor", "initial_password": "elevenchars", "password": 1, "id": "x" });
    let mut faults = admin.post("/v1/users", &bad).await.expect_problem(422, "invalid").faults();
    faults.sort();
    let expected = [
        ("/email", "malformed"),
        ("/id", "read_only"),
        ("/initial_password", "too_short"),
        ("/password", "unknown_member"),
        ("/role", "not_allowed"),
    ];
    assert_eq!(faults, expected.map(|(place, code)| (place.to_owned(), code.to_owned())));
    let long = json!({ "email": format!("{}@oldham.example", "x".repeat(240)), "role": "moderator", "initial_password": PASSWORD });
    let long = admin.post("/v1/users", &long).await.expect_problem(422, "invalid");
    assert_eq!(long.faults(), [("/email".into(), "too_long".into())]);

    let user = enter(&admin, &editor("editor@oldham.example")).await;
    let path = path(&user);
    for (patch, fault) in [
        (json!({ "email": null }), ("/email", "required")),
        (json!({ "status": "gone" }), ("/status", "not_allowed")),
        (json!({ "password": ANOTHER_PASSWORD }), ("/password", "unknown_member")),
        (json!({ "version": 7 }), ("/version", "read_only")),
    ] {
        let refused = admin.patch(&path, user.etag(), &patch).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [(fault.0.into(), fault.1.into())], "{patch}");
    }
    for (password, code) in [("elevenchars", "too_short"), (&*"x".repeat(201), "too_long")] {
        let refused = admin.post(&format!("{path}/password"), &json!({ "password": password })).await;
        assert_eq!(refused.expect_problem(422, "invalid").faults(), [("/password".into(), code.into())]);
    }
    for unknown in ["/v1/users/nobody", "/v1/users/0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60"] {
        admin.get(unknown).await.expect_problem(404, "not_found");
        admin.patch(unknown, "\"1\"", &json!({ "name": "New" })).await.expect_problem(404, "not_found");
        let password = json!({ "password": ANOTHER_PASSWORD });
        admin.post(&format!("{unknown}/password"), &password).await.expect_problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_holds_a_password_or_its_hash() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut new = editor("editor@oldham.example");
    new["initial_password"] = json!("hunter2-hunter2");
    let user = enter(&admin, &new).await;
    let path = path(&user);
    let again = admin.request(Method::POST, "/v1/users").header("Idempotency-Key", "once");
    let twice = json!({ "email": "twice@oldham.example", "role": "moderator", "initial_password": "hunter2-hunter2" });
    let once = send(again.try_clone().unwrap().json(&twice)).await.expect(201);
    let replayed = send(again.json(&twice)).await.expect(201);
    assert_eq!(once.json, replayed.json);
    let long = "hunter2".repeat(30);
    let answers = [
        admin.get(&path).await,
        admin.get("/v1/users?limit=200").await,
        admin.patch(&path, user.etag(), &json!({ "password": "hunter2-hunter2" })).await,
        admin.patch(&path, user.etag(), &json!({ "name": "New" })).await,
        admin.post("/v1/users", &new).await,
        admin.post("/v1/users", &json!({ "initial_password": "hunter2" })).await,
        admin.post(&format!("{path}/password"), &json!({ "password": long })).await,
        admin.post(&format!("{path}/password"), &json!({ "password": ["hunter2"] })).await,
        admin.post("/v1/auth/login", &json!({ "email": "editor@oldham.example", "password": long })).await,
        admin.post("/v1/auth/login", &json!({ "email": "editor@oldham.example", "password": "hunter2" })).await,
        user,
        once,
        replayed,
    ];
    for answer in answers {
        assert!(!answer.text.is_empty());
        for secret in ["hunter2", "$argon2", "password_hash"] {
            assert!(!answer.text.contains(secret), "{secret}: {}", answer.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_user_names_the_version_that_it_was_made_from() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let user = enter(&admin, &editor("editor@oldham.example")).await;
    let path = path(&user);
    let put = json!({ "email": "editor@oldham.example", "role": "member_viewer" });
    for method in [Method::PUT, Method::PATCH] {
        for if_match in [None, Some("*")] {
            let mut request = admin.request(method.clone(), &path).json(&put);
            if let Some(if_match) = if_match {
                request = request.header("If-Match", if_match);
            }
            send(request).await.expect_problem(428, "precondition_required");
        }
    }
    let current = admin.patch(&path, user.etag(), &json!({ "name": "New" })).await.expect(200);
    for stale in
        [admin.patch(&path, user.etag(), &json!({ "name": "Newer" })).await, admin.put(&path, user.etag(), &put).await]
    {
        assert_eq!(stale.expect_problem(412, "stale").etag(), current.etag());
    }
    assert_eq!(admin.get(&path).await.expect(200).json, current.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_filtered_by_role_status_and_council() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for (email, role, council) in [
        ("b@users.example", "council_editor", Some("oldham")),
        ("a@users.example", "contributor", Some("oldham")),
        ("c@users.example", "contributor", Some("rochdale")),
        ("d@users.example", "moderator", None),
    ] {
        let mut user = json!({ "email": email, "role": role, "initial_password": PASSWORD });
        if let Some(council) = council {
            user["council"] = json!(council);
        }
        enter(&admin, &user).await;
    }
    let gone = admin.get("/v1/users?role=moderator").await.expect(200);
    let gone = admin.get(&format!("/v1/users/{}", gone.each("id")[0].as_str().unwrap())).await.expect(200);
    admin.patch(&path(&gone), gone.etag(), &json!({ "status": "disabled" })).await.expect(200);

    for (query, expected) in [
        ("role=contributor", "ac"),
        ("role=contributor&role=council_editor", "abc"),
        ("council=oldham", "ab"),
        ("council=E08000004&council=rochdale&sort=-email", "cba"),
        ("council=oldham&role=contributor&status=active", "a"),
        ("status=disabled", "d"),
        ("status=disabled&role=contributor", ""),
    ] {
        let list = admin.get(&format!("/v1/users?{query}")).await.expect(200);
        let emails: Vec<_> = expected.chars().map(|name| json!(format!("{name}@users.example"))).collect();
        assert_eq!(list.each("email"), emails, "{query}");
        assert_eq!(list.json["total"], emails.len(), "{query}");
    }
    let first = admin.get("/v1/users?role=contributor&limit=1").await.expect(200);
    let next = first.json["page"]["next"].as_str().unwrap().replace(&app.url, "");
    assert_eq!(admin.get(&next).await.expect(200).each("email"), [json!("c@users.example")]);
    for query in ["role=editor", "status=gone", "sort=name", "email=a@users.example"] {
        admin.get(&format!("/v1/users?{query}")).await.expect_problem(400, "bad_query");
    }
    admin.get("/v1/users?council=oldam").await.expect_problem(404, "not_found");
}
