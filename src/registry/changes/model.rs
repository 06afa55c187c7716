//! Changes as they are answered.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::registry::councils::model::Council;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::themes::model::Theme;

/// What became of a record, for the caller who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is as shown now.
    Upsert,
    /// It is gone, or no longer for this caller.
    Delete,
}

/// The resources whose changes are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "words of the interface, explained where they are used")]
pub enum ChangedResource {
    Council,
    Theme,
    Initiative,
}

impl ChangedResource {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Council, Self::Theme, Self::Initiative];
}

/// A record as GET shows it to the same caller.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ChangedRecord {
    /// A council.
    Council(Council),
    /// A theme.
    Theme(Theme),
    /// An initiative with its children.
    Initiative(Box<Initiative>),
}

/// The last change of a record on this page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Change {
    /// What became of it.
    pub change: ChangeKind,
    /// What kind of record.
    pub resource: ChangedResource,
    /// Id of the record.
    pub id: Uuid,
    /// When it changed, or something that it shows, such as the name of its council.
    pub changed_at: DateTime<Utc>,
    /// The record as GET shows it; absent for `delete`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<ChangedRecord>,
}

/// Changes in the order in which they took effect.
#[derive(Serialize, ToSchema)]
pub struct ChangePage {
    /// The changes of this page, each record once.
    #[schema(max_items = 1000)]
    pub data: Vec<Change>,
    /// Where to go on.
    pub page: ChangeLinks,
}

/// Where to go on; also in the `Link` header (RFC 8288).
#[derive(Serialize, ToSchema)]
pub struct ChangeLinks {
    /// Most changes on a page.
    #[schema(example = 200, minimum = 1, maximum = 1000)]
    pub limit: i64,
    /// Address of what comes after this page: to be asked at once when there is `more`, otherwise whenever you like.
    #[schema(format = "uri")]
    pub next: String,
    /// True when further changes are there already.
    #[schema(example = false)]
    pub more: bool,
}

/// Which changes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangeQuery {
    /// Only changes of these kinds of record; of all when left out.
    #[serde(default)]
    #[param(inline)]
    pub resource: Vec<ChangedResource>,
    /// Changes on a page: 1 to 1000, default 200; more is clamped to 1000.
    #[param(minimum = 1, example = 200)]
    pub limit: Option<u64>,
    /// From `next` of an earlier page.
    pub since: Option<String>,
}
