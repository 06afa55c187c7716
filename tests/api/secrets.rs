//! No secret is ever logged: the whole run is watched (`support/log.rs`); here is what the watch knows.

use ccin_registry::access::role::Role;
use ccin_registry::accounts::api_keys::key::ApiKey;
use ccin_registry::accounts::due_links::token::LinkToken;
use ccin_registry::accounts::sign_in::token::refresh_token;
use ccin_registry::webhooks::signature::Secret;
use serde_json::json;

use crate::support::log::secret_in;
use crate::support::{PASSWORD, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn the_watch_on_the_log_knows_every_secret_that_the_service_makes() {
    let app = TestApp::empty().await;
    let (user, email) = app.user(Role::MemberViewer, None).await;
    let login = json!({ "email": email, "password": PASSWORD });
    let tokens = app.anonymous().post("/v1/auth/login", &login).await.expect(200).json;
    let key = ApiKey::generate();
    let secrets = [
        PASSWORD.to_owned(),
        tokens["access_token"].as_str().unwrap().to_owned(),
        tokens["refresh_token"].as_str().unwrap().to_owned(),
        app.token(user).await,
        refresh_token(),
        key.reveal().to_owned(),
        format!("ccin_claim_{}", "A".repeat(43)),
        Secret::generate().reveal(),
        LinkToken::generate().reveal().to_owned(),
    ];
    for secret in &secrets {
        assert!(secret_in(&format!("ccin_registry GET /v1/me 200 said={secret}")).is_some(), "{secret}");
    }
    for harmless in [format!("{key:?}"), key.prefix().into(), "ccin_registry::app::server eyJ".into(), email] {
        assert_eq!(secret_in(&format!("ccin_registry::app::server {harmless}")), None, "{harmless}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_an_address_is_not_logged() {
    let app = TestApp::empty().await;
    let client = app.anonymous();
    let key = ApiKey::generate();
    let claim = format!("ccin_claim_{}", "A".repeat(43));
    for secret in [key.reveal(), &refresh_token(), &claim, LinkToken::generate().reveal()] {
        // Logged, it would end the run.
        client.get(&format!("/v1/councils/{secret}")).await.expect(404);
        client.get(&format!("/v1/councils/%63{}", &secret[1..])).await.expect(404);
        client.get(&format!("/nowhere/{secret}/x")).await.expect(404);
    }
}
