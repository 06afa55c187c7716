//! Registries in which every GET has something to answer.

use reqwest::Method;
use serde_json::{Value, json};

use crate::boundaries::{import_boundaries, with_boundaries};
use crate::review::act;
use crate::support::client::send;
use crate::support::practice::{practice, publish, with};
use crate::support::records::{council, organisation, period, suggestion, theme};
use crate::support::{Client, TestApp};

/// The area of a council.
fn area(gss_code: &str) -> Value {
    let ring = json!([[-2.25, 53.45], [-1.95, 53.45], [-1.95, 53.65], [-2.25, 53.65], [-2.25, 53.45]]);
    let area = json!({ "type": "Feature", "properties": { "LAD24CD": gss_code, "LAD24NM": "The area" },
        "geometry": { "type": "Polygon", "coordinates": [ring] } });
    json!({ "type": "FeatureCollection", "features": [area] })
}

/// The sample with a boundary of Oldham, and an admin with something in each of the admin's lists.
pub async fn lived_in(name: &str) -> (TestApp, Client) {
    let app = with_boundaries(name, &area("E08000004")).await;
    let (admin, editor) = (app.admin().await, app.editor("oldham").await);
    let draft = editor.post("/v1/initiatives", &practice("Entered to be seen", "oldham")).await.expect(201);
    publish(&admin, &draft).await;
    let theme = json!({ "label": "Housing of a kind", "definition": "Housing of one kind.", "broader": "housing" });
    admin.post("/v1/themes", &theme).await.expect(201);
    admin.post("/v1/recruitment", &json!({ "target": { "council": "swansea" } })).await.expect(201);
    admin.post("/v1/releases", &json!({ "reason": "To be seen" })).await.expect(201);
    fill_lists_of_admins(&app, &admin, ["oldham", "housing"]).await;
    (app, admin)
}

/// A registry with nothing of the sample, and little of its own. No initiative is about housing, and the first of each
/// list belongs to nothing else.
pub async fn elsewhere() -> (TestApp, Client) {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    for label in ["Allotments", "Ferries"] {
        admin.post("/v1/themes", &theme(label)).await.expect(201);
    }
    for short_name in ["Aachen", "Wombat Bay"] {
        admin.post("/v1/councils", &council(short_name)).await.expect(201);
    }
    let place = json!({ "gss_code": "E07000999", "location": { "latitude": 51.1, "longitude": 1.3 } });
    let bay = admin.get("/v1/councils/wombat-bay").await.expect(200);
    admin.patch("/v1/councils/wombat-bay", bay.etag(), &place).await.expect(200);
    import_boundaries(&app, "elsewhere", &area("E07000999")).await;
    admin.post("/v1/organisations", &organisation("Wombat Ferries")).await.expect(201);
    let member = json!({ "member": { "council": "wombat-bay" }, "tier": "associate", "from": "2020" });
    admin.post("/v1/memberships", &member).await.expect(201);
    let change = json!({ "kind": "created", "effective_on": "2021-04-01", "to": ["wombat-bay"],
        "source": { "title": "A register", "url": "https://register.example/" } });
    admin.post("/v1/council-changes", &change).await.expect(201);
    // No council leads the newer one.
    for (title, lead) in [("A ferry of their own", "wombat-bay"), ("What ferries carry", "network")] {
        let outcomes = json!([{ "measure": "Crossings", "kind": "output", "bound": "exact", "value": 40,
            "unit": "count", "evidence_level": 0 }]);
        let body = with(practice(title, lead), json!({ "themes": ["ferries"], "outcomes": outcomes }));
        let draft = admin.post("/v1/initiatives", &body).await.expect(201);
        publish(&admin, &draft).await;
    }
    admin.post("/v1/recruitment", &json!({ "target": { "council": "aachen" } })).await.expect(201);
    admin.post("/v1/releases", &json!({ "reason": "To be seen" })).await.expect(201);
    fill_lists_of_admins(&app, &admin, ["network", "ferries"]).await;
    (app, admin)
}

/// A key that was used, a request for one and the letter that answers it, a text to review, a webhook that is
/// tested, and a search without results.
async fn fill_lists_of_admins(app: &TestApp, admin: &Client, [lead, theme]: [&str; 2]) {
    let body = with(practice("Waiting to be reviewed", lead), json!({ "themes": [theme] }));
    let draft = admin.post("/v1/initiatives", &body).await.expect(201);
    let revision = admin.get(&format!("{}/revisions/1", draft.header("location"))).await.expect(200);
    act(admin, &revision, "submit", &Value::Null).await.expect(200);
    // The sample's, which the examples name, or the first.
    let published = admin.get("/v1/initiatives?limit=200").await.expect(200);
    let published = published.each("slug");
    let sample = json!("get-oldham-working");
    let published = if published.contains(&sample) { &sample } else { &published[0] };
    admin.post("/v1/pre-election-periods", &period("2027-03-26")).await.expect(201);
    admin.post("/v1/suggestions", &suggestion(published.as_str().expect("a slug"))).await.expect(201);
    let key = json!({ "name": "A website", "scopes": ["read:public"] });
    let key = admin.post("/v1/api-keys", &key).await.expect(201);
    let used = app.anonymous().request(Method::GET, "/v1/councils");
    send(used.header("X-API-Key", key.json["key"].as_str().expect("a secret"))).await.expect(200);
    let request = json!({ "name": "A. Researcher", "email": "researcher@university.example",
        "affiliation": "University of Somewhere", "purpose": "A comparison of housing initiatives" });
    app.anonymous().post("/v1/api-keys/requests", &request).await.expect(202);
    let requests = admin.get("/v1/api-keys/requests").await.expect(200);
    let refusal = format!("/v1/api-keys/requests/{}/refuse", requests.json["data"][0]["id"].as_str().expect("an id"));
    admin.post(&refusal, &json!({ "reason": "Everything that you name is public." })).await.expect(200);
    app.anonymous().get("/v1/search?q=zeppelin%20hangars").await.expect(200);
    let webhook = json!({ "url": "https://hooks.example.org/", "topics": ["council.changed"] });
    let webhook = admin.post("/v1/webhooks", &webhook).await.expect(201);
    admin.post(&format!("{}/test", webhook.header("location")), &Value::Null).await.expect(200);
}
