//! Accepts what councils propose, and links it to what names it.
//!
//! No record refers to a proposal. The initiatives of the council that proposes it name it by its name alone. They get
//! its record when a network officer accepts it, or merges it into another. So nothing can show a proposal by way of an
//! initiative.

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::Organisation;
use super::taken::holder;
use crate::db::schema::organisations;
use crate::error::ApiError;
use crate::registry::references::Resource;
use crate::registry::slugs;

/// Accepts a proposal: gives it a slug, and gives its record to what names it; false if `current` is not the current
/// version. A conflict if it is accepted already, or if another organisation has its identifier.
pub async fn accept(conn: &mut AsyncPgConnection, current: &Organisation) -> Result<bool, ApiError> {
    let Some(proposer) = current.proposer() else {
        return Err(ApiError::conflict("This organisation is accepted already."));
    };
    check_identifier(conn, current, None).await?;
    let slug = slugs::claim(conn, Resource::Organisation, None, &current.name, current.id).await?;
    let target = organisations::table
        .find(current.id)
        .filter(organisations::version.eq(current.version))
        .filter(organisations::proposed_by_id.eq(proposer));
    let change = (organisations::slug.eq(slug), organisations::proposed_by_id.eq(None::<Uuid>));
    let is_accepted = diesel::update(target).set(change).execute(conn).await? == 1;
    if is_accepted {
        link(conn, current, proposer, current.id).await?;
    }
    Ok(is_accepted)
}

/// A conflict if an accepted organisation other than `heir` has the identifier of a proposal.
pub(super) async fn check_identifier(
    conn: &mut AsyncPgConnection,
    proposal: &Organisation,
    heir: Option<Uuid>,
) -> Result<(), ApiError> {
    let Some(org_id) = proposal.org_id.as_deref() else { return Ok(()) };
    match holder(conn, org_id, heir, None).await? {
        Some((name, slug)) => Err(ApiError::conflict(format!(
            "{org_id} is the identifier of {name} ({slug}). Merge the proposal into that record, or change one of the two."
        ))),
        None => Ok(()),
    }
}

/// Gives the record `heir` to partners, evaluators and payers with a name of the proposal and without a record, in the
/// initiatives that the proposing council looks after.
pub(super) async fn link(
    conn: &mut AsyncPgConnection,
    proposal: &Organisation,
    proposer: Uuid,
    heir: Uuid,
) -> Result<(), ApiError> {
    let names: Vec<String> = proposal.names().map(str::to_lowercase).collect();
    // Initiatives get a new version first, so that the read model and the change feed have them as they were before.
    for step in [
        "UPDATE initiatives SET visibility = visibility
         WHERE steward_id = $1 AND withdrawn_at IS NULL AND $3 <> $1 AND id IN (
             SELECT initiative_id FROM initiative_partners WHERE organisation_id IS NULL AND lower(name) = ANY ($2)
             UNION SELECT initiative_id FROM outcomes WHERE evaluator_id IS NULL AND lower(evaluator) = ANY ($2)
             UNION SELECT initiative_id FROM costs WHERE payer_id IS NULL AND lower(payer) = ANY ($2))",
        "UPDATE initiative_partners named SET organisation_id = $3 FROM initiatives i
         WHERE i.id = named.initiative_id AND i.steward_id = $1 AND i.withdrawn_at IS NULL
             AND named.organisation_id IS NULL AND lower(named.name) = ANY ($2)",
        "UPDATE outcomes named SET evaluator_id = $3 FROM initiatives i
         WHERE i.id = named.initiative_id AND i.steward_id = $1 AND i.withdrawn_at IS NULL
             AND named.evaluator_id IS NULL AND lower(named.evaluator) = ANY ($2)",
        "UPDATE costs named SET payer_id = $3 FROM initiatives i
         WHERE i.id = named.initiative_id AND i.steward_id = $1 AND i.withdrawn_at IS NULL
             AND named.payer_id IS NULL AND lower(named.payer) = ANY ($2)",
    ] {
        diesel::sql_query(step)
            .bind::<SqlUuid, _>(proposer)
            .bind::<Array<Text>, _>(&names)
            .bind::<SqlUuid, _>(heir)
            .execute(conn)
            .await?;
    }
    Ok(())
}
