//! Who looks after the records of an abolished council, and what its people may do.

use ccin_registry::access::role::Role;
use serde_json::{Value, json};

use crate::boundaries::{import_boundaries, with_boundaries};
use crate::support::records::{council, initiative};
use crate::support::{Client, TestApp};

/// A boundary: a square of one degree, from this meridian eastwards.
fn area(code: &str, west: f64) -> Value {
    let ring = json!([[west, 53.0], [west + 1.0, 53.0], [west + 1.0, 54.0], [west, 54.0], [west, 53.0]]);
    let names = json!({ "LAD24CD": code, "LAD24NM": code });
    json!({ "type": "Feature", "properties": names, "geometry": { "type": "Polygon", "coordinates": [ring] } })
}

/// Three living councils.
async fn shires(app: &TestApp) -> Client {
    let admin = app.admin().await;
    for (name, code) in [("Old Shire", None), ("East Shire", Some("E07999991")), ("West Shire", Some("E07999992"))] {
        let mut wish = council(name);
        wish["gss_code"] = json!(code);
        admin.post("/v1/councils", &wish).await.expect(201);
    }
    admin
}

async fn abolish(admin: &Client, slug: &str) {
    let held = admin.get(&format!("/v1/councils/{slug}")).await.expect(200);
    let ended = json!({ "abolished_on": "2023-04-01" });
    admin.patch(&format!("/v1/councils/{slug}"), held.etag(), &ended).await.expect(200);
}

