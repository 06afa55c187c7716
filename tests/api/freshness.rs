//! What a confirmation is worth today: the same word in every form of a record.

use std::collections::BTreeMap;

use ccin_registry::formats::web::assets;
use ccin_registry::read_model::load::{self, Step};
use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use diesel_async::SimpleAsyncConnection as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::practice::{path, practice};
use crate::support::{Client, TestApp};

const WORDS: [&str; 5] = ["fresh", "due", "stale", "lapsed", "unverified"];

/// Confirmations of many ages over the whole sample, and review dates on both sides of every turn.
pub const MANY: &str = "
    UPDATE initiatives SET
        verified_at = CASE abs(hashtext(slug)) % 7 WHEN 6 THEN NULL ELSE now() - interval '3 years' END,
        verified_method = CASE abs(hashtext(slug)) % 7 WHEN 6 THEN NULL ELSE 'document_checked' END,
        review_due_on = CASE abs(hashtext(title)) % 9
            WHEN 0 THEN current_date + 1
            WHEN 1 THEN current_date
            WHEN 2 THEN current_date - 90
            WHEN 3 THEN current_date - 95
            WHEN 4 THEN current_date - 364
            WHEN 5 THEN current_date - 367
            WHEN 6 THEN current_date - 2000
        END";

/// Since when a record needs a check, as the guide explains it. `None` for one that has ended.
pub fn needs_check_since(record: &Value) -> Option<NaiveDate> {
    let moment = |member: &str| record[member].as_str().map(|at| at.parse::<DateTime<Utc>>().unwrap().date_naive());
    let Some(verified) = moment("verified_at") else { return moment("published_at") };
    let period = match record["delivery_status"].as_str().unwrap() {
        "completed" | "stopped" => return None,
        "idea" => 6,
        _ => 12,
    };
    let written: Option<NaiveDate> = record["review_due_on"].as_str().map(|day| day.parse().unwrap());
    Some(written.filter(|day| *day > verified).unwrap_or(verified + Months::new(period)))
}

/// The freshness of a record as the guide explains it.
fn worked_out(record: &Value, today: NaiveDate) -> &'static str {
    if record["verified_at"].is_null() {
        return "unverified";
    }
    let Some(due) = needs_check_since(record) else { return "fresh" };
    match today {
        today if today < due => "fresh",
        today if today <= due + Months::new(3) => "due",
        today if today <= due + Months::new(12) => "stale",
        _ => "lapsed",
    }
}

/// The slug of a record.
pub fn slug(one: &Value) -> String {
    one["slug"].as_str().unwrap().to_owned()
}

