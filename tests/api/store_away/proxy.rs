//! A line between the service and its database that a test can freeze, cut and mend.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::support::scratch::LONG;

/// How the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Bytes pass.
    Whole,
    /// Connections are taken, nothing passes: as of a machine that hangs.
    Frozen,
    /// Connections are closed, new ones refused: as of a server that is gone.
    Cut,
}

/// The line.
pub struct Proxy {
    /// Address of the database by way of the line.
    pub url: String,
    line: watch::Sender<Line>,
    trap: Arc<Mutex<Option<(&'static str, Line)>>>,
    port: u16,
    accepting: AbortHandle,
}

impl Proxy {
    /// A line to the database at this address, a socket in a folder.
    pub async fn to(url: &str) -> Self {
        let config: tokio_postgres::Config = url.parse().expect("an address");
        let [tokio_postgres::config::Host::Unix(folder)] = config.get_hosts() else { panic!("no socket: {url}") };
        let socket = folder.join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let database = config.get_dbname().expect("a database");
        let url = format!("postgres://registry@127.0.0.1:{port}/{database}?sslmode=disable");
        let line = watch::Sender::new(Line::Whole);
        let trap = Arc::default();
        let accepting = tokio::spawn(accept(listener, port, socket, line.clone(), Arc::clone(&trap))).abort_handle();
        Self { url, line, trap, port, accepting }
    }

    /// Change the line, and wait until callers see it so.
    pub async fn set(&self, line: Line) {
        self.trap.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.line.send_replace(line);
        let wait = async {
            while TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() == (line == Line::Cut) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, wait).await.expect("the line changes");
    }

    /// Change the line when the service next sends this; what it sends with it does not pass.
    pub fn set_at(&self, sent: &'static str, line: Line) {
        *self.trap.lock().unwrap_or_else(PoisonError::into_inner) = Some((sent, line));
    }

    /// How the line is; tells whether a trap has sprung.
    pub fn line(&self) -> Line {
        *self.line.borrow()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

type Trap = Arc<Mutex<Option<(&'static str, Line)>>>;

async fn accept(listener: TcpListener, port: u16, socket: PathBuf, line: watch::Sender<Line>, trap: Trap) {
    let mut listener = Some(listener);
    let mut changes = line.subscribe();
    loop {
        if *changes.borrow_and_update() == Line::Cut {
            // Without a listener the system refuses connections.
            listener = None;
        } else if listener.is_none() {
            listener = TcpListener::bind(("127.0.0.1", port)).await.ok();
        }
        let accepted = async {
            match &listener {
                Some(listener) => listener.accept().await.ok(),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            Some((client, _)) = accepted => {
                tokio::spawn(carry(client, socket.clone(), line.clone(), Arc::clone(&trap)));
            }
        }
    }
}

async fn carry(client: TcpStream, socket: PathBuf, line: watch::Sender<Line>, trap: Trap) {
    let Ok(server) = UnixStream::connect(socket).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // Whichever ends first closes both.
    tokio::select! {
        () = pipe(from_client, to_server, &line, Some(&trap)) => {}
        () = pipe(from_server, to_client, &line, None) => {}
    }
}

async fn pipe(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    line: &watch::Sender<Line>,
    trap: Option<&Trap>,
) {
    let mut changes = line.subscribe();
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let count = tokio::select! {
            read = from.read(&mut bytes) => match read {
                Ok(count @ 1..) => count,
                _ => return,
            },
            _ = changes.wait_for(|line| *line == Line::Cut) => return,
        };
        if let Some(trap) = trap {
            let mut trap = trap.lock().unwrap_or_else(PoisonError::into_inner);
            let text = String::from_utf8_lossy(&bytes[..count]);
            if let Some((_, to)) = trap.take_if(|(sent, _)| text.contains(*sent)) {
                line.send_replace(to);
            }
        }
        let passes = changes.wait_for(|line| *line != Line::Frozen).await.is_ok_and(|line| *line == Line::Whole);
        if !passes || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
