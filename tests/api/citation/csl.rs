//! CSL-JSON, by the rules of its schema: an array of items, `type` and `id` required, no other members than the known ones.

use chrono::Datelike;
use serde_json::{Value, json};

use super::{TITLE, published, today};
use crate::support::TestApp;

/// Members of an item that the schema has, of those that a registry could use, with the type of their value.
const STRINGS: &str = "original-title original-publisher id type title container-title publisher genre version abstract keyword language URL note status";

fn faults(item: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, value) in item.as_object().unwrap() {
        let fits = match &**name {
            "author" => value.as_array().is_some_and(|names| {
                !names.is_empty()
                    && names
                        .iter()
                        .all(|name| name.as_object().is_some_and(|name| name.len() == 1) && name["literal"].is_string())
            }),
            "issued" => {
                let parts = value["date-parts"][0].as_array();
                value.as_object().is_some_and(|date| date.len() == 1)
                    && parts.is_some_and(|parts| parts.len() == 3 && parts.iter().all(Value::is_number))
            }
            "original-date" => value["date-parts"][0].as_array().is_some_and(|parts| (1..=3).contains(&parts.len())),
            "custom" => value.is_object(),
            _ => STRINGS.split_whitespace().any(|known| known == name) && value.is_string(),
        };
        if !fits {
            faults.push(format!("{name}: {value}"));
        }
    }
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn csl_is_the_default_and_keeps_to_its_schema() {
    let app = TestApp::with_sample().await;
    let record = published(&app, json!({})).await;
    let answer = app.anonymous().get("/v1/initiatives/whole/citation").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/vnd.citationstyles.csl+json");
    let [item] = &answer.json.as_array().unwrap()[..] else { panic!("{}", answer.text) };
    assert_eq!(faults(item), Vec::<String>::new());
    let permalink = format!("{}/id/{}", app.url, record["id"].as_str().unwrap());
    let wanted = json!({
        "id": permalink, "URL": permalink, "type": "webpage", "title": TITLE, "version": record["version"].to_string(),
        "publisher": "Co-operative Councils' Innovation Network", "container-title": "CCIN registry",
        "author": [{ "literal": "Oldham Metropolitan Borough Council" }, { "literal": "City of York Council" }],
        "issued": { "date-parts": [[today().year(), today().month(), today().day()]] },
        "abstract": record["summary"], "genre": "policy prototype",
    });
    for (name, value) in wanted.as_object().unwrap() {
        assert_eq!(item[name], *value, "{name}");
    }
    assert!(item["note"].as_str().unwrap().contains("CC-BY-4.0"), "{item}");
    assert!(item.get("accessed").is_none(), "that is the reader's to say");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_of_the_sample_can_be_cited() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let page = client.get("/v1/initiatives?fields=slug,title,sources,entered_by&limit=200").await.expect(200);
    let records = page.json["data"].as_array().unwrap();
    assert!(records.len() > 100);
    for record in records {
        let slug = record["slug"].as_str().unwrap();
        let answer = client.get(&format!("/v1/initiatives/{slug}/citation")).await.expect(200);
        assert_eq!(faults(&answer.json[0]), Vec::<String>::new(), "{slug}");
        assert_eq!(answer.json[0]["title"], record["title"]);
        // No council has entered any of them.
        assert_eq!(record["entered_by"], "registry");
        assert_eq!(answer.json[0]["author"], json!([{ "literal": "CCIN registry" }]), "{slug}");
        assert_eq!(answer.json[0]["original-title"], record["sources"][0]["title"], "{slug}");
    }
}
