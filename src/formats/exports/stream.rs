//! Streams rows from a snapshot to the caller, in constant memory.
//!
//! A task encodes rows and passes chunks through a short queue. For a slow caller, the task waits. It ends when the
//! caller disconnects or stops reading for too long, and then releases the snapshot.

use std::io::{self, BufWriter, IntoInnerError};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::sync::mpsc;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::{sleep, timeout};

use super::encoder::{Encoder, Rest};
use super::parts::Parts;
use super::rows::Rows;
use super::workbook::Book;
use crate::db::Db;
use crate::error::{ApiError, request_id};
use crate::http::limits::shares::Share;

/// Size of a chunk in bytes. Large enough that passing it costs little compared with making it.
const PIECE: usize = 64 * 1024;
/// Maximum number of chunks that wait for a caller.
const WAITING: usize = 4;
/// Maximum duration of an export. Slower callers must ask for less.
const LONGEST: Duration = Duration::from_secs(600);

enum Piece {
    Part(Bytes),
    /// The last chunk.
    Last(Bytes),
    Failed(ApiError),
}

/// Reason why an export ends before its last chunk.
enum End {
    /// The caller disconnected, or stopped reading.
    Unwanted,
    Failed(ApiError),
}

/// The answer broke off. The caller must not treat it as complete.
#[derive(Debug, thiserror::Error)]
#[error("the export broke off")]
pub struct Broken;

/// The outgoing bytes of an export. Ends with an error unless the last chunk has arrived.
pub struct Export {
    first: Option<Bytes>,
    pieces: mpsc::Receiver<Piece>,
    is_over: bool,
}

/// Begins an export. An error before the first row can still become an error answer.
pub async fn begin(db: &Db, place: Share, stall: Duration, rows: Rows, encoder: Encoder) -> Result<Export, ApiError> {
    let (sender, mut pieces) = mpsc::channel(WAITING);
    let id = request_id();
    db.spawn(async move {
        let end = tokio::select! {
            end = pump(rows, encoder, &sender, stall) => end,
            () = sleep(LONGEST) => Err(End::Unwanted),
            () = sender.closed() => Err(End::Unwanted),
        };
        match end {
            Ok(()) => {}
            Err(End::Unwanted) => {
                log::info!(request_id = id.as_str(); "an export ended early: the caller stopped reading");
            }
            Err(End::Failed(error)) => {
                log::error!(request_id = id.as_str(); "an export broke off: {error}");
                let _ = timeout(stall, sender.send(Piece::Failed(error))).await;
            }
        }
        drop(place);
    });
    match pieces.recv().await {
        Some(Piece::Part(first)) => Ok(Export { first: Some(first), pieces, is_over: false }),
        Some(Piece::Last(first)) => Ok(Export { first: Some(first), pieces, is_over: true }),
        Some(Piece::Failed(error)) => Err(error),
        None => Err(ApiError::internal("an export ended before it began")),
    }
}

/// Encodes every row and passes it on.
async fn pump(mut rows: Rows, mut encoder: Encoder, out: &mpsc::Sender<Piece>, stall: Duration) -> Result<(), End> {
    let mut is_first = true;
    while rows.push_next(&mut encoder).map_err(End::Failed)? {
        // Send the first row at once.
        if is_first || encoder.size() >= PIECE {
            is_first = false;
            let part = encoder.take().map_err(unwritten)?;
            if part.is_empty() {
                // A workbook is not sent yet. The caller may have gone meanwhile.
                yield_now().await;
            } else {
                hand_over(out, Piece::Part(part.into()), stall).await?;
            }
        }
    }
    let last = match encoder.finish().map_err(unwritten)? {
        Rest::Bytes(last) => last,
        Rest::Book(book) => send_book(*book, out, stall).await?,
    };
    hand_over(out, Piece::Last(last.into()), stall).await
}

/// Compresses a workbook on another thread and passes it on as it comes. Returns the last bytes.
async fn send_book(book: Book, out: &mpsc::Sender<Piece>, stall: Duration) -> Result<Vec<u8>, End> {
    // When this task ends, the thread finds nobody to write to, and ends too.
    let (sender, mut parts) = mpsc::channel(1);
    let saving = spawn_blocking(move || {
        let mut pieces = BufWriter::with_capacity(PIECE, Parts(sender));
        book.save(&mut pieces)?;
        pieces.into_inner().map(drop).map_err(IntoInnerError::into_error)
    });
    while let Some(part) = parts.recv().await {
        hand_over(out, Piece::Part(Bytes::from(part)), stall).await?;
    }
    saving.await.map_err(|error| End::Failed(ApiError::internal(error)))?.map_err(unwritten)?;
    Ok(Vec::new())
}

async fn hand_over(out: &mpsc::Sender<Piece>, piece: Piece, stall: Duration) -> Result<(), End> {
    match timeout(stall, out.send(piece)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Unwanted),
    }
}

fn unwritten(error: io::Error) -> End {
    End::Failed(ApiError::internal(error))
}

impl Stream for Export {
    type Item = Result<Bytes, Broken>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        if self.is_over {
            return Poll::Ready(None);
        }
        Poll::Ready(match ready!(self.pieces.poll_recv(context)) {
            Some(Piece::Part(piece)) => Some(Ok(piece)),
            Some(Piece::Last(piece)) => {
                self.is_over = true;
                Some(Ok(piece))
            }
            Some(Piece::Failed(_)) | None => {
                self.is_over = true;
                Some(Err(Broken))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::super::columns::Kind;
    use super::super::workbook::Explained;
    use super::*;

    /// A workbook that is larger than what waits for a caller, however well it is compressed.
    fn large() -> Book {
        let column = Explained { name: "noise", kind: Kind::Word, meaning: String::new(), words: Vec::new() };
        let mut book = Book::new("Noise", vec![column], Vec::new()).expect("a workbook");
        for _ in 0..100 {
            let noise: String = (0..1000).map(|_| format!("{:016x}", rand::rng().random::<u64>())).collect();
            book.push([Some(noise)]).expect("a row");
        }
        book
    }

    #[tokio::test]
    async fn a_workbook_that_nobody_reads_or_wants_is_given_up() {
        let stall = Duration::from_millis(100);
        let (sender, unread) = mpsc::channel(WAITING);
        assert!(matches!(send_book(large(), &sender, stall).await, Err(End::Unwanted)), "nobody reads");
        drop(unread);
        assert!(matches!(send_book(large(), &sender, stall).await, Err(End::Unwanted)), "nobody is there");
    }

    #[tokio::test]
    async fn a_workbook_comes_in_pieces() {
        let (sender, mut pieces) = mpsc::channel(WAITING);
        let sent = tokio::spawn(async move { send_book(large(), &sender, Duration::from_secs(30)).await.is_ok() });
        let (mut sizes, mut begin) = (Vec::new(), None);
        while let Some(Piece::Part(part)) = pieces.recv().await {
            begin.get_or_insert_with(|| part.slice(..2));
            sizes.push(part.len());
        }
        assert!(sent.await.expect("a task"));
        assert!(sizes.len() > WAITING && sizes.iter().sum::<usize>() > 500_000, "{sizes:?}");
        assert_eq!(begin.as_deref(), Some(b"PK".as_slice()));
    }
}
