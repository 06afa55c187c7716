//! API key models. Only [`IssuedKey`] contains the secret.

use chrono::{DateTime, NaiveDate, Utc};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::access::scope::Scope;
use crate::audit::action::RecordKind;
use crate::audit::subject::{Audited, Subject};
use crate::http::input::Check;
use crate::http::page::Order;
use crate::http::response::Versioned;
use crate::text::Line;

/// Default lifetime of a key, in days.
pub const DAYS: u16 = 365;

/// Status of a key: in use (`active`), past its end date (`expired`) or ended early (`revoked`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyStatus {
    /// In use.
    Active,
    /// Past its end date.
    Expired,
    /// Ended early.
    Revoked,
}

/// Owner of a key.
#[derive(Clone, Default, diesel::Queryable, Serialize, ToSchema)]
pub struct Owner {
    /// Id of the user.
    pub id: Uuid,
    /// Display name.
    #[schema(required, example = "Oldham's editor")]
    pub name: Option<String>,
    /// The owner's council, for the audit trail.
    #[serde(skip)]
    pub council_id: Option<Uuid>,
}

/// An API key, without its secret.
#[derive(Clone, Serialize, ToSchema)]
pub struct ApiKey {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Name of the key.
    #[schema(example = "Council website")]
    pub name: String,
    /// First part of the key, to recognise it by. Null until the key has been collected.
    #[schema(required, example = "ccin_3f2a9c04b1d6")]
    pub prefix: Option<String>,
    /// User for whom the key acts. The key has at most this user's role and council.
    pub owner: Owner,
    /// Scopes: the permissions of the key.
    pub scopes: Vec<Scope>,
    /// Web origins from which browsers can use the key. Empty: no restriction.
    #[schema(example = json!(["https://www.oldham.gov.uk"]))]
    pub origins: Vec<String>,
    /// IP addresses and networks from which the key can be used. Empty: no restriction.
    #[schema(example = json!(["192.0.2.0/24"]))]
    pub networks: Vec<String>,
    /// Status of the key.
    pub status: KeyStatus,
    /// When the key expires.
    pub expires_at: DateTime<Utc>,
    /// When the key was revoked.
    #[schema(required)]
    pub revoked_at: Option<DateTime<Utc>>,
    /// When the secret was last rotated.
    #[schema(required)]
    pub rotated_at: Option<DateTime<Utc>>,
    /// End of the period in which the previous secret still works.
    #[schema(required)]
    pub overlap_until: Option<DateTime<Utc>>,
    /// When the key was last used. May be up to ten seconds out of date.
    #[schema(required)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the key was created.
    pub created_at: DateTime<Utc>,
    /// When the key was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for ApiKey {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A key with its secret. You see it only once: when you create, rotate or collect the key.
#[derive(Serialize, ToSchema)]
pub struct IssuedKey {
    /// Secret. Send it as `X-API-Key`. Store it now: it is not shown again.
    #[schema(example = "ccin_… (77 characters, shown once)")]
    pub key: String,
    /// The key, as in the list of keys.
    pub api_key: ApiKey,
}

/// A web origin (RFC 6454).
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 8, max_length = 200, example = "https://www.oldham.gov.uk",
    pattern = "^https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?$")]
pub struct WebOrigin(#[expect(dead_code, reason = "only its schema is used")] String);

/// An IPv4 address or network, or an IPv6 address or network (CIDR, RFC 4632): `192.0.2.0/24`, `2001:db8::/32`.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 43, example = "192.0.2.0/24",
    pattern = r"^(((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(/([12]?[0-9]|3[0-2]))?|(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{0,4}|::[0-9a-fA-F]{0,4})(/([1-9]?[0-9]|1[01][0-9]|12[0-8]))?)$")]
pub struct Network(#[expect(dead_code, reason = "only its schema is used")] String);

/// Parses a network. A single address counts as a network of one.
pub fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
}

