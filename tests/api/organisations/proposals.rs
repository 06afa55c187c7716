//! Organisations that councils propose: who sees them, who may correct them, and how they are accepted, refused or
//! merged.

use ccin_registry::access::role::Role;
use ccin_registry::access::scope::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use super::{body_of, change, enter, merge, withdraw};
use crate::audit::events_of;
use crate::support::client::send;
use crate::support::practice::{path, practice, publish, with};
use crate::support::records::{initiative_body, organisation, whole_organisation};
use crate::support::scratch::connect;
use crate::support::{Answer, Client, TestApp};
use crate::web::browse;

/// Proposes an organisation of this name.
async fn propose(client: &Client, name: &str) -> Answer {
    client.post("/v1/organisations", &organisation(name)).await.expect(201)
}

fn id(proposal: &Answer) -> String {
    proposal.json["id"].as_str().unwrap().to_owned()
}

fn address(proposal: &Answer) -> String {
    format!("/v1/organisations/{}", id(proposal))
}

/// Accepts a proposal as it stands.
async fn accept(officer: &Client, proposal: &Answer) -> Answer {
    let read = officer.get(&address(proposal)).await.expect(200);
    officer.post_if_match(&format!("{}/accept", address(proposal)), read.etag()).await
}

/// The ids of the proposals that somebody sees.
async fn seen(client: &Client) -> Vec<Value> {
    let page = client.get("/v1/organisations?status=proposed&limit=200").await.expect(200);
    assert_eq!(page.json["total"], page.json["data"].as_array().unwrap().len());
    page.each("id")
}

/// An initiative that names an organisation as partner, evaluator and payer, by names alone.
fn naming(title: &str, council: &str, name: &str) -> Value {
    let members = json!({
        "partners": [{ "name": "Somebody else", "role": "delivery" }, { "name": name, "role": "funder" }],
        "sources": [{ "key": "study", "title": "A study", "kind": "evaluation" }],
        "outcomes": [{ "measure": "Burrows", "kind": "output", "bound": "exact", "value": 3, "unit": "people",
                       "evidence_level": 4, "source": "study", "independence": { "evaluator": name.to_uppercase() } }],
        "costs": [{ "description": "Digging", "amount_pence": 100, "kind": "grant", "payer": name }]
    });
    with(practice(title, council), members)
}

