//! Names and identifiers that other organisations have, as far as somebody who proposes one can see.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::prepared::Prepared;
use crate::db::schema::organisations;
use crate::error::ApiError;

/// Name and slug of another organisation with this identifier, among the accepted ones and those that `proposer`
/// proposes.
pub(super) async fn holder(
    conn: &mut AsyncPgConnection,
    org_id: &str,
    own: Option<Uuid>,
    proposer: Option<Uuid>,
) -> Result<Option<(String, String)>, ApiError> {
    let is_near = organisations::proposed_by_id.is_null();
    Ok(organisations::table
        .filter(organisations::org_id.eq(org_id))
        .filter(organisations::withdrawn_at.is_null())
        .filter(organisations::merged_into_id.is_null())
        .filter(organisations::id.ne(own.unwrap_or_default()))
        .filter(is_near.or(organisations::proposed_by_id.is_not_distinct_from(proposer)))
        .select((organisations::name, organisations::slug))
        .first(conn)
        .await
        .optional()?)
}

/// An accepted organisation, or one that council $1 proposes, with this name or alias. Letter case makes no difference.
const NAMESAKE: &str = "
    SELECT name, slug FROM organisations
    WHERE withdrawn_at IS NULL AND merged_into_id IS NULL
        AND (proposed_by_id IS NULL OR proposed_by_id = $1)
        AND id IS DISTINCT FROM $2
        AND EXISTS (SELECT FROM unnest(aliases || name) known WHERE lower(known) = lower($3))
    ORDER BY proposed_by_id NULLS FIRST, id LIMIT 1";

/// Name and slug of another organisation with this name, among the accepted ones and those that `proposer` proposes.
pub(super) async fn namesake(
    conn: &mut AsyncPgConnection,
    name: &str,
    own: Option<Uuid>,
    proposer: Uuid,
) -> Result<Option<(String, String)>, ApiError> {
    let query = Prepared::new(NAMESAKE)
        .bind::<SqlUuid, _>(proposer)
        .bind::<Nullable<SqlUuid>, _>(own)
        .bind::<Text, _>(name)
        .returning::<(Text, Text)>();
    Ok(query.get_result(conn).await.optional()?)
}
