//! Files of boundaries: what is taken, what is mended, what is refused, and that nothing is half imported.

use serde_json::{Value, json};

use super::{Files, areas, collection, feature, hole, import, polygon, square};
use crate::support::TestApp;
use crate::support::database::Template;
use crate::support::program::Program;

async fn count(app: &TestApp, table: &str) -> i64 {
    use diesel_async::RunQueryDsl;
    let count = format!("(SELECT count(*) FROM {table})");
    let query = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(&count));
    query.get_result(&mut *app.db.get().await.unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_again_changes_nothing_and_another_replaces_what_differs() {
    let (app, files) = (TestApp::with_sample().await, Files::new("again"));
    let first = import(&app, &files.write("areas.geojson", areas().to_string())).await.unwrap();
    assert!(first.contains("by LAD24CD: 3 new, 0 replaced, 0 unchanged."), "{first}");
    assert!(
        first.contains("1 boundary matches no council yet, and will be used once one has the code: E07999999."),
        "{first}"
    );
    let shown = app.anonymous().get("/v1/councils/rochdale/boundary").await.expect(200);
    let events = count(&app, "audit_events").await;
    let again = import(&app, &files.write("areas.geojson", areas().to_string())).await.unwrap();
    assert!(again.contains(": 0 new, 0 replaced, 3 unchanged."), "{again}");
    assert_eq!(count(&app, "audit_events").await, events);

    let other = collection(&[feature("E08000004", polygon(&[square(-2.4, 53.0, 0.25)]))]);
    let changed = import(&app, &files.write("other.geojson", other.to_string())).await.unwrap();
    assert!(changed.contains(": 0 new, 1 replaced, 0 unchanged."), "{changed}");
    let oldham = app.anonymous().get("/v1/councils/oldham/boundary").await.expect(200);
    assert_eq!(oldham.json["geometry"], other["features"][0]["geometry"]);
    let still = app.anonymous().get("/v1/councils/rochdale/boundary").await.expect(200);
    assert_eq!(still.etag(), shown.etag());
    assert_eq!((count(&app, "boundaries").await, count(&app, "boundary_shapes").await), (3, 15));
    let told = app.admin().await.get("/v1/audit?action=boundary.import").await.expect(200);
    assert_eq!(told.json["total"], 2);
    assert_eq!(
        (&told.json["data"][0]["origin"], &told.json["data"][0]["record"]["resource"]),
        (&json!("command_line"), &json!("boundary"))
    );

    // What is said of a boundary is part of it.
    let mut dated = files.write("other.geojson", other.to_string());
    (dated.date, dated.source) = (Some("2024-05".into()), Some("Districts".into()));
    assert!(import(&app, &dated).await.unwrap().contains("1 replaced"));
    let oldham = app.anonymous().get("/v1/councils/oldham/boundary").await.expect(200).json;
    assert_eq!(
        (&oldham["properties"]["dated_on"], &oldham["properties"]["source"]),
        (&json!("2024-05"), &json!("Districts"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn topojson_with_shared_arcs_is_the_same_as_geojson() {
    let (app, files) = (TestApp::with_sample().await, Files::new("topojson"));
    // Two squares that share an edge, on a grid of a tenth of a degree.
    let topology = json!({
        "type": "Topology", "transform": { "scale": [0.1, 0.1], "translate": [-3.0, 53.0] },
        "arcs": [[[10, 0], [0, 5]], [[10, 5], [-5, 0], [0, -5], [5, 0]], [[10, 0], [5, 0], [0, 5], [-5, 0]]],
        "objects": { "lad": { "type": "GeometryCollection", "geometries": [
            { "type": "Polygon", "arcs": [[0, 1]], "properties": { "LAD13CD": "E08000004", "LAD13NM": "Oldham" } },
            { "type": "MultiPolygon", "arcs": [[[2, -1]]], "properties": { "LAD13CD": "E08000005", "LAD13NM": "Rochdale" } }
        ] } }
    });
    let told = import(&app, &files.write("areas.json", topology.to_string())).await.unwrap();
    assert!(told.contains("by LAD13CD: 2 new"), "{told}");
    let read = async |slug: &str| app.anonymous().get(&format!("/v1/councils/{slug}/boundary")).await.expect(200).json;
    assert_eq!(read("oldham").await["bbox"], json!([-2.5, 53.0, -2.0, 53.5]));
    assert_eq!(read("rochdale").await["bbox"], json!([-2.0, 53.0, -1.5, 53.5]));
    let both = app.anonymous().get("/v1/councils?covers=53.2,-2.0").await.expect(200);
    assert_eq!(both.each("slug"), ["oldham", "rochdale"]);

    let mut gap = topology.clone();
    gap["objects"]["lad"]["geometries"][0]["arcs"] = json!([[0, 7]]);
    let refused = import(&app, &files.write("gap.json", gap.to_string())).await.unwrap_err().to_string();
    assert!(refused.contains("E08000004: names arc 7, which the file does not have"), "{refused}");
    let mut several = topology.clone();
    several["objects"]["regions"] = json!({ "type": "GeometryCollection", "geometries": [] });
    let mut wish = files.write("several.json", several.to_string());
    let refused = import(&app, &wish).await.unwrap_err().to_string();
    assert!(refused.contains("choose one with --layer: lad, regions"), "{refused}");
    wish.layer = Some("lad".into());
    assert!(import(&app, &wish).await.unwrap().contains("2 unchanged"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_told_at_once_and_nothing_is_imported() {
    let (app, files) = (TestApp::with_sample().await, Files::new("faults"));
    let eight = json!([[-2.0, 53.0], [-1.0, 54.0], [-1.0, 53.0], [-2.0, 54.0], [-2.0, 53.0]]);
    let open = json!([[-2.0, 53.0], [-1.0, 53.0], [-1.0, 54.0], [-2.0, 54.0]]);
    let mut nameless = feature("", polygon(&[square(-2.0, 53.0, 0.5)]));
    nameless["properties"]["LAD24CD"] = Value::Null;
    let file = collection(&[
        feature("E08000004", polygon(&[square(-2.5, 53.0, 0.5)])),
        feature("E08000005", polygon(&[eight])),
        feature("E08000006", polygon(&[open])),
        feature("E08000007", polygon(&[square(53.0, -2.0, 0.5)])),
        feature("E08000008", polygon(&[square(390_000.0, 400_000.0, 5000.0)])),
        feature("E08000009", polygon(&[square(2.0, 48.0, 0.5)])),
        feature("E08000004", polygon(&[square(-2.5, 53.0, 0.5)])),
        feature("E08000010", json!({ "type": "Point", "coordinates": [-2.0, 53.0] })),
        feature("E08000011", Value::Null),
        feature("E0800012", polygon(&[square(-2.0, 53.0, 0.5)])),
        nameless,
        feature("E08000013", polygon(&[json!([[-2.0, "x"], [-1.0, 53.0]])])),
        feature("E08000014", polygon(&[square(-2.0, 53.0, 0.5), hole(0.0, 53.0, 0.5)])),
    ]);
    let refused = import(&app, &files.write("faults.geojson", file.to_string())).await.unwrap_err().to_string();
    for told in [
        "nothing was imported: ",
        "has 12 faults:",
        "E08000005: crosses itself near -1.5,53.5",
        "E08000006: has an open ring (polygon 1, ring 1): it begins at -2,53 and ends at -2,54",
        "E08000007: has latitude and longitude swapped",
        "E08000008: has coordinates in metres, such as those of the British National Grid (EPSG:27700)",
        "E08000009: reaches beyond the United Kingdom",
        "E08000004: is in the file twice, as features 1 and 7",
        "E08000010: is a Point; it must be a Polygon or MultiPolygon",
        "E08000011: has no geometry",
        "feature 10: has \"E0800012\" as LAD24CD, which is not a GSS code",
        "feature 11: has no LAD24CD",
        "E08000013: has a geometry that cannot be read",
        "E08000014: has polygons that overlap, a hole outside of its shell",
    ] {
        assert!(refused.contains(told), "{told}: {refused}");
    }
    assert_eq!(count(&app, "boundaries").await, 0);
    assert_eq!(count(&app, "audit_events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_mended_is_mended_and_told() {
    let (app, files) = (TestApp::with_sample().await, Files::new("mended"));
    let wrong_way = collection(&[feature("E08000004", polygon(&[hole(-2.5, 53.0, 0.5), square(-2.3, 53.2, 0.1)]))]);
    let told = import(&app, &files.write("wound.geojson", wrong_way.to_string())).await.unwrap();
    assert!(told.contains("Repaired, rings turned the right way round: E08000004."), "{told}");
    let shown = app.anonymous().get("/v1/councils/oldham/boundary").await.expect(200).json;
    let right = [square(-2.5, 53.0, 0.5), hole(-2.3, 53.2, 0.1)];
    let sets = |rings: &[Value]| -> Vec<Vec<String>> {
        rings.iter().map(|ring| ring.as_array().unwrap().windows(2).map(|edge| format!("{edge:?}")).collect()).collect()
    };
    for (shown, right) in sets(shown["geometry"]["coordinates"].as_array().unwrap()).iter().zip(sets(&right)) {
        assert!(right.iter().all(|edge| shown.contains(edge)), "{shown:?} is not {right:?}");
    }
}

/// A collection in a coordinate system.
fn in_system(name: &str, features: &[Value]) -> Value {
    let mut file = collection(features);
    file["crs"] = json!({ "type": "name", "properties": { "name": name } });
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_wgs_84_is_read_in_the_order_of_its_axes() {
    let (app, files) = (TestApp::with_sample().await, Files::new("axes"));
    let register = "http://www.opengis.net/def/crs/EPSG/0/4326";
    let usual = in_system(register, &[feature("E08000004", polygon(&[square(-2.5, 53.0, 0.5)]))]);
    let told = import(&app, &files.write("usual.geojson", usual.to_string())).await.unwrap();
    assert!(told.contains("1 new") && !told.contains("Repaired"), "{told}");
    // The axes of the register: latitude, then longitude.
    let latitude_first = hole(53.0, -2.5, 0.5);
    let official = in_system(register, &[feature("E08000005", polygon(std::slice::from_ref(&latitude_first)))]);
    let told = import(&app, &files.write("official.geojson", official.to_string())).await.unwrap();
    assert!(told.contains("Repaired, longitude put before latitude") && told.contains("E08000005"), "{told}");
    let shown = async |slug: &str| app.anonymous().get(&format!("/v1/councils/{slug}/boundary")).await.expect(200).json;
    assert_eq!(shown("rochdale").await["bbox"], json!([-2.5, 53.0, -2.0, 53.5]));
    assert_eq!(shown("rochdale").await["bbox"], shown("oldham").await["bbox"]);
    // Without such a name the order is that of GeoJSON, and this is a mistake.
    let plain = collection(&[feature("E08000005", polygon(std::slice::from_ref(&latitude_first)))]);
    let crs84 = in_system("urn:ogc:def:crs:OGC:1.3:CRS84", &[feature("E08000005", polygon(&[latitude_first]))]);
    for file in [plain, crs84] {
        let refused = import(&app, &files.write("swapped.geojson", file.to_string())).await.unwrap_err().to_string();
        assert!(refused.contains("E08000005: has latitude and longitude swapped"), "{refused}");
    }
    // A single feature names its system, too.
    let mut alone = feature("E08000004", polygon(&[square(390_000.0, 400_000.0, 5000.0)]));
    alone["crs"] = json!({ "type": "EPSG", "properties": { "code": 27700 } });
    let refused = import(&app, &files.write("alone.geojson", alone.to_string())).await.unwrap_err().to_string();
    assert!(refused.contains("the British National Grid (EPSG:27700); export it in WGS 84"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn areas_that_touch_are_sound_and_slips_and_collapsed_rings_are_mended_and_told() {
    let (app, files) = (TestApp::with_sample().await, Files::new("touching"));
    let parts = |rings: &[Value]| {
        json!({ "type": "MultiPolygon",
        "coordinates": rings.iter().map(|ring| json!([ring])).collect::<Vec<_>>() })
    };
    // Along an edge and in a point; a hole along its shell.
    let touching = parts(&[square(-2.5, 53.0, 0.5), square(-2.0, 53.125, 0.25), square(-2.0, 53.5, 0.25)]);
    let lake = polygon(&[square(-3.5, 53.0, 0.5), hole(-3.5, 53.125, 0.25)]);
    let file = collection(&[feature("E08000004", touching.clone()), feature("E08000005", lake.clone())]);
    let told = import(&app, &files.write("touching.geojson", file.to_string())).await.unwrap();
    assert!(told.contains("2 new") && !told.contains("Repaired"), "{told}");
    let shown = async |slug: &str| app.anonymous().get(&format!("/v1/councils/{slug}/boundary")).await.expect(200).json;
    assert_eq!(shown("oldham").await["geometry"], touching);
    assert_eq!(shown("rochdale").await["geometry"], lake);
    let covering = async |point: &str| {
        let found = app.anonymous().get(&format!("/v1/councils?covers={point}")).await.expect(200);
        found.each("slug").iter().map(|slug| slug.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(covering("53.25,-1.9").await, ["oldham"]);
    assert_eq!(covering("53.25,-3.4").await, [""; 0]);

    // A second part that reaches a little into the first one; a ring that runs out and back.
    let slip = parts(&[
        square(-2.5, 53.0, 0.5),
        json!([[-2.000_05, 53.0], [-1.5, 53.0], [-1.5, 53.5], [-2.000_05, 53.5], [-2.000_05, 53.0]]),
    ]);
    let line = json!([[-3.3, 53.2], [-3.2, 53.3], [-3.3, 53.2]]);
    let collapsed = polygon(&[square(-3.5, 53.0, 0.5), line]);
    let file = collection(&[feature("E08000004", slip), feature("E08000005", collapsed)]);
    let told = import(&app, &files.write("mended.geojson", file.to_string())).await.unwrap();
    for line in [
        "Repaired, crossings and overlaps of at most 0.01 % of the area removed: E08000004.",
        "Repaired, collapsed rings left out (without an area, or smaller than 10 cm): E08000005.",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert_eq!(shown("oldham").await["bbox"], json!([-2.5, 53.0, -1.5, 53.5]));
    assert_eq!(shown("rochdale").await["geometry"], polygon(&[square(-3.5, 53.0, 0.5)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_something_else_says_what_it_is() {
    let (app, files) = (TestApp::with_sample().await, Files::new("others"));
    let of = |code: &str| collection(&[feature(code, polygon(&[square(-2.0, 53.0, 0.5)]))]).to_string();
    let mut two = feature("E08000004", polygon(&[square(-2.0, 53.0, 0.5)]));
    two["properties"]["CTY24CD"] = json!("E10000025");
    let metres = json!({ "type": "FeatureCollection", "features": [],
        "crs": { "type": "name", "properties": { "name": "urn:ogc:def:crs:EPSG::27700" } } });
    for (name, text, told) in [
        ("empty", String::new(), "is empty; export the boundaries as GeoJSON"),
        ("csv", "gss_code,name\nE08000004,Oldham\n".into(), "is neither GeoJSON nor TopoJSON"),
        ("cut", areas().to_string()[..200].into(), "is neither GeoJSON nor TopoJSON"),
        ("html", "<!doctype html><title>Sign in</title>".into(), "is XML or a web page"),
        ("zip", "PK\u{3}\u{4}rest".into(), "is a zip archive"),
        ("gpkg", "SQLite format 3\0rest".into(), "is a GeoPackage"),
        (
            "object",
            "{\"type\": \"Point\", \"coordinates\": [0, 0]}".into(),
            "is a Point; it must be a FeatureCollection",
        ),
        ("none", collection(&[]).to_string(), "has no features"),
        ("wards", of("E05000026"), "has wards, not councils, by its LAD24CD (E05000026"),
        ("codeless", of("Oldham"), "has no property with GSS codes such as E08000004; it has LAD24CD, LAD24NM"),
        ("two", collection(&[two]).to_string(), "choose one with --code-property: CTY24CD, LAD24CD"),
        (
            "metres",
            metres.to_string(),
            "is in the coordinate system urn:ogc:def:crs:EPSG::27700, the British National Grid (EPSG:27700)",
        ),
        ("nan", areas().to_string().replacen("-2.5", "NaN", 1), "is neither GeoJSON nor TopoJSON"),
        (
            "large",
            format!("{}{}", areas(), " ".repeat(1_000_000)),
            "has 2 MB; the limit is 1 MB. To change it, use --max-megabytes",
        ),
    ] {
        let refused = import(&app, &files.write(name, text)).await.expect_err(name).to_string();
        assert!(refused.contains(told), "{name}: {refused}");
    }
    let mut chosen = files.write("chosen", of("E08000004"));
    chosen.code_property = Some("LAD25CD".into());
    let refused = import(&app, &chosen).await.unwrap_err().to_string();
    assert!(refused.contains("has no property LAD25CD; it has LAD24CD, LAD24NM"), "{refused}");
    assert_eq!(count(&app, "boundaries").await, 0);
}

/// A file that a disk holds as nothing: its size is known before it is read.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_gigabyte_is_refused_unread() {
    let (app, files) = (TestApp::empty().await, Files::new("gigabyte"));
    let mut wish = files.write("large.geojson", "");
    std::fs::File::options().write(true).open(&wish.file).unwrap().set_len(1 << 30).unwrap();
    wish.max_megabytes = 256;
    let refused = import(&app, &wish).await.unwrap_err().to_string();
    assert!(refused.contains("has 1074 MB; the limit is 256 MB"), "{refused}");
    wish.file = files.0.path().to_owned();
    assert!(import(&app, &wish).await.unwrap_err().to_string().contains("is a folder"));
    wish.file = files.0.path().join("nowhere");
    assert!(import(&app, &wish).await.unwrap_err().to_string().contains("nowhere: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_imports_quietly_where_nobody_watches() {
    let (place, files) = (crate::cli::Place::new("import", Template::Sample).await, Files::new("quiet"));
    let file = files.write("areas.geojson", areas().to_string()).file;
    let file = file.to_str().unwrap();
    let run = |more: &[&str]| {
        let arguments: Vec<&str> = ["import", "boundaries", file].iter().chain(more).copied().collect();
        Program::run(&place.folder(), &arguments, &place.variables(), "")
    };
    let done = run(&["--date", "2024-05"]).expect(0);
    assert!(done.stdout.starts_with("3 boundaries in "), "{}", done.stdout);
    assert_eq!(done.stderr, "");
    for (flag, value) in [("--date", "2024-13"), ("--date", "May"), ("--attribution", " "), ("--max-megabytes", "0")] {
        run(&[flag, value]).expect(2);
    }
    let refused = run(&["--code-property", "nothing"]).expect(1);
    assert!(refused.stderr.contains("has no property nothing") && refused.stdout.is_empty(), "{}", refused.stderr);
}
