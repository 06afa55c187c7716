//! Lists of revisions that are under way: the queue of the network officers, and what a user has written.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::comments;
use super::read::stands;
use super::store::RevisionRow;
use super::workflow::{RevisionAction, RevisionState};
use crate::access::account::Account;
use crate::db::enum_text::Word;
use crate::db::schema::{initiatives, revisions};
use crate::error::ApiError;
use crate::http::page::{Order, Slice, Window};
use crate::http::response::Versioned;
use crate::registry::councils::model::CouncilRef;
use crate::registry::initiatives::answer::InitiativeRef;
use crate::registry::people::{Person, names_of};
use crate::registry::pre_election::model::PeriodRef;
use crate::registry::pre_election::store::Current;
use crate::registry::references;
use crate::text::Reference;

/// A revision that is under way, without its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PendingRevision {
    /// Id.
    pub id: Uuid,
    /// The initiative.
    pub initiative: InitiativeRef,
    /// Council that looks after the initiative. Null: the network.
    #[schema(required)]
    pub council: Option<CouncilRef>,
    /// Number within the initiative, from 1.
    #[schema(example = 1, minimum = 1)]
    pub number: i32,
    /// State.
    pub state: RevisionState,
    /// Where it stands, in plain words.
    #[schema(example = "Submitted on 3 November 2026. It waits for a network officer.")]
    pub stands: String,
    /// True if readers see an earlier text of the initiative.
    pub is_published: bool,
    /// What changes and why, in the words of the authors.
    #[schema(required)]
    pub note: Option<String>,
    /// Reason of the last decision.
    #[schema(required)]
    pub reason: Option<String>,
    /// When it was submitted.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Whole days since it was submitted.
    #[schema(required, minimum = 0, example = 4)]
    pub days_waiting: Option<i64>,
    /// Network officer who reviews it.
    #[schema(required)]
    pub claimed_by: Option<Person>,
    /// When it is to be published.
    #[schema(required)]
    pub publish_at: Option<DateTime<Utc>>,
    /// Pre-election period of the council today. If its rule is `hold`, nothing is published before it has ended.
    #[schema(required)]
    pub period: Option<PeriodRef>,
    /// Number of comments that nobody has resolved.
    #[schema(minimum = 0)]
    pub open_comments: i64,
    /// What you can do with it now.
    pub actions: Vec<RevisionAction>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for PendingRevision {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// Filters of the queue.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// Only revisions in these states. Default: `submitted`, `in_review` and `approved`.
    #[serde(default)]
    #[param(inline, example = json!(["submitted"]))]
    pub state: Vec<RevisionState>,
    /// Only initiatives that these councils look after: slug, id or GSS code.
    #[serde(default)]
    #[param(inline, example = json!(["oldham"]))]
    pub council: Vec<Reference>,
    /// `true`: only revisions that you review. `false`: only those that you do not.
    pub mine: Option<bool>,
    /// Revisions per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// Filters of the list of your own revisions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SubmissionsQuery {
    /// Only revisions in these states. Default: all.
    #[serde(default)]
    #[param(inline, example = json!(["submitted"]))]
    pub state: Vec<RevisionState>,
    /// Revisions per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// Order of the queue: what was submitted first comes first.
pub const OLDEST_FIRST: Order =
    Order::new("coalesce(revisions.submitted_at, revisions.created_at)", "timestamptz", false);
/// Order of what a user has written: what changed last comes first.
pub const NEWEST_FIRST: Order = Order::new("revisions.updated_at", "timestamptz", true);

/// Which revisions to list.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// In these states; empty: in all.
    pub states: Vec<RevisionState>,
    /// Of initiatives that these councils look after; `None`: of all.
    pub councils: Option<Vec<Uuid>>,
    /// Reviewed by this officer, or by anybody else and nobody.
    pub reviewer: Option<(Uuid, bool)>,
    /// Written or submitted by this user.
    pub writer: Option<Uuid>,
}

