//! Writing initiatives: the record and its children as one, in the caller's transaction.

use chrono::Utc;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::children::{CostRow, Narrative, OutcomeRow, SourceRow};
use super::model::{DeliveryStatus, Initiative, InitiativeKind, Licence, NewInitiative, State, Visibility};
use super::resolve::{Resolved, lock_components};
use crate::db::schema::{
    costs, initiative_narratives, initiative_participants, initiative_partners, initiative_principles,
    initiative_themes, initiatives, outcomes, slugs, sources,
};
use crate::db::word::Word;
use crate::error::ApiError;
use crate::refs::{self, Resource};
use crate::text::Quantity;

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = initiatives, treat_none_as_null = true)]
struct InitiativeChange<'a> {
    slug: &'a str,
    title: &'a str,
    summary: &'a str,
    kind: Word<InitiativeKind>,
    delivery_status: Word<DeliveryStatus>,
    started_on: Option<&'a str>,
    ended_on: Option<&'a str>,
    lead_council_id: Option<Uuid>,
    parent_id: Option<Uuid>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    licence: Word<Licence>,
    visibility: Word<Visibility>,
    review_due_on: Option<chrono::NaiveDate>,
    source_url: Option<&'a str>,
}

impl<'a> InitiativeChange<'a> {
    fn new(resolved: &'a Resolved, slug: &'a str) -> Self {
        let new = &resolved.new;
        Self {
            slug,
            title: &new.title,
            summary: &new.summary,
            kind: Word(new.kind),
            delivery_status: Word(new.delivery_status),
            started_on: new.started_on.as_deref(),
            ended_on: new.ended_on.as_deref(),
            lead_council_id: resolved.lead_council,
            parent_id: resolved.parent,
            latitude: new.location.map(|point| point.latitude),
            longitude: new.location.map(|point| point.longitude),
            licence: Word(new.licence),
            visibility: Word(new.visibility),
            review_due_on: new.review_due_on,
            source_url: new.source_url.as_deref(),
        }
    }
}

/// Enter an initiative as a draft.
pub async fn create(conn: &mut AsyncPgConnection, resolved: &Resolved, author: Option<Uuid>) -> Result<Uuid, ApiError> {
    let id = Uuid::now_v7();
    let slug =
        refs::free_slug(conn, Resource::Initiative, resolved.new.slug.as_deref(), &resolved.new.title, id).await?;
    refs::take_slug(conn, Resource::Initiative, &slug, id).await?;
    diesel::insert_into(initiatives::table)
        .values((initiatives::id.eq(id), initiatives::created_by.eq(author), InitiativeChange::new(resolved, &slug)))
        .execute(conn)
        .await?;
    insert_children(conn, id, resolved).await?;
    Ok(id)
}

/// Replace an initiative and its children; false when `current` is no longer the current version.
pub async fn update(conn: &mut AsyncPgConnection, current: &Initiative, resolved: &Resolved) -> Result<bool, ApiError> {
    let id = current.id;
    let slug = resolved.new.slug.as_deref().unwrap_or(&current.slug);
    refs::take_slug(conn, Resource::Initiative, slug, id).await?;
    let target = initiatives::table.find(id).filter(initiatives::version.eq(current.version));
    // The row is locked by this update before a child is touched: a rival waits here and then finds another version.
    if diesel::update(target).set(InitiativeChange::new(resolved, slug)).execute(conn).await? != 1 {
        return Ok(false);
    }
    diesel::delete(initiative_narratives::table.find(id)).execute(conn).await?;
    diesel::delete(initiative_participants::table.filter(initiative_participants::initiative_id.eq(id)))
        .execute(conn)
        .await?;
    diesel::delete(initiative_partners::table.filter(initiative_partners::initiative_id.eq(id))).execute(conn).await?;
    diesel::delete(initiative_themes::table.filter(initiative_themes::initiative_id.eq(id))).execute(conn).await?;
    diesel::delete(initiative_principles::table.filter(initiative_principles::initiative_id.eq(id)))
        .execute(conn)
        .await?;
    diesel::delete(outcomes::table.filter(outcomes::initiative_id.eq(id))).execute(conn).await?;
    diesel::delete(costs::table.filter(costs::initiative_id.eq(id))).execute(conn).await?;
    diesel::delete(sources::table.filter(sources::initiative_id.eq(id))).execute(conn).await?;
    insert_children(conn, id, resolved).await?;
    Ok(true)
}