/// An API key to create.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewApiKey {
    /// Name of the key.
    #[schema(required, example = "Council website")]
    pub name: Line<120>,
    /// Scopes: the permissions of the key. The owner's role must allow them all.
    #[schema(required, min_items = 1, max_items = 10)]
    pub scopes: Vec<Scope>,
    /// Id of the user for whom the key acts. Default: you. Network admins can name any user, council editors the people
    /// of their own council.
    pub owner: Option<Uuid>,
    /// Lifetime in days. Default: 365.
    #[schema(minimum = 1, maximum = 1825, example = 365)]
    pub expires_in_days: Option<u16>,
    /// Web origins from which browsers can use the key. Default: no restriction. A key in a web page is public, so give
    /// it `read:public` only. Browsers on other origins can read, but not write (CORS).
    #[schema(max_items = 20, value_type = Vec<WebOrigin>)]
    pub origins: Vec<String>,
    /// IP addresses and networks from which the key can be used. Default: no restriction.
    #[schema(max_items = 20, value_type = Vec<Network>)]
    pub networks: Vec<String>,
}

impl Check for NewApiKey {}

impl NewApiKey {
    /// When the key expires.
    pub fn expires_at(&self) -> DateTime<Utc> {
        Utc::now() + chrono::Duration::days(self.expires_in_days.unwrap_or(DAYS).into())
    }
}

/// Properties of a key that you can change.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ApiKeyUpdate {
    /// Name of the key.
    #[schema(required, example = "Website of the council")]
    pub name: Line<120>,
    /// Web origins from which browsers can use the key. Empty: no restriction.
    #[schema(max_items = 20, value_type = Vec<WebOrigin>)]
    pub origins: Vec<String>,
    /// IP addresses and networks from which the key can be used. Empty: no restriction.
    #[schema(max_items = 20, value_type = Vec<Network>)]
    pub networks: Vec<String>,
}

impl Check for ApiKeyUpdate {}

impl From<&ApiKey> for ApiKeyUpdate {
    fn from(key: &ApiKey) -> Self {
        Self { name: Line::from(key.name.as_str()), origins: key.origins.clone(), networks: key.networks.clone() }
    }
}

/// Options for rotating a key.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rotation {
    /// Seconds for which the old secret still works. Default: one day. Maximum: 30 days. 0 ends it at once.
    #[schema(minimum = 0, maximum = 2_592_000, example = 86_400)]
    pub overlap_seconds: Option<u32>,
}

impl Check for Rotation {}

impl Rotation {
    /// Period for which the old secret still works.
    pub fn overlap(&self) -> chrono::Duration {
        chrono::Duration::seconds(self.overlap_seconds.unwrap_or(86_400).into())
    }
}

/// Usage of a key.
#[derive(Serialize, ToSchema)]
pub struct KeyUsage {
    /// When the key was last used.
    #[schema(required)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Requests per day and endpoint in the last 90 days, most recent day first.
    pub data: Vec<DayUsage>,
}

/// Requests with a key on one day at one endpoint.
#[derive(diesel::Queryable, Serialize, ToSchema)]
pub struct DayUsage {
    /// Day (UTC).
    pub day: NaiveDate,
    /// Method and route.
    #[schema(example = "GET /v1/councils/{council}")]
    pub endpoint: String,
    /// Number of requests, including refused ones.
    #[schema(minimum = 1, example = 12)]
    pub requests: i64,
}

/// Sort orders of the list of keys.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum ApiKeySort {
    /// By name, A to Z.
    #[serde(rename = "name")]
    Name,
    /// By name, Z to A.
    #[serde(rename = "-name")]
    NameDescending,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Created,
    /// Newest first.
    #[serde(rename = "-created_at")]
    CreatedDescending,
}

impl ApiKeySort {
    /// The order in SQL.
    pub fn order(self) -> Order {
        let descending = matches!(self, Self::NameDescending | Self::CreatedDescending);
        match self {
            Self::Name | Self::NameDescending => Order::new("api_keys.name", "text", descending),
            Self::Created | Self::CreatedDescending => Order::new("api_keys.created_at", "timestamptz", descending),
        }
    }
}

/// Filters of the list of keys.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ApiKeyQuery {
    /// Only keys of these users: ids.
    #[serde(default)]
    pub owner: Vec<Uuid>,
    /// Only keys with one of these statuses.
    #[serde(default)]
    #[param(inline)]
    pub status: Vec<KeyStatus>,
    /// Sort order. A minus sign sorts in descending order. Default: `-created_at`, newest first.
    #[param(inline)]
    pub sort: Option<ApiKeySort>,
    /// Keys per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

impl Audited for ApiKey {
    fn subject(&self) -> Subject<'_> {
        Subject { council: self.owner.council_id, ..Subject::of(RecordKind::ApiKey, self.id, self.version) }
    }
}