type Joined = diesel::dsl::InnerJoin<revisions::table, initiatives::table>;
type Boxed = diesel::dsl::IntoBoxed<'static, Joined, Pg>;

fn filtered(wanted: &Pending) -> Boxed {
    let mut query =
        revisions::table.inner_join(initiatives::table).into_boxed().filter(initiatives::withdrawn_at.is_null());
    if !wanted.states.is_empty() {
        query = query.filter(revisions::state.eq_any(wanted.states.iter().map(|one| Word(*one)).collect::<Vec<_>>()));
    }
    if let Some(councils) = &wanted.councils {
        query = query.filter(initiatives::steward_id.eq_any(councils.clone()));
    }
    if let Some((officer, is_own)) = wanted.reviewer {
        query = match is_own {
            true => query.filter(revisions::claimed_by.eq(officer)),
            false => query.filter(revisions::claimed_by.is_distinct_from(officer)),
        };
    }
    if let Some(writer) = wanted.writer {
        let wrote = revisions::writers.contains(vec![Some(writer)]);
        query = query.filter(wrote.or(revisions::submitted_by.is_not_distinct_from(writer)));
    }
    query
}

/// One page of revisions. The caller may see them all.
pub async fn list(
    conn: &mut AsyncPgConnection,
    wanted: &Pending,
    caller: &Account,
    window: &Window,
) -> Result<Slice<PendingRevision>, ApiError> {
    type Record = (String, String, Option<Uuid>, Option<DateTime<Utc>>);
    let total = filtered(wanted).select(count_star()).first(conn).await?;
    let mut query = filtered(wanted);
    if let Some(beyond) = window.beyond("revisions.id") {
        query = query.filter(beyond);
    }
    let rows = query
        .select((RevisionRow::as_select(), window.key()))
        .order(window.order("revisions.id"))
        .limit(window.fetch())
        .load::<(RevisionRow, String)>(conn)
        .await?;
    let mut slice = Slice::new(rows, total, window, |row| row.id);
    let rows = std::mem::take(&mut slice.rows);
    let records: Vec<(Uuid, Record)> = initiatives::table
        .filter(initiatives::id.eq_any(rows.iter().map(|row| row.initiative_id).collect::<Vec<_>>()))
        .select((
            initiatives::id,
            (initiatives::slug, initiatives::title, initiatives::steward_id, initiatives::published_at),
        ))
        .load(conn)
        .await?;
    let records: HashMap<Uuid, Record> = records.into_iter().collect();
    let councils: Vec<Uuid> = records.values().filter_map(|record| record.2).collect();
    let periods = Current::load(conn, Utc::now().date_naive(), &councils).await?;
    let councils = references::councils_by_id(conn, &councils).await?;
    let people = names_of(conn, rows.iter().filter_map(|row| row.claimed_by).collect()).await?;
    let open_comments = comments::open(conn, rows.iter().map(|row| row.id).collect()).await?;
    let now = Utc::now();
    let pending = |row: RevisionRow| {
        let (slug, title, steward, published_at) = records.get(&row.initiative_id)?.clone();
        let state = row.state();
        Some(PendingRevision {
            id: row.id,
            stands: stands(&row, true),
            initiative: InitiativeRef { id: row.initiative_id, slug, title },
            council: steward.and_then(|id| councils.get(&id).cloned()),
            number: row.number,
            state,
            is_published: published_at.is_some() && row.content.is_some(),
            days_waiting: row.submitted_at.map(|at| (now - at).num_days()),
            claimed_by: row.claimed_by.and_then(|id| people.get(&id).cloned()),
            publish_at: row.publish_at,
            period: periods.of(steward).map(PeriodRef::from),
            open_comments: open_comments.get(&row.id).copied().unwrap_or_default(),
            actions: RevisionAction::allowed(state, caller.role.is_officer()).collect(),
            submitted_at: row.submitted_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            note: row.note,
            reason: row.reason,
        })
    };
    Ok(slice.of(rows.into_iter().filter_map(pending).collect()))
}
