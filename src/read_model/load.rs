//! Reads snapshots from the database: everything at the start, and later only changes. Each read is one transaction
//! with one consistent view, and a fixed number of statements for any number of records.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, max};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::task::{JoinHandle, spawn_blocking};
use uuid::Uuid;

use super::catalogue::Tombstone;
use super::documents::Documents;
use super::entry::InitiativeEntry;
use super::facet_index::FacetKey;
use super::load_reference::{
    load_boundaries, load_council_changes, load_councils, load_organisations, load_themes, load_vocabularies, slugs_of,
};
use super::memberships::Memberships;
use super::recent::RecentChange;
use super::snapshot::{Snapshot, Stamps};
use super::text::{Document, TextIndex};
use crate::access::reach::Reach;
use crate::db::history::epoch;
use crate::db::schema::{changes, initiatives};
use crate::error::ApiError;
use crate::registry::initiatives::store::{Loaded, Rows};
use crate::registry::pre_election;

/// Batch size of a full load.
const BATCH: i64 = 1_000;
/// Batches that are processed while the next one is read.
const MAX_BATCHES_AHEAD: usize = 3;
/// Minimum number of changed initiatives for indexing all of them again, if they are also at least a quarter of all.
const REINDEX_FROM: usize = 500;

/// A row of the change feed.
type ChangeRow = (i64, String, Uuid, i16, Vec<Option<Uuid>>, Vec<Option<Uuid>>, DateTime<Utc>);

/// Progress of a full load.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// Number of initiatives read.
    pub loaded: u64,
    /// Number of initiatives in the database.
    pub total: u64,
}

/// Read everything. Calls `progress` after each batch.
pub async fn load(conn: &mut AsyncPgConnection, progress: impl Fn(Progress) + Sync) -> Result<Snapshot, ApiError> {
    let mut transaction = conn.build_transaction().repeatable_read().read_only();
    transaction.run(async |conn| load_all(conn, &progress).await).await
}

async fn load_all(conn: &mut AsyncPgConnection, progress: &(impl Fn(Progress) + Sync)) -> Result<Snapshot, ApiError> {
    let mut snapshot = Snapshot::default();
    snapshot.epoch = epoch(conn).await?;
    snapshot.day = Utc::now().date_naive();
    snapshot.councils = Arc::new(load_councils(conn).await?);
    snapshot.themes = Arc::new(load_themes(conn).await?);
    snapshot.vocabularies = Arc::new(load_vocabularies(conn).await?);
    snapshot.boundaries = Arc::new(load_boundaries(conn).await?);
    snapshot.council_changes = Arc::new(load_council_changes(conn).await?);
    snapshot.pre_election_periods = Arc::new(pre_election::store::load_all(conn).await?);
    snapshot.memberships = Arc::new(Memberships::load(conn).await?);
    snapshot.set_organisations(load_organisations(conn).await?);
    let rows = changes_after(conn, 0).await?;
    // Start at 1: the value 0 stands for a kind that is not relevant.
    snapshot.stamps =
        Stamps { councils: 1, themes: 1, initiatives: 1, boundaries: 1, memberships: 1, organisations: 1, loads: 1 };
    note_changes(&mut snapshot, rows);
    let total: i64 =
        initiatives::table.filter(initiatives::withdrawn_at.is_null()).select(count_star()).first(conn).await?;
    snapshot.index_catalogue();
    let around = Arc::new(snapshot.clone());
    let (mut entries, mut batches) = (Vec::with_capacity(total as usize), Vec::<JoinHandle<_>>::new());
    // Another thread indexes the documents, so that both processors work. The queue is short.
    let (documents, to_index) = std::sync::mpsc::sync_channel::<Document>(2 * BATCH as usize);
    let indexing = spawn_blocking(move || TextIndex::build((0..).zip(to_index)));
    let mut after = Uuid::nil();
    loop {
        let ids: Vec<Uuid> = initiatives::table
            .filter(initiatives::withdrawn_at.is_null())
            .filter(initiatives::id.gt(after))
            .order(initiatives::id)
            .limit(BATCH)
            .select(initiatives::id)
            .load(conn)
            .await?;
        let Some(last) = ids.last().copied() else { break };
        after = last;
        if batches.len() >= MAX_BATCHES_AHEAD {
            take(batches.remove(0), &documents, &mut entries).await?;
            progress(Progress { loaded: entries.len() as u64, total: total.unsigned_abs() });
        }
        let rows = Rows::load(conn, initiatives::table.filter(initiatives::id.eq_any(ids)).into_boxed()).await?;
        let around = Arc::clone(&around);
        batches.push(spawn_blocking(move || make_entries(rows, &around)));
    }
    for batch in batches {
        take(batch, &documents, &mut entries).await?;
    }
    drop(documents);
    let known: Vec<(String, Uuid)> = slugs_of(conn, "initiative", None).await?;
    let left = tombstones(conn, None).await?;
    let words = indexing.await.map_err(ApiError::internal)?;
    snapshot = spawn_blocking(move || {
        for entry in entries {
            snapshot.insert(entry);
        }
        snapshot.search.initiatives = words;
        snapshot.set_slugs(known);
        for (id, left) in left {
            snapshot.set_tombstone(id, Some(left));
        }
        snapshot
    })
    .await
    .map_err(ApiError::internal)?;
    Ok(snapshot)
}

