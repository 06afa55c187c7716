//! What is on a map: one statement for the points with all that is shown of them. Each begins with what the caller may see.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::cluster::{Spot, cluster};
use super::model::{
    ClusterFeature, ClusterProperties, CollectionType, CouncilProperties, FeatureType, InitiativeProperties,
    MapCouncil, MapFeature, MapSummary, NationCount, PointMap, RecordFeature, RegionCount, SummaryCounts,
};
use crate::auth::caller::Reach;
use crate::councils;
use crate::councils::model::{CouncilType, MembershipTier, Nation, Region};
use crate::councils::store::CouncilFilter;
use crate::db::schema::{councils as council_table, initiatives};
use crate::db::word::Word;
use crate::error::ApiError;
use crate::facets;
use crate::geography::Point;
use crate::initiatives::filter::{FRESHNESS, InitiativeFilter, filtered};
use crate::initiatives::model::{Freshness, InitiativeKind, LocationOf};

/// SQL of the slugs of an initiative's themes, the primary one first.
const THEMES: &str = "ARRAY(SELECT theme.slug FROM initiative_themes used JOIN themes theme ON theme.id = used.theme_id
    WHERE used.initiative_id = initiatives.id ORDER BY used.position, theme.label)";

/// Features of a map that have ids. With them 5,000 initiatives are some 230 kB compressed, without them 10,000 are.
const MOST_WITH_IDS: usize = 5_000;

/// Something with all that a map shows of it, and where it is.
pub struct Placed<T> {
    /// Id.
    pub id: Uuid,
    /// Where.
    pub point: Point,
    /// What is shown.
    pub shown: T,
}

/// Latitude and longitude, where they are known.
type Coordinates = (Option<f64>, Option<f64>);

#[derive(Queryable)]
struct InitiativeRow {
    id: Uuid,
    slug: String,
    title: String,
    kind: Word<InitiativeKind>,
    freshness: Word<Freshness>,
    own: Coordinates,
    lead: Option<(String, String, Option<f64>, Option<f64>)>,
    themes: Vec<String>,
}

fn point((latitude, longitude): Coordinates) -> Option<Point> {
    Some(Point { latitude: latitude?, longitude: longitude? })
}

impl InitiativeProperties {
    /// Its place in the order of a map.
    fn place(&self) -> (bool, Option<&str>, &str) {
        let council = self.council.as_ref().map(|council| council.slug.as_str());
        (self.located_by == LocationOf::LeadCouncil, council, &self.slug)
    }
}

impl InitiativeRow {
    fn placed(self) -> Option<Placed<InitiativeProperties>> {
        let leads = self.lead.as_ref().and_then(|(_, _, latitude, longitude)| point((*latitude, *longitude)));
        let own = point(self.own).map(|point| (point, LocationOf::Initiative));
        let (point, located_by) = own.or(leads.map(|point| (point, LocationOf::LeadCouncil)))?;
        let shown = InitiativeProperties {
            slug: self.slug,
            title: self.title,
            kind: self.kind.0,
            themes: self.themes,
            council: self.lead.map(|(slug, name, ..)| MapCouncil { slug, name }),
            freshness: self.freshness.0,
            located_by,
        };
        Some(Placed { id: self.id, point, shown })
    }
}

/// The initiatives that match a filter: how many, and those that have a place. Those of one council stand together, by slug:
/// what is alike is next to each other, which makes a long answer a fifth shorter when it is compressed.
pub async fn initiatives(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    filter: &InitiativeFilter,
) -> Result<(usize, Vec<Placed<InitiativeProperties>>), ApiError> {
    let lead = (council_table::slug, council_table::name, council_table::latitude, council_table::longitude);
    let rows: Vec<InitiativeRow> = filtered(reach, filter)
        .left_join(council_table::table)
        .select((
            initiatives::id,
            initiatives::slug,
            initiatives::title,
            initiatives::kind,
            sql::<Text>(FRESHNESS),
            (initiatives::latitude, initiatives::longitude),
            lead.nullable(),
            sql::<Array<Text>>(THEMES),
        ))
        .load(conn)
        .await?;
    let total = rows.len();
    let mut placed: Vec<_> = rows.into_iter().filter_map(InitiativeRow::placed).collect();
    placed.sort_unstable_by(|one, other| one.shown.place().cmp(&other.shown.place()));
    Ok((total, placed))
}

#[derive(Queryable)]
struct CouncilRow {
    id: Uuid,
    slug: String,
    name: String,
    council_type: Word<CouncilType>,
    tier: Word<MembershipTier>,
    at: Coordinates,
}

