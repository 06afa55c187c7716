//! The one filter grammar: a query string becomes a typed filter, and the filter a condition on the query.
//!
//! Repeating a parameter means any of; different parameters mean and.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::model::{DeliveryStatus, InitiativeKind, NETWORK, Visibility};
use crate::auth::caller::Reach;
use crate::councils::model::{Nation, Region};
use crate::db::schema::{
    councils, initiative_participants, initiative_principles, initiative_themes, initiatives, outcomes,
};
use crate::db::word::Word;
use crate::error::ApiError;
use crate::page::Order;
use crate::refs;
use crate::text::Reference;

/// Orders of the list of initiatives.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum InitiativeSort {
    /// By title.
    #[serde(rename = "title")]
    Title,
    /// By title, last first.
    #[serde(rename = "-title")]
    TitleDescending,
    /// Begun longest ago first; undated last.
    #[serde(rename = "started_on")]
    Started,
    /// Begun last first; undated last.
    #[serde(rename = "-started_on")]
    StartedDescending,
    /// Longest unchanged first.
    #[serde(rename = "updated_at")]
    Updated,
    /// Last changed first.
    #[serde(rename = "-updated_at")]
    UpdatedDescending,
}

impl InitiativeSort {
    /// The order in SQL; each has an index.
    pub fn order(self) -> Order {
        let (by, kind, descending) = match self {
            Self::Title => ("lower(initiatives.title)", "text", false),
            Self::TitleDescending => ("lower(initiatives.title)", "text", true),
            Self::Started => ("coalesce(initiatives.started_floor, '9999-12-31'::date)", "date", false),
            Self::StartedDescending => ("coalesce(initiatives.started_floor, '0001-01-01'::date)", "date", true),
            Self::Updated => ("initiatives.updated_at", "timestamptz", false),
            Self::UpdatedDescending => ("initiatives.updated_at", "timestamptz", true),
        };
        Order { by, kind, descending }
    }
}

/// Members of an initiative that `fields` can pick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum InitiativeField {
    Id,
    Slug,
    Title,
    Summary,
    Body,
    Kind,
    DeliveryStatus,
    StartedOn,
    EndedOn,
    LeadCouncil,
    Participants,
    Partners,
    Parent,
    Components,
    Themes,
    Principles,
    Location,
    Challenge,
    Approach,
    WhatWorked,
    WhatDidNot,
    TransferConditions,
    Sources,
    Outcomes,
    Costs,
    Licence,
    Visibility,
    State,
    VerifiedAt,
    ReviewDueOn,
    SourceUrl,
    Html,
    PublishedAt,
    Version,
    CreatedAt,
    UpdatedAt,
}

/// Related records that `include` embeds in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum InitiativeInclude {
    LeadCouncil,
    Participants,
    Themes,
    Parent,
    Components,
}

/// Filters of the list of initiatives. Repeating a parameter means any of; different parameters mean and.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InitiativeQuery {
    /// Only initiatives on these themes, or on themes within these: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["housing"]))]
    pub theme: Vec<Reference>,
    /// Only initiatives that live by these principles: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["co-production"]))]
    pub principle: Vec<Reference>,
    /// Only initiatives that these councils lead, alone or jointly: slug, id or GSS code; `network` for the network itself.
    #[serde(default)]
    #[param(inline, example = json!(["oldham"]))]
    pub council: Vec<Reference>,
    /// Only initiatives that these councils lead or take part in: slug, id or GSS code.
    #[serde(default)]
    #[param(inline, example = json!(["sunderland"]))]
    pub participant: Vec<Reference>,
    /// Only initiatives led by a council of these English regions.
    #[serde(default)]
    #[param(inline)]
    pub region: Vec<Region>,
    /// Only initiatives led by a council of these nations.
    #[serde(default)]
    #[param(inline)]
    pub nation: Vec<Nation>,
    /// Only these kinds of record.
    #[serde(default)]
    #[param(inline)]
    pub kind: Vec<InitiativeKind>,
    /// Only these stages of delivery.
    #[serde(default)]
    #[param(inline)]
    pub delivery_status: Vec<DeliveryStatus>,
    /// Only initiatives that began in this year or later.
    #[param(minimum = 1800, maximum = 2199, example = 2013)]
    pub year_from: Option<i32>,
    /// Only initiatives that began in this year or earlier.
    #[param(minimum = 1800, maximum = 2199, example = 2025)]
    pub year_to: Option<i32>,
    /// Only initiatives with (or without) outcomes.
    #[param(example = true)]
    pub has_outcomes: Option<bool>,
    /// Only initiatives with an outcome of this evidence level or higher.
    #[param(minimum = 0, maximum = 5, example = 2)]
    pub min_evidence: Option<i16>,
    /// Only initiatives that changed at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
    /// Order; a minus means largest first.
    #[param(inline)]
    pub sort: Option<InitiativeSort>,
    /// Members of each record to show, joined by commas; all when left out.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "title", "lead_council"]))]
    pub fields: Option<Vec<InitiativeField>>,
    /// Related records to embed in full, joined by commas.
    #[serde(default)]
    #[param(inline, style = Form, explode = false, example = json!(["themes"]))]
    pub include: Vec<InitiativeInclude>,
    /// Rows on a page: 1 to 200, default 20; more is clamped to 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// From `next` or `prev` of an earlier page.
    pub cursor: Option<String>,
}

