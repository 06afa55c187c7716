//! Writes initiatives: the record and its children together, in the caller's transaction.

use chrono::Utc;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::join_all;
use serde_json::Value;
use uuid::Uuid;

use super::answer::Initiative;
use super::child_rows::child_rows;
use super::lead::EnteredBy;
use super::model::{State, VerificationMethod};
use super::resolve::{Resolved, lock_components};
use super::rows::InitiativeChange;
use crate::db::enum_text::Word;
use crate::db::prepared::{Prepared, all_done};
use crate::db::schema::{
    costs, initiative_leads, initiative_narratives, initiative_participants, initiative_partners,
    initiative_principles, initiative_themes, initiatives, outcomes, sources,
};
use crate::error::ApiError;
use crate::registry::references::Resource;
use crate::registry::{slugs, stewards};

/// Creates an initiative as a draft.
pub async fn create(conn: &mut AsyncPgConnection, resolved: &Resolved, author: Option<Uuid>) -> Result<Uuid, ApiError> {
    let id = Uuid::now_v7();
    let new = &resolved.new;
    let slug = slugs::claim(conn, Resource::Initiative, new.slug.as_deref(), &new.title, id).await?;
    let entered_by = if resolved.is_own { EnteredBy::Council } else { EnteredBy::Registry };
    let change = InitiativeChange::new(resolved, &slug, entered_by);
    diesel::insert_into(initiatives::table)
        .values((
            initiatives::id.eq(id),
            initiatives::created_by.eq(author),
            initiatives::steward_id.eq(resolved.steward),
            change,
        ))
        .execute(conn)
        .await?;
    insert_children(conn, id, resolved).await?;
    Ok(id)
}

/// Replaces an initiative and its children; false if `current` is not the current version.
pub async fn update(conn: &mut AsyncPgConnection, current: &Initiative, resolved: &Resolved) -> Result<bool, ApiError> {
    let id = current.id;
    let slug = resolved.new.slug.as_deref().unwrap_or(&current.slug);
    if slug != current.slug {
        slugs::take(conn, Resource::Initiative, slug, id).await?;
    }
    let lead = current.lead_council.as_ref().map(|council| council.id);
    let entered_by = match resolved.is_own {
        true => EnteredBy::Council,
        // Another council has not entered it.
        false if lead != resolved.lead_council => EnteredBy::Registry,
        false => current.entered_by,
    };
    let target = initiatives::table.find(id).filter(initiatives::version.eq(current.version));
    // This update locks the row before any child changes. A concurrent writer waits here, and then finds another
    // version.
    if diesel::update(target).set(InitiativeChange::new(resolved, slug, entered_by)).execute(conn).await? != 1 {
        return Ok(false);
    }
    if current.steward.council.as_ref().map(|council| council.id) != resolved.steward {
        set_steward(conn, id, resolved.steward).await?;
    }
    // Wait for the deletes: statements that are sent together can run in any order.
    delete_children(conn, id).await?;
    insert_children(conn, id, resolved).await?;
    Ok(true)
}

/// A statement of its own, because a new steward alone is no new version of the record.
async fn set_steward(conn: &mut AsyncPgConnection, id: Uuid, steward: Option<Uuid>) -> QueryResult<usize> {
    diesel::update(initiatives::table.find(id)).set(initiatives::steward_id.eq(steward)).execute(conn).await
}

/// Sets the council that an admin has chosen to look after a record of a council that was split. `None` takes the
/// choice back. False if `current` is not the current version.
pub async fn choose_steward(
    conn: &mut AsyncPgConnection,
    current: &Initiative,
    lead: Uuid,
    council: Option<Uuid>,
) -> Result<bool, ApiError> {
    let target = initiatives::table.find(current.id).filter(initiatives::version.eq(current.version));
    let is_current = diesel::update(target).set(initiatives::steward_decided_id.eq(council)).execute(conn).await? == 1;
    if is_current {
        stewards::restate(conn, &[lead]).await?;
    }
    Ok(is_current)
}

