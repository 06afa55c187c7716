//! Models of requests for API keys.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::access::scope::Scope;
use crate::accounts::api_keys::model::NewApiKey;
use crate::accounts::users::model::EmailAddress;
use crate::audit::action::RecordKind;
use crate::audit::subject::{Audited, Subject};
use crate::http::input::Check;
use crate::http::page::Order;
use crate::http::response::Versioned;
use crate::text::Line;

/// Status of a request: waiting for a decision (`pending`), granted but not yet collected (`granted`), refused
/// (`refused`), or collected (`claimed`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// Waiting for a decision.
    Pending,
    /// Granted, and the key has not been collected yet.
    Granted,
    /// Refused.
    Refused,
    /// Granted, and the key has been collected.
    Claimed,
}

/// A request for an API key.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewKeyRequest {
    /// Your name.
    #[schema(required, example = "A. Researcher")]
    pub name: Line<120>,
    /// Your e-mail address. The decision goes there.
    #[schema(required, value_type = EmailAddress)]
    pub email: String,
    /// University, council or other body.
    #[schema(required, example = "University of Somewhere")]
    pub affiliation: Line<160>,
    /// What you want to do with the registry.
    #[schema(required, example = "A comparison of housing initiatives across the four nations")]
    pub purpose: Line<1000, 20>,
}

impl Check for NewKeyRequest {}

/// Confirmation that the request has arrived. It is the same for every requester.
#[derive(Serialize, ToSchema)]
pub struct Receipt {
    /// What happens next.
    #[schema(example = "A network officer will look at your request. The answer goes to your e-mail address.")]
    pub detail: String,
}

/// A request for an API key, as network officers see it.
#[derive(Serialize, ToSchema)]
pub struct KeyRequest {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Name of the requester.
    pub name: String,
    /// E-mail address for the decision, in lower case.
    #[schema(value_type = EmailAddress)]
    pub email: String,
    /// University, council or other body.
    pub affiliation: String,
    /// Purpose of the request.
    pub purpose: String,
    /// Status of the request.
    pub status: RequestStatus,
    /// Reason for the refusal.
    #[schema(required)]
    pub reason: Option<String>,
    /// When the request was granted or refused.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Id of the key that was granted.
    #[schema(required)]
    pub api_key: Option<Uuid>,
    /// When the token for collecting the key expires.
    #[schema(required)]
    pub claim_until: Option<DateTime<Utc>>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the request arrived.
    pub created_at: DateTime<Utc>,
    /// When the request last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for KeyRequest {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// Permission that a requested key can have. `read:public`: read public records, with a quota of its own.
/// `read:members`: read records for members. `export`: download lists of any length. `manage:keys`: rotate, rename and
/// revoke the key, and see its usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum GrantedScope {
    /// Read public records, with a quota of its own.
    #[serde(rename = "read:public")]
    ReadPublic,
    /// Read records for members.
    #[serde(rename = "read:members")]
    ReadMembers,
    /// Download lists of any length.
    #[serde(rename = "export")]
    Export,
    /// Rotate, rename and revoke the key, and see its usage.
    #[serde(rename = "manage:keys")]
    ManageKeys,
}

impl From<GrantedScope> for Scope {
    fn from(scope: GrantedScope) -> Self {
        match scope {
            GrantedScope::ReadPublic => Self::ReadPublic,
            GrantedScope::ReadMembers => Self::ReadMembers,
            GrantedScope::Export => Self::Export,
            GrantedScope::ManageKeys => Self::ManageKeys,
        }
    }
}

/// Decision to grant a request.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Grant {
    /// Scopes: the permissions of the key.
    #[schema(required, min_items = 1, max_items = 4)]
    pub scopes: Vec<GrantedScope>,
    /// Lifetime of the key in days. Default: 365.
    #[schema(minimum = 1, maximum = 1825, example = 365)]
    pub expires_in_days: Option<u16>,
}

impl Check for Grant {}

impl Grant {
    /// The key to create, named after its purpose.
    pub fn key(&self, request: &KeyRequest) -> NewApiKey {
        NewApiKey {
            name: Line::from(request.affiliation.chars().take(120).collect::<String>().trim_end()),
            scopes: self.scopes.iter().map(|scope| Scope::from(*scope)).collect(),
            expires_in_days: self.expires_in_days,
            ..NewApiKey::default()
        }
    }
}

/// Decision to refuse a request.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Refusal {
    /// Reason. The requester sees it.
    #[schema(required, example = "Everything that you name is public and needs no key.")]
    pub reason: Line<1000>,
}

impl Check for Refusal {}

/// One-time token for collecting a key.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Claim {
    /// Token from the letter that announced the grant.
    #[schema(required, min_length = 54, max_length = 54, pattern = "^ccin_claim_[A-Za-z0-9_-]{43}$")]
    pub token: String,
}

impl Check for Claim {}

/// Sort orders of the list of requests.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum RequestSort {
    /// Oldest first.
    #[serde(rename = "created_at")]
    Created,
    /// Newest first.
    #[serde(rename = "-created_at")]
    CreatedDescending,
}

impl RequestSort {
    /// The order in SQL.
    pub fn order(self) -> Order {
        let descending = matches!(self, Self::CreatedDescending);
        Order::new("key_requests.created_at", "timestamptz", descending)
    }
}

/// Filters of the list of requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RequestQuery {
    /// Only requests with one of these statuses.
    #[serde(default)]
    #[param(inline)]
    pub status: Vec<RequestStatus>,
    /// Sort order. A minus sign sorts in descending order. Default: `created_at`, oldest first.
    #[param(inline)]
    pub sort: Option<RequestSort>,
    /// Requests per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

impl Audited for KeyRequest {
    fn subject(&self) -> Subject<'_> {
        Subject::of(RecordKind::KeyRequest, self.id, self.version)
    }
}
