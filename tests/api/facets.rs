//! Facets against the list: every count is the total of the list that it promises, and kept counts follow every write.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::search::address;
use crate::support::practice::{path, practice, publish, with};
use crate::support::{Client, TestApp, records};

type Parameters<'a> = Vec<(&'a str, &'a str)>;

/// Facets, each with the parameters of its own filter.
const FACETS: [(&str, &[&str]); 11] = [
    ("theme", &["theme"]),
    ("principle", &["principle"]),
    ("council", &["council"]),
    ("organisation", &["organisation"]),
    ("region", &["region"]),
    ("nation", &["nation"]),
    ("kind", &["kind"]),
    ("delivery_status", &["delivery_status"]),
    ("year", &["year_from", "year_to"]),
    ("min_evidence", &["min_evidence"]),
    ("freshness", &["freshness"]),
];

const COMBINATIONS: [&[(&str, &str)]; 19] = [
    &[],
    &[("theme", "housing")],
    &[("theme", "housing"), ("theme", "co-production"), ("kind", "case_study")],
    &[("council", "network")],
    &[("council", "network"), ("council", "york"), ("theme", "health-social-care")],
    &[("council", "sunderland"), ("council", "oldham")],
    &[("region", "north_west"), ("delivery_status", "live")],
    &[("nation", "scotland"), ("nation", "england"), ("principle", "learning")],
    &[("kind", "policy_lab"), ("kind", "commission"), ("year_from", "2015")],
    &[("year_from", "2012"), ("year_to", "2014"), ("min_evidence", "1")],
    &[("min_evidence", "2"), ("council", "oldham"), ("region", "north_west")],
    &[("min_evidence", "0"), ("has_outcomes", "true"), ("year_to", "2013")],
    &[("q", "co-operative"), ("theme", "new-delivery-models")],
    &[("q", "housing or energy"), ("council", "oldham"), ("participant", "oldham"), ("participant", "glasgow")],
    &[("organisation", "co-operatives-uk"), ("organisation", "peopletoo"), ("nation", "england")],
    &[("organisation", "anthony-collins-solicitors"), ("kind", "policy_lab")],
    &[("participant", "sunderland"), ("has_outcomes", "false")],
    &[("freshness", "fresh"), ("freshness", "due"), ("theme", "housing")],
    &[("updated_since", "2020-01-01T00:00:00Z"), ("q", "\"social value\" -toolkit")],
];

async fn total(client: &Client, parameters: &[(&str, &str)]) -> i64 {
    let more = [parameters, &[("limit", "1"), ("fields", "slug")]].concat();
    let page = client.get(&address("/v1/initiatives", &more)).await.expect(200);
    // As it was written, for facets do not look for what may have been meant.
    if page.json["search"]["did_you_mean"].is_string() { 0 } else { page.json["total"].as_i64().unwrap() }
}

/// Value and count of each value of a facet.
fn counts(facets: &Value, facet: &str) -> BTreeMap<String, i64> {
    let value = |one: &Value| (one["value"].as_str().unwrap().to_owned(), one["initiatives"].as_i64().unwrap());
    let listed = facets["facets"][facet].as_array().unwrap();
    let counts: BTreeMap<_, _> = listed.iter().map(value).collect();
    assert_eq!(counts.len(), listed.len(), "a value of {facet} stands there twice");
    counts
}

/// Every value of every facet, and those that are missing, against the list.
async fn check(client: &Client, parameters: &[(&str, &str)]) {
    let all = client.get("/v1/initiatives/facets").await.expect(200).json;
    let facets = client.get(&address("/v1/initiatives/facets", parameters)).await.expect(200).json;
    assert_eq!(facets["total"], total(client, parameters).await, "{parameters:?}");
    for (facet, own) in FACETS {
        let counted = counts(&facets, facet);
        // Nothing that is counted is without an initiative; what is not counted has none.
        assert!(counted.values().all(|count| *count > 0), "{parameters:?} {facet}");
        let values: BTreeSet<String> = counts(&all, facet).into_keys().chain(counted.keys().cloned()).collect();
        for value in &values {
            let rest = parameters.iter().copied().filter(|(name, _)| !own.contains(name));
            let chosen: Parameters = rest.chain(own.iter().map(|name| (*name, value.as_str()))).collect();
            let count = counted.get(value).copied().unwrap_or_default();
            assert_eq!(count, total(client, &chosen).await, "{facet} {value} of {parameters:?}");
        }
    }
}

