//! Bodies that are at fault as a whole, and addresses full of metacharacters: refused alike everywhere, nothing changed.

use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::records::{council, initiative, theme};
use crate::support::{Answer, Client, TestApp};

/// Where a resource is written: the list, one record, and a body that would do.
struct Writable {
    list: &'static str,
    record: String,
    body: Value,
}

async fn writables(app: &TestApp, admin: &Client) -> [Writable; 4] {
    let (user, _) = app.user(ccin_registry::access::role::Role::MemberViewer, None).await;
    let of = |list, record: &str, body| Writable { list, record: format!("{list}/{record}"), body };
    let written = [
        of("/v1/councils", "oldham", council("Newtown")),
        of("/v1/themes", "housing", theme("Newness")),
        of("/v1/initiatives", "edible-york", initiative("Something new", "york")),
        of("/v1/users", &user.to_string(), json!({ "email": "someone@tests.example", "role": "member_viewer" })),
    ];
    for one in &written {
        admin.get(&one.record).await.expect(200);
    }
    written
}

/// Every way to write this resource, with these bytes.
async fn everywhere(admin: &Client, one: &Writable, body: &[u8]) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (method, path) in [(Method::POST, one.list), (Method::PUT, &one.record), (Method::PATCH, &one.record)] {
        let request = admin.request(method, path).header("If-Match", "\"1-0\"");
        answers.push(send(request.header("Content-Type", "application/json").body(body.to_vec())).await);
    }
    answers
}

