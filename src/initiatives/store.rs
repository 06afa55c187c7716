//! Reading initiatives: one, or a page, children included. Every query begins with what the caller may see.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::try_join;
use uuid::Uuid;

use super::children::Children;
use super::filter::{InitiativeFilter, filtered, visible};
use super::model::{
    DeliveryStatus, Embedded, Initiative, InitiativeHtml, InitiativeKind, Licence, LocationOf, Place, State, Visibility,
};
use super::query::InitiativeSort;
use crate::auth::caller::Reach;
use crate::councils::model::CouncilRef;
use crate::db::schema::{councils, initiatives, theme_initiatives};
use crate::db::word::Word;
use crate::error::ApiError;
use crate::facets::store::tally;
use crate::page::{Slice, Window};
use crate::refs::{self, Resource};
use crate::search::model::TotalIs;
use crate::search::rank::{Among, rank};
use crate::text::render;

#[derive(Queryable, Selectable)]
#[diesel(table_name = initiatives, check_for_backend(Pg))]
struct InitiativeRow {
    id: Uuid,
    slug: String,
    title: String,
    summary: String,
    kind: Word<InitiativeKind>,
    delivery_status: Word<DeliveryStatus>,
    started_on: Option<String>,
    ended_on: Option<String>,
    lead_council_id: Option<Uuid>,
    parent_id: Option<Uuid>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    licence: Word<Licence>,
    visibility: Word<Visibility>,
    state: Word<State>,
    verified_at: Option<DateTime<Utc>>,
    review_due_on: Option<NaiveDate>,
    source_url: Option<String>,
    published_at: Option<DateTime<Utc>>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A lead council and its point, for initiatives without one of their own.
type Lead = (CouncilRef, Option<f64>, Option<f64>);

/// One page of initiatives.
pub async fn list(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    filter: &InitiativeFilter,
    window: &Window,
) -> Result<(Slice<Initiative>, TotalIs), ApiError> {
    if let Some(words) = filter.words.as_deref().filter(|_| window.is_by_relevance()) {
        return best(conn, reach, filter, words, window).await;
    }
    let kept = tally(conn, reach, filter).await?;
    let conn: &AsyncPgConnection = conn;
    let (mut first, mut second) = (conn, conn);
    let mut query = filtered(reach, filter);
    if let Some(page) = page_of_theme(reach, filter, window) {
        query = query.filter(initiatives::id.eq_any(page));
    } else if let Some(beyond) = window.beyond("initiatives.id") {
        query = query.filter(beyond);
    }
    let rows = query
        .select((InitiativeRow::as_select(), window.key()))
        .order(window.order("initiatives.id"))
        .limit(window.fetch())
        .load::<(InitiativeRow, String)>(&mut first);
    let total = async {
        match kept {
            Some(total) => Ok(total),
            None => filtered(reach, filter).select(count_star()).first::<i64>(&mut second).await,
        }
    };
    let (rows, total) = try_join!(rows, total)?;
    let slice = Slice::new(rows, total, window, |row: &InitiativeRow| row.id);
    let ids: Vec<Uuid> = slice.rows.iter().map(|row| row.id).collect();
    let mut whole = whole(conn, reach, slice.rows.as_slice(), &ids).await?;
    let page = slice.with_rows(|rows| rows.into_iter().map(|row| shown(row, &mut whole)).collect());
    Ok((page, TotalIs::Exact))
}

/// The ids of one page, read along the titles of a theme: for one theme alone, of which many initiatives may be. Who sees
/// more of the own council than of others is not served by one walk, and reads the list as any other.
fn page_of_theme(
    reach: Reach,
    filter: &InitiativeFilter,
    window: &Window,
) -> Option<theme_initiatives::BoxedQuery<'static, Pg, SqlUuid>> {
    let theme = filter.sole_theme()?;
    if reach.council.is_some() || !window.is_by(InitiativeSort::BY_TITLE) {
        return None;
    }
    let along = window.kept_in("theme_initiatives.title_key");
    let mut page = theme_initiatives::table
        .filter(theme_initiatives::theme_id.eq(theme))
        .filter(theme_initiatives::audience.le(reach.level.rank()))
        .select(theme_initiatives::initiative_id)
        .order(along.order("theme_initiatives.initiative_id"))
        .limit(along.fetch())
        .into_boxed();
    if let Some(beyond) = along.beyond("theme_initiatives.initiative_id") {
        page = page.filter(beyond);
    }
    Some(page)
}

/// One page of a search, best hits first.
async fn best(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    filter: &InitiativeFilter,
    words: &str,
    window: &Window,
) -> Result<(Slice<Initiative>, TotalIs), ApiError> {
    let rest = InitiativeFilter { words: None, ..filter.clone() };
    let whole = (rest == InitiativeFilter::default()).then_some(reach);
    let among = || Among { initiatives: Some(filtered(reach, &rest).select(initiatives::id)), councils: None };
    let (hits, total_is) = rank(conn, words, among, whole, window).await?;
    let ids: Vec<Uuid> = hits.rows.iter().map(|(_, id)| *id).collect();
    let mut found: HashMap<_, _> = load(conn, reach, &ids).await?.into_iter().map(|one| (one.id, one)).collect();
    Ok((hits.with_rows(|hits| hits.iter().filter_map(|(_, id)| found.remove(id)).collect()), total_is))
}

/// The initiative that a path segment names, if the caller may see it; 404 otherwise.
pub async fn locate(conn: &mut AsyncPgConnection, reach: Reach, segment: &str) -> Result<Initiative, ApiError> {
    let id = refs::located(conn, Resource::Initiative, segment).await?;
    find(conn, reach, id).await
}

