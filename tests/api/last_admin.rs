//! The registry is never without a network admin.

use ccin_registry::access::role::Role;
use diesel_async::SimpleAsyncConnection;
use serde_json::json;

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn the_last_active_admin_stays() {
    let app = TestApp::empty().await;
    let (id, _) = app.user(Role::NetworkAdmin, None).await;
    let admin = app.with_token(&app.token(id).await);
    let (other, _) = app.user(Role::NetworkAdmin, None).await;
    let (own, others) = (format!("/v1/users/{id}"), format!("/v1/users/{other}"));
    let away = [json!({ "status": "disabled" }), json!({ "role": "moderator" })];

    // Of two, one may go; who is disabled does not count as an admin any more.
    let gone = admin.get(&others).await.expect(200);
    admin.patch(&others, gone.etag(), &away[0]).await.expect(200);
    let last = admin.get(&own).await.expect(200);
    for patch in &away {
        admin.patch(&own, last.etag(), patch).await.expect_problem(409, "conflict");
        let mut put = json!({ "email": last.json["email"], "role": "network_admin" });
        put.as_object_mut().unwrap().extend(patch.as_object().unwrap().clone());
        admin.put(&own, last.etag(), &put).await.expect_problem(409, "conflict");
    }
    let named = admin.patch(&own, last.etag(), &json!({ "name": "The last" })).await.expect(200);
    let (third, _) = app.user(Role::NetworkAdmin, None).await;
    admin.patch(&own, named.etag(), &away[1]).await.expect(200);
    let third = app.with_token(&app.token(third).await);
    assert_eq!(third.get("/v1/users?role=network_admin&status=active").await.expect(200).json["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_admins_who_demote_each_other_at_once_one_stays() {
    let app = TestApp::empty().await;
    let mut holding = app.db.get().await.unwrap();
    let mut admins = Vec::new();
    for _ in 0..2 {
        let (id, _) = app.user(Role::NetworkAdmin, None).await;
        admins.push((app.with_token(&app.token(id).await), format!("/v1/users/{id}")));
    }
    // Both have looked about before either may write.
    holding.batch_execute("BEGIN; SELECT 1 FROM users FOR UPDATE").await.unwrap();
    let demote = |by: usize, whom: usize| {
        let (client, path) = (admins[by].0.clone(), admins[whom].1.clone());
        tokio::spawn(async move { client.patch(&path, "\"1\"", &json!({ "role": "member_viewer" })).await })
    };
    let (first, second) = (demote(0, 1), demote(1, 0));
    app.until_waiting(2, || first.is_finished() || second.is_finished()).await;
    holding.batch_execute("COMMIT").await.unwrap();
    let mut statuses = [first.await.unwrap().status.as_u16(), second.await.unwrap().status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    drop(holding);
    let moderator = app.moderator().await;
    assert_eq!(moderator.get("/v1/users?role=network_admin").await.expect(200).json["total"], 1);
}
