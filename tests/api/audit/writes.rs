//! Every write of the document, carried out once, and the events that it leaves.

mod due;
mod reviews;

use std::collections::BTreeSet;

use ccin_registry::access::role::Role;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{count, events_of, verified};
use crate::support::client::send;
use crate::support::records::{council, initiative, organisation, theme, whole_membership};
use crate::support::{Answer, Client, PASSWORD, TestApp};

/// What reads contacts.
const CONTACTS: [&str; 5] = ["find_user", "list_users", "find_key_request", "list_key_requests", "list_letters"];

/// What an event says: action, kind of record, versions before and after.
type Told = (&'static str, &'static str, Option<i64>, Option<i64>);

/// Somebody who writes, and what has been written.
struct Walk {
    app: TestApp,
    user: Uuid,
    email: String,
    admin: Client,
    done: BTreeSet<&'static str>,
}

impl Walk {
    async fn new() -> Self {
        let app = TestApp::with_sample().await;
        let (user, email) = app.user(Role::NetworkAdmin, None).await;
        let admin = app.with_token(&app.token(user).await);
        Self { app, user, email, admin, done: BTreeSet::new() }
    }

    /// The operation was answered so and has left these events, the first about this record.
    async fn left(&mut self, operation: &'static str, answer: &Answer, record: &Value, told: &[Told]) {
        let admin = json!(self.user);
        self.left_by(&admin, operation, answer, record, told).await;
    }

    /// The same by this user, or with null by somebody who is not signed in.
    async fn left_by(
        &mut self,
        actor: &Value,
        operation: &'static str,
        answer: &Answer,
        record: &Value,
        told: &[Told],
    ) {
        assert!(answer.status.is_success(), "{operation}: {}", answer.text);
        let events = events_of(&self.admin, answer).await;
        let found: Vec<_> = events
            .iter()
            .map(|event| {
                (&event["action"], &event["record"]["resource"], &event["version_before"], &event["version_after"])
            })
            .map(|(action, kind, before, after)| {
                (action.as_str().unwrap(), kind.as_str().unwrap(), before.as_i64(), after.as_i64())
            })
            .collect();
        assert_eq!(found, told, "{operation}");
        for event in &events {
            let is_by_link = operation == "answer_due_link";
            assert_eq!(event["origin"], if is_by_link { "one_time_link" } else { "request" }, "{operation}");
            assert_eq!(&event["actor"]["id"], actor, "{operation}");
            assert!(
                event["session"].is_string() == (actor.is_string() && !is_by_link) && event["key"].is_null(),
                "{operation}: {event}"
            );
            assert_eq!(event["address"], "127.0.0.1", "{operation}");
            assert_eq!(event["request_id"], answer.header("x-request-id"), "{operation}");
            // Nothing of a body, an answer or a contact.
            for secret in [PASSWORD, "@", "ccin_"] {
                assert!(!event.to_string().contains(secret), "{operation}: {event}");
            }
        }
        let about = &events[0]["record"];
        match record["id"].is_string() {
            true => assert_eq!((&about["id"], &about["slug"]), (&record["id"], &record["slug"]), "{operation}"),
            false => assert_eq!(about["slug"], Value::Null, "{operation}"),
        }
        self.done.insert(operation);
    }

    async fn sessions(&mut self) {
        let credentials = json!({ "email": self.email, "password": PASSWORD });
        let begun = self.app.anonymous().post("/v1/auth/login", &credentials).await.expect(200);
        self.left("log_in", &begun, &Value::Null, &[("session.begin", "session", None, None)]).await;
        let token = json!({ "refresh_token": begun.json["refresh_token"] });
        let refreshed = self.app.anonymous().post("/v1/auth/refresh", &token).await.expect(200);
        self.left("refresh_tokens", &refreshed, &Value::Null, &[("session.refresh", "session", None, None)]).await;
        let client = self.app.with_token(refreshed.json["access_token"].as_str().unwrap());
        let ended = send(client.request(Method::POST, "/v1/auth/logout")).await.expect(204);
        self.left("log_out", &ended, &Value::Null, &[("session.end", "session", None, None)]).await;

        let change = json!({ "current_password": PASSWORD, "new_password": "another password for the tests" });
        let changed = self.admin.post("/v1/me/password", &change).await.expect(204);
        // The sessions are over.
        self.admin = self.app.with_token(&self.app.token(self.user).await);
        let told = [("user.set_password", "user", Some(1), Some(2))];
        self.left("change_password", &changed, &json!({ "id": self.user.to_string() }), &told).await;
    }

