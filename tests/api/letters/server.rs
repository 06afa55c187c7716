//! A small SMTP server (RFC 5321), which keeps what it is sent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A message as received.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Recipients of the envelope.
    pub to: Vec<String>,
    /// Header lines, folded lines joined.
    pub headers: Vec<String>,
    /// The decoded texts of the parts: plain text, and HTML.
    pub texts: Vec<String>,
    /// Words of the AUTH command.
    pub auth: Option<String>,
}

impl Mail {
    /// The value of the only header with this name.
    pub fn header(&self, name: &str) -> &str {
        let start = format!("{}: ", name.to_lowercase());
        let found: Vec<&String> = self.headers.iter().filter(|line| line.to_lowercase().starts_with(&start)).collect();
        assert_eq!(found.len(), 1, "{name}: {:?}", self.headers);
        &found[0][start.len()..]
    }
}

/// The server. It answers for as long as the test runs.
pub struct SmtpServer {
    /// Its address, as in the settings.
    pub url: String,
    received: Arc<Mutex<Vec<Mail>>>,
    is_full: Arc<AtomicBool>,
}

impl SmtpServer {
    /// Starts it on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (received, is_full) = (Arc::<Mutex<Vec<Mail>>>::default(), Arc::<AtomicBool>::default());
        let (kept, full) = (Arc::clone(&received), Arc::clone(&is_full));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&kept), Arc::clone(&full)));
            }
        });
        Self { url, received, is_full }
    }

    /// Whether it refuses each message for now, after having read it.
    pub fn set_full(&self, is_full: bool) {
        self.is_full.store(is_full, Ordering::SeqCst);
    }

    /// What it was sent, refused messages included.
    pub fn received(&self) -> Vec<Mail> {
        self.received.lock().unwrap().clone()
    }
}

async fn converse(stream: TcpStream, kept: Arc<Mutex<Vec<Mail>>>, is_full: Arc<AtomicBool>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let (mut to, mut auth) = (Vec::new(), None);
    writer.write_all(b"220 tests.example\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.split(' ').next().unwrap().to_uppercase().as_str() {
            "EHLO" => "250-tests.example\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n",
            "AUTH" => {
                auth = Some(line["AUTH ".len()..].to_owned());
                "235 welcome\r\n"
            }
            "RCPT" => {
                to.push(line.split(['<', '>']).nth(1).unwrap().to_owned());
                "250 ok\r\n"
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await.unwrap();
                let mut message = Vec::new();
                while let Ok(Some(line)) = lines.next_line().await
                    && line != "."
                {
                    message.push(line.strip_prefix('.').map(str::to_owned).unwrap_or(line));
                }
                kept.lock().unwrap().push(read(&message, std::mem::take(&mut to), auth.clone()));
                if is_full.load(Ordering::SeqCst) { "452 the mailbox is full\r\n" } else { "250 ok\r\n" }
            }
            "QUIT" => break,
            _ => "250 ok\r\n",
        };
        writer.write_all(answer.as_bytes()).await.unwrap();
    }
    let _ = writer.write_all(b"221 bye\r\n").await;
}

/// Reads a message, line by line.
pub fn read(message: &[String], to: Vec<String>, auth: Option<String>) -> Mail {
    let (headers, body) = split(message);
    let boundary = headers.iter().find_map(|line| line.split("boundary=\"").nth(1)?.split('"').next());
    let texts = match boundary {
        Some(boundary) => {
            let start = format!("--{boundary}");
            body.split(|line| line.starts_with(&start)).filter(|part| part.len() > 1).map(decoded).collect()
        }
        None => vec![decoded(message)],
    };
    Mail { to, headers, texts, auth }
}

/// Headers, with folded lines joined, and the body.
fn split(message: &[String]) -> (Vec<String>, &[String]) {
    let end = message.iter().position(String::is_empty).unwrap_or(message.len());
    let mut headers = Vec::<String>::new();
    for line in &message[..end] {
        match headers.last_mut() {
            Some(last) if line.starts_with(' ') => last.push_str(line),
            _ => headers.push(line.clone()),
        }
    }
    (headers, message.get(end + 1..).unwrap_or_default())
}

fn decoded(part: &[String]) -> String {
    let (headers, body) = split(part);
    let encoding = headers.iter().find_map(|line| line.strip_prefix("Content-Transfer-Encoding: "));
    match encoding.unwrap_or("7bit") {
        "base64" => String::from_utf8(STANDARD.decode(body.concat()).unwrap()).unwrap(),
        "quoted-printable" => {
            let text = body.join("\n").replace("=\n", "");
            let mut parts = text.split('=');
            let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
            for part in parts {
                bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
                bytes.extend_from_slice(&part.as_bytes()[2..]);
            }
            String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
        }
        _ => body.join("\n"),
    }
}