/// Somebody has confirmed a third of the sample, and half of that is due again.
async fn confirm_some(app: &TestApp) {
    app.sql(
        "UPDATE initiatives SET verified_at = now() - interval '1 month', review_due_on = current_date + (abs(hashtext(title)) % 2)
         WHERE abs(hashtext(slug)) % 3 = 0",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_count_is_the_total_of_its_list_for_everybody() {
    let app = TestApp::with_sample().await;
    confirm_some(&app).await;
    let client = app.anonymous();
    for parameters in COMBINATIONS {
        check(&client, parameters).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_count_is_the_total_of_its_list_for_an_editor_with_drafts() {
    let app = TestApp::with_sample().await;
    let (editor, moderator) = (app.editor("oldham").await, app.moderator().await);
    for (number, members) in [
        json!({ "themes": ["housing", "co-production"], "started_on": "2013" }),
        json!({ "visibility": "private", "kind": "case_study", "principles": [{ "principle": "learning" }] }),
        json!({ "visibility": "officers", "outcomes": records::whole_initiative()["outcomes"], "sources": records::whole_initiative()["sources"] }),
    ]
    .into_iter()
    .enumerate()
    {
        let body = with(practice(&format!("Co-operative housing {number}"), "oldham"), members);
        let entered = editor.post("/v1/initiatives", &body).await.expect(201);
        if number > 0 {
            publish(&moderator, &entered).await;
        }
    }
    // Somebody else's, which the editor does not see.
    let others = app.editor("rochdale").await;
    others.post("/v1/initiatives", &practice("Co-operative housing elsewhere", "rochdale")).await.expect(201);
    let seen = editor.get("/v1/initiatives/facets").await.expect(200).json["total"].clone();
    assert_eq!(seen, 134 + 3);
    assert_eq!(others.get("/v1/initiatives/facets").await.expect(200).json["total"], 134 + 2);
    assert_eq!(app.anonymous().get("/v1/initiatives/facets").await.expect(200).json["total"], 134);
    for parameters in COMBINATIONS {
        check(&editor, parameters).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_have_labels_and_an_order() {
    let app = TestApp::with_sample().await;
    confirm_some(&app).await;
    let facets = app.anonymous().get("/v1/initiatives/facets").await.expect(200).json;
    let label = |facet: &str, value: &str| {
        let listed = facets["facets"][facet].as_array().unwrap();
        listed.iter().find(|one| one["value"] == value).unwrap_or_else(|| panic!("{facet} {value}"))["label"].clone()
    };
    assert_eq!(label("theme", "local-economy-wealth-building"), "Local economy and wealth building");
    assert_eq!(label("council", "york"), "City of York Council");
    assert_eq!(label("council", "network"), "The network");
    assert_eq!(label("region", "yorkshire_and_the_humber"), "Yorkshire and the Humber");
    assert_eq!(label("min_evidence", "2"), "Monitored");
    assert_eq!(label("year", "2013"), "2013");
    assert_eq!(label("freshness", "unverified"), "Unverified");
    for (facet, _) in FACETS {
        let listed = facets["facets"][facet].as_array().unwrap();
        assert!(listed.len() > 1, "{facet}");
        if ["year", "min_evidence"].contains(&facet) {
            assert!(listed.is_sorted_by_key(|one| one["value"].as_str().unwrap()), "{facet}");
        } else if facet == "freshness" {
            let words = listed.iter().map(|one| one["value"].as_str().unwrap());
            assert_eq!(words.collect::<Vec<_>>(), ["fresh", "due", "unverified"], "in the order of their meaning");
        } else {
            assert!(listed.is_sorted_by_key(|one| -one["initiatives"].as_i64().unwrap()), "{facet}");
        }
    }
    assert_eq!(facets["facets"].as_object().unwrap().len(), FACETS.len());
}

/// What was followed step by step is what is read anew.
async fn assert_kept(app: &TestApp, when: &str) {
    let told = async || {
        let mut told = Vec::new();
        for client in [app.anonymous(), app.admin().await] {
            for path in ["/v1/initiatives/facets", "/v1/initiatives/facets?q=co-operative", "/v1/initiatives?limit=200"]
            {
                told.push((path, client.get(path).await.expect(200).text));
            }
        }
        told
    };
    let followed = told().await;
    app.reload().await;
    assert!(followed == told().await, "{when}: the counts differ when they are read anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_counts_and_search_follow_every_write() {
    let app = TestApp::with_sample().await;
    let (admin, client) = (app.admin().await, app.anonymous());
    assert_kept(&app, "the sample").await;
    let finds = async |q: &str| total(&client, &[("q", q)]).await;
    let patch = async |path: &str, body: Value| {
        let known = admin.get(path).await.expect(200);
        admin.patch(path, known.etag(), &body).await.expect(200)
    };
    let housing = total(&client, &[("theme", "housing")]).await;

    let draft =
        admin.post("/v1/initiatives", &with(records::whole_initiative(), json!({ "parent": null }))).await.expect(201);
    assert_kept(&app, "a draft").await;
    assert_eq!(total(&client, &[]).await, 134);
    let place = path(&draft);
    publish(&admin, &draft).await;
    assert_kept(&app, "published").await;
    assert_eq!((total(&client, &[]).await, total(&client, &[("theme", "housing")]).await), (135, housing + 1));

    patch("/v1/themes/housing", json!({ "label": "Dwellings and quokkas" })).await;
    assert_kept(&app, "a theme has another label").await;
    assert_eq!(finds("quokkas").await, housing + 1);
    patch("/v1/themes/housing", json!({ "broader": "energy-climate" })).await;
    assert_kept(&app, "a theme is moved under another").await;
    let both = total(&client, &[("theme", "housing"), ("theme", "energy-climate")]).await;
    assert_eq!(total(&client, &[("theme", "energy-climate")]).await, both);
    patch("/v1/themes/energy-climate", json!({ "broader": "cost-of-living" })).await;
    assert_kept(&app, "and with it under a third").await;
    patch("/v1/themes/energy-climate", json!({ "broader": null })).await;
    assert_kept(&app, "and back").await;
    admin.post("/v1/themes/financial-inclusion/merge", &json!({ "into": "cost-of-living" })).await.expect(200);
    assert_kept(&app, "themes are merged").await;

    patch("/v1/councils/oldham", json!({ "name": "Numbat Council", "aliases": ["Bilby"] })).await;
    assert_kept(&app, "a council has another name").await;
    assert_eq!(finds("numbat").await, total(&client, &[("participant", "oldham")]).await);
    patch("/v1/councils/oldham", json!({ "region": "south_west" })).await;
    assert_kept(&app, "a council lies elsewhere").await;

    patch(
        &place,
        json!({ "title": "Wombats at home", "themes": ["co-production"], "outcomes": [], "visibility": "members" }),
    )
    .await;
    assert_kept(&app, "members only").await;
    assert_eq!((finds("wombats").await, total(&client, &[]).await), (0, 134));
    patch(&place, json!({ "visibility": "public", "lead_council": "york", "participants": [], "started_on": null }))
        .await;
    assert_kept(&app, "public again").await;
    assert_eq!(finds("wombats").await, 1);
    let known = admin.get(&place).await.expect(200);
    let back = admin.post_if_match(&format!("{place}/unpublish"), known.etag()).await.expect(200);
    assert_kept(&app, "unpublished").await;
    publish(&admin, &back).await;
    patch(&place, json!({ "parent": "get-oldham-working" })).await;
    patch("/v1/initiatives/get-oldham-working", json!({ "visibility": "officers" })).await;
    assert_kept(&app, "hidden with its parent").await;
    assert_eq!(finds("wombats").await, 0);
    patch(&place, json!({ "parent": null })).await;
    let known = admin.get(&place).await.expect(200);
    admin.delete(&place, known.etag()).await.expect(204);
    assert_kept(&app, "withdrawn").await;
    assert_eq!(finds("wombats").await, 0);
    check(&client, &[]).await;
    check(&admin, &[("q", "numbat")]).await;
}