    async fn councils(&mut self) {
        let admin = self.admin.clone();
        let (made, changed) = (council("Newtown"), council("New Town"));
        let created = admin.post("/v1/councils", &made).await;
        self.left("create_council", &created, &created.json, &[("council.create", "council", None, Some(1))]).await;
        let path = created.header("location");
        let replaced = admin.put(path, created.etag(), &changed).await;
        let told = [("council.update", "council", Some(1), Some(2))];
        self.left("replace_council", &replaced, &replaced.json, &told).await;
        let updated = admin.patch(path, replaced.etag(), &json!({ "welsh_name": "Y Drenewydd" })).await;
        let told = [("council.update", "council", Some(2), Some(3))];
        self.left("update_council", &updated, &updated.json, &told).await;
        let deleted = admin.delete(path, updated.etag()).await;
        self.left("delete_council", &deleted, &updated.json, &[("council.withdraw", "council", Some(3), None)]).await;
    }

    async fn council_changes(&mut self) {
        let admin = self.admin.clone();
        let change =
            json!({ "kind": "created", "effective_on": "1974-04-01", "to": ["oldham"], "source": { "title": "T" } });
        let created = admin.post("/v1/council-changes", &change).await;
        let told = [("council_change.create", "council_change", None, Some(1))];
        self.left("create_council_change", &created, &created.json, &told).await;
        let deleted = admin.delete(created.header("location"), created.etag()).await;
        let told = [("council_change.withdraw", "council_change", Some(1), None)];
        self.left("delete_council_change", &deleted, &created.json, &told).await;
    }

    async fn memberships(&mut self) {
        let admin = self.admin.clone();
        let created = admin.post("/v1/memberships", &whole_membership()).await;
        let told = [("membership.create", "membership", None, Some(1))];
        self.left("create_membership", &created, &created.json, &told).await;
        assert_eq!(events_of(&admin, &created).await[0]["council"]["slug"], "swansea");
        let path = created.header("location");
        let updated = admin.patch(path, created.etag(), &json!({ "renewal_on": "2020" })).await;
        let told = [("membership.update", "membership", Some(1), Some(2))];
        self.left("update_membership", &updated, &updated.json, &told).await;
        let deleted = admin.delete(path, updated.etag()).await;
        let told = [("membership.withdraw", "membership", Some(2), None)];
        self.left("delete_membership", &deleted, &updated.json, &told).await;
    }

    async fn recruitment(&mut self) {
        let admin = self.admin.clone();
        let kind = "recruitment";
        let created = admin.post("/v1/recruitment", &json!({ "target": { "council": "swansea" } })).await;
        self.left("create_recruitment", &created, &created.json, &[("recruitment.create", kind, None, Some(1))]).await;
        // People of that council see the events of their council.
        assert_eq!(events_of(&admin, &created).await[0]["council"], Value::Null);
        let path = created.header("location");
        let updated = admin.patch(path, created.etag(), &json!({ "stage": "applied" })).await;
        let told = [("recruitment.update", kind, Some(1), Some(2))];
        self.left("update_recruitment", &updated, &updated.json, &told).await;
        let deleted = admin.delete(path, updated.etag()).await;
        let told = [("recruitment.delete", kind, Some(2), None)];
        self.left("delete_recruitment", &deleted, &updated.json, &told).await;
    }

    async fn releases(&mut self) {
        let admin = self.admin.clone();
        let created = admin.post("/v1/releases", &json!({ "reason": "To see what it leaves" })).await;
        // The trail has its name where it has the slug of others.
        let record = json!({ "id": created.json["id"], "slug": created.json["name"] });
        self.left("create_release", &created, &record, &[("release.create", "release", None, Some(1))]).await;
        let deleted = admin.delete(&format!("{}?reason=Seen", created.header("location")), created.etag()).await;
        self.left("delete_release", &deleted, &record, &[("release.withdraw", "release", Some(1), None)]).await;
    }

