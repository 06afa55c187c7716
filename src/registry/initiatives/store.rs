//! Reads initiatives and their children from the database, for writers, the change feed and the read model.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::try_join;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::answer::{Initiative, LocationOf, Place};
use super::children::Children;
use super::lead::Lead;
pub use super::relatives::Related;
use super::rows::InitiativeRow;
use crate::access::reach::Reach;
use crate::access::visibility::Visibility;
use crate::db::enum_text::Word;
use crate::db::schema::{councils, initiatives};
use crate::error::ApiError;
use crate::registry::councils::model::CouncilRef;
use crate::registry::references;
use crate::registry::references::Resource;

/// A council that leads or looks after an initiative, and its location for initiatives without their own.
pub(super) type Keeper = (CouncilRef, Option<f64>, Option<f64>);

/// Initiatives that a caller can see. Every query starts from this.
pub fn visible(reach: Reach) -> initiatives::BoxedQuery<'static, Pg> {
    use Visibility::{Members, Officers, Private, Public};
    let levels = [Public, Members, Officers, Private].into_iter().filter(|level| *level <= reach.level).map(Word);
    let seen = initiatives::effective_visibility.eq_any(levels.collect::<Vec<_>>());
    let query = initiatives::table.filter(initiatives::withdrawn_at.is_null()).into_boxed();
    match reach.council {
        Some(own) => query.filter(seen.or(initiatives::steward_id.is_not_distinct_from(own))),
        None => query.filter(seen),
    }
}

/// The initiative that a path segment names, if the caller can see it; otherwise 404.
pub async fn locate(conn: &mut AsyncPgConnection, reach: Reach, segment: &str) -> Result<Initiative, ApiError> {
    let id = references::require_id(conn, Resource::Initiative, segment).await?;
    find(conn, reach, id).await
}

/// One initiative. An initiative that was public and then withdrawn gives 404 with the public reason.
pub async fn find(conn: &mut AsyncPgConnection, reach: Reach, id: Uuid) -> Result<Initiative, ApiError> {
    match load(conn, reach, &[id]).await?.pop() {
        Some(found) => Ok(found),
        None => Err(tombstone(conn, id).await?.unwrap_or_else(|| ApiError::not_found("initiative"))),
    }
}

/// Initiatives by id, if the caller can see them, ordered by title.
pub async fn load(conn: &mut AsyncPgConnection, reach: Reach, ids: &[Uuid]) -> Result<Vec<Initiative>, ApiError> {
    let rows = Rows::load(conn, visible(reach).filter(initiatives::id.eq_any(ids.to_vec()))).await?;
    // Rendering six long texts takes time, so it must not block the threads that serve other requests.
    let loaded = spawn_blocking(move || rows.assemble(reach)).await.map_err(ApiError::internal)?;
    Ok(loaded.into_iter().map(|loaded| loaded.record).collect())
}

/// Rows of initiatives and their children. [`Rows::assemble`] makes records of them.
pub struct Rows {
    rows: Vec<InitiativeRow>,
    pub(super) children: Children,
    councils: HashMap<Uuid, Keeper>,
}

/// A loaded initiative, with its effective visibility and its relatives.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The record, as a caller with the given reach sees it.
    pub record: Initiative,
    /// Its effective visibility.
    pub level: Visibility,
    /// Initiative that it is a component of, visible to the caller or not.
    pub parent: Option<Related>,
    /// All its components, visible to the caller or not.
    pub components: Vec<Related>,
    /// Organisations that lead, are partners, have evaluated or pay.
    pub organisations: Vec<Uuid>,
}

impl Rows {
    /// Reads the initiatives that a query selects, ordered by title, with one statement per table.
    pub async fn load(
        conn: &mut AsyncPgConnection,
        query: initiatives::BoxedQuery<'static, Pg>,
    ) -> Result<Self, ApiError> {
        let rows: Vec<InitiativeRow> =
            query.order((initiatives::title, initiatives::id)).select(InitiativeRow::as_select()).load(conn).await?;
        Self::of(conn, rows).await
    }

