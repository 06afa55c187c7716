//! Releases: made, frozen, served, cited and withdrawn.

mod calendar;
mod content;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::client::send;
use crate::support::{Answer, Client, TestApp};

/// Bytes in hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The file of a release, and the headers of the answer.
async fn file(client: &Client, name: &str) -> (Vec<u8>, HeaderMap) {
    let answer = client.request(Method::GET, &format!("/v1/releases/{name}/data")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let headers = answer.headers().clone();
    (answer.bytes().await.expect("a whole file").to_vec(), headers)
}

/// The files in a ZIP, by name.
fn unzipped(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip archive");
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file");
        let mut text = String::new();
        file.read_to_string(&mut text).expect("UTF-8");
        files.insert(file.name().expect("a name").into_owned(), text);
    }
    files
}

/// The records of a file of JSON lines.
fn lines(files: &BTreeMap<String, String>, name: &str) -> Vec<Value> {
    files[name].lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
}

/// A release made today.
async fn made(admin: &Client) -> Answer {
    admin.post("/v1/releases", &json!({ "reason": "For a study" })).await.expect(201)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_says_what_it_is_and_its_checksum_is_that_of_its_bytes() {
    let app = TestApp::with_sample().await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    assert_eq!(anybody.get("/v1/releases").await.expect(200).json["total"], 0);
    let release = made(&admin).await;
    let name = release.json["name"].as_str().unwrap().to_owned();
    assert_eq!(name, chrono::Utc::now().date_naive().to_string());
    assert_eq!(release.header("location"), format!("/v1/releases/{name}"));
    assert_eq!(release.json["reason"], "For a study");
    let found = anybody.get(&format!("/v1/releases/{name}")).await.expect(200);
    assert_eq!(found.json, release.json);
    assert_eq!(anybody.get("/v1/releases").await.expect(200).json["data"], json!([release.json]));
    let by_id = anybody.get(&format!("/v1/releases/{}", release.json["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(by_id.json, release.json);

    let (bytes, headers) = file(&anybody, &name).await;
    let digest = Sha256::digest(&bytes);
    assert_eq!(release.json["sha256"], hex(&digest));
    assert_eq!(release.json["bytes"], bytes.len());
    assert_eq!(headers["content-length"], bytes.len().to_string());
    assert_eq!(headers["content-type"], "application/zip");
    assert_eq!(headers["etag"], format!("\"{}\"", hex(&digest)));
    assert_eq!(headers["repr-digest"], format!("sha-256=:{}:", data_encoding::BASE64.encode(&digest)));
    assert_eq!(headers["cache-control"], "public, max-age=86400, immutable");
    assert_eq!(headers["content-disposition"], format!("attachment; filename=\"ccin-registry-{name}.zip\""));
    assert!(!headers.contains_key("content-encoding"), "{headers:?}");
    // The bytes are compressed already: a caller who takes gzip gets the same.
    let address = format!("/v1/releases/{name}/data");
    let zipped = anybody.request(Method::GET, &address).header("Accept-Encoding", "gzip, br").send().await.unwrap();
    assert!(!zipped.headers().contains_key("content-encoding"), "{:?}", zipped.headers());
    assert!(zipped.bytes().await.unwrap() == bytes, "other bytes");
    let known = anybody.request(Method::GET, &address).header("If-None-Match", &headers["etag"]);
    send(known).await.expect(304);
    let head = anybody.request(Method::HEAD, &address).send().await.unwrap();
    assert_eq!((head.status().as_u16(), &head.headers()["etag"]), (200, &headers["etag"]));
    assert_eq!(
        admin.request(Method::GET, &address).send().await.unwrap().headers()["cache-control"],
        "private, no-store"
    );
    anybody.get("/v1/releases/2026-Q1").await.expect_problem(404, "not_found");
    anybody.get("/v1/releases/no%20such%00release").await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_a_day_at_most_and_only_by_network_admins_with_a_reason() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let refused = admin.post("/v1/releases", &json!({})).await.expect_problem(422, "invalid");
    assert_eq!(refused.faults(), [("/reason".into(), "required".into())]);
    let body = json!({ "reason": "Twice at once" });
    let (one, other) = tokio::join!(admin.post("/v1/releases", &body), admin.post("/v1/releases", &body));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(app.anonymous().get("/v1/releases").await.expect(200).json["total"], 1);
    app.moderator().await.post("/v1/releases", &body).await.expect(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_stays_as_it_is_until_it_is_withdrawn_as_a_whole() {
    let app = TestApp::with_sample().await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    let release = made(&admin).await;
    let name = release.json["name"].as_str().unwrap();
    let before = file(&anybody, name).await.0;
    let record = "/v1/initiatives/york-libraries-and-archives";
    let etag = admin.get(record).await.expect(200).etag().to_owned();
    let changed = admin.patch(record, &etag, &json!({ "title": "Changed" })).await.expect(200);
    admin.delete(&format!("{record}?reason=Double"), changed.etag()).await.expect(204);
    assert!(file(&anybody, name).await.0 == before, "the file has changed");
    assert!(
        lines(&unzipped(&before), "initiatives.ndjson").iter().any(|one| one["slug"] == "york-libraries-and-archives")
    );
    assert_eq!(anybody.get(&format!("/v1/releases/{name}")).await.expect(200).json, release.json);

    let address = format!("/v1/releases/{name}");
    app.moderator().await.delete(&address, release.etag()).await.expect(403);
    admin.delete(&address, "\"9-0123456789abcdef\"").await.expect(412);
    admin.delete(&format!("{address}?reason=It%20had%20a%20name"), release.etag()).await.expect(204);
    for below in ["", "/data", "/citation"] {
        let gone = anybody.get(&format!("{address}{below}")).await.expect_problem(404, "withdrawn");
        assert!(gone.text.contains("It had a name"), "{}", gone.text);
    }
    assert_eq!(anybody.get("/v1/releases").await.expect(200).json["total"], 0);
    app.sql("DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM release_parts), 'the bytes are there'; END $$").await;
    // The name is taken for good.
    admin.post("/v1/releases", &json!({ "reason": "Again" })).await.expect_problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_cited_in_every_format() {
    let app = TestApp::with_flags(&["--public-url", "https://registry.example"]).await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    let name = made(&admin).await.json["name"].as_str().unwrap().to_owned();
    let address = format!("https://registry.example/v1/releases/{name}");
    let cite =
        async |format: &str| anybody.get(&format!("/v1/releases/{name}/citation?format={format}")).await.expect(200);
    let csl = cite("csl").await;
    assert_eq!(csl.header("content-type"), "application/vnd.citationstyles.csl+json");
    assert_eq!((&csl.json[0]["type"], &csl.json[0]["URL"]), (&json!("dataset"), &json!(address)));
    let entry = cite("bibtex").await.text;
    let parsed = biblatex::Bibliography::parse(&entry).expect("BibTeX");
    let entry = parsed.iter().next().expect("an entry");
    let field = |key: &str| entry.get(key).map(biblatex::ChunksExt::format_verbatim);
    assert_eq!((field("url").unwrap(), field("version").unwrap()), (address.clone(), name.clone()));
    let ris = cite("ris").await.text;
    assert!(ris.starts_with("TY  - DATA\r\n") && ris.ends_with("ER  - \r\n") && ris.contains(&address), "{ris}");
    let datacite = cite("datacite").await.json;
    assert_eq!(datacite["types"]["resourceTypeGeneral"], "Dataset");
    let text = cite("text").await.text;
    assert_eq!(text, anybody.get(&format!("/v1/releases/{name}")).await.expect(200).json["citation"]);
    assert!(text.ends_with(&address) && text.contains(&format!("release {name}")), "{text}");
}
