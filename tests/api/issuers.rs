//! Tokens of other issuers: which act as the user that an admin has mapped to them, and which are refused.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ccin_registry::access::role::Role;
use jsonwebtoken::{Algorithm, EncodingKey};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::client::send;
use crate::support::issuer::{AUDIENCE, Issuer, Key, Stopped};
use crate::support::records::theme;
use crate::support::scratch::connect;
use crate::support::tokens::{altered, assert_refused};
use crate::support::{Answer, TestApp};

/// A registry that takes the tokens of an issuer with these keys.
async fn registry(keys: &[&Key]) -> (Issuer, TestApp) {
    let issuer = Issuer::start(keys).await;
    let app = TestApp::with_issuers(&issuer.setting(), &Stopped::now().pace(Duration::from_secs(60))).await;
    (issuer, app)
}

/// A registry where the subject `admin` is a network admin.
async fn with_admin(keys: &[&Key]) -> (Issuer, TestApp, Uuid) {
    let (issuer, app) = registry(keys).await;
    let (user, _) = app.user(Role::NetworkAdmin, None).await;
    app.map(user, &issuer.url, "admin").await;
    (issuer, app, user)
}

async fn me(app: &TestApp, token: &str) -> Answer {
    app.with_token(token).get("/v1/me").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_acts_as_the_user_whom_an_admin_has_mapped_to_its_subject() {
    let (rsa, ec, ed) = (Key::rsa("rsa"), Key::p256("ec"), Key::ed25519("ed"));
    let issuer = Issuer::start(&[&rsa, &ec, &ed]).await;
    let app = TestApp::with_flags(&["--oidc-issuers", &issuer.setting()]).await;
    let admin = app.admin().await;
    let identity = json!({ "issuer": issuer.url, "subject": "zoe" });
    let new = json!({
        "email": "zoe@oldham.example", "role": "council_editor", "council": "oldham",
        "initial_password": "three words are a start", "identities": [identity]
    });
    let user = admin.post("/v1/users", &new).await.expect(201);
    assert_eq!(user.json["identities"], json!([identity]));

    for key in [&rsa, &Key { algorithm: Algorithm::PS256, ..rsa.clone() }, &ec, &ed] {
        let token = issuer.token(key, "zoe");
        let me = me(&app, &token).await.expect(200);
        assert_eq!(me.json["id"], user.json["id"]);
        assert_eq!((&me.json["role"], &me.json["council"]["slug"]), (&json!("council_editor"), &json!("oldham")));
    }
    // One's own council and no other, as with a password.
    let zoe = app.with_token(&issuer.token(&ed, "zoe"));
    for (council, status) in [("oldham", 200), ("rochdale", 403)] {
        let path = format!("/v1/councils/{council}");
        let etag = zoe.get(&path).await.expect(200).etag().to_owned();
        zoe.patch(&path, &etag, &json!({ "description": "A new one." })).await.expect(status);
    }
    // The audience may be one of several; a token need not say since when it is good.
    let several = issuer.token_but(&ec, "zoe", |_, claims| {
        claims["aud"] = json!(["another", AUDIENCE]);
        claims.as_object_mut().unwrap().retain(|name, _| !["nbf", "iat"].contains(&name.as_str()));
    });
    me(&app, &several).await.expect(200);
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_issuers_for_us_and_good_now_is_refused_alike() {
    let (rsa, ec, ed) = (Key::rsa("rsa"), Key::p256("ec"), Key::ed25519("ed"));
    let (issuer, app, _) = with_admin(&[&rsa, &ec, &ed]).await;
    me(&app, &issuer.token(&ec, "admin")).await.expect(200);
    let now = chrono::Utc::now().timestamp();
    let claim = |name: &'static str, value: Value| issuer.token_but(&ec, "admin", |_, claims| claims[name] = value);
    let without = |name: &'static str| {
        issuer.token_but(&ec, "admin", |_, claims| {
            claims.as_object_mut().unwrap().remove(name);
        })
    };
    let signed = |key: &Key, encoding: &EncodingKey, algorithm| {
        altered(&issuer.token(key, "admin"), encoding, |header, _| header.alg = algorithm)
    };
    let good = issuer.token(&ec, "admin");
    let parts: Vec<&str> = good.split('.').collect();
    let header = |text: Value| URL_SAFE_NO_PAD.encode(text.to_string());
    let none = header(json!({ "alg": "none", "kid": "ec" }));
    let public = |key: &Key, member: &str| URL_SAFE_NO_PAD.decode(key.jwk[member].as_str().unwrap()).unwrap();
    let refused = [
        ("another audience", claim("aud", json!("api://another"))),
        ("no audience", without("aud")),
        ("expired", claim("exp", json!(now - 90))),
        ("no expiry", without("exp")),
        ("not good yet", claim("nbf", json!(now + 90))),
        ("issued in the future", claim("iat", json!(now + 90))),
        ("no subject", without("sub")),
        ("an empty subject", claim("sub", json!(""))),
        ("a subject that is no text", claim("sub", json!(["admin"]))),
        ("an unknown subject", claim("sub", json!("nobody"))),
        ("another case of a subject", claim("sub", json!("Admin"))),
        ("the subject by another claim", claim("sub", json!("oid-admin"))),
        ("HS256 by the point", signed(&ed, &EncodingKey::from_secret(&public(&ed, "x")), Algorithm::HS256)),
        ("HS256 by the modulus", signed(&rsa, &EncodingKey::from_secret(&public(&rsa, "n")), Algorithm::HS256)),
        ("RS512", signed(&rsa, &rsa.encoding, Algorithm::RS512)),
        ("RS256 by the name of the EC key", signed(&ec, &rsa.encoding, Algorithm::RS256)),
        ("ES256 by the name of the RSA key", signed(&rsa, &ec.encoding, Algorithm::ES256)),
        ("another's key by the name of ours", signed(&ed, &Key::ed25519("ed").encoding, Algorithm::EdDSA)),
        ("an unknown key", issuer.token(&Key::ed25519("another"), "admin")),
        ("no kid", issuer.token_but(&ec, "admin", |header, _| header.kid = None)),
        ("a critical extension", issuer.token_but(&ec, "admin", |header, _| header.crit = Some(vec!["b64".into()]))),
        ("none", format!("{none}.{}.", parts[1])),
        ("none, signed", format!("{none}.{}.{}", parts[1], parts[2])),
        (
            "RS256 in an EC header",
            format!("{}.{}.{}", header(json!({ "alg": "RS256", "kid": "ec" })), parts[1], parts[2]),
        ),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
    ];
    let mut details = Vec::new();
    for (what, token) in &refused {
        for path in ["/v1/me", "/v1/councils"] {
            let answer = app.with_token(token).get(path).await;
            assert_eq!(answer.status.as_u16(), 401, "{what} at {path}: {}", answer.text);
            assert_refused(&answer);
            details.push(answer.json["detail"].clone());
        }
    }
    details.dedup();
    assert_eq!(details.len(), 1, "{details:?}");
    // Of an issuer whom nobody has registered: as any token that is not ours.
    for other in [json!("https://another.example"), json!(format!("{}/", issuer.url)), json!([issuer.url])] {
        assert_refused(&me(&app, &claim("iss", other)).await);
    }
    // Clocks differ: half a minute is forgiven.
    for (name, at) in [("exp", now - 30), ("nbf", now + 30), ("iat", now + 30)] {
        me(&app, &claim(name, json!(at))).await.expect(200);
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_do_not_verify_such_tokens_are_passed_over() {
    let (rsa, ec) = (Key::rsa("rsa"), Key::p256("ec"));
    let with = |key: &Key, kid: &str, name: &str, value: Value| {
        let mut jwk = key.jwk.clone();
        jwk["kid"] = json!(kid);
        jwk[name] = value;
        jwk
    };
    let mut nameless = ec.jwk.clone();
    nameless.as_object_mut().unwrap().remove("kid");
    let issuer = Issuer::start(&[]).await;
    issuer.publish_raw(vec![
        json!("no key"),
        json!({ "kty": "oct", "kid": "oct", "k": "c2VjcmV0" }),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "kid": "pqc", "pub": "AAAA" }),
        with(&rsa, "enc", "use", json!("enc")),
        with(&rsa, "sign-only", "key_ops", json!(["sign"])),
        with(&rsa, "ps256", "alg", json!("PS256")),
        with(&rsa, "short", "n", json!(URL_SAFE_NO_PAD.encode([0x80; 128]))),
        with(&ec, "es384", "alg", json!("ES384")),
        nameless,
        rsa.jwk.clone(),
    ]);
    let app = TestApp::with_issuers(&issuer.setting(), &Stopped::now().pace(Duration::from_secs(60))).await;
    let (user, _) = app.user(Role::Moderator, None).await;
    app.map(user, &issuer.url, "one").await;
    me(&app, &issuer.token(&rsa, "one")).await.expect(200);
    for (kid, key) in
        [("enc", &rsa), ("sign-only", &rsa), ("ps256", &rsa), ("short", &rsa), ("es384", &ec), ("ec", &ec)]
    {
        let key = Key { kid, ..key.clone() };
        assert_refused(&me(&app, &issuer.token(&key, "one")).await);
    }
    let fitting = Key { kid: "ps256", algorithm: Algorithm::PS256, ..rsa };
    me(&app, &issuer.token(&fitting, "one")).await.expect(200);
    let secret = Key { kid: "oct", algorithm: Algorithm::HS256, encoding: EncodingKey::from_secret(b"secret"), ..ec };
    assert_refused(&me(&app, &issuer.token(&secret, "one")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_are_those_of_the_moment() {
    let key = Key::ed25519("ed");
    let (issuer, app, user) = with_admin(&[&key]).await;
    let caller = app.with_token(&issuer.token(&key, "admin"));
    let admin = app.admin().await;
    caller.get("/v1/users").await.expect(200);
    let path = format!("/v1/users/{user}");
    let change = async |patch: Value| {
        let etag = admin.get(&path).await.expect(200).etag().to_owned();
        admin.patch(&path, &etag, &patch).await.expect(200)
    };
    change(json!({ "role": "member_viewer" })).await;
    caller.get("/v1/users").await.expect_problem(403, "forbidden");
    assert_eq!(caller.get("/v1/me").await.expect(200).json["role"], "member_viewer");
    change(json!({ "status": "disabled" })).await;
    assert_refused(&caller.get("/v1/me").await);
    change(json!({ "status": "active" })).await;
    caller.get("/v1/me").await.expect(200);
    change(json!({ "identities": [] })).await;
    assert_refused(&caller.get("/v1/me").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_and_passwords_are_for_those_who_signed_in_here() {
    let key = Key::ed25519("ed");
    let (issuer, app, _) = with_admin(&[&key]).await;
    let caller = app.with_token(&issuer.token(&key, "admin"));
    let passwords = json!({ "current_password": crate::support::PASSWORD, "new_password": "three words are a start" });
    for refused in
        [send(caller.request(Method::POST, "/v1/auth/logout")).await, caller.post("/v1/me/password", &passwords).await]
    {
        let refused = refused.expect_problem(403, "forbidden");
        assert!(refused.json["detail"].as_str().unwrap().contains("from another service"), "{}", refused.text);
    }
    caller.get("/v1/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_may_be_known_by_another_claim_and_another_issuer_by_the_same_subject() {
    let (key, other_key) = (Key::ed25519("ed"), Key::ed25519("ed"));
    let (issuer, other) = (Issuer::start(&[&key]).await, Issuer::start(&[&other_key]).await);
    let settings = format!("{},subject_claim=oid; {}", issuer.setting(), other.setting());
    let app = TestApp::with_issuers(&settings, &Stopped::now().pace(Duration::from_secs(60))).await;
    let (one, _) = app.user(Role::Moderator, None).await;
    let (two, _) = app.user(Role::MemberViewer, None).await;
    app.map(one, &issuer.url, "oid-same").await;
    app.map(two, &other.url, "same").await;
    assert_eq!(me(&app, &issuer.token(&key, "same")).await.expect(200).json["id"], one.to_string());
    assert_eq!(me(&app, &other.token(&other_key, "same")).await.expect(200).json["id"], two.to_string());
    // The key of the one is no key of the other, though it has the same name.
    assert_refused(&me(&app, &issuer.token(&other_key, "same")).await);
    assert_refused(&me(&app, &other.token(&key, "same")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_belongs_to_one_user() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let new = |email: &str, subjects: &[&str]| {
        let identities: Vec<_> =
            subjects.iter().map(|one| json!({ "issuer": "https://a.example", "subject": one })).collect();
        json!({ "email": email, "role": "moderator", "initial_password": "three words are a start", "identities": identities })
    };
    let first = admin.post("/v1/users", &new("one@a.example", &["b", "a"])).await.expect(201);
    let subjects = |answer: &Answer| -> Vec<Value> {
        answer.json["identities"].as_array().unwrap().iter().map(|one| one["subject"].clone()).collect()
    };
    assert_eq!(subjects(&first), ["a", "b"], "in a fixed order");
    let path = first.header("location").to_owned();
    let taken = admin.post("/v1/users", &new("two@a.example", &["b"])).await.expect_problem(409, "conflict");
    assert_eq!(taken.faults(), [("/identities".into(), "taken".into())]);
    let twice = admin.post("/v1/users", &new("two@a.example", &["c", "c"])).await.expect_problem(409, "conflict");
    assert_eq!(twice.faults(), [("/identities/1".into(), "repeated".into())]);
    let blank = admin.post("/v1/users", &new("two@a.example", &["c d"])).await.expect_problem(422, "invalid");
    assert_eq!(blank.faults(), [("/identities/0/subject".into(), "malformed".into())]);
    admin.post("/v1/users", &new("two@a.example", &["c"])).await.expect(201);

    // A change of something else leaves them; whoever leaves them out of a PUT has them cleared.
    let named = admin.patch(&path, first.etag(), &json!({ "name": "One" })).await.expect(200);
    assert_eq!(subjects(&named), ["a", "b"]);
    let list = admin.get("/v1/users?role=moderator").await.expect(200);
    assert_eq!(list.each("identities")[0], named.json["identities"]);
    let put = json!({ "email": "one@a.example", "role": "moderator" });
    let cleared = admin.put(&path, named.etag(), &put).await.expect(200);
    assert_eq!((subjects(&cleared).len(), &cleared.json["version"]), (0, &json!(3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_that_is_removed_while_its_request_waits_does_nothing_more() {
    let key = Key::ed25519("ed");
    let (issuer, app, _) = with_admin(&[&key]).await;
    let caller = app.with_token(&issuer.token(&key, "admin"));
    let holder = connect(&app.database.url).await;
    holder.batch_execute("BEGIN; SELECT * FROM audit_head FOR UPDATE").await.unwrap();
    let asked = tokio::spawn(async move { caller.post("/v1/themes", &theme("Too late")).await });
    app.until_waiting(1, || asked.is_finished()).await;
    holder.batch_execute("DELETE FROM external_identities; COMMIT").await.unwrap();
    asked.await.unwrap().expect_problem(401, "bad_credentials");
}
