//! Changes that many records hang on, and several changes in one transaction.

use serde_json::json;
use tokio_postgres::Client;

use super::reader::{Reader, assert_same, fresh};
use crate::support::TestApp;
use crate::support::many::enter_many;
use crate::support::practice::{practice, publish, with};
use crate::support::records::{council, theme};
use crate::support::scratch::connect;

async fn number(client: &Client, query: &str) -> i64 {
    client.query_one(query, &[]).await.expect(query).get(0)
}

/// How many places were given out so far.
async fn places(client: &Client) -> i64 {
    number(client, "SELECT last_value FROM change_positions").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_and_a_rename_cost_one_row_for_each_record_that_shows_it() {
    let app = TestApp::with_sample().await;
    let (admin, client) = (app.admin().await, connect(&app.database.url).await);
    let mut beyond = Vec::new();
    for count in [100, 300] {
        let (from, into, lead) = (format!("From {count}"), format!("Into {count}"), format!("Lead {count}"));
        let from = admin.post("/v1/themes", &theme(&from)).await.expect(201);
        admin.post("/v1/themes", &theme(&into)).await.expect(201);
        let lead = admin.post("/v1/councils", &council(&lead)).await.expect(201);
        let slug = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        enter_many(&app, count, &slug(from.header("location")), &slug(lead.header("location"))).await;
        let own = format!(
            "resource = 'initiative' AND record_id IN (SELECT id FROM initiatives WHERE slug LIKE 'of-{count}-%')"
        );
        let rows = format!("SELECT count(*) FROM changes WHERE {own}");

        let before = places(&client).await;
        let target = json!({ "into": format!("into-{count}") });
        admin.post(&format!("{}/merge", from.header("location")), &target).await.expect(200);
        let merged = places(&client).await;
        admin.patch(lead.header("location"), lead.etag(), &json!({ "name": "Renamed" })).await.expect(200);
        let renamed = places(&client).await;
        beyond.push((merged - before - count, renamed - merged - count));
        assert_eq!(number(&client, &rows).await, count);
        let latest = format!("{rows} AND position > {merged}");
        assert_eq!(number(&client, &latest).await, count, "the older rows were dropped");
        let versions = format!("SELECT count(*) FROM initiatives WHERE slug LIKE 'of-{count}-%' AND version = 2");
        assert_eq!(number(&client, &versions).await, count, "a merge is one change of each");
    }
    // The themes or the council, and a place that marks the beginning: however many initiatives there are.
    assert_eq!(beyond[0], beyond[1]);
    assert!(beyond[0].0 <= 5 && beyond[0].1 <= 2, "{beyond:?}");
    assert_eq!(number(&client, "SELECT count(*) FROM pending_changes").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn states_within_a_transaction_are_no_changes() {
    let app = TestApp::with_sample().await;
    let (admin, moderator) = (app.admin().await, app.moderator().await);
    let hidden = with(practice("Never shown", "york"), json!({ "visibility": "private" }));
    let hidden = publish(&moderator, &admin.post("/v1/initiatives", &hidden).await.expect(201)).await;
    let mut reader = Reader::new(&app, app.anonymous());
    reader.finish().await;
    let before = reader.peek().await;
    let id = hidden.json["id"].as_str().unwrap();
    let set = |change: &str| format!("UPDATE initiatives SET {change} WHERE id = '{id}';");
    for statements in [
        [set("visibility = 'public'"), set("visibility = 'private'")].concat(),
        [set("lead_council_id = NULL"), set("visibility = 'public'"), set("visibility = 'officers'")].concat(),
        // A draft that comes and goes, and statements that find nothing.
        "INSERT INTO initiatives (id, slug, title, summary, kind, delivery_status, state) VALUES
         (gen_random_uuid(), 'comes-and-goes', 'Comes and goes', 'A summary of twenty letters', 'idea', 'idea', 'published');
         DELETE FROM initiatives WHERE slug = 'comes-and-goes';"
            .into(),
        "UPDATE initiatives SET title = title WHERE false; DELETE FROM themes WHERE false;
         INSERT INTO councils SELECT * FROM councils WHERE false;"
            .into(),
    ] {
        app.sql(&format!("BEGIN; {statements} COMMIT")).await;
        assert_eq!(reader.peek().await, before, "{statements}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_state_and_the_last_say_who_is_told() {
    let app = TestApp::with_sample().await;
    let (admin, anonymous) = (app.admin().await, app.anonymous());
    let parent =
        publish(&app.moderator().await, &admin.post("/v1/initiatives", &practice("Bundle", "york")).await).await;
    let part = with(practice("Component", "oldham"), json!({ "parent": parent.json["slug"] }));
    let part = publish(&app.moderator().await, &admin.post("/v1/initiatives", &part).await.expect(201)).await;
    let id = |answer: &crate::support::Answer| format!("'{}'", answer.json["id"].as_str().unwrap());
    let (parent, part) = (id(&parent), id(&part));
    let mut reader = Reader::new(&app, anonymous.clone());
    reader.finish().await;
    for statements in [
        // Renamed, then hidden: whoever saw it has to hear of it.
        format!(
            "UPDATE initiatives SET title = 'Other title' WHERE id = {part}; UPDATE initiatives SET visibility = 'private' WHERE id = {part};"
        ),
        format!(
            "UPDATE initiatives SET visibility = 'public' WHERE id = {part}; UPDATE initiatives SET title = 'Shown' WHERE id = {part};"
        ),
        // Both in one statement, and the component once more by its parent.
        format!("UPDATE initiatives SET visibility = 'members' WHERE id IN ({parent}, {part});"),
        format!("UPDATE initiatives SET visibility = 'public' WHERE id IN ({parent}, {part});"),
        format!("UPDATE initiatives SET visibility = 'private' WHERE id = {parent};"),
        format!(
            "UPDATE initiatives SET visibility = 'public' WHERE id = {parent}; SET CONSTRAINTS ALL IMMEDIATE;
                 UPDATE initiatives SET title = 'Once more' WHERE id = {parent}; SAVEPOINT one;
                 UPDATE initiatives SET visibility = 'private' WHERE id = {part}; ROLLBACK TO one;"
        ),
    ] {
        app.sql(&format!("BEGIN; {statements} COMMIT")).await;
        reader.finish().await;
        assert_same(&reader.copy, &fresh(&anonymous).await, &statements);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn boundaries_are_one_row_that_no_feed_shows() {
    let app = TestApp::with_sample().await;
    let (anonymous, client) = (app.anonymous(), connect(&app.database.url).await);
    let shown = async || {
        let page = anonymous.get("/v1/changes?limit=1000").await.expect(200);
        (page.text, anonymous.get("/v1/changes.atom").await.expect(200).text)
    };
    let before = shown().await;
    let rows = "SELECT count(*) FROM changes WHERE resource = 'boundary' AND record_id = '00000000-0000-0000-0000-000000000000'
                AND audience = 1";
    let boundary = "INSERT INTO boundaries (gss_code, name, west, south, east, north, attribution, digest)
                    VALUES ('E08000004', 'Oldham', 0, 50, 1, 51, 'x', 'x');
                    INSERT INTO boundary_shapes SELECT 'E08000004', zoom, '{}' FROM generate_series(0, 9) zoom;";
    let county = "INSERT INTO county_districts VALUES ('E07000001', 'E10000001')";
    let mut last = 0;
    for change in
        [boundary, county, "UPDATE boundaries SET name = 'O'", "DELETE FROM boundaries", "DELETE FROM county_districts"]
    {
        let given = places(&client).await;
        app.sql(&format!("BEGIN; {change}; COMMIT")).await;
        assert_eq!((number(&client, rows).await, places(&client).await), (1, given + 1), "{change}");
        let position = number(&client, "SELECT max(position) FROM changes WHERE resource = 'boundary'").await;
        assert!(position > last, "{change}");
        last = position;
    }
    app.sql("DELETE FROM boundaries").await;
    assert_eq!(
        number(&client, "SELECT max(position) FROM changes WHERE resource = 'boundary'").await,
        last,
        "nothing changed"
    );
    assert_eq!(shown().await, before);
}
