//! Access tokens and the header that they come in: which one is ours as it stands, and what is refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ccin_registry::access::role::Role;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation, decode, decode_header};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::TestApp;
use crate::support::client::send;
use crate::support::tokens::{altered, assert_refused, forged};

#[tokio::test(flavor = "multi_thread")]
async fn the_published_key_verifies_an_access_token() {
    let app = TestApp::empty().await;
    let (user, _) = app.user(Role::Moderator, None).await;
    let token = app.token(user).await;
    let header = decode_header(&token).unwrap();
    assert_eq!((header.typ.as_deref(), header.alg), (Some("at+jwt"), Algorithm::EdDSA));

    let keys = app.anonymous().get("/.well-known/jwks.json").await.expect(200).json;
    let key = &keys["keys"][0];
    assert_eq!(json!(header.kid), key["kid"]);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    let mut members: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x"], "nothing of the private half");
    assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA")));

    let decoding = DecodingKey::from_ed_components(key["x"].as_str().unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&["ccin-registry"]);
    validation.set_audience(&["ccin-registry-api"]);
    let claims = decode::<Value>(&token, &decoding, &validation).unwrap().claims;
    assert_eq!(claims["sub"], user.to_string());
    assert_eq!(claims["client_id"], "ccin-registry");
    for id in ["sid", "jti"] {
        assert!(claims[id].as_str().unwrap().parse::<Uuid>().is_ok(), "{id}");
    }
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    let mut names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["aud", "client_id", "exp", "iat", "iss", "jti", "sid", "sub"], "neither role nor name");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_ours_as_it_stands_is_refused() {
    let app = TestApp::with_sample().await;
    let (user, _) = app.user(Role::NetworkAdmin, None).await;
    let (another, _) = app.user(Role::NetworkAdmin, None).await;
    let good = app.token(user).await;
    let ours = &app.keys.encoding;
    let jwks = app.anonymous().get("/.well-known/jwks.json").await.json;
    let public = URL_SAFE_NO_PAD.decode(jwks["keys"][0]["x"].as_str().unwrap()).unwrap();
    let parts: Vec<&str> = good.split('.').collect();
    let none = URL_SAFE_NO_PAD.encode(json!({ "typ": "at+jwt", "alg": "none", "kid": app.keys.kid }).to_string());
    let claim = |name: &'static str, value: Value| altered(&good, ours, move |_, claims| claims[name] = value);
    let without = |name: &'static str| {
        altered(&good, ours, move |_, claims| {
            claims.as_object_mut().unwrap().remove(name);
        })
    };
    let tokens = [
        ("HS256 by the public key", {
            let secret = EncodingKey::from_secret(&public);
            altered(&good, &secret, |header, _| header.alg = Algorithm::HS256)
        }),
        ("alg none", format!("{none}.{}.", parts[1])),
        ("alg none, signed", format!("{none}.{}.{}", parts[1], parts[2])),
        ("without a signature", format!("{}.{}.", parts[0], parts[1])),
        ("another's claims", {
            let other = app.token(another).await;
            format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2])
        }),
        ("another service's key", altered(&good, &forged(&app.keys).encoding, |_, _| {})),
        ("no kid", altered(&good, ours, |header, _| header.kid = None)),
        ("another kid", altered(&good, ours, |header, _| header.kid = Some("another".into()))),
        ("typ JWT", altered(&good, ours, |header, _| header.typ = Some("JWT".into()))),
        ("no typ", altered(&good, ours, |header, _| header.typ = None)),
        ("another issuer", claim("iss", json!("another"))),
        ("another audience", claim("aud", json!("another"))),
        ("expired", claim("exp", json!(chrono::Utc::now().timestamp() - 1))),
        ("another user's session", claim("sub", json!(another))),
        ("no session of ours", claim("sid", json!(Uuid::now_v7()))),
        ("no exp", without("exp")),
        ("no iss", without("iss")),
        ("no aud", without("aud")),
        ("no sub", without("sub")),
        ("no sid", without("sid")),
    ];
    let same = altered(&good, ours, |_, _| {});
    for path in ["/v1/me", "/v1/councils"] {
        app.with_token(&same).get(path).await.expect(200);
        for (what, token) in &tokens {
            let answer = app.with_token(token).get(path).await;
            assert_eq!(answer.status.as_u16(), 401, "{what} at {path}: {}", answer.text);
            assert_refused(&answer);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_come_as_one_bearer_token_in_the_header() {
    let app = TestApp::with_sample().await;
    let (user, _) = app.user(Role::NetworkAdmin, None).await;
    let token = app.token(user).await;
    let (bearer, token) = (&*format!("Bearer {token}"), &*token);
    let refused: [&[(&str, &str)]; 5] = [
        &[("Authorization", "Basic YTpi")],
        &[("Authorization", "Bearer ")],
        &[("Authorization", "")],
        &[("Authorization", token)],
        &[("X-API-Key", "ccin_0123456789")],
    ];
    let twice: [&[(&str, &str)]; 4] = [
        &[("Authorization", bearer), ("Authorization", bearer)],
        &[("Authorization", bearer), ("Authorization", "Basic YTpi")],
        &[("Authorization", bearer), ("X-API-Key", "ccin_0123456789")],
        &[("Authorization", "Basic YTpi"), ("X-API-Key", "ccin_0123456789")],
    ];
    for path in ["/v1/me", "/v1/councils", "/v1/principles"] {
        let ask = async |headers: &[(&str, &str)]| {
            let request = app.anonymous().request(Method::GET, path);
            send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
        };
        for headers in refused {
            assert_refused(&ask(headers).await);
        }
        for headers in twice {
            let refused = ask(headers).await;
            assert_refused(&refused);
            assert!(refused.text.contains("two"), "{}", refused.text);
        }
    }
    // The scheme's name has no case (RFC 9110, section 11.1); the query string never carries credentials.
    let lower = app.anonymous().request(Method::GET, "/v1/me").header("Authorization", format!("bearer {token}"));
    send(lower).await.expect(200);
    let none = app.anonymous().get(&format!("/v1/me?access_token={token}")).await;
    assert!(!none.expect_problem(400, "unreadable").text.contains(token), "nor does an answer repeat them");
}