/// Set the state; the first publication is dated. False when `version` is no longer current.
pub async fn set_state(conn: &mut AsyncPgConnection, current: &Initiative, state: State) -> Result<bool, ApiError> {
    let target = initiatives::table.find(current.id).filter(initiatives::version.eq(current.version));
    let published_at = match (current.published_at, state) {
        (None, State::Published) => Some(Utc::now()),
        (known, _) => known,
    };
    let change = (initiatives::state.eq(Word(state)), initiatives::published_at.eq(published_at));
    Ok(diesel::update(target).set(change).execute(conn).await? == 1)
}

/// Withdraw an initiative: what was ever published leaves a tombstone, a mere draft leaves nothing. False when the
/// version is no longer current.
pub async fn withdraw(
    conn: &mut AsyncPgConnection,
    current: &Initiative,
    reason: Option<&str>,
) -> Result<bool, ApiError> {
    lock_components(conn).await?;
    let components =
        initiatives::table.filter(initiatives::parent_id.eq(current.id)).filter(initiatives::withdrawn_at.is_null());
    if select(exists(components)).get_result::<bool>(conn).await? {
        return Err(ApiError::conflict("Other initiatives are components of this one. Move or withdraw them first."));
    }
    let target = initiatives::table.find(current.id).filter(initiatives::version.eq(current.version));
    if current.published_at.is_some() {
        let change = (initiatives::withdrawn_at.eq(Utc::now()), initiatives::withdrawn_reason.eq(reason));
        return Ok(diesel::update(target).set(change).execute(conn).await? == 1);
    }
    let gone = diesel::delete(target).execute(conn).await? == 1;
    if gone {
        diesel::delete(slugs::table.filter(slugs::resource.eq("initiative")).filter(slugs::record_id.eq(current.id)))
            .execute(conn)
            .await?;
    }
    Ok(gone)
}

async fn insert_children(conn: &mut AsyncPgConnection, id: Uuid, resolved: &Resolved) -> Result<(), ApiError> {
    let new = &resolved.new;
    diesel::insert_into(initiative_narratives::table).values(narrative(id, new)).execute(conn).await?;
    let participants: Vec<_> = numbered(&resolved.participants)
        .map(|(position, (council, role))| {
            (
                initiative_participants::initiative_id.eq(id),
                initiative_participants::council_id.eq(*council),
                initiative_participants::role.eq(Word(*role)),
                initiative_participants::position.eq(position),
            )
        })
        .collect();
    diesel::insert_into(initiative_participants::table).values(participants).execute(conn).await?;
    let partners: Vec<_> = numbered(&new.partners)
        .map(|(position, partner)| {
            (
                initiative_partners::initiative_id.eq(id),
                initiative_partners::position.eq(position),
                initiative_partners::name.eq(&*partner.name),
                initiative_partners::role.eq(Word(partner.role)),
                initiative_partners::url.eq(partner.url.as_deref()),
            )
        })
        .collect();
    diesel::insert_into(initiative_partners::table).values(partners).execute(conn).await?;
    let themes: Vec<_> = numbered(&resolved.themes)
        .map(|(position, theme)| {
            (
                initiative_themes::initiative_id.eq(id),
                initiative_themes::theme_id.eq(*theme),
                initiative_themes::position.eq(position),
            )
        })
        .collect();
    diesel::insert_into(initiative_themes::table).values(themes).execute(conn).await?;
    let principles: Vec<_> = numbered(&resolved.principles)
        .zip(&new.principles)
        .map(|((position, principle), used)| {
            (
                initiative_principles::initiative_id.eq(id),
                initiative_principles::principle_id.eq(*principle),
                initiative_principles::position.eq(position),
                initiative_principles::how.eq(used.how.as_deref()),
            )
        })
        .collect();
    diesel::insert_into(initiative_principles::table).values(principles).execute(conn).await?;
    diesel::insert_into(sources::table).values(source_rows(id, new)).execute(conn).await?;
    diesel::insert_into(outcomes::table).values(outcome_rows(id, new)).execute(conn).await?;
    diesel::insert_into(costs::table).values(cost_rows(id, new)).execute(conn).await?;
    Ok(())
}

