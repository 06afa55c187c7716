//! Reads reference data for a snapshot: councils and their changes, themes, organisations, vocabularies and boundaries.
//! Each kind is read as a whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::boundaries::{Area, Boundaries, Boundary};
use super::catalogue::{Catalogue, Directory, Themes, Tombstone, Vocabularies};
use super::council_changes::{CouncilChangeEntry, CouncilChanges};
use super::proposals::Proposals;
use crate::db::schema::{
    boundaries, boundary_shapes, co_operative_values, council_changes, councils, county_districts, principles, slugs,
    themes,
};
use crate::error::ApiError;
use crate::geography::BoundingBox;
use crate::registry::boundaries::store::BoundaryRow;
use crate::registry::councils::model::Council;
use crate::registry::organisations::model::Organisation;

/// Councils, with the codes that lead to them.
pub async fn load_councils(conn: &mut AsyncPgConnection) -> Result<Catalogue<Council>, ApiError> {
    let records = crate::registry::councils::store::load_all(conn).await?;
    let slugs = slugs_of(conn, "council", None).await?;
    let codes = records.iter().flat_map(|one| one.codes.iter().map(|code| (code.gss.clone(), one.id)));
    let names = codes.chain(slugs).collect();
    let left: Vec<(Uuid, DateTime<Utc>, Option<String>)> = councils::table
        .filter(councils::withdrawn_at.is_not_null())
        .select((councils::id, councils::withdrawn_at.assume_not_null(), councils::withdrawn_reason))
        .load(conn)
        .await?;
    let tombstones = left.into_iter().map(|(id, on, reason)| (id, Tombstone { on, reason })).collect();
    Catalogue::new(records, Directory { names, tombstones, ..Directory::default() })
}

/// Organisations: the accepted ones, and apart from them those that councils propose.
pub async fn load_organisations(
    conn: &mut AsyncPgConnection,
) -> Result<(Catalogue<Organisation>, Proposals), ApiError> {
    let records = crate::registry::organisations::store::load_all(conn).await?;
    let (proposed, accepted) = records.into_iter().partition(|one: &Organisation| one.proposed_by.is_some());
    let mut withdrawn = HashMap::new();
    let names = slugs_of(conn, "organisation", None).await?.into_iter().collect();
    let mut directory = Directory { names, ..Directory::default() };
    for one in crate::registry::organisations::store::load_gone(conn).await? {
        directory.heirs.extend(one.merged_into_id.map(|into| (one.id, into)));
        let left = one.withdrawn_at.map(|on| Tombstone { on, reason: one.withdrawn_reason });
        match one.proposed_by_id {
            Some(council) => withdrawn.extend(left.map(|left| (one.id, (council, left)))),
            None => directory.tombstones.extend(left.map(|left| (one.id, left))),
        }
    }
    Ok((Catalogue::new(accepted, directory)?, Proposals::new(proposed, withdrawn)?))
}

/// A node of the tree of themes: id, broader, replaced by, merged, withdrawn, reason, changed.
type ThemeNode = (Uuid, Option<Uuid>, Option<Uuid>, bool, Option<DateTime<Utc>>, Option<String>, DateTime<Utc>);

/// Themes, and their tree.
pub async fn load_themes(conn: &mut AsyncPgConnection) -> Result<Themes, ApiError> {
    let records = crate::registry::themes::store::load_all(conn).await?;
    let nodes: Vec<ThemeNode> = themes::table
        .select((
            themes::id,
            themes::broader_id,
            themes::replaced_by_id,
            themes::merged,
            themes::withdrawn_at,
            themes::withdrawn_reason,
            themes::updated_at,
        ))
        .load(conn)
        .await?;
    let names = slugs_of(conn, "theme", None).await?.into_iter().collect();
    let (mut directory, mut themes) = (Directory { names, ..Directory::default() }, Themes::default());
    for (id, broader, replaced_by, merged, withdrawn_at, reason, updated_at) in nodes {
        themes.last_change = themes.last_change.max(Some(updated_at));
        match withdrawn_at {
            Some(on) => drop(directory.tombstones.insert(id, Tombstone { on, reason })),
            None => themes.broader.extend(broader.map(|broader| (id, broader))),
        }
        if merged {
            directory.heirs.extend(replaced_by.map(|into| (id, into)));
        }
    }
    Ok(Themes { all: Catalogue::new(records, directory)?, ..themes })
}