/// All records of a list.
pub async fn whole(client: &Client, list: &str) -> Vec<Value> {
    client.there_and_back(list, |_| {}).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_a_record_says_the_same_freshness() {
    let app = TestApp::with_sample().await;
    app.sql(MANY).await;
    let (client, today) = (app.anonymous(), Utc::now().date_naive());
    let records = whole(&client, "/v1/initiatives?limit=200").await;
    let said: BTreeMap<String, String> =
        records.iter().map(|one| (slug(one), one["freshness"].as_str().unwrap().to_owned())).collect();
    assert_eq!(said.len(), 134);
    for record in &records {
        assert_eq!(record["freshness"], worked_out(record, today), "{record}");
    }
    let of = |word: &str| -> Vec<&String> {
        said.iter().filter(|(_, freshness)| *freshness == word).map(|(slug, _)| slug).collect()
    };
    let check = |form: &str, pairs: Vec<(String, String)>| {
        assert!(!pairs.is_empty(), "{form}");
        for (slug, freshness) in pairs {
            assert_eq!(said[&slug], freshness, "{form}: {slug}");
        }
    };
    let counts = client.get("/v1/initiatives/facets").await.expect(200).json;
    let mut counted = Vec::new();
    for word in WORDS {
        assert!(!of(word).is_empty(), "the sample has no {word} record");
        let mut listed: Vec<String> =
            whole(&client, &format!("/v1/initiatives?freshness={word}&limit=50")).await.iter().map(slug).collect();
        listed.sort_unstable();
        assert_eq!(listed.iter().collect::<Vec<_>>(), of(word), "{word}");
        let map = client.get(&format!("/v1/map/initiatives?freshness={word}")).await.expect(200).json;
        assert_eq!(map["total"], of(word).len(), "{word}");
        counted.push(json!({ "value": word, "label": label(word), "initiatives": of(word).len() }));
    }
    // In the order of the words, whatever their numbers.
    assert_eq!(counts["facets"]["freshness"], json!(counted));
    let chosen = client.get("/v1/initiatives/facets?freshness=stale&freshness=lapsed").await.expect(200).json;
    assert_eq!(chosen["total"], of("stale").len() + of("lapsed").len());
    assert_eq!(chosen["facets"]["freshness"], json!(counted), "a facet ignores its own filter");

    let map = client.get("/v1/map/initiatives").await.expect(200).json;
    let of_features = |features: &Value| -> Vec<(String, String)> {
        let properties = features["features"].as_array().unwrap().iter().map(|one| &one["properties"]);
        properties.map(|one| (slug(one), one["freshness"].as_str().unwrap().to_owned())).collect()
    };
    check("map", of_features(&map));
    let ogc = client.get("/ogc/collections/initiatives/items?limit=1000").await.expect(200).json;
    check("OGC", of_features(&ogc));
    let late = client.get("/ogc/collections/initiatives/items?limit=1000&freshness=lapsed").await.expect(200).json;
    assert!(of_features(&late).iter().all(|(_, freshness)| freshness == "lapsed"));

    let csv = client.get("/v1/initiatives.csv?fields=slug,freshness").await.expect(200);
    let rows: Vec<(String, String)> =
        csv.text.lines().skip(1).filter_map(|row| row.split_once(',')).map(|(a, b)| (a.into(), b.into())).collect();
    assert_eq!(rows.len(), said.len());
    check("CSV", rows);
    let lines = client.get("/v1/initiatives.ndjson?fields=slug,freshness").await.expect(200);
    let rows = lines.text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    check("NDJSON", rows.map(|one| (slug(&one), one["freshness"].as_str().unwrap().to_owned())).collect());
}

fn label(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_codebook_explains_every_word_of_freshness() {
    let app = TestApp::with_sample().await;
    let package = app.anonymous().get("/v1/datapackage.json").await.expect(200).json;
    let tables = package["resources"].as_array().unwrap();
    let initiatives = tables.iter().find(|one| one["name"] == "initiatives").expect("initiatives");
    let fields = initiatives["schema"]["fields"].as_array().unwrap();
    let field = fields.iter().find(|one| one["name"] == "freshness").expect("freshness");
    assert_eq!(field["constraints"]["enum"], json!(WORDS));
    assert!(field.to_string().contains("overdue by more than 3 months"), "{field}");
    assert!(fields.iter().any(|one| one["name"] == "freshness_text"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_word_is_refused_and_the_new_ones_are_named() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for list in ["/v1/initiatives", "/v1/initiatives/facets", "/v1/outcomes", "/v1/map/initiatives"] {
        let refused = client.get(&format!("{list}?freshness=verified")).await.expect_problem(400, "bad_query");
        assert_eq!(refused.faults(), [("freshness".into(), "not_allowed".into())]);
        let detail = refused.json["errors"][0]["detail"].as_str().unwrap();
        // Not "did you mean unverified?", which is the opposite.
        assert_eq!(detail, "is not one of fresh, due, stale, lapsed, unverified");
    }
    let typo = client.get("/v1/initiatives?freshness=staale").await.expect_problem(400, "bad_query");
    assert!(typo.text.contains("did you mean stale?"), "{}", typo.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn freshness_is_not_written_into_a_body() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/initiatives", &practice("Mending bicycles", "oldham")).await.expect(201);
    let copied = json!({ "freshness": "fresh", "freshness_text": "Confirmed" });
    let refused = admin.patch(&path(&made), made.etag(), &copied).await.expect_problem(422, "invalid");
    let mut faults = refused.faults();
    faults.sort_unstable();
    let read_only = |member: &str| (member.to_owned(), "read_only".to_owned());
    assert_eq!(faults, [read_only("/freshness"), read_only("/freshness_text")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_new_day_a_record_is_read_again_if_its_freshness_turns() {
    let app = TestApp::with_sample().await;
    app.sql(
        "UPDATE initiatives SET verified_at = now() - interval '11 months', review_due_on = CASE slug
             WHEN 'get-oldham-working' THEN current_date
             WHEN 'york-libraries-and-archives' THEN current_date + 10
         END
         WHERE slug IN ('get-oldham-working', 'york-libraries-and-archives')",
    )
    .await;
    let mut yesterday = (*app.read_model.snapshot().unwrap()).clone();
    let today = yesterday.day;
    let [oldham, york] =
        ["get-oldham-working", "york-libraries-and-archives"].map(|slug| yesterday.initiative_id(slug).unwrap());
    let turns = |from: NaiveDate, to: NaiveDate| {
        let mut then = yesterday.clone();
        then.day = from;
        let turned = then.turned_until(to);
        [oldham, york].map(|id| then.initiatives(&turned).any(|one| one.id == id))
    };
    // The review of one is due from today: it turned last midnight. The other one turns in ten days.
    let before = today.pred_opt().unwrap();
    assert_eq!(turns(today, today), [false, false]);
    assert_eq!(turns(before, today), [true, false]);
    assert_eq!(turns(today + Days::new(9), today + Days::new(10)), [false, true]);
    for months in [3, 12] {
        let last = today + Months::new(months);
        assert_eq!(turns(last, last.succ_opt().unwrap()), [true, false], "{months} months overdue");
    }
    // Nothing in the feed of changes tells of it: only the turn of the day makes the registry look.
    let mut conn = app.db.get().await.unwrap();
    let silently = "BEGIN; SET LOCAL session_replication_role = replica;
         UPDATE initiatives SET review_due_on = current_date - 200
             WHERE slug IN ('get-oldham-working', 'york-libraries-and-archives'); COMMIT";
    conn.batch_execute(silently).await.unwrap();
    yesterday.day = before;
    let Step::Next(next) = load::catch_up(&mut conn, &yesterday).await.unwrap() else { panic!("a new day") };
    assert_eq!((next.day, next.position), (today, yesterday.position));
    let says =
        |id, word: &str| next.initiative_of(id).unwrap().json.text().contains(&format!(r#""freshness":"{word}""#));
    assert!(says(oldham, "stale"));
    assert!(says(york, "fresh"), "it is not read again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_says_in_words_whether_it_is_still_fresh() {
    let app = TestApp::with_sample().await;
    app.sql(
        "UPDATE initiatives SET verified_at = '2020-03-02T12:00:00Z', verified_method = 'owner_confirmed',
             review_due_on = '2021-03-02', delivery_status = 'live' WHERE slug = 'get-oldham-working'",
    )
    .await;
    let client = app.anonymous();
    let words = "Confirmed by the council on 2 March 2020; review overdue for more than a year, since 2 March 2021";
    let record = client.get("/v1/initiatives/get-oldham-working").await.expect(200);
    assert_eq!(record.json["freshness_text"], words);
    let page = client.get("/initiatives/get-oldham-working").await.expect(200);
    assert!(page.text.contains(&format!("<p class=\"freshness lapsed\">{words}</p>")), "{}", page.text);
    let markdown = client.request(Method::GET, "/v1/initiatives/get-oldham-working").header("Accept", "text/markdown");
    let markdown = send(markdown).await.expect(200);
    assert!(markdown.text.contains(&format!("- **Checked:** {words}")), "{}", markdown.text);
    let csv = client.get("/v1/initiatives.csv?q=get+oldham+working&fields=freshness_text").await.expect(200);
    assert!(csv.text.contains(words), "{}", csv.text);
    if assets::shell().is_ok() {
        let list = client.request(Method::GET, "/?freshness=lapsed").header("Accept", "text/html");
        let list = send(list).await.expect(200);
        for said in ["Review: Review overdue by a year", "Get Oldham Working", ">Not yet confirmed</span>"] {
            assert!(list.text.contains(said), "{said}: {}", list.text);
        }
    }
}
