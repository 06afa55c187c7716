//! `ccin-registry audit …`: for whoever runs the service.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use diesel_async::AsyncPgConnection;

use super::verify::{Anchor, Report, verify};
use crate::auth::keys::Keys;
use crate::config::Secret;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The audit trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Follow the chain of events and say which are missing, altered or out of place.
    ///
    /// Prints the end of the chain. Note it elsewhere and give it to the next run as --anchor: only so is it found when
    /// somebody with access to the database puts back an older state of the whole trail.
    Verify(Verify),
}

/// What the chain is held against.
#[derive(Args, Debug)]
pub struct Verify {
    /// An event that was noted earlier, as NUMBER:HASH; it must still be there.
    #[arg(long, value_name = "NUMBER:HASH")]
    anchor: Option<Anchor>,
    /// A signing key (PEM) that was used before the present one; may be given more than once.
    #[arg(long, value_name = "FILE")]
    former_key: Vec<PathBuf>,
}

impl AuditCommand {
    /// Do it; the answer is what to print. A chain that does not hold is a failure.
    pub async fn run(self, conn: &mut AsyncPgConnection, own: Keys) -> Result<String, Failure> {
        let Self::Verify(Verify { anchor, former_key }) = self;
        let mut keys = vec![own];
        for file in former_key {
            let pem = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            keys.push(Keys::load(Some(&Secret::from(pem)), &file)?);
        }
        // One state of the chain, while the service goes on writing.
        let mut snapshot = conn.build_transaction().read_only().repeatable_read();
        let report = snapshot.run(async |conn| verify(conn, &keys, anchor.as_ref()).await).await?;
        told(&report)
    }
}

fn told(report: &Report) -> Result<String, Failure> {
    let Report { events, end, findings } = report;
    if findings.is_empty() {
        return Ok(format!("{events} events, and the chain holds. Its end, to be noted elsewhere: {end}"));
    }
    let findings: Vec<String> = findings.iter().map(|finding| format!("  {finding}")).collect();
    Err(format!("the audit trail does not hold ({events} events read):\n{}", findings.join("\n")).into())
}
