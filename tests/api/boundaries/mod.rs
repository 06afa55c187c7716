//! Boundaries of councils: imported from files, shown, and asked which councils cover a point.

mod covers;
mod files;
mod shown;

use std::path::PathBuf;

use ccin_registry::app::import::arguments::BoundariesFile;
use ccin_registry::app::import::boundaries;
use ccin_registry::app::import::file::Failure;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::scratch::Scratch;

const ATTRIBUTION: &str = "Source: the tests' own office.";

/// A square ring, anticlockwise from its south-western corner.
fn square(west: f64, south: f64, side: f64) -> Value {
    // As exactly as boundaries are kept.
    let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
    let (east, north) = (round(west + side), round(south + side));
    json!([[west, south], [east, south], [east, north], [west, north], [west, south]])
}

/// The same, clockwise, as holes run.
fn hole(west: f64, south: f64, side: f64) -> Value {
    let mut ring = square(west, south, side);
    ring.as_array_mut().unwrap().reverse();
    ring
}

fn feature(code: &str, geometry: Value) -> Value {
    json!({ "type": "Feature", "properties": { "LAD24CD": code, "LAD24NM": format!("Area {code}") }, "geometry": geometry })
}

fn polygon(rings: &[Value]) -> Value {
    json!({ "type": "Polygon", "coordinates": rings })
}

fn collection(features: &[Value]) -> Value {
    json!({ "type": "FeatureCollection", "features": features })
}

/// Oldham with a lake and an island, Rochdale to its east, and an area that no council of the sample has the code of.
pub fn areas() -> Value {
    let oldham = json!({ "type": "MultiPolygon", "coordinates": [
        [square(-2.5, 53.0, 0.5), hole(-2.3, 53.2, 0.1)], [square(-3.5, 53.0, 0.25)]
    ] });
    collection(&[
        feature("E08000004", oldham),
        feature("E08000005", polygon(&[square(-2.0, 53.0, 0.5)])),
        feature("E07999999", polygon(&[square(-1.5, 53.0, 0.5)])),
    ])
}

/// A folder with files for imports.
struct Files(Scratch);

impl Files {
    fn new(name: &str) -> Self {
        Self(Scratch::new(name))
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> BoundariesFile {
        let file: PathBuf = self.0.path().join(name);
        std::fs::write(&file, text).unwrap();
        let attribution = ATTRIBUTION.to_owned();
        BoundariesFile {
            file,
            code_property: None,
            layer: None,
            attribution,
            source: None,
            date: None,
            max_megabytes: 1,
        }
    }
}

async fn import(app: &TestApp, wish: &BoundariesFile) -> Result<String, Failure> {
    let told = boundaries::import(&mut app.db.get().await.expect("a connection"), &app.keys, wish).await;
    app.settle().await;
    told
}

/// A registry with the sample and these boundaries.
pub async fn with_boundaries(name: &str, areas: &Value) -> TestApp {
    let app = TestApp::with_sample().await;
    import_boundaries(&app, name, areas).await;
    app
}

/// Import these boundaries.
pub async fn import_boundaries(app: &TestApp, name: &str, areas: &Value) {
    let files = Files::new(name);
    import(app, &files.write("areas.geojson", areas.to_string())).await.expect("an import");
}
