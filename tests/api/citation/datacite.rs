//! DataCite JSON: the mandatory properties of schema 4, its vocabularies, and no DOI.

use chrono::Datelike;
use serde_json::{Value, json};

use super::{TITLE, published, today};
use crate::support::TestApp;

/// Values that a member may have.
const WORDS: [(&str, &str); 6] = [
    ("nameType", "Organizational Personal"),
    ("resourceTypeGeneral", "Text"),
    ("contributorType", "ProjectLeader ProjectMember WorkPackageLeader Researcher Other"),
    ("dateType", "Issued Updated Other"),
    ("relationType", "References IsDerivedFrom IsPartOf HasPart"),
    ("descriptionType", "Abstract Other"),
];

fn walk(value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    for (name, member) in value.as_object().into_iter().flatten() {
        visit(name, member);
        walk(member, visit);
    }
    for item in value.as_array().into_iter().flatten() {
        walk(item, visit);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn datacite_has_what_is_mandatory_and_makes_up_no_doi() {
    let app = TestApp::with_sample().await;
    let record = published(&app, json!({})).await;
    let answer = app.anonymous().get("/v1/initiatives/whole/citation?format=datacite").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/vnd.datacite.datacite+json");
    let said = &answer.json;
    let permalink = format!("{}/id/{}", app.url, record["id"].as_str().unwrap());
    assert_eq!(said["schemaVersion"], "http://datacite.org/schema/kernel-4");
    assert_eq!(said["identifiers"], json!([{ "identifier": permalink, "identifierType": "URL" }]));
    assert_eq!(said["creators"].as_array().unwrap().len(), 2);
    assert_eq!(
        said["creators"][0],
        json!({ "name": "Oldham Metropolitan Borough Council", "nameType": "Organizational" })
    );
    assert_eq!(said["titles"][0]["title"], TITLE);
    assert_eq!(said["publisher"], "Co-operative Councils' Innovation Network");
    assert_eq!(said["publicationYear"], today().year().to_string());
    assert_eq!(said["types"], json!({ "resourceTypeGeneral": "Text", "resourceType": "policy prototype" }));
    assert!(said.get("doi").is_none() && !answer.text.contains("\"DOI\""), "{}", answer.text);

    let alternate: Vec<&Value> =
        said["alternateIdentifiers"].as_array().unwrap().iter().map(|one| &one["alternateIdentifier"]).collect();
    assert_eq!(alternate, [&record["id"], &record["slug"]]);
    assert_eq!(said["rightsList"][0]["rightsIdentifier"], "CC-BY-4.0");
    assert_eq!(said["fundingReferences"], json!([{ "funderName": "A trust" }]), "each funder once");
    // Dates as precisely as they are known.
    let dates = said["dates"].as_array().unwrap();
    assert!(dates.iter().any(|date| date["dateType"] == "Issued" && date["date"] == today().to_string()), "{dates:?}");
    assert!(dates.iter().any(|date| date["dateType"] == "Other" && date["date"] == "2013-05-10/2014"), "{dates:?}");
    let related = said["relatedIdentifiers"].as_array().unwrap();
    assert!(related.iter().any(
        |one| one["relationType"] == "References" && one["relatedIdentifier"] == "https://oldham.example/paper.pdf"
    ));
    assert!(related.iter().any(|one| one["relationType"] == "IsPartOf"), "{related:?}");
    assert_eq!(
        said["geoLocations"][0]["geoLocationPoint"],
        json!({ "pointLatitude": 53.541, "pointLongitude": -2.117 })
    );
    walk(said, &mut |name, value| {
        if let Some((_, words)) = WORDS.iter().find(|(of, _)| *of == name) {
            assert!(words.split(' ').any(|word| value == word), "{name}: {value}");
        }
        assert!(!value.is_null(), "{name} is null");
    });
}
