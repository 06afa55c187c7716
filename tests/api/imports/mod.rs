//! Councils from CSV files: what a dry run tells, what applying writes, what is refused.

mod codes;
mod faults;
mod tables;

use ccin_registry::api::routes::schemas;
use ccin_registry::app::import::arguments::CouncilsFile;
use ccin_registry::app::import::councils;
use ccin_registry::app::import::file::Failure;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::scratch::Scratch;

const HEADER: &str = "gss_code,local_authority_code,official_name,short_name,welsh_name,slug,type_code,nation,region,\
    county_code,latitude,longitude,population_mid2022,population_mid2020,area_km2,website,former_gss_codes";

const CHERWOLD: &str = "E07000977,ZZW,Cherwold District Council,Cherwold,,cherwold,NMD,England,South East,OXF,51.75,-1.25,163257,1,46,\
    https://www.cherwold.gov.uk/,";
const CARDIFF: &str = "W06000015,CRF,Cyngor Caerdydd,Cardiff,Caerdydd,cardiff-new,WPA,Wales,Wales,,51.5,-3.2,,,140,,";

async fn import(app: &TestApp, lines: &[&str], apply: bool) -> Result<String, Failure> {
    import_text(app, &format!("{HEADER}\n{}\n", lines.join("\n")), apply).await
}

async fn import_text(app: &TestApp, text: &str, apply: bool) -> Result<String, Failure> {
    import_bytes(app, text.as_bytes(), apply).await
}

async fn import_bytes(app: &TestApp, bytes: &[u8], apply: bool) -> Result<String, Failure> {
    let scratch = Scratch::new(&format!("councils-{}", uuid::Uuid::now_v7()));
    let file = scratch.path().join("councils.csv");
    std::fs::write(&file, bytes).unwrap();
    let wish = CouncilsFile { file, apply, max_megabytes: 1 };
    let told = councils::import(&mut app.db.get().await.expect("a connection"), &app.keys, &schemas(), &wish).await;
    app.settle().await;
    told
}

async fn total(app: &TestApp) -> Value {
    app.admin().await.get("/v1/councils?limit=1").await.expect(200).json["total"].clone()
}