/// An entry for the snapshot, and its document for the index.
type NewEntry = (Arc<InitiativeEntry>, Document);

/// Insert a finished batch. Entries and documents are numbered in the order of arrival.
async fn take(
    batch: JoinHandle<Result<Vec<NewEntry>, ApiError>>,
    documents: &SyncSender<Document>,
    entries: &mut Vec<Arc<InitiativeEntry>>,
) -> Result<(), ApiError> {
    let made = batch.await.map_err(ApiError::internal)??;
    let documents = documents.clone();
    // Sending blocks while the index is behind.
    let taken = spawn_blocking(move || {
        let keep = |(entry, document)| documents.send(document).map(|()| entry);
        made.into_iter().map(keep).collect::<Result<Vec<_>, _>>()
    });
    entries.extend(taken.await.map_err(ApiError::internal)?.map_err(ApiError::internal)?);
    Ok(())
}

/// The next step for a snapshot.
#[derive(Debug)]
pub enum Step {
    /// It is up to date.
    UpToDate,
    /// This snapshot replaces it.
    Next(Box<Snapshot>),
    /// It belongs to another history of the database: reload everything.
    Behind,
}

/// Read the changes since a snapshot and make the next one.
pub async fn catch_up(conn: &mut AsyncPgConnection, from: &Snapshot) -> Result<Step, ApiError> {
    let mut transaction = conn.build_transaction().repeatable_read().read_only();
    transaction.run(async |conn| catch_up_in(conn, from).await).await
}

async fn catch_up_in(conn: &mut AsyncPgConnection, from: &Snapshot) -> Result<Step, ApiError> {
    let rows = changes_after(conn, from.position).await?;
    let today = Utc::now().date_naive();
    let is_new_day = from.day != today;
    if rows.is_empty() {
        // A database that was restored, or has lost its latest commits, is behind the snapshot.
        let last: Option<i64> = changes::table.select(max(changes::position)).first(conn).await?;
        if last.unwrap_or_default() < from.position {
            return Ok(Step::Behind);
        }
        if !is_new_day {
            return Ok(Step::UpToDate);
        }
    }
    let mut next = from.clone();
    // On a new day statuses of memberships may have changed, without a change in the feed.
    next.day = today;
    let ids_of =
        |resource: &str| -> HashSet<Uuid> { rows.iter().filter(|row| row.1 == resource).map(|row| row.2).collect() };
    let (of_councils, of_themes, mut ids) = (ids_of("council"), ids_of("theme"), ids_of("initiative"));
    if !of_councils.is_empty() || is_new_day {
        next.councils = Arc::new(load_councils(conn).await?);
    }
    if !of_councils.is_empty() || !ids_of("membership").is_empty() {
        next.memberships = Arc::new(Memberships::load(conn).await?);
    }
    let of_organisations = ids_of("organisation");
    if !of_organisations.is_empty() {
        next.set_organisations(load_organisations(conn).await?);
    }
    if !of_themes.is_empty() {
        next.themes = Arc::new(load_themes(conn).await?);
    }
    if !ids_of("boundary").is_empty() {
        next.boundaries = Arc::new(load_boundaries(conn).await?);
    }
    if !ids_of("council_change").is_empty() {
        next.council_changes = Arc::new(load_council_changes(conn).await?);
    }
    if !of_councils.is_empty() || !ids_of("pre_election_period").is_empty() {
        next.pre_election_periods = Arc::new(pre_election::store::load_all(conn).await?);
    }
    if !of_councils.is_empty() || !of_themes.is_empty() || !of_organisations.is_empty() || is_new_day {
        next.index_catalogue();
    }
    // Rebuild every entry that shows a changed record or is found by it, whether or not it is in the feed.
    let keys = of_councils
        .into_iter()
        .flat_map(|id| [FacetKey::Involves(id), FacetKey::PlaceOf(id), FacetKey::Steward(id)])
        .chain(of_themes.into_iter().map(FacetKey::Theme))
        .chain(of_organisations.into_iter().map(FacetKey::Organisation));
    let dependents = from.facets.any(keys);
    let turned = from.turned_until(today);
    ids.extend(from.initiatives(&(dependents | turned)).map(|entry| entry.id));
    note_changes(&mut next, rows);
    let ids: Vec<Uuid> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(Step::Next(Box::new(next)));
    }
    let query = initiatives::table
        .filter(initiatives::withdrawn_at.is_null())
        .filter(initiatives::id.eq_any(ids.clone()))
        .into_boxed();
    let rows = Rows::load(conn, query).await?;
    let known = slugs_of(conn, "initiative", Some(&ids)).await?;
    let mut left = tombstones(conn, Some(&ids)).await?;
    let next = spawn_blocking(move || {
        let entries = make_entries(rows, &next)?;
        let living: HashSet<Uuid> = entries.iter().map(|(entry, _)| entry.id).collect();
        let is_bulk = entries.len() >= REINDEX_FROM && entries.len() * 4 >= next.len();
        for (entry, document) in entries {
            let number = next.insert(entry);
            if !is_bulk {
                next.search.initiatives.insert(number, &document);
            }
        }
        if is_bulk {
            next.index_initiatives()?;
        }
        for id in ids {
            if !living.contains(&id) {
                next.remove(id);
            }
            next.set_tombstone(id, left.remove(&id));
        }
        next.set_slugs(known);
        Ok::<_, ApiError>(next)
    });
    next.await.map_err(ApiError::internal)?.map(|next| Step::Next(Box::new(next)))
}

