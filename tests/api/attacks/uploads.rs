//! Bodies that arrive a byte at a time.

use tokio::io::AsyncWriteExt;

use super::{first, rest, said};
use crate::support::TestApp;

const BODY: &str = "Content-Type: application/json\r\nContent-Length: 100\r\n";

/// 512 bodies of one byte from four addresses gave everybody else 503 for 30 s.
#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_trickle_in_take_no_place_of_those_who_read() {
    let app = TestApp::with_flags(&["--requests-in-work", "8", "--trusted-proxies", "127.0.0.1"]).await;
    let mut trickling = Vec::new();
    for address in 1..=4 {
        for _ in 0..16 {
            let address = format!("192.0.2.{address}");
            trickling.push(said(&app, &address, "POST /v1/auth/login", BODY, b"{").await);
        }
    }
    app.anonymous().get("/v1/councils/oldham").await.expect(200);
    // Of one address no more than its share arrive at a time; another's do.
    let mut one_more = said(&app, "192.0.2.1", "POST /v1/auth/login", BODY, b"{").await;
    assert!(first(&mut one_more).await.starts_with("HTTP/1.1 503 "));
    let mut elsewhere = said(&app, "192.0.2.9", "POST /v1/auth/login", BODY, &[b'x'; 100]).await;
    assert!(first(&mut elsewhere).await.starts_with("HTTP/1.1 400 "));
    // Long before --body-seconds, which is 30.
    for stream in &mut trickling {
        let answer = rest(stream).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_time_is_read_however_it_is_cut() {
    let app = TestApp::with_sample().await;
    let mut stream = said(&app, "192.0.2.1", "POST /v1/auth/login", BODY, b"").await;
    for _ in 0..100 {
        stream.write_all(b"x").await.unwrap();
        tokio::task::yield_now().await;
    }
    assert!(first(&mut stream).await.starts_with("HTTP/1.1 400 "));
}