    async fn themes(&mut self) {
        let admin = self.admin.clone();
        let created = admin.post("/v1/themes", &theme("Mending")).await;
        self.left("create_theme", &created, &created.json, &[("theme.create", "theme", None, Some(1))]).await;
        let path = created.header("location");
        let replaced = admin.put(path, created.etag(), &theme("Repair")).await;
        self.left("replace_theme", &replaced, &replaced.json, &[("theme.update", "theme", Some(1), Some(2))]).await;
        let updated = admin.patch(path, replaced.etag(), &json!({ "scope_note": "Of things." })).await;
        self.left("update_theme", &updated, &updated.json, &[("theme.update", "theme", Some(2), Some(3))]).await;
        admin.post("/v1/themes", &theme("Keeping")).await.expect(201);
        let merged = admin.post(&format!("{path}/merge"), &json!({ "into": "keeping" })).await;
        let told = [("theme.merge", "theme", Some(3), None), ("theme.merge", "theme", Some(1), Some(1))];
        self.left("merge_theme", &merged, &updated.json, &told).await;
        let deleted = admin.delete("/v1/themes/keeping", merged.etag()).await;
        self.left("delete_theme", &deleted, &merged.json, &[("theme.withdraw", "theme", Some(1), None)]).await;
    }

    async fn organisations(&mut self) {
        let admin = self.admin.clone();
        let kind = "organisation";
        let created = admin.post("/v1/organisations", &organisation("Mending")).await;
        self.left("create_organisation", &created, &created.json, &[("organisation.create", kind, None, Some(1))])
            .await;
        let path = created.header("location");
        let replaced = admin.put(path, created.etag(), &organisation("Repair")).await;
        let told = [("organisation.update", kind, Some(1), Some(2))];
        self.left("replace_organisation", &replaced, &replaced.json, &told).await;
        let updated = admin.patch(path, replaced.etag(), &json!({ "description": "Mends things." })).await;
        let told = [("organisation.update", kind, Some(2), Some(3))];
        self.left("update_organisation", &updated, &updated.json, &told).await;
        let keeping = admin.post("/v1/organisations", &organisation("Keeping")).await.expect(201);
        let merged = admin.post(&format!("{path}/merge"), &json!({ "into": "keeping" })).await;
        let told = [("organisation.merge", kind, Some(3), None), ("organisation.merge", kind, Some(1), Some(2))];
        self.left("merge_organisation", &merged, &updated.json, &told).await;
        let deleted = admin.delete(keeping.header("location"), merged.etag()).await;
        let told = [("organisation.withdraw", kind, Some(2), None)];
        self.left("delete_organisation", &deleted, &merged.json, &told).await;
        let editor = self.app.editor("oldham").await;
        let proposed = editor.post("/v1/organisations", &organisation("Lending")).await.expect(201);
        let accepted = admin.post_if_match(&format!("{}/accept", proposed.header("location")), proposed.etag()).await;
        let told = [("organisation.accept", kind, Some(1), Some(2))];
        self.left("accept_organisation", &accepted, &accepted.json, &told).await;
    }

