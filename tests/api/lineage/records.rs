//! What follows for records: their steward, and filters over the lineage of a council.

use ccin_registry::app::vesting::take_effect;
use serde_json::{Value, json};

use crate::support::records::{council, initiative};
use crate::support::{Client, TestApp};

/// Two districts that merged, a county that was split, and an initiative of each. The county's is shared with a district.
async fn westshire(app: &TestApp) -> Client {
    let admin = app.admin().await;
    for (name, ended) in
        [("Easton", true), ("Weston", true), ("Westshire", true), ("Greater Weston", false), ("Norton", false)]
    {
        let mut wish = council(name);
        if ended {
            wish["abolished_on"] = json!("2019-04-01");
        }
        admin.post("/v1/councils", &wish).await.expect(201);
    }
    for (title, lead) in
        [("Of Easton", "easton"), ("Of Westshire", "westshire"), ("Of Greater Weston", "greater-weston")]
    {
        let mut wish = initiative(title, lead);
        if lead == "westshire" {
            wish["participants"] = json!([{ "council": "easton", "role": "co_lead" }]);
        }
        wish["outcomes"] = json!([{ "measure": "Calls", "kind": "output", "bound": "exact", "value": 3, "unit": "people",
            "evidence_level": 1 }]);
        let made = admin.post("/v1/initiatives", &wish).await.expect(201);
        admin.publish(made.header("location"), made.etag()).await.expect(200);
    }
    let source = json!({ "title": "A register" });
    for change in [
        json!({ "kind": "merged", "from": ["easton", "weston"], "to": ["greater-weston"] }),
        json!({ "kind": "split", "from": ["westshire"], "to": ["greater-weston", "norton"] }),
        json!({ "kind": "boundary_changed", "from": ["norton", "oldham"], "to": ["norton", "oldham"] }),
    ] {
        let mut wish = change;
        (wish["effective_on"], wish["source"]) = (json!("2019-04-01"), source.clone());
        admin.post("/v1/council-changes", &wish).await.expect(201);
    }
    admin
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steward_is_the_living_successor_or_the_network() {
    let app = TestApp::with_sample().await;
    let admin = westshire(&app).await;
    let steward = async |slug: &str| {
        app.reload().await;
        let read = app.anonymous().get(&format!("/v1/initiatives/{slug}")).await.expect(200);
        // The database and the read model agree, entity tag included.
        let put = admin.patch(&format!("/v1/initiatives/{slug}"), read.etag(), &json!({})).await.expect(200);
        assert_eq!(put.json["steward"], read.json["steward"], "{slug}");
        let again = app.anonymous().get(&format!("/v1/initiatives/{slug}")).await.expect(200);
        assert_eq!(put.etag(), again.etag(), "{slug}");
        (read.json["steward"]["kind"].clone(), read.json["steward"]["council"]["slug"].clone())
    };
    let of = |slug: &str| (json!("council"), json!(slug));
    let network = (json!("network"), Value::Null);
    assert_eq!(steward("of-easton").await, of("greater-weston"));
    assert_eq!(steward("of-greater-weston").await, of("greater-weston"));
    assert_eq!(steward("of-westshire").await, network, "split, and nobody has decided");
    assert_eq!(steward("get-oldham-working").await, of("oldham"));
    // The lead stays what it was.
    let read = app.anonymous().get("/v1/initiatives/of-easton").await.expect(200);
    assert_eq!(read.json["lead_council"]["slug"], "easton");
    // The heir ends as well, and hands on to Norton.
    let heir = admin.get("/v1/councils/greater-weston").await.expect(200);
    admin.patch("/v1/councils/greater-weston", heir.etag(), &json!({ "abolished_on": "2023-04-01" })).await.expect(200);
    assert_eq!(steward("of-easton").await, network);
    let change = json!({ "kind": "merged", "effective_on": "2023-04-01", "from": ["greater-weston", "norton"],
        "to": ["norton"], "source": { "title": "A register" } });
    admin.post("/v1/council-changes", &change).await.expect(201);
    assert_eq!(steward("of-easton").await, of("norton"));
    assert_eq!(steward("of-westshire").await, of("norton"), "of the two parts one is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_follow_the_lineage_and_count_a_record_once() {
    let app = TestApp::with_sample().await;
    westshire(&app).await;
    let anybody = app.anonymous();
    for (query, slugs) in [
        ("council=greater-weston", vec!["of-greater-weston"]),
        ("council=greater-weston&lineage=none", vec!["of-greater-weston"]),
        ("council=greater-weston&lineage=predecessors", vec!["of-easton", "of-greater-weston", "of-westshire"]),
        ("council=greater-weston&lineage=successors", vec!["of-greater-weston"]),
        ("council=easton", vec!["of-easton", "of-westshire"]),
        ("council=easton&lineage=successors", vec!["of-easton", "of-greater-weston", "of-westshire"]),
        ("council=westshire&council=easton&lineage=all", vec!["of-easton", "of-greater-weston", "of-westshire"]),
        ("participant=norton&lineage=predecessors", vec!["of-westshire"]),
        ("participant=norton&lineage=successors", vec![]),
    ] {
        let listed = anybody.get(&format!("/v1/initiatives?{query}")).await.expect(200);
        assert_eq!(
            (listed.each("slug"), &listed.json["total"]),
            (slugs.iter().map(|one| json!(one)).collect(), &json!(slugs.len())),
            "{query}"
        );
        let total = slugs.len();
        assert_eq!(anybody.get(&format!("/v1/outcomes?{query}")).await.expect(200).json["total"], total, "{query}");
        assert_eq!(
            anybody.get(&format!("/v1/initiatives/facets?{query}")).await.expect(200).json["total"],
            total,
            "{query}"
        );
        let csv = anybody.get(&format!("/v1/initiatives.csv?{query}&fields=slug")).await.expect(200);
        assert_eq!(csv.text.lines().count(), total + 1, "{query}");
        let map = anybody.get(&format!("/v1/map/initiatives?{query}")).await.expect(200);
        assert_eq!(map.json["total"], total, "{query}");
        let features = anybody.get(&format!("/ogc/collections/initiatives/items?{query}")).await.expect(200);
        assert_eq!(features.json["numberMatched"], map.json["located"], "{query}");
        anybody.get(&format!("/embed/initiatives?{query}")).await.expect(200);
    }
    let nested = anybody.get("/v1/councils/norton/initiatives?lineage=predecessors").await.expect(200);
    assert_eq!(nested.each("slug"), ["of-westshire"]);
    let wrong = anybody.get("/v1/initiatives?council=norton&lineage=succesors").await.expect_problem(400, "bad_query");
    assert!(wrong.text.contains("did you mean successors?"), "{}", wrong.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_councils_is_that_of_a_day() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    for (name, stage) in [
        ("Ended", json!({ "abolished_on": "2019-04-01", "gss_code": "E07999991" })),
        ("Begun", json!({ "established_on": "2019-04-01" })),
        ("Ever", json!({})),
        ("Soon", json!({ "status": "shadow", "established_on": "2999-04-01" })),
        ("Perhaps", json!({ "status": "proposed", "established_on": "2019-04-01" })),
        ("Ending", json!({ "abolished_on": "2999-04-01" })),
    ] {
        let mut wish = council(name);
        wish.as_object_mut().unwrap().extend(stage.as_object().unwrap().clone());
        wish["location"] = json!({ "latitude": 53.5, "longitude": -2.1 });
        admin.post("/v1/councils", &wish).await.expect(201);
    }
    let anybody = app.anonymous();
    for (query, slugs) in [
        ("", vec!["begun", "ending", "ever"]),
        ("as_at=2019-03-31", vec!["ended", "ending", "ever"]),
        ("as_at=2019-04-01", vec!["begun", "ending", "ever"]),
        ("as_at=2999-04-01", vec!["begun", "ever", "soon"]),
        ("status=abolished", vec!["ended"]),
        ("status=proposed&status=shadow", vec!["perhaps", "soon"]),
        ("status=living&as_at=2019-03-31", vec!["ending", "ever"]),
        // Whoever names a council means it.
        ("council=ended&council=E07999991&council=soon", vec!["ended", "soon"]),
        ("council=ended&as_at=2019-04-01", vec![]),
    ] {
        let listed = anybody.get(&format!("/v1/councils?{query}")).await.expect(200);
        assert_eq!(
            (listed.each("slug"), &listed.json["total"]),
            (slugs.iter().map(|one| json!(one)).collect(), &json!(slugs.len())),
            "{query}"
        );
        let csv = anybody.get(&format!("/v1/councils.csv?{query}&fields=slug")).await.expect(200);
        assert_eq!(csv.text.lines().count(), slugs.len() + 1, "{query}");
        assert_eq!(
            anybody.get(&format!("/v1/map/councils?{query}")).await.expect(200).json["total"],
            slugs.len(),
            "{query}"
        );
        let features = anybody.get(&format!("/ogc/collections/councils/items?{query}")).await.expect(200);
        assert_eq!(features.json["numberMatched"], slugs.len(), "{query}");
    }
    // Each is read by its slug, and found by its name.
    for slug in ["ended", "soon", "perhaps"] {
        anybody.get(&format!("/v1/councils/{slug}")).await.expect(200);
        assert!(
            anybody.get(&format!("/v1/search?q={slug}")).await.expect(200).text.contains(&format!("\"{slug}\"")),
            "{slug}"
        );
    }
    let wrong = anybody.get("/v1/councils?as_at=2019-02-30&status=livng").await.expect_problem(400, "bad_query");
    let mut faults = wrong.faults();
    faults.sort();
    assert_eq!(faults, [("as_at".into(), "malformed".into()), ("status".into(), "not_allowed".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_its_day_a_council_takes_over_and_another_ends() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for (name, stage) in [
        ("Old Shire", json!({ "abolished_on": "2999-04-01" })),
        ("New Shire", json!({ "status": "shadow", "established_on": "2999-04-01" })),
        ("Perhaps", json!({ "status": "proposed", "established_on": "2999-04-01" })),
    ] {
        let mut wish = council(name);
        wish.as_object_mut().unwrap().extend(stage.as_object().unwrap().clone());
        admin.post("/v1/councils", &wish).await.expect(201);
    }
    let made = admin.post("/v1/initiatives", &initiative("Of the old", "old-shire")).await.expect(201);
    admin.publish(made.header("location"), made.etag()).await.expect(200);
    let change = json!({ "kind": "merged", "effective_on": "2999-04-01", "from": ["old-shire", "york"], "to": ["new-shire"],
        "source": { "title": "A register" } });
    admin.post("/v1/council-changes", &change).await.expect(201);
    let steward = async || {
        app.anonymous().get("/v1/initiatives/of-the-old").await.expect(200).json["steward"]["council"]["slug"].clone()
    };
    assert_eq!(steward().await, "old-shire");

    let mut conn = app.db.get().await.expect("a connection");
    let mut on = async |day: &str| {
        let moved = take_effect(&mut conn, &app.keys, day.parse().unwrap()).await.unwrap();
        app.settle().await;
        moved
    };
    // Those of the sample whose day is earlier.
    let earlier = on("2999-03-31").await;
    assert!(!earlier.iter().any(|slug| slug.ends_with("-shire")), "{earlier:?}");
    assert_eq!(on("2999-03-31").await, [""; 0]);
    assert_eq!(on("2999-04-01").await, ["new-shire", "old-shire"]);
    assert_eq!(on("2999-04-01").await, [""; 0]);
    let read = app.anonymous().get("/v1/councils/old-shire").await.expect(200);
    assert_eq!((&read.json["status"], &read.json["version"]), (&json!("abolished"), &json!(2)));
    assert_eq!(steward().await, "new-shire");
    let events = admin.get("/v1/audit?action=council.update&resource=council").await.expect(200);
    let of =
        |slug: &str| events.json["data"].as_array().unwrap().iter().find(|one| one["record"]["slug"] == slug).cloned();
    for slug in ["old-shire", "new-shire"] {
        assert_eq!(of(slug).expect(slug)["origin"], "command_line");
    }
}
