//! Initiatives that name organisations: as lead, partner, evaluator and payer. The name of the day stays.

use ccin_registry::access::role::Role;
use serde_json::{Value, json};

use super::{change, enter, merge, withdraw};
use crate::audit::events_of;
use crate::support::practice::{path, practice, publish, with};
use crate::support::records::initiative_body;
use crate::support::{Answer, Client, TestApp};

/// An initiative that an organisation leads.
fn led(title: &str, lead: Value) -> Value {
    let mut body = practice(&format!("{title} practice"), "oldham");
    body.as_object_mut().unwrap().remove("lead_council");
    with(body, json!({ "lead": lead }))
}

/// An initiative of Oldham that names an organisation as partner, evaluator and payer.
fn with_partner(title: &str, organisation: &str) -> Value {
    let evaluated = json!({ "evaluator": "Wombats as they were", "organisation": organisation });
    with(
        practice(&format!("{title} practice"), "oldham"),
        json!({
            "partners": [
                { "name": "Somebody else", "role": "delivery" },
                { "name": "Wombats as they were", "role": "funder", "organisation": organisation }
            ],
            "sources": [{ "key": "study", "title": "A study", "kind": "evaluation" }],
            "outcomes": [{ "measure": "Burrows", "kind": "output", "bound": "exact", "value": 3, "unit": "people",
                           "evidence_level": 4, "source": "study", "independence": evaluated }],
            "costs": [{ "description": "Digging", "amount_pence": 100, "kind": "grant", "payer": "Wombats as they were",
                        "payer_organisation": organisation }]
        }),
    )
}

/// The slugs that an initiative shows for organisations: lead, second partner, evaluator, payer.
fn shown(initiative: &Value) -> [Value; 4] {
    [
        initiative["lead"]["ref"].clone(),
        initiative["partners"][1]["organisation"].clone(),
        initiative["outcomes"][0]["independence"]["organisation"].clone(),
        initiative["costs"][0]["payer_organisation"].clone(),
    ]
}

async fn titles(client: &Client, query: &str) -> Vec<Value> {
    let titles = client.get(&format!("/v1/initiatives?fields=title&limit=200&{query}")).await.expect(200).each("title");
    titles.iter().map(|title| title.as_str().unwrap().trim_end_matches(" practice").into()).collect()
}