/// Sets the state, and the date of the first publication. False if the version is not current.
pub async fn set_state(conn: &mut AsyncPgConnection, current: &Initiative, state: State) -> Result<bool, ApiError> {
    let published_at = match (current.published_at, state) {
        (None, State::Published) => Some(Utc::now()),
        (known, _) => known,
    };
    let target = initiatives::table.find(current.id).filter(initiatives::version.eq(current.version));
    let change = (initiatives::state.eq(Word(state)), initiatives::published_at.eq(published_at));
    Ok(diesel::update(target).set(change).execute(conn).await? == 1)
}

/// Records a confirmation of today. The next review is due when the review period of the delivery status ends: after 6
/// months for an idea, after 12 for what is planned, being tried out or running, never for what has ended. False if
/// `current` is not the current version.
pub async fn verify(
    conn: &mut AsyncPgConnection,
    current: &Initiative,
    method: VerificationMethod,
) -> Result<bool, ApiError> {
    let now = Utc::now();
    let period = current.delivery_status.review_period();
    let due = period.and_then(|period| now.date_naive().checked_add_months(period));
    let target = initiatives::table.find(current.id).filter(initiatives::version.eq(current.version));
    let change = (
        initiatives::verified_at.eq(now),
        initiatives::verified_method.eq(Word(method)),
        initiatives::review_due_on.eq(due),
    );
    Ok(diesel::update(target).set(change).execute(conn).await? == 1)
}

/// Publishes an initiative that the same transaction created.
pub async fn publish_new(conn: &mut AsyncPgConnection, id: Uuid) -> Result<(), ApiError> {
    for change in [
        "UPDATE initiatives SET state = 'published', published_at = now() WHERE id = $1",
        "UPDATE revisions SET state = 'published', published_at = now() WHERE initiative_id = $1",
    ] {
        Prepared::new(change).bind::<SqlUuid, _>(id).execute(conn).await?;
    }
    Ok(())
}

/// Withdraws an initiative. If it was ever published, it leaves a tombstone; otherwise it is deleted. False if the
/// version is not current.
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
        slugs::release(conn, Resource::Initiative, current.id).await?;
    }
    Ok(gone)
}

/// Inserts the rows of all child tables: one statement per table, all sent together.
async fn insert_children(conn: &AsyncPgConnection, id: Uuid, resolved: &Resolved) -> Result<(), ApiError> {
    let statements = child_rows(id, resolved)?.into_iter().filter(|(_, rows)| !rows.is_empty()).map(|(text, rows)| {
        let mut conn = conn;
        Prepared::new(text).bind::<Jsonb, _>(Value::Array(rows)).execute(&mut conn)
    });
    Ok(all_done(join_all(statements).await)?)
}

/// Deletes the rows of all child tables.
async fn delete_children(conn: &AsyncPgConnection, id: Uuid) -> Result<(), ApiError> {
    let (mut c1, mut c2, mut c3, mut c4) = (conn, conn, conn, conn);
    let (mut c5, mut c6, mut c7, mut c8, mut c9) = (conn, conn, conn, conn, conn);
    let participants = initiative_participants::table.filter(initiative_participants::initiative_id.eq(id));
    let partners = initiative_partners::table.filter(initiative_partners::initiative_id.eq(id));
    let themes = initiative_themes::table.filter(initiative_themes::initiative_id.eq(id));
    let principles = initiative_principles::table.filter(initiative_principles::initiative_id.eq(id));
    let statements = [
        diesel::delete(initiative_narratives::table.find(id)).execute(&mut c1),
        diesel::delete(participants).execute(&mut c2),
        diesel::delete(partners).execute(&mut c3),
        diesel::delete(themes).execute(&mut c4),
        diesel::delete(principles).execute(&mut c5),
        diesel::delete(outcomes::table.filter(outcomes::initiative_id.eq(id))).execute(&mut c6),
        diesel::delete(costs::table.filter(costs::initiative_id.eq(id))).execute(&mut c7),
        diesel::delete(sources::table.filter(sources::initiative_id.eq(id))).execute(&mut c8),
        diesel::delete(initiative_leads::table.find(id)).execute(&mut c9),
    ];
    Ok(all_done(join_all(statements).await)?)
}
