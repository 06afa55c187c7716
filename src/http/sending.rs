//! Sends responses in pieces, and ends connections whose readers stop.
//!
//! actix copies a body into the buffer of the connection and waits for the caller without a limit. So a long response
//! is handed over in pieces. Only one piece is copied at a time; the rest stays in memory that all callers share. A
//! caller who takes no piece within `--reader-seconds` loses the connection. After the last piece, the kernel sends the
//! rest. It waits as long, and its buffer does not grow.

use std::any::Any;
use std::cell::Cell;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt::net::TcpStream;
use actix_web::web::{self, Bytes};
use actix_web::{HttpMessage, rt};

use super::limits::Limits;
use super::limits::concurrency::{Permit, SMALL};
use super::limits::shares::Share;
use crate::config::ServeSettings;

/// Size of a piece in bytes; the buffer of a connection has the same size.
pub const PIECE: usize = SMALL;

/// Bytes of a response that the kernel buffers for a connection; Linux adds as much for its own use. With a round trip
/// of 100 ms, it sends 2.5 MB a second.
const SEND_BUFFER: usize = 256 * 1024;

/// The connection of a request; its data live as long as it does.
pub struct ClientConnection {
    socket: Socket,
    /// The address's share for this connection.
    _share: Share,
}

/// Ends a connection.
#[derive(Clone, Copy)]
struct Socket(#[cfg(unix)] std::os::fd::RawFd);

impl Socket {
    /// Ends the connection. Only for an open connection, which a response in progress implies.
    fn end(self) {
        #[cfg(unix)]
        let _ = nix::sys::socket::shutdown(self.0, nix::sys::socket::Shutdown::Both);
    }
}

impl ClientConnection {
    /// Registers a new connection, so that it can be ended if its reader is slow. A connection beyond the share of its
    /// address ends at once.
    pub fn note(io: &dyn Any, data: &mut Extensions, limits: &Limits, settings: &ServeSettings) {
        let tls = io.downcast_ref::<actix_tls::accept::rustls_0_23::TlsStream<TcpStream>>();
        let plain = io.downcast_ref::<TcpStream>().or_else(|| tls.map(|tls| tls.get_ref().0));
        let Some((stream, peer)) = plain.and_then(|stream| Some((stream, stream.peer_addr().ok()?.ip()))) else {
            return;
        };
        let socket = Socket(
            #[cfg(unix)]
            std::os::fd::AsRawFd::as_raw_fd(stream),
        );
        let Some(share) = limits.connection(peer, settings) else { return socket.end() };
        #[cfg(unix)]
        if let Err(error) = nix::sys::socket::setsockopt(stream, nix::sys::socket::sockopt::SndBuf, &SEND_BUFFER) {
            log::debug!("could not set the send buffer size: {error}");
        }
        #[cfg(target_os = "linux")]
        if let Err(error) = nix::sys::socket::setsockopt(
            stream,
            nix::sys::socket::sockopt::TcpUserTimeout,
            &(u32::from(settings.limits.reader_seconds) * 1000),
        ) {
            log::debug!("could not set the timeout for unread data: {error}");
        }
        data.insert(Self { socket, _share: share });
    }
}

/// Sends a long response in pieces, and frees the place of its request after the last one.
pub async fn send(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?;
    // A response that fits in one piece is handed over at once.
    let size = response.response().body().size();
    if matches!(size, BodySize::None) || matches!(size, BodySize::Sized(bytes) if bytes <= PIECE as u64) {
        return Ok(response.map_into_boxed_body());
    }
    let request = response.request();
    let place = request.extensions_mut().remove::<Permit>();
    let settings = request.app_data::<web::Data<ServeSettings>>();
    let watched = settings.zip(request.conn_data::<ClientConnection>());
    let progress = Rc::new(Progress::default());
    if let Some((settings, line)) = watched {
        let patience = Duration::from_secs(settings.limits.reader_seconds.into());
        rt::spawn(watch(Rc::downgrade(&progress), patience, line.socket));
    }
    Ok(response
        .map_body(|_, body| BoxBody::new(InPieces { body: body.boxed(), rest: Bytes::new(), progress, _place: place })))
}

/// Progress of a response.
#[derive(Default)]
struct Progress {
    pieces: Cell<u64>,
    /// The next piece is not ready, so the caller is not at fault.
    is_being_made: Cell<bool>,
}

/// Ends the connection of a caller who takes no piece for too long. Stops with the response.
async fn watch(progress: Weak<Progress>, patience: Duration, socket: Socket) {
    let mut before = None;
    loop {
        rt::time::sleep(patience).await;
        let Some(progress) = progress.upgrade() else { return };
        let taken = Some(progress.pieces.get());
        if taken == before && !progress.is_being_made.get() {
            log::info!("ended a connection: the caller read nothing of a response for {} s", patience.as_secs());
            return socket.end();
        }
        before = taken;
    }
}

/// A body that is handed over in pieces.
struct InPieces {
    body: BoxBody,
    rest: Bytes,
    progress: Rc<Progress>,
    _place: Option<Permit>,
}

impl MessageBody for InPieces {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.rest.is_empty() {
            self.progress.is_being_made.set(true);
            match ready!(Pin::new(&mut self.body).poll_next(cx)) {
                Some(Ok(made)) => self.rest = made,
                end => return Poll::Ready(end),
            }
            self.progress.is_being_made.set(false);
        }
        self.progress.pieces.set(self.progress.pieces.get() + 1);
        let length = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(self.rest.split_to(length))))
    }
}
