//! What a release holds.

use ccin_registry::access::role::Role;
use serde_json::{Value, json};

use super::{file, lines, made, unzipped};
use crate::support::TestApp;
use crate::support::practice::{practice, publish, with};

const TABLES: [&str; 7] =
    ["initiatives", "outcomes", "councils", "council-changes", "memberships", "organisations", "themes"];

#[tokio::test(flavor = "multi_thread")]
async fn it_is_what_the_exports_have_with_a_codebook_that_fits() {
    let app = TestApp::with_flags(&["--export-rows", "100000", "--limit-anonymous", "100000"]).await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    let release = made(&admin).await;
    let name = release.json["name"].as_str().unwrap();
    let files = unzipped(&file(&anybody, name).await.0);
    assert_eq!(files.len(), 2 + 2 * TABLES.len(), "{:?}", files.keys());
    let package: Value = serde_json::from_str(&files["datapackage.json"]).unwrap();
    assert_eq!((&package["version"], &package["created"]), (&json!(name), &release.json["made_at"]));
    for table in TABLES {
        let records = lines(&files, &format!("{table}.ndjson"));
        assert_eq!(release.json["counts"][table.replace('-', "_")], records.len(), "{table}");
        assert!(!records.is_empty(), "{table}");
        let csv = &files[&format!("{table}.csv")];
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows: Vec<_> = reader.records().collect::<Result<_, _>>().expect("rows");
        assert_eq!(rows.len(), records.len(), "{table}");
        let resource =
            package["resources"].as_array().unwrap().iter().find(|one| one["path"] == format!("{table}.csv"));
        let fields = resource.expect(table)["schema"]["fields"].as_array().unwrap();
        assert_eq!(fields.iter().map(|field| field["name"].as_str().unwrap()).collect::<Vec<_>>(), header, "{table}");
        if table == "initiatives" {
            // By default, the other exports leave out councils that are gone, or have another order.
            assert_eq!(csv, &anybody.get("/v1/initiatives.csv").await.expect(200).text);
            assert_eq!(&files["initiatives.ndjson"], &anybody.get("/v1/initiatives.ndjson").await.expect(200).text);
        }
    }
    let readme = &files["README.txt"];
    for part in [&format!("release {name}"), "How to cite", "Licence", "Open Government Licence v3.0"] {
        assert!(readme.contains(part), "{part}:\n{readme}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_only_what_everybody_sees() {
    let app = TestApp::with_sample().await;
    let (admin, editor) = (app.admin().await, app.editor("oldham").await);
    let secret = |title: &str| with(practice(title, "oldham"), json!({ "provenance_note": "Zyzzyva" }));
    editor.post("/v1/initiatives", &secret("A draft of a zyzzyva")).await.expect(201);
    for visibility in ["members", "officers", "private"] {
        let body = with(secret(&format!("A zyzzyva for {visibility}")), json!({ "visibility": visibility }));
        publish(&admin, &admin.post("/v1/initiatives", &body).await.expect(201)).await;
    }
    let gone = publish(&admin, &admin.post("/v1/initiatives", &secret("A zyzzyva that went")).await.expect(201)).await;
    admin.delete(&crate::support::practice::path(&gone), gone.etag()).await.expect(204);
    // A change that waits for its review, a proposal, and terms of a membership.
    let revision = crate::review::begin(&editor).await;
    let edit = json!({ "title": "Zyzzyva" });
    editor.patch(&crate::review::path(&revision), revision.etag(), &edit).await.expect(200);
    let proposal = json!({ "name": "Zyzzyvas of Oldham", "kind": "other" });
    editor.post("/v1/organisations", &proposal).await.expect(201);
    let membership = admin.get("/v1/memberships?council=oldham").await.expect(200).json["data"][0]["id"].clone();
    let membership = format!("/v1/memberships/{}", membership.as_str().unwrap());
    let etag = admin.get(&membership).await.expect(200).etag().to_owned();
    let terms = json!({ "decision": { "body": "Zyzzyva", "on": "2020" } });
    admin.patch(&membership, &etag, &terms).await.expect(200);
    app.signed_in(Role::NetworkAdmin, None)
        .await
        .post("/v1/recruitment", &json!({ "target": { "organisation": "Zyzzyva" } }))
        .await
        .expect(201);

    let name = made(&admin).await.json["name"].as_str().unwrap().to_owned();
    let files = unzipped(&file(&app.anonymous(), &name).await.0);
    for (file, text) in &files {
        assert!(!text.to_lowercase().contains("zyzzyva"), "{file}");
        assert!(!text.contains("@tests.example"), "{file}");
    }
    let public = app.anonymous().get("/v1/initiatives").await.expect(200);
    assert_eq!(lines(&files, "initiatives.ndjson").len(), public.json["total"]);
}
