//! Queries of changes. Each starts from the changes that the caller can see, and reads in one snapshot.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::cursor::FeedPosition;
use super::model::{Change, ChangeKind, ChangedRecord, ChangedResource};
use crate::access::reach::Reach;
use crate::access::visibility::Visibility;
use crate::db::enum_text::Word;
use crate::db::history;
use crate::db::schema::changes;
use crate::error::{ApiError, Fault};
use crate::http::page::MOST_BYTES;
use crate::registry::initiatives::store as practice;
use crate::registry::memberships::standing::AsAt;
use crate::registry::{council_changes, councils, memberships, organisations, themes};

#[derive(Queryable, Selectable)]
#[diesel(table_name = changes, check_for_backend(Pg))]
struct ChangeRow {
    position: i64,
    resource: Word<ChangedResource>,
    record_id: Uuid,
    changed_at: DateTime<Utc>,
}

/// Number of changes in the first batch of records. Its size in bytes gives an estimate for the next batches.
const FIRST_TAKEN: usize = 50;
/// Most changes in one batch.
const MOST_TAKEN: usize = 200;

/// Consecutive changes.
pub struct Batch {
    /// Oldest first. Each record appears once, at its last change.
    pub changes: Vec<Change>,
    /// Position of the last change that was read. The next page starts after it.
    pub end: FeedPosition,
    /// True if more changes are available now.
    pub more: bool,
}

/// Changes that the caller can see. Every query starts from this.
fn visible(reach: Reach) -> changes::BoxedQuery<'static, Pg> {
    // Ranks as in the SQL function `visibility_rank`: 1 public to 4 private.
    let seen = changes::audience.le(reach.level.rank());
    // Rows of boundaries are for the followers of the read model only.
    let in_feed: Vec<_> = ChangedResource::ALL.map(Word).into();
    let query = changes::table.filter(changes::resource.eq_any(in_feed)).into_boxed();
    let Some(own) = reach.council.map(|own| vec![Some(own)]) else { return query.filter(seen) };
    let by_own = changes::councils.contains(own.clone());
    if reach.level >= Visibility::Officers {
        query.filter(seen.or(by_own).or(changes::officers_of.contains(own)))
    } else {
        query.filter(seen.or(by_own))
    }
}

/// Reads at most `limit` changes of some resources, after a position or from the beginning. A position in another
/// history of the database is a fault of the parameter `since`.
pub async fn after(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    resources: &[ChangedResource],
    since: Option<FeedPosition>,
    limit: i64,
) -> Result<Batch, ApiError> {
    let position = since.map_or(0, |since| since.position);
    let words: Vec<_> = resources.iter().copied().map(Word).collect();
    let query = visible(reach)
        .filter(changes::position.gt(position))
        .filter(changes::resource.eq_any(words))
        .order(changes::position)
        .limit(limit + 1)
        .select(ChangeRow::as_select());
    let mut snapshot = conn.build_transaction().repeatable_read().read_only();
    snapshot
        .run(async |conn| {
            let era = history::era(conn).await?;
            if let Some(since) = since
                && !history::is_kept(conn, since.era, since.position).await?
            {
                let detail = "is from before the database was restored; start again without it and with an empty copy";
                return Err(ApiError::bad_query(vec![Fault::parameter("since", "bad_cursor", detail)]));
            }
            let mut rows: Vec<ChangeRow> = query.load(conn).await?;
            let mut more = rows.len() as i64 > limit;
            rows.truncate(limit as usize);
            let mut end = rows.last().map_or(position, |row| row.position);
            let mut last = end;
            let mut rows = each_once(rows);
            let (mut changes, mut bytes, mut take) = (Vec::new(), 0, FIRST_TAKEN);
            while !rows.is_empty() && bytes < MOST_BYTES {
                let rest = rows.split_off(take.min(rows.len()));
                let positions: Vec<i64> = rows.iter().map(|row| row.position).collect();
                for (change, at) in to_models(conn, reach, rows).await?.into_iter().zip(positions) {
                    if bytes >= MOST_BYTES {
                        // Larger than the estimate: the next page begins here.
                        more = true;
                        break;
                    }
                    bytes += serde_json::to_vec(&change).map_err(ApiError::internal)?.len();
                    changes.push(change);
                    last = at;
                }
                // An estimate of how many records fill the page. The next may be much larger than those before.
                let fill = MOST_BYTES.saturating_sub(bytes) * changes.len() / bytes.max(1);
                take = fill.clamp(1, MOST_TAKEN);
                more |= !rest.is_empty() && bytes >= MOST_BYTES;
                rows = rest;
            }
            if bytes >= MOST_BYTES && more {
                end = last;
            }
            Ok(Batch { changes, end: FeedPosition { era, position: end }, more })
        })
        .await
}

/// Keeps the last change of each record.
fn each_once(mut rows: Vec<ChangeRow>) -> Vec<ChangeRow> {
    let mut met = HashSet::new();
    rows.reverse();
    rows.retain(|row| met.insert(row.record_id));
    rows.reverse();
    rows
}

/// Adds the records as the caller sees them now: one query per resource, and one per child table of initiatives, for
/// any number of rows.
async fn to_models(conn: &mut AsyncPgConnection, reach: Reach, rows: Vec<ChangeRow>) -> Result<Vec<Change>, ApiError> {
    let of = |resource| -> Vec<Uuid> {
        rows.iter().filter(|row| row.resource.0 == resource).map(|row| row.record_id).collect()
    };
    let mut records: HashMap<Uuid, ChangedRecord> = HashMap::new();
    for council in councils::store::load(conn, reach, &of(ChangedResource::Council)).await? {
        records.insert(council.id, ChangedRecord::Council(council));
    }
    for change in council_changes::store::load(conn, &of(ChangedResource::CouncilChange)).await? {
        records.insert(change.id, ChangedRecord::CouncilChange(change));
    }
    for theme in themes::store::load(conn, &of(ChangedResource::Theme)).await? {
        records.insert(theme.id, ChangedRecord::Theme(theme));
    }
    for initiative in practice::load(conn, reach, &of(ChangedResource::Initiative)).await? {
        records.insert(initiative.id, ChangedRecord::Initiative(Box::new(initiative)));
    }
    for membership in memberships::store::load(conn, &of(ChangedResource::Membership)).await? {
        let shown = membership.shown(reach.in_feed(), AsAt::today());
        records.insert(shown.id, ChangedRecord::Membership(Box::new(shown)));
    }
    for organisation in organisations::store::load(conn, reach, &of(ChangedResource::Organisation)).await? {
        records.insert(organisation.id, ChangedRecord::Organisation(Box::new(organisation)));
    }
    let change = |row: ChangeRow| {
        let record = records.remove(&row.record_id);
        Change {
            change: if record.is_some() { ChangeKind::Upsert } else { ChangeKind::Delete },
            resource: row.resource.0,
            id: row.record_id,
            changed_at: row.changed_at,
            record,
        }
    };
    Ok(rows.into_iter().map(change).collect())
}