    async fn initiatives(&mut self) {
        let admin = self.admin.clone();
        let kind = "initiative";
        let created = admin.post("/v1/initiatives", &initiative("A new initiative", "oldham")).await;
        self.left("create_initiative", &created, &created.json, &[("initiative.create", kind, None, Some(1))]).await;
        let path = created.header("location");
        let replaced = admin.put(path, created.etag(), &initiative("Another title", "oldham")).await;
        let told = [("initiative.update", kind, Some(1), Some(2))];
        self.left("replace_initiative", &replaced, &replaced.json, &told).await;
        let updated = admin.patch(path, replaced.etag(), &json!({ "lead_council": "york" })).await;
        let told = [("initiative.update", kind, Some(2), Some(3))];
        self.left("update_initiative", &updated, &updated.json, &told).await;
        // Who gives a record away sees it go.
        assert_eq!(events_of(&admin, &updated).await[0]["council"]["slug"], "oldham");
        let published = admin.publish(path, updated.etag()).await;
        let told = [("initiative.publish", kind, Some(3), Some(4))];
        self.left("publish_initiative", &published, &published.json, &told).await;
        assert_eq!(events_of(&admin, &published).await[0]["council"]["slug"], "york");
        let body = json!({ "method": "independent" });
        let verify = admin.request(Method::POST, &format!("{path}/verify")).header("If-Match", published.etag());
        let verified = send(verify.json(&body)).await;
        let told = [("initiative.verify", kind, Some(4), Some(5))];
        self.left("verify_initiative", &verified, &verified.json, &told).await;
        let back = admin.post_if_match(&format!("{path}/unpublish"), verified.etag()).await;
        let told = [("initiative.unpublish", kind, Some(5), Some(6))];
        self.left("unpublish_initiative", &back, &back.json, &told).await;
        let deleted = admin.delete(path, back.etag()).await;
        let told = [("initiative.withdraw", kind, Some(6), None)];
        self.left("delete_initiative", &deleted, &back.json, &told).await;
        self.archive().await;
        // Cumbria was split.
        let created = admin.post("/v1/initiatives", &initiative("Of Cumbria", "cumbria")).await.expect(201);
        let path = format!("{}/steward", created.header("location"));
        let chosen = admin.put(&path, created.etag(), &json!({ "council": "cumberland" })).await;
        let told = [("initiative.update", kind, Some(1), Some(2))];
        self.left("choose_steward", &chosen, &chosen.json, &told).await;
    }

    async fn users(&mut self) {
        let admin = self.admin.clone();
        let body = json!({ "email": "editor@sunderland.example", "role": "council_editor", "council": "sunderland" });
        let mut new = body.clone();
        new["initial_password"] = json!(PASSWORD);
        let created = admin.post("/v1/users", &new).await;
        self.left("create_user", &created, &created.json, &[("user.create", "user", None, Some(1))]).await;
        assert_eq!(events_of(&admin, &created).await[0]["council"]["slug"], "sunderland");
        let path = created.header("location");
        let replaced = admin.put(path, created.etag(), &body).await;
        self.left("replace_user", &replaced, &replaced.json, &[("user.update", "user", Some(1), Some(2))]).await;
        let updated = admin.patch(path, replaced.etag(), &json!({ "status": "disabled" })).await;
        self.left("update_user", &updated, &updated.json, &[("user.disable", "user", Some(2), Some(3))]).await;
        let set = admin.post(&format!("{path}/password"), &json!({ "password": PASSWORD })).await;
        let told = [("user.set_password", "user", Some(3), Some(4))];
        self.left("set_user_password", &set, &updated.json, &told).await;
        let moved = admin.post("/v1/councils/sunderland/move-users", &json!({ "to": "york" })).await;
        self.left("move_users", &moved, &updated.json, &[("user.update", "user", Some(4), Some(5))]).await;
        let read = admin.get(path).await;
        self.left("find_user", &read, &read.json, &[("user.read", "user", Some(5), Some(5))]).await;
        let listed = admin.get("/v1/users?role=council_editor").await;
        self.left("list_users", &listed, &Value::Null, &[("user.list", "user", None, None)]).await;
    }
}

#[path = "keys.rs"]
mod keys;