/// The records that an initiative shows for its second partner, its evaluator and its payer.
fn shown(initiative: &Value) -> [Value; 3] {
    [
        initiative["partners"][1]["organisation"].clone(),
        initiative["outcomes"][0]["independence"]["organisation"].clone(),
        initiative["costs"][0]["payer_organisation"].clone(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_and_the_council_that_proposes_see_a_proposal_and_nobody_else_does() {
    let app = TestApp::with_sample().await;
    let contributor = app.signed_in(Role::Contributor, Some("oldham")).await;
    let made =
        contributor.post("/v1/organisations", &with(organisation("Wombats"), json!({ "aliases": ["WMB"] }))).await;
    let made = made.expect(201);
    assert_eq!(made.header("location"), address(&made));
    assert_eq!((&made.json["slug"], &made.json["proposed_by"]["slug"]), (&made.json["id"], &json!("oldham")));
    let place = address(&made);
    for client in [
        app.moderator().await,
        app.admin().await,
        app.editor("oldham").await,
        app.signed_in(Role::MemberViewer, Some("oldham")).await,
        contributor,
    ] {
        assert_eq!(seen(&client).await, [made.json["id"].clone()]);
        let read = client.get(&place).await.expect(200);
        assert_eq!((&read.json["name"], &read.json["initiative_count"]), (&json!("Wombats"), &json!(0)));
        assert_eq!(client.get(&format!("/id/{}", id(&made))).await.expect(303).header("location"), place);
        let found =
            client.get("/v1/organisations?status=proposed&q=wmb&limit=1&fields=slug,proposed_by").await.expect(200);
        assert_eq!((&found.json["total"], &found.json["data"][0]["slug"]), (&json!(1), &made.json["id"]));
        let feed = client.get("/v1/changes?resource=organisation&limit=1000").await.expect(200);
        let told = feed.json["data"].as_array().unwrap().iter().find(|one| one["id"] == made.json["id"]).unwrap();
        assert_eq!(told["record"]["proposed_by"]["slug"], "oldham");
        assert!(client.get("/v1/changes.atom").await.expect(200).text.contains(&id(&made)));
        let file = client.get("/v1/organisations.ndjson?status=proposed").await.expect(200);
        assert_eq!(file.text.lines().count(), 1);
        // Even for them it is in no list, search or suggestion of what is accepted.
        for list in
            ["/v1/organisations?limit=200", "/v1/search?q=wombats", "/v1/suggest?q=wombats", "/v1/organisations.csv"]
        {
            assert!(!client.get(list).await.expect(200).text.contains("Wombats"), "{list}");
        }
        client.get(&format!("/v1/initiatives?organisation={}", id(&made))).await.expect_problem(404, "not_found");
        client.get(&format!("/v1/memberships?organisation={}", id(&made))).await.expect_problem(404, "not_found");
    }
    for client in [app.anonymous(), app.editor("rochdale").await, app.signed_in(Role::MemberViewer, None).await] {
        assert_eq!(seen(&client).await, [] as [Value; 0]);
        let found = client.get("/v1/organisations?status=proposed&q=wombats").await.expect(200);
        assert_eq!(found.json["total"], 0);
        for gone in [place.clone(), format!("/id/{}", id(&made))] {
            let refused = client.get(&gone).await.expect_problem(404, "not_found");
            let nowhere = client.get(&gone.replace(&id(&made), "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60")).await;
            assert_eq!(refused.json["detail"], nowhere.json["detail"]);
        }
        let feed = client.get("/v1/changes?resource=organisation&limit=1000").await.expect(200);
        assert!(!feed.text.contains(&id(&made)), "{}", feed.text);
        assert!(!client.get("/v1/changes.atom").await.expect(200).text.contains(&id(&made)));
        assert_eq!(client.get("/v1/organisations.ndjson?status=proposed").await.expect(200).text, "");
    }
    browse(&app.moderator().await, &format!("/organisations/{}", id(&made))).await.expect(404);
    // The council's new name shows at once, in the record and in the feed of those who see it.
    let (admin, editor) = (app.admin().await, app.editor("oldham").await);
    let council = admin.get("/v1/councils/oldham").await.expect(200);
    admin.patch("/v1/councils/oldham", council.etag(), &json!({ "name": "Oldham Borough" })).await.expect(200);
    let read = editor.get(&place).await.expect(200);
    assert_eq!(read.json["proposed_by"]["name"], "Oldham Borough");
    let feed = editor.get("/v1/changes?resource=organisation&limit=1000").await.expect(200);
    let told = feed.json["data"].as_array().unwrap().iter().find(|one| one["id"] == made.json["id"]).unwrap();
    assert_eq!(told["record"]["proposed_by"]["name"], "Oldham Borough");
    // Another instance that reads everything anew has the same.
    let other = app.another_instance(&[]).await;
    other.anonymous().get(&place).await.expect_problem(404, "not_found");
    app.reload().await;
    assert_eq!(seen(&app.moderator().await).await.len(), 1);
    assert_eq!(app.anonymous().get("/v1/organisations").await.expect(200).json["total"], 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_council_that_proposes_corrects_its_proposal_until_it_is_accepted() {
    let app = TestApp::with_sample().await;
    let (contributor, moderator) = (app.signed_in(Role::Contributor, Some("oldham")).await, app.moderator().await);
    let made = propose(&contributor, "Wombats").await;
    let place = address(&made);
    let again = contributor.put(&place, made.etag(), &without_proposer(&made.json)).await.expect(200);
    assert_eq!((&again.json["version"], &again.json["slug"]), (&json!(2), &made.json["id"]));
    let patch = json!({ "name": "All Wombats", "org_id": "GB-CHC-1164021", "council": "oldham" });
    let edited = app.editor("oldham").await.patch(&place, again.etag(), &patch).await.expect(200);
    assert_eq!((&edited.json["name"], &edited.json["proposed_by"]["slug"]), (&json!("All Wombats"), &json!("oldham")));
    // An officer may correct it as well.
    let edited = moderator.patch(&place, edited.etag(), &json!({ "kind": "co_operative" })).await.expect(200);
    for (slug, name) in [("wombats", "All Wombats"), ("0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60", "Wombats")] {
        let refused = contributor.patch(&place, edited.etag(), &json!({ "slug": slug, "name": name })).await;
        assert_eq!(refused.faults(), [("/slug".into(), "not_allowed".into())], "{}", refused.text);
    }
    let refused = contributor.post("/v1/organisations", &whole_organisation()).await;
    assert_eq!(refused.expect_problem(422, "invalid").faults(), [("/slug".into(), "not_allowed".into())]);
    // Nobody else may, nor learn that it is there.
    let rochdale = app.editor("rochdale").await;
    for refused in [
        rochdale.patch(&place, edited.etag(), &json!({ "name": "Mine" })).await,
        rochdale.put(&place, edited.etag(), &organisation("Mine")).await,
        rochdale.delete(&place, edited.etag()).await,
    ] {
        refused.expect_problem(404, "not_found");
    }
    for viewer in [app.signed_in(Role::MemberViewer, Some("oldham")).await] {
        viewer.patch(&place, edited.etag(), &json!({ "name": "Mine" })).await.expect_problem(403, "forbidden");
        viewer.post("/v1/organisations", &organisation("Mine")).await.expect_problem(403, "forbidden");
    }
    // Only an officer accepts and merges, and then the council may no longer change it.
    contributor.post_if_match(&format!("{place}/accept"), edited.etag()).await.expect_problem(403, "forbidden");
    contributor.post(&format!("{place}/merge"), &json!({ "into": "locality" })).await.expect_problem(403, "forbidden");
    moderator.post_if_match(&format!("{place}/accept"), again.etag()).await.expect_problem(412, "stale");
    let accepted = accept(&moderator, &made).await.expect(200);
    for refused in [
        contributor.patch(&place, accepted.etag(), &json!({ "name": "Mine" })).await,
        contributor.delete(&place, accepted.etag()).await,
    ] {
        refused.expect_problem(403, "forbidden");
    }
}

/// A proposal as a body that can be sent again.
fn without_proposer(record: &Value) -> Value {
    let mut body = body_of(record);
    body.as_object_mut().unwrap().remove("proposed_by");
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_proposal_is_public_and_what_names_it_gets_its_record() {
    let app = TestApp::with_sample().await;
    let (editor, admin, client) = (app.editor("oldham").await, app.admin().await, app.anonymous());
    let made = propose(&editor, "Wombats").await;
    // Its council names it by its name alone: nothing can refer to a proposal.
    let mine =
        publish(&admin, &editor.post("/v1/initiatives", &naming("Our burrows", "oldham", "Wombats")).await.expect(201))
            .await;
    let draft = editor.post("/v1/initiatives", &naming("A draft", "oldham", "wombats")).await.expect(201);
    let theirs = admin.post("/v1/initiatives", &naming("Their burrows", "york", "Wombats")).await.expect(201);
    let mut refers = initiative_body(&draft.json);
    refers["partners"][1]["organisation"] = made.json["id"].clone();
    let refused = editor.put(&path(&draft), draft.etag(), &refers).await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/partners/1/organisation".into(), "unknown_reference".into())]);
    let member = json!({ "member": { "organisation_ref": made.json["id"] }, "tier": "affiliate", "from": "2020" });
    let refused = admin.post("/v1/memberships", &member).await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/member/organisation_ref".into(), "unknown_reference".into())]);
    let tag = client.get(&path(&mine)).await.etag().to_owned();
    change_proposal(&editor, &made, json!({ "aliases": ["WMB"] })).await;
    assert_eq!(client.get(&path(&mine)).await.etag(), tag, "an edit of the proposal does not show");

    let accepted = accept(&admin, &made).await.expect(200);
    assert_eq!((&accepted.json["slug"], accepted.json.get("proposed_by")), (&json!("wombats"), None));
    assert_eq!(accepted.json["id"], made.json["id"]);
    for old in [id(&made), "wombats".into()] {
        let read = client.get(&format!("/v1/organisations/{old}")).await;
        assert_eq!(read.expect(200).json["initiative_count"], 1, "{old}");
    }
    assert_eq!(
        client.get(&format!("/id/{}", id(&made))).await.expect(303).header("location"),
        "/v1/organisations/wombats"
    );
    assert_eq!(client.get("/v1/search?q=wmb").await.expect(200).json["data"][0]["slug"], "wombats");
    let slug = json!("wombats");
    for (initiative, expected, version) in [(&mine, &slug, 3), (&draft, &slug, 2), (&theirs, &Value::Null, 1)] {
        let read = admin.get(&path(initiative)).await.expect(200);
        assert_eq!(shown(&read.json), [expected.clone(), expected.clone(), expected.clone()], "{}", read.text);
        assert_eq!(read.json["version"], version);
    }
    assert_eq!(client.get(&path(&mine)).await.expect(200).json["partners"][1]["name"], "Wombats");
    assert_eq!(
        client.get("/v1/initiatives?organisation=wombats&fields=slug").await.expect(200).each("slug"),
        ["our-burrows"]
    );
    let feed = client.get("/v1/changes?limit=1000").await.expect(200);
    let told = |id: &Value| feed.json["data"].as_array().unwrap().iter().find(|one| one["id"] == *id).cloned();
    assert_eq!(told(&made.json["id"]).unwrap()["record"]["slug"], "wombats");
    assert_eq!(shown(&told(&mine.json["id"]).unwrap()["record"])[0], "wombats");
    // The trail has it all, and the council sees what became of its proposal.
    let events = events_of(&admin, &accepted).await;
    let actions: Vec<&Value> = events.iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["organisation.accept", "initiative.follow", "initiative.follow"]);
    let trail = editor.get("/v1/audit?limit=200").await.expect(200);
    for action in ["organisation.propose", "organisation.update", "organisation.accept"] {
        assert!(trail.text.contains(action), "{action}: {}", trail.text);
    }
    assert!(seen(&admin).await.is_empty());
    accept(&admin, &made).await.expect_problem(409, "conflict");
    // It never becomes a proposal again, not even by hand.
    let database = connect(&app.database.url).await;
    let by_hand = "UPDATE organisations SET proposed_by_id = (SELECT id FROM councils LIMIT 1) WHERE slug = 'wombats'";
    let refused = database.batch_execute(by_hand).await.unwrap_err();
    assert!(format!("{refused:?}").contains("does not become a proposal again"), "{refused:?}");
}

/// Changes a proposal as it stands.
async fn change_proposal(client: &Client, proposal: &Answer, patch: Value) -> Answer {
    let read = client.get(&address(proposal)).await.expect(200);
    client.patch(&address(proposal), read.etag(), &patch).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_proposal_tells_its_council_why_and_nobody_else_that_it_was_there() {
    let app = TestApp::with_sample().await;
    let (editor, moderator) = (app.editor("oldham").await, app.moderator().await);
    let made = propose(&editor, "Wombats").await;
    let place = address(&made);
    moderator.delete(&format!("{place}?reason=Not%20a%20body"), made.etag()).await.expect(204);
    for client in [&editor, &moderator] {
        for gone in [place.clone(), format!("/id/{}", id(&made))] {
            let refused = client.get(&gone).await.expect_problem(404, "withdrawn");
            assert!(refused.json["detail"].as_str().unwrap().contains("Not a body"), "{}", refused.text);
        }
        assert!(seen(client).await.is_empty());
    }
    editor.patch(&place, made.etag(), &json!({ "name": "Wombat" })).await.expect_problem(404, "withdrawn");
    let feed = editor.get("/v1/changes?resource=organisation&limit=1000").await.expect(200);
    let told = feed.json["data"].as_array().unwrap().iter().find(|one| one["id"] == made.json["id"]).unwrap();
    assert_eq!(told["change"], "delete");
    let rochdale = app.editor("rochdale").await;
    for client in [app.anonymous(), app.editor("rochdale").await] {
        client.get(&place).await.expect_problem(404, "not_found");
        client.get(&format!("/id/{}", id(&made))).await.expect_problem(404, "not_found");
        let feed = client.get("/v1/changes?resource=organisation&limit=1000").await.expect(200);
        assert!(!feed.text.contains(&id(&made)));
    }
    rochdale.patch(&place, made.etag(), &json!({ "name": "Wombat" })).await.expect_problem(404, "not_found");
    // Its council may withdraw one itself, and propose the name anew. The slug was never taken.
    let again = propose(&editor, "Wombats").await;
    editor.delete(&address(&again), again.etag()).await.expect(204);
    assert_eq!(enter(&moderator, "Wombats").await.json["slug"], "wombats");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_body_proposed_twice_is_told_to_those_who_see_both() {
    let app = TestApp::with_sample().await;
    let (oldham, york, moderator) = (app.editor("oldham").await, app.editor("york").await, app.moderator().await);
    let named = with(organisation("Wombats"), json!({ "org_id": "GB-CHC-1164021", "aliases": ["WMB"] }));
    let first = oldham.post("/v1/organisations", &named).await.expect(201);
    // What is there already under one of its names is told, as far as the caller sees it.
    for (name, known) in
        [("wombats", &*id(&first)), ("Wmb", &id(&first)), ("Co-Ops UK", "co-operatives-uk"), ("LOCALITY", "locality")]
    {
        let refused = oldham.post("/v1/organisations", &organisation(name)).await.expect_problem(409, "conflict");
        assert_eq!(refused.faults(), [("/name".into(), "taken".into())], "{name}");
        assert!(refused.text.contains(&format!("({known}); use that record")), "{}", refused.text);
    }
    let numbered = with(organisation("Numbats"), json!({ "org_id": "GB-CHC-1164021" }));
    let refused = oldham.post("/v1/organisations", &numbered).await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/org_id".into(), "taken".into())]);
    // The other council learns nothing: neither name nor identifier is taken for it.
    let second = york.post("/v1/organisations", &named).await.expect(201);
    assert_eq!(seen(&york).await, [second.json["id"].clone()]);
    assert_eq!(seen(&oldham).await, [first.json["id"].clone()]);
    assert_eq!(seen(&moderator).await.len(), 2);
    // An officer enters one with the same slug and identifier: a proposal keeps neither from others.
    let third = enter(&moderator, "Wombats").await;
    assert_eq!(third.json["slug"], "wombats");
    assert_eq!(accept(&moderator, &first).await.expect(200).json["slug"], "wombats-2");
    let refused = accept(&moderator, &second).await.expect_problem(409, "conflict");
    assert!(refused.text.contains("is the identifier of Wombats (wombats-2)"), "{}", refused.text);
    // Merging into an accepted one without identifier would take one that is another's.
    let refused = merge(&moderator, &id(&second), "wombats").await.expect_problem(409, "conflict");
    assert!(refused.text.contains("is the identifier of"), "{}", refused.text);
    let merged = merge(&moderator, &id(&second), "wombats-2").await.expect(200);
    assert_eq!(merged.json["aliases"], json!(["WMB"]));
    let moved = york.get(&address(&second)).await.expect(308);
    assert_eq!(moved.header("location"), "/v1/organisations/wombats-2");
    assert!(seen(&moderator).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_is_merged_into_an_accepted_organisation_and_nothing_into_a_proposal() {
    let app = TestApp::with_sample().await;
    let (editor, moderator, client) = (app.editor("oldham").await, app.moderator().await, app.anonymous());
    let named = with(organisation("Wombats"), json!({ "org_id": "GB-CHC-1164021" }));
    let made = editor.post("/v1/organisations", &named).await.expect(201);
    enter(&moderator, "Wombat Trust").await;
    let mine = editor.post("/v1/initiatives", &naming("Our burrows", "oldham", "Wombats")).await.expect(201);
    let refused = merge(&moderator, "wombat-trust", &id(&made)).await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/into".into(), "unknown_reference".into())]);
    let merged = merge(&moderator, &id(&made), "wombat-trust").await.expect(200);
    assert_eq!((&merged.json["aliases"], &merged.json["org_id"]), (&json!(["Wombats"]), &json!("GB-CHC-1164021")));
    let slug = json!("wombat-trust");
    let read = editor.get(&path(&mine)).await.expect(200);
    assert_eq!(shown(&read.json), [slug.clone(), slug.clone(), slug]);
    let told: Vec<Value> =
        events_of(&app.admin().await, &merged).await.iter().map(|one| one["action"].clone()).collect();
    assert_eq!(told, ["organisation.merge", "organisation.merge", "initiative.follow"]);
    assert_eq!(client.get("/v1/organisations?q=wombats&fields=slug").await.expect(200).each("slug"), ["wombat-trust"]);
    withdraw(&moderator, "wombat-trust").await.expect_problem(409, "conflict");
    // A merge is not undone by a proposal of the same name.
    let refused = editor.post("/v1/organisations", &organisation("wombats")).await.expect_problem(409, "conflict");
    assert!(refused.text.contains("Wombat Trust (wombat-trust)"), "{}", refused.text);
    change(&moderator, "wombat-trust", json!({ "name": "Wombats United" })).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_proposes_with_the_scope_of_its_owner_s_role() {
    let app = TestApp::with_sample().await;
    let contributor = app.user(Role::Contributor, Some("oldham")).await.0;
    let moderator = app.user(Role::Moderator, None).await.0;
    let client = app.anonymous();
    let ask = async |method: Method, path: &str, owner, scopes: &[Scope]| {
        let key = app.key(owner, scopes).await.key;
        client.request(method, path).header("X-API-Key", key)
    };
    let enter = async |owner, scopes: &[Scope], name: &str| {
        send(ask(Method::POST, "/v1/organisations", owner, scopes).await.json(&organisation(name))).await
    };
    let made = enter(contributor, &[Scope::WriteInitiatives], "Wombats").await.expect(201);
    assert_eq!(made.json["proposed_by"]["slug"], "oldham");
    let entered = enter(moderator, &[Scope::WriteCouncils], "Quokkas").await.expect(201);
    assert_eq!((&entered.json["slug"], entered.json.get("proposed_by")), (&json!("quokkas"), None));
    for (owner, scopes) in
        [(contributor, &[Scope::ReadMembers][..]), (moderator, &[Scope::WriteInitiatives, Scope::Moderate])]
    {
        enter(owner, scopes, "Numbats").await.expect_problem(403, "forbidden");
    }
    // To read what members see is not to see proposals.
    let place = address(&made);
    let read = send(ask(Method::GET, &place, contributor, &[Scope::ReadMembers]).await).await;
    read.expect_problem(404, "not_found");
    for (scope, status) in [(Scope::WriteCouncils, 403), (Scope::Moderate, 200)] {
        let request = ask(Method::POST, &format!("{place}/accept"), moderator, &[scope]).await;
        send(request.header("If-Match", made.etag())).await.expect(status);
    }
}
