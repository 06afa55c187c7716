//! API keys as they are asked for and shown. The secret is in one answer only: [`IssuedKey`].

use chrono::{DateTime, NaiveDate, Utc};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::access::scope::Scope;
use crate::audit::model::RecordKind;
use crate::audit::subject::{Audited, Subject};
use crate::http::input::Check;
use crate::http::page::Order;
use crate::http::response::Resource;
use crate::text::Line;

/// Days after which a key ends when its maker does not say.
pub const DAYS: u16 = 365;

/// What has become of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyStatus {
    /// Good.
    Active,
    /// Ended by itself.
    Expired,
    /// Ended by hand.
    Revoked,
}

/// In whose name a key acts.
#[derive(Clone, Default, diesel::Queryable, Serialize, ToSchema)]
pub struct Owner {
    /// Id of the user.
    pub id: Uuid,
    /// Name to show.
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
    /// What its owner calls it.
    #[schema(example = "Council website")]
    pub name: String,
    /// First part of the key, to recognise it by; null until it has been fetched.
    #[schema(required, example = "ccin_3f2a9c04b1d6")]
    pub prefix: Option<String>,
    /// In whose name it acts: never beyond this user's role and council.
    pub owner: Owner,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Web origins that a browser may use it from; empty: any caller.
    #[schema(example = json!(["https://www.oldham.gov.uk"]))]
    pub origins: Vec<String>,
    /// Addresses and networks that it may be used from; empty: any.
    #[schema(example = json!(["192.0.2.0/24"]))]
    pub networks: Vec<String>,
    /// What has become of it.
    pub status: KeyStatus,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// When it was ended by hand.
    #[schema(required)]
    pub revoked_at: Option<DateTime<Utc>>,
    /// When its secret was last changed.
    #[schema(required)]
    pub rotated_at: Option<DateTime<Utc>>,
    /// Until when the secret before the last rotation is good as well.
    #[schema(required)]
    pub overlap_until: Option<DateTime<Utc>>,
    /// When it was last used; up to ten seconds late.
    #[schema(required)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Grows by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for ApiKey {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A key with its secret: shown once, when it is made, rotated or claimed.
#[derive(Serialize, ToSchema)]
pub struct IssuedKey {
    /// Send it as `X-API-Key`. It is shown this once and cannot be had again.
    #[schema(example = "ccin_… (77 characters, shown once)")]
    pub key: String,
    /// The key as it is listed.
    pub api_key: ApiKey,
}

/// A web origin (RFC 6454).
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 8, max_length = 200, example = "https://www.oldham.gov.uk",
    pattern = "^https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?$")]
pub struct WebOrigin(#[expect(dead_code, reason = "stands for its schema")] String);

/// An IPv4 address or network, or an IPv6 address or network (CIDR, RFC 4632): `192.0.2.0/24`, `2001:db8::/32`.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 43, example = "192.0.2.0/24",
    pattern = r"^(((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(/([12]?[0-9]|3[0-2]))?|(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{0,4}|::[0-9a-fA-F]{0,4})(/([1-9]?[0-9]|1[01][0-9]|12[0-8]))?)$")]
pub struct Network(#[expect(dead_code, reason = "stands for its schema")] String);

/// A network, or a single address as the network of one.
pub fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
}

/// A key to be made.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewApiKey {
    /// What to call it.
    #[schema(required, example = "Council website")]
    pub name: Line<120>,
    /// What it may be used for: none that the owner's role does not have.
    #[schema(required, min_items = 1, max_items = 10)]
    pub scopes: Vec<Scope>,
    /// Id of the user in whose name it acts; you, when left out. Network admins name anyone, council editors people of their
    /// own council.
    pub owner: Option<Uuid>,
    /// Days after which it ends; 365 when left out.
    #[schema(minimum = 1, maximum = 1825, example = 365)]
    pub expires_in_days: Option<u16>,
    /// Web origins that a browser may use it from; none: any caller. A key in a page is public: give it `read:public` only.
    /// Browsers of other origins read and do not write here (CORS).
    #[schema(max_items = 20, value_type = Vec<WebOrigin>)]
    pub origins: Vec<String>,
    /// Addresses and networks that it may be used from; none: any.
    #[schema(max_items = 20, value_type = Vec<Network>)]
    pub networks: Vec<String>,
}

impl Check for NewApiKey {}

impl NewApiKey {
    /// When the key ends by itself.
    pub fn expires_at(&self) -> DateTime<Utc> {
        Utc::now() + chrono::Duration::days(self.expires_in_days.unwrap_or(DAYS).into())
    }
}

/// What may be changed of a key.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ApiKeyUpdate {
    /// What to call it.
    #[schema(required, example = "Website of the council")]
    pub name: Line<120>,
    /// Web origins that a browser may use it from; none: any caller.
    #[schema(max_items = 20, value_type = Vec<WebOrigin>)]
    pub origins: Vec<String>,
    /// Addresses and networks that it may be used from; none: any.
    #[schema(max_items = 20, value_type = Vec<Network>)]
    pub networks: Vec<String>,
}

impl Check for ApiKeyUpdate {}

impl From<&ApiKey> for ApiKeyUpdate {
    fn from(key: &ApiKey) -> Self {
        Self { name: Line::from(key.name.as_str()), origins: key.origins.clone(), networks: key.networks.clone() }
    }
}

/// How a key is rotated.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rotation {
    /// Seconds for which the old secret is good as well; a day when left out, at most 30 days. 0 ends it at once.
    #[schema(minimum = 0, maximum = 2_592_000, example = 86_400)]
    pub overlap_seconds: Option<u32>,
}

impl Check for Rotation {}

impl Rotation {
    /// How long the old secret is good as well.
    pub fn overlap(&self) -> chrono::Duration {
        chrono::Duration::seconds(self.overlap_seconds.unwrap_or(86_400).into())
    }
}

/// How often a key was used.
#[derive(Serialize, ToSchema)]
pub struct KeyUsage {
    /// When it was last used.
    #[schema(required)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Per day and endpoint, the last day first, for the last 90 days.
    pub data: Vec<DayUsage>,
}

/// How often a key was used on a day at an endpoint.
#[derive(diesel::Queryable, Serialize, ToSchema)]
pub struct DayUsage {
    /// Day, UTC.
    pub day: NaiveDate,
    /// Method and route.
    #[schema(example = "GET /v1/councils/{council}")]
    pub endpoint: String,
    /// Requests, refused ones included.
    #[schema(minimum = 1, example = 12)]
    pub requests: i64,
}

/// Orders of the list of keys.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum ApiKeySort {
    /// By name.
    #[serde(rename = "name")]
    Name,
    /// By name, last first.
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
    /// Only keys of one of these users: ids.
    #[serde(default)]
    pub owner: Vec<Uuid>,
    /// Only keys of one of these states.
    #[serde(default)]
    #[param(inline)]
    pub status: Vec<KeyStatus>,
    /// Order; a minus means largest first. Newest first when left out.
    #[param(inline)]
    pub sort: Option<ApiKeySort>,
    /// Rows on a page: 1 to 200, default 20; more is clamped to 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// From `next` or `prev` of an earlier page.
    pub cursor: Option<String>,
}

impl Audited for ApiKey {
    fn subject(&self) -> Subject<'_> {
        Subject { council: self.owner.council_id, ..Subject::of(RecordKind::ApiKey, self.id, self.version) }
    }
}
