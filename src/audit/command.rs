//! `ccin-registry audit …`: for whoever runs the service.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use secrecy::SecretString;

use super::model::{Action, RecordKind};
use super::store::{check_key, record};
use super::subject::{Actor, Subject};
use super::verify::{Anchor, Report, verify};
use crate::access::keys::Keys;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The audit trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Follow the chain of events and say which are missing, altered or out of place.
    ///
    /// Prints the end of the chain. Note it elsewhere and give it to the next run as --anchor: only so is it found when
    /// somebody with access to the database puts back an older state of the whole trail.
    Verify(Verify),
    /// Continue the trail with the signing key of this place, because the former one is lost or was replaced.
    ///
    /// The service refuses to start with a key that did not seal the trail; an event sealed with the present key ends that.
    /// Keep the former key for `audit verify --former-key`. Everybody who is signed in must sign in again.
    AdoptKey,
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
        let Self::Verify(Verify { anchor, former_key }) = self else { return adopt(conn, &own).await };
        let mut keys = vec![own];
        for file in former_key {
            let pem = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            keys.push(Keys::load(Some(&SecretString::from(pem)), &file)?);
        }
        // One state of the chain, while the service goes on writing.
        let mut snapshot = conn.build_transaction().read_only().repeatable_read();
        let report = snapshot.run(async |conn| verify(conn, &keys, anchor.as_ref()).await).await?;
        told(&report)
    }
}

async fn adopt(conn: &mut AsyncPgConnection, own: &Keys) -> Result<String, Failure> {
    if check_key(conn, own).await.is_ok() {
        return Ok(format!("The trail is sealed with the signing key {} already.", own.kid));
    }
    conn.transaction(async |conn| {
        record(conn, own, &Actor::COMMAND_LINE, Action::AuditAdoptKey, Subject::all(RecordKind::Registry)).await
    })
    .await?;
    Ok(format!(
        "The trail goes on with the signing key {}. Keep the former one for audit verify --former-key.",
        own.kid
    ))
}

fn told(report: &Report) -> Result<String, Failure> {
    let Report { events, end, findings } = report;
    if findings.is_empty() {
        return Ok(format!("{events} events, and the chain holds. Its end, to be noted elsewhere: {end}"));
    }
    let findings: Vec<String> = findings.iter().map(|finding| format!("  {finding}")).collect();
    Err(format!("the audit trail does not hold ({events} events read):\n{}", findings.join("\n")).into())
}
