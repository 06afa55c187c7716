//! Searching across resources, and forgiving a slip.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::AsyncPgConnection;

use super::marks::Marks;
use super::meant::meant;
use super::model::{Found, Highlight, SearchHit, SearchNote, SearchQuery, TotalIs};
use super::rank::{Among, rank};
use crate::auth::caller::Reach;
use crate::councils::model::{Council, Nation, Region};
use crate::councils::store::CouncilFilter;
use crate::db::schema::{councils as council_table, initiatives as initiative_table};
use crate::error::ApiError;
use crate::geography::{Area, Point};
use crate::initiatives::filter::InitiativeFilter;
use crate::initiatives::model::Initiative;
use crate::page::{Slice, Window};
use crate::{councils, initiatives};

/// Search for words as they were written and, where that finds nothing, as they were probably meant.
pub async fn forgiving<T>(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    words: Option<String>,
    mut search: impl AsyncFnMut(&mut AsyncPgConnection, Option<String>) -> Result<(Slice<T>, TotalIs), ApiError>,
) -> Result<(Slice<T>, Option<SearchNote>), ApiError> {
    let (slice, total_is) = search(conn, words.clone()).await?;
    let Some(written) = words else { return Ok((slice, None)) };
    let did_you_mean = if slice.total == 0 { meant(conn, reach, &written).await? } else { None };
    match did_you_mean {
        None => Ok((slice, Some(SearchNote { searched_for: written, did_you_mean: None, total_is }))),
        Some(meant) => {
            let (slice, total_is) = search(conn, Some(meant.clone())).await?;
            let note = SearchNote { searched_for: meant.clone(), did_you_mean: Some(meant), total_is };
            Ok((slice, Some(note)))
        }
    }
}

/// What a hit is: the whole record.
#[allow(
    clippy::large_enum_variant,
    reason = "one page of them, most of them the larger: a box each would save nothing"
)]
pub enum Record {
    /// A council.
    Council(Council),
    /// An initiative.
    Initiative(Initiative),
}

impl From<&Record> for SearchHit {
    fn from(record: &Record) -> Self {
        match record {
            Record::Council(council) => Self {
                resource: Found::Council,
                id: council.id,
                slug: council.slug.clone(),
                title: council.name.clone(),
                summary: None,
                lead_council: None,
                distance_km: None,
                highlight: None,
                version: council.version,
                updated_at: council.updated_at,
            },
            Record::Initiative(initiative) => Self {
                resource: Found::Initiative,
                id: initiative.id,
                slug: initiative.slug.clone(),
                title: initiative.title.clone(),
                summary: Some(initiative.summary.clone()),
                lead_council: initiative.lead_council.clone(),
                distance_km: None,
                highlight: None,
                version: initiative.version,
                updated_at: initiative.updated_at,
            },
        }
    }
}

impl Record {
    /// Where it is.
    pub fn point(&self) -> Option<Point> {
        match self {
            Self::Council(one) => one.location.map(Into::into),
            Self::Initiative(one) => one.location.map(Into::into),
        }
    }

    /// Where the words of a search are in it.
    pub fn highlight(&self, marks: &Marks) -> Highlight {
        match self {
            Self::Council(council) => marks.highlight(&council.name, None, council.description.as_deref().into_iter()),
            Self::Initiative(one) => marks.highlight(&one.title, Some(&one.summary), one.texts()),
        }
    }
}

/// Where to search: the rest of a search, besides its words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Where {
    /// In any of these regions.
    pub regions: Vec<Region>,
    /// In any of these nations.
    pub nations: Vec<Nation>,
    /// In here.
    pub area: Area,
}

impl Where {
    /// From the parameters of a search.
    pub fn new(query: &SearchQuery) -> Result<Self, ApiError> {
        let mut faults = Vec::new();
        let area = Area::new(query.bbox, query.near, query.radius_km, false, &mut faults);
        if !faults.is_empty() {
            return Err(ApiError::bad_query(faults));
        }
        Ok(Self { regions: query.region.clone(), nations: query.nation.clone(), area })
    }

    /// The initiatives and the councils there that a caller may see.
    fn among(&self, reach: Reach) -> Among {
        let Self { regions, nations, area } = self.clone();
        let of_councils =
            CouncilFilter { regions: regions.clone(), nations: nations.clone(), area, ..CouncilFilter::default() };
        let of_initiatives = InitiativeFilter { regions, nations, area, ..InitiativeFilter::default() };
        Among {
            initiatives: Some(initiatives::filter::filtered(reach, &of_initiatives).select(initiative_table::id)),
            councils: Some(councils::store::filtered(reach, &of_councils).select(council_table::id)),
        }
    }
}

/// One page of councils and initiatives, best hits first.
pub async fn search(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    words: &str,
    place: &Where,
    window: &Window,
) -> Result<(Slice<Record>, TotalIs), ApiError> {
    let whole = (*place == Where::default()).then_some(reach);
    let (hits, total_is) = rank(conn, words, || place.among(reach), whole, window).await?;
    let of = |kind| hits.rows.iter().filter(|(found, _)| *found == kind).map(|(_, id)| *id).collect::<Vec<_>>();
    let (of_councils, of_initiatives) = (of(Found::Council), of(Found::Initiative));
    let mut records = HashMap::new();
    if !of_councils.is_empty() {
        let found = councils::store::load(conn, reach, &of_councils).await?;
        records.extend(found.into_iter().map(|one| (one.id, Record::Council(one))));
    }
    if !of_initiatives.is_empty() {
        let found = initiatives::store::load(conn, reach, &of_initiatives).await?;
        records.extend(found.into_iter().map(|one| (one.id, Record::Initiative(one))));
    }
    Ok((hits.with_rows(|hits| hits.iter().filter_map(|(_, id)| records.remove(id)).collect()), total_is))
}