async fn state(admin: &Client) -> Vec<String> {
    let mut tags = Vec::new();
    for list in ["councils", "themes", "initiatives", "users"] {
        tags.push(admin.get(&format!("/v1/{list}?limit=200")).await.expect(200).etag().to_owned());
    }
    tags
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_object_is_refused_everywhere() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let writables = writables(&app, &admin).await;
    let before = state(&admin).await;
    for one in &writables {
        let good = one.body.to_string();
        let unreadable: Vec<Vec<u8>> = vec![
            b"".into(),
            b" \r\n\t ".into(),
            b"{".into(),
            b"{}{}".into(),
            b"{} trailing".into(),
            b"{'name': 1}".into(),
            b"{\"name\": undefined}".into(),
            b"{\"name\": 1,}".into(),
            b"// a comment\n{}".into(),
            [b"\xef\xbb\xbf", good.as_bytes()].concat(),
            good.replace('"', "\"\u{0}").into_bytes(),
            [&b"{\"name\": \"\xff\xfe\"}"[..]].concat(),
            [&b"{\"name\": \"\xed\xa0\x80\"}"[..]].concat(),
            b"{\"name\": \"\xc0\x80\"}".into(),
            good.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            good.replacen('{', "{\"role\": 1, \"role\": 1, ", 1).into_bytes(),
            good.replacen('{', "{\"a\": {\"b\": 1, \"b\": 2}, ", 1).into_bytes(),
            good.replacen('{', "{\"nam\\u0065\": 1, \"name\": 2, ", 1).into_bytes(),
            [b"[".repeat(10_000), b"]".repeat(10_000)].concat(),
            [b"{\"a\":".repeat(3000), b"1".to_vec(), b"}".repeat(3000)].concat(),
            good.replacen('{', &format!("{{\"n\": {}, ", "9".repeat(5000)), 1).into_bytes(),
        ];
        for body in unreadable {
            for answer in everywhere(&admin, one, &body).await {
                let answer = answer.expect_problem(400, "unreadable");
                assert!(answer.text.len() < 1000, "the refusal repeats the request");
            }
        }
        // What Windows writes is named, so that nobody looks for a fault in the JSON.
        let utf_16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (body, named) in [
            ([b"\xef\xbb\xbf", good.as_bytes()].concat(), "byte order mark"),
            (utf_16.clone(), "UTF-16"),
            ([&b"\xff\xfe"[..], &utf_16].concat(), "UTF-16"),
        ] {
            for answer in everywhere(&admin, one, &body).await {
                let answer = answer.expect_problem(400, "unreadable");
                assert!(answer.text.contains(named) && answer.text.contains("UTF-8"), "{}", answer.text);
            }
        }
        for (body, kind) in
            [("[]", "an array"), ("\"x\"", "text"), ("5", "a number"), ("null", "null"), ("true", "true or false")]
        {
            let arrayed = if body == "[]" { format!("[{good}]") } else { body.into() };
            for answer in everywhere(&admin, one, arrayed.as_bytes()).await {
                let answer = answer.expect_problem(422, "invalid");
                assert_eq!(answer.faults(), [("".into(), "wrong_type".into())]);
                let detail = answer.json["errors"][0]["detail"].as_str().unwrap();
                assert!(
                    detail.contains("it must be an object")
                        && (detail.contains(kind) || detail.contains("not an object")),
                    "{detail}"
                );
            }
        }
    }
    assert_eq!(state(&admin).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_media_type_is_not_read() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let writables = writables(&app, &admin).await;
    let before = state(&admin).await;
    for one in &writables {
        for kind in
            ["", "text/json", "application/x-www-form-urlencoded", "application/xml", "application/merge-patch+json"]
        {
            for (method, path) in [(Method::POST, one.list), (Method::PUT, &one.record)] {
                let request = admin.request(method, path).header("If-Match", "\"1-0\"").header("Content-Type", kind);
                let refused = send(request.body(one.body.to_string())).await;
                assert_eq!(refused.expect_problem(415, "unsupported_media_type").header("accept-patch"), "");
            }
        }
        for (method, path) in [(Method::POST, one.list), (Method::PUT, &one.record), (Method::PATCH, &one.record)] {
            let asked = admin.request(method, &format!("{path}?dry_run=1")).header("If-Match", "\"1-0\"");
            let refused = send(asked.json(&one.body)).await.expect_problem(400, "bad_query");
            assert_eq!(refused.faults(), [("dry_run".into(), "unknown_parameter".into())]);
        }
    }
    assert_eq!(state(&admin).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_ten_megabytes_is_refused_announced_or_in_chunks() {
    let app = TestApp::with_sample().await;
    let (user, _) = app.user(ccin_registry::access::role::Role::NetworkAdmin, None).await;
    let token = app.token(user).await;
    let admin = app.with_token(&token);
    let writables = writables(&app, &admin).await;
    let before = state(&admin).await;
    for one in &writables {
        for (method, path) in [("POST", one.list), ("PUT", &one.record), ("PATCH", &one.record)] {
            for chunked in [false, true] {
                let address = app.url.trim_start_matches("http://").to_owned();
                let framing =
                    if chunked { "Transfer-Encoding: chunked".into() } else { format!("Content-Length: {}", 10 << 20) };
                let head = format!(
                    "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nIf-Match: \"1-0\"\r\n\
                     Content-Type: application/json\r\nConnection: close\r\n{framing}\r\n\r\n"
                );
                let answer = tokio::task::spawn_blocking(move || flood(&address, &head, chunked)).await.unwrap();
                assert!(answer.starts_with("HTTP/1.1 413 "), "{method} {path} chunked: {chunked}: {answer:?}");
                assert!(answer.contains("application/problem+json") && answer.contains("\"too_large\""), "{answer}");
            }
        }
        // As many bytes as the limit of the operation are read, one more is not. None has more than a megabyte.
        for (at, answer) in everywhere(&admin, one, &b" ".repeat((1 << 20) + 1)).await.into_iter().enumerate() {
            let refused = answer.expect_problem(413, "too_large");
            let words = refused.json["detail"].as_str().unwrap().split(' ');
            let limit: usize = words.filter_map(|word| word.parse().ok()).next().unwrap();
            assert!((4096..=1 << 20).contains(&limit), "{limit}");
            for (size, status, code) in [(limit, 400, "unreadable"), (limit + 1, 413, "too_large")] {
                let mut answers = everywhere(&admin, one, &b" ".repeat(size)).await;
                answers.swap_remove(at).expect_problem(status, code);
            }
        }
    }
    assert_eq!(state(&admin).await, before);
}

/// Send ten megabytes for as long as the service takes them; what it says.
fn flood(address: &str, head: &str, chunked: bool) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).expect("a limit");
    stream.write_all(head.as_bytes()).expect("the head is taken");
    let part = if chunked { [b"10000\r\n".as_slice(), &[b' '; 65536], b"\r\n"].concat() } else { vec![b' '; 65536] };
    // The service may hang up as soon as it has refused.
    let _ = (0..160).try_for_each(|_| stream.write_all(&part));
    let _ = stream.write_all(if chunked { b"0\r\n\r\n" } else { b"" });
    // To the end of the answer. The service keeps the connection for a second more, for senders who have not read it yet.
    let (mut answer, mut part) = (Vec::new(), [0; 4096]);
    while !answer.ends_with(b"}")
        && let Ok(count @ 1..) = stream.read(&mut part)
    {
        answer.extend_from_slice(&part[..count]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

const HOSTILE: [&str; 21] = [
    "'",
    "\"",
    "';DROP TABLE councils;--",
    "' OR '1'='1",
    "%",
    "_",
    "%%",
    "old%",
    "_ldham",
    "oldha_",
    "\\",
    "\\'",
    "{}",
    "$1",
    "oldham'--",
    "(SELECT 1)",
    "oldham\u{0}",
    "\u{0}",
    "\u{202e}",
    "🦀",
    "E0800000_",
];

#[tokio::test(flavor = "multi_thread")]
async fn metacharacters_in_addresses_find_nothing_and_break_nothing() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let before = state(&admin).await;
    let encode = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let mut segments: Vec<String> = HOSTILE.iter().map(|text| encode(text)).collect();
    segments.extend(["%FF".into(), "%C0%AF".into(), "%2F".into(), "oldham%2Finitiatives".into(), "x".repeat(5000)]);
    for segment in &segments {
        for list in ["councils", "themes", "initiatives", "users"] {
            let path = format!("/v1/{list}/{segment}");
            for (method, below) in [
                (Method::GET, ""),
                (Method::GET, "/initiatives"),
                (Method::PUT, ""),
                (Method::PATCH, ""),
                (Method::DELETE, ""),
                (Method::POST, "/merge"),
                (Method::POST, "/publish"),
            ] {
                let request = admin.request(method.clone(), &format!("{path}{below}")).header("If-Match", "\"1-0\"");
                let answer = if [Method::GET, Method::DELETE].contains(&method) || below == "/publish" {
                    send(request).await
                } else {
                    send(request.json(&json!({}))).await
                };
                let status = answer.status.as_u16();
                assert!((400..500).contains(&status), "{method} {path}{below}: {status} {}", answer.text);
                assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}{below}");
            }
            if list != "users" {
                send(admin.request(Method::GET, &path)).await.expect_problem(404, "not_found");
            }
        }
        for query in [
            "councils?council",
            "councils?nation",
            "councils?updated_since",
            "themes?broader",
            "themes?status",
            "initiatives?theme",
            "initiatives?principle",
            "initiatives?council",
            "initiatives?participant",
            "initiatives?region",
            "initiatives?kind",
            "initiatives?year_from",
            "initiatives?sort",
            "initiatives?fields",
            "initiatives?include",
            "initiatives?cursor",
            "initiatives?limit",
            "users?council",
            "users?role",
            "principles?scheme",
        ] {
            let answer = admin.get(&format!("/v1/{query}={segment}")).await;
            let code = if segment == "%FF" || segment == "%C0%AF" { "unreadable" } else { "bad_query" };
            answer.expect_problem(400, code);
        }
        let odd = admin.get(&format!("/v1/initiatives?{segment}=1")).await;
        assert_eq!(odd.status, 400, "{segment}");
        let key = admin.request(Method::POST, "/v1/councils").header("Idempotency-Key", segment.as_str());
        assert!(send(key.json(&json!({}))).await.status.is_client_error());
    }
    assert_eq!(state(&admin).await, before);
}