fn make_entries(rows: Rows, around: &Snapshot) -> Result<Vec<NewEntry>, ApiError> {
    let documents = Documents(around);
    let made = |one: Loaded| {
        let entry = InitiativeEntry::new(&one, around)?;
        Ok((Arc::new(entry), documents.initiative(&one.record)))
    };
    rows.assemble(Reach::PUBLIC).into_iter().map(made).collect()
}

async fn changes_after(conn: &mut AsyncPgConnection, position: i64) -> Result<Vec<ChangeRow>, ApiError> {
    Ok(changes::table
        .filter(changes::position.gt(position))
        .order(changes::position)
        .select((
            changes::position,
            changes::resource,
            changes::record_id,
            changes::audience,
            changes::councils,
            changes::officers_of,
            changes::changed_at,
        ))
        .load(conn)
        .await?)
}

fn note_changes(snapshot: &mut Snapshot, rows: Vec<ChangeRow>) {
    use crate::registry::changes::model::ChangedResource::{
        Council, CouncilChange, Initiative, Membership, Organisation, Theme,
    };
    for (position, resource, record_id, audience, councils, officers_of, changed_at) in rows {
        snapshot.position = position;
        if audience == 1 {
            snapshot.public_position = position;
            let stamps = &mut snapshot.stamps;
            match resource.as_str() {
                "council" | "council_change" => stamps.councils = position,
                "theme" => stamps.themes = position,
                "initiative" => stamps.initiatives = position,
                "membership" => stamps.memberships = position,
                "organisation" => stamps.organisations = position,
                _ => stamps.boundaries = position,
            }
        }
        let resource = match resource.as_str() {
            "council" => Council,
            "theme" => Theme,
            "initiative" => Initiative,
            "council_change" => CouncilChange,
            "membership" => Membership,
            "organisation" => Organisation,
            // Other kinds are not records, and do not appear in feeds.
            _ => continue,
        };
        let ids = |ids: Vec<Option<Uuid>>| ids.into_iter().flatten().collect();
        let (councils, officers_of) = (ids(councils), ids(officers_of));
        let change = RecentChange { resource, record_id, changed_at, audience, councils, officers_of };
        snapshot.recent.insert(position, change);
    }
}

/// Tombstones of withdrawn initiatives. An initiative that was never public leaves none.
async fn tombstones(conn: &mut AsyncPgConnection, ids: Option<&[Uuid]>) -> Result<HashMap<Uuid, Tombstone>, ApiError> {
    let mut query = initiatives::table
        .filter(initiatives::withdrawn_at.is_not_null())
        .filter(initiatives::effective_visibility.eq("public"))
        .select((initiatives::id, initiatives::withdrawn_at.assume_not_null(), initiatives::withdrawn_reason))
        .into_boxed();
    if let Some(ids) = ids {
        query = query.filter(initiatives::id.eq_any(ids));
    }
    let rows: Vec<(Uuid, DateTime<Utc>, Option<String>)> = query.load(conn).await?;
    Ok(rows.into_iter().map(|(id, on, reason)| (id, Tombstone { on, reason })).collect())
}
