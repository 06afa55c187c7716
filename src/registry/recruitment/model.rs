//! Recruitment models for requests and responses.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::input::{Check, Faults};
use crate::http::page::Order;
use crate::http::response::Versioned;
use crate::registry::memberships::model::{Member, NewMember};
use crate::text::markdown::Markdown;

/// Stage of recruitment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecruitmentStage {
    /// Somebody who might join.
    #[default]
    Prospect,
    /// The network has been in touch.
    Contacted,
    /// Has shown interest.
    Interested,
    /// Has applied.
    Applied,
    /// The network has accepted the application. The membership is a record of its own.
    Accepted,
    /// Does not join for now.
    Declined,
}

/// A council or organisation that may join the network.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Recruitment {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Who may join.
    pub target: Member,
    /// Stage of recruitment.
    pub stage: RecruitmentStage,
    /// Notes of the network's officers (Markdown).
    #[schema(required)]
    pub note: Option<String>,
    /// Evidence of innovation and willingness, which the network's terms ask for (Markdown).
    #[schema(required)]
    pub evidence: Option<String>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record was created.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Recruitment {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A recruitment record to create, or the new content of an existing one.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewRecruitment {
    /// Who may join.
    #[schema(required)]
    pub target: NewMember,
    /// Stage of recruitment. Default: `prospect`.
    pub stage: RecruitmentStage,
    /// Notes of the network's officers (Markdown).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Markdown<5000>>,
    /// Evidence of innovation and willingness, which the network's terms ask for (Markdown).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Markdown<5000>>,
}

impl Check for NewRecruitment {
    fn check(&self, faults: &mut Faults) {
        self.target.check("/target", faults);
        if self.target.organisation_ref.is_some() {
            let detail = "is only for members; give the name of the organisation";
            faults.add("/target/organisation_ref", "not_allowed", detail);
        }
    }
}

impl From<&Recruitment> for NewRecruitment {
    fn from(record: &Recruitment) -> Self {
        Self {
            target: NewMember::from(&record.target),
            stage: record.stage,
            note: record.note.as_deref().map(Into::into),
            evidence: record.evidence.as_deref().map(Into::into),
        }
    }
}

/// Sort orders of the recruitment list.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub enum RecruitmentSort {
    /// Oldest first.
    #[serde(rename = "created_at")]
    #[default]
    Created,
    /// Newest first.
    #[serde(rename = "-created_at")]
    CreatedDescending,
    /// Least recently changed first.
    #[serde(rename = "updated_at")]
    Updated,
    /// Most recently changed first.
    #[serde(rename = "-updated_at")]
    UpdatedDescending,
}

impl RecruitmentSort {
    /// The order in SQL.
    pub fn order(self) -> Order {
        let descending = matches!(self, Self::CreatedDescending | Self::UpdatedDescending);
        let column = match self {
            Self::Created | Self::CreatedDescending => "recruitment.created_at",
            Self::Updated | Self::UpdatedDescending => "recruitment.updated_at",
        };
        Order::new(column, "timestamptz", descending)
    }
}

/// Filters of the recruitment list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecruitmentQuery {
    /// Only these stages.
    #[serde(default)]
    #[param(inline)]
    pub stage: Vec<RecruitmentStage>,
    /// Sort order. A minus sign sorts in descending order. Default: `created_at`.
    #[param(inline)]
    pub sort: Option<RecruitmentSort>,
    /// Records per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}
