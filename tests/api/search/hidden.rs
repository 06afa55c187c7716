//! Nothing that anybody may read tells of what they may not see: every open operation is read before hidden records are
//! planted, while they are edited, and when they are gone.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};

use super::address;
use crate::support::client::send;
use crate::support::practice::{path, practice, publish, with};
use crate::support::{Client, TestApp, records};

/// Operations whose answers change by themselves, each with the reason.
const BY_THEMSELVES: [(&str, &str); 1] =
    [("find_readiness", "it says when the records were last known to be those of the database")];

/// What stands for the parameters of a path; with several values, each in turn.
const VALUES: [(&str, &[&str]); 17] = [
    ("{z}", &["7"]),
    ("{x}", &["63"]),
    ("{y}", &["41"]),
    ("{council}", &["oldham", "york"]),
    ("{change}", &["CHANGE"]),
    ("{theme}", &["housing"]),
    ("{organisation}", &["co-operatives-uk", "stoller-charitable-fund"]),
    ("{initiative}", &["get-oldham-working", "york-libraries-and-archives"]),
    ("{id}", &["COUNCIL", "INITIATIVE"]),
    ("boundaries/items/{feature}", &["boundaries/items/E08000004"]),
    ("councils/items/{feature}", &["councils/items/COUNCIL"]),
    ("initiatives/items/{feature}", &["initiatives/items/INITIATIVE"]),
    ("{collection}", &["councils", "initiatives"]),
    ("{code}", &["not-found", "stale"]),
    ("{format}", &["csv", "ndjson", "geojson"]),
    ("{number}", &["1", "2"]),
    ("{release}", &["2026-Q3"]),
];

/// Addresses besides those of the document: queries by which something could be told from what is hidden.
const BESIDES: [&str; 58] = [
    "/v1/initiatives?limit=200",
    "/v1/initiatives?sort=-title&limit=5",
    "/v1/initiatives?sort=started_on&limit=7",
    "/v1/initiatives?sort=-started_on&limit=7",
    "/v1/initiatives?sort=updated_at&limit=3",
    "/v1/initiatives?sort=-updated_at&limit=3",
    "/v1/initiatives?theme=housing&council=oldham&include=components,participants,lead_council,parent,themes",
    "/v1/initiatives?participant=york&limit=2",
    "/v1/initiatives?has_outcomes=true&min_evidence=2",
    "/v1/initiatives?updated_since=2026-01-01T00:00:00Z&limit=1",
    "/v1/initiatives?council=zyzzyvaborough",
    "/v1/initiatives?q=oldham&limit=4",
    "/v1/initiatives?q=oldham&highlight=true&sort=title",
    "/v1/initiatives?q=working&council=oldham",
    "/v1/initiatives/get-oldham-working?include=components,parent",
    "/v1/initiatives/facets?theme=housing&council=oldham",
    "/v1/initiatives/facets?q=oldham&participant=york",
    "/v1/initiatives/facets?council=zyzzyvaborough",
    "/v1/initiatives.csv?q=working&council=oldham",
    "/v1/initiatives.ndjson?participant=york&sort=-updated_at",
    "/v1/organisations?q=oldham&sort=-updated_at",
    "/v1/organisations?status=proposed",
    "/v1/organisations.csv?status=proposed",
    "/v1/organisations?council=oldham",
    "/v1/initiatives?organisation=zyzzyvas-of-oldham",
    "/organisations",
    "/sitemap.xml",
    "/v1/councils?limit=200",
    "/v1/councils?nation=scotland&sort=-updated_at",
    "/v1/councils?membership=unknown",
    "/v1/memberships?limit=200",
    "/v1/memberships.csv",
    "/v1/recruitment",
    "/v1/councils/zyzzyvaborough",
    "/v1/councils/S12000098",
    "/v1/councils/zyzzyvaborough/initiatives",
    "/v1/councils/zyzzyvaborough/changes.atom",
    "/v1/councils?q=borough&limit=3",
    "/v1/organisations?limit=200&sort=-updated_at",
    "/v1/organisations.csv",
    "/v1/initiatives?organisation=co-operatives-uk",
    "/v1/outcomes?sort=-evidence_level&limit=5",
    "/v1/outcomes?initiative=get-oldham-working",
    "/v1/outcomes.csv?council=oldham&min_evidence=1",
    "/v1/changes?resource=initiative&limit=1000",
    "/v1/changes?resource=council&limit=7",
    "/v1/map/initiatives?zoom=7",
    "/v1/map/initiatives?council=oldham&theme=housing",
    "/v1/map/councils?zoom=5",
    "/v1/map/summary?theme=housing",
    "/v1/initiatives?near=53.54,-2.11&radius_km=50&sort=distance&limit=3",
    "/v1/initiatives?bbox=-3,53,-1,54&freshness=unverified&limit=200",
    "/v1/councils?near=53.54,-2.11&radius_km=500&limit=3",
    "/v1/search?q=oldham&limit=3&highlight=true",
    "/v1/search?q=york&limit=200",
    "/v1/suggest?q=get&limit=20",
    "/v1/suggest?q=z&limit=20",
    "/v1/suggest?q=o",
];

