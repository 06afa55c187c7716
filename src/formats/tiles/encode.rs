//! Points as a vector tile.

use mvt::{Feature, GeomEncoder, GeomType, Tile};

use super::model::{DEEPEST, TileId};
use crate::db::enum_text::text;
use crate::error::ApiError;
use crate::formats::map::cluster::{Located, Spot, cluster};
use crate::formats::map::model::{CouncilProperties, InitiativeProperties};
use crate::formats::map::points::{Identified, Placed};

/// Units along the edge of a tile.
pub const EXTENT: u32 = 4096;

/// Properties of a record in a tile.
pub trait Tagged {
    /// Name of the layer.
    const LAYER: &'static str;
    /// Names of the tags, with their descriptions.
    const FIELDS: &'static [(&'static str, &'static str)];
    /// Writes the tags.
    fn tag(&self, feature: &mut Feature);
}

impl Tagged for InitiativeProperties<'_> {
    const LAYER: &'static str = "initiatives";
    const FIELDS: &'static [(&'static str, &'static str)] = &[
        ("slug", "Slug of the initiative: /v1/initiatives/{slug} has the whole."),
        ("title", "Its title."),
        ("kind", "What kind of record."),
        ("themes", "Slugs of its themes, the primary one first, joined by commas."),
        ("council", "Slug of the council that leads it."),
        ("council_name", "Name of the council that leads it."),
        ("freshness", "fresh, due, stale, lapsed or unverified."),
        ("located_by", "initiative, lead_council or place_of: whose point it is."),
    ];

    fn tag(&self, feature: &mut Feature) {
        feature.add_tag_string("slug", self.slug);
        feature.add_tag_string("title", self.title);
        feature.add_tag_string("kind", &text(&self.kind));
        feature.add_tag_string("themes", &self.themes.join(","));
        if let Some(council) = &self.council {
            feature.add_tag_string("council", council.slug);
            feature.add_tag_string("council_name", council.name);
        }
        feature.add_tag_string("freshness", &text(&self.freshness));
        feature.add_tag_string("located_by", &text(&self.located_by));
    }
}

impl Tagged for CouncilProperties<'_> {
    const LAYER: &'static str = "councils";
    const FIELDS: &'static [(&'static str, &'static str)] = &[
        ("slug", "Slug of the council: /v1/councils/{slug} has the whole."),
        ("name", "Its official name."),
        ("council_type", "What kind of authority it is."),
        ("membership", "Tier of its membership of the network."),
        ("initiatives", "How many initiatives it leads, alone or jointly."),
    ];

    fn tag(&self, feature: &mut Feature) {
        feature.add_tag_string("slug", self.slug);
        feature.add_tag_string("name", self.name);
        feature.add_tag_string("council_type", &text(&self.council_type));
        feature.add_tag_string("membership", &text(&self.membership));
        feature.add_tag_uint("initiatives", self.initiatives.unsigned_abs());
    }
}

/// A tile with the records on it. Empty if there are none. `show` makes a record's tags.
pub fn tile<R: Identified, T: Tagged>(
    id: TileId,
    placed: Vec<Placed<R>>,
    show: impl Fn(R) -> T,
) -> Result<Vec<u8>, ApiError> {
    let here = placed.into_iter().filter(|one| id.place(one.on_world()).is_some());
    let spots: Vec<Spot<Placed<R>>> = if id.zoom() < DEEPEST {
        cluster(here, id.zoom())
    } else {
        let mut here: Vec<_> = here.collect();
        // Every instance must make the same tile.
        here.sort_unstable_by_key(|one| one.record.id());
        here.into_iter().map(Spot::One).collect()
    };
    if spots.is_empty() {
        return Ok(Vec::new());
    }
    let mut tile = Tile::new(EXTENT);
    let mut layer = tile.create_layer(T::LAYER);
    for spot in spots {
        let on_world = match &spot {
            Spot::One(one) => one.on_world(),
            Spot::Several(several) => several.centre.mercator(),
        };
        let geometry = GeomEncoder::<f64>::new(GeomType::Point);
        let (right, down) = units(id, on_world);
        let geometry = geometry.point(right, down).and_then(GeomEncoder::encode).map_err(ApiError::internal)?;
        let mut feature = layer.into_feature(geometry);
        match spot {
            Spot::One(one) => show(one.record).tag(&mut feature),
            Spot::Several(several) => {
                feature.add_tag_bool("cluster", true);
                feature.add_tag_uint("point_count", several.count);
            }
        }
        layer = feature.into_layer();
    }
    tile.add_layer(layer).map_err(ApiError::internal)?;
    tile.to_bytes().map_err(ApiError::internal)
}

/// The point on the tile, in tile units. The mean of a cell's points is in the cell, except for rounding.
fn units(id: TileId, on_world: (f64, f64)) -> (f64, f64) {
    let (right, down) = id.place(on_world).unwrap_or_default();
    (right * f64::from(EXTENT), down * f64::from(EXTENT))
}
