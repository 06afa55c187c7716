//! Models of letters, as network admins see them. The text is never shown: it can hold a one-time token.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::audit::action::RecordKind;
use crate::audit::subject::{Audited, Subject};
use crate::db::enum_text::Word;
use crate::db::schema::letters;
use crate::http::page::Order;
use crate::http::response::Versioned;

/// Where a letter stands: it is to be sent (`waiting`), it was sent (`sent`), or it could not be sent for about three
/// days (`failed`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// To be sent.
    Waiting,
    /// Was sent.
    Sent,
    /// Could not be sent, and is not tried again.
    Failed,
}

/// A letter, without its text.
#[derive(Clone, Debug, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = letters, check_for_backend(Pg))]
pub struct Letter {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// E-mail address of the recipient.
    #[schema(example = "editor@oldham.example")]
    pub recipient: String,
    /// Subject.
    #[schema(example = "Published: Get Oldham Working")]
    pub subject: String,
    /// State.
    #[schema(value_type = LetterState)]
    pub state: Word<LetterState>,
    /// How often somebody tried to send it, since the last retry.
    #[schema(example = 1, minimum = 0)]
    pub attempts: i32,
    /// When it is tried next. Null unless it is waiting.
    #[schema(required)]
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed.
    #[schema(required)]
    pub last_error: Option<String>,
    /// When it was sent.
    #[schema(required)]
    pub sent_at: Option<DateTime<Utc>>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Letter {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

impl Audited for Letter {
    fn subject(&self) -> Subject<'_> {
        Subject::of(RecordKind::Letter, self.id, self.version)
    }
}

/// Order of the list: newest first.
pub const NEWEST_FIRST: Order = Order::new("letters.created_at", "timestamptz", true);

/// Filters of the list of letters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LetterQuery {
    /// Only letters in these states.
    #[serde(default)]
    #[param(inline, example = json!(["waiting"]))]
    pub state: Vec<LetterState>,
    /// Only letters to this e-mail address, in any case.
    #[param(min_length = 1, max_length = 254)]
    pub recipient: Option<String>,
    /// Letters per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}