/// Words that only hidden records have, and slips of them.
const RARE: [&str; 9] = [
    "zyzzyva",
    "zyzzyvas",
    "zyzyva",
    "zyzzyv",
    "zyzzyvaborough",
    "quokkish",
    "quokish",
    "zyzzyva or housing",
    "zyzzyva oldham",
];

/// Reading forms of what has several.
const FORMS: [(&str, &str); 6] = [
    ("/v1/initiatives/get-oldham-working", "text/markdown"),
    ("/v1/initiatives/get-oldham-working", "application/ld+json"),
    ("/v1/councils/oldham", "application/ld+json"),
    ("/v1/themes/housing", "application/ld+json"),
    ("/v1/initiatives?limit=3", "text/csv"),
    ("/v1/initiatives?limit=3", "application/geo+json"),
];

/// Every operation of the document that asks for no credentials, and what is read besides: address and accepted type.
async fn addresses(client: &Client) -> Vec<(String, &'static str)> {
    let document = client.get("/openapi.json").await.expect(200).json;
    let id = async |path: &str| client.get(path).await.expect(200).json["id"].as_str().unwrap().to_owned();
    let (council, initiative) = (id("/v1/councils/oldham").await, id("/v1/initiatives/get-oldham-working").await);
    let changes = client.get("/v1/council-changes?limit=1").await.expect(200);
    let change = changes.each("id").remove(0).as_str().unwrap().to_owned();
    let mut addresses = Vec::new();
    let known: BTreeSet<&str> = BY_THEMSELVES.iter().map(|(operation, _)| *operation).collect();
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        let is_secured = operation["security"].as_array().is_some_and(|security| !security.is_empty());
        if !operation.is_object() || is_secured || known.contains(operation["operationId"].as_str().unwrap()) {
            continue;
        }
        let mut filled = vec![path.clone()];
        for (name, values) in VALUES.iter().filter(|(name, _)| path.contains(name)) {
            let fill = |path: &String| values.iter().map(|value| path.replace(name, value)).collect::<Vec<_>>();
            filled = filled.iter().flat_map(fill).collect();
        }
        for path in filled {
            let mut path =
                path.replace("COUNCIL", &council).replace("INITIATIVE", &initiative).replace("CHANGE", &change);
            assert!(!path.contains('{'), "say what stands for the parameters of {path}");
            if ["/v1/search", "/v1/suggest"].contains(&&*path) {
                path.push_str("?q=working");
            }
            if path.ends_with("/citation") {
                addresses
                    .extend(["csl", "bibtex", "ris", "datacite"].map(|form| (format!("{path}?format={form}"), "*/*")));
            }
            addresses.push((path, "*/*"));
        }
    }
    assert!(addresses.len() > 35, "{}", addresses.len());
    addresses.extend(BESIDES.map(|path| (path.to_owned(), "*/*")));
    addresses.extend(FORMS.map(|(path, form)| (path.to_owned(), form)));
    for q in RARE {
        for list in ["initiatives", "councils", "search", "suggest", "initiatives/facets", "initiatives.csv"] {
            addresses.push((address(&format!("/v1/{list}"), &[("q", q)]), "*/*"));
        }
    }
    addresses
}

