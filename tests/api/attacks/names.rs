//! Names that hide a record, or that look like another's.

use serde_json::json;

use crate::support::TestApp;
use crate::support::practice::{practice, with};

/// The last segments of addresses beside those of records, from the document.
async fn taken(app: &TestApp, list: &str) -> Vec<String> {
    let document = app.anonymous().get("/openapi.json").await.expect(200).json;
    let below = format!("/v1/{list}/");
    let paths = document["paths"].as_object().unwrap().keys();
    let rests = paths.filter_map(|path| path.strip_prefix(&below).map(str::to_owned));
    rests.filter(|rest| !rest.contains(['/', '{', '.'])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_record_takes_the_address_of_an_operation() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let words = taken(&app, "initiatives").await;
    assert!(words.contains(&"facets".to_owned()), "{words:?}");
    for word in words {
        let wished = with(practice("A library of things", "oldham"), json!({ "slug": word }));
        let refused = admin.post("/v1/initiatives", &wished).await.expect_problem(409, "conflict");
        assert_eq!(refused.faults(), [("/slug".into(), "reserved".into())]);
        let made = admin.post("/v1/initiatives", &practice(&word, "oldham")).await.expect(201);
        assert_eq!(made.json["slug"], format!("{word}-2"));
    }
    assert_eq!(taken(&app, "councils").await, [""; 0], "each would have to be reserved");
    assert_eq!(taken(&app, "themes").await, [""; 0], "each would have to be reserved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_has_no_characters_that_nobody_sees() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for hidden in ["\u{200b}", "\u{202e}", "\u{2066}", "\u{ad}", "\u{feff}", "\u{200d}", "\u{3164}"] {
        for title in [format!("A li{hidden}brary"), format!("{hidden}A library"), format!("A library{hidden}")] {
            let refused =
                admin.post("/v1/initiatives", &practice(&title, "oldham")).await.expect_problem(422, "invalid");
            assert_eq!(refused.faults(), [("/title".into(), "malformed".into())], "{title:?}");
            assert!(refused.text.contains("an invisible character"), "{}", refused.text);
        }
    }
    let welsh = practice("Tŷ’r Bobl – a “house” for all, £5", "oldham");
    admin.post("/v1/initiatives", &welsh).await.expect(201);
}
