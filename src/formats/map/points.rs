//! Records of a snapshot that match a filter, at their points.

use std::collections::HashMap;

use roaring::RoaringBitmap;
use uuid::Uuid;

use super::cluster::{Located, Spot, cluster};
use super::model::{
    ClusterFeature, ClusterProperties, CollectionType, CouncilProperties, FeatureType, InitiativeProperties,
    MapCouncil, MapFeature, MapSummary, NationCount, PointMap, RecordFeature, RegionCount, SummaryCounts,
};
use crate::access::reach::Reach;
use crate::geography::Point;
use crate::read_model::council_list::CouncilFilter;
use crate::read_model::entry::InitiativeEntry;
use crate::read_model::facet_index::FacetKey;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::snapshot::Snapshot;
use crate::registry::councils::model::{Council, Nation, Region};
use crate::registry::initiatives::answer::LocationOf;

/// Largest map whose features have ids. Compressed, 5,000 initiatives with ids are about 230 kB, as are 10,000 without.
const MOST_WITH_IDS: usize = 5_000;

/// A record and its location. Its properties are made only when shown, because clusters hide most records.
#[derive(Clone, Copy, Debug)]
pub struct Placed<R> {
    point: Point,
    on_world: (f64, f64),
    /// The record.
    pub record: R,
}

/// A record with an id.
pub trait Identified {
    /// The id.
    fn id(&self) -> Uuid;
}

impl<R> Located for Placed<R> {
    fn point(&self) -> Point {
        self.point
    }
    fn on_world(&self) -> (f64, f64) {
        self.on_world
    }
}

impl Identified for &InitiativeEntry {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Identified for &Council {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl<'a> InitiativeProperties<'a> {
    /// Properties of an initiative with a place.
    pub fn new(snapshot: &'a Snapshot, entry: &'a InitiativeEntry) -> Self {
        let council = |id: Option<Uuid>| {
            let found = &snapshot.councils.get(id?)?.record;
            Some(MapCouncil { slug: &found.slug, name: &found.name })
        };
        let themes = entry.themes.iter().filter_map(|id| snapshot.themes.get(*id));
        Self {
            slug: &entry.slug,
            title: &entry.title,
            kind: entry.kind,
            themes: themes.map(|theme| theme.record.slug.as_str()).collect(),
            council: council(entry.lead),
            place_of: council(entry.place_of),
            freshness: entry.freshness,
            located_by: entry.place.map_or(LocationOf::Initiative, |(_, of)| of),
        }
    }
}

impl<'a> CouncilProperties<'a> {
    /// Properties of a council, counting the initiatives that the caller may see.
    pub fn new(snapshot: &Snapshot, visible: &RoaringBitmap, council: &'a Council) -> Self {
        let led = snapshot.facets.get(FacetKey::Council(council.id));
        Self {
            slug: &council.slug,
            name: &council.name,
            council_type: council.council_type,
            membership: council.membership.tier,
            initiatives: led.map_or(0, |led| visible.intersection_len(led)) as i64,
        }
    }
}

/// Initiatives that match a filter: their number, and those with a place, in no order.
pub fn initiatives<'a>(
    snapshot: &'a Snapshot,
    reach: Reach,
    filter: &InitiativeFilter,
) -> (usize, Vec<Placed<&'a InitiativeEntry>>) {
    let found = snapshot.select(reach, filter);
    // Does not read the records themselves.
    let placed = |number| {
        let (point, on_world) = snapshot.columns.get(number).place?;
        Some(Placed { point, on_world, record: &**snapshot.initiative(number)? })
    };
    (found.len() as usize, found.iter().filter_map(placed).collect())
}

/// Sorts initiatives for a map that shows each one: by council, then by slug. Similar texts are next to each other,
/// which makes a long compressed answer a fifth shorter.
pub fn put_in_order(snapshot: &Snapshot, placed: &mut [Placed<&InitiativeEntry>]) {
    placed.sort_by_cached_key(|one| {
        let entry = one.record;
        let is_at_council = entry.place.is_some_and(|(_, of)| of == LocationOf::LeadCouncil);
        let council = entry.lead.and_then(|id| snapshot.councils.get(id)).map(|one| one.record.slug.as_str());
        (is_at_council, council, &*entry.slug)
    });
}

/// Councils that match a filter: their number, and those with a place, by id.
pub fn councils<'a>(snapshot: &'a Snapshot, filter: &CouncilFilter) -> (usize, Vec<Placed<&'a Council>>) {
    let found = snapshot.select_councils(filter);
    let total = found.len();
    let placed = found.into_iter().filter_map(|entry| {
        let point: Point = entry.record.location?.into();
        Some(Placed { point, on_world: point.mercator(), record: &entry.record })
    });
    let mut placed: Vec<_> = placed.collect();
    placed.sort_unstable_by_key(|one| one.record.id);
    (total, placed)
}

impl<T> PointMap<T> {
    /// A map of records for a zoom, or of every record. `total` is the number of matches; `show` makes a record's
    /// properties.
    pub fn new<R: Identified>(total: usize, placed: Vec<Placed<R>>, zoom: Option<u8>, show: impl Fn(R) -> T) -> Self {
        let located = placed.len();
        let has_ids = zoom.is_some() || located <= MOST_WITH_IDS;
        let one = |placed: Placed<R>| {
            MapFeature::One(RecordFeature {
                kind: FeatureType::Feature,
                id: has_ids.then(|| placed.record.id()),
                geometry: placed.point.into(),
                properties: show(placed.record),
            })
        };
        let features = match zoom {
            None => placed.into_iter().map(one).collect(),
            Some(zoom) => {
                let feature = |spot| match spot {
                    Spot::One(placed) => one(placed),
                    Spot::Several(several) => MapFeature::Several(ClusterFeature {
                        kind: FeatureType::Feature,
                        geometry: several.centre.into(),
                        properties: ClusterProperties::new(several.count, several.bbox),
                    }),
                };
                cluster(placed, zoom).into_iter().map(feature).collect()
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

/// A council's nation and region, 1 if it leads an initiative, and the number of initiatives it leads or has in its
/// area.
type Place = (Nation, Option<Region>, i64, i64);

/// Number of matching initiatives in each region and nation, and of the councils that lead them. An initiative is where
/// its lead council is, or else the council in whose area it happens.
pub fn summary(snapshot: &Snapshot, reach: Reach, filter: &InitiativeFilter) -> MapSummary {
    let found = snapshot.select(reach, filter);
    let mut at: HashMap<Uuid, (i64, i64)> = HashMap::new();
    for entry in snapshot.initiatives(&found) {
        let Some(council) = entry.lead.or(entry.place_of) else { continue };
        let (leads, initiatives) = at.entry(council).or_default();
        *leads = (*leads).max(i64::from(entry.lead.is_some()));
        *initiatives += 1;
    }
    let places: Vec<Place> = at
        .into_iter()
        .filter_map(|(id, (leads, initiatives))| {
            let council = &snapshot.councils.get(id)?.record;
            Some((council.nation, council.region, leads, initiatives))
        })
        .collect();
    // A council is in one region, so the counts of the regions add up to those of their nation.
    let sums = |is_there: &dyn Fn(&Place) -> bool| {
        places.iter().filter(|place| is_there(place)).fold((0, 0), |sums, place| (sums.0 + place.2, sums.1 + place.3))
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