/// Shape of one initiative.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InitiativeView {
    /// Members to show, joined by commas; all when left out.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "title", "outcomes"]))]
    pub fields: Option<Vec<InitiativeField>>,
    /// Related records to embed in full, joined by commas.
    #[serde(default)]
    #[param(inline, style = Form, explode = false, example = json!(["lead_council"]))]
    pub include: Vec<InitiativeInclude>,
}

/// Which initiatives: names have become ids.
#[derive(Clone, Debug, Default)]
pub struct InitiativeFilter {
    /// On any of these themes.
    pub themes: Option<Vec<Uuid>>,
    /// By any of these principles.
    pub principles: Option<Vec<Uuid>>,
    /// Led by any of these councils.
    pub leads: Option<Vec<Uuid>>,
    /// Led by the network itself, as an alternative to `leads`.
    pub network: bool,
    /// Led by any of these councils, or with their part.
    pub participants: Option<Vec<Uuid>>,
    /// Led by this council, or with its part, whatever `participants` says: the list of one council.
    pub within_council: Option<Uuid>,
    /// On any of these themes, whatever `themes` says: the list of one theme.
    pub within_themes: Option<Vec<Uuid>>,
    /// Led from any of these regions.
    pub regions: Vec<Region>,
    /// Led from any of these nations.
    pub nations: Vec<Nation>,
    /// Any of these kinds.
    pub kinds: Vec<InitiativeKind>,
    /// Any of these stages.
    pub stages: Vec<DeliveryStatus>,
    /// Begun on or after.
    pub from: Option<NaiveDate>,
    /// Begun on or before.
    pub to: Option<NaiveDate>,
    /// With or without outcomes.
    pub has_outcomes: Option<bool>,
    /// With an outcome of this level or higher.
    pub min_evidence: Option<i16>,
    /// Changed at or after.
    pub updated_since: Option<DateTime<Utc>>,
}

impl InitiativeFilter {
    /// Look up the names in a query; every fault at once.
    pub async fn new(conn: &mut AsyncPgConnection, reach: Reach, query: &InitiativeQuery) -> Result<Self, ApiError> {
        let mut faults = Vec::new();
        let (network, named): (Vec<_>, Vec<_>) = query.council.iter().cloned().partition(|name| &**name == NETWORK);
        let leads = refs::any_council(conn, reach, "council", &named, &mut faults).await?;
        let participants = refs::any_council(conn, reach, "participant", &query.participant, &mut faults).await?;
        let themes = refs::any_theme(conn, &query.theme, &mut faults).await?;
        let principles = refs::any_principle(conn, &query.principle, &mut faults).await?;
        if !faults.is_empty() {
            return Err(ApiError::bad_query(faults));
        }
        Ok(Self {
            themes,
            principles,
            leads,
            network: !network.is_empty(),
            participants,
            within_council: None,
            within_themes: None,
            regions: query.region.clone(),
            nations: query.nation.clone(),
            kinds: query.kind.clone(),
            stages: query.delivery_status.clone(),
            from: query.year_from.and_then(|year| NaiveDate::from_ymd_opt(year, 1, 1)),
            to: query.year_to.and_then(|year| NaiveDate::from_ymd_opt(year, 12, 31)),
            has_outcomes: query.has_outcomes,
            min_evidence: query.min_evidence,
            updated_since: query.updated_since,
        })
    }
}

