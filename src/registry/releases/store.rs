//! Rows of releases, and the parts of their files.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::model::{EndedQuarter, ReleaseCounts};
use crate::db::schema::{initiatives, release_parts, releases};
use crate::error::ApiError;
use crate::http::page::{Order, Slice, Window};
use crate::registry::{references, withdrawal};

/// Columns of a release.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = releases, check_for_backend(Pg))]
pub struct ReleaseRow {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Why it was made on demand.
    pub reason: Option<String>,
    /// Time whose registry it holds.
    pub made_at: DateTime<Utc>,
    counts: Value,
    /// Size of the file.
    pub bytes: i64,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Version.
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl ReleaseRow {
    /// Records in it.
    pub fn counts(&self) -> ReleaseCounts {
        serde_json::from_value(self.counts.clone()).unwrap_or_default()
    }
}

/// A release to record. Its parts are there already.
#[derive(Insertable)]
#[diesel(table_name = releases)]
pub struct NewRow<'a> {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: &'a str,
    /// Why it was made on demand.
    pub reason: Option<&'a str>,
    /// Time whose registry it holds.
    pub made_at: DateTime<Utc>,
    /// Records in it.
    pub counts: Value,
    /// Size of the file.
    pub bytes: i64,
    /// SHA-256 of the file.
    pub sha256: &'a str,
}

/// Order of the list: the latest first.
pub const LATEST_FIRST: Order = Order::new("releases.made_at", "timestamptz", true);

fn available() -> releases::BoxedQuery<'static, Pg> {
    releases::table.filter(releases::withdrawn_at.is_null()).into_boxed()
}

/// One page of the releases.
pub async fn list(conn: &mut AsyncPgConnection, window: &Window) -> Result<Slice<ReleaseRow>, ApiError> {
    let total = available().select(count_star()).first(conn).await?;
    let mut query = available();
    if let Some(beyond) = window.beyond("releases.id") {
        query = query.filter(beyond);
    }
    let rows = query
        .select((ReleaseRow::as_select(), window.key()))
        .order(window.order("releases.id"))
        .limit(window.fetch())
        .load::<(ReleaseRow, String)>(conn)
        .await?;
    Ok(Slice::new(rows, total, window, |row| row.id))
}

/// The release with a name or id; 404 with the public reason if it was withdrawn.
pub async fn find(conn: &mut AsyncPgConnection, segment: &str) -> Result<ReleaseRow, ApiError> {
    let id = match references::as_id(segment) {
        Some(id) => Some(id),
        // Other characters may not be valid text for PostgreSQL.
        None if segment.bytes().all(|byte| byte.is_ascii_graphic()) => {
            releases::table.filter(releases::name.eq(segment)).select(releases::id).first(conn).await.optional()?
        }
        None => None,
    };
    let id = id.ok_or_else(|| ApiError::not_found("release"))?;
    let found = available().filter(releases::id.eq(id)).select(ReleaseRow::as_select()).first(conn).await.optional()?;
    match found {
        Some(found) => Ok(found),
        None => Err(withdrawal::missing(conn, "releases", "release", id).await?),
    }
}

/// True if there is a release with a name, or was one. Until the end of the transaction, nobody else makes one.
pub async fn lock_name(conn: &mut AsyncPgConnection, name: &str) -> Result<bool, ApiError> {
    crate::db::lock(conn, "releases").await?;
    let named = releases::table.filter(releases::name.eq(name)).select(releases::id);
    Ok(named.first::<Uuid>(conn).await.optional()?.is_some())
}

/// True if a quarter saw a public initiative. A registry that begins after it has nothing to release for it.
pub async fn has_content(conn: &mut AsyncPgConnection, quarter: &EndedQuarter) -> Result<bool, ApiError> {
    let public = initiatives::table
        .filter(initiatives::published_at.lt(quarter.end))
        .filter(initiatives::effective_visibility.eq("public"))
        .select(initiatives::id);
    Ok(public.first::<Uuid>(conn).await.optional()?.is_some())
}

/// Adds a part of a file.
pub async fn add_part(conn: &mut AsyncPgConnection, release: Uuid, position: i32, part: &[u8]) -> Result<(), ApiError> {
    let values =
        (release_parts::release_id.eq(release), release_parts::position.eq(position), release_parts::content.eq(part));
    diesel::insert_into(release_parts::table).values(values).execute(conn).await?;
    Ok(())
}

/// Records a release whose parts are there.
pub async fn create(conn: &mut AsyncPgConnection, row: &NewRow<'_>) -> Result<(), ApiError> {
    diesel::insert_into(releases::table).values(row).execute(conn).await?;
    Ok(())
}

/// A part of a file; `None` after the last, or if the release was withdrawn meanwhile.
pub async fn part(conn: &mut AsyncPgConnection, release: Uuid, position: i32) -> Result<Option<Vec<u8>>, ApiError> {
    let part = release_parts::table.find((release, position)).select(release_parts::content);
    Ok(part.first(conn).await.optional()?)
}

/// Deletes the file of a release and leaves a tombstone; false if `version` is not current.
pub async fn withdraw(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    version: i32,
    reason: Option<&str>,
) -> Result<bool, ApiError> {
    if !withdrawal::withdraw(conn, "releases", id, version, reason).await? {
        return Ok(false);
    }
    diesel::delete(release_parts::table.filter(release_parts::release_id.eq(id))).execute(conn).await?;
    Ok(true)
}
