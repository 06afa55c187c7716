//! Council change models for requests and responses.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::input::{Check, Faults};
use crate::http::response::Versioned;
use crate::registry::councils::model::CouncilRef;
use crate::text::{HttpUrl, Line, Reference};

/// Kind of change. `created`: a council that follows no other. `merged`: several councils became one, new or one of
/// them. `split`: one council became several. `renamed`, `code_changed`: the same council with another name or GSS code.
/// `boundary_changed`: land moved between councils that stay. `abolished`: ended, without a successor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum CouncilChangeKind {
    /// A council that follows no other.
    #[default]
    Created,
    /// Several councils became one, new or one of them.
    Merged,
    /// One council became several.
    Split,
    /// The same council with another name.
    Renamed,
    /// The same council with another GSS code.
    CodeChanged,
    /// Land moved between councils that stay.
    BoundaryChanged,
    /// Ended, without a successor.
    Abolished,
}

impl CouncilChangeKind {
    /// How many councils there can be before and after.
    fn numbers(self) -> [(usize, usize); 2] {
        match self {
            Self::Created => [(0, 0), (1, usize::MAX)],
            Self::Merged => [(2, usize::MAX), (1, 1)],
            Self::Split => [(1, 1), (2, usize::MAX)],
            Self::Renamed | Self::CodeChanged => [(1, 1), (1, 1)],
            Self::BoundaryChanged => [(1, usize::MAX), (1, usize::MAX)],
            Self::Abolished => [(1, usize::MAX), (0, 0)],
        }
    }

    /// True if the council after the change is the one before it.
    pub fn is_of_one_council(self) -> bool {
        matches!(self, Self::Renamed | Self::CodeChanged)
    }
}

/// A document to cite: its title, and its address if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CitedDocument {
    /// Title.
    #[schema(required, example = "The Somerset (Structural Changes) Order 2022 (SI 2022/329)")]
    pub title: Line<300>,
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://www.legislation.gov.uk/uksi/2022/329")]
    pub url: Option<HttpUrl>,
}

/// A change of councils.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CouncilChange {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Kind of change.
    pub kind: CouncilChangeKind,
    /// First day of the new state.
    #[schema(example = "2023-04-01")]
    pub effective_on: NaiveDate,
    /// Legal order. Null if it is not known.
    #[schema(required)]
    pub order: Option<CitedDocument>,
    /// Councils before the change.
    pub from: Vec<CouncilRef>,
    /// Councils after the change.
    pub to: Vec<CouncilRef>,
    /// Where the fact comes from.
    pub source: CitedDocument,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record was created.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for CouncilChange {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A change of councils to record.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewCouncilChange {
    /// Kind of change.
    #[schema(required)]
    pub kind: CouncilChangeKind,
    /// First day of the new state.
    #[schema(required, example = "2023-04-01")]
    pub effective_on: NaiveDate,
    /// Legal order. Leave it out if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<CitedDocument>,
    /// Councils before the change: slug, id or GSS code.
    #[schema(max_items = 100, example = json!(["mendip", "sedgemoor"]))]
    pub from: Vec<Reference>,
    /// Councils after the change: slug, id or GSS code.
    #[schema(max_items = 100, example = json!(["somerset"]))]
    pub to: Vec<Reference>,
    /// Where the fact comes from.
    #[schema(required)]
    pub source: CitedDocument,
}

impl Check for NewCouncilChange {
    fn check(&self, faults: &mut Faults) {
        if faults.know("/kind") {
            return;
        }
        let sides = [("/from", "before", self.from.len()), ("/to", "after", self.to.len())];
        for ((pointer, when, found), (least, most)) in sides.into_iter().zip(self.kind.numbers()) {
            let needed = match (least, most) {
                (0, 0) => "no council".to_owned(),
                (1, 1) => "one council".to_owned(),
                (1, _) => "at least one council".to_owned(),
                (least, _) => format!("at least {least} councils"),
            };
            let code = if found < least { "too_few" } else { "too_many" };
            if found < least || found > most {
                faults.add(pointer, code, format!("has {found}: a change of this kind has {needed} {when} it"));
            }
        }
    }
}

/// Sort orders of the list of council changes.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub enum CouncilChangeSort {
    /// Earliest first.
    #[serde(rename = "effective_on")]
    Effective,
    /// Latest first. Default.
    #[default]
    #[serde(rename = "-effective_on")]
    EffectiveDescending,
}

impl CouncilChangeSort {
    /// True if the latest comes first.
    pub fn is_descending(self) -> bool {
        matches!(self, Self::EffectiveDescending)
    }
}

/// Filters of the list of council changes. Repeated parameters are combined with OR, different parameters with AND.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CouncilChangeQuery {
    /// Only changes of these councils, before or after: slug, id or GSS code.
    #[serde(default)]
    #[param(inline, example = json!(["somerset"]))]
    pub council: Vec<Reference>,
    /// Only these kinds of change.
    #[serde(default)]
    #[param(inline)]
    pub kind: Vec<CouncilChangeKind>,
    /// Only changes that take effect on this day or later.
    #[param(example = "2019-04-01")]
    pub effective_from: Option<NaiveDate>,
    /// Only changes that take effect on this day or earlier.
    #[param(example = "2028-04-01")]
    pub effective_to: Option<NaiveDate>,
    /// Sort order. A minus sign sorts in descending order. Default: `-effective_on`.
    #[param(inline)]
    pub sort: Option<CouncilChangeSort>,
    /// Changes per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}
