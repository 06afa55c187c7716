//! `ccin-registry audit …`, for the operator of the service.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use secrecy::SecretString;

use super::action::{Action, RecordKind};
use super::store::{check_key, record};
use super::subject::{Actor, Subject};
use super::verify::{Anchor, VerifyReport, verify};
use crate::access::keys::Keys;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The audit trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Verify the chain of events and list those that are missing, altered or out of place.
    ///
    /// Prints the end of the chain. Note it elsewhere and give it to the next run as --anchor. Only this reveals that
    /// somebody with access to the database put back an older state of the whole trail.
    Verify(Verify),
    /// Continue the trail with this installation's signing key, because the former one was lost or replaced.
    ///
    /// The service refuses to start with a key that did not seal the trail. This command adds an event that the present
    /// key seals. Keep the former key for `audit verify --former-key`. All users must sign in again.
    AdoptKey,
}

/// Arguments of `audit verify`.
#[derive(Args, Debug)]
pub struct Verify {
    /// An event that you noted earlier, as NUMBER:HASH; it must still be in the trail.
    #[arg(long, value_name = "NUMBER:HASH")]
    anchor: Option<Anchor>,
    /// A signing key (PEM) that was used before the present one. Can be given more than once.
    #[arg(long, value_name = "FILE")]
    former_key: Vec<PathBuf>,
}

impl AuditCommand {
    /// Runs the command and returns the text to print. An invalid chain is an error.
    pub async fn run(self, conn: &mut AsyncPgConnection, own: Keys) -> Result<String, Failure> {
        let Self::Verify(Verify { anchor, former_key }) = self else { return adopt(conn, &own).await };
        let mut keys = vec![own];
        for file in former_key {
            let pem = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            keys.push(Keys::load(Some(&SecretString::from(pem)), &file)?);
        }
        // Reads one state of the chain while the service continues to write.
        let mut snapshot = conn.build_transaction().read_only().repeatable_read();
        let report = snapshot.run(async |conn| verify(conn, &keys, anchor.as_ref()).await).await?;
        render(&report)
    }
}

async fn adopt(conn: &mut AsyncPgConnection, own: &Keys) -> Result<String, Failure> {
    if check_key(conn, own).await.is_ok() {
        return Ok(format!("The trail is already sealed with the signing key {}.", own.kid));
    }
    conn.transaction(async |conn| {
        record(conn, own, &Actor::COMMAND_LINE, Action::AuditAdoptKey, Subject::all(RecordKind::Registry)).await
    })
    .await?;
    Ok(format!(
        "The trail continues with the signing key {}. Keep the former one for audit verify --former-key.",
        own.kid
    ))
}

fn render(report: &VerifyReport) -> Result<String, Failure> {
    let VerifyReport { events, end, findings } = report;
    if findings.is_empty() {
        return Ok(format!("{events} events. The chain is intact. Note its end elsewhere: {end}"));
    }
    let findings: Vec<String> = findings.iter().map(|finding| format!("  {finding}")).collect();
    Err(format!("the audit trail is not intact ({events} events read):\n{}", findings.join("\n")).into())
}
