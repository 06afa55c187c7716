//! Many writers, and writes that are rolled back: the chain has neither gaps nor branches.

use ccin_registry::access::keys::Keys;
use ccin_registry::access::role::Role;
use ccin_registry::audit::action::{Action, RecordKind};
use ccin_registry::audit::store::record;
use ccin_registry::audit::subject::{Actor, Subject};
use ccin_registry::audit::verify::{Finding, verify};
use ccin_registry::error::ApiError;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use futures_util::future::join_all;
use serde_json::json;

use super::{count, own_keys, verified};
use crate::support::database::scratch;
use crate::support::records::theme;
use crate::support::{PASSWORD, TestApp};

/// Leave an event as the command line does.
async fn leave(conn: &mut AsyncPgConnection, keys: &Keys) -> Result<(), ApiError> {
    record(conn, keys, &Actor::COMMAND_LINE, Action::SampleLoad, Subject::all(RecordKind::Registry)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_writers_at_once_leave_an_unbroken_chain() {
    let app = TestApp::with_sample().await;
    let (admin, (user, email)) = (app.admin().await, app.user(Role::NetworkAdmin, None).await);
    // Writes that lock the same rows in different ways, reads, sign-ins, and writes that fail late.
    let (path, credentials) = (format!("/v1/users/{user}"), json!({ "email": email, "password": PASSWORD }));
    for round in 0..4 {
        let writers = join_all((0..10).map(|n| {
            let (app, admin, path, credentials) = (&app, &admin, &path, &credentials);
            async move {
                match n % 5 {
                    0 => admin.post("/v1/themes", &theme(&format!("Theme {round} {n}"))).await.expect(201),
                    1 => admin.get(path).await.expect(200),
                    2 => app.anonymous().post("/v1/auth/login", credentials).await.expect(200),
                    3 => {
                        let etag = admin.get(path).await.expect(200).etag().to_owned();
                        admin.patch(path, &etag, &json!({ "name": format!("{round} {n}") })).await
                    }
                    _ => {
                        admin
                            .post("/v1/themes", &json!({ "label": "Homes", "slug": "housing", "definition": "x" }))
                            .await
                    }
                }
            }
        }));
        for (n, answer) in writers.await.into_iter().enumerate() {
            let allowed: &[u16] = match n % 5 {
                3 => &[200, 412],
                4 => &[409],
                _ => &[200, 201],
            };
            assert!(allowed.contains(&answer.status.as_u16()), "{n}: {}", answer.text);
        }
    }
    let report = verified(&app, None).await;
    assert_eq!(report.findings, []);
    assert!(report.events >= 36, "{} events", report.events);
    assert_eq!(report.end.sequence, i64::try_from(report.events).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rolled_back_leaves_neither_an_event_nor_a_gap() {
    let app = TestApp::empty().await;
    let mut conn = app.db.get().await.unwrap();
    for round in 1..=3 {
        let given_up = conn.transaction(async |conn| {
            leave(conn, &app.keys).await?;
            Err::<(), _>(ApiError::conflict("given up"))
        });
        given_up.await.unwrap_err();
        conn.transaction(async |conn| leave(conn, &app.keys).await).await.unwrap();
        assert_eq!(count(&mut conn).await, round);
    }
    let report = verified(&app, None).await;
    assert_eq!((report.events, report.end.sequence, report.findings), (3, 3, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_former_key_need_that_key() {
    let app = TestApp::empty().await;
    let mut conn = app.db.get().await.unwrap();
    let former = Keys::load(None, &scratch().join("another-service")).expect("keys");
    leave(&mut conn, &former).await.unwrap();
    leave(&mut conn, &former).await.unwrap();
    let found = verified(&app, None).await.findings;
    let kid = former.kid.clone();
    let unknown = |event| Finding::UnknownKey(event, kid.clone());
    assert_eq!(found, [unknown(1), unknown(2), Finding::HeadOfUnknownKey(kid.clone())]);
    leave(&mut conn, &app.keys).await.unwrap();
    leave(&mut conn, &app.keys).await.unwrap();
    assert_eq!(verified(&app, None).await.findings, [unknown(1), unknown(2)]);
    let mut keys = own_keys(&app);
    keys.push(former);
    assert_eq!(verify(&mut conn, &keys, None).await.unwrap().findings, []);
    // What was cut off when the key was changed is found as well.
    leave(&mut conn, &keys[1]).await.unwrap();
    let cut = "ALTER TABLE audit_events DISABLE TRIGGER ALL; DELETE FROM audit_events WHERE sequence > 2;
        UPDATE audit_head h SET sequence = e.sequence, hash = e.hash FROM audit_events e WHERE e.sequence = 2;";
    app.sql(cut).await;
    leave(&mut conn, &app.keys).await.unwrap();
    assert_eq!(verify(&mut conn, &keys, None).await.unwrap().findings, [Finding::CutBefore(3)]);
}
