//! A record that no council has entered is by the registry, after its source, with the source's date.

use serde_json::{Value, json};

use super::accepting;
use crate::support::TestApp;
use crate::support::practice::{practice, publish, with};

/// A record of Oldham's, written by the network's staff after a paper.
async fn written_after_a_paper(app: &TestApp) -> Value {
    let sources = json!([
        { "key": "paper", "title": "A submission", "publisher": "The network", "kind": "report",
          "published_on": "2013-12", "url": "https://network.example/paper.pdf" },
        { "key": "later", "title": "A later paper", "kind": "report", "published_on": "2016", "url": "https://network.example/2016" }
    ]);
    let more = json!({
        "sources": sources, "status_as_at": "2013-12", "slug": "after",
        "participants": [{ "council": "york", "role": "co_lead" }]
    });
    let entered = app.admin().await.post("/v1/initiatives", &with(practice("Written after", "oldham"), more)).await;
    publish(&app.admin().await, &entered.expect(201)).await.json
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registry_is_the_author_after_the_source_with_its_date() {
    let app = TestApp::with_sample().await;
    written_after_a_paper(&app).await;
    let anyone = app.anonymous();
    let cited = |form: &'static str| {
        let anyone = &anyone;
        async move { anyone.get(&format!("/v1/initiatives/after/citation?format={form}")).await.expect(200) }
    };
    let after = "After A submission, The network, December 2013.";
    let status = "Status: Running, as of December 2013; not confirmed since.";

    let csl = cited("csl").await.json[0].clone();
    assert_eq!(csl["author"], json!([{ "literal": "CCIN registry" }]));
    assert_eq!((&csl["original-title"], &csl["original-publisher"]), (&json!("A submission"), &json!("The network")));
    assert_eq!(csl["original-date"], json!({ "date-parts": [[2013, 12]] }));
    let note = csl["note"].as_str().unwrap();
    assert!(note.contains(after) && note.contains(status), "{note}");

    let bibtex = cited("bibtex").await.text;
    for line in ["author = {{CCIN registry}}", "origtitle = {A submission}", "origdate = {2013-12}", after, status] {
        assert!(bibtex.contains(line), "{line}: {bibtex}");
    }
    let ris = cited("ris").await.text;
    assert_eq!(ris.matches("AU  - ").count(), 1);
    for line in ["AU  - CCIN registry\r\n".to_owned(), format!("OP  - {after}\r\n")] {
        assert!(ris.contains(&line), "{line}: {ris}");
    }

    let datacite = cited("datacite").await.json;
    assert_eq!(datacite["creators"], json!([{ "name": "CCIN registry", "nameType": "Organizational" }]));
    let contributors = datacite["contributors"].as_array().unwrap();
    let leads = contributors.iter().filter(|one| one["contributorType"] == "ProjectLeader");
    let leads: Vec<&Value> = leads.map(|one| &one["name"]).collect();
    assert_eq!(leads, ["Oldham Metropolitan Borough Council", "City of York Council"]);
    let related = datacite["relatedIdentifiers"].as_array().unwrap();
    let of = |relation: &str| related.iter().filter(|one| one["relationType"] == relation).count();
    assert_eq!((of("IsDerivedFrom"), of("References")), (1, 1), "{related:?}");

    let linked = accepting(&anyone, "/v1/initiatives/after", "application/ld+json").await.expect(200).json;
    assert_eq!(linked["author"][0]["name"], "CCIN registry");
    assert_eq!(
        (&linked["isBasedOn"]["name"], &linked["isBasedOn"]["datePublished"]),
        (&json!("A submission"), &json!("2013-12"))
    );
    assert_eq!(linked["contributor"][0]["name"], "Oldham Metropolitan Borough Council");
    assert!(linked["creditText"].as_str().unwrap().starts_with("CCIN registry ("), "{}", linked["creditText"]);

    let markdown = accepting(&anyone, "/v1/initiatives/after", "text/markdown").await.expect(200).text;
    assert!(markdown.contains("- **Status:** Running, as of December 2013; not confirmed since"), "{markdown}");
    assert!(markdown.contains(after), "{markdown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn once_its_council_has_edited_it_the_council_is_the_author() {
    let app = TestApp::with_sample().await;
    let record = written_after_a_paper(&app).await;
    let admin = app.admin().await;
    let held = admin.get("/v1/initiatives/after").await.expect(200);
    let draft = admin.post_if_match("/v1/initiatives/after/unpublish", held.etag()).await.expect(200);
    let editor = app.editor("oldham").await;
    let edited = editor.patch("/v1/initiatives/after", draft.etag(), &json!({ "title": "Our own words" })).await;
    publish(&admin, &edited.expect(200)).await;
    let cited = app.anonymous().get("/v1/initiatives/after/citation").await.expect(200).json[0].clone();
    let names = json!([{ "literal": record["lead_council"]["name"] }, { "literal": "City of York Council" }]);
    assert_eq!(cited["author"], names);
    assert!(cited.get("original-title").is_none() && !cited["note"].as_str().unwrap().contains("After "), "{cited}");
}

#[tokio::test(flavor = "multi_thread")]
async fn previews_feeds_and_frames_say_the_same_author_and_status() {
    let app = TestApp::with_sample().await;
    written_after_a_paper(&app).await;
    let anyone = app.anonymous();
    let status = "Status: Running, as of December 2013; not confirmed since.";
    let feed = anyone.get("/v1/changes.atom").await.expect(200).text;
    let entry = feed.split("<entry>").find(|entry| entry.contains("Written after")).expect("the entry");
    assert!(entry.contains(status) && entry.contains("<name>CCIN registry</name>"), "{entry}");
    let page = accepting(&anyone, "/initiatives/after", "text/html").await.expect(200).text;
    let head = page.split("<body").next().unwrap();
    assert!(head.contains(&format!("Entered to see who gets to know of it. {status}\"")), "{head}");
    let asked = format!("/oembed?url={}/initiatives/after", app.url);
    let frame = anyone.get(&asked).await.expect(200).json;
    assert_eq!((&frame["author_name"], &frame["author_url"]), (&json!("CCIN registry"), &json!(app.url)));
    for path in ["/v1/initiatives.csv?q=%22written+after%22", "/v1/initiatives.ndjson?q=%22written+after%22"] {
        let rows = anyone.get(path).await.expect(200).text;
        assert!(rows.contains("Running, as of December 2013; not confirmed since"), "{path}: {rows}");
    }
    let features = anyone.get("/ogc/collections/initiatives/items?limit=1000").await.expect(200).json;
    let features = features["features"].as_array().unwrap().iter().map(|one| &one["properties"]);
    let found = features.into_iter().find(|one| one["slug"] == "after").expect("a feature").clone();
    assert_eq!((&found["status_confirmation"], &found["status_as_at"]), (&json!("lapsed"), &json!("2013-12")));
}
