//! What an organisation must be: not a person, with an identifier that has the form of its list and is nobody else's.

use serde_json::json;

use super::{change, enter, withdraw};
use crate::support::TestApp;
use crate::support::records::{organisation, whole_organisation};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_no_organisation() {
    let app = TestApp::empty().await;
    let moderator = app.moderator().await;
    for name in
        ["Cllr Jo Bloggs", "Councillor Bloggs", "Mr J. Bloggs", "Mrs Jo Smith-Jones", "Ms Jo O'Neill", "Dr. Bloggs"]
    {
        let refused = moderator.post("/v1/organisations", &organisation(name)).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [("/name".into(), "person".into())], "{name}");
        assert!(refused.text.contains("the name of a person"), "{}", refused.text);
    }
    let mut body = organisation("Bloggs and Sons");
    body["aliases"] = json!(["Bloggs & Sons", "Mr Jo Bloggs"]);
    let refused = moderator.post("/v1/organisations", &body).await.expect_problem(422, "invalid");
    assert_eq!(refused.faults(), [("/aliases/1".into(), "person".into())]);
    for name in ["Dr Gray's Hospital", "Mrs Smith Charity", "Mr Fothergill’s Seeds", "MS Society"] {
        enter(&moderator, name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identifier_has_the_form_of_its_list() {
    let app = TestApp::empty().await;
    let moderator = app.moderator().await;
    for (org_id, told) in [
        ("1164021", "GB-CHC-1164021"),
        ("gb-chc-1164021", "capitals"),
        ("GB-CHC", "GB-CHC-1164021"),
        ("GB-COH-1234567", "zeros"),
        ("GB-CHC-SC012345", "six or seven digits"),
        ("GB-SC-012345", "SC012345"),
    ] {
        let mut body = organisation("Wombats");
        body["org_id"] = json!(org_id);
        let refused = moderator.post("/v1/organisations", &body).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [("/org_id".into(), "malformed".into())], "{org_id}");
        assert!(refused.text.contains(told), "{org_id}: {}", refused.text);
    }
    for (at, org_id) in ["GB-CHC-1164021", "GB-COH-IP00525R", "GB-SC-SC012345", "XM-DAC-41114"].iter().enumerate() {
        let mut body = organisation(&format!("Wombats {at}"));
        body["org_id"] = json!(org_id);
        moderator.post("/v1/organisations", &body).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_two_organisations_share_an_identifier() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    moderator.post("/v1/organisations", &whole_organisation()).await.expect(201);
    let mut twin = organisation("Wombat Homes");
    twin["org_id"] = whole_organisation()["org_id"].clone();
    let refused = moderator.post("/v1/organisations", &twin).await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/org_id".into(), "taken".into())]);
    assert!(refused.text.contains("Wombat Housing (wombat-housing)"), "the other is named: {}", refused.text);
    enter(&moderator, "Quokkas").await;
    let refused = change(&moderator, "quokkas", json!({ "org_id": twin["org_id"] })).await;
    assert_eq!(refused.expect_problem(409, "conflict").faults(), [("/org_id".into(), "taken".into())]);
    // Its own stays, and that of a withdrawn one is free.
    change(&moderator, "wombat-housing", json!({ "name": "Wombats" })).await.expect(200);
    withdraw(&moderator, "wombat-housing").await.expect(204);
    moderator.post("/v1/organisations", &twin).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_take_one_identifier_at_once_one_gets_it() {
    let app = TestApp::empty().await;
    let moderator = app.moderator().await;
    let body = |name: &str| {
        let mut body = organisation(name);
        body["org_id"] = json!("GB-CHC-1164021");
        body
    };
    let (first, second) = (body("First"), body("Second"));
    let (one, other) =
        tokio::join!(moderator.post("/v1/organisations", &first), moderator.post("/v1/organisations", &second));
    let refused = if one.status == 201 { other } else { one };
    assert_eq!(refused.expect_problem(409, "conflict").faults(), [("/org_id".into(), "taken".into())]);
    assert_eq!(app.anonymous().get("/v1/organisations").await.expect(200).json["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_told_at_once_with_the_nearest_name() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    let body = json!({ "name": "<b>Wombats</b>", "kind": "charities", "websit": "https://wombats.example/", "website": "wombats.example" });
    let refused = moderator.post("/v1/organisations", &body).await.expect_problem(422, "invalid");
    let mut found = refused.faults();
    found.sort();
    let expected =
        [("/kind", "not_allowed"), ("/name", "malformed"), ("/websit", "unknown_member"), ("/website", "malformed")];
    assert_eq!(found, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    assert!(refused.text.contains("did you mean charity?") && refused.text.contains("did you mean website?"));
    let unknown = json!({ "name": "Wombats", "kind": "charity", "council": "oldam" });
    let refused = moderator.post("/v1/organisations", &unknown).await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/council".into(), "unknown_reference".into())]);
    assert!(refused.text.contains("did you mean oldham?"), "{}", refused.text);
}
