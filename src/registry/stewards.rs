//! Who looks after the initiatives of councils that were abolished.
//!
//! `initiatives.steward_id` has the council that looks after each initiative, because it decides who can edit the record
//! and see its drafts. [`of`] gives it for a record that is being written. [`restate`] writes it anew when something
//! that it depends on has changed: the stage of a council, the changes of councils, boundaries, or an admin's decision.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use geo::MultiPolygon;
use uuid::Uuid;

use super::boundaries::shape;
use super::council_changes::lineage::{Lineage, LineageScope};
use super::councils::lifetime::CouncilStatus;
use crate::db::enum_text::Word;
use crate::db::prepared::Prepared;
use crate::db::schema::{councils, initiatives};
use crate::error::ApiError;
use crate::geography::Point;

/// What decides who looks after an initiative, besides the councils themselves.
#[derive(Clone, Copy, Debug)]
pub struct Basis {
    /// The lead council.
    pub lead: Uuid,
    /// The successor that an admin has chosen.
    pub decided: Option<Uuid>,
    /// The initiative's own location.
    pub point: Option<Point>,
}

/// The living council that follows an abolished lead council for one initiative; `None` for the network.
pub async fn of(conn: &mut AsyncPgConnection, basis: Basis) -> Result<Option<Uuid>, ApiError> {
    let lineage = Lineage::load(conn).await?;
    Ok(Heirs::load(conn, lineage, &[basis]).await?.of(basis))
}

/// The living councils that follow a council, or the council itself if it is living.
pub async fn heirs(conn: &mut AsyncPgConnection, council: Uuid) -> Result<BTreeSet<Uuid>, ApiError> {
    let lineage = Lineage::load(conn).await?;
    let basis = Basis { lead: council, decided: None, point: None };
    Ok(Heirs::load(conn, lineage, &[basis]).await?.of_council(council))
}

/// Writes the stewards of the initiatives that these councils, or those that they followed, have led.
///
/// Writers who name one of these councils wait until this transaction ends, and this waits for those who are writing.
pub async fn restate(conn: &mut AsyncPgConnection, changed: &[Uuid]) -> Result<(), ApiError> {
    let lineage = Lineage::load(conn).await?;
    let leads = lineage.widened(changed, LineageScope::Predecessors);
    let target = councils::table.filter(councils::id.eq_any(&leads)).order(councils::id);
    target.select(councils::id).for_update().load::<Uuid>(conn).await?;
    restate_led_by(conn, lineage, &leads).await
}

/// Writes the stewards of all initiatives that abolished councils led. A registry in which they are right is not
/// changed.
pub async fn restate_all(conn: &mut AsyncPgConnection) -> Result<(), ApiError> {
    let abolished = councils::table.filter(councils::status.eq(Word(CouncilStatus::Abolished)));
    let leads: Vec<Uuid> = abolished.select(councils::id).load(conn).await?;
    let lineage = Lineage::load(conn).await?;
    restate_led_by(conn, lineage, &leads).await
}

const WRITE: &str = "
    UPDATE initiatives i SET steward_id = new.steward
    FROM unnest($1::uuid[], $2::uuid[]) new (id, steward) WHERE i.id = new.id";

async fn restate_led_by(conn: &mut AsyncPgConnection, lineage: Lineage, leads: &[Uuid]) -> Result<(), ApiError> {
    type Row = (Uuid, Option<Uuid>, Option<Uuid>, Option<Uuid>, Option<f64>, Option<f64>);
    use initiatives as one;
    let columns =
        (one::id, one::steward_id, one::lead_council_id, one::steward_decided_id, one::latitude, one::longitude);
    let led_by = one::table.filter(one::lead_council_id.eq_any(leads)).filter(one::withdrawn_at.is_null());
    let rows: Vec<Row> = led_by.order(one::id).select(columns).load(conn).await?;
    let (mut held, mut bases) = (Vec::new(), Vec::new());
    for (id, steward, lead, decided, latitude, longitude) in rows {
        let point = latitude.zip(longitude).map(|(latitude, longitude)| Point { latitude, longitude });
        if let Some(lead) = lead {
            held.push((id, steward));
            bases.push(Basis { lead, decided, point });
        }
    }
    if bases.is_empty() {
        return Ok(());
    }
    let heirs = Heirs::load(conn, lineage, &bases).await?;
    let now = held.into_iter().zip(bases).map(|((id, before), basis)| (id, before, heirs.of(basis)));
    let (ids, stewards): (Vec<Uuid>, Vec<Option<Uuid>>) =
        now.filter(|(_, before, now)| before != now).map(|(id, _, now)| (id, now)).unzip();
    if ids.is_empty() {
        return Ok(());
    }
    Prepared::new(WRITE)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Nullable<SqlUuid>>, _>(stewards)
        .execute(conn)
        .await?;
    Ok(())
}

