//! Change models for responses.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::registry::council_changes::model::CouncilChange;
use crate::registry::councils::model::Council;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::memberships::model::Membership;
use crate::registry::organisations::model::Organisation;
use crate::registry::themes::model::Theme;

/// What happened to a record, from your point of view. `upsert`: store the record as shown. `delete`: the record was
/// deleted, or you can no longer see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The record was created or changed.
    Upsert,
    /// The record was deleted, or the caller can no longer see it.
    Delete,
}

/// Resources in the change feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "API names, documented where they are used")]
pub enum ChangedResource {
    Council,
    Theme,
    Initiative,
    CouncilChange,
    Membership,
    Organisation,
}

impl ChangedResource {
    /// All resources.
    pub const ALL: [Self; 6] =
        [Self::Council, Self::Theme, Self::Initiative, Self::CouncilChange, Self::Membership, Self::Organisation];
}

/// A record, as `GET` returns it to you.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "a page has a thousand at most, and is written at once")]
pub enum ChangedRecord {
    /// A council.
    Council(Council),
    /// A change of councils.
    CouncilChange(CouncilChange),
    /// A theme.
    Theme(Theme),
    /// An initiative with its child records.
    Initiative(Box<Initiative>),
    /// A membership. Only network officers get its terms here.
    Membership(Box<Membership>),
    /// An organisation, without the number of its initiatives.
    Organisation(Box<Organisation>),
}

/// The latest change of a record on this page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Change {
    /// What happened to the record.
    pub change: ChangeKind,
    /// Resource that the record belongs to.
    pub resource: ChangedResource,
    /// Id of the record.
    pub id: Uuid,
    /// When the record, or something it contains, changed. An example is the name of its council.
    pub changed_at: DateTime<Utc>,
    /// The record as `GET` returns it to you. Left out for `delete`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<ChangedRecord>,
}

/// Changes in the order in which they took effect.
#[derive(Serialize, ToSchema)]
pub struct ChangePage {
    /// Changes on this page. Each record appears once.
    #[schema(max_items = 1000)]
    pub data: Vec<Change>,
    /// Link to the next page.
    pub page: ChangeLinks,
}

/// Link to the next page. It is also in the `Link` header (RFC 8288).
#[derive(Serialize, ToSchema)]
pub struct ChangeLinks {
    /// Maximum number of changes per page.
    #[schema(example = 200, minimum = 1, maximum = 1000)]
    pub limit: i64,
    /// Address of the next page. If `more` is true, request it at once; otherwise whenever you like.
    #[schema(format = "uri")]
    pub next: String,
    /// True if more changes are available now.
    #[schema(example = false)]
    pub more: bool,
}

/// Parameters of the change feed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangeQuery {
    /// Only changes of these resources. Default: all.
    #[serde(default)]
    #[param(inline)]
    pub resource: Vec<ChangedResource>,
    /// Changes per page: 1 to 1000. Default: 200. Higher values count as 1000.
    #[param(minimum = 1, example = 200)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` of the page before.
    pub since: Option<String>,
}
