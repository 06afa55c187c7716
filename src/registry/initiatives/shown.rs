//! The revision that an answer shows.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The revision of an initiative that readers saw at a moment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ShownRevision {
    /// Number of the revision: `GET /v1/initiatives/{initiative}/revisions/{number}`.
    #[schema(example = 1, minimum = 1)]
    pub number: i32,
    /// The moment.
    pub as_at: DateTime<Utc>,
    /// When readers first saw this text.
    pub published_at: DateTime<Utc>,
    /// When readers last saw this text: another one replaced it, or the initiative was unpublished. Null for the present
    /// text.
    #[schema(required)]
    pub replaced_at: Option<DateTime<Utc>>,
}
