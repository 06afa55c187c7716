//! What somebody with the database alone can do to the trail, as its superuser, and what is found of it.

use ccin_registry::audit::chain::{EventRow, Head};
use ccin_registry::audit::verify::Finding::*;
use ccin_registry::audit::verify::{Finding, verify};
use ccin_registry::db::schema::{audit_events, audit_head};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use sha2::{Digest, Sha256};

use super::{own_keys, verified};
use crate::support::TestApp;

const UNLOCK: &str = "ALTER TABLE audit_events DISABLE TRIGGER ALL; ALTER TABLE audit_head DISABLE TRIGGER ALL;";
const SET_HEAD: &str =
    "UPDATE audit_head h SET sequence = e.sequence, hash = e.hash FROM audit_events e WHERE e.sequence = 5;";

/// A registry with six events.
async fn with_six() -> TestApp {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    for _ in 0..6 {
        admin.get("/v1/users").await.expect(200);
    }
    app
}

/// What is found after these statements, which are then taken back.
async fn found_after(app: &TestApp, statements: &str) -> Vec<Finding> {
    let mut conn = app.db.get().await.unwrap();
    conn.batch_execute(&format!("BEGIN; {UNLOCK} {statements}")).await.expect(statements);
    let report = verify(&mut conn, &own_keys(app), None).await.unwrap();
    conn.batch_execute("ROLLBACK").await.unwrap();
    report.findings
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_altered_missing_moved_or_put_in_is_found_and_named() {
    let app = with_six().await;
    let copy = "id, sequence, created_at, origin, actor_id, session_id, key_id, address, action, resource, record_id,
        record_name, council_id, version_before, version_after, request_id, head_digest, previous_hash, hash, sealed_with, seal";
    let insert = format!(
        "INSERT INTO audit_events ({copy}) SELECT {} FROM audit_events WHERE sequence = 6;",
        copy.replacen("id, sequence", "gen_random_uuid(), 7", 1)
    );
    let swap = "UPDATE audit_events SET sequence = 99 WHERE sequence = 3;
        UPDATE audit_events SET sequence = 3 WHERE sequence = 4; UPDATE audit_events SET sequence = 4 WHERE sequence = 99;";
    let cases: [(&str, Vec<Finding>); 14] = [
        ("", vec![]),
        ("UPDATE audit_events SET action = 'user.read' WHERE sequence = 3;", vec![Altered(3)]),
        ("UPDATE audit_events SET actor_id = NULL WHERE sequence = 6;", vec![Altered(6)]),
        (
            "UPDATE audit_events SET created_at = created_at - interval '1 microsecond' WHERE sequence = 1;",
            vec![Altered(1)],
        ),
        ("UPDATE audit_events SET head_digest = NULL WHERE sequence = 2;", vec![Altered(2), CutBefore(2)]),
        ("DELETE FROM audit_events WHERE sequence = 3;", vec![Missing(3, 3)]),
        ("DELETE FROM audit_events WHERE sequence < 3;", vec![Missing(1, 2)]),
        ("DELETE FROM audit_events WHERE sequence > 4;", vec![Missing(5, 6)]),
        ("DELETE FROM audit_events;", vec![Missing(1, 6)]),
        (swap, vec![Unlinked(3), Moved(3, 4), Unlinked(4), Moved(4, 3), Unlinked(5)]),
        (&insert, vec![Unlinked(7), Altered(7), Beyond(7)]),
        ("DELETE FROM audit_head;", vec![HeadMissing]),
        (&format!("DELETE FROM audit_events WHERE sequence = 6; {SET_HEAD}"), vec![HeadAltered]),
        // The seal of the event itself is no seal of an end.
        (
            &format!(
                "DELETE FROM audit_events WHERE sequence = 6; {SET_HEAD}
                 UPDATE audit_head SET seal = (SELECT seal FROM audit_events WHERE sequence = 5);"
            ),
            vec![HeadAltered],
        ),
    ];
    for (statements, expected) in cases {
        assert_eq!(found_after(&app, statements).await, expected, "{statements}");
    }
    for (finding, words) in [
        (Missing(3, 3), "event 3 is missing"),
        (Missing(1, 2), "events 1 to 2 are missing"),
        (Altered(3), "event 3 was altered"),
        (Moved(3, 4), "event 3 was moved: it was event 4"),
    ] {
        assert_eq!(finding.to_string(), words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hashes_that_are_worked_out_anew_do_not_help() {
    let app = with_six().await;
    let mut conn = app.db.get().await.unwrap();
    conn.batch_execute(&format!("BEGIN; {UNLOCK}")).await.unwrap();
    let events = audit_events::table.order(audit_events::sequence).select(EventRow::as_select());
    let mut events: Vec<EventRow> = events.load(&mut conn).await.unwrap();
    events[2].action = "user.read".into();
    let mut previous = events[1].hash.clone();
    for event in &mut events[2..] {
        event.previous_hash = previous;
        event.hash = event.hash_at(event.sequence);
        event.seal = Sha256::digest(&event.hash).to_vec();
        previous = event.hash.clone();
    }
    diesel::delete(audit_events::table).execute(&mut conn).await.unwrap();
    for event in &events {
        diesel::insert_into(audit_events::table).values(event.clone()).execute(&mut conn).await.unwrap();
    }
    diesel::update(audit_head::table).set(audit_head::hash.eq(&previous)).execute(&mut conn).await.unwrap();
    let found = verify(&mut conn, &own_keys(&app), None).await.unwrap().findings;
    assert_eq!(found, [Forged(3), Forged(4), Forged(5), Forged(6), HeadAltered]);
    conn.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(verified(&app, None).await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cut_off_is_still_found_when_the_service_has_gone_on() {
    let app = with_six().await;
    app.sql(&format!("{UNLOCK} DELETE FROM audit_events WHERE sequence = 6; {SET_HEAD}")).await;
    let admin = app.admin().await;
    admin.get("/v1/users").await.expect(200);
    admin.get("/v1/users").await.expect(200);
    assert_eq!(verified(&app, None).await.findings, [CutBefore(6)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_state_of_the_whole_trail_is_found_by_what_was_noted_elsewhere() {
    let app = with_six().await;
    let mut conn = app.db.get().await.unwrap();
    let head = read_head(&mut conn).await;
    let early = verified(&app, None).await.end;
    let admin = app.admin().await;
    admin.get("/v1/users").await.expect(200);
    let late = verified(&app, None).await.end;
    // What a network admin sees of the chain is what is noted.
    let newest = admin.get("/v1/audit?limit=1").await.expect(200).json["data"][0]["chain"].clone();
    assert_eq!((newest["sequence"].as_i64(), newest["hash"].as_str()), (Some(7), Some(&*late.hash)));
    for anchor in [&early, &late] {
        assert_eq!(verified(&app, Some(anchor)).await.findings, []);
    }

    app.sql(&format!("{UNLOCK} DELETE FROM audit_events WHERE sequence = 7")).await;
    diesel::update(audit_head::table).set(head).execute(&mut conn).await.unwrap();
    assert_eq!(verified(&app, None).await.findings, [], "within the database nothing tells");
    assert_eq!(verified(&app, Some(&early)).await.findings, []);
    assert_eq!(verified(&app, Some(&late)).await.findings, [AnchorLost(7)]);
}

async fn read_head(conn: &mut AsyncPgConnection) -> Head {
    audit_head::table.select(Head::as_select()).first(conn).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_refuse_to_change_or_remove_what_was_recorded() {
    let app = with_six().await;
    let mut conn = app.db.get().await.unwrap();
    for statement in [
        "UPDATE audit_events SET actor_id = NULL",
        "DELETE FROM audit_events WHERE sequence = 6",
        "TRUNCATE audit_events",
        "DELETE FROM audit_head",
        "TRUNCATE audit_head",
    ] {
        let refused = conn.batch_execute(statement).await.unwrap_err().to_string();
        assert!(refused.contains(" refuses "), "{statement}: {refused}");
    }
    conn.batch_execute("INSERT INTO audit_head (sequence, hash) VALUES (0, '')").await.unwrap_err();
}
