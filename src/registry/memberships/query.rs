//! Query parameters of memberships: sort orders, fields and filters.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::vocabulary::{MemberTier, MembershipStatus};
use crate::text::{PartialDate, Reference};

/// Sort orders of the list of memberships.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub enum MembershipSort {
    /// By name of the member, A to Z.
    #[serde(rename = "member")]
    #[default]
    Member,
    /// By name of the member, Z to A.
    #[serde(rename = "-member")]
    MemberDescending,
    /// Least recently changed first.
    #[serde(rename = "updated_at")]
    Updated,
    /// Most recently changed first.
    #[serde(rename = "-updated_at")]
    UpdatedDescending,
}

impl MembershipSort {
    /// True for a descending order.
    pub fn is_descending(self) -> bool {
        matches!(self, Self::MemberDescending | Self::UpdatedDescending)
    }

    /// True for an order by time of change.
    pub fn is_by_change(self) -> bool {
        matches!(self, Self::Updated | Self::UpdatedDescending)
    }
}

/// Fields of a membership that `fields` can select.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "API names, documented where they are used")]
pub enum MembershipField {
    Id,
    Member,
    Tier,
    From,
    To,
    EndReason,
    Status,
    LastObservedOn,
    Observations,
    RenewalOn,
    ReviewOn,
    Decision,
    Fee,
    Version,
    CreatedAt,
    UpdatedAt,
}

/// Filters of the list of memberships. Repeated parameters are combined with OR, different parameters with AND.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MembershipQuery {
    /// Only memberships at this date: those that had begun by then and, unless you ask for them with `status`, had not
    /// ended. `status` and `last_observed_on` are as of that date. A year, month or day. Default: all memberships, as
    /// of today.
    #[param(inline, example = "2013-12")]
    pub as_at: Option<PartialDate>,
    /// Only memberships of these councils: slug, id or GSS code.
    #[serde(default)]
    #[param(inline, example = json!(["oldham"]))]
    pub council: Vec<Reference>,
    /// Only memberships of these organisations: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["co-operatives-uk"]))]
    pub organisation: Vec<Reference>,
    /// Only these tiers.
    #[serde(default)]
    #[param(inline)]
    pub tier: Vec<MemberTier>,
    /// Only these statuses, as of `as_at` or today.
    #[serde(default)]
    #[param(inline)]
    pub status: Vec<MembershipStatus>,
    /// Only memberships that changed at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
    /// Sort order. A minus sign sorts in descending order. Default: `member`.
    #[param(inline)]
    pub sort: Option<MembershipSort>,
    /// Fields to return, separated by commas. Default: all.
    #[param(inline, style = Form, explode = false, example = json!(["member", "tier", "status"]))]
    pub fields: Option<Vec<MembershipField>>,
    /// Memberships per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// Options for the response with one membership.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MembershipView {
    /// Date for `status` and `last_observed_on`: a year, month or day. Default: today.
    #[param(inline, example = "2020")]
    pub as_at: Option<PartialDate>,
    /// Fields to return, separated by commas. Default: all.
    #[param(inline, style = Form, explode = false, example = json!(["member", "tier", "status"]))]
    pub fields: Option<Vec<MembershipField>>,
}
