//! Rows of pre-election periods.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{NewPreElectionPeriod, PreElectionPeriod, PublicationRule, customary_notice};
use crate::access::reach::Reach;
use crate::db::enum_text::Word;
use crate::db::schema::{councils, pre_election_periods};
use crate::error::ApiError;
use crate::http::input::Draft;
use crate::registry::councils::model::{CouncilRef, Nation};
use crate::registry::references;

#[derive(Queryable, Selectable)]
#[diesel(table_name = pre_election_periods, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    election: String,
    nation: Option<Word<Nation>>,
    council_id: Option<Uuid>,
    starts_on: NaiveDate,
    polling_on: NaiveDate,
    rule: Word<PublicationRule>,
    notice: Option<String>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

fn to_model(row: Row, councils: &HashMap<Uuid, CouncilRef>) -> PreElectionPeriod {
    PreElectionPeriod {
        id: row.id,
        notice_text: row.notice.clone().unwrap_or_else(|| customary_notice(&row.election, row.polling_on)),
        election: row.election,
        nation: row.nation.map(|nation| nation.0),
        council: row.council_id.and_then(|id| councils.get(&id).cloned()),
        starts_on: row.starts_on,
        polling_on: row.polling_on,
        rule: row.rule.0,
        notice: row.notice,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// All periods, the latest first. There are a few a year.
pub async fn load_all(conn: &mut AsyncPgConnection) -> Result<Vec<PreElectionPeriod>, ApiError> {
    let rows: Vec<Row> = pre_election_periods::table
        .order((pre_election_periods::starts_on.desc(), pre_election_periods::id))
        .select(Row::as_select())
        .load(conn)
        .await?;
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.council_id).collect();
    let councils = references::councils_by_id(conn, &ids).await?;
    Ok(rows.into_iter().map(|row| to_model(row, &councils)).collect())
}

/// One period.
pub async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> Result<PreElectionPeriod, ApiError> {
    let row: Option<Row> =
        pre_election_periods::table.find(id).select(Row::as_select()).first(conn).await.optional()?;
    let row = row.ok_or_else(|| ApiError::not_found("pre-election period"))?;
    let councils = references::councils_by_id(conn, row.council_id.as_slice()).await?;
    Ok(to_model(row, &councils))
}

/// The periods that include a day.
pub struct Current {
    periods: Vec<PreElectionPeriod>,
    nations: HashMap<Uuid, Nation>,
}

impl Current {
    /// Those of a day, for these councils.
    pub async fn load(conn: &mut AsyncPgConnection, day: NaiveDate, of: &[Uuid]) -> Result<Self, ApiError> {
        let mut periods = load_all(conn).await?;
        periods.retain(|period| period.includes(day));
        let nations: Vec<(Uuid, Word<Nation>)> = match periods.is_empty() {
            true => Vec::new(),
            false => {
                let named = councils::table.filter(councils::id.eq_any(of));
                named.select((councils::id, councils::nation)).load(conn).await?
            }
        };
        Ok(Self { periods, nations: nations.into_iter().map(|(id, nation)| (id, nation.0)).collect() })
    }

    /// The one for a council, or with `None` for the network. Of several, one that holds publications, or the one that
    /// ends last.
    pub fn of(&self, council: Option<Uuid>) -> Option<&PreElectionPeriod> {
        let council = council.and_then(|id| self.nations.get(&id).map(|nation| (id, *nation)));
        let applying = self.periods.iter().filter(|period| period.is_for(council));
        applying.max_by_key(|period| (period.rule == PublicationRule::Hold, period.polling_on))
    }

    /// The one that holds publications for a council, or with `None` for the network.
    pub fn holding(&self, council: Option<Uuid>) -> Option<&PreElectionPeriod> {
        self.of(council).filter(|period| period.rule == PublicationRule::Hold)
    }
}

/// The period that holds publications of what a council looks after today, if there is one; `None`: the network.
pub async fn holding(
    conn: &mut AsyncPgConnection,
    council: Option<Uuid>,
) -> Result<Option<PreElectionPeriod>, ApiError> {
    let current = Current::load(conn, Utc::now().date_naive(), council.as_slice()).await?;
    Ok(current.holding(council).cloned())
}

/// A period ready to be written, with its council resolved to an id.
pub struct Resolved {
    record: NewPreElectionPeriod,
    council: Option<Uuid>,
}

/// Resolves the council. Reports all faults together.
pub async fn resolve(conn: &mut AsyncPgConnection, draft: Draft<NewPreElectionPeriod>) -> Result<Resolved, ApiError> {
    let Draft { value: record, mut faults } = draft;
    let council = match &record.council {
        Some(council) => references::council(conn, Reach::ALL, council, "/council", &mut faults).await?,
        None => None,
    };
    faults.finish()?;
    Ok(Resolved { record, council })
}

/// Columns that a write sets.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = pre_election_periods, treat_none_as_null = true)]
struct Change<'a> {
    election: &'a str,
    nation: Option<Word<Nation>>,
    council_id: Option<Uuid>,
    starts_on: NaiveDate,
    polling_on: NaiveDate,
    rule: Word<PublicationRule>,
    notice: Option<&'a str>,
}

impl<'a> From<&'a Resolved> for Change<'a> {
    fn from(Resolved { record, council }: &'a Resolved) -> Self {
        Self {
            election: &record.election,
            nation: record.nation.map(Word),
            council_id: *council,
            starts_on: record.starts_on,
            polling_on: record.polling_on,
            rule: Word(record.rule),
            notice: record.notice.as_deref(),
        }
    }
}

/// Creates a period.
pub async fn create(conn: &mut AsyncPgConnection, resolved: &Resolved) -> Result<Uuid, ApiError> {
    let id = Uuid::now_v7();
    let values = (pre_election_periods::id.eq(id), Change::from(resolved));
    diesel::insert_into(pre_election_periods::table).values(values).execute(conn).await?;
    Ok(id)
}

/// Replaces a period; false if `version` is not the current one.
pub async fn update(
    conn: &mut AsyncPgConnection,
    (id, version): (Uuid, i32),
    resolved: &Resolved,
) -> Result<bool, ApiError> {
    let target = pre_election_periods::table.find(id).filter(pre_election_periods::version.eq(version));
    Ok(diesel::update(target).set(Change::from(resolved)).execute(conn).await? > 0)
}

/// Deletes a period; false if `version` is not the current one.
pub async fn delete(conn: &mut AsyncPgConnection, (id, version): (Uuid, i32)) -> Result<bool, ApiError> {
    let target = pre_election_periods::table.find(id).filter(pre_election_periods::version.eq(version));
    Ok(diesel::delete(target).execute(conn).await? > 0)
}