/// The councils that match a filter: how many, and those that have a place, by id.
pub async fn councils(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    filter: &CouncilFilter,
) -> Result<(usize, Vec<Placed<CouncilProperties>>), ApiError> {
    let rows: Vec<CouncilRow> = councils::store::filtered(reach, filter)
        .select((
            council_table::id,
            council_table::slug,
            council_table::name,
            council_table::council_type,
            council_table::membership_tier,
            (council_table::latitude, council_table::longitude),
        ))
        .order(council_table::id)
        .load(conn)
        .await?;
    let led = facets::store::facets(conn, reach, &InitiativeFilter::default()).await?.facets.council;
    let led: HashMap<String, i64> = led.into_iter().map(|one| (one.value, one.initiatives)).collect();
    let placed = |row: CouncilRow| {
        let point = point(row.at)?;
        let shown = CouncilProperties {
            initiatives: led.get(&row.slug).copied().unwrap_or_default(),
            slug: row.slug,
            name: row.name,
            council_type: row.council_type.0,
            membership: row.tier.0,
        };
        Some(Placed { id: row.id, point, shown })
    };
    Ok((rows.len(), rows.into_iter().filter_map(placed).collect()))
}

impl<T> PointMap<T> {
    /// Of records, of which so many match; for a zoom, or all of them.
    pub fn new(total: usize, placed: Vec<Placed<T>>, zoom: Option<u8>) -> Self {
        let located = placed.len();
        let has_ids = zoom.is_some() || located <= MOST_WITH_IDS;
        let one = |placed: Placed<T>| {
            MapFeature::One(RecordFeature {
                kind: FeatureType::Feature,
                id: has_ids.then_some(placed.id),
                geometry: placed.point.into(),
                properties: placed.shown,
            })
        };
        let features = match zoom {
            None => placed.into_iter().map(one).collect(),
            Some(zoom) => {
                let points = placed.into_iter().map(|placed| {
                    let point = placed.point;
                    (placed, point)
                });
                let feature = |spot| match spot {
                    Spot::One(placed) => one(placed),
                    Spot::Several(several) => MapFeature::Several(ClusterFeature {
                        kind: FeatureType::Feature,
                        geometry: several.centre.into(),
                        properties: ClusterProperties::new(several.count, several.bbox),
                    }),
                };
                cluster(points, zoom).into_iter().map(feature).collect()
            }
        };
        Self { kind: CollectionType::FeatureCollection, total, located, features }
    }
}

/// Initiatives by where they are led from: nation, region, councils, initiatives. Nowhere for those of the network itself.
type Led = (Option<Word<Nation>>, Option<Word<Region>>, i64, i64);

/// The statement of [`summary`] over the lead councils of initiatives.
struct ByRegion<Q>(Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for ByRegion<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT c.nation, c.region, count(DISTINCT c.id), count(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") led (council_id) LEFT JOIN councils c ON c.id = led.council_id GROUP BY c.nation, c.region");
        Ok(())
    }
}

impl<Q> QueryId for ByRegion<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for ByRegion<Q> {
    type SqlType = (Nullable<Text>, Nullable<Text>, BigInt, BigInt);
}

const NATIONS: [Nation; 4] = [Nation::England, Nation::Scotland, Nation::Wales, Nation::NorthernIreland];
const REGIONS: [Region; 9] = [
    Region::NorthEast,
    Region::NorthWest,
    Region::YorkshireAndTheHumber,
    Region::EastMidlands,
    Region::WestMidlands,
    Region::EastOfEngland,
    Region::London,
    Region::SouthEast,
    Region::SouthWest,
];

/// How many of the initiatives that match a filter are led from each region and nation, and by how many councils.
pub async fn summary(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    filter: &InitiativeFilter,
) -> Result<MapSummary, ApiError> {
    let rows: Vec<Led> = ByRegion(filtered(reach, filter).select(initiatives::lead_council_id)).load(conn).await?;
    // A council lies in one region, so councils of regions add up to those of their nation.
    let sums = |is_there: &dyn Fn(&Led) -> bool| {
        rows.iter().filter(|row| is_there(row)).fold((0, 0), |sums, row| (sums.0 + row.2, sums.1 + row.3))
    };
    let regions = REGIONS.map(|region| {
        let (councils, initiatives) = sums(&|row| row.1 == Some(Word(region)));
        RegionCount { region, nation: Nation::England, councils, initiatives }
    });
    let nations = NATIONS.map(|nation| {
        let (councils, initiatives) = sums(&|row| row.0 == Some(Word(nation)));
        NationCount { nation, councils, initiatives }
    });
    let data = SummaryCounts { regions: regions.into(), nations: nations.into() };
    Ok(MapSummary { data, total: sums(&|_| true).1 })
}
