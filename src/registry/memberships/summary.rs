//! Summaries of memberships, as members show them.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::model::{Membership, Observation};
use super::standing::{AsAt, Dates};
use super::vocabulary::{MemberTier, MembershipStatus};
use crate::db::enum_text::Word;
use crate::db::schema::memberships;
use crate::error::ApiError;
use crate::registry::councils::model::{MembershipSummary, MembershipTier};
use crate::text::PartialDate;

#[derive(Queryable, Selectable)]
#[diesel(table_name = memberships, check_for_backend(diesel::pg::Pg))]
struct Row {
    council_id: Option<Uuid>,
    tier: Word<MemberTier>,
    from_on: Option<String>,
    to_on: Option<String>,
    observations: Value,
}

/// Summaries of the memberships of these councils, or of all, by council, as of today. A council without one has none.
pub async fn of(
    conn: &mut AsyncPgConnection,
    councils: Option<&[Uuid]>,
) -> Result<HashMap<Uuid, MembershipSummary>, ApiError> {
    let mut query = memberships::table
        .filter(memberships::withdrawn_at.is_null())
        .filter(memberships::council_id.is_not_null())
        .order(memberships::id)
        .select(Row::as_select())
        .into_boxed();
    if let Some(councils) = councils {
        query = query.filter(memberships::council_id.eq_any(councils.to_vec()));
    }
    let rows: Vec<Row> = query.load(conn).await?;
    // With what ranks them: whether it has not ended, and when it began.
    let mut found: HashMap<Uuid, ((bool, Option<NaiveDate>), MembershipSummary)> = HashMap::new();
    let today = AsAt::today();
    for row in rows {
        let Some(council) = row.council_id else { continue };
        let date = |text: Option<&String>| text.map(|text| PartialDate::from(text.as_str()));
        let (from, to) = (date(row.from_on.as_ref()), date(row.to_on.as_ref()));
        let observations: Vec<Observation> = serde_json::from_value(row.observations).map_err(ApiError::internal)?;
        let dates = Dates { from: from.as_ref(), to: to.as_ref(), observations: &observations };
        let status = dates.status(today);
        // Of several, the one that has not ended; otherwise the last.
        let rank = (status != MembershipStatus::Ended, dates.first_evidence());
        let summary = MembershipSummary {
            tier: row.tier.0.into(),
            status: Some(status),
            as_at: dates.last_evidence(today).cloned(),
            joined_on: from.clone(),
            ended_on: to.clone(),
        };
        match found.get(&council) {
            Some((other, _)) if *other > rank => {}
            _ => drop(found.insert(council, (rank, summary))),
        }
    }
    Ok(found.into_iter().map(|(council, (_, summary))| (council, summary)).collect())
}

impl From<&Membership> for MembershipSummary {
    fn from(shown: &Membership) -> Self {
        Self {
            tier: shown.tier.into(),
            status: Some(shown.status),
            as_at: shown.last_observed_on.clone(),
            joined_on: shown.from.clone(),
            ended_on: shown.to.clone(),
        }
    }
}

impl From<MemberTier> for MembershipTier {
    fn from(tier: MemberTier) -> Self {
        match tier {
            MemberTier::Full => Self::Full,
            MemberTier::Associate => Self::Associate,
            MemberTier::Affiliate => Self::Affiliate,
            MemberTier::Supporter => Self::Supporter,
            MemberTier::Unknown => Self::Unknown,
        }
    }
}
