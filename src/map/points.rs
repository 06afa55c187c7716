//! What is on a map: the records of a snapshot that match a filter, at their points.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::Utc;
use uuid::Uuid;

use super::cluster::{Spot, cluster};
use super::model::{
    ClusterFeature, ClusterProperties, CollectionType, CouncilProperties, FeatureType, InitiativeProperties,
    MapCouncil, MapFeature, MapSummary, NationCount, PointMap, RecordFeature, RegionCount, SummaryCounts,
};
use crate::auth::caller::Reach;
use crate::councils::model::{Nation, Region};
use crate::geography::Point;
use crate::initiatives::model::LocationOf;
use crate::read_model::council_list::CouncilFilter;
use crate::read_model::entry::InitiativeEntry;
use crate::read_model::facet_index::FacetKey;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::snapshot::Snapshot;

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

impl InitiativeProperties {
    fn new(snapshot: &Snapshot, entry: &InitiativeEntry, located_by: LocationOf) -> Self {
        let lead = entry.lead.and_then(|id| snapshot.councils.get(id)).map(|one| &one.record);
        let themes = entry.themes.iter().filter_map(|id| snapshot.themes.get(*id));
        Self {
            slug: entry.slug.to_string(),
            title: entry.title.to_string(),
            kind: entry.kind,
            themes: themes.map(|theme| theme.record.slug.clone()).collect(),
            council: lead.map(|lead| MapCouncil { slug: lead.slug.clone(), name: lead.name.clone() }),
            freshness: entry.freshness(Utc::now().date_naive()),
            located_by,
        }
    }

    /// Its place in the order of a map.
    fn place(&self) -> (bool, Option<&str>, &str) {
        let council = self.council.as_ref().map(|council| council.slug.as_str());
        (self.located_by == LocationOf::LeadCouncil, council, &self.slug)
    }
}

/// The initiatives that match a filter: how many, and those that have a place. Those of one council stand together, by slug:
/// what is alike is next to each other, which makes a long answer a fifth shorter when it is compressed.
pub fn initiatives(
    snapshot: &Snapshot,
    reach: Reach,
    filter: &InitiativeFilter,
) -> (usize, Vec<Placed<InitiativeProperties>>) {
    let found = snapshot.select(reach, filter);
    let placed = |entry: &Arc<InitiativeEntry>| {
        let (point, located_by) = entry.place?;
        Some(Placed { id: entry.id, point, shown: InitiativeProperties::new(snapshot, entry, located_by) })
    };
    let mut placed: Vec<_> = snapshot.initiatives(&found).filter_map(placed).collect();
    placed.sort_unstable_by(|one, other| one.shown.place().cmp(&other.shown.place()));
    (found.len() as usize, placed)
}

/// The councils that match a filter: how many, and those that have a place, by id.
pub fn councils(snapshot: &Snapshot, reach: Reach, filter: &CouncilFilter) -> (usize, Vec<Placed<CouncilProperties>>) {
    let visible = snapshot.visible(reach);
    let led = |id| snapshot.facets.get(FacetKey::Council(id)).map_or(0, |set| visible.intersection_len(set));
    let found = snapshot.select_councils(reach, filter);
    let total = found.len();
    let placed = found.into_iter().filter_map(|entry| {
        let one = &entry.record;
        let shown = CouncilProperties {
            initiatives: led(one.id) as i64,
            slug: one.slug.clone(),
            name: one.name.clone(),
            council_type: one.council_type,
            membership: one.membership.tier,
        };
        Some(Placed { id: one.id, point: one.location?.into(), shown })
    });
    let mut placed: Vec<_> = placed.collect();
    placed.sort_unstable_by_key(|one| one.id);
    (total, placed)
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

/// Where a council is, and how many initiatives it leads.
type Place = (Nation, Option<Region>, i64);

/// How many of the initiatives that match a filter are led from each region and nation, and by how many councils.
pub fn summary(snapshot: &Snapshot, reach: Reach, filter: &InitiativeFilter) -> MapSummary {
    let found = snapshot.select(reach, filter);
    let mut led: HashMap<Uuid, i64> = HashMap::new();
    for lead in snapshot.initiatives(&found).filter_map(|entry| entry.lead) {
        *led.entry(lead).or_default() += 1;
    }
    let places: Vec<Place> = led
        .into_iter()
        .filter_map(|(id, count)| {
            let council = &snapshot.councils.get(id)?.record;
            Some((council.nation, council.region, count))
        })
        .collect();
    // A council lies in one region, so councils of regions add up to those of their nation.
    let sums = |is_there: &dyn Fn(&Place) -> bool| {
        places.iter().filter(|place| is_there(place)).fold((0, 0), |sums, place| (sums.0 + 1, sums.1 + place.2))
    };
    let regions = REGIONS.map(|region| {
        let (councils, initiatives) = sums(&|place| place.1 == Some(region));
        RegionCount { region, nation: Nation::England, councils, initiatives }
    });
    let nations = NATIONS.map(|nation| {
        let (councils, initiatives) = sums(&|place| place.0 == nation);
        NationCount { nation, councils, initiatives }
    });
    MapSummary { data: SummaryCounts { regions: regions.into(), nations: nations.into() }, total: found.len() as i64 }
}