/// True when the caller sees more initiatives that match than this.
pub async fn are_more_than(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    filter: &InitiativeFilter,
    most: u32,
) -> Result<bool, ApiError> {
    let beyond = filtered(reach, filter).select(initiatives::id).offset(most.into()).limit(1);
    Ok(beyond.first::<Uuid>(conn).await.optional()?.is_some())
}

/// One initiative; 404 with the public reason for one that was public and has been withdrawn.
pub async fn find(conn: &mut AsyncPgConnection, reach: Reach, id: Uuid) -> Result<Initiative, ApiError> {
    match load(conn, reach, &[id]).await?.pop() {
        Some(found) => Ok(found),
        None => Err(tombstone(conn, id).await?.unwrap_or_else(|| ApiError::not_found("initiative"))),
    }
}

/// Some initiatives by id, of those that the caller may see, in the order of their titles.
pub async fn load(conn: &mut AsyncPgConnection, reach: Reach, ids: &[Uuid]) -> Result<Vec<Initiative>, ApiError> {
    let rows = visible(reach)
        .filter(initiatives::id.eq_any(ids.to_vec()))
        .order((initiatives::title, initiatives::id))
        .select(InitiativeRow::as_select())
        .load::<InitiativeRow>(conn)
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut whole = whole(conn, reach, &rows, &ids).await?;
    Ok(rows.into_iter().map(|row| shown(row, &mut whole)).collect())
}

/// What is left of a withdrawn initiative;
/// one that was never public leaves nothing.
async fn tombstone(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Option<ApiError>, ApiError> {
    let left: Option<(Option<DateTime<Utc>>, Option<String>)> = initiatives::table
        .find(id)
        .filter(initiatives::withdrawn_at.is_not_null())
        .filter(initiatives::effective_visibility.eq("public"))
        .select((initiatives::withdrawn_at, initiatives::withdrawn_reason))
        .first(conn)
        .await
        .optional()?;
    Ok(left.and_then(|(on, reason)| on.map(|on| ApiError::withdrawn("initiative", on, reason.as_deref()))))
}

struct Whole {
    children: Children,
    leads: Vec<Lead>,
}

async fn whole(
    conn: &AsyncPgConnection,
    reach: Reach,
    rows: &[InitiativeRow],
    ids: &[Uuid],
) -> Result<Whole, ApiError> {
    let parents: Vec<Uuid> = rows.iter().filter_map(|row| row.parent_id).collect();
    let leads: Vec<Uuid> = rows.iter().filter_map(|row| row.lead_council_id).collect();
    let mut other = conn;
    let leads = async {
        let query = councils::table.filter(councils::id.eq_any(leads));
        let select = query.select((CouncilRef::as_select(), councils::latitude, councils::longitude));
        Ok::<_, ApiError>(select.load::<Lead>(&mut other).await?)
    };
    let (children, leads) = try_join!(Children::load(conn, reach, ids, &parents), leads)?;
    Ok(Whole { children, leads })
}

fn shown(row: InitiativeRow, whole: &mut Whole) -> Initiative {
    let Whole { children, leads } = whole;
    let lead = leads.iter().find(|(council, ..)| Some(council.id) == row.lead_council_id);
    let own = row.latitude.zip(row.longitude).map(|point| (point, LocationOf::Initiative));
    let leads_point = lead
        .and_then(|(_, latitude, longitude)| latitude.zip(*longitude))
        .map(|point| (point, LocationOf::LeadCouncil));
    let narrative = children.narratives.remove(&row.id).unwrap_or_default();
    let html = |text: &Option<String>| text.as_deref().map(render);
    Initiative {
        id: row.id,
        slug: row.slug,
        title: row.title,
        summary: row.summary,
        kind: row.kind.0,
        delivery_status: row.delivery_status.0,
        started_on: row.started_on,
        ended_on: row.ended_on,
        lead_council: lead.map(|(council, ..)| council.clone()),
        participants: children.participants.remove(&row.id).unwrap_or_default(),
        partners: children.partners.remove(&row.id).unwrap_or_default(),
        parent: row.parent_id.and_then(|id| children.parents.get(&id).cloned()),
        components: children.components.remove(&row.id).unwrap_or_default(),
        themes: children.themes.remove(&row.id).unwrap_or_default(),
        principles: children.principles.remove(&row.id).unwrap_or_default(),
        location: own.or(leads_point).map(|((latitude, longitude), of)| Place { latitude, longitude, of }),
        html: InitiativeHtml {
            body: html(&narrative.body),
            challenge: html(&narrative.challenge),
            approach: html(&narrative.approach),
            what_worked: html(&narrative.what_worked),
            what_did_not: html(&narrative.what_did_not),
            transfer_conditions: html(&narrative.transfer_conditions),
        },
        sources: children.sources.remove(&row.id).unwrap_or_default(),
        outcomes: children.outcomes.remove(&row.id).unwrap_or_default(),
        costs: children.costs.remove(&row.id).unwrap_or_default(),
        licence: row.licence.0,
        visibility: row.visibility.0,
        state: row.state.0,
        verified_at: row.verified_at,
        review_due_on: row.review_due_on,
        source_url: row.source_url,
        embedded: Embedded::default(),
        distance_km: None,
        highlight: None,
        published_at: row.published_at,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        body: narrative.body,
        challenge: narrative.challenge,
        approach: narrative.approach,
        what_worked: narrative.what_worked,
        what_did_not: narrative.what_did_not,
        transfer_conditions: narrative.transfer_conditions,
    }
}

/// Who wrote a record, for the rule that who writes does not publish.
pub async fn author(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Option<Uuid>, ApiError> {
    Ok(initiatives::table.find(id).select(initiatives::created_by).first(conn).await?)
}
