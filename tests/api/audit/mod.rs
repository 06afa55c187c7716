//! The audit trail: what leaves which event, who reads them, and how the chain holds.

mod besides;
mod chain;
mod list;
mod tampering;
mod writes;

use ccin_registry::access::keys::Keys;
use ccin_registry::audit::verify::{Anchor, VerifyReport, verify};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use crate::support::database::scratch;
use crate::support::{Answer, Client, TestApp};

/// The keys of the service under test, as a list for [`verify`].
fn own_keys(app: &TestApp) -> Vec<Keys> {
    vec![Keys::load(app.settings.signing_key.as_ref(), &scratch()).expect("keys")]
}

/// What `audit verify` finds.
async fn verified(app: &TestApp, anchor: Option<&Anchor>) -> VerifyReport {
    let mut conn = app.db.get().await.expect("a connection");
    verify(&mut conn, &own_keys(app), anchor).await.expect("a report")
}

/// How many events there are.
async fn count(conn: &mut AsyncPgConnection) -> i64 {
    diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>("(SELECT count(*) FROM audit_events)"))
        .get_result(conn)
        .await
        .expect("a count")
}

/// The events of the request that was answered so, oldest first.
pub async fn events_of(reader: &Client, answer: &Answer) -> Vec<Value> {
    let path = format!("/v1/audit?request_id={}", answer.header("x-request-id"));
    let mut events = reader.get(&path).await.expect(200).json["data"].as_array().expect("a list").clone();
    events.reverse();
    events
}