fn numbered<T>(items: &[T]) -> impl Iterator<Item = (i32, &T)> {
    (0..).zip(items)
}

fn narrative(id: Uuid, new: &NewInitiative) -> Narrative {
    let text = |text: Option<&str>| text.map(str::to_owned);
    Narrative {
        initiative_id: id,
        body: text(new.body.as_deref()),
        challenge: text(new.challenge.as_deref()),
        approach: text(new.approach.as_deref()),
        what_worked: text(new.what_worked.as_deref()),
        what_did_not: text(new.what_did_not.as_deref()),
        transfer_conditions: text(new.transfer_conditions.as_deref()),
    }
}

fn source_rows(id: Uuid, new: &NewInitiative) -> Vec<SourceRow> {
    numbered(&new.sources)
        .map(|(position, source)| SourceRow {
            initiative_id: id,
            key: source.key.clone(),
            position,
            title: source.title.to_string(),
            publisher: source.publisher.as_deref().map(str::to_owned),
            kind: Word(source.kind),
            published_on: source.published_on.as_deref().map(str::to_owned),
            item_reference: source.item_reference.as_deref().map(str::to_owned),
            url: source.url.as_deref().map(str::to_owned),
            accessed_on: source.accessed_on.as_deref().map(str::to_owned),
        })
        .collect()
}

fn outcome_rows(id: Uuid, new: &NewInitiative) -> Vec<OutcomeRow> {
    numbered(&new.outcomes)
        .map(|(position, outcome)| OutcomeRow {
            initiative_id: id,
            position,
            measure: outcome.measure.to_string(),
            kind: Word(outcome.kind),
            bound: Word(outcome.bound),
            value: outcome.value.and_then(Quantity::decimal),
            value_high: outcome.value_high.and_then(Quantity::decimal),
            direction: outcome.direction.map(Word),
            unit: outcome.unit.map(Word),
            baseline: outcome.baseline.and_then(Quantity::decimal),
            period_from: outcome.period_from.as_deref().map(str::to_owned),
            period_to: outcome.period_to.as_deref().map(str::to_owned),
            as_at: outcome.as_at.as_deref().map(str::to_owned),
            definition: outcome.definition.as_deref().map(str::to_owned),
            caveat: outcome.caveat.as_deref().map(str::to_owned),
            evidence_level: outcome.evidence_level,
            source_key: outcome.source.clone(),
        })
        .collect()
}

fn cost_rows(id: Uuid, new: &NewInitiative) -> Vec<CostRow> {
    numbered(&new.costs)
        .map(|(position, cost)| CostRow {
            initiative_id: id,
            position,
            description: cost.description.to_string(),
            amount_pence: cost.amount_pence,
            bound: Word(cost.bound),
            kind: Word(cost.kind),
            payer: cost.payer.as_deref().map(str::to_owned),
            period_from: cost.period_from.as_deref().map(str::to_owned),
            period_to: cost.period_to.as_deref().map(str::to_owned),
            programme: cost.programme.as_deref().map(str::to_owned),
            round: cost.round.as_deref().map(str::to_owned),
            caveat: cost.caveat.as_deref().map(str::to_owned),
            source_key: cost.source.clone(),
        })
        .collect()
}
