//! Memberships: dated records with observations, their status at a date, their rules, who sees the terms, and the summary
//! that a council shows.

use std::sync::Arc;

use ccin_registry::access::role::Role;
use ccin_registry::access::scope::Scope;
use ccin_registry::read_model::load;
use ccin_registry::read_model::load::Step;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::records::{council, whole_membership};
use crate::support::{Answer, Client, TestApp};

/// Members that not everybody sees.
const TERMS: [&str; 4] = ["renewal_on", "review_on", "decision", "fee"];

async fn member(app: &TestApp, body: Value) -> Answer {
    app.admin().await.post("/v1/memberships", &body).await
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/v1/memberships?limit=200&{query}")).await.expect(200);
    let name = |one: &Value| {
        let member = &one["member"];
        member["council"]["slug"].as_str().or(member["organisation"]["name"].as_str()).expect("a member").to_owned()
    };
    assert_eq!(page.json["total"], page.json["data"].as_array().unwrap().len());
    page.json["data"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_is_entered_read_changed_and_withdrawn() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let made = member(&app, whole_membership()).await.expect(201);
    let path = made.header("location").to_owned();
    assert_eq!(path, format!("/v1/memberships/{}", made.json["id"].as_str().unwrap()));
    assert_eq!(made.json["member"]["council"]["slug"], "swansea");
    assert_eq!(made.json["member"]["organisation"], Value::Null);
    assert_eq!((&made.json["status"], &made.json["last_observed_on"]), (&json!("ended"), &json!("2013-12")));
    for member in ["tier", "from", "to", "end_reason", "observations", "renewal_on", "review_on", "decision", "fee"] {
        assert_eq!(made.json[member], whole_membership()[member], "{member}");
    }
    let read = admin.get(&path).await.expect(200);
    assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    let permalink = format!("/id/{}", made.json["id"].as_str().unwrap());
    assert_eq!(app.anonymous().get(&permalink).await.expect(303).header("location"), path);

    let patch = json!({ "to": null, "end_reason": null, "tier": "full", "fee": null });
    let changed = admin.patch(&path, made.etag(), &patch).await.expect(200);
    assert_eq!((&changed.json["version"], &changed.json["to"]), (&json!(2), &Value::Null));
    assert_eq!(changed.json["status"], "not_known_since", "absence from a list ends nothing");
    assert!(changed.json.get("fee").is_none() && changed.json["decision"]["body"] == "Cabinet");
    admin.patch(&path, made.etag(), &patch).await.expect_problem(412, "stale");
    for refused in [
        admin.patch(&path, &format!("W/{}", changed.etag()), &patch).await,
        admin.delete(&path, &format!("W/{}", changed.etag())).await,
    ] {
        let refused = refused.expect_problem(412, "stale");
        assert!(refused.text.contains("a weak ETag"), "{}", refused.text);
    }

    let picked = app.anonymous().get(&format!("{path}?fields=tier,status&as_at=2014")).await.expect(200);
    assert_eq!(picked.json, json!({ "tier": "full", "status": "current" }));
    admin.delete(&format!("{path}?reason=Entered%20twice"), changed.etag()).await.expect(204);
    let gone = app.anonymous().get(&path).await.expect_problem(404, "withdrawn");
    assert!(gone.json["detail"].as_str().unwrap().contains("Entered twice"), "{}", gone.text);
    app.anonymous().get(&permalink).await.expect(404);
    assert_eq!(names(&app.anonymous(), "council=swansea").await, [""; 0]);
    // The member can have another one.
    member(&app, whole_membership()).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_members_at_a_date_are_those_that_sources_show() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    assert_eq!(names(&client, "as_at=2013-12").await.len(), 19);
    assert_eq!(names(&client, "as_at=2012").await, [""; 0]);
    // Of that date, whatever is known later.
    let page = client.get("/v1/memberships?as_at=2018&council=norwich").await.expect(200);
    let norwich = &page.json["data"][0];
    assert_eq!((&norwich["status"], &norwich["last_observed_on"]), (&json!("current"), &json!("2016")));
    assert_eq!(names(&client, "as_at=2013-12&tier=associate").await, [""; 0]);
    let ended = with(whole_membership(), &json!({ "from": "2014" }), &["observations"]);
    member(&app, ended).await.expect(201);
    assert_eq!(names(&client, "as_at=2021&council=swansea").await, [""; 0], "it had ended");
    assert_eq!(names(&client, "as_at=2021&status=ended").await, ["swansea"]);
    assert_eq!(names(&client, "as_at=2020-12&council=swansea").await, ["swansea"], "perhaps not yet");
    assert_eq!(names(&client, "as_at=2013&council=swansea").await, [""; 0], "it had not begun");
    assert_eq!(names(&client, "council=swansea&status=ended").await, ["swansea"]);
    for (query, code) in
        [("as_at=2013-13", "malformed"), ("tier=none", "not_allowed"), ("status=active", "not_allowed")]
    {
        let refused = client.get(&format!("/v1/memberships?{query}")).await.expect_problem(400, "bad_query");
        assert_eq!(refused.faults()[0].1, code, "{query}");
    }
    client.get("/v1/memberships?council=nowhere").await.expect_problem(404, "not_found");
}

/// A body with other members, and without some.
fn with(mut body: Value, changed: &Value, gone: &[&str]) -> Value {
    let members = body.as_object_mut().unwrap();
    members.extend(changed.as_object().unwrap().clone());
    members.retain(|name, _| !gone.contains(&name.as_str()));
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_of_a_membership_is_told_with_its_place() {
    let app = TestApp::with_sample().await;
    let seen = |kind: &str, on: &str| json!([{ "on": on, "kind": kind, "source": "A list" }]);
    let end = "end_reason observations to";
    for (changed, gone, faults) in [
        (json!({ "member": {} }), end, vec![("/member", "required")]),
        (
            json!({ "member": { "council": "swansea", "organisation": "Swansea" } }),
            end,
            vec![("/member/organisation", "not_allowed")],
        ),
        (json!({ "from": null, "observations": [] }), "to end_reason", vec![("/from", "required")]),
        (
            json!({ "from": null, "observations": seen("absent_from_list", "2016") }),
            "to end_reason",
            vec![("/from", "required")],
        ),
        (json!({ "to": "2012" }), "observations", vec![("/to", "out_of_order")]),
        (json!({}), "to", vec![("/to", "required")]),
        (json!({ "from": "2199" }), end, vec![("/from", "in_future")]),
        (json!({ "observations": seen("listed", "2012") }), "", vec![("/observations/0/on", "out_of_order")]),
        (json!({ "observations": seen("listed", "2021") }), "", vec![("/observations/0/on", "out_of_order")]),
        (json!({ "observations": seen("absent_from_list", "2199") }), "", vec![("/observations/0/on", "in_future")]),
        (json!({ "fee": { "amount_pence": 1 } }), "", vec![("/fee/year", "required"), ("/fee/source", "required")]),
        (
            json!({ "observations": [{ "on": "2016", "kind": "listed" }] }),
            "",
            vec![("/observations/0/source", "required")],
        ),
    ] {
        let mut body = with(whole_membership(), &changed, &gone.split(' ').collect::<Vec<_>>());
        body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let refused = member(&app, body).await.expect_problem(422, "invalid");
        let expected: Vec<_> = faults.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect();
        assert_eq!(refused.faults(), expected, "{changed}");
    }
    let unknown = with(whole_membership(), &json!({ "member": { "council": "swanse" } }), &[]);
    let refused = member(&app, unknown).await.expect_problem(409, "conflict");
    assert!(refused.text.contains("did you mean swansea?"), "{}", refused.text);
    // A date that is not known is left out, not made up.
    let body =
        json!({ "member": { "organisation": "A trust" }, "observations": [{ "kind": "stated", "source": "A page" }] });
    let undated = member(&app, body).await.expect(201);
    assert_eq!((&undated.json["status"], &undated.json["last_observed_on"]), (&json!("not_known_since"), &Value::Null));
    assert_eq!(undated.json["tier"], "unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_two_memberships_of_one_member_overlap() {
    let app = TestApp::with_sample().await;
    let of = |member: &Value, from: &str, to: Option<&str>| {
        let body = json!({ "member": member, "tier": "full", "from": from, "to": to });
        with(body, &json!({}), if to.is_none() { &["to"] } else { &[] })
    };
    for target in [json!({ "council": "swansea" }), json!({ "organisation": "A Trust" })] {
        let first = member(&app, of(&target, "2013", Some("2020"))).await.expect(201);
        let refused = member(&app, of(&target, "2019", None)).await.expect_problem(409, "conflict");
        assert_eq!(refused.faults(), [("/from".into(), "overlaps".into())]);
        assert!(refused.text.contains(first.json["id"].as_str().unwrap()), "{}", refused.text);
        let second = member(&app, of(&target, "2020", None)).await.expect(201);
        // Nor by a change, but a membership does not stand in its own way.
        let admin = app.admin().await;
        let back = json!({ "from": "2015" });
        admin.patch(second.header("location"), second.etag(), &back).await.expect_problem(409, "conflict");
        admin.patch(second.header("location"), second.etag(), &json!({ "from": "2021" })).await.expect(200);
    }
    let same = member(&app, of(&json!({ "organisation": "a trust" }), "2016", None)).await;
    assert_eq!(same.expect_problem(409, "conflict").faults(), [("/from".into(), "overlaps".into())], "by its name");
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_are_for_network_officers_and_the_members_own_editors() {
    let app = TestApp::with_sample().await;
    let made = member(&app, whole_membership()).await.expect(201);
    let path = made.header("location").to_owned();
    let lists = ["/v1/memberships?council=swansea", "/v1/memberships.ndjson?council=swansea"];
    let admin_id = app.user(Role::NetworkAdmin, None).await.0;
    let reader = app.key(admin_id, &[Scope::ReadMembers]).await.key;
    let swansea = app.signed_in(Role::CouncilEditor, Some("swansea")).await;
    let contributor = app.signed_in(Role::Contributor, Some("swansea")).await;
    let viewer = app.signed_in(Role::MemberViewer, Some("swansea")).await;
    let strangers = [app.anonymous(), viewer, contributor, app.editor("oldham").await];
    let told = async |client: &Client| {
        let mut told = vec![client.get(&path).await.expect(200)];
        for list in lists {
            told.push(client.get(list).await.expect(200));
        }
        told
    };
    let mut before = Vec::new();
    for stranger in &strangers {
        before.push(told(stranger).await);
    }
    let by_key = send(app.anonymous().request(Method::GET, &path).header("X-API-Key", &reader)).await.expect(200);
    for answer in before.iter().flatten().chain([&by_key]) {
        for secret in TERMS.into_iter().chain(["790000", "Cabinet", "paper.example"]) {
            assert!(!answer.text.contains(secret), "{secret}: {}", answer.text);
        }
    }
    for friend in [&app.admin().await, &app.moderator().await, &swansea] {
        for answer in told(friend).await {
            assert!(TERMS.iter().all(|term| answer.text.contains(term)), "{}", answer.text);
        }
    }
    // What strangers get is the same when the terms change: tag, version, dates and all.
    let change = json!({ "fee": { "amount_pence": 1, "year": 2020, "source": "Another paper" }, "renewal_on": null });
    let changed = app.admin().await.patch(&path, made.etag(), &change).await.expect(200);
    assert_eq!((&changed.json["version"], changed.json.get("renewal_on")), (&json!(2), None));
    for (stranger, before) in strangers.iter().zip(&before) {
        for (before, after) in before.iter().zip(told(stranger).await) {
            assert_eq!((before.etag(), &before.text), (after.etag(), &after.text));
            assert_eq!(before.header("last-modified"), after.header("last-modified"));
        }
    }
    assert_eq!(app.anonymous().get("/v1/memberships?council=swansea").await.json["data"][0]["version"], 1);
    assert_eq!(swansea.get(&path).await.json["version"], 2);
    swansea.patch(&path, changed.etag(), &json!({ "fee": null })).await.expect_problem(403, "forbidden");
    app.moderator().await.patch(&path, changed.etag(), &json!({ "fee": null })).await.expect_problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_shows_a_summary_of_its_memberships_and_nothing_else_writes_it() {
    let app = TestApp::with_sample().await;
    let (admin, client) = (app.admin().await, app.anonymous());
    let of =
        async |slug: &str| client.get(&format!("/v1/councils/{slug}")).await.expect(200).json["membership"].clone();
    assert_eq!(of("swansea").await, json!({ "tier": "none" }));
    let before = client.get("/v1/councils/swansea").await.expect(200);
    let made = member(&app, whole_membership()).await.expect(201);
    let ended = json!({ "tier": "associate", "status": "ended", "as_at": "2013-12", "joined_on": "2013-02", "ended_on": "2020" });
    assert_eq!(of("swansea").await, ended);
    assert_ne!(client.get("/v1/councils/swansea").await.etag(), before.etag());
    // A later one that has not ended comes first.
    let second = json!({ "member": { "council": "swansea" }, "tier": "full", "from": "2026-01" });
    member(&app, second).await.expect(201);
    assert_eq!(
        of("swansea").await,
        json!({ "tier": "full", "status": "current", "as_at": "2026-01", "joined_on": "2026-01" })
    );
    let again = client.get("/v1/councils/swansea").await.expect(200);
    let updated =
        admin.patch("/v1/councils/swansea", again.etag(), &json!({ "aliases": ["Abertawe"] })).await.expect(200);
    let read = client.get("/v1/councils/swansea").await.expect(200);
    assert_eq!((updated.etag(), &updated.json), (read.etag(), &read.json), "a write answers what a reading does");

    let mut body = council("Newtown");
    body["membership"] = json!({ "tier": "full", "status": "active" });
    let refused = admin.post("/v1/councils", &body).await.expect_problem(422, "invalid");
    assert_eq!(refused.faults(), [("/membership".into(), "read_only".into())]);
    assert!(refused.text.contains("/v1/memberships"), "{}", refused.text);
    // A council with memberships is not withdrawn beneath them.
    let kept = admin.delete("/v1/councils/swansea", read.etag()).await.expect_problem(409, "conflict");
    assert!(kept.text.contains("memberships"), "{}", kept.text);
    admin.delete(made.header("location"), made.etag()).await.expect(204);
    // A membership shows its council by its present name.
    let oldham = admin.get("/v1/councils/oldham").await.expect(200);
    admin.patch("/v1/councils/oldham", oldham.etag(), &json!({ "name": "Oldham Council" })).await.expect(200);
    let shown = client.get("/v1/memberships?council=oldham").await.expect(200);
    assert_eq!(shown.json["data"][0]["member"]["council"]["name"], "Oldham Council");
}

#[tokio::test(flavor = "multi_thread")]
async fn memberships_are_sorted_paged_and_exported() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let all = names(&client, "").await;
    assert_eq!(all.len(), 68);
    let mut backwards = names(&client, "sort=-member").await;
    backwards.reverse();
    assert_eq!(backwards, all);
    let mut walked = Vec::new();
    let mut path = Some("/v1/memberships?limit=25&fields=id".to_owned());
    while let Some(at) = path.take() {
        let page = client.get(&at).await.expect(200);
        walked.extend(page.each("id"));
        path = page.json["page"]["next"].as_str().map(|next| next.replace(&app.url, ""));
    }
    let page = client.get("/v1/memberships?limit=200").await.expect(200);
    assert_eq!(walked, page.each("id"));
    let csv = client.get("/v1/memberships.csv?as_at=2013-12").await.expect(200);
    assert_eq!(csv.text.lines().count(), 20);
    assert!(
        csv.text.lines().next().unwrap().starts_with("id,member,council,council_gss_code,organisation,tier,from,to,")
    );
    let lines = client.get("/v1/memberships.ndjson?sort=-updated_at").await.expect(200);
    assert_eq!(lines.text.lines().count(), 68);
    let accepted =
        send(client.request(Method::GET, "/v1/memberships?tier=affiliate").header("Accept", "text/csv")).await;
    assert_eq!(accepted.expect(200).text.lines().count(), 17);
    let since = page.json["data"][0]["updated_at"].as_str().unwrap().replace("2026", "2199");
    assert_eq!(names(&client, &format!("updated_since={since}")).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_new_day_statuses_are_computed_again() {
    let app = TestApp::with_sample().await;
    app.settle().await;
    let mut conn = app.db.get().await.unwrap();
    let mut yesterday = (*app.read_model.snapshot().unwrap()).clone();
    assert!(matches!(load::catch_up(&mut conn, &yesterday).await.unwrap(), Step::UpToDate));
    let today = yesterday.day;
    yesterday.day = today.pred_opt().unwrap();
    let Step::Next(next) = load::catch_up(&mut conn, &yesterday).await.unwrap() else { panic!("a new day") };
    assert_eq!((next.day, next.position), (today, yesterday.position));
    // Answers that were kept are for the day of their snapshot. Councils show summaries.
    assert!(!Arc::ptr_eq(&next.councils, &yesterday.councils), "the summaries are still those of yesterday");
}