/// A line that says what the registry has.
async fn line_of(app: &TestApp, slug: &str) -> String {
    let council = app.admin().await.get(&format!("/v1/councils/{slug}")).await.expect(200).json;
    let text = |member: &str| council[member].as_str().unwrap_or_default().to_owned();
    let [code, register, name, short] = ["gss_code", "code", "name", "short_name"].map(text);
    format!("{code},{register},{name},{short},,{slug},MD,England,,,,,,,,,")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_what_would_change_and_changes_nothing() {
    let app = TestApp::with_sample().await;
    let before = total(&app).await;
    let oldham = line_of(&app, "oldham").await;
    let rochdale = line_of(&app, "rochdale").await.replace(",,,,,,,,,", ",,,53.6,-2.15,9,,,,");
    let told = import(&app, &[CHERWOLD, &oldham, &rochdale], false).await.unwrap();
    for line in [
        "3 councils in ",
        "New: 1\n  E07000977  Cherwold District Council\n",
        "Changed: 1\n  E08000005  rochdale\n",
        "      population: ",
        " -> 9\n",
        "Unchanged: 1\n",
        "Districts with a new or changed county: 1\n",
        "Not in the file, unchanged: 437\n",
        "  greater-manchester\n",
        "Columns ignored: population_mid2020, area_km2\n",
        "Nothing was written. To write the changes, run the command again with --apply.",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert_eq!(total(&app).await, before);
    app.anonymous().get("/v1/councils/cherwold").await.expect(404);
    assert_eq!(app.admin().await.get("/v1/audit?action=council.import").await.expect(200).json["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn applying_writes_what_the_dry_run_told_once_and_leaves_events() {
    let app = TestApp::with_sample().await;
    let rochdale = line_of(&app, "rochdale").await.replace(",,,,,,,,,", ",,,53.6,-2.15,9,,,,");
    let lines = [CHERWOLD, rochdale.as_str()];
    let dry = import(&app, &lines, false).await.unwrap();
    let done = import(&app, &lines, true).await.unwrap();
    let findings = |told: &str| {
        told.lines().skip(1).take_while(|line| !line.contains("writ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(findings(&dry), findings(&done));
    assert!(done.ends_with("All changes are written."), "{done}");
    let cherwold = app.anonymous().get("/v1/councils/cherwold").await.expect(200).json;
    assert_eq!(
        (&cherwold["council_type"], &cherwold["region"], &cherwold["nation"]),
        (&json!("district"), &json!("south_east"), &json!("england"))
    );
    assert_eq!((&cherwold["population"], &cherwold["population_year"]), (&json!(163_257), &json!(2022)));
    assert_eq!(
        (&cherwold["location"], &cherwold["membership"]),
        (&json!({ "latitude": 51.75, "longitude": -1.25 }), &json!({ "tier": "none" }))
    );
    let admin = app.admin().await;
    let events =
        async |action: &str| admin.get(&format!("/v1/audit?action={action}")).await.expect(200).json["data"].clone();
    let created = events("council.create").await;
    assert_eq!((&created[0]["record"]["slug"], &created[0]["origin"]), (&json!("cherwold"), &json!("command_line")));
    let updated = events("council.update").await;
    assert_eq!((&updated[0]["version_before"], &updated[0]["version_after"]), (&json!(1), &json!(2)));
    assert_eq!(events("council.import").await.as_array().unwrap().len(), 1);

    let again = import(&app, &lines, true).await.unwrap();
    assert!(
        again.contains("New: 0\nChanged: 0\nUnchanged: 2\n") && again.ends_with("There is nothing to write."),
        "{again}"
    );
    assert_eq!(events("council.import").await.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_registry_keeps_itself_stays() {
    let app = TestApp::with_sample().await;
    let before = app.anonymous().get("/v1/councils/oldham").await.expect(200).json;
    assert!(before["website"].as_str().unwrap().starts_with("https://www.oldham"));
    // Other slug and name; the same site without its security; nothing said of the point.
    let line =
        "E08000004,OLD,Oldham Council,Oldham,,oldham-council,MD,England,North West,,,,,,,http://www.oldham.gov.uk,";
    let told = import(&app, &[line], true).await.unwrap();
    assert!(told.contains("name: \"Oldham Metropolitan Borough Council\" -> \"Oldham Council\""), "{told}");
    assert!(told.contains("Slugs that differ from the file\n  E08000004  oldham (not oldham-council)"), "{told}");
    let after = app.anonymous().get("/v1/councils/oldham").await.expect(200).json;
    for member in ["slug", "website", "membership", "description", "location", "population", "aliases", "id"] {
        assert_eq!(after[member], before[member], "{member}");
    }
    assert_eq!((&after["name"], &after["version"]), (&json!("Oldham Council"), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_is_known_by_its_code_its_former_codes_and_then_its_slug() {
    let app = TestApp::with_sample().await;
    // A new code, after a change of its boundary.
    let recoded = line_of(&app, "rochdale").await.replace("E08000005", "E08000099");
    let refused = import(&app, &[&recoded], true).await.unwrap_err().to_string();
    assert!(
        refused.contains("line 2: slug rochdale belongs to Rochdale Metropolitan Borough Council (E08000005)"),
        "{refused}"
    );
    let told = import(&app, &[&format!("{recoded}E08000098;E08000005")], true).await.unwrap();
    assert!(told.contains("gss_code: \"E08000005\" -> \"E08000099\""), "{told}");
    assert_eq!(app.anonymous().get("/v1/councils/rochdale").await.expect(200).json["gss_code"], "E08000099");
    // A council that had no code yet.
    let town = "E04000001,,Witney Town Council,Witney,,witney-town,NMD,England,,,,,,,,,";
    let told = import(&app, &[town], true).await.unwrap();
    assert!(told.contains("gss_code: nothing -> \"E04000001\""), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slug_that_is_none_is_made_one_and_names_in_welsh_are_read() {
    let app = TestApp::empty().await;
    let helens = "E08000013,SHN,St Helens Council,St. Helens,,st.-helens,MD,England,North West,,53.4,-2.7,1,,,,";
    let told = import(&app, &[helens, CARDIFF], true).await.unwrap();
    assert!(told.contains("E08000013  st-helens (not st.-helens)"), "{told}");
    assert_eq!(app.anonymous().get("/v1/councils/st-helens").await.expect(200).json["name"], "St Helens Council");
    let cardiff = app.anonymous().get("/v1/councils/cardiff-new").await.expect(200).json;
    assert_eq!(
        (&cardiff["welsh_name"], &cardiff["nation"], &cardiff["region"]),
        (&json!("Caerdydd"), &json!("wales"), &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_county_of_a_district_becomes_known() {
    let app = TestApp::with_sample().await;
    import(&app, &[CHERWOLD], true).await.unwrap();
    app.sql(
        "INSERT INTO boundaries (gss_code, name, west, south, east, north, attribution, digest)
             VALUES ('E07000977', 'Cherwold', -1.5, 51.5, -1, 52, 'x', '')",
    )
    .await;
    app.sql(
        r#"INSERT INTO boundary_shapes (gss_code, zoom, geometry) VALUES ('E07000977', 18,
             '{"type":"Polygon","coordinates":[[[-1.5,51.5],[-1,51.5],[-1,52],[-1.5,52],[-1.5,51.5]]]}')"#,
    )
    .await;
    let covering = app.anonymous().get("/v1/councils?covers=51.75,-1.25").await.expect(200);
    assert_eq!(covering.each("slug"), ["cherwold", "oxfordshire"]);
    // A new code takes the place of the one that it had.
    let recoded = CHERWOLD.replace("E07000977", "E07000999") + "E07000977";
    import(&app, &[&recoded], true).await.unwrap();
    let county = app.anonymous().get("/v1/councils?covers=51.75,-1.25").await.expect(200);
    assert_eq!(county.each("slug"), [""; 0]);
    import(&app, &[&format!("{CHERWOLD}E07000999")], true).await.unwrap();
    app.anonymous().get("/v1/councils/oxfordshire/boundary").await.expect(200);
    // It becomes a unitary authority.
    let alone = CHERWOLD.replace(",OXF,", ",,");
    let told = import(&app, &[&alone], true).await.unwrap();
    assert!(told.contains("Districts with a new or changed county: 1"), "{told}");
    let covering = app.anonymous().get("/v1/councils?covers=51.75,-1.25").await.expect(200);
    assert_eq!(covering.each("slug"), ["cherwold"]);
}
