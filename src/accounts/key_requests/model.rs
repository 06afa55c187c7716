//! Requests for API keys as they are sent and shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::access::scope::Scope;
use crate::accounts::api_keys::model::NewApiKey;
use crate::accounts::users::model::EmailAddress;
use crate::audit::model::RecordKind;
use crate::audit::subject::{Audited, Subject};
use crate::http::input::Check;
use crate::http::page::Order;
use crate::http::response::Resource;
use crate::text::Line;

/// What has become of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// Nobody has decided yet.
    Pending,
    /// Granted; the key has not been fetched yet.
    Granted,
    /// Refused.
    Refused,
    /// Granted and fetched.
    Claimed,
}

/// A request for an API key.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewKeyRequest {
    /// Who you are.
    #[schema(required, example = "A. Researcher")]
    pub name: Line<120>,
    /// Where the answer goes.
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

/// That a request has arrived; the same whoever asks.
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
    /// Who asks.
    pub name: String,
    /// Where the answer goes, in lower case.
    #[schema(value_type = EmailAddress)]
    pub email: String,
    /// University, council or other body.
    pub affiliation: String,
    /// What for.
    pub purpose: String,
    /// What has become of it.
    pub status: RequestStatus,
    /// Why it was refused.
    #[schema(required)]
    pub reason: Option<String>,
    /// When it was granted or refused.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// The key that was granted.
    #[schema(required)]
    pub api_key: Option<Uuid>,
    /// Until when the key can be fetched.
    #[schema(required)]
    pub claim_until: Option<DateTime<Utc>>,
    /// Grows by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When it arrived.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for KeyRequest {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// What a key that was asked for may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum GrantedScope {
    /// Read what is public, with a quota of one's own.
    #[serde(rename = "read:public")]
    ReadPublic,
    /// Read what is for members.
    #[serde(rename = "read:members")]
    ReadMembers,
    /// Take whole lists away.
    #[serde(rename = "export")]
    Export,
    /// Rotate, rename and revoke the key oneself, and see how it was used.
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

/// How a request is granted.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Grant {
    /// What the key may be used for.
    #[schema(required, min_items = 1, max_items = 4)]
    pub scopes: Vec<GrantedScope>,
    /// Days after which the key ends; 365 when left out.
    #[schema(minimum = 1, maximum = 1825, example = 365)]
    pub expires_in_days: Option<u16>,
}

impl Check for Grant {}

impl Grant {
    /// The key to be made, named after what it is for.
    pub fn key(&self, request: &KeyRequest) -> NewApiKey {
        NewApiKey {
            name: Line::from(request.affiliation.chars().take(120).collect::<String>().trim_end()),
            scopes: self.scopes.iter().map(|scope| Scope::from(*scope)).collect(),
            expires_in_days: self.expires_in_days,
            ..NewApiKey::default()
        }
    }
}

/// Why a request is refused.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Refusal {
    /// Reason, told to who asked.
    #[schema(required, example = "Everything that you name is public and needs no key.")]
    pub reason: Line<1000>,
}

impl Check for Refusal {}

/// The one-time token that fetches a key.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Claim {
    /// From the message that told of the grant.
    #[schema(required, min_length = 54, max_length = 54, pattern = "^ccin_claim_[A-Za-z0-9_-]{43}$")]
    pub token: String,
}

impl Check for Claim {}

/// Orders of the list of requests.
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
    /// Only requests in one of these states.
    #[serde(default)]
    #[param(inline)]
    pub status: Vec<RequestStatus>,
    /// Order; a minus means largest first. Oldest first when left out.
    #[param(inline)]
    pub sort: Option<RequestSort>,
    /// Rows on a page: 1 to 200, default 20; more is clamped to 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// From `next` or `prev` of an earlier page.
    pub cursor: Option<String>,
}

impl Audited for KeyRequest {
    fn subject(&self) -> Subject<'_> {
        Subject::of(RecordKind::KeyRequest, self.id, self.version)
    }
}
