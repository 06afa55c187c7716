//! Changes of councils: recorded by admins, read by everybody, in the feed and in the audit trail.

use serde_json::{Value, json};

use crate::support::records::{council, initiative};
use crate::support::{Client, TestApp};

/// Four councils of Westshire.
async fn councils(admin: &Client) {
    for name in ["Easton", "Weston", "Westshire", "Norton"] {
        admin.post("/v1/councils", &council(name)).await.expect(201);
    }
}

fn merger() -> Value {
    json!({
        "kind": "merged", "effective_on": "2019-04-01", "from": ["easton", "weston"], "to": ["westshire"],
        "order": { "title": "The Westshire (Structural Changes) Order 2018", "url": "https://orders.example/2018/1" },
        "source": { "title": "A register", "url": "https://register.example/" }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_recorded_read_listed_and_withdrawn() {
    let app = TestApp::empty().await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    councils(&admin).await;
    let made = admin.post("/v1/council-changes", &merger()).await.expect(201);
    let (id, path) = (made.json["id"].as_str().unwrap(), made.header("location").to_owned());
    assert_eq!(path, format!("/v1/council-changes/{id}"));
    let slugs =
        |side: &str| made.json[side].as_array().unwrap().iter().map(|one| one["slug"].clone()).collect::<Vec<_>>();
    assert_eq!((slugs("from"), slugs("to")), (vec![json!("easton"), json!("weston")], vec![json!("westshire")]));
    for member in ["kind", "effective_on", "order", "source"] {
        assert_eq!(made.json[member], merger()[member], "{member}");
    }
    let read = anybody.get(&path).await.expect(200);
    assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    let moved = anybody.get(&format!("/id/{id}")).await;
    assert_eq!((moved.status.as_u16(), moved.header("location")), (303, &*path));
    let known = anybody.request(reqwest::Method::GET, &path).header("If-None-Match", made.etag());
    assert_eq!(known.send().await.unwrap().status(), 304);

    let split = json!({ "kind": "split", "effective_on": "2023-04-01", "from": ["westshire"], "to": ["norton", "easton"],
        "source": { "title": "A register" } });
    admin.post("/v1/council-changes", &split).await.expect(201);
    for (query, kinds) in [
        ("", vec!["split", "merged"]),
        ("?sort=effective_on", vec!["merged", "split"]),
        ("?council=westshire", vec!["split", "merged"]),
        ("?council=weston", vec!["merged"]),
        ("?council=norton&council=weston", vec!["split", "merged"]),
        ("?kind=split", vec!["split"]),
        ("?effective_from=2019-04-02", vec!["split"]),
        ("?effective_to=2019-04-01", vec!["merged"]),
        ("?effective_from=2024-01-01", vec![]),
    ] {
        let listed = anybody.get(&format!("/v1/council-changes{query}")).await.expect(200);
        assert_eq!(listed.each("kind"), kinds, "{query}");
        assert_eq!(listed.json["total"], kinds.len(), "{query}");
    }
    let (there, back) = anybody.there_and_back("/v1/council-changes?limit=1", |_| {}).await;
    assert_eq!((there.len(), &there), (2, &back));
    let csv = anybody.get("/v1/council-changes.csv?sort=effective_on").await.expect(200);
    let rows: Vec<&str> = csv.text.lines().skip(1).collect();
    assert!(rows[0].contains(",merged,2019-04-01,The Westshire (Structural Changes) Order 2018,"), "{}", rows[0]);
    assert!(
        rows[0].contains(
            ",easton;weston,Easton Borough Council;Weston Borough Council,westshire,Westshire Borough Council,"
        ),
        "{}",
        rows[0]
    );
    assert!(rows[1].contains(",split,2023-04-01,,,westshire,"), "{}", rows[1]);
    let lines = anybody.get("/v1/council-changes.ndjson?council=weston").await.expect(200);
    assert_eq!(lines.text.trim_end(), made.text, "each line is the record");
    anybody.get("/v1/council-changes.csv?limit=1&council=eastn").await.expect_problem(400, "bad_query");
    let wrong = anybody.get("/v1/council-changes?council=eastn&kind=merge&effective_from=2019-13-01").await;
    let faults = wrong.expect_problem(400, "bad_query").faults();
    assert!(
        faults.iter().any(|(place, _)| place == "kind") && faults.iter().any(|(place, _)| place == "effective_from")
    );

    admin.delete(&path, "\"7\"").await.expect_problem(412, "stale");
    let weak = admin.delete(&path, &format!("W/{}", made.etag())).await.expect_problem(412, "stale");
    assert!(weak.text.contains("a weak ETag"), "{}", weak.text);
    admin.delete(&format!("{path}?reason=Entered+twice"), made.etag()).await.expect(204);
    let gone = anybody.get(&path).await.expect_problem(404, "withdrawn");
    assert!(
        gone.text.contains("This council change was withdrawn on ") && gone.text.contains("Entered twice"),
        "{}",
        gone.text
    );
    assert_eq!(anybody.get("/v1/council-changes").await.expect(200).each("kind"), ["split"]);
    admin.delete(&path, made.etag()).await.expect(404);
    for absent in ["0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60", "merged"] {
        anybody.get(&format!("/v1/council-changes/{absent}")).await.expect_problem(404, "not_found");
    }
    let events = admin.get("/v1/audit?resource=council_change").await.expect(200);
    let events: Vec<(Value, Value)> = events.each("action").into_iter().zip(events.each("version_after")).collect();
    let expected = [
        (json!("council_change.withdraw"), Value::Null),
        (json!("council_change.create"), json!(1)),
        (json!("council_change.create"), json!(1)),
    ];
    assert_eq!(events, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_cannot_be_is_refused_with_every_fault() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    councils(&admin).await;
    for (change, status, faults) in [
        (json!({ "kind": "created", "to": [] }), 422, vec![("/to", "too_few")]),
        (json!({ "kind": "created", "from": ["easton"], "to": ["weston"] }), 422, vec![("/from", "too_many")]),
        (
            json!({ "kind": "merged", "from": ["easton"], "to": ["weston", "norton"] }),
            422,
            vec![("/from", "too_few"), ("/to", "too_many")],
        ),
        (json!({ "kind": "split", "from": ["easton"], "to": ["weston"] }), 422, vec![("/to", "too_few")]),
        (json!({ "kind": "abolished", "from": ["easton"], "to": ["weston"] }), 422, vec![("/to", "too_many")]),
        (json!({ "kind": "renamed", "from": ["easton"], "to": ["weston"] }), 422, vec![("/to/0", "not_allowed")]),
        (
            json!({ "kind": "merged", "from": ["easton", "easton"], "to": ["westshir"] }),
            409,
            vec![("/from/1", "repeated"), ("/to/0", "unknown_reference")],
        ),
        (json!({ "kind": "merge", "from": ["easton"], "to": ["weston"] }), 422, vec![("/kind", "not_allowed")]),
        (
            json!({ "kind": "created", "to": ["easton"], "effective_on": "2019-02-30" }),
            422,
            vec![("/effective_on", "malformed")],
        ),
        (json!({ "kind": "created", "to": ["easton"], "source": null }), 422, vec![("/source", "wrong_type")]),
        (
            json!({ "kind": "created", "to": ["easton"], "order": { "url": "ftp://x.example/" } }),
            422,
            vec![("/order/title", "required"), ("/order/url", "malformed")],
        ),
    ] {
        let mut wish = json!({ "effective_on": "2019-04-01", "source": { "title": "A register" } });
        wish.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = admin.post("/v1/council-changes", &wish).await.expect(status);
        let mut found = refused.faults();
        found.sort();
        let faults: Vec<_> = faults.into_iter().map(|(place, code)| (place.to_owned(), code.to_owned())).collect();
        assert_eq!(found, faults, "{change}");
    }
    assert_eq!(app.anonymous().get("/v1/council-changes").await.expect(200).json["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_that_a_change_names_stays() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    councils(&admin).await;
    admin.post("/v1/council-changes", &merger()).await.expect(201);
    let easton = admin.get("/v1/councils/easton").await.expect(200);
    let kept = admin.delete("/v1/councils/easton", easton.etag()).await.expect_problem(409, "conflict");
    assert!(kept.text.contains("set its abolished_on"), "{}", kept.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_has_the_change_and_what_follows_from_it() {
    let app = TestApp::with_sample().await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    councils(&admin).await;
    let led = admin.post("/v1/initiatives", &initiative("Led by Easton", "easton")).await.expect(201);
    admin.publish(led.header("location"), led.etag()).await.expect(200);
    let ended = json!({ "abolished_on": "2019-04-01" });
    let easton = admin.get("/v1/councils/easton").await.expect(200);
    let easton = admin.patch("/v1/councils/easton", easton.etag(), &ended).await.expect(200);
    assert_eq!(easton.json["status"], "abolished");

    // A reader who is up to date: what is new since?
    let mut next = anybody.get("/v1/changes?limit=1000").await.expect(200).json["page"].clone();
    while next["more"] == true {
        next =
            anybody.get(next["next"].as_str().unwrap().strip_prefix(&app.url).unwrap()).await.expect(200).json["page"]
                .clone();
    }
    let mut since = next["next"].as_str().unwrap().strip_prefix(&app.url).unwrap().to_owned();
    let mut news = async || {
        let page = anybody.get(&since).await.expect(200);
        since = page.json["page"]["next"].as_str().unwrap().strip_prefix(&app.url).unwrap().to_owned();
        page.json["data"].as_array().unwrap().clone()
    };
    assert_eq!(news().await, [json!(null); 0]);

    let made = admin.post("/v1/council-changes", &merger()).await.expect(201);
    let found = news().await;
    let of =
        |resource: &str| found.iter().find(|one| one["resource"] == resource).unwrap_or_else(|| panic!("{resource}"));
    assert_eq!(of("council_change")["record"], made.json);
    assert_eq!(of("initiative")["record"]["steward"]["council"]["slug"], "westshire");

    // The heir gets another name: the change, and the initiative that it looks after, show it.
    let heir = admin.get("/v1/councils/westshire").await.expect(200);
    admin
        .patch("/v1/councils/westshire", heir.etag(), &json!({ "name": "The New Westshire Council" }))
        .await
        .expect(200);
    let found = news().await;
    let of =
        |resource: &str| found.iter().find(|one| one["resource"] == resource).unwrap_or_else(|| panic!("{resource}"));
    assert_eq!(of("council_change")["record"]["to"][0]["name"], "The New Westshire Council");
    assert_eq!(of("initiative")["record"]["steward"]["council"]["name"], "The New Westshire Council");
    let read = anybody.get("/v1/initiatives/led-by-easton").await.expect(200);
    assert_eq!(read.json["steward"]["council"]["name"], "The New Westshire Council");
    let feed = anybody.get("/v1/changes.atom").await.expect(200);
    assert!(
        feed.text.contains("2019-04-01 merged: Easton Borough Council, Weston Borough Council → The New"),
        "{}",
        feed.text
    );

    // Withdrawn: nobody follows.
    admin.delete(made.header("location"), made.etag()).await.expect(204);
    let found = news().await;
    let of =
        |resource: &str| found.iter().find(|one| one["resource"] == resource).unwrap_or_else(|| panic!("{resource}"));
    assert_eq!(of("council_change")["change"], "delete");
    assert_eq!(of("initiative")["record"]["steward"], json!({ "kind": "network", "council": null }));
    let read = anybody.get("/v1/initiatives/led-by-easton").await.expect(200);
    assert_eq!(read.json["steward"], json!({ "kind": "network", "council": null }));
}
