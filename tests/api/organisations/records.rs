//! One organisation: entered, read, changed, withdrawn; who may; what the feed and the trail have of it.

use ccin_registry::access::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{body_of, change, enter, withdraw};
use crate::audit::events_of;
use crate::support::TestApp;
use crate::support::client::send;
use crate::support::records::{organisation, whole_organisation};

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_entered_read_replaced_and_put_back_as_it_was_read() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    let made = moderator.post("/v1/organisations", &whole_organisation()).await.expect(201);
    assert_eq!(made.header("location"), "/v1/organisations/wombat-housing");
    assert_eq!(body_of(&made.json), whole_organisation());
    assert_eq!(made.json["council"]["name"], "Oldham Metropolitan Borough Council");
    assert_eq!(made.json["html"]["description"], "<p>Homes for <em>wombats</em>.</p>\n");
    assert!(made.json.get("initiative_count").is_none());
    for name in ["wombat-housing", made.json["id"].as_str().unwrap()] {
        let read = app.anonymous().get(&format!("/v1/organisations/{name}")).await.expect(200);
        let mut expected = made.json.clone();
        expected["initiative_count"] = json!(0);
        assert_eq!(read.json, expected);
        let known = app.anonymous().request(Method::GET, &format!("/v1/organisations/{name}"));
        send(known.header("If-None-Match", read.etag())).await.expect(304);
    }
    let put = moderator.put("/v1/organisations/wombat-housing", made.etag(), &body_of(&made.json)).await.expect(200);
    assert_eq!((body_of(&put.json), &put.json["version"]), (whole_organisation(), &json!(2)));
    // The tag of any view of this version will do.
    let shown = moderator.get("/v1/organisations/wombat-housing?fields=name").await.expect(200);
    assert_eq!(shown.json, json!({ "name": "Wombat Housing" }));
    let patch = json!({ "org_id": null, "website": null, "description": null, "council": null, "aliases": [] });
    let cleared = moderator.patch("/v1/organisations/wombat-housing", shown.etag(), &patch).await.expect(200);
    let least = json!({ "name": "Wombat Housing", "slug": "wombat-housing", "aliases": [], "kind": "company" });
    assert_eq!(body_of(&cleared.json), least);
    moderator.patch("/v1/organisations/wombat-housing", put.etag(), &patch).await.expect_problem(412, "stale");
    let smallest = organisation("Quokka Homes");
    let other = moderator.put("/v1/organisations/wombat-housing", cleared.etag(), &smallest).await.expect(200);
    assert_eq!((&other.json["name"], &other.json["slug"]), (&json!("Quokka Homes"), &json!("wombat-housing")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_slug_leads_to_the_organisation_and_so_does_its_permalink() {
    let app = TestApp::empty().await;
    let (moderator, client) = (app.moderator().await, app.anonymous());
    let made = enter(&moderator, "Wombats").await;
    change(&moderator, "wombats", json!({ "slug": "all-wombats", "name": "All Wombats" })).await.expect(200);
    let moved = client.get("/v1/organisations/wombats?fields=slug").await.expect(308);
    assert_eq!(moved.header("location"), "/v1/organisations/all-wombats?fields=slug");
    let permalink = format!("/id/{}", made.json["id"].as_str().unwrap());
    assert_eq!(client.get(&permalink).await.expect(303).header("location"), "/v1/organisations/all-wombats");
    // A slug belongs to one record for good.
    let taken = json!({ "name": "Wombats", "kind": "charity", "slug": "wombats" });
    let refused = moderator.post("/v1/organisations", &taken).await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/slug".into(), "taken".into())]);
    assert_eq!(enter(&moderator, "Wombats").await.json["slug"], "wombats-2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_organisation_answers_with_the_reason_everywhere() {
    let app = TestApp::empty().await;
    let (moderator, client) = (app.moderator().await, app.anonymous());
    let made = enter(&moderator, "Wombats").await;
    let id = made.json["id"].as_str().unwrap();
    let path = "/v1/organisations/wombats";
    moderator.delete(path, "\"0\"").await.expect_problem(412, "stale");
    send(moderator.request(Method::DELETE, path)).await.expect_problem(428, "precondition_required");
    moderator.delete(&format!("{path}?reason=Never%20existed"), made.etag()).await.expect(204);
    for address in [path.to_owned(), format!("/v1/organisations/{id}"), format!("/id/{id}")] {
        let gone = client.get(&address).await.expect_problem(404, "withdrawn");
        assert!(gone.json["detail"].as_str().unwrap().contains("Never existed"), "{}", gone.text);
    }
    assert_eq!(client.get("/v1/organisations").await.expect(200).json["total"], 0);
    client.get("/v1/organisations/nowhere").await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_write_organisations_and_everybody_reads_them() {
    let app = TestApp::with_sample().await;
    let made = enter(&app.moderator().await, "Wombats").await;
    let path = made.header("location");
    for (role, council) in
        [(Role::MemberViewer, None), (Role::Contributor, Some("oldham")), (Role::CouncilEditor, Some("oldham"))]
    {
        let caller = app.signed_in(role, council).await;
        assert_eq!(caller.get(path).await.expect(200).json["name"], "Wombats");
        // Contributors and council editors may propose one: `proposals.rs`.
        for refused in [
            caller.put(path, made.etag(), &organisation("Mine")).await,
            caller.patch(path, made.etag(), &json!({ "name": "Mine" })).await,
            caller.delete(path, made.etag()).await,
            caller.post(&format!("{path}/merge"), &json!({ "into": "mine" })).await,
        ] {
            refused.expect_problem(403, "forbidden");
        }
    }
    app.anonymous().post("/v1/organisations", &organisation("Mine")).await.expect(401);
    let admin = app.admin().await;
    admin.patch(path, made.etag(), &json!({ "name": "Ours" })).await.expect(200);
    withdraw(&admin, "wombats").await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_and_the_trail_have_every_change_of_an_organisation() {
    let app = TestApp::empty().await;
    let (admin, client) = (app.admin().await, app.anonymous());
    let latest = async || {
        let page = client.get("/v1/changes?resource=organisation").await.expect(200);
        let changes = page.json["data"].as_array().unwrap().clone();
        assert_eq!(changes.len(), 1, "each record once: {changes:?}");
        changes[0].clone()
    };
    let made = enter(&admin, "Wombats").await;
    let created = latest().await;
    assert_eq!((&created["change"], &created["record"]), (&json!("upsert"), &made.json));
    let changed = change(&admin, "wombats", json!({ "kind": "think_tank" })).await.expect(200);
    assert_eq!(latest().await["record"], changed.json);
    let atom = client.get("/v1/changes.atom").await.expect(200);
    assert!(atom.text.contains("<title>Wombats</title>") && atom.text.contains("/v1/organisations/wombats"));
    let gone = withdraw(&admin, "wombats").await.expect(204);
    let deleted = latest().await;
    assert_eq!((&deleted["change"], &deleted["id"]), (&json!("delete"), &made.json["id"]));
    let told =
        |answer: &Value| (answer["action"].clone(), answer["version_before"].clone(), answer["version_after"].clone());
    for (answer, expected) in [
        (&made, (json!("organisation.create"), Value::Null, json!(1))),
        (&changed, (json!("organisation.update"), json!(1), json!(2))),
        (&gone, (json!("organisation.withdraw"), json!(2), Value::Null)),
    ] {
        let events = events_of(&admin, answer).await;
        assert_eq!(events.iter().map(told).collect::<Vec<_>>(), [expected]);
        assert_eq!(events[0]["record"]["slug"], "wombats");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_of_one_version_one_holds() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let made = enter(&admin, "Wombats").await;
    let path = made.header("location");
    let (first, second) = (json!({ "name": "First" }), json!({ "name": "Second" }));
    let (one, other) = tokio::join!(admin.patch(path, made.etag(), &first), admin.patch(path, made.etag(), &second));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    assert_eq!(admin.get(path).await.expect(200).json["version"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_that_owns_an_organisation_stays_and_its_new_name_shows() {
    let app = TestApp::with_sample().await;
    let (admin, client) = (app.admin().await, app.anonymous());
    admin.post("/v1/organisations", &whole_organisation()).await.expect(201);
    let owner = json!({ "council": "swansea" });
    change(&admin, "wombat-housing", owner).await.expect(200);
    let council = admin.get("/v1/councils/swansea").await.expect(200);
    let refused = admin.delete("/v1/councils/swansea", council.etag()).await.expect_problem(409, "conflict");
    assert!(refused.text.contains("organisations"), "{}", refused.text);
    admin.patch("/v1/councils/swansea", council.etag(), &json!({ "name": "Abertawe" })).await.expect(200);
    let read = client.get("/v1/organisations/wombat-housing").await.expect(200);
    assert_eq!(read.json["council"]["name"], "Abertawe");
    let changes = client.get("/v1/changes?resource=organisation&limit=1000").await.expect(200);
    let told = changes.json["data"].as_array().unwrap().iter().find(|one| one["id"] == read.json["id"]);
    assert_eq!(told.unwrap()["record"]["council"]["name"], "Abertawe");
}
