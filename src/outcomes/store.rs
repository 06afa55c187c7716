//! Queries of outcomes. Each begins with the initiatives that the caller may see.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::try_join;
use uuid::Uuid;

use super::filter::{OutcomeFilter, filtered};
use super::model::{OutcomeOf, OutcomeRecord};
use crate::auth::caller::Reach;
use crate::councils::model::CouncilRef;
use crate::db::schema::{initiatives, outcomes, sources};
use crate::error::ApiError;
use crate::initiatives::children::{OutcomeRow, SourceRow};
use crate::initiatives::evidence::{Outcome, Source};
use crate::page::{Slice, Tie, Window};
use crate::refs;

/// What a claim shows of its initiative.
#[derive(Queryable, Selectable)]
#[diesel(table_name = initiatives, check_for_backend(Pg))]
struct Of {
    id: Uuid,
    slug: String,
    title: String,
    lead_council_id: Option<Uuid>,
    updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(check_for_backend(Pg))]
struct Claim {
    #[diesel(embed)]
    of: Of,
    #[diesel(embed)]
    row: OutcomeRow,
}

/// What breaks ties: the claims of an initiative stand together, in its order.
pub const TIES: &str = "initiatives.id, outcomes.position";

/// One page of outcomes.
pub async fn list(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    filter: &OutcomeFilter,
    window: &Window,
) -> Result<Slice<OutcomeRecord>, ApiError> {
    let shared: &AsyncPgConnection = conn;
    let (mut first, mut second) = (shared, shared);
    let mut query = filtered(reach, filter);
    if let (Some(record), Some(beyond)) = (window.from_record("initiatives.id"), window.beyond(TIES)) {
        query = query.filter(record).filter(beyond);
    }
    let rows = query
        .select((Claim::as_select(), window.key()))
        .order(window.order(TIES))
        .limit(window.fetch())
        .load::<(Claim, String)>(&mut first);
    let total = filtered(reach, filter).select(count_star()).first::<i64>(&mut second);
    let (rows, total) = try_join!(rows, total)?;
    let tie = |claim: &Claim| Tie { id: claim.of.id, position: Some(claim.row.position) };
    let slice = Slice::new(rows, total, window, tie);
    let leads: Vec<Uuid> = slice.rows.iter().filter_map(|claim| claim.of.lead_council_id).collect();
    let leads = refs::councils_by_id(conn, &leads).await?;
    let ids: Vec<Uuid> = slice.rows.iter().map(|claim| claim.of.id).collect();
    let known = sources::table.filter(sources::initiative_id.eq_any(ids)).select(SourceRow::as_select());
    let known: Vec<SourceRow> = known.load(conn).await?;
    let known: HashMap<(Uuid, String), Source> =
        known.into_iter().map(|row| ((row.initiative_id, row.key.clone()), row.into())).collect();
    Ok(slice.with_rows(|rows| rows.into_iter().map(|claim| shown(claim, &leads, &known)).collect()))
}

/// True when more outcomes match than this.
pub async fn are_more_than(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    filter: &OutcomeFilter,
    most: u32,
) -> Result<bool, ApiError> {
    let beyond = filtered(reach, filter).select(outcomes::position).offset(most.into()).limit(1);
    Ok(beyond.first::<i32>(conn).await.optional()?.is_some())
}

fn shown(
    Claim { of, row }: Claim,
    leads: &HashMap<Uuid, CouncilRef>,
    sources: &HashMap<(Uuid, String), Source>,
) -> OutcomeRecord {
    let Of { id, slug, title, lead_council_id, updated_at } = of;
    let position = row.position;
    let Outcome {
        measure,
        kind,
        bound,
        value,
        value_high,
        direction,
        unit,
        baseline,
        period_from,
        period_to,
        as_at,
        definition,
        caveat,
        evidence_level,
        source,
    } = row.into();
    let text = |line: &str| line.to_owned();
    OutcomeRecord {
        initiative: OutcomeOf { id, slug, title, lead_council: lead_council_id.and_then(|id| leads.get(&id).cloned()) },
        position,
        measure: text(&measure),
        kind,
        bound,
        value,
        value_high,
        direction,
        unit,
        baseline,
        period_from: period_from.as_deref().map(text),
        period_to: period_to.as_deref().map(text),
        as_at: as_at.as_deref().map(text),
        definition: definition.as_deref().map(text),
        caveat: caveat.as_deref().map(text),
        evidence_level,
        source: source.and_then(|key| sources.get(&(id, key)).cloned()),
        updated_at,
    }
}
