//! Query parameters of organisations: sort orders, fields and filters.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::OrganisationKind;
use crate::http::search::SearchText;
use crate::text::Reference;

/// Sort orders of the list of organisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub enum OrganisationSort {
    /// Most relevant to `q` first. Default with `q`. Without `q`, by name.
    #[serde(rename = "relevance")]
    Relevance,
    /// By name, A to Z. Default without `q`.
    #[serde(rename = "name")]
    Name,
    /// By name, Z to A.
    #[serde(rename = "-name")]
    NameDescending,
    /// Least recently changed first.
    #[serde(rename = "updated_at")]
    Updated,
    /// Most recently changed first.
    #[serde(rename = "-updated_at")]
    UpdatedDescending,
}

/// Whether a network officer has accepted the record. `accepted`: everybody sees it. `proposed`: a council proposes it,
/// and only network officers and that council see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationStatus {
    /// Accepted.
    #[default]
    Accepted,
    /// Proposed.
    Proposed,
}

/// Fields of an organisation that `fields` can select.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "API names, documented where they are used")]
pub enum OrganisationField {
    Id,
    Slug,
    Name,
    Aliases,
    Kind,
    OrgId,
    Website,
    Description,
    Council,
    ProposedBy,
    Html,
    InitiativeCount,
    Version,
    CreatedAt,
    UpdatedAt,
}

/// Filters of the list of organisations. Repeated parameters are combined with OR, different parameters with AND.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrganisationQuery {
    /// Words to search for in names, aliases and descriptions. Results match every word. Use "quotation marks" for a
    /// phrase, `-word` to exclude a word and `or` between alternatives. At most 200 characters. Words after the 32nd
    /// are ignored.
    #[param(inline, example = "co-operatives")]
    pub q: Option<SearchText>,
    /// Only organisations with this status. Default: `accepted`. With `proposed` you get the proposals that you can
    /// see: network officers all, others those of their council.
    #[param(inline)]
    pub status: Option<OrganisationStatus>,
    /// Only these kinds of organisation.
    #[serde(default)]
    #[param(inline)]
    pub kind: Vec<OrganisationKind>,
    /// Only organisations that these councils own: slug, id or GSS code.
    #[serde(default)]
    #[param(inline)]
    pub council: Vec<Reference>,
    /// Only organisations that changed at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
    /// Sort order. A minus sign sorts in descending order. Default: `relevance` with `q`, otherwise `name`.
    #[param(inline)]
    pub sort: Option<OrganisationSort>,
    /// Fields to return, separated by commas. Default: all.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "name", "kind"]))]
    pub fields: Option<Vec<OrganisationField>>,
    /// Organisations per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// Options for the response with one organisation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrganisationView {
    /// Fields to return, separated by commas. Default: all.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "name", "kind"]))]
    pub fields: Option<Vec<OrganisationField>>,
}
