//! Which initiatives: a query string becomes a filter of ids and words, and the filter a condition on every query.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{exists, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use uuid::Uuid;

use super::model::{DeliveryStatus, Freshness, InitiativeKind, NETWORK, Visibility};
use super::query::InitiativeQuery;
use crate::auth::caller::Reach;
use crate::councils::model::{Nation, Region};
use crate::db::schema::{
    councils, initiative_participants, initiative_principles, initiative_themes, initiatives, outcomes,
};
use crate::db::word::Word;
use crate::error::ApiError;
use crate::geography::Area;
use crate::refs::{self, Themes};

/// SQL of the [`Freshness`] of an initiative, by the day of the database.
pub const FRESHNESS: &str = "CASE WHEN initiatives.verified_at IS NULL THEN 'unverified'
    WHEN initiatives.review_due_on < current_date THEN 'due' ELSE 'verified' END";

/// Which initiatives: names have become ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InitiativeFilter {
    /// With these words, as they were written.
    pub words: Option<String>,
    /// On any of these themes.
    pub themes: Option<Themes>,
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
    pub within_themes: Option<Themes>,
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
    /// Any of these.
    pub freshness: Vec<Freshness>,
    /// With their own point or, for want of one, their lead council's in here.
    pub area: Area,
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
        let area = query.area(&mut faults);
        if !faults.is_empty() {
            return Err(ApiError::bad_query(faults));
        }
        Ok(Self {
            words: query.q.as_deref().map(str::to_owned),
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
            freshness: query.freshness.clone(),
            area,
            updated_since: query.updated_since,
        })
    }
}

impl InitiativeFilter {
    /// The theme that is all that this filter says.
    pub fn sole_theme(&self) -> Option<Uuid> {
        let rest = Self { themes: None, within_themes: None, ..self.clone() };
        match (rest == Self::default(), &self.themes, &self.within_themes) {
            (true, Some(themes), None) | (true, None, Some(themes)) => {
                <[Uuid; 1]>::try_from(&themes.named[..]).ok().map(|[id]| id)
            }
            _ => None,
        }
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
    if let Some(words) = filter.words.clone() {
        let found = sql::<Bool>(
            "initiatives.id IN (SELECT initiative_id FROM initiative_facets WHERE document @@ search_query(",
        );
        query = query.filter(found.bind::<Text, _>(words).sql("))"));
    }
    for themes in [&filter.themes, &filter.within_themes].into_iter().flatten() {
        let links = initiative_themes::table.filter(initiative_themes::theme_id.eq_any(themes.all.clone()));
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
    if !filter.freshness.is_empty() {
        let fresh = sql::<Bool>(FRESHNESS).sql(" = ANY (").bind::<Array<Text>, _>(words(&filter.freshness)).sql(")");
        query = query.filter(fresh);
    }
    if let (Some(own), Some(leads)) = (filter.area.condition("initiatives"), filter.area.condition("lead")) {
        // As an array, so that an index over lead councils can be used as well as that over points.
        query = query.filter(sql::<Bool>(&format!(
            "({own} OR initiatives.latitude IS NULL AND initiatives.lead_council_id = ANY (ARRAY(
                SELECT lead.id FROM councils lead WHERE {leads})))"
        )));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(initiatives::updated_at.ge(since));
    }
    query
}