async fn count(client: &Client, slug: &str) -> Value {
    let read = client.get(&format!("/v1/organisations/{slug}")).await.expect(200);
    let listed = client.get("/v1/organisations?limit=200&fields=id,initiative_count").await.expect(200);
    let rows = listed.json["data"].as_array().unwrap();
    let row = rows.iter().find(|one| one["id"] == read.json["id"]).unwrap();
    assert_eq!(row["initiative_count"], read.json["initiative_count"]);
    read.json["initiative_count"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_has_its_record_and_keeps_its_name_of_the_day() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let wombats = enter(&admin, "Wombats").await;
    let id = wombats.json["id"].as_str().unwrap();
    let named = json!({ "kind": "organisation", "ref": id, "name": "The Wombats of 2013" });
    let made = admin.post("/v1/initiatives", &led("Named", named)).await.expect(201);
    let expected = json!({ "kind": "organisation", "ref": "wombats", "name": "The Wombats of 2013" });
    assert_eq!(made.json["lead"], expected);
    let reference = json!({ "id": id, "slug": "wombats", "name": "Wombats", "org_id": null });
    assert_eq!(made.json["lead_organisation"], reference);
    // Without a name it takes that of the record, and keeps it when the record gets another.
    let bare = led("Bare", json!({ "kind": "organisation", "ref": "wombats" }));
    let bare = admin.post("/v1/initiatives", &bare).await.expect(201);
    assert_eq!(bare.json["lead"]["name"], "Wombats");
    let new = json!({ "name": "Quokkas", "slug": "quokkas", "org_id": "GB-CHC-1164021" });
    change(&admin, "wombats", new).await.expect(200);
    for (made, name) in [(&made, "The Wombats of 2013"), (&bare, "Wombats")] {
        let read = admin.get(&path(made)).await.expect(200);
        assert_eq!(read.json["lead"], json!({ "kind": "organisation", "ref": "quokkas", "name": name }));
        assert_eq!(read.json["lead_organisation"]["name"], "Quokkas");
        assert_eq!(read.json["lead_organisation"]["org_id"], "GB-CHC-1164021");
        // Nobody has changed the initiative, and what was read can be sent again.
        assert_eq!(read.json["version"], 1);
        let again = admin.put(&path(made), read.etag(), &initiative_body(&read.json)).await.expect(200);
        assert_eq!(again.json["lead"], read.json["lead"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_of_the_name_drops_the_record_and_one_of_the_record_takes_its_name() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for name in ["Wombats", "Quokkas"] {
        enter(&admin, name).await;
    }
    let made = led("Whose?", json!({ "kind": "organisation", "ref": "wombats" }));
    let mut answer = admin.post("/v1/initiatives", &made).await.expect(201);
    for (patch, lead) in [
        (json!({ "ref": "quokkas" }), json!({ "kind": "organisation", "ref": "quokkas", "name": "Quokkas" })),
        (json!({ "name": "Numbats" }), json!({ "kind": "organisation", "name": "Numbats" })),
        (
            json!({ "ref": "wombats", "name": "Numbats" }),
            json!({ "kind": "organisation", "ref": "wombats", "name": "Numbats" }),
        ),
        (json!({ "name": null }), json!({ "kind": "organisation", "ref": "wombats", "name": "Wombats" })),
        (json!({ "ref": null }), json!({ "kind": "organisation", "name": "Wombats" })),
        (json!({ "kind": "unknown" }), json!({ "kind": "unknown" })),
    ] {
        answer = admin.patch(&path(&answer), answer.etag(), &json!({ "lead": patch })).await.expect(200);
        assert_eq!(answer.json["lead"], lead);
    }
    assert_eq!(answer.json["lead_organisation"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn partners_evaluators_and_payers_have_their_records_beside_their_names() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    enter(&admin, "Wombats").await;
    let made = admin.post("/v1/initiatives", &with_partner("Burrows", "wombats")).await.expect(201);
    let slug = json!("wombats");
    assert_eq!(shown(&made.json), [json!("oldham"), slug.clone(), slug.clone(), slug.clone()]);
    assert_eq!(made.json["partners"][1]["name"], "Wombats as they were");
    assert!(made.json["partners"][0].get("organisation").is_none(), "a partner need not have a record");
    let made = publish(&admin, &made).await;
    let again = admin.put(&path(&made), made.etag(), &initiative_body(&made.json)).await.expect(200);
    assert_eq!(shown(&again.json), shown(&made.json));
    // A new slug shows at once, to readers of records, claims and changes.
    change(&admin, "wombats", json!({ "slug": "quokkas" })).await.expect(200);
    let anyone = app.anonymous();
    let read = anyone.get(&path(&made)).await.expect(200);
    assert_eq!(shown(&read.json)[1..], ["quokkas", "quokkas", "quokkas"]);
    let claims =
        anyone.get(&format!("/v1/outcomes?initiative={}", read.json["slug"].as_str().unwrap())).await.expect(200);
    assert_eq!(claims.json["data"][0]["independence"]["organisation"], "quokkas");
    let feed = anyone.get("/v1/changes?resource=initiative&limit=1000").await.expect(200);
    let told = feed.json["data"].as_array().unwrap().iter().find(|one| one["id"] == read.json["id"]).unwrap();
    assert_eq!(shown(&told["record"])[1..], ["quokkas", "quokkas", "quokkas"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_organisation_is_a_fault_with_the_nearest_slug() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    enter(&admin, "Wombats").await;
    let gone = enter(&admin, "Numbats").await;
    withdraw(&admin, "numbats").await.expect(204);
    let refused =
        admin.post("/v1/initiatives", &with_partner("Refused", "wombat")).await.expect_problem(409, "conflict");
    let places = ["/partners/1/organisation", "/outcomes/0/independence/organisation", "/costs/0/payer_organisation"];
    assert_eq!(refused.faults(), places.map(|place| (place.to_owned(), "unknown_reference".to_owned())));
    assert_eq!(refused.text.matches("did you mean wombats?").count(), 3, "{}", refused.text);
    for reference in ["numbats", gone.json["id"].as_str().unwrap(), "oldham"] {
        let body = led("Refused", json!({ "kind": "organisation", "ref": reference }));
        let refused = admin.post("/v1/initiatives", &body).await.expect_problem(409, "conflict");
        assert_eq!(refused.faults(), [("/lead/ref".into(), "unknown_reference".into())], "{reference}");
        assert!(!refused.text.contains("did you mean numbats"), "{}", refused.text);
    }
    for (body, pointer, code) in [
        (led("Refused", json!({ "kind": "organisation" })), "/lead/name", "required"),
        (led("Refused", json!({ "kind": "organisation", "name": "Cllr Jo Bloggs" })), "/lead/name", "person"),
        (
            with(practice("Refused", "oldham"), json!({ "partners": [{ "name": "Mrs Bloggs", "role": "other" }] })),
            "/partners/0/name",
            "person",
        ),
        (
            with(
                practice("Refused", "oldham"),
                json!({ "costs": [{ "description": "D", "amount_pence": 1, "kind": "grant", "payer_organisation": "wombats" }] }),
            ),
            "/costs/0/payer",
            "required",
        ),
    ] {
        let refused = admin.post("/v1/initiatives", &body).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [(pointer.into(), code.into())]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn initiatives_are_filtered_by_organisation_whatever_its_part() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for name in ["Wombats", "Quokkas"] {
        enter(&admin, name).await;
    }
    for body in [
        led("A", json!({ "kind": "organisation", "ref": "wombats" })),
        with_partner("B", "wombats"),
        with_partner("C", "quokkas"),
    ] {
        publish(&admin, &admin.post("/v1/initiatives", &body).await.expect(201)).await;
    }
    let anyone = app.anonymous();
    assert_eq!(titles(&anyone, "organisation=wombats").await, ["A", "B"]);
    assert_eq!(titles(&anyone, "organisation=wombats&organisation=quokkas").await, ["A", "B", "C"]);
    assert_eq!(titles(&anyone, "organisation=wombats&council=oldham").await, ["B"]);
    let facets = anyone.get("/v1/initiatives/facets?organisation=wombats").await.expect(200);
    assert_eq!(facets.json["total"], 2);
    let rows = anyone.get("/v1/initiatives.csv?organisation=wombats&fields=title,lead_organisation").await.expect(200);
    assert_eq!(rows.text.lines().collect::<Vec<_>>(), ["title,lead_organisation", "A practice,wombats", "B practice,"]);
    let refused = anyone.get("/v1/initiatives?organisation=wombat").await.expect_problem(404, "not_found");
    assert!(refused.text.contains("did you mean wombats?"), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_counts_the_initiatives_that_the_caller_may_see() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    enter(&admin, "Wombats").await;
    let (anyone, viewer) = (app.anonymous(), app.signed_in(Role::MemberViewer, None).await);
    let editor = app.editor("oldham").await;
    let other = app.editor("rochdale").await;
    let counts = async || {
        let mut counts = Vec::new();
        for client in [&anyone, &viewer, &editor, &other, &admin] {
            counts.push(count(client, "wombats").await);
        }
        counts
    };
    let stamp = anyone.get("/v1/organisations/wombats").await.expect(200);
    let draft = admin.post("/v1/initiatives", &with_partner("Draft", "wombats")).await.expect(201);
    assert_eq!(counts().await, [0, 0, 1, 0, 1]);
    // Nothing tells strangers of it: not the tag, the feed, or the refusal to withdraw the organisation.
    let now = anyone.get("/v1/organisations/wombats").await.expect(200);
    assert_eq!((now.etag(), &now.json), (stamp.etag(), &stamp.json));
    let members = admin
        .post("/v1/initiatives", &with(with_partner("Members", "wombats"), json!({ "visibility": "members" })))
        .await
        .expect(201);
    publish(&admin, &members).await;
    assert_eq!(counts().await, [0, 1, 2, 1, 2]);
    publish(&admin, &draft).await;
    assert_eq!(counts().await, [1, 2, 2, 2, 2]);
    assert_ne!(anyone.get("/v1/organisations/wombats").await.etag(), stamp.etag());
    let read = admin.get(&path(&draft)).await.expect(200);
    admin.patch(&path(&draft), read.etag(), &json!({ "partners": [], "costs": [], "outcomes": [] })).await.expect(200);
    assert_eq!(counts().await, [0, 1, 1, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_organisation_that_nothing_names_is_withdrawn() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    enter(&admin, "Wombats").await;
    let made: Vec<Answer> = vec![
        admin.post("/v1/initiatives", &with_partner("Partner", "wombats")).await.expect(201),
        admin
            .post("/v1/initiatives", &led("Led", json!({ "kind": "organisation", "ref": "wombats" })))
            .await
            .expect(201),
    ];
    for one in made {
        let refused = withdraw(&admin, "wombats").await.expect_problem(409, "conflict");
        assert!(refused.text.contains("merge"), "{}", refused.text);
        // What was withdrawn itself names nothing any more.
        let published = publish(&admin, &one).await;
        admin.delete(&path(&one), published.etag()).await.expect(204);
    }
    withdraw(&admin, "wombats").await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_initiative_that_is_entered_while_its_organisation_goes_has_a_record_that_is_there() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for round in 0..4 {
        let slug = format!("wombats-{round}");
        let wombats = enter(&admin, &format!("Wombats {round}")).await;
        let body = with_partner(&format!("Burrow {round}"), &slug);
        let address = format!("/v1/organisations/{slug}");
        let (made, gone) = tokio::join!(admin.post("/v1/initiatives", &body), admin.delete(&address, wombats.etag()));
        match made.status.as_u16() {
            201 => drop(gone.expect_problem(409, "conflict")),
            _ => drop((made.expect_problem(409, "conflict"), gone.expect(204))),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_moves_what_initiatives_name_and_leaves_their_names() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for name in ["Wombats", "Quokkas"] {
        enter(&admin, name).await;
    }
    let lead = json!({ "kind": "organisation", "ref": "wombats", "name": "Old Wombats" });
    let one = admin.post("/v1/initiatives", &led("Led", lead)).await.expect(201);
    let two = admin.post("/v1/initiatives", &with_partner("Partner", "wombats")).await.expect(201);
    let three = admin.post("/v1/initiatives", &with_partner("Other", "quokkas")).await.expect(201);
    let merged = merge(&admin, "wombats", "quokkas").await.expect(200);
    let read = admin.get(&path(&one)).await.expect(200);
    assert_eq!(read.json["lead"], json!({ "kind": "organisation", "ref": "quokkas", "name": "Old Wombats" }));
    let read = admin.get(&path(&two)).await.expect(200);
    assert_eq!(shown(&read.json)[1..], ["quokkas", "quokkas", "quokkas"]);
    // A merge is a change of what it touches: an editor of before has to look again.
    for (made, version) in [(&one, 2), (&two, 2), (&three, 1)] {
        assert_eq!(admin.get(&path(made)).await.expect(200).json["version"], version);
    }
    for name in ["wombats", "quokkas"] {
        let mut found = titles(&admin, &format!("organisation={name}")).await;
        found.sort_by_key(|title| title.to_string());
        assert_eq!(found, ["Led", "Other", "Partner"]);
    }
    assert_eq!(count(&admin, "quokkas").await, 3);
    let events = events_of(&admin, &merged).await;
    let told: Vec<&str> = events.iter().map(|event| event["action"].as_str().unwrap()).collect();
    let expected = ["organisation.merge", "organisation.merge", "initiative.follow", "initiative.follow"];
    assert_eq!(told, expected);
    // What was called by the old name goes on to be.
    let later = admin.post("/v1/initiatives", &with_partner("Later", "wombats")).await.expect(201);
    assert_eq!(later.json["partners"][1]["organisation"], "quokkas");
}
