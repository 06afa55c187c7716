//! The keys of other issuers: fetched when they are needed, seldom, and from nowhere but where the setting says.

use std::time::Duration;

use ccin_registry::access::role::Role;
use ccin_registry::accounts::issuers::Issuers;
use futures_util::future::join_all;
use nix::sys::signal::Signal;
use serde_json::json;

use crate::support::database::{Database, Template};
use crate::support::issuer::{AUDIENCE, Issuer, Key, Manner, Stopped};
use crate::support::program::Program;
use crate::support::scratch::Scratch;
use crate::support::tokens::assert_refused;
use crate::support::{Answer, Client, TestApp};

/// Longer than any fetch in these tests takes, but for those that never end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A registry, by a clock of the test's own, where the subject `one` of an issuer is a user.
async fn registry(issuer: &Issuer, setting: &str, patience: Duration) -> (TestApp, Stopped) {
    let clock = Stopped::now();
    let app = TestApp::with_issuers(setting, &clock.pace(patience)).await;
    let (user, _) = app.user(Role::Moderator, None).await;
    app.map(user, &issuer.url, "one").await;
    (app, clock)
}

async fn me(app: &TestApp, issuer: &Issuer, key: &Key) -> Answer {
    app.with_token(&issuer.token(key, "one")).get("/v1/me").await
}

