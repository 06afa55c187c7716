//! Who leads: a council, another organisation, the network, or nobody has said.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::practice::{path, practice, publish, with};
use crate::support::records::{initiative, initiative_body};

/// A body without a lead council, and with these members.
fn led(title: &str, more: Value) -> Value {
    let mut body = initiative(title, "oldham");
    body.as_object_mut().unwrap().remove("lead_council");
    with(body, more)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lead_is_a_council_an_organisation_the_network_or_unknown() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let cases = [
        (json!({ "lead": { "kind": "council", "ref": "E08000004" } }), json!({ "kind": "council", "ref": "oldham" })),
        (json!({ "lead_council": "oldham" }), json!({ "kind": "council", "ref": "oldham" })),
        (
            json!({ "lead_council": "oldham", "lead": { "kind": "council", "ref": "oldham" } }),
            json!({ "kind": "council", "ref": "oldham" }),
        ),
        (json!({ "lead_council": "network" }), json!({ "kind": "network" })),
        (json!({ "lead": { "kind": "network" } }), json!({ "kind": "network" })),
        (json!({ "lead": { "kind": "unknown" } }), json!({ "kind": "unknown" })),
        (
            json!({ "lead": { "kind": "organisation", "name": "RedQuadrant" } }),
            json!({ "kind": "organisation", "name": "RedQuadrant" }),
        ),
    ];
    for (index, (sent, lead)) in cases.into_iter().enumerate() {
        let made = admin.post("/v1/initiatives", &led(&format!("Practice {index}"), sent)).await.expect(201);
        assert_eq!(made.json["lead"], lead);
        assert_eq!(
            made.json["lead_council"]["slug"],
            if lead["kind"] == "council" { lead["ref"].clone() } else { Value::Null }
        );
        // What was answered can be sent again.
        let again = admin.put(&path(&made), made.etag(), &initiative_body(&made.json)).await.expect(200);
        assert_eq!(again.json["lead"], lead);
        publish(&admin, &again).await;
    }
    // Unknown is not the network.
    let network = admin.get("/v1/initiatives?council=network&limit=200&fields=title,lead").await.expect(200);
    let found = network.json["data"].as_array().unwrap();
    assert!(found.iter().all(|one| one["lead"]["kind"] == "network"));
    assert_eq!(found.iter().filter(|one| one["title"].as_str().unwrap().starts_with("Practice ")).count(), 2);
    let named = admin.get("/v1/initiatives?q=redquadrant").await.expect(200);
    assert!(named.json["data"].as_array().unwrap().iter().any(|one| one["title"] == "Practice 6"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_says_once_who_leads() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for (sent, pointer, code) in [
        (json!({}), "/lead_council", "required"),
        (json!({ "lead_council": "oldham", "lead": { "kind": "council", "ref": "york" } }), "/lead", "contradicts"),
        (json!({ "lead_council": "oldham", "lead": { "kind": "unknown" } }), "/lead", "contradicts"),
        (json!({ "lead_council": "network", "lead": { "kind": "unknown" } }), "/lead", "contradicts"),
        (json!({ "lead": { "kind": "council" } }), "/lead/ref", "required"),
        (json!({ "lead": { "kind": "council", "ref": "oldham", "name": "Oldham" } }), "/lead/name", "not_allowed"),
        (json!({ "lead": { "kind": "organisation" } }), "/lead/name", "required"),
        (json!({ "lead": { "kind": "network", "name": "CCIN" } }), "/lead/name", "not_allowed"),
        (json!({ "lead": { "kind": "unknown", "ref": "oldham" } }), "/lead/ref", "not_allowed"),
        (json!({ "lead": { "kind": "person" } }), "/lead/kind", "not_allowed"),
        (json!({ "lead_council": "oldham", "place_of": "york" }), "/place_of", "not_allowed"),
        (json!({ "lead_council": "oldham", "entered_by": "council" }), "/entered_by", "read_only"),
    ] {
        let refused = admin.post("/v1/initiatives", &led("Refused", sent)).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [(pointer.to_owned(), code.to_owned())]);
    }
    let unknown = led("Refused", json!({ "lead": { "kind": "council", "ref": "oldam" } }));
    let refused = admin.post("/v1/initiatives", &unknown).await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/lead/ref".into(), "unknown_reference".into())]);
    assert!(refused.text.contains("did you mean oldham?"), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_of_one_form_of_the_lead_replaces_the_other() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let made =
        admin.post("/v1/initiatives", &led("Whose?", json!({ "lead": { "kind": "unknown" } }))).await.expect(201);
    let path = path(&made);
    let found = admin.patch(&path, made.etag(), &json!({ "lead_council": "oldham" })).await.expect(200);
    assert_eq!(found.json["lead"], json!({ "kind": "council", "ref": "oldham" }));
    let same = admin.patch(&path, found.etag(), &json!({ "lead": null })).await.expect(200);
    assert_eq!(same.json["lead"], found.json["lead"]);
    let found = same;
    let lead = json!({ "lead": { "kind": "organisation", "name": "Peopletoo" } });
    let other = admin.patch(&path, found.etag(), &lead).await.expect(200);
    assert_eq!((&other.json["lead"], &other.json["lead_council"]), (&lead["lead"], &Value::Null));
    let kept = admin.patch(&path, other.etag(), &json!({ "title": "Whose is it?" })).await.expect(200);
    assert_eq!(kept.json["lead"], lead["lead"]);
    let none = admin.patch(&path, kept.etag(), &json!({ "lead": null })).await.expect_problem(422, "invalid");
    assert_eq!(none.faults(), [("/lead_council".into(), "required".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_council_leads_is_on_the_map_at_the_place_that_it_names() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let lead = json!({ "kind": "organisation", "name": "The Active Wellbeing Society" });
    let body = led("Wombats on the move", json!({ "lead": lead, "place_of": "birmingham" }));
    let made = publish(&admin, &admin.post("/v1/initiatives", &body).await.expect(201)).await;
    let council = admin.get("/v1/councils/birmingham").await.expect(200);
    assert_eq!(made.json["place_of"]["slug"], "birmingham");
    assert_eq!(made.json["location"]["latitude"], council.json["location"]["latitude"]);
    assert_eq!(made.json["location"]["of"], "place_of");
    let anyone = app.anonymous();
    for filter in ["region=west_midlands", "nation=england", "bbox=-2.2,52.3,-1.6,52.7", "q=wombats+birmingham"] {
        let found = anyone.get(&format!("/v1/initiatives?limit=200&fields=slug&{filter}")).await.expect(200);
        let mut slugs = found.json["data"].as_array().unwrap().iter().map(|one| &one["slug"]);
        assert!(slugs.any(|slug| *slug == made.json["slug"]), "{filter}");
    }
    let map = anyone.get("/v1/map/initiatives").await.expect(200);
    let features = map.json["features"].as_array().unwrap().iter();
    let here = features.map(|one| &one["properties"]).find(|one| one["slug"] == made.json["slug"]).expect("on the map");
    assert_eq!((&here["located_by"], &here["council"]), (&json!("place_of"), &Value::Null));
    assert_eq!(here["place_of"]["slug"], "birmingham");
    // The council neither leads it nor takes part, and cannot be withdrawn meanwhile; what it is called shows.
    let part = anyone.get("/v1/councils/birmingham/initiatives?limit=200&fields=slug").await.expect(200);
    assert!(!part.json["data"].as_array().unwrap().iter().any(|one| one["slug"] == made.json["slug"]));
    let renamed = json!({ "name": "Council of Brum" });
    admin.patch("/v1/councils/birmingham", council.etag(), &renamed).await.expect(200);
    let shown = anyone.get(&path(&made)).await.expect(200);
    assert_eq!(shown.json["place_of"]["name"], "Council of Brum");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_of_a_council_enters_only_what_the_council_leads() {
    let app = TestApp::with_sample().await;
    let editor = app.editor("oldham").await;
    for lead in
        [json!({ "kind": "unknown" }), json!({ "kind": "network" }), json!({ "kind": "council", "ref": "york" })]
    {
        let body = led("Not our work", json!({ "lead": lead }));
        let refused = editor.post("/v1/initiatives", &body).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [("/lead".into(), "not_yours".into())]);
    }
    let own = led("Our work", json!({ "lead": { "kind": "council", "ref": "oldham" } }));
    editor.post("/v1/initiatives", &own).await.expect(201);
    editor.post("/v1/initiatives", &practice("Our work too", "oldham")).await.expect(201);
}
