//! schema.org and SKOS as JSON-LD.

use serde_json::{Value, json};

use super::{TITLE, accepting, published, today};
use crate::support::TestApp;
use crate::support::records::whole_organisation;

const LD: &str = "application/ld+json";

#[tokio::test(flavor = "multi_thread")]
async fn an_initiative_is_an_article_by_those_who_lead_it() {
    let app = TestApp::with_sample().await;
    let record = published(&app, json!({})).await;
    let said = accepting(&app.anonymous(), "/v1/initiatives/whole", LD).await.expect(200).json;
    let id = |record: &Value| format!("{}/id/{}", app.url, record["id"].as_str().unwrap());
    assert_eq!((&said["@context"], &said["@type"]), (&json!("https://schema.org/"), &json!("Article")));
    assert_eq!(said["@id"], id(&record));
    assert_eq!(said["name"], TITLE);
    let authors: Vec<&Value> = said["author"].as_array().unwrap().iter().map(|author| &author["@id"]).collect();
    assert_eq!(authors, [&json!(id(&record["lead_council"])), &json!(id(&record["participants"][0]["council"]))]);
    assert_eq!(said["funder"], json!([{ "@type": "Organization", "name": "A trust" }]));
    let contributors: Vec<&Value> = said["contributor"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(contributors, ["Bury Metropolitan Borough Council", "A university"]);
    assert_eq!(said["temporalCoverage"], "2013-05-10/2014");
    assert_eq!(said["datePublished"], today().to_string());
    assert_eq!(said["license"], "https://creativecommons.org/licenses/by/4.0/");
    assert_eq!(said["isPartOf"]["@id"], id(&record["parent"]));
    assert_eq!(said["spatialCoverage"]["geo"]["latitude"], 53.541);
    assert_eq!(said["citation"].as_array().unwrap().len(), 2);
    assert_eq!(said["about"].as_array().unwrap().len(), 5, "three themes, two principles");
    nothing_is_null(&said);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_is_never_a_bare_number() {
    let app = TestApp::with_sample().await;
    published(&app, json!({})).await;
    let said = accepting(&app.anonymous(), "/v1/initiatives/whole", LD).await.expect(200).json;
    let [range, direction, award, saving] = &said["mentions"].as_array().unwrap()[..] else { panic!("{said}") };
    assert_eq!(
        (&range["minValue"], &range["maxValue"], range.get("value")),
        (&json!(12.5), &json!(99999999.9999), None)
    );
    assert_eq!((&range["unitText"], &range["observationDate"]), (&json!("people"), &json!("2014")));
    assert_eq!(range["observationPeriod"], "2013-05-10/2013-06");
    assert_eq!(range["subjectOf"]["name"], "A study");
    assert_eq!(range["disambiguatingDescription"], "Of those asked.");
    assert_eq!(direction["description"], "Calls (outcome): down");
    assert_eq!(award["description"], "A prize (award)");
    assert_eq!((saving.get("value"), &saving["minValue"]), (None, &json!(0.0001)), "at least");
    for outcome in [range, direction, award, saving] {
        let properties = outcome["additionalProperty"].as_array().unwrap();
        for name in ["kind", "bound", "evidence level"] {
            assert!(
                properties.iter().any(|one| one["propertyID"] == name && one["value"].is_string()),
                "{name}: {outcome}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_is_an_organisation_of_government() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let record = client.get("/v1/councils/oldham").await.expect(200).json;
    let said = accepting(&client, "/v1/councils/oldham", LD).await.expect(200).json;
    assert_eq!((&said["@type"], &said["name"]), (&json!("GovernmentOrganization"), &record["name"]));
    assert_eq!(said["sameAs"], record["website"]);
    assert_eq!(said["alternateName"], json!(["Oldham", "Oldham MBC", "Oldham Council"]));
    assert_eq!(said["identifier"][0], json!({ "@type": "PropertyValue", "propertyID": "GSS", "value": "E08000004" }));
    assert_eq!(said["location"]["geo"]["longitude"], record["location"]["longitude"]);
    assert_eq!(said["memberOf"]["url"], "https://www.councils.coop/");
    nothing_is_null(&said);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_has_its_names_its_identifiers_and_its_owner() {
    let app = TestApp::with_sample().await;
    app.moderator().await.post("/v1/organisations", &whole_organisation()).await.expect(201);
    let client = app.anonymous();
    let said = accepting(&client, "/v1/organisations/wombat-housing", LD).await.expect(200).json;
    assert_eq!((&said["@type"], &said["name"]), (&json!("Organization"), &json!("Wombat Housing")));
    assert_eq!(said["alternateName"], json!(["Wombat Homes Ltd", "WH"]));
    assert_eq!(said["identifier"][0]["value"], "GB-COH-01234567");
    assert_eq!(said["parentOrganization"]["identifier"]["value"], "E08000004");
    nothing_is_null(&said);
    let refused = accepting(&client, "/v1/organisations/wombat-housing?fields=slug", LD).await;
    refused.expect_problem(400, "bad_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_is_a_concept() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let record = client.get("/v1/themes/housing").await.expect(200).json;
    let said = accepting(&client, "/v1/themes/housing", LD).await.expect(200).json;
    assert_eq!((&said["@type"], &said["@context"]["Concept"]), (&json!("Concept"), &json!("skos:Concept")));
    assert_eq!((&said["prefLabel"], &said["definition"]), (&record["label"], &record["definition"]));
    for name in said.as_object().unwrap().keys().filter(|name| !name.starts_with('@')) {
        assert!(said["@context"].get(name).is_some(), "the context does not say what {name} is");
    }
    nothing_is_null(&said);
}

fn nothing_is_null(value: &Value) {
    match value {
        // In a context null is a word: no language.
        Value::Object(members) => {
            members.iter().filter(|(name, _)| *name != "@context").for_each(|(_, one)| nothing_is_null(one));
        }
        Value::Array(items) => items.iter().for_each(nothing_is_null),
        value => assert!(!value.is_null()),
    }
}
