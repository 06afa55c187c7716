//! The collections: what is said of each, and the SQL of its features.

use diesel::prelude::*;

use super::areas;
use crate::auth::caller::Reach;
use crate::councils::query::CouncilSort;
use crate::db::schema;
use crate::exports::columns::{Table, seen};
use crate::exports::tables;
use crate::initiatives::filter::FRESHNESS;
use crate::initiatives::query::InitiativeSort;
use crate::page::Order;
use crate::search::rank::{Councils, Initiatives};

/// Records by their ids, as a query.
pub enum Ids {
    /// Councils.
    Councils(Councils),
    /// Initiatives.
    Initiatives(Initiatives),
}

/// A collection of features. Whatever is SQL is our own, never the caller's.
#[derive(Clone, Debug)]
pub struct Collection {
    /// In its address.
    pub id: &'static str,
    /// For people.
    pub title: &'static str,
    /// What its features are.
    pub description: &'static str,
    /// The records that a caller may see, with a place or without.
    pub visible: fn(Reach) -> Ids,
    /// True when it is not shown while it has no features.
    pub is_optional: bool,
    /// The table that its features are rows of, or tables joined.
    pub table: &'static str,
    /// The column that names a feature.
    pub key: &'static str,
    /// In which order pages show features.
    pub order: Order,
    /// A feature's geometry as GeoJSON.
    pub geometry: String,
    /// West, south, east and north of a feature; null for what has no place and is no feature.
    pub bounds: [String; 4],
    /// First and last day of a feature, null for an end that is open or not known; `None` where features have no time.
    pub period: Option<[String; 2]>,
    /// Name and value of each property; the permalink is added to them.
    pub properties: Vec<(&'static str, String)>,
}

/// Every collection, as a caller of this reach is shown it.
pub fn all(reach: Reach) -> [Collection; 3] {
    [councils(reach), initiatives(reach), boundaries()]
}

/// Councils.
pub fn councils(reach: Reach) -> Collection {
    let table = tables::councils();
    let led = format!(
        "(SELECT count(*) FROM initiatives led WHERE led.lead_council_id = councils.id AND {})",
        seen(reach, "led")
    );
    let mut properties = picked(&table, &["slug", "name", "short_name", "welsh_name", "gss_code"]);
    properties.extend(picked(&table, &["council_type", "nation", "region"]));
    // Called as the filter is, so that GDAL leaves the filtering to the service.
    properties.push(("membership", "councils.membership_tier".into()));
    properties.push(("initiatives_led", led));
    properties.extend(picked(&table, &["population", "population_year", "website"]));
    let (geometry, bounds) = at_points(&table);
    Collection {
        id: "councils",
        title: "Councils",
        description: "Local authorities of the United Kingdom and their membership of the network, each by a point within its area.",
        visible: |reach| Ids::Councils(crate::councils::store::visible(reach).select(schema::councils::id)),
        is_optional: false,
        table: "councils",
        key: "councils.id",
        order: CouncilSort::Name.order(None),
        geometry,
        bounds,
        period: None,
        properties,
    }
}

/// Initiatives.
pub fn initiatives(reach: Reach) -> Collection {
    let table = tables::initiatives(reach);
    let lead =
        |what: &str| format!("(SELECT lead.{what} FROM councils lead WHERE lead.id = initiatives.lead_council_id)");
    let mut properties = picked(&table, &["slug", "title", "summary", "kind", "delivery_status"]);
    properties.extend(picked(&table, &["started_on", "ended_on", "lead_council"]));
    properties.push(("lead_council_name", lead("name")));
    properties.extend(picked(&table, &["lead_council_gss_code"]));
    properties.push(("region", lead("region")));
    properties.push(("nation", lead("nation")));
    properties.extend(picked(&table, &["participants", "primary_theme", "themes", "principles"]));
    properties.push(("freshness", FRESHNESS.into()));
    properties.extend(picked(&table, &["outcome_count", "best_evidence", "location_of", "licence", "source_url"]));
    let (geometry, bounds) = at_points(&table);
    Collection {
        id: "initiatives",
        title: "Initiatives",
        description: "Pieces of co-operative practice, each at its own point or at that of its lead council. Those without a \
                      place, led by the network itself, are in the list of the API only.",
        visible: |reach| Ids::Initiatives(crate::initiatives::filter::visible(reach).select(schema::initiatives::id)),
        is_optional: false,
        table: "initiatives",
        key: "initiatives.id",
        order: InitiativeSort::Title.order(None),
        geometry,
        bounds,
        period: Some(["initiatives.started_floor".into(), last_day("initiatives.ended_on")]),
        properties,
    }
}

/// Boundaries of councils, once they are imported. Counties that have none of their own, but those of their districts, are left out.
pub fn boundaries() -> Collection {
    let table = tables::councils();
    let mut properties = picked(&table, &["gss_code", "slug", "name", "council_type", "nation", "region"]);
    properties.push(("membership", "councils.membership_tier".into()));
    for name in ["attribution", "source", "dated_on"] {
        properties.push((name, format!("boundaries.{name}")));
    }
    Collection {
        id: "boundaries",
        title: "Boundaries of councils",
        description: "Areas of councils, simplified to some 70 metres. Whoever shows one says its attribution with it. As \
                      they were imported they are at /v1/councils/{council}/boundary.",
        visible: |reach| Ids::Councils(crate::councils::store::visible(reach).select(schema::councils::id)),
        is_optional: true,
        table: "councils JOIN boundaries ON boundaries.gss_code = councils.gss_code",
        key: "councils.id",
        order: CouncilSort::Name.order(None),
        geometry: format!("{}::json", areas::geometry()),
        bounds: ["west", "south", "east", "north"].map(|edge| format!("boundaries.{edge}")),
        period: None,
        properties,
    }
}

/// Geometry and bounds of the rows of a table of points; null where a row has none.
fn at_points(table: &Table) -> (String, [String; 4]) {
    let [longitude, latitude] = table.point.clone().unwrap_or_else(|| ["NULL::float8".into(), "NULL::float8".into()]);
    let geometry =
        format!("json_build_object('type', 'Point', 'coordinates', json_build_array({longitude}, {latitude}))");
    (geometry, [longitude.clone(), latitude.clone(), longitude, latitude])
}

/// Columns of an export under their own names: what they mean stands in its codebook.
fn picked(table: &Table, names: &[&'static str]) -> Vec<(&'static str, String)> {
    let cell = |name| table.columns().find(|column| column.name == name).map(|column| (name, column.cell.clone()));
    names.iter().filter_map(|name| cell(*name)).collect()
}

/// The last day of a year, month or day.
fn last_day(date: &str) -> String {
    format!(
        "(CASE length({date})
            WHEN 4 THEN make_date({date}::integer, 12, 31)
            WHEN 7 THEN (({date} || '-01')::date + interval '1 month' - interval '1 day')::date
            ELSE {date}::date
          END)"
    )
}
