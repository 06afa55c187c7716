//! A small HTTP server that takes messages, or refuses them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A message as received.
#[derive(Clone, Debug)]
pub struct Message {
    /// Headers, with names in lower case.
    pub headers: HashMap<String, String>,
    /// The body as sent.
    pub body: String,
}

impl Message {
    /// A member of the body.
    pub fn member(&self, pointer: &str) -> Value {
        let body: Value = serde_json::from_str(&self.body).unwrap();
        body.pointer(pointer).unwrap_or_else(|| panic!("{pointer}: {body}")).clone()
    }
}

/// The server. It answers for as long as the test runs.
pub struct Receiver {
    /// Port on the loopback address.
    pub port: u16,
    received: Arc<Mutex<Vec<Message>>>,
    status: Arc<AtomicU16>,
    connections: Arc<AtomicU16>,
}

impl Receiver {
    /// Stands for the status of an answer that never comes.
    pub const NEVER: u16 = 0;

    /// Starts it on a free port. It takes every message.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (received, status) = (Arc::<Mutex<Vec<Message>>>::default(), Arc::new(AtomicU16::new(204)));
        let connections = Arc::<AtomicU16>::default();
        let (kept, answered, counted) = (Arc::clone(&received), Arc::clone(&status), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, Arc::clone(&kept), answered.load(Ordering::SeqCst)));
            }
        });
        Self { port, received, status, connections }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// Answers with this status from now on.
    pub fn answer_with(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// How often somebody connected.
    pub fn connections(&self) -> u16 {
        self.connections.load(Ordering::SeqCst)
    }

    /// What it was sent since the last call.
    pub fn take(&self) -> Vec<Message> {
        std::mem::take(&mut self.received.lock().unwrap())
    }
}

async fn serve(mut stream: TcpStream, kept: Arc<Mutex<Vec<Message>>>, status: u16) {
    let mut reader = BufReader::new(&mut stream);
    let mut headers = HashMap::new();
    let mut line = String::new();
    while reader.read_line(&mut line).await.is_ok_and(|read| read > 2) {
        if let Some((name, value)) = line.split_once(": ") {
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        line.clear();
    }
    let Some(length) = headers.get("content-length").and_then(|length| length.parse().ok()) else { return };
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await.unwrap();
    kept.lock().unwrap().push(Message { headers, body: String::from_utf8(body).unwrap() });
    if status == Receiver::NEVER {
        std::future::pending::<()>().await;
    }
    let answer =
        format!("HTTP/1.1 {status} X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.unwrap();
}
