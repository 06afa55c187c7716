//! The load generator: persistent connections with one request at a time each, and a minimal parser of HTTP/1.1
//! responses. It must use little CPU, because it runs on the same machine as the server.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Makes the request with this number, as HTTP text.
pub type Requests = Arc<dyn Fn(usize) -> String + Send + Sync>;

/// The measurements of one slice of load.
#[derive(Clone, Default)]
pub struct Slice {
    /// Duration of each request, in microseconds.
    pub latencies: Vec<u32>,
    /// Duration of the slice, in seconds.
    pub seconds: f64,
    /// Total bytes of all bodies.
    pub bytes: u64,
    /// Number of responses with an unexpected status.
    pub errors: usize,
    /// The first of them.
    pub error: Option<String>,
}

impl Slice {
    /// Add another slice of the same load.
    pub fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.seconds += other.seconds;
        self.bytes += other.bytes;
        self.errors += other.errors;
        self.error = self.error.take().or(other.error);
    }
}

/// Send requests over this many connections for this long. `next` numbers them, and a later slice continues from it.
pub async fn drive(
    address: SocketAddr,
    requests: &Requests,
    next: &Arc<AtomicUsize>,
    connections: usize,
    duration: Duration,
) -> io::Result<Slice> {
    let mut clients = Vec::new();
    for _ in 0..connections {
        clients.push(Client::connect(address).await?);
    }
    let began = Instant::now();
    let end = began + duration;
    let tasks: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            let (requests, next) = (Arc::clone(requests), Arc::clone(next));
            tokio::spawn(async move {
                let mut slice = Slice::default();
                while Instant::now() < end {
                    let request = requests(next.fetch_add(1, Ordering::Relaxed));
                    let sent = Instant::now();
                    let response = match client.send(request.as_bytes()).await {
                        Ok(response) => response,
                        // An overloaded server may close a connection as idle before it has read the request.
                        Err(error) => {
                            slice.errors += 1;
                            slice.error.get_or_insert_with(|| error.to_string());
                            client = Client::connect(address).await?;
                            continue;
                        }
                    };
                    slice.latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
                    slice.bytes += response.bytes as u64;
                    if !matches!(response.status, 200 | 201 | 304) {
                        slice.errors += 1;
                        slice.error.get_or_insert_with(|| {
                            let line = request.lines().next().unwrap_or_default();
                            format!("{line}: {} {}", response.status, client.text())
                        });
                    }
                }
                io::Result::Ok(slice)
            })
        })
        .collect();
    let mut sum = Slice::default();
    for task in tasks {
        sum.add(task.await.map_err(io::Error::other)??);
    }
    sum.seconds = began.elapsed().as_secs_f64();
    Ok(sum)
}

/// A response, without its body.
pub struct Response {
    /// The status.
    pub status: u16,
    /// Bytes of the body.
    pub bytes: usize,
    /// Lines of the body, if requested.
    pub lines: usize,
    /// The entity tag.
    pub etag: Option<String>,
    /// Time from the request to the first byte of the body.
    pub first: Duration,
}

/// One connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Start and end of the unread bytes in the buffer.
    unread: (usize, usize),
    /// The start of the last body, for error messages.
    start: Vec<u8>,
    counts_lines: bool,
    reads_etag: bool,
}

impl Client {
    /// Open a connection.
    pub async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let buffer = vec![0; 128 * 1024];
        Ok(Self { stream, buffer, unread: (0, 0), start: Vec::new(), counts_lines: false, reads_etag: false })
    }

    /// As [`Client::connect`], but counts lines and reads entity tags: for single requests, not for load.
    pub async fn with_details(address: SocketAddr) -> io::Result<Self> {
        Ok(Self { counts_lines: true, reads_etag: true, ..Self::connect(address).await? })
    }

    /// The start of the last body.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.start).into_owned()
    }

    /// Send a request and read the response to its end.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<Response> {
        let began = Instant::now();
        self.stream.write_all(request).await?;
        let head = loop {
            let (from, to) = self.unread;
            if let Some(at) = self.buffer[from..to].windows(4).position(|four| four == b"\r\n\r\n") {
                break Head::read(&self.buffer[from..from + at], self.reads_etag, &mut self.unread, at + 4);
            }
            self.fill().await?;
        };
        let first = began.elapsed();
        self.start.clear();
        let (mut bytes, mut lines) = (0, 0);
        match head.length {
            Some(length) => self.skip(length, &mut bytes, &mut lines).await?,
            None => loop {
                let size = self.chunk_size().await?;
                self.skip(size, &mut bytes, &mut lines).await?;
                // The line end after each chunk, and after the empty last one.
                self.skip(2, &mut 0, &mut 0).await?;
                if size == 0 {
                    break;
                }
            },
        }
        Ok(Response { status: head.status, bytes, lines, etag: head.etag, first })
    }

    async fn fill(&mut self) -> io::Result<()> {
        let (from, to) = self.unread;
        if from == to {
            self.unread = (0, 0);
        } else if from > 0 && to == self.buffer.len() {
            self.buffer.copy_within(from..to, 0);
            self.unread = (0, to - from);
        }
        let read = self.stream.read(&mut self.buffer[self.unread.1..]).await?;
        if read == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed a connection"));
        }
        self.unread.1 += read;
        Ok(())
    }

    async fn skip(&mut self, length: usize, bytes: &mut usize, lines: &mut usize) -> io::Result<()> {
        let mut left = length;
        while left > 0 {
            let (from, to) = self.unread;
            let here = left.min(to - from);
            if here == 0 {
                self.fill().await?;
                continue;
            }
            let part = &self.buffer[from..from + here];
            if self.counts_lines {
                *lines += part.iter().filter(|byte| **byte == b'\n').count();
            }
            if self.start.len() < 300 && length != 2 {
                self.start.extend_from_slice(&part[..here.min(300)]);
            }
            self.unread.0 += here;
            left -= here;
        }
        *bytes += length;
        Ok(())
    }

    async fn chunk_size(&mut self) -> io::Result<usize> {
        loop {
            let (from, to) = self.unread;
            if let Some(at) = self.buffer[from..to].windows(2).position(|two| two == b"\r\n") {
                let text = std::str::from_utf8(&self.buffer[from..from + at]).map_err(io::Error::other)?;
                let size = usize::from_str_radix(text.trim(), 16).map_err(io::Error::other)?;
                self.unread.0 += at + 2;
                return Ok(size);
            }
            self.fill().await?;
        }
    }
}

/// The relevant parts of a response's head. Without a length, the body is chunked.
struct Head {
    status: u16,
    length: Option<usize>,
    etag: Option<String>,
}

impl Head {
    fn read(head: &[u8], reads_etag: bool, unread: &mut (usize, usize), bytes: usize) -> Self {
        unread.0 += bytes;
        let text = String::from_utf8_lossy(head);
        let status = text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
        let value = |name: &str| {
            text.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name).then(|| value.trim())
            })
        };
        let length = match status {
            204 | 304 => Some(0),
            _ => value("content-length").and_then(|length| length.parse().ok()),
        };
        let etag = if reads_etag { value("etag").map(str::to_owned) } else { None };
        Self { status, length, etag }
    }
}