#[tokio::test(flavor = "multi_thread")]
async fn every_write_and_every_reading_of_a_contact_leaves_its_event() {
    let mut walk = Walk::new().await;
    walk.sessions().await;
    walk.councils().await;
    walk.council_changes().await;
    walk.memberships().await;
    walk.recruitment().await;
    walk.releases().await;
    walk.themes().await;
    walk.organisations().await;
    walk.initiatives().await;
    walk.pre_election_periods().await;
    walk.revisions().await;
    walk.suggestions().await;
    walk.users().await;
    walk.api_keys().await;
    walk.key_requests().await;
    walk.letters().await;
    walk.webhooks().await;
    walk.due_links().await;

    let document = walk.app.anonymous().get("/openapi.json").await.expect(200).json;
    let mut known: BTreeSet<String> = CONTACTS.map(str::to_owned).into();
    for (method, operation) in
        document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap())
    {
        // Advice on a text changes nothing, nor does opening a one-time link.
        if method != "get" && operation["operationId"] != "check_text" && operation["operationId"] != "open_due_link" {
            known.insert(operation["operationId"].as_str().unwrap().to_owned());
        }
    }
    let done: BTreeSet<String> = walk.done.iter().map(|id| (*id).to_owned()).collect();
    assert_eq!(done, known, "carry out every write here, and say which events it leaves");
    assert_eq!(verified(&walk.app, None).await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_or_fails_leaves_no_event() {
    let app = TestApp::with_sample().await;
    let (admin, viewer) = (app.admin().await, app.signed_in(Role::MemberViewer, None).await);
    let (id, email) = app.user(Role::Moderator, None).await;
    let user = format!("/v1/users/{id}");
    let path = "/v1/themes/housing";
    let etag = admin.get(path).await.expect(200).etag().to_owned();
    let new = json!({ "email": email, "role": "moderator", "initial_password": PASSWORD });
    let wrong = json!({ "email": email, "password": "not the right password" });
    let change = json!({ "current_password": "not the right one", "new_password": "another password for all" });
    let of_york = initiative("Of another council", "york");

    admin.post("/v1/themes", &json!({ "label": "" })).await.expect(422);
    admin.post("/v1/themes", &json!({ "label": "Homes", "definition": "x", "broader": "nowhere" })).await.expect(409);
    admin.post("/v1/users", &new).await.expect(409);
    admin.patch(path, "\"0\"", &json!({ "scope_note": "New." })).await.expect(412);
    admin.delete(path, &etag).await.expect(409);
    admin.delete("/v1/councils/oldham", admin.get("/v1/councils/oldham").await.etag()).await.expect(409);
    admin.put(&user, "\"1\"", &json!({ "email": "x@y.example", "role": "contributor" })).await.expect(422);
    admin.post("/v1/me/password", &change).await.expect(403);
    admin.get(&format!("/v1/users/{}", Uuid::now_v7())).await.expect(404);
    admin.get("/v1/users?role=nobody").await.expect(400);
    viewer.get(&user).await.expect(403);
    viewer.post("/v1/themes", &theme("Mine")).await.expect(403);
    app.editor("oldham").await.post("/v1/initiatives", &of_york).await.expect(422);
    app.anonymous().post("/v1/auth/login", &wrong).await.expect(401);
    app.anonymous().post("/v1/auth/refresh", &json!({ "refresh_token": "ccin_rt_unknown" })).await.expect(401);
    app.anonymous().post("/v1/themes", &theme("Nobody's")).await.expect(401);
    assert_eq!(count(&mut app.db.get().await.unwrap()).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_sent_again_leaves_no_second_event() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let enter = async || {
        let request = admin.request(Method::POST, "/v1/themes").header("Idempotency-Key", "one");
        send(request.json(&theme("Mending"))).await.expect(201)
    };
    let (first, second) = (enter().await, enter().await);
    assert_eq!(first.json, second.json);
    assert_eq!(events_of(&admin, &first).await.len(), 1);
    assert_eq!(events_of(&admin, &second).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_is_used_twice_ends_the_session_and_leaves_one_event_of_nobody() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let (_, email) = app.user(Role::CouncilEditor, Some("oldham")).await;
    let begun =
        app.anonymous().post("/v1/auth/login", &json!({ "email": email, "password": PASSWORD })).await.expect(200);
    let token = json!({ "refresh_token": begun.json["refresh_token"] });
    let refresh = async || app.anonymous().post("/v1/auth/refresh", &token).await;
    refresh().await.expect(200);
    let reused = refresh().await.expect(401);
    let events = events_of(&admin, &reused).await;
    let [event] = &events[..] else { panic!("{events:?}") };
    assert_eq!(
        (&event["action"], &event["actor"], &event["address"]),
        (&json!("session.end"), &Value::Null, &json!("127.0.0.1"))
    );
    assert_eq!((&event["council"]["slug"], &event["origin"]), (&json!("oldham"), &json!("request")));
    // The session is over: whoever goes on trying fills no trail.
    assert_eq!(events_of(&admin, &refresh().await.expect(401)).await.len(), 0);
}
