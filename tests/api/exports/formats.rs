//! CSV: the head, the cells, quoting, formulas; and the headers of every form.

use serde_json::{Value, json};

use super::{Csv, whole_list};
use crate::support::TestApp;
use crate::support::practice::practice;
use crate::support::records::whole_initiative;

#[tokio::test(flavor = "multi_thread")]
async fn a_csv_has_a_row_a_record_with_what_it_says() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let csv = Csv::of(&client.get("/v1/initiatives.csv").await.expect(200));
    let records = whole_list(&client, "/v1/initiatives").await;
    assert_eq!(csv.rows.len(), records.len());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let slugs = |value: &Value, at: &str| {
        let each = value.as_array().unwrap().iter();
        each.map(|one| text(one.pointer(at).unwrap())).collect::<Vec<_>>().join(";")
    };
    let same = |column: &str, of: &dyn Fn(&Value) -> String| {
        let expected: Vec<String> = records.iter().map(of).collect();
        assert!(expected.iter().any(|cell| !cell.is_empty()), "{column} is empty throughout");
        assert_eq!(csv.column(column), expected, "{column}");
    };
    for column in
        ["id", "slug", "title", "summary", "body", "kind", "started_on", "licence", "created_at", "updated_at"]
    {
        same(column, &|record| text(&record[column]));
    }
    same("lead_council", &|record| text(&record["lead_council"]["slug"]));
    same("lead_council_gss_code", &|record| text(&record["lead_council"]["gss_code"]));
    same("participants", &|record| slugs(&record["participants"], "/council/slug"));
    same("participant_roles", &|record| slugs(&record["participants"], "/role"));
    same("themes", &|record| slugs(&record["themes"], "/slug"));
    same("primary_theme", &|record| text(&record["themes"][0]["slug"]));
    same("principles", &|record| slugs(&record["principles"], "/slug"));
    same("components", &|record| slugs(&record["components"], "/slug"));
    same("parent", &|record| text(&record["parent"]["slug"]));
    same("latitude", &|record| record["location"]["latitude"].as_f64().map_or(String::new(), |n| n.to_string()));
    same("location_of", &|record| text(&record["location"]["of"]));
    same("outcome_count", &|record| record["outcomes"].as_array().unwrap().len().to_string());
    same("version", &|record| record["version"].to_string());
    let best = |record: &Value| {
        let results = record["outcomes"].as_array().unwrap().iter().filter(|outcome| outcome["kind"] != "context");
        let levels = results.map(|outcome| outcome["evidence_level"].as_i64());
        levels.flatten().max().map_or(String::new(), |level| level.to_string())
    };
    same("best_evidence", &best);
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_and_quotes_are_those_of_rfc_4180() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut odd = practice("Odd \"cells\", with everything", "oldham");
    odd["body"] = json!("One line,\nanother \"line\"\n\n;and ünïcödé \u{1F33B}");
    odd["partners"] = json!([{ "name": "This; and that", "role": "funder" }, { "name": "Other", "role": "other" }]);
    admin.post("/v1/initiatives", &odd).await.expect(201);
    let answer = admin.get("/v1/initiatives.csv?fields=title,body,partners").await.expect(200);
    assert!(answer.text.starts_with("title,body,partners\r\n"), "{}", &answer.text[..60]);
    assert!(answer.text.ends_with("\r\n"));
    assert!(answer.text.contains("\"Odd \"\"cells\"\", with everything\",\"One line,\n"));
    let csv = Csv::of(&answer);
    let place = csv.column("title").iter().position(|title| *title == odd["title"]).expect("the odd one");
    assert_eq!(csv.column("body")[place], odd["body"]);
    assert_eq!(csv.column("partners")[place], "This, and that;Other");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cell_is_a_formula() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut texts = Vec::new();
    for (index, begin) in ["=", "+", "-", "@"].into_iter().enumerate() {
        let mut record = practice(&format!("{begin}cmd|' /C calc'!A{index}"), "oldham");
        record["summary"] = json!(format!("{begin}HYPERLINK(\"https://elsewhere.example\")"));
        record["partners"] = json!([{ "name": format!("{begin}1"), "role": "other" }]);
        record["location"] = json!({ "latitude": 53.5, "longitude": -2.1 });
        admin.post("/v1/initiatives", &record).await.expect(201);
        texts.push(record);
    }
    // A tab and a line end can begin a markdown text.
    let mut record = whole_initiative();
    (record["body"], record["challenge"]) = (json!("\t=1+1"), json!("\n=1+1"));
    admin.post("/v1/initiatives", &record).await.expect(201);
    let csv = Csv::of(&admin.get("/v1/initiatives.csv").await.expect(200));
    let titles = csv.column("title");
    for record in &texts {
        let defused = format!("'{}", record["title"].as_str().unwrap());
        let place = titles.iter().position(|title| *title == defused).unwrap_or_else(|| panic!("{defused}"));
        assert_eq!(csv.column("summary")[place], format!("'{}", record["summary"].as_str().unwrap()));
        assert_eq!(csv.column("partners")[place], format!("'{}", record["partners"][0]["name"].as_str().unwrap()));
        assert_eq!(csv.column("longitude")[place], "-2.1", "a number is a number");
    }
    let place = titles.iter().position(|title| *title == record["title"]).unwrap();
    assert_eq!((csv.column("body")[place], csv.column("challenge")[place]), ("'\t=1+1", "'\n=1+1"));
    let numbers = ["latitude", "longitude"].map(|name| csv.head.iter().position(|column| column == name).unwrap());
    for row in &csv.rows {
        for (place, cell) in row.iter().enumerate().filter(|(place, _)| !numbers.contains(place)) {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{}: {cell}", csv.head[place]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_say_what_it_is() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let today = chrono::Utc::now().format("%Y-%m-%d");
    for (path, kind, file) in [
        ("initiatives.csv", "text/csv; charset=utf-8; header=present", format!("initiatives-{today}.csv")),
        ("councils.geojson", "application/geo+json", format!("councils-{today}.geojson")),
        ("themes.ndjson", "application/x-ndjson", format!("themes-{today}.ndjson")),
        ("outcomes.csv", "text/csv; charset=utf-8; header=present", format!("outcomes-{today}.csv")),
        ("councils/E08000004/initiatives.ndjson", "application/x-ndjson", format!("oldham-initiatives-{today}.ndjson")),
        ("themes/housing/initiatives.ndjson", "application/x-ndjson", format!("housing-initiatives-{today}.ndjson")),
    ] {
        let answer = client.get(&format!("/v1/{path}")).await.expect(200);
        assert_eq!(answer.header("content-type"), kind, "{path}");
        assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{file}\""), "{path}");
        assert!(answer.header("link").contains("/v1/datapackage.json>; rel=\"describedby\""), "{path}");
        assert_eq!(answer.header("cache-control"), "public, max-age=60, stale-if-error=86400", "{path}");
        assert!(answer.header("vary").contains("Accept, "), "{path}");
        assert!(!answer.text.is_empty(), "{path}");
    }
    let own = app.admin().await.get("/v1/themes.csv").await.expect(200);
    assert_eq!(own.header("cache-control"), "private, no-store");
}