/// Values of a vocabulary as a column of words holds them.
pub fn words<T: Copy + std::fmt::Debug + Serialize + serde::de::DeserializeOwned>(values: &[T]) -> Vec<Word<T>> {
    values.iter().copied().map(Word).collect()
}

/// True for what these councils lead, false for what the network itself leads.
#[diesel::dsl::auto_type(no_type_alias)]
fn led_by(ids: Vec<Uuid>) -> _ {
    initiatives::lead_council_id.is_not_null().and(initiatives::lead_council_id.assume_not_null().eq_any(ids))
}

/// The levels of visibility that the caller reads everywhere.
pub fn levels(reach: Reach) -> Vec<Visibility> {
    use super::model::Visibility::{Members, Officers, Private, Public};
    [Public, Members, Officers, Private].into_iter().filter(|level| *level <= reach.level).collect()
}

/// The initiatives that the caller may see: the start of every query.
pub fn visible(reach: Reach) -> initiatives::BoxedQuery<'static, Pg> {
    let seen = initiatives::effective_visibility.eq_any(words(&levels(reach)));
    let query = initiatives::table.filter(initiatives::withdrawn_at.is_null()).into_boxed();
    match reach.council {
        Some(own) => query.filter(seen.or(initiatives::lead_council_id.is_not_distinct_from(own))),
        None => query.filter(seen),
    }
}

/// The visible initiatives that match a filter.
pub fn filtered(reach: Reach, filter: &InitiativeFilter) -> initiatives::BoxedQuery<'static, Pg> {
    let mut query = visible(reach);
    for ids in [&filter.themes, &filter.within_themes].into_iter().flatten().cloned() {
        let links = initiative_themes::table.filter(initiative_themes::theme_id.eq_any(ids));
        query = query.filter(initiatives::id.eq_any(links.select(initiative_themes::initiative_id)));
    }
    if let Some(ids) = filter.principles.clone() {
        let links = initiative_principles::table.filter(initiative_principles::principle_id.eq_any(ids));
        query = query.filter(initiatives::id.eq_any(links.select(initiative_principles::initiative_id)));
    }
    if filter.network || filter.leads.is_some() {
        let ids = filter.leads.clone().unwrap_or_default();
        let joint = initiative_participants::table
            .filter(initiative_participants::council_id.eq_any(ids.clone()))
            .filter(initiative_participants::role.eq_any(["lead", "co_lead"]))
            .select(initiative_participants::initiative_id);
        let led = led_by(ids).or(initiatives::id.eq_any(joint));
        query = if filter.network {
            query.filter(led.or(initiatives::lead_council_id.is_null()))
        } else {
            query.filter(led)
        };
    }
    let within = filter.within_council.map(|id| vec![id]);
    for ids in [&filter.participants, &within].into_iter().flatten().cloned() {
        let part = initiative_participants::table
            .filter(initiative_participants::council_id.eq_any(ids.clone()))
            .select(initiative_participants::initiative_id);
        query = query.filter(led_by(ids).or(initiatives::id.eq_any(part)));
    }
    if !filter.regions.is_empty() {
        let from =
            councils::table.filter(councils::region.eq_any(words(&filter.regions))).select(councils::id.nullable());
        query = query.filter(initiatives::lead_council_id.eq_any(from));
    }
    if !filter.nations.is_empty() {
        let from =
            councils::table.filter(councils::nation.eq_any(words(&filter.nations))).select(councils::id.nullable());
        query = query.filter(initiatives::lead_council_id.eq_any(from));
    }
    if !filter.kinds.is_empty() {
        query = query.filter(initiatives::kind.eq_any(words(&filter.kinds)));
    }
    if !filter.stages.is_empty() {
        query = query.filter(initiatives::delivery_status.eq_any(words(&filter.stages)));
    }
    if let Some(from) = filter.from {
        query = query.filter(initiatives::started_floor.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(initiatives::started_floor.le(to));
    }
    let claims = outcomes::table.filter(outcomes::initiative_id.eq(initiatives::id));
    match filter.has_outcomes {
        Some(true) => query = query.filter(exists(claims)),
        Some(false) => query = query.filter(diesel::dsl::not(exists(claims))),
        None => {}
    }
    if let Some(level) = filter.min_evidence {
        query = query.filter(exists(claims.filter(outcomes::evidence_level.ge(level))));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(initiatives::updated_at.ge(since));
    }
    query
}