fn assert_away(answer: Answer, wait: &str) {
    let answer = answer.expect_problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), wait);
    assert!(answer.json["detail"].as_str().unwrap().contains("issued your token"), "{}", answer.text);
    assert!(!answer.text.contains("127.0.0.1"), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_picked_up_and_a_withdrawn_one_dropped_at_one_fetch_a_minute() {
    let (old, new) = (Key::ed25519("old"), Key::ed25519("new"));
    let issuer = Issuer::start(&[&old]).await;
    let (app, clock) = registry(&issuer, &issuer.setting(), PATIENCE).await;
    assert_eq!(issuer.fetches(), 0, "the service starts while an issuer is away");
    me(&app, &issuer, &old).await.expect(200);

    issuer.publish(&[&old, &new]);
    for _ in 0..3 {
        assert_refused(&me(&app, &issuer, &new).await);
    }
    clock.pass(59);
    assert_refused(&me(&app, &issuer, &new).await);
    assert_eq!(issuer.fetches(), 1);
    clock.pass(1);
    me(&app, &issuer, &new).await.expect(200);
    me(&app, &issuer, &old).await.expect(200);
    assert_eq!(issuer.fetches(), 2);

    issuer.publish(&[&new]);
    clock.pass(60);
    me(&app, &issuer, &old).await.expect(200);
    assert_refused(&me(&app, &issuer, &Key::ed25519("made up")).await);
    assert_eq!(issuer.fetches(), 3);
    assert_refused(&me(&app, &issuer, &old).await);
    me(&app, &issuer, &new).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_fetched_again_within_the_hour_though_nothing_unknown_came() {
    let (old, new) = (Key::ed25519("old"), Key::ed25519("new"));
    let issuer = Issuer::start(&[&old]).await;
    let (app, clock) = registry(&issuer, &issuer.setting(), PATIENCE).await;
    me(&app, &issuer, &old).await.expect(200);
    issuer.publish(&[&new]);
    clock.pass(3599);
    me(&app, &issuer, &old).await.expect(200);
    assert_eq!(issuer.fetches(), 1);
    clock.pass(1);
    // The one that finds the keys old is still served by them; soon nobody is.
    me(&app, &issuer, &old).await.expect(200);
    let deadline = std::time::Instant::now() + PATIENCE;
    while me(&app, &issuer, &old).await.status == 200 {
        assert!(std::time::Instant::now() < deadline, "the withdrawn key still serves");
    }
    assert_eq!(issuer.fetches(), 2);
    me(&app, &issuer, &new).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_cause_one_fetch() {
    let key = Key::ed25519("ed");
    let issuer = Issuer::start(&[&key]).await;
    let (app, clock) = registry(&issuer, &issuer.setting(), PATIENCE).await;
    for answer in join_all((0..4).map(|_| me(&app, &issuer, &key))).await {
        answer.expect(200);
    }
    assert_eq!(issuer.fetches(), 1);
    clock.pass(60);
    let unknown: Vec<Key> = (0..50).map(|_| Key::ed25519("unknown")).collect();
    for answer in join_all(unknown.iter().map(|key| me(&app, &issuer, key))).await {
        assert_refused(&answer);
    }
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_issuer_is_away_known_keys_go_on_and_for_others_nobody_can_tell() {
    let (known, new) = (Key::ed25519("known"), Key::ed25519("new"));
    let issuer = Issuer::start(&[&known]).await;
    let (app, clock) = registry(&issuer, &issuer.setting(), PATIENCE).await;
    me(&app, &issuer, &known).await.expect(200);
    let say = |status, headers: &str, body: &str| Manner::Say(status, headers.into(), body.into());
    let elsewhere = Issuer::start(&[&new]).await;
    let keys = json!({ "keys": [new.jwk] }).to_string();
    for (what, manner) in [
        ("an error", say(500, "", &keys)),
        ("no JSON", say(200, "", "<html>Sign in to the guest network</html>")),
        ("no set", say(200, "", "[]")),
        ("no list", say(200, "", r#"{"keys": {}}"#)),
        ("a redirect", say(302, &format!("Location: {}/keys\r\n", elsewhere.url), &keys)),
        ("too much", say(200, "", &format!("{}{keys}", " ".repeat(256 * 1024)))),
        ("too little", say(200, "", &keys[..keys.len() / 2])),
    ] {
        clock.pass(3600);
        issuer.behave(manner);
        assert_away(me(&app, &issuer, &new).await, "60");
        clock.pass(20);
        assert_away(me(&app, &issuer, &new).await, "40");
        me(&app, &issuer, &known).await.expect(200);
        println!("{what}: kept");
    }
    assert_eq!(elsewhere.fetches(), 0);
    assert_eq!(issuer.fetches(), 8);
    issuer.behave(Manner::Serve);
    issuer.publish(&[&known, &new]);
    clock.pass(60);
    me(&app, &issuer, &new).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_says_nothing_is_not_waited_for() {
    let key = Key::ed25519("ed");
    let issuer = Issuer::start(&[&key]).await;
    issuer.behave(Manner::Hang);
    let (app, clock) = registry(&issuer, &issuer.setting(), Duration::from_millis(50)).await;
    for answer in join_all((0..5).map(|_| me(&app, &issuer, &key))).await {
        assert_away(answer, "60");
    }
    assert_eq!(issuer.fetches(), 1);
    // Nobody else has to wait: not who has no credentials, and not who signed in here.
    app.anonymous().get("/v1/councils").await.expect(200);
    app.moderator().await.get("/v1/me").await.expect(200);
    clock.pass(60);
    assert_away(me(&app, &issuer, &key).await, "60");
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_discovered_where_the_issuer_is_itself() {
    let key = Key::p256("ec");
    let issuer = Issuer::start(&[&key]).await;
    let setting = format!("issuer={},audience={AUDIENCE}", issuer.url);
    let (app, _) = registry(&issuer, &setting, PATIENCE).await;
    me(&app, &issuer, &key).await.expect(200);
    assert_eq!(issuer.fetches(), 1);

    let other = Issuer::start(&[&key]).await;
    other.call_itself(&issuer.url);
    let setting = format!("issuer={},audience={AUDIENCE}", other.url);
    let (app, _) = registry(&other, &setting, PATIENCE).await;
    assert_away(me(&app, &other, &key).await, "60");
    assert_eq!(other.fetches(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_cannot_be_trusted_is_refused_at_the_start() {
    let scratch = Scratch::new("issuers");
    for (setting, says) in [
        ("issuer=http://login.example,audience=a", "is not https"),
        ("issuer=https://login.example,audience=a,jwks=http://login.example/keys", "is not https"),
        ("issuer=https://login.example", "audience= is missing"),
        ("issuer=https://a.example,audience=a;issuer=https://a.example,audience=b", "registered twice"),
    ] {
        for (arguments, variables) in
            [(&["--oidc-issuers", setting][..], &[][..]), (&[][..], &[("CCIN_OIDC_ISSUERS", setting)][..])]
        {
            let ended = Program::run(scratch.path(), arguments, variables, "");
            assert_ne!(ended.code, Some(0), "{setting}");
            assert!(ended.stderr.contains(says), "{setting}: {}", ended.stderr);
        }
    }
    assert!(!scratch.path().join("postgres").exists(), "before anything is brought up");
    let app = TestApp::empty().await;
    let mut settings = app.settings.clone();
    settings.issuer = "https://registry.example".into();
    settings.oidc_issuers = vec!["issuer=https://registry.example,audience=a".parse().unwrap()];
    assert!(Issuers::new(&settings).is_err_and(|error| error.to_string().contains("this registry itself")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_says_why_a_token_was_refused_and_does_not_hold_the_token() {
    let key = Key::ed25519("ed");
    let issuer = Issuer::start(&[&key]).await;
    let (scratch, database) = (Scratch::new("issuer-log"), Database::new(Template::Empty).await);
    let variables = [("DATABASE_URL", &*database.url), ("CCIN_OIDC_ISSUERS", &issuer.setting())];
    let (program, url) = tokio::task::block_in_place(|| Program::serve(scratch.path(), &[], &variables));
    let tokens = [
        issuer.token(&key, "nobody\nat all"),
        issuer.token_but(&key, "one", |_, claims| claims["aud"] = json!("another")),
        issuer.token(&Key::ed25519("ed"), "one"),
        issuer.token(&Key::ed25519("made up"), "one"),
    ];
    for token in &tokens {
        assert_refused(&Client::new(&url, Some(token.clone())).get("/v1/me").await);
    }
    let log = tokio::task::block_in_place(|| program.stop(Signal::SIGTERM)).expect(0).stderr;
    let refusals: Vec<&str> = log.lines().filter(|line| line.contains("was refused")).collect();
    assert_eq!(refusals.len(), tokens.len(), "{log}");
    for (line, cause) in refusals.iter().zip([r"nobody\\nat all", "InvalidAudience", "InvalidSignature", "no such key"])
    {
        assert!(line.contains(cause) && line.contains("INFO") && line.contains("request_id"), "{cause}: {line}");
    }
    for part in tokens.iter().flat_map(|token| token.split('.')) {
        assert!(!log.contains(part), "{log}");
    }
}
