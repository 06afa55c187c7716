//! Models of webhooks and their deliveries. None contains the secret, but the answer that shows it once.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::audit::action::RecordKind;
use crate::audit::subject::{Audited, Subject};
use crate::db::enum_text::Word;
use crate::db::schema::webhook_deliveries;
use crate::http::input::Check;
use crate::http::page::Order;
use crate::http::response::Versioned;
use crate::registry::councils::model::CouncilRef;
use crate::text::{HttpUrl, Line, Reference};

/// What a webhook is told of. Only of what everybody can see. `initiative.published`: an initiative or a revision of it
/// was published, or an archived initiative restored. `initiative.updated`: a published initiative was changed in
/// another way. `initiative.verified`: its council confirmed that it is still true. `initiative.archived`: it was
/// archived. `initiative.withdrawn`: the public no longer sees it. `council.changed`: a council was created, changed or
/// withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum WebhookTopic {
    /// An initiative was published, or a revision of it.
    #[serde(rename = "initiative.published")]
    InitiativePublished,
    /// A published initiative was changed.
    #[serde(rename = "initiative.updated")]
    InitiativeUpdated,
    /// A published initiative was confirmed.
    #[serde(rename = "initiative.verified")]
    InitiativeVerified,
    /// An initiative was archived.
    #[serde(rename = "initiative.archived")]
    InitiativeArchived,
    /// The public no longer sees an initiative.
    #[serde(rename = "initiative.withdrawn")]
    InitiativeWithdrawn,
    /// A council was created, changed or withdrawn.
    #[serde(rename = "council.changed")]
    CouncilChanged,
}

impl WebhookTopic {
    /// Collection of the records that it is about.
    pub fn collection(self) -> &'static str {
        match self {
            Self::CouncilChanged => "councils",
            _ => "initiatives",
        }
    }
}

/// A webhook, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Webhook {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Council whose editors look after it. Null: network admins do.
    #[schema(required)]
    pub council: Option<CouncilRef>,
    /// Address that messages are posted to.
    #[schema(example = "https://www.oldham.gov.uk/hooks/registry")]
    pub url: String,
    /// What it is told of.
    pub topics: Vec<WebhookTopic>,
    /// What it is for.
    #[schema(required, example = "Shows our newest initiatives on our website")]
    pub description: Option<String>,
    /// False: it is switched off, by somebody or because it failed for three days.
    #[schema(example = true)]
    pub is_active: bool,
    /// First failure since the last success. Null: the last message arrived.
    #[schema(required)]
    pub failing_since: Option<DateTime<Utc>>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Webhook {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

impl Audited for Webhook {
    fn subject(&self) -> Subject<'_> {
        let council = self.council.as_ref().map(|council| council.id);
        Subject { council, ..Subject::of(RecordKind::Webhook, self.id, self.version) }
    }
}

/// A webhook with its secret. You see it only once: when you create the webhook or rotate its secret.
#[derive(Serialize, ToSchema)]
pub struct IssuedWebhook {
    /// Secret that signs the messages (Standard Webhooks). Store it now: it is not shown again.
    #[schema(example = "whsec_… (50 characters, shown once)")]
    pub secret: String,
    /// The webhook, as in the list of webhooks.
    pub webhook: Webhook,
}

/// A webhook to create, or the new content of an existing one.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewWebhook {
    /// Address that messages are posted to: https, and a host that everybody can reach.
    #[schema(required, example = "https://www.oldham.gov.uk/hooks/registry")]
    pub url: HttpUrl,
    /// What it is told of.
    #[schema(required, min_items = 1, max_items = 6)]
    pub topics: Vec<WebhookTopic>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Shows our newest initiatives on our website")]
    pub description: Option<Line<200>>,
    /// Council whose editors look after it: slug, id or GSS code. Council editors can name only their own, which is
    /// their default. Network admins can leave it out to look after it themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "oldham")]
    pub council: Option<Reference>,
    /// Whether messages are sent. While it is switched off, no new ones are collected for it.
    #[schema(default = true)]
    pub is_active: bool,
}

impl Default for NewWebhook {
    fn default() -> Self {
        Self { url: HttpUrl::default(), topics: Vec::new(), description: None, council: None, is_active: true }
    }
}

impl Check for NewWebhook {}

impl From<&Webhook> for NewWebhook {
    fn from(webhook: &Webhook) -> Self {
        Self {
            url: webhook.url.as_str().into(),
            topics: webhook.topics.clone(),
            description: webhook.description.as_deref().map(Into::into),
            council: webhook.council.as_ref().map(|council| council.id.to_string().as_str().into()),
            is_active: webhook.is_active,
        }
    }
}

/// How a delivery went: it is to be delivered (`waiting`), the receiver took it (`delivered`), it could not be delivered
/// for about three days (`failed`), or it was not sent because the public no longer sees the record (`dropped`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookDeliveryState {
    /// To be delivered.
    Waiting,
    /// The receiver took it.
    Delivered,
    /// Could not be delivered, and is not tried again.
    Failed,
    /// Was not sent, because the record had become hidden.
    Dropped,
}

/// A message to a webhook, and how it went.
#[derive(Clone, Debug, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries, check_for_backend(Pg))]
pub struct WebhookDelivery {
    /// Id. The header `webhook-id` of each attempt is `msg_` and this.
    pub id: Uuid,
    /// What it tells of. Null: it is a test.
    #[schema(required, value_type = Option<WebhookTopic>)]
    pub topic: Option<Word<WebhookTopic>>,
    /// Id of the record. Null: it is a test.
    #[serde(rename = "record")]
    #[schema(required)]
    pub record_id: Option<Uuid>,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// State.
    #[schema(value_type = WebhookDeliveryState)]
    pub state: Word<WebhookDeliveryState>,
    /// How often the service tried to deliver it, since the last replay.
    #[schema(example = 1, minimum = 0)]
    pub attempts: i32,
    /// When it is tried next. Null unless it is waiting.
    #[schema(required)]
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// HTTP status of the last answer. Null if there was none.
    #[schema(required, example = 204)]
    pub last_status: Option<i16>,
    /// Why the last attempt failed.
    #[schema(required)]
    pub last_error: Option<String>,
    /// When the receiver last took it.
    #[schema(required)]
    pub delivered_at: Option<DateTime<Utc>>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the message was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for WebhookDelivery {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// Order of the list of webhooks: newest first.
pub const WEBHOOKS_NEWEST_FIRST: Order = Order::new("webhooks.created_at", "timestamptz", true);
/// Order of the list of deliveries: newest first.
pub const DELIVERIES_NEWEST_FIRST: Order = Order::new("webhook_deliveries.created_at", "timestamptz", true);

/// Parameters of the list of webhooks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WebhookQuery {
    /// Webhooks per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// Filters of the list of deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// Only deliveries in these states.
    #[serde(default)]
    #[param(inline, example = json!(["waiting"]))]
    pub state: Vec<WebhookDeliveryState>,
    /// Deliveries per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}