/// Current and former slugs with the ids of their records: of some records, or of all.
pub async fn slugs_of(
    conn: &mut AsyncPgConnection,
    resource: &str,
    ids: Option<&[Uuid]>,
) -> Result<Vec<(String, Uuid)>, ApiError> {
    let mut query =
        slugs::table.filter(slugs::resource.eq(resource)).select((slugs::slug, slugs::record_id)).into_boxed();
    if let Some(ids) = ids {
        query = query.filter(slugs::record_id.eq_any(ids));
    }
    Ok(query.load(conn).await?)
}

/// Changes of councils, and the tombstones of withdrawn ones.
pub async fn load_council_changes(conn: &mut AsyncPgConnection) -> Result<CouncilChanges, ApiError> {
    let records = crate::registry::council_changes::store::load_all(conn).await?;
    let left: Vec<(Uuid, DateTime<Utc>, Option<String>)> = council_changes::table
        .filter(council_changes::withdrawn_at.is_not_null())
        .select((
            council_changes::id,
            council_changes::withdrawn_at.assume_not_null(),
            council_changes::withdrawn_reason,
        ))
        .load(conn)
        .await?;
    let entries = records.into_iter().map(CouncilChangeEntry::new).collect::<Result<_, _>>()?;
    let left = left.into_iter().map(|(id, on, reason)| (id, Tombstone { on, reason }));
    Ok(CouncilChanges::new(entries, left.collect()))
}

/// Principles and values.
pub async fn load_vocabularies(conn: &mut AsyncPgConnection) -> Result<Vocabularies, ApiError> {
    Ok(Vocabularies {
        principles: principles::table.order((principles::scheme, principles::position)).load(conn).await?,
        values: co_operative_values::table
            .order((co_operative_values::scheme, co_operative_values::position))
            .load(conn)
            .await?,
    })
}

/// Boundaries with their shapes, and the counties of districts.
pub async fn load_boundaries(conn: &mut AsyncPgConnection) -> Result<Boundaries, ApiError> {
    let rows: Vec<(BoundaryRow, DateTime<Utc>)> =
        boundaries::table.select((BoundaryRow::as_select(), boundaries::updated_at)).load(conn).await?;
    let shapes: Vec<(String, i16, String)> = boundary_shapes::table
        .select((boundary_shapes::gss_code, boundary_shapes::zoom, boundary_shapes::geometry))
        .load(conn)
        .await?;
    let mut by_code: HashMap<String, BTreeMap<i16, Arc<str>>> = HashMap::new();
    for (code, zoom, geometry) in shapes {
        by_code.entry(code).or_default().insert(zoom, geometry.into());
    }
    let counties: Vec<(String, String)> =
        county_districts::table.select((county_districts::district, county_districts::county)).load(conn).await?;
    let areas = rows.into_iter().map(|(row, updated_at)| {
        let shapes = by_code.remove(&row.gss_code).unwrap_or_default();
        let boundary = Boundary {
            bounds: BoundingBox { west: row.west, south: row.south, east: row.east, north: row.north },
            attribution: BTreeSet::from([row.attribution]),
            source: row.source,
            dated_on: row.dated_on,
            updated_at,
            geometry: shapes.values().next_back().cloned().unwrap_or_default(),
        };
        (row.gss_code, Area::new(boundary, shapes))
    });
    Ok(Boundaries::new(areas.collect(), counties.into_iter().collect()))
}
