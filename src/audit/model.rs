//! Audit event models.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::action::{Action, RecordKind};
use crate::http::page::Order;
use crate::http::response::Versioned;
use crate::registry::councils::model::CouncilRef;
use crate::registry::people::Person;

/// Origin of an action: a request over HTTP (`request`), the same with a one-time link from a letter (`one_time_link`), or
/// the operator (`command_line`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A request over HTTP.
    Request,
    /// A request with a one-time link from a letter.
    OneTimeLink,
    /// The operator, on the command line or by starting the service.
    CommandLine,
}

/// An event of the audit trail.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEvent {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// When the action took place.
    pub created_at: DateTime<Utc>,
    /// Origin of the action: a request, a one-time link, or the operator.
    #[schema(value_type = Origin)]
    pub origin: String,
    /// User who acted. Null on the command line, or if nobody had signed in.
    #[schema(required)]
    pub actor: Option<Person>,
    /// Id of the session that the actor used.
    #[schema(required)]
    pub session: Option<Uuid>,
    /// Id of the API key that the actor used.
    #[schema(required)]
    pub key: Option<Uuid>,
    /// IP address of the client. Shown to network admins only.
    #[schema(required, example = "192.0.2.17")]
    pub address: Option<String>,
    /// Action that was taken.
    #[schema(value_type = Action)]
    pub action: String,
    /// Record that the action was about.
    pub record: AuditedRecord,
    /// Council that the record belonged to at the time.
    #[schema(required)]
    pub council: Option<CouncilRef>,
    /// Version of the record before the action. Null if it did not exist. For a view, the version that was viewed.
    #[schema(required, example = 1)]
    pub version_before: Option<i32>,
    /// Version of the record after the action. Null if it can no longer be read. For a view, the version that was
    /// viewed.
    #[schema(required, example = 2)]
    pub version_after: Option<i32>,
    /// Id of the request (`X-Request-Id`), as in the log.
    #[schema(required, example = "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60")]
    pub request_id: Option<String>,
    /// Position in the chain of events. Shown to network admins only.
    #[schema(required)]
    pub chain: Option<ChainPlace>,
}

impl Versioned for AuditEvent {
    // Events never change.
    fn version(&self) -> i32 {
        1
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.created_at
    }
}

/// Record that an event is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditedRecord {
    /// Kind of record.
    #[schema(value_type = RecordKind)]
    pub resource: String,
    /// Id of the record. Null if the event is not about a single record.
    #[schema(required)]
    pub id: Option<Uuid>,
    /// Slug at the time of the event.
    #[schema(required, example = "get-oldham-working")]
    pub slug: Option<String>,
}

/// Position of an event in the chain. You can note it as an anchor for `ccin-registry audit verify --anchor`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainPlace {
    /// Position, from 1 without gaps.
    #[schema(example = 17, minimum = 1)]
    pub sequence: i64,
    /// SHA-256 hash, in hexadecimal. It covers the event and the hash of the event before.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub hash: String,
}

/// Sort order of the trail: newest first.
pub const ORDER: Order = Order::new("audit_events.sequence", "bigint", true);

/// Filters of the audit trail.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only actions of these users: ids.
    #[serde(default)]
    #[param(inline)]
    pub actor: Vec<Uuid>,
    /// Only actions with these API keys: ids.
    #[serde(default)]
    #[param(inline)]
    pub key: Vec<Uuid>,
    /// Only these actions.
    #[serde(default)]
    #[param(inline, example = json!(["initiative.publish"]))]
    pub action: Vec<Action>,
    /// Only actions on these kinds of record.
    #[serde(default)]
    #[param(inline, example = json!(["initiative"]))]
    pub resource: Vec<RecordKind>,
    /// Only actions on these records: ids.
    #[serde(default)]
    #[param(inline)]
    pub record: Vec<Uuid>,
    /// Only actions at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub since: Option<DateTime<Utc>>,
    /// Only actions before this time (RFC 3339).
    #[param(example = "2027-01-01T00:00:00Z")]
    pub until: Option<DateTime<Utc>>,
    /// Only actions of this request: its `X-Request-Id`.
    #[param(min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9._-]+$")]
    pub request_id: Option<String>,
    /// Events per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}