async fn follow(admin: &Client, kind: &str, from: &[&str], to: &[&str]) {
    let source = json!({ "title": "A register" });
    let change = json!({ "kind": kind, "effective_on": "2023-04-01", "from": from, "to": to, "source": source });
    admin.post("/v1/council-changes", &change).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_heirs_people_see_and_edit_the_drafts_of_a_council_that_ended() {
    let app = TestApp::with_sample().await;
    let admin = shires(&app).await;
    let (old, heir, other) =
        (app.editor("old-shire").await, app.editor("east-shire").await, app.editor("oldham").await);
    let draft = old.post("/v1/initiatives", &initiative("A draft", "old-shire")).await.expect(201);
    let path = draft.header("location").to_owned();
    old.get(&path).await.expect(200);
    heir.get(&path).await.expect_problem(404, "not_found");

    abolish(&admin, "old-shire").await;
    // The network looks after it, until somebody follows.
    app.settle().await;
    old.get(&path).await.expect_problem(404, "not_found");
    heir.get(&path).await.expect_problem(404, "not_found");
    let before = heir.get("/v1/changes?limit=1000").await.expect(200);
    assert!(!before.text.contains("\"a-draft\""));

    follow(&admin, "merged", &["old-shire", "west-shire"], &["east-shire"]).await;
    let read = heir.get(&path).await.expect(200);
    assert_eq!(read.json["steward"]["council"]["slug"], "east-shire");
    assert_eq!(read.json["version"], draft.json["version"], "nobody has edited it");
    assert_ne!(read.etag(), draft.etag(), "it does look different");
    assert_eq!(heir.get("/v1/initiatives?lineage=predecessors&council=east-shire").await.expect(200).json["total"], 1);
    let mut seen = Vec::new();
    let mut next = "/v1/changes?limit=1000&resource=initiative".to_owned();
    while seen.is_empty() {
        let page = heir.get(&next).await.expect(200);
        seen.extend(page.each("id").into_iter().filter(|id| *id == draft.json["id"]));
        assert!(page.json["page"]["more"] == true || !seen.is_empty(), "the feed of the heir has the draft");
        next = page.json["page"]["next"].as_str().unwrap().strip_prefix(&app.url).unwrap().to_owned();
    }
    for stranger in [&old, &other, &app.anonymous(), &app.signed_in(Role::Contributor, Some("york")).await] {
        stranger.get(&path).await.expect_problem(404, "not_found");
    }

    // They edit what there is, and write down what they have taken over.
    let edited = heir.patch(&path, read.etag(), &json!({ "title": "Taken over" })).await.expect(200);
    assert_eq!(edited.json["lead_council"]["slug"], "old-shire", "who led it stays");
    assert_eq!(edited.json["steward"]["council"]["slug"], "east-shire");
    heir.post("/v1/initiatives", &initiative("From the archive", "old-shire")).await.expect(201);
    let refused = other.post("/v1/initiatives", &initiative("Not theirs", "old-shire")).await;
    assert_eq!(refused.expect_problem(422, "invalid").faults(), [("/lead_council".into(), "not_yours".into())]);
    let refused = old.post("/v1/initiatives", &initiative("No more", "old-shire")).await;
    assert_eq!(refused.expect_problem(422, "invalid").faults(), [("/lead_council".into(), "not_yours".into())]);
    // And give it back if the change was an error.
    let changes = admin.get("/v1/council-changes?council=old-shire").await.expect(200);
    let change = format!("/v1/council-changes/{}", changes.json["data"][0]["id"].as_str().unwrap());
    let held = admin.get(&change).await.expect(200);
    admin.delete(&change, held.etag()).await.expect(204);
    heir.get(&path).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_split_a_records_own_location_decides_or_an_admin_does() {
    let areas = json!({ "type": "FeatureCollection",
        "features": [area("E07999991", -1.0), area("E07999992", -2.0)] });
    let app = with_boundaries("stewards", &areas).await;
    let admin = shires(&app).await;
    for (title, longitude) in
        [("In the east", Some(-0.5)), ("In the west", Some(-1.5)), ("On the border", Some(-1.0)), ("Nowhere", None)]
    {
        let mut wish = initiative(title, "old-shire");
        wish["location"] = longitude.map_or(Value::Null, |east| json!({ "latitude": 53.5, "longitude": east }));
        let made = admin.post("/v1/initiatives", &wish).await.expect(201);
        admin.publish(made.header("location"), made.etag()).await.expect(200);
    }
    abolish(&admin, "old-shire").await;
    follow(&admin, "split", &["old-shire"], &["east-shire", "west-shire"]).await;
    let steward = async |slug: &str| {
        app.settle().await;
        app.anonymous().get(&format!("/v1/initiatives/{slug}")).await.expect(200).json["steward"]["council"]["slug"]
            .clone()
    };
    assert_eq!(steward("in-the-east").await, "east-shire");
    assert_eq!(steward("in-the-west").await, "west-shire");
    assert_eq!(steward("on-the-border").await, Value::Null);
    assert_eq!(steward("nowhere").await, Value::Null);

    let listed = app.anonymous().get("/v1/initiatives?council=old-shire&steward=network").await.expect(200);
    assert_eq!(listed.each("slug"), ["nowhere", "on-the-border"], "what is left to decide");
    let listed = app.anonymous().get("/v1/initiatives?steward=east-shire").await.expect(200);
    assert_eq!(listed.each("slug"), ["in-the-east"]);
    let listed = app.anonymous().get("/v1/initiatives?steward=east-shire&steward=network&council=old-shire").await;
    assert_eq!(listed.expect(200).json["total"], 3);
    let wrong = app.anonymous().get("/v1/initiatives?steward=east-shir").await.expect_problem(404, "not_found");
    assert!(wrong.text.contains("did you mean east-shire?"), "{}", wrong.text);

    // A new location decides anew.
    let path = "/v1/initiatives/in-the-east";
    let held = admin.get(path).await.expect(200);
    let there = json!({ "location": { "latitude": 53.5, "longitude": -1.5 } });
    let moved = admin.patch(path, held.etag(), &there).await.expect(200);
    assert_eq!(moved.json["steward"]["council"]["slug"], "west-shire");

    // Where none decides, an admin does.
    let path = "/v1/initiatives/nowhere/steward";
    let held = admin.get("/v1/initiatives/nowhere").await.expect(200);
    let wrong = admin.put(path, held.etag(), &json!({ "council": "york" })).await.expect_problem(422, "invalid");
    assert_eq!(wrong.faults(), [("/council".into(), "not_allowed".into())]);
    assert!(wrong.text.contains("choose one of east-shire, west-shire"), "{}", wrong.text);
    let wrong = admin.put(path, held.etag(), &json!({ "council": "east-shir" })).await.expect_problem(409, "conflict");
    assert!(wrong.text.contains("did you mean east-shire?"), "{}", wrong.text);
    let chosen = admin.put(path, held.etag(), &json!({ "council": "east-shire" })).await.expect(200);
    assert_eq!(chosen.json["steward"]["council"]["slug"], "east-shire");
    assert_eq!(chosen.json["lead_council"]["slug"], "old-shire");
    assert_eq!(steward("nowhere").await, "east-shire");
    admin.put(path, held.etag(), &json!({ "council": "west-shire" })).await.expect_problem(412, "stale");
    let events = admin.get("/v1/audit?action=initiative.update&limit=1").await.expect(200);
    assert_eq!(events.json["data"][0]["record"]["slug"], "nowhere");
    // An edit keeps the choice, also for the council that was chosen.
    let editor = app.editor("east-shire").await;
    editor
        .patch("/v1/initiatives/nowhere", chosen.etag(), &json!({ "title": "No" }))
        .await
        .expect_problem(403, "forbidden");
    let held = admin.post_if_match("/v1/initiatives/nowhere/unpublish", chosen.etag()).await.expect(200);
    let edited =
        editor.patch("/v1/initiatives/nowhere", held.etag(), &json!({ "title": "Somewhere" })).await.expect(200);
    assert_eq!(edited.json["steward"]["council"]["slug"], "east-shire");
    let back = admin.put(path, edited.etag(), &json!({ "council": null })).await.expect(200);
    assert_eq!(back.json["steward"], json!({ "kind": "network", "council": null }));

    // Nothing to choose.
    let held = admin.get("/v1/initiatives/get-oldham-working").await.expect(200);
    let none =
        admin.put("/v1/initiatives/get-oldham-working/steward", held.etag(), &json!({ "council": "york" })).await;
    assert!(none.expect_problem(409, "conflict").text.contains("There is no choice."));
}

#[tokio::test(flavor = "multi_thread")]
async fn boundaries_that_come_later_decide_as_well() {
    let app = TestApp::with_sample().await;
    let admin = shires(&app).await;
    let mut wish = initiative("In the east", "old-shire");
    wish["location"] = json!({ "latitude": 53.5, "longitude": -0.5 });
    let made = admin.post("/v1/initiatives", &wish).await.expect(201);
    abolish(&admin, "old-shire").await;
    follow(&admin, "split", &["old-shire"], &["east-shire", "west-shire"]).await;
    let steward =
        async || admin.get(made.header("location")).await.expect(200).json["steward"]["council"]["slug"].clone();
    assert_eq!(steward().await, Value::Null);
    let areas = json!({ "type": "FeatureCollection", "features": [area("E07999991", -1.0), area("E07999992", -2.0)] });
    import_boundaries(&app, "stewards-later", &areas).await;
    assert_eq!(steward().await, "east-shire");
    // A successor that ends leaves the record to the other.
    abolish(&admin, "east-shire").await;
    assert_eq!(steward().await, "west-shire");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_moves_the_people_of_a_council_at_once() {
    let app = TestApp::with_sample().await;
    let admin = shires(&app).await;
    let (editor, author) = (app.editor("old-shire").await, app.signed_in(Role::Contributor, Some("old-shire")).await);
    let made = author.post("/v1/initiatives", &initiative("A draft", "old-shire")).await.expect(201);
    abolish(&admin, "old-shire").await;
    follow(&admin, "merged", &["old-shire", "west-shire"], &["east-shire"]).await;

    let path = "/v1/councils/old-shire/move-users";
    for (to, code) in [("old-shire", "repeated"), ("east-shir", "unknown_reference")] {
        let wrong = admin.post(path, &json!({ "to": to })).await.expect_problem(409, "conflict");
        assert_eq!(wrong.faults(), [("/to".into(), code.into())]);
    }
    app.moderator().await.post(path, &json!({ "to": "east-shire" })).await.expect_problem(403, "forbidden");
    admin
        .post("/v1/councils/no-shire/move-users", &json!({ "to": "east-shire" }))
        .await
        .expect_problem(404, "not_found");
    let moved = admin.post(path, &json!({ "to": "east-shire" })).await.expect(200);
    let users = moved.json["users"].as_array().unwrap();
    assert_eq!(users.len(), 2);
    assert!(users.iter().all(|user| user["council"]["slug"] == "east-shire" && user["version"] == 2), "{}", moved.text);
    let roles: Vec<&Value> = users.iter().map(|user| &user["role"]).collect();
    assert!(roles.contains(&&json!("contributor")) && roles.contains(&&json!("council_editor")));
    let events = admin.get("/v1/audit?action=user.update").await.expect(200);
    assert_eq!(events.json["total"], 2);
    // They go on where they were, with the sessions that they have.
    for one in [&editor, &author] {
        one.get(made.header("location")).await.expect(200);
    }
    assert_eq!(admin.post(path, &json!({ "to": "east-shire" })).await.expect(200).json["users"], json!([]));
}
