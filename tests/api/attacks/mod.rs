//! Attacks that once worked, with the numbers that they reached before and after. Each is a kind: the test takes it further
//! than the one that was found.

mod answers;
mod faults;
mod fuzz;
mod names;
mod readers;
mod rights;
mod texts;
mod uploads;

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::TestApp;

/// A connection of an address of its own, as a trusted proxy would name it, on which this was sent.
async fn said(app: &TestApp, address: &str, request_line: &str, headers: &str, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
    let head = format!("{request_line} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // The answer may come, and the connection end, before all is sent.
    let _ = stream.write_all(body).await;
    stream
}

/// What comes until the other side closes, within ten seconds.
async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // Ended or broken off: both are closed.
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await.expect("it is closed");
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status line and what follows it so far.
async fn first(stream: &mut TcpStream) -> String {
    let mut answer = vec![0; 1024];
    let length = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut answer)).await.expect("an answer");
    String::from_utf8_lossy(&answer[..length.unwrap_or_default()]).into_owned()
}
