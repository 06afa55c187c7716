//! The data package says of every CSV what is in it; `frictionless validate` holds the same and more.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate};
use serde_json::{Value, json};

use super::Csv;
use crate::support::practice::{practice, publish, with};
use crate::support::records::{whole_council, whole_initiative, whole_organisation};
use crate::support::{Client, TestApp};

struct Table {
    schema: Value,
    csv: Csv,
}

async fn tables(client: &Client) -> HashMap<String, Table> {
    let package = client.get("/v1/datapackage.json").await.expect(200).json;
    assert_eq!(package["profile"], "tabular-data-package");
    let mut tables = HashMap::new();
    for resource in package["resources"].as_array().unwrap() {
        let path = resource["path"].as_str().unwrap();
        // Relative to the package.
        let csv = Csv::of(&client.get(&format!("/v1/{path}")).await.expect(200));
        tables.insert(resource["name"].as_str().unwrap().to_owned(), Table { schema: resource["schema"].clone(), csv });
    }
    assert_eq!(tables.len(), 7);
    tables
}

/// What is wrong with a cell, by its field.
fn fault(field: &Value, cell: &str) -> Option<String> {
    let rules = &field["constraints"];
    if cell.is_empty() {
        return (rules["required"] == true).then(|| "is empty".into());
    }
    let number = cell.parse::<f64>();
    let fits = match field["type"].as_str().unwrap() {
        "string" => field["format"] != "uuid" || cell.parse::<uuid::Uuid>().is_ok(),
        "integer" => cell.parse::<i64>().is_ok(),
        "number" => number.is_ok(),
        "date" => cell.parse::<NaiveDate>().is_ok(),
        "datetime" => cell.ends_with('Z') && DateTime::parse_from_rfc3339(cell).is_ok(),
        other => return Some(format!("has the unknown type {other}")),
    };
    if !fits {
        return Some(format!("is no {}", field["type"]));
    }
    if rules["enum"].as_array().is_some_and(|words| words.iter().all(|word| word != cell)) {
        return Some("is none of the words".into());
    }
    if !jsonschema::is_valid(&json!({ "pattern": rules["pattern"].as_str().unwrap_or("") }), &json!(cell)) {
        return Some("does not match".into());
    }
    let beyond = |name: &str, is_beyond: fn(f64, f64) -> bool| {
        rules[name].as_f64().is_some_and(|limit| number.as_ref().is_ok_and(|number| is_beyond(*number, limit)))
    };
    (beyond("minimum", |n, limit| n < limit) || beyond("maximum", |n, limit| n > limit))
        .then(|| "is out of bounds".into())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_csv_is_as_its_table_schema_says() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    admin.post("/v1/councils", &whole_council()).await.expect(201);
    admin.post("/v1/initiatives", &whole_initiative()).await.expect(201);
    for client in [app.anonymous(), admin] {
        for (name, Table { schema, csv }) in &tables(&client).await {
            let fields = schema["fields"].as_array().unwrap();
            assert!(fields.iter().map(|field| field["name"].as_str().unwrap()).eq(csv.head.iter()), "{name}");
            assert_eq!(schema["missingValues"], json!([""]));
            for row in &csv.rows {
                for (field, cell) in fields.iter().zip(row) {
                    let fault = fault(field, cell);
                    assert_eq!(fault, None, "{name}.{}: {cell}", field["name"]);
                }
            }
            for field in fields.iter().filter(|field| field["constraints"]["unique"] == true) {
                let cells = csv.column(field["name"].as_str().unwrap());
                assert_eq!(cells.iter().collect::<HashSet<_>>().len(), cells.len(), "{name}.{}", field["name"]);
            }
            let key: Vec<Vec<&str>> = schema["primaryKey"]
                .as_array()
                .unwrap()
                .iter()
                .map(|name| csv.column(name.as_str().unwrap()))
                .collect();
            let rows: HashSet<Vec<&str>> =
                (0..csv.rows.len()).map(|row| key.iter().map(|column| column[row]).collect()).collect();
            assert_eq!(rows.len(), csv.rows.len(), "{name}: the key tells rows not apart");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_foreign_key_holds() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let elsewhere = json!({ "lead_council": "network", "place_of": "york" });
    let elsewhere = admin.post("/v1/initiatives", &with(practice("In York", "network"), elsewhere)).await.expect(201);
    publish(&admin, &elsewhere).await;
    admin.post("/v1/organisations", &whole_organisation()).await.expect(201);
    let tables = tables(&app.anonymous()).await;
    let mut count = 0;
    for (name, table) in &tables {
        for key in table.schema["foreignKeys"].as_array().into_iter().flatten() {
            let (column, there) = (key["fields"].as_str().unwrap(), &key["reference"]);
            let target = there["resource"].as_str().filter(|resource| !resource.is_empty()).unwrap_or(name);
            let known: HashSet<&str> =
                tables[target].csv.column(there["fields"].as_str().unwrap()).into_iter().collect();
            let named: Vec<&str> = table.csv.column(column).into_iter().filter(|cell| !cell.is_empty()).collect();
            assert!(
                column == "replaced_by" || column == "broader" || !named.is_empty(),
                "{name}.{column} is empty throughout"
            );
            for cell in named {
                assert!(known.contains(cell), "{name}.{column}: {cell} is not in {target}");
                count += 1;
            }
        }
    }
    assert!(count > 300, "{count}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_codebook_says_what_the_document_says() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let package = client.get("/v1/datapackage.json").await.expect(200).json;
    let schemas = client.get("/openapi.json").await.expect(200).json["components"]["schemas"].clone();
    let mut said = HashSet::new();
    for resource in package["resources"].as_array().unwrap() {
        for field in resource["schema"]["fields"].as_array().unwrap() {
            let meaning = field["description"].as_str().unwrap();
            assert!(meaning.len() > 4, "{}.{} is not described", resource["name"], field["name"]);
        }
        said.insert(resource["name"].as_str().unwrap().to_owned());
    }
    let field = |table: usize, name: &str| {
        let fields = package["resources"][table]["schema"]["fields"].as_array().unwrap();
        fields.iter().find(|field| field["name"] == name).cloned().unwrap_or_else(|| panic!("no field {name}"))
    };
    assert_eq!(field(0, "kind")["constraints"]["enum"], schemas["InitiativeKind"]["enum"]);
    assert_eq!(field(0, "title")["description"], schemas["Initiative"]["properties"]["title"]["description"]);
    assert_eq!(field(1, "unit")["constraints"]["enum"], schemas["Unit"]["enum"]);
    assert_eq!(field(2, "nation")["constraints"]["enum"], schemas["Nation"]["enum"]);
    assert!(package["licenses"][0]["name"] == "OGL-UK-3.0" && package["sources"][0]["title"].is_string());
}