/// Status, headers and body; the body of what is very long as it stands.
type Told = (u16, BTreeMap<String, String>, String);

async fn read(client: &Client, addresses: &[(String, &'static str)]) -> Vec<Told> {
    let mut told = Vec::new();
    for (path, accept) in addresses {
        let request = client.request(Method::GET, path).header("Accept", *accept);
        // A fixed request id, so that problem documents can be compared whole.
        let answer = send(request.header("X-Request-Id", "compared")).await;
        assert!(answer.status.as_u16() < 500, "{path}: {}", answer.text);
        let named = |name: &str| name == "date" || name.starts_with("ratelimit");
        let headers = answer
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()));
        told.push((
            answer.status.as_u16(),
            headers.filter(|(name, _): &(String, String)| !named(name)).collect(),
            without_time(&answer.text),
        ));
    }
    told
}

/// A body without the moment at which it was made, as pages of features say it.
fn without_time(body: &str) -> String {
    match body.split_once("\"timeStamp\":\"") {
        Some((before, after)) => format!("{before}{}", after.split_once('"').expect("a string").1),
        None => body.to_owned(),
    }
}

#[track_caller]
fn assert_same(addresses: &[(String, &'static str)], before: &[Told], after: &[Told], when: &str) {
    for (((path, accept), before), after) in addresses.iter().zip(before).zip(after) {
        assert_eq!((before.0, &before.1), (after.0, &after.1), "{when}: {path} as {accept}");
        assert!(before.2 == after.2, "{when}: {path} as {accept}:\n{}\nwas\n{}", after.2, before.2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_open_answer_is_the_same_with_and_without_hidden_records() {
    let app = TestApp::with_sample().await;
    let (admin, client) = (app.admin().await, app.anonymous());
    let addresses = addresses(&client).await;
    let before = read(&client, &addresses).await;
    assert_same(&addresses, &before, &read(&client, &addresses).await, "nothing happens");
    for (place, told) in addresses.iter().zip(&before).filter(|((path, _), _)| path.contains("q=")) {
        assert_eq!(told.0, 200, "{place:?}: {}", told.2);
    }

    let prospect = json!({
        "target": { "organisation": "Zyzzyvaborough Council" }, "note": "Oldham on the Quokkish, a borough of the zyzzyva."
    });
    admin.post("/v1/recruitment", &prospect).await.expect(201);
    assert_same(&addresses, &before, &read(&client, &addresses).await, "a prospect");

    let editor = app.editor("oldham").await;
    let proposal = json!({
        "name": "Zyzzyvas of Oldham", "aliases": ["Quokkish Oldham"], "kind": "charity", "org_id": "GB-CHC-1164021",
        "description": "Zyzzyvas of Zyzzyvaborough.", "council": "oldham"
    });
    let proposed = editor.post("/v1/organisations", &proposal).await.expect(201);
    assert_same(&addresses, &before, &read(&client, &addresses).await, "a proposal");
    assert_eq!(admin.get("/v1/organisations?status=proposed&q=zyzzyva").await.expect(200).json["total"], 1);
    let place = proposed.header("location");
    let edit = json!({ "name": "York zyzzyvas", "council": "york" });
    let edited = editor.patch(place, proposed.etag(), &edit).await.expect(200);
    assert_same(&addresses, &before, &read(&client, &addresses).await, "an edited proposal");
    admin.delete(&format!("{place}?reason=Zyzzyva"), edited.etag()).await.expect(204);
    assert_same(&addresses, &before, &read(&client, &addresses).await, "a refused proposal");

    let whole =
        with(records::whole_initiative(), json!({ "slug": "zyzzyva", "title": "Get Oldham Working, with zyzzyvas" }));
    let rare = json!({ "summary": "A quokkish zyzzyva, which nobody is told of.", "body": "Zyzzyvas of Zyzzyvaborough.", "started_on": "1801" });
    // It counts for an organisation, too.
    let named = json!({ "partners": [{ "name": "Zyzzyvas UK", "role": "other", "organisation": "co-operatives-uk" }] });
    let rare = with(rare, named);
    let york =
        json!({ "participants": [{ "council": "york", "role": "co_lead" }], "themes": ["co-production", "housing"] });
    let mut hidden = Vec::new();
    for (is_published, body) in [
        (false, practice("Get Oldham Working again", "oldham")),
        (false, with(whole, rare.clone())),
        (true, with(with(practice("Zyzzyva housing", "york"), rare.clone()), json!({ "visibility": "private" }))),
        (
            true,
            with(
                with(practice("Get Oldham Working for officers", "oldham"), york),
                json!({ "visibility": "officers" }),
            ),
        ),
        (
            true,
            with(
                practice("A zyzzyva within", "oldham"),
                json!({ "visibility": "members", "parent": "get-oldham-working" }),
            ),
        ),
        (false, with(practice("Withdrawn zyzzyva", "network"), rare.clone())),
    ] {
        let mut entered = admin.post("/v1/initiatives", &body).await.expect(201);
        if is_published {
            entered = publish(&admin, &entered).await;
        }
        hidden.push(path(&entered));
    }
    let withdrawn = hidden.pop().unwrap();
    admin.delete(&withdrawn, admin.get(&withdrawn).await.etag()).await.expect(204);
    assert_same(&addresses, &before, &read(&client, &addresses).await, "hidden initiatives");
    // They are there for whom they are meant, so that the comparison is one.
    assert_eq!(admin.get("/v1/initiatives?q=zyzzyva").await.expect(200).json["total"], 3);
    assert_eq!(admin.get("/v1/initiatives?q=zyzyva").await.expect(200).json["search"]["did_you_mean"], "zyzzyva");

    for place in &hidden {
        for edit in [
            json!({ "summary": "Quokkish, and the council of Oldham." , "themes": ["energy-climate", "housing"] }),
            json!({ "title": "Youth council of zyzzyvas", "started_on": "2013-05", "lead_council": "rochdale", "participants": [] }),
            json!({ "outcomes": [{ "measure": "Zyzzyvas", "kind": "output", "bound": "exact", "value": 7, "unit": "people", "evidence_level": 1 }] }),
        ] {
            admin.patch(place, admin.get(place).await.etag(), &edit).await.expect(200);
        }
    }
    assert_same(&addresses, &before, &read(&client, &addresses).await, "hidden initiatives are edited");
    for place in &hidden {
        admin.delete(place, admin.get(place).await.etag()).await.expect(204);
    }
    assert_same(&addresses, &before, &read(&client, &addresses).await, "all are withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_of_hidden_records_is_offered_to_those_who_see_them_only() {
    let app = TestApp::with_sample().await;
    let (admin, client) = (app.admin().await, app.anonymous());
    let body = with(practice("Zyzzyva housing", "oldham"), json!({ "visibility": "members" }));
    let entered = admin.post("/v1/initiatives", &body).await.expect(201);
    publish(&admin, &entered).await;
    let member = app.signed_in(ccin_registry::access::role::Role::MemberViewer, None).await;
    let meant = async |client: &Client, q: &str| {
        let page = client.get(&address("/v1/initiatives", &[("q", q)])).await.expect(200);
        (page.json["search"]["did_you_mean"].clone(), page.json["total"].clone())
    };
    for slip in ["zyzyva", "zyzzyav"] {
        assert_eq!(meant(&member, slip).await, (json!("zyzzyva"), json!(1)));
        assert_eq!(meant(&client, slip).await, (Value::Null, json!(0)));
    }
    // Once everybody sees it, everybody is offered it.
    let place = path(&entered);
    admin.patch(&place, admin.get(&place).await.etag(), &json!({ "visibility": "public" })).await.expect(200);
    assert_eq!(meant(&client, "zyzyva").await, (json!("zyzzyva"), json!(1)));
}
