//! Full exports, compared with `COPY` of the same rows.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tokio_postgres::Client as Postgres;

use crate::generate::tables::Failure;
use crate::load::Client;

/// The public initiatives with their texts.
const COPY: &str =
    "COPY (SELECT i.*, n.* FROM initiatives i LEFT JOIN initiative_narratives n ON n.initiative_id = i.id
    WHERE i.withdrawn_at IS NULL AND i.effective_visibility = 'public') TO STDOUT";
const ROUNDS: usize = 5;

/// The result for one format.
pub struct Export {
    /// The format.
    pub format: &'static str,
    /// Rows.
    pub rows: usize,
    /// Bytes of the whole export.
    pub bytes: usize,
    /// Rows per second of the export.
    pub speed: f64,
    /// Rows per second of `COPY`.
    pub copy: f64,
    /// Time from the request to the head of the response.
    pub first: Duration,
}

/// Measure both formats. The result is the best of several rounds, each with one `COPY` and one export.
pub async fn measure(address: SocketAddr, postgres: &Postgres) -> Result<Vec<Export>, Failure> {
    let mut exports = Vec::new();
    for format in ["ndjson", "csv"] {
        let request = format!("GET /v1/initiatives.{format} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let mut best = Export { format, rows: 0, bytes: 0, speed: 0.0, copy: 0.0, first: Duration::MAX };
        for _ in 0..ROUNDS {
            let (rows, took) = copy(postgres).await?;
            best.rows = rows;
            best.copy = best.copy.max(rows as f64 / took.as_secs_f64());
            let mut client = Client::with_details(address).await?;
            let began = Instant::now();
            let response = client.send(request.as_bytes()).await?;
            let took = began.elapsed();
            // CSV cells may contain line ends, so rows can be counted in NDJSON only.
            if response.status != 200 || (format == "ndjson" && response.lines != rows) {
                return Err(format!("{format}: {} and {} rows of {rows}", response.status, response.lines).into());
            }
            best.bytes = response.bytes;
            best.speed = best.speed.max(rows as f64 / took.as_secs_f64());
            best.first = best.first.min(response.first);
        }
        exports.push(best);
    }
    Ok(exports)
}

async fn copy(postgres: &Postgres) -> Result<(usize, Duration), Failure> {
    let began = Instant::now();
    let rows = postgres.copy_out(COPY).await?;
    let mut rows = std::pin::pin!(rows);
    let mut count = 0;
    // Each message is one row.
    while let Some(row) = rows.next().await {
        row?;
        count += 1;
    }
    Ok((count, began.elapsed()))
}