/// Councils that can look after the initiatives of some lead councils.
struct Heirs {
    lineage: Lineage,
    /// Living, shadow and proposed councils among the leads, which look after their own.
    unended: HashSet<Uuid>,
    /// Living councils among the leads and those that followed them.
    living: HashSet<Uuid>,
    /// Areas of the councils among which a location decides.
    areas: HashMap<Uuid, Vec<MultiPolygon>>,
}

impl Heirs {
    async fn load(conn: &mut AsyncPgConnection, lineage: Lineage, bases: &[Basis]) -> Result<Self, ApiError> {
        let leads: Vec<Uuid> = bases.iter().flat_map(|one| [Some(one.lead), one.decided]).flatten().collect();
        let followers = lineage.widened(&leads, LineageScope::Successors);
        let known = councils::table.filter(councils::id.eq_any(followers)).filter(councils::withdrawn_at.is_null());
        let known: Vec<(Uuid, Word<CouncilStatus>)> = known.select((councils::id, councils::status)).load(conn).await?;
        let in_stage = |wanted: fn(CouncilStatus) -> bool| {
            known.iter().filter(|(_, stage)| wanted(stage.0)).map(|(id, _)| *id).collect()
        };
        let mut heirs = Self {
            lineage,
            unended: in_stage(|stage| stage != CouncilStatus::Abolished),
            living: in_stage(|stage| stage == CouncilStatus::Living),
            areas: HashMap::new(),
        };
        let located = bases.iter().filter(|one| one.point.is_some()).map(|one| heirs.candidates(*one));
        let rivals: BTreeSet<Uuid> = located.filter(|heirs| heirs.len() > 1).flatten().collect();
        if !rivals.is_empty() {
            heirs.areas = areas(conn, rivals.into_iter().collect()).await?;
        }
        Ok(heirs)
    }

    fn of_council(&self, council: Uuid) -> BTreeSet<Uuid> {
        self.lineage.heirs(council, |id| self.living.contains(&id))
    }

    /// The councils that can look after an initiative, as far as the lead and an admin's decision say.
    fn candidates(&self, basis: Basis) -> BTreeSet<Uuid> {
        if self.unended.contains(&basis.lead) {
            return BTreeSet::from([basis.lead]);
        }
        self.of_council(basis.decided.unwrap_or(basis.lead))
    }

    fn of(&self, basis: Basis) -> Option<Uuid> {
        let mut candidates = self.candidates(basis);
        if let Some(point) = basis.point
            && candidates.len() > 1
        {
            let has =
                |id: &Uuid| self.areas.get(id).is_some_and(|areas| areas.iter().any(|area| shape::covers(area, point)));
            candidates.retain(has);
        }
        if candidates.len() == 1 { candidates.pop_first() } else { None }
    }
}

/// A county without a boundary of its own has those of its districts.
const AREAS: &str = "
    SELECT c.id, s.geometry
    FROM councils c
    JOIN boundary_shapes s ON s.zoom = 18 AND (s.gss_code = c.gss_code
        OR s.gss_code IN (SELECT district FROM county_districts WHERE county = c.gss_code))
    WHERE c.id = ANY ($1)";

async fn areas(
    conn: &mut AsyncPgConnection,
    councils: Vec<Uuid>,
) -> Result<HashMap<Uuid, Vec<MultiPolygon>>, ApiError> {
    let query = Prepared::new(AREAS).bind::<Array<SqlUuid>, _>(councils).returning::<(SqlUuid, Text)>();
    let rows: Vec<(Uuid, String)> = query.load(conn).await?;
    let mut areas: HashMap<Uuid, Vec<MultiPolygon>> = HashMap::new();
    for (council, geometry) in rows {
        areas.entry(council).or_default().push(shape::read(&geometry).map_err(ApiError::internal)?);
    }
    Ok(areas)
}
