//! Queries of recruitment. For network officers only.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{NewRecruitment, Recruitment, RecruitmentStage};
use crate::access::reach::Reach;
use crate::db::enum_text::Word;
use crate::db::schema::recruitment;
use crate::error::ApiError;
use crate::http::input::Draft;
use crate::http::page::{Slice, Window};
use crate::registry::councils::model::CouncilRef;
use crate::registry::memberships::model::{Member, MemberOrganisation};
use crate::registry::references;

#[derive(Queryable, Selectable)]
#[diesel(table_name = recruitment, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    council_id: Option<Uuid>,
    organisation: Option<String>,
    stage: Word<RecruitmentStage>,
    note: Option<String>,
    evidence: Option<String>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

fn to_model(row: Row, councils: &HashMap<Uuid, CouncilRef>) -> Recruitment {
    Recruitment {
        id: row.id,
        target: Member {
            council: row.council_id.and_then(|id| councils.get(&id).cloned()),
            organisation: row.organisation.map(|name| MemberOrganisation { name, record: None }),
        },
        stage: row.stage.0,
        note: row.note,
        evidence: row.evidence,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

fn filtered(stages: &[RecruitmentStage]) -> recruitment::BoxedQuery<'static, diesel::pg::Pg> {
    let query = recruitment::table.into_boxed();
    match stages {
        [] => query,
        _ => query.filter(recruitment::stage.eq_any(stages.iter().map(|one| Word(*one)).collect::<Vec<_>>())),
    }
}

/// One page of recruitment.
pub async fn list(
    conn: &mut AsyncPgConnection,
    stages: &[RecruitmentStage],
    window: &Window,
) -> Result<Slice<Recruitment>, ApiError> {
    let total = filtered(stages).select(count_star()).first(conn).await?;
    let mut query = filtered(stages);
    if let Some(beyond) = window.beyond("recruitment.id") {
        query = query.filter(beyond);
    }
    let rows = query
        .select((Row::as_select(), window.key()))
        .order(window.order("recruitment.id"))
        .limit(window.fetch())
        .load::<(Row, String)>(conn)
        .await?;
    let slice = Slice::new(rows, total, window, |row| row.id);
    let ids: Vec<Uuid> = slice.rows.iter().filter_map(|row| row.council_id).collect();
    let councils = references::councils_by_id(conn, &ids).await?;
    Ok(slice.with_rows(|rows| rows.into_iter().map(|row| to_model(row, &councils)).collect()))
}

/// One record.
pub async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Recruitment, ApiError> {
    let row: Option<Row> = recruitment::table.find(id).select(Row::as_select()).first(conn).await.optional()?;
    let row = row.ok_or_else(|| ApiError::not_found("recruitment record"))?;
    let councils = references::councils_by_id(conn, row.council_id.as_slice()).await?;
    Ok(to_model(row, &councils))
}

/// A record ready to be written, with its council resolved to an id.
pub struct Resolved {
    record: NewRecruitment,
    council: Option<Uuid>,
}

/// Resolves the council. Reports all faults together.
pub async fn resolve(conn: &mut AsyncPgConnection, draft: Draft<NewRecruitment>) -> Result<Resolved, ApiError> {
    let Draft { value: record, mut faults } = draft;
    let council = match &record.target.council {
        Some(council) => references::council(conn, Reach::ALL, council, "/target/council", &mut faults).await?,
        None => None,
    };
    faults.finish()?;
    Ok(Resolved { record, council })
}

/// Columns that a write sets.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = recruitment, treat_none_as_null = true)]
struct Change<'a> {
    council_id: Option<Uuid>,
    organisation: Option<&'a str>,
    stage: Word<RecruitmentStage>,
    note: Option<&'a str>,
    evidence: Option<&'a str>,
}

impl<'a> From<&'a Resolved> for Change<'a> {
    fn from(Resolved { record, council }: &'a Resolved) -> Self {
        Self {
            council_id: *council,
            organisation: record.target.organisation.as_deref(),
            stage: Word(record.stage),
            note: record.note.as_deref(),
            evidence: record.evidence.as_deref(),
        }
    }
}

/// Creates a record.
pub async fn create(conn: &mut AsyncPgConnection, resolved: &Resolved) -> Result<Uuid, ApiError> {
    let id = Uuid::now_v7();
    let values = (recruitment::id.eq(id), Change::from(resolved));
    diesel::insert_into(recruitment::table).values(values).execute(conn).await?;
    Ok(id)
}

/// Replaces a record; false if `version` is not the current one.
pub async fn update(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    version: i32,
    resolved: &Resolved,
) -> Result<bool, ApiError> {
    let target = recruitment::table.find(id).filter(recruitment::version.eq(version));
    Ok(diesel::update(target).set(Change::from(resolved)).execute(conn).await? == 1)
}

/// Deletes a record for good; false if `version` is not the current one.
pub async fn delete(conn: &mut AsyncPgConnection, id: Uuid, version: i32) -> Result<bool, ApiError> {
    let target = recruitment::table.find(id).filter(recruitment::version.eq(version));
    Ok(diesel::delete(target).execute(conn).await? == 1)
}
