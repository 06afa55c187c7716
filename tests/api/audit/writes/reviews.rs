//! The writes of the review, and of archiving.

use reqwest::Method;
use serde_json::{Value, json};

use super::Walk;
use crate::audit::events_of;
use crate::support::client::send;
use crate::support::records::initiative;

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
}
