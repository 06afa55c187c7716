//! A proxy between the service and its database that counts round trips.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};
use tokio::task::AbortHandle;

/// The proxy. Statements that are sent before a response arrives count as one round trip.
pub struct Counter {
    /// Address of the database through the proxy.
    pub url: String,
    trips: Arc<AtomicUsize>,
    accepting: AbortHandle,
}

impl Counter {
    /// A proxy to the database at this address, a socket in a folder.
    pub async fn to(url: &str) -> Self {
        let config: tokio_postgres::Config = url.parse().expect("an address");
        let [tokio_postgres::config::Host::Unix(folder)] = config.get_hosts() else { panic!("no socket: {url}") };
        let socket = folder.join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let database = config.get_dbname().expect("a database");
        let url = format!("postgres://registry@127.0.0.1:{port}/{database}?sslmode=disable");
        let trips = Arc::new(AtomicUsize::default());
        let counted = Arc::clone(&trips);
        let accepting = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                near.set_nodelay(true).expect("a setting");
                let Ok(far) = UnixStream::connect(&socket).await else { continue };
                let (near_in, near_out) = near.into_split();
                let (far_in, far_out) = far.into_split();
                let asking = Arc::new(AtomicBool::new(false));
                tokio::spawn(pipe(near_in, far_out, true, Arc::clone(&asking), Arc::clone(&counted)));
                tokio::spawn(pipe(far_in, near_out, false, asking, Arc::clone(&counted)));
            }
        })
        .abort_handle();
        Self { url, trips, accepting }
    }

    /// The round trips since the last call.
    pub fn take(&self) -> usize {
        self.trips.swap(0, Ordering::SeqCst)
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Delay of each response. It is longer than it takes to send statements that do not wait for each other. So these
/// count as one round trip, however fast the database is.
const LATENCY: Duration = Duration::from_millis(5);

/// Forwards bytes. A request after a response starts a round trip.
async fn pipe(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    asks: bool,
    asking: Arc<AtomicBool>,
    trips: Arc<AtomicUsize>,
) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if !asks {
            tokio::time::sleep(LATENCY).await;
        }
        if !asking.swap(asks, Ordering::SeqCst) && asks {
            trips.fetch_add(1, Ordering::SeqCst);
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