    /// Reads what belongs to these rows, with one statement per table.
    pub(super) async fn of(conn: &mut AsyncPgConnection, rows: Vec<InitiativeRow>) -> Result<Self, ApiError> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let parents: Vec<Uuid> = rows.iter().filter_map(|row| row.parent_id).collect();
        let keepers = rows.iter().flat_map(|row| [row.lead_council_id, row.steward_id]).flatten();
        let keepers: HashSet<Uuid> = keepers.collect();
        let shared: &AsyncPgConnection = conn;
        let mut other = shared;
        let keepers = async {
            let query = councils::table.filter(councils::id.eq_any(keepers));
            let select = query.select((CouncilRef::as_select(), councils::latitude, councils::longitude));
            Ok::<_, ApiError>(select.load::<Keeper>(&mut other).await?)
        };
        let (children, keepers) = try_join!(Children::load(shared, &ids, &parents), keepers)?;
        Ok(Self { rows, children, councils: keepers.into_iter().map(|one| (one.0.id, one)).collect() })
    }

    /// Makes records, with the relatives that the reach allows. Renders Markdown, so do not call it on an async thread.
    pub fn assemble(self, reach: Reach) -> Vec<Loaded> {
        self.assemble_on(reach, Utc::now().date_naive())
    }

    /// The same, with statuses and freshness as of a day.
    pub fn assemble_on(self, reach: Reach, today: NaiveDate) -> Vec<Loaded> {
        let Self { rows, mut children, councils } = self;
        rows.into_iter().map(|row| assemble(row, &mut children, &councils, reach, today)).collect()
    }
}

/// The error for a withdrawn initiative, with its public reason. None for an initiative that was never public.
async fn tombstone(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Option<ApiError>, ApiError> {
    let left: Option<(Option<DateTime<Utc>>, Option<String>)> = initiatives::table
        .find(id)
        .filter(initiatives::withdrawn_at.is_not_null())
        .filter(initiatives::effective_visibility.eq("public"))
        .select((initiatives::withdrawn_at, initiatives::withdrawn_reason))
        .first(conn)
        .await
        .optional()?;
    Ok(left.and_then(|(on, reason)| on.map(|on| ApiError::withdrawn("initiative", on, reason.as_deref()))))
}

fn assemble(
    row: InitiativeRow,
    children: &mut Children,
    councils: &HashMap<Uuid, Keeper>,
    reach: Reach,
    today: NaiveDate,
) -> Loaded {
    let (id, level) = (row.id, row.effective_visibility.0);
    let lead = row.lead_council_id.and_then(|id| councils.get(&id));
    let steward = row.steward_id.and_then(|id| councils.get(&id)).map(|(council, ..)| council.clone());
    let other = children.leads.remove(&id).unwrap_or_default();
    let parent = row.parent_id.and_then(|id| children.parents.get(&id).cloned());
    let components = children.components.remove(&id).unwrap_or_default();
    let seen = |one: &Related| one.is_seen(reach).then(|| one.reference.clone());
    let at = |point: Option<(f64, f64)>, of| point.map(|(latitude, longitude)| Place { latitude, longitude, of });
    let of_lead = at(lead.and_then(|(_, latitude, longitude)| latitude.zip(*longitude)), LocationOf::LeadCouncil);
    let record = row.into_record(children.narratives.remove(&id).unwrap_or_default(), today);
    let record = Initiative {
        lead: lead.map_or(other.lead, |(council, ..)| Lead::council(&council.slug)),
        lead_council: lead.map(|(council, ..)| council.clone()),
        steward: steward.into(),
        lead_organisation: other.organisation,
        place_of: other.place_of,
        participants: children.participants.remove(&id).unwrap_or_default(),
        partners: children.partners.remove(&id).unwrap_or_default(),
        parent: parent.as_ref().and_then(seen),
        components: components.iter().filter_map(seen).collect(),
        themes: children.themes.remove(&id).unwrap_or_default(),
        principles: children.principles.remove(&id).unwrap_or_default(),
        location: record.location.or(of_lead).or(at(other.place, LocationOf::PlaceOf)),
        sources: children.sources.remove(&id).unwrap_or_default(),
        outcomes: children.outcomes.remove(&id).unwrap_or_default(),
        costs: children.costs.remove(&id).unwrap_or_default(),
        ..record
    };
    let organisations = children.organisations.remove(&id).unwrap_or_default();
    Loaded { record, level, parent, components, organisations }
}
