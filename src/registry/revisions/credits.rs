//! Councils whose suggestions are in a revision.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::schema::{councils, suggestions};
use crate::error::ApiError;
use crate::registry::councils::model::CouncilRef;

/// Councils whose users have made suggestions that went into a revision, by name.
pub async fn of(conn: &mut AsyncPgConnection, revision: Uuid) -> Result<Vec<CouncilRef>, ApiError> {
    let credited = suggestions::table
        .filter(suggestions::revision_id.eq(revision))
        .select(suggestions::author_council_id.assume_not_null())
        .filter(suggestions::author_council_id.is_not_null());
    let named = councils::table.filter(councils::id.eq_any(credited)).order((councils::name, councils::id));
    Ok(named.select(CouncilRef::as_select()).load(conn).await?)
}
