//! Merges two records of the same body.

use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::Organisation;
use super::proposals;
use super::store::await_namers;
use crate::db::schema::{memberships, organisations};
use crate::error::ApiError;
use crate::registry::memberships::store as membership_store;
use crate::registry::memberships::store::StoredMembership;
use crate::registry::references::Resource;
use crate::registry::slugs;

/// Most aliases of an organisation.
const MOST_ALIASES: usize = 20;

/// Merges `from` into `into`: moves everything that names it, its slugs and names, and its identifier if the other has
/// none. Returns the memberships that moved, as they were before.
///
/// A conflict if the two have memberships of the same time, because one member cannot have both; or if they have more
/// names than one record can keep. What names a proposal gets the record of the heir, as when it is accepted.
pub async fn merge(
    conn: &mut AsyncPgConnection,
    from: &Organisation,
    into: &Organisation,
) -> Result<Vec<StoredMembership>, ApiError> {
    if from.proposed_by.is_some() && into.org_id.is_none() {
        proposals::check_identifier(conn, from, Some(into.id)).await?;
    }
    membership_store::take_turns(conn).await?;
    await_namers(conn, from.id).await?;
    let moved = memberships_of(conn, from.id).await?;
    let others = memberships_of(conn, into.id).await?;
    for one in &moved {
        if let Some(other) = others.iter().find(|other| other.dates().overlaps(one.dates())) {
            return Err(ApiError::conflict(format!(
                "Both organisations have a membership of the same time ({} and {}). Withdraw or end one of them first.",
                one.id(),
                other.id()
            )));
        }
    }
    let aliases = names_of_both(from, into);
    if aliases.len() > MOST_ALIASES {
        return Err(ApiError::conflict(format!(
            "Together they have {} names besides {}. An organisation has at most {MOST_ALIASES} aliases. Remove some first.",
            aliases.len(),
            into.name
        )));
    }
    // Initiatives get a new version first, so that the read model and the change feed have them as they were before.
    for step in [
        "UPDATE initiatives SET visibility = visibility
         WHERE $1 <> $2 AND withdrawn_at IS NULL AND id IN (
             SELECT initiative_id FROM initiative_leads WHERE organisation_id = $1
             UNION SELECT initiative_id FROM initiative_partners WHERE organisation_id = $1
             UNION SELECT initiative_id FROM outcomes WHERE evaluator_id = $1
             UNION SELECT initiative_id FROM costs WHERE payer_id = $1)",
        "UPDATE initiative_leads SET organisation_id = $2 WHERE organisation_id = $1",
        "UPDATE initiative_partners SET organisation_id = $2 WHERE organisation_id = $1",
        "UPDATE outcomes SET evaluator_id = $2 WHERE evaluator_id = $1",
        "UPDATE costs SET payer_id = $2 WHERE payer_id = $1",
        "UPDATE memberships SET organisation_id = $2 WHERE organisation_id = $1",
        "UPDATE organisations SET merged_into_id = $2 WHERE merged_into_id = $1 OR id = $1",
    ] {
        diesel::sql_query(step).bind::<SqlUuid, _>(from.id).bind::<SqlUuid, _>(into.id).execute(conn).await?;
    }
    if let Some(proposer) = from.proposer() {
        proposals::link(conn, from, proposer, into.id).await?;
    }
    slugs::transfer(conn, Resource::Organisation, from.id, into.id).await?;
    let change = (
        organisations::aliases.eq(aliases),
        organisations::org_id.eq(into.org_id.as_deref().or(from.org_id.as_deref())),
    );
    diesel::update(organisations::table.find(into.id)).set(change).execute(conn).await?;
    Ok(moved)
}

/// The aliases of the heir, then the names of the merged record that are new. Letter case makes no difference.
fn names_of_both<'a>(from: &'a Organisation, into: &'a Organisation) -> Vec<&'a str> {
    let mut met = vec![into.name.to_lowercase()];
    let names = into.aliases.iter().chain([&from.name]).chain(&from.aliases);
    let is_new = |name: &&str| {
        let key = name.to_lowercase();
        let is_new = !met.contains(&key);
        met.push(key);
        is_new
    };
    names.map(String::as_str).filter(is_new).collect()
}

async fn memberships_of(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Vec<StoredMembership>, ApiError> {
    let ids: Vec<Uuid> = memberships::table
        .filter(memberships::organisation_id.eq(id))
        .filter(memberships::withdrawn_at.is_null())
        .select(memberships::id)
        .load(conn)
        .await?;
    membership_store::load(conn, &ids).await
}
