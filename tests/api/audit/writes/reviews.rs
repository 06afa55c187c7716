//! The writes of the review, and of archiving.

use reqwest::Method;
use serde_json::{Value, json};

use super::Walk;
use crate::audit::events_of;
use crate::support::client::send;
use crate::support::records::{initiative, suggestion};

impl Walk {
    pub async fn archive(&mut self) {
        let admin = self.admin.clone();
        let found = admin.get("/v1/initiatives/smarter-york").await.expect(200);
        let path = "/v1/initiatives/smarter-york";
        let archived = admin.post_if_match(&format!("{path}/archive"), found.etag()).await;
        let told = [("initiative.archive", "initiative", Some(2), Some(3))];
        self.left("archive_initiative", &archived, &archived.json, &told).await;
        let restored = admin.post_if_match(&format!("{path}/restore"), archived.etag()).await;
        let told = [("initiative.restore", "initiative", Some(3), Some(4))];
        self.left("restore_initiative", &restored, &restored.json, &told).await;
    }

    pub async fn revisions(&mut self) {
        let admin = self.admin.clone();
        let kind = "revision";
        let created = admin.post("/v1/initiatives/smarter-york/revisions", &json!({})).await.expect(201);
        let path = created.header("location").to_owned();
        let record = json!({ "id": created.json["id"], "slug": "smarter-york/revisions/2" });
        self.left("create_revision", &created, &record, &[("revision.create", kind, None, Some(1))]).await;
        assert_eq!(events_of(&admin, &created).await[0]["council"]["slug"], "york");
        let mut version = 1;
        let mut last = created;
        let reason = json!({ "reason": "Say why." });
        let text = initiative("Smarter York", "york");
        for (operation, action, method, below, body) in [
            ("replace_revision", "update", Method::PUT, "", text),
            ("update_revision", "update", Method::PATCH, "", json!({ "title": "A smarter York" })),
            ("submit_revision", "submit", Method::POST, "/submit", json!({})),
            ("withdraw_revision", "withdraw", Method::POST, "/withdraw", Value::Null),
            ("", "submit", Method::POST, "/submit", json!({})),
            ("claim_revision", "claim", Method::POST, "/claim", Value::Null),
            ("comment_on_revision", "comment", Method::POST, "/comments", json!({ "comment": "Whose?" })),
            ("resolve_comment", "resolve_comment", Method::POST, "/resolve", Value::Null),
            ("request_changes", "request_changes", Method::POST, "/request-changes", reason.clone()),
            ("", "submit", Method::POST, "/submit", json!({})),
            ("", "claim", Method::POST, "/claim", Value::Null),
            ("approve_revision", "approve", Method::POST, "/approve", reason.clone()),
            ("", "withdraw", Method::POST, "/withdraw", Value::Null),
            ("", "submit", Method::POST, "/submit", json!({})),
            ("", "claim", Method::POST, "/claim", Value::Null),
            ("reject_revision", "reject", Method::POST, "/reject", reason.clone()),
        ] {
            let below = match below {
                "/resolve" => format!("/comments/{}/resolve", last.json["comments"][0]["id"].as_str().unwrap()),
                below => below.to_owned(),
            };
            let request = admin.request(method, &format!("{path}{below}")).header("If-Match", last.etag());
            last = send(if body.is_null() { request } else { request.json(&body) }).await.expect(200);
            if !operation.is_empty() {
                let action = format!("revision.{action}");
                let told = [(action.leak() as &str, kind, Some(version), last.json["version"].as_i64())];
                self.left(operation, &last, &record, &told).await;
            }
            version = last.json["version"].as_i64().unwrap();
        }
        let another = admin.post("/v1/initiatives/smarter-york/revisions", &json!({})).await.expect(201);
        let discarded = admin.delete(another.header("location"), another.etag()).await;
        let record = json!({ "id": another.json["id"], "slug": "smarter-york/revisions/3" });
        self.left("discard_revision", &discarded, &record, &[("revision.discard", kind, Some(1), None)]).await;
    }

    pub async fn suggestions(&mut self) {
        let admin = self.admin.clone();
        let kind = "suggestion";
        for (operation, below, body) in [
            ("accept_suggestion", "accept", json!({})),
            ("decline_suggestion", "decline", json!({ "reply": "It has not." })),
            ("withdraw_suggestion", "withdraw", Value::Null),
        ] {
            let created = admin.post("/v1/suggestions", &suggestion("smarter-york")).await.expect(201);
            let record = json!({ "id": created.json["id"], "slug": null });
            self.left("create_suggestion", &created, &record, &[("suggestion.create", kind, None, Some(1))]).await;
            let path = format!("{}/{below}", created.header("location"));
            let request = admin.request(Method::POST, &path).header("If-Match", created.etag());
            let ended = send(if body.is_null() { request } else { request.json(&body) }).await.expect(200);
            let action = format!("suggestion.{below}");
            let told = (action.leak() as &str, kind, Some(1), Some(2));
            let into = ("revision.create", "revision", None, Some(1));
            let told = if below == "accept" { vec![told, into] } else { vec![told] };
            self.left(operation, &ended, &record, &told).await;
            if below == "accept" {
                let path = format!("/v1/initiatives/smarter-york/revisions/{}", ended.json["revision"]);
                let revision = admin.get(&path).await.expect(200);
                admin.delete(&path, revision.etag()).await.expect(204);
            }
        }
    }

    pub async fn pre_election_periods(&mut self) {
        let (admin, kind) = (self.admin.clone(), "pre_election_period");
        let body = json!({ "election": "Local elections", "starts_on": "2099-03-26", "polling_on": "2099-05-06",
            "council": "york" });
        let created = admin.post("/v1/pre-election-periods", &body).await.expect(201);
        let path = created.header("location").to_owned();
        let record = json!({ "id": created.json["id"], "slug": null });
        let told = [("pre_election_period.create", kind, None, Some(1))];
        self.left("create_pre_election_period", &created, &record, &told).await;
        assert_eq!(events_of(&admin, &created).await[0]["council"]["slug"], "york");
        let changed = admin.patch(&path, created.etag(), &json!({ "rule": "warn" })).await.expect(200);
        let told = [("pre_election_period.update", kind, Some(1), Some(2))];
        self.left("update_pre_election_period", &changed, &record, &told).await;
        let deleted = admin.delete(&path, changed.etag()).await;
        let told = [("pre_election_period.delete", kind, Some(2), None)];
        self.left("delete_pre_election_period", &deleted, &record, &told).await;
    }
}
