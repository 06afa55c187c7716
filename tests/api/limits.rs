//! Limits: quotas of callers by the tests' own clock, requests in work, sizes, slow bodies.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use ccin_registry::access::account::{Account, Credential, Standing};
use ccin_registry::access::role::Role;
use ccin_registry::access::scope::Scopes;
use ccin_registry::http::limits::Limits;
use ccin_registry::http::limits::bucket::{MOST_BUCKETS, QuotaClock};
use governor::clock::FakeRelativeClock;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::support::client::send;
use crate::support::scratch::connect;
use crate::support::{Answer, Client, PASSWORD, TestApp, settings};

const RECORD: &str = "/v1/councils/oldham";

/// Quota, units left and seconds until all are back, as the headers say.
fn standing(answer: &Answer) -> [u64; 3] {
    let policy = answer.header("ratelimit-policy").strip_prefix("\"default\";q=").expect("a policy");
    let (quota, window) = policy.split_once(";w=").expect("a window");
    assert_eq!(window, "60");
    let now = answer.header("ratelimit").strip_prefix("\"default\";r=").expect("a limit");
    let (left, after) = now.split_once(";t=").expect("a time");
    [quota, left, after].map(|number| number.parse().expect("a number"))
}

/// A GET that a proxy passes on for this address.
async fn from(client: &Client, address: &str, path: &str) -> Answer {
    send(client.request(Method::GET, path).header("X-Forwarded-For", address)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_what_is_left_and_a_429_when_to_come_back() {
    let app = TestApp::with_flags(&["--limit-anonymous", "20"]).await;
    let client = app.anonymous();
    assert_eq!(standing(&client.get(RECORD).await.expect(200)), [20, 19, 3]);
    assert_eq!(standing(&client.get("/v1/councils?limit=1").await.expect(200)), [20, 17, 9], "a list costs two");
    assert_eq!(standing(&client.get("/v1/councils/nowhere").await.expect(404)), [20, 16, 12], "a refusal costs too");
    assert_eq!(standing(&client.get("/v1/nothing").await.expect(404)), [20, 15, 15]);
    assert_eq!(standing(&client.get("/docs/").await.expect(200)), [20, 14, 18]);
    assert_eq!(standing(&client.get("/v1/initiatives?q=food").await), [20, 9, 33], "a search costs five");
    let refused = client.get("/v1/initiatives.csv").await.expect_problem(429, "too_many");
    assert_eq!(standing(&refused), [20, 9, 33], "an export costs ten, and a refusal nothing");
    assert_eq!(refused.header("retry-after"), "3");
    assert_eq!(refused.header("access-control-allow-origin"), "*");

    for path in ["/", "/openapi.json", "/problems/stale", "/.well-known/jwks.json", "/v1/me", "/nowhere"] {
        assert_eq!(standing(&client.get(path).await)[0], 20, "{path}");
    }
    while client.get(RECORD).await.status == 200 {}
    let refused = client.get(RECORD).await.expect_problem(429, "too_many");
    assert_eq!(standing(&refused), [20, 0, 60]);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert_eq!(client.get("/health").await.expect(200).header("ratelimit"), "", "health is not limited");
    app.clock.advance(Duration::from_secs(wait) - Duration::from_millis(1));
    client.get(RECORD).await.expect_problem(429, "too_many");
    app.clock.advance(Duration::from_millis(1));
    client.get(RECORD).await.expect(200);
    app.clock.advance(Duration::from_secs(60));
    assert_eq!(standing(&client.get(RECORD).await.expect(200)), [20, 19, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_costs_what_it_states_however_its_address_is_written() {
    let app = TestApp::with_flags(&["--limit-anonymous", "1000"]).await;
    let client = app.anonymous();
    for (path, units) in [
        ("/v1/councils/oldham", 1),
        ("/v1/%63ouncils/oldham", 1),
        ("/v1/councils?sort=name", 2),
        ("/v1/%63ouncils?sort=name", 2),
        ("/v1/councils/oldham/initiatives?q2=x", 2),
        ("/v1/councils?covers=53.54,-2.11", 5),
        ("/v1/initiatives?include=themes", 5),
        ("/v1/initiatives?%71=co-op", 5),
        ("/v1/initiatives/get-oldham-working?include=themes", 1),
        ("/v1/initiatives/facets", 5),
        ("/v1/suggest?q=co", 1),
        ("/v1/initiatives.csv?q=co-op", 10),
        ("/v1/initiatives%2Ecs%76", 10),
        ("/v1/changes?since=x", 2),
        ("/v1/changes?limit=1000", 10),
        ("/v1/themes/housing/changes.atom", 2),
        ("/ogc", 1),
        ("/ogc/collections/councils/items?limit=200", 2),
        ("/ogc/collections/councils/items?limit=1000", 10),
        ("/embed/initiatives", 2),
        ("/embed/initiatives?q=housing", 5),
        ("/embed/initiatives/get-oldham-working", 1),
        ("/health/live", 0),
        ("/v1/nothing?q=x", 1),
    ] {
        let before = standing(&client.get("/docs/").await)[1] as i64;
        client.get(path).await;
        let after = standing(&client.get("/docs/").await)[1] as i64;
        assert_eq!(before - after, units + 1, "{path}");
        app.clock.advance(Duration::from_secs(60));
    }
    let whole = client.request(Method::GET, "/v1/initiatives").header("Accept", "text/csv");
    assert_eq!(standing(&send(whole).await)[1], 990);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_a_quota_of_its_own_that_goes_with_its_role() {
    let flags = ["--limit-anonymous", "10", "--limit-member", "20", "--limit-officer", "30"];
    let app = TestApp::with_flags(&flags).await;
    let (user, _) = app.user(Role::MemberViewer, None).await;
    let member = app.with_token(&app.token(user).await);
    assert_eq!(standing(&member.get(RECORD).await.expect(200)), [20, 19, 3]);
    // Another session of the same user takes from the same quota, another user does not, nor do strangers from here.
    let again = app.with_token(&app.token(user).await);
    assert_eq!(standing(&again.get(RECORD).await.expect(200)), [20, 18, 6]);
    assert_eq!(standing(&app.editor("oldham").await.get(RECORD).await.expect(200)), [20, 19, 3]);
    for officer in [app.moderator().await, app.admin().await] {
        assert_eq!(standing(&officer.get(RECORD).await.expect(200)), [30, 29, 2]);
    }
    assert_eq!(standing(&app.anonymous().get(RECORD).await.expect(200)), [10, 9, 6]);
    while member.get(RECORD).await.status == 200 {}
    again.get(RECORD).await.expect_problem(429, "too_many");
    app.anonymous().get(RECORD).await.expect(200);
    app.admin().await.get(RECORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_what_a_trusted_proxy_says_and_a_network_of_ipv6_is_one() {
    let app = TestApp::with_flags(&["--limit-anonymous", "10", "--trusted-proxies", "127.0.0.1"]).await;
    let client = app.anonymous();
    for (address, left) in [
        ("192.0.2.1", 9),
        ("192.0.2.1", 8),
        ("192.0.2.2", 9),
        ("198.51.100.1, 192.0.2.1", 7),
        ("::ffff:192.0.2.1", 6),
        ("2001:db8:1:2::1", 9),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", 8),
        ("2001:db8:1:3::1", 9),
    ] {
        assert_eq!(standing(&from(&client, address, RECORD).await.expect(200))[1], left, "{address}");
    }
    let app = TestApp::with_flags(&["--limit-anonymous", "10", "--trusted-proxies", "192.0.2.0/24"]).await;
    let client = app.anonymous();
    for (address, left) in [("192.0.2.1", 9), ("198.51.100.1", 8), ("2001:db8::1", 7)] {
        assert_eq!(
            standing(&from(&client, address, RECORD).await.expect(200))[1],
            left,
            "a stranger's word: {address}"
        );
    }
}

#[test]
fn a_flood_of_addresses_takes_bounded_memory_and_no_quota_of_an_account() {
    let limits =
        Limits::new(&settings(&["--limit-anonymous", "10"]).limits, &QuotaClock::Moved(FakeRelativeClock::default()));
    let network = |number: u32| Some(IpAddr::from(Ipv6Addr::from_bits(u128::from(number) << 64 | 1)));
    for number in 0..MOST_BUCKETS as u32 + 50_000 {
        limits.take(None, network(number), 1);
    }
    assert_eq!(limits.strangers(), MOST_BUCKETS);
    assert_eq!(limits.take(None, network(0), 1).left, 8, "who was there before is not touched");
    assert!(limits.take(None, network(u32::MAX), 1).retry_after.is_some(), "strangers share one quota");
    let account = Account {
        user_id: Uuid::nil(),
        credential: Credential::Session(Uuid::nil()),
        scopes: Scopes::ALL,
        address: network(u32::MAX),
        role: Role::MemberViewer,
        council_id: None,
        standing: Standing { role: Role::MemberViewer, council_id: None, proof: None },
    };
    assert_eq!(limits.take(Some(&account), account.address, 1).retry_after, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_do_not_hold_count_against_the_address() {
    let app = TestApp::with_flags(&["--limit-bad-credentials", "3", "--trusted-proxies", "127.0.0.1"]).await;
    let admin = app.admin().await;
    let guesser = app.with_token("garbage");
    for _ in 0..3 {
        admin.get(RECORD).await.expect(200);
        guesser.get(RECORD).await.expect_problem(401, "bad_credentials");
    }
    let refused = guesser.get(RECORD).await.expect_problem(429, "too_many");
    assert_eq!(refused.header("ratelimit-policy"), "\"credentials\";q=3;w=60");
    assert_eq!(refused.header("retry-after"), "20");
    // Nor are good ones looked at, from there, but for those that held a moment ago; without any, and from elsewhere, all is
    // well.
    admin.get(RECORD).await.expect(200);
    app.moderator().await.get(RECORD).await.expect_problem(429, "too_many");
    let key = app.anonymous().request(Method::GET, RECORD).header("X-API-Key", "ccin_garbage");
    send(key).await.expect_problem(429, "too_many");
    app.anonymous().get(RECORD).await.expect(200);
    from(&admin, "192.0.2.1", RECORD).await.expect(200);
    app.clock.advance(Duration::from_secs(20));
    admin.get(RECORD).await.expect(200);
    guesser.get(RECORD).await.expect_problem(401, "bad_credentials");
    guesser.get(RECORD).await.expect_problem(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_on_signing_in_says_when_to_come_back_and_keeps_its_word() {
    let app = TestApp::with_flags(&["--login-attempts", "2"]).await;
    let (_, email) = app.user(Role::Moderator, None).await;
    let attempt = async |password: &str| {
        app.anonymous().post("/v1/auth/login", &json!({ "email": email, "password": password })).await
    };
    for _ in 0..2 {
        attempt("not the password at all").await.expect_problem(401, "bad_credentials");
    }
    let refused = attempt(PASSWORD).await.expect_problem(429, "too_many");
    assert_eq!(refused.header("retry-after"), "30");
    assert_eq!(refused.header("ratelimit-policy"), "\"login\";q=2;w=60");
    app.clock.advance(Duration::from_secs(30));
    attempt(PASSWORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_requests_in_work_is_a_quick_503_and_health_answers() {
    let app = TestApp::with_flags(&["--requests-in-work", "1"]).await;
    // The request waits for a lock that we hold.
    let (holder, admin) = (connect(&app.database.url).await, app.admin().await);
    holder.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let asked = tokio::spawn(send(admin.request(Method::GET, "/v1/me")));
    app.until_waiting(1, || asked.is_finished()).await;
    let refused = app.anonymous().get("/").await.expect_problem(503, "overloaded");
    assert_eq!(refused.header("retry-after"), "1");
    app.anonymous().get("/health").await.expect(200);
    holder.batch_execute("ROLLBACK").await.unwrap();
    asked.await.unwrap().expect(200);
    app.anonymous().get("/").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_refused_by_name() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    client.get(&format!("/v1/councils?council={}", "x".repeat(8000))).await.expect_problem(400, "bad_query");
    client.get(&format!("/v1/councils?council={}", "x".repeat(8192))).await.expect_problem(414, "address_too_long");
    client.get(&format!("/{}", "x".repeat(9000))).await.expect_problem(414, "address_too_long");

    let query = |count: usize| vec!["theme=housing"; count].join("&");
    client.get(&format!("/v1/initiatives?limit=1&{}", query(99))).await.expect(200);
    let refused = client.get(&format!("/v1/initiatives?limit=1&{}", query(100))).await;
    assert_eq!(refused.expect_problem(400, "bad_query").faults(), [("number 101".into(), "too_many".into())]);

    let with_headers = async |count: usize, length: usize| {
        let request = client.request(Method::GET, RECORD);
        let value = "x".repeat(length);
        send((0..count).fold(request, |request, at| request.header(format!("X-{at}"), &value))).await
    };
    with_headers(50, 20).await.expect(200);
    with_headers(70, 20).await.expect_problem(431, "headers_too_large");
    with_headers(1, 15_000).await.expect(200);
    with_headers(2, 8_200).await.expect_problem(431, "headers_too_large");
    // Here the framework itself gives up, before there is a request.
    with_headers(200, 20).await.expect(431);
}

/// A connection on which the head of a POST and the beginning of its body were sent.
async fn begin_post(app: &TestApp, headers: &str, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
    let head = format!("POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // The answer may come, and the connection end, before all is sent.
    let _ = stream.write_all(body).await;
    stream
}

/// What comes until the other side closes, which it must do soon.
async fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let reading = tokio::time::timeout(Duration::from_secs(8), stream.read_to_end(&mut answer));
    // Ended or broken off: both are closed.
    let _ = reading.await.expect("the connection is closed soon");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_arrive_is_a_408_and_the_end_of_the_connection() {
    let app = TestApp::with_flags(&["--body-seconds", "1"]).await;
    for (headers, body) in [("Content-Length: 100", "{"), ("Transfer-Encoding: chunked", "1\r\n{\r\n")] {
        let headers = format!("Content-Type: application/json\r\n{headers}");
        let answer = rest(begin_post(&app, &headers, body.as_bytes()).await).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{headers}: {answer}");
        assert!(answer.contains("\"timed_out\"") && answer.contains("connection: close"), "{headers}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_refused_is_not_drained() {
    let app = TestApp::empty().await;
    let mut chunk = b"10000\r\n".to_vec();
    chunk.resize(chunk.len() + 0x10000, b'x');
    chunk.extend_from_slice(b"\r\n");
    for (kind, status) in [("application/json", "413"), ("text/plain", "415")] {
        let headers = format!("Content-Type: {kind}\r\nTransfer-Encoding: chunked");
        let stream = begin_post(&app, &headers, &chunk).await;
        let (mut reader, mut writer) = stream.into_split();
        // Goes on for as long as anybody takes it.
        let chunk = chunk.clone();
        let upload = tokio::spawn(async move { while writer.write_all(&chunk).await.is_ok() {} });
        let mut answer = Vec::new();
        let reading = tokio::time::timeout(Duration::from_secs(8), reader.read_to_end(&mut answer));
        let _ = reading.await.expect("the connection is closed soon");
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        upload.abort();
    }
}
