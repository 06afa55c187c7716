//! Callers who ask for long answers and do not read them.

use std::time::Duration;

use tokio::io::AsyncReadExt;

use super::{first, rest, said};
use crate::support::TestApp;
use crate::support::many::enter_many;

/// 150 requests whose answers nobody read took the service from 142 MB to 1.4 GB.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_reads_ends_and_gives_its_place_back() {
    let flags = [
        "--requests-in-work",
        "8",
        "--reader-seconds",
        "1",
        "--export-rows",
        "100000",
        "--trusted-proxies",
        "127.0.0.1",
    ];
    let app = TestApp::with_flags(&flags).await;
    enter_many(&app, 20_000, "housing", "oldham").await;
    app.reload().await;
    let ask = async |address: &str| said(&app, address, "GET /v1/initiatives.geojson", "", b"").await;
    // One of eight places is its share, and lasts until the last byte is taken.
    let mut unread = ask("192.0.2.1").await;
    assert!(first(&mut unread).await.starts_with("HTTP/1.1 200 "));
    let mut another = ask("192.0.2.1").await;
    assert!(first(&mut another).await.starts_with("HTTP/1.1 503 "));
    let mut elsewhere = ask("192.0.2.2").await;
    assert!(first(&mut elsewhere).await.starts_with("HTTP/1.1 200 "), "others are not held up");
    // Whoever goes on reading gets all of it.
    let mut whole = Vec::new();
    let mut part = vec![0; 1 << 20];
    loop {
        let length = elsewhere.read(&mut part).await.unwrap();
        whole.extend_from_slice(&part[..length]);
        if length == 0 || whole.ends_with(b"0\r\n\r\n") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(whole.ends_with(b"0\r\n\r\n"), "{} bytes", whole.len());
    // Whoever does not loses the connection; what the kernel had taken before is all that comes.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let broken_off = rest(&mut unread).await;
    assert!(!broken_off.ends_with("0\r\n\r\n"), "{} bytes", broken_off.len());
    let mut again = ask("192.0.2.1").await;
    assert!(first(&mut again).await.starts_with("HTTP/1.1 200 "), "the place was given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn four_slow_readers_do_not_close_exports_for_all() {
    let app = TestApp::with_flags(&["--export-rows", "100000", "--trusted-proxies", "127.0.0.1"]).await;
    enter_many(&app, 20_000, "housing", "oldham").await;
    app.reload().await;
    let ask = async |address: &str| said(&app, address, "GET /v1/initiatives.csv", "", b"").await;
    let mut slow = Vec::new();
    for _ in 0..4 {
        slow.push(ask("192.0.2.1").await);
        // Each is at work before the next one asks.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for (at, stream) in slow.iter_mut().enumerate() {
        let status = if at < 2 { "200" } else { "503" };
        assert!(first(stream).await.starts_with(&format!("HTTP/1.1 {status} ")), "number {at}");
    }
    let mut elsewhere = ask("192.0.2.2").await;
    let answer = first(&mut elsewhere).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_no_more_connections_than_its_share() {
    let app = TestApp::with_flags(&["--connections-of-an-address", "8"]).await;
    // A long answer that was read holds its connection no longer.
    for _ in 0..20 {
        let mut whole = said(&app, "-", "GET /openapi.json", "Connection: close\r\n", b"").await;
        assert!(rest(&mut whole).await.starts_with("HTTP/1.1 200 "));
    }
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(said(&app, "-", "GET /health/ready", "", b"").await);
        assert!(first(open.last_mut().unwrap()).await.starts_with("HTTP/1.1 200 "));
    }
    let mut one_more = said(&app, "-", "GET /health/ready", "", b"").await;
    assert_eq!(rest(&mut one_more).await, "", "closed without an answer");
    open.pop();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut again = said(&app, "-", "GET /health/ready", "", b"").await;
    assert!(first(&mut again).await.starts_with("HTTP/1.1 200 "));
}
