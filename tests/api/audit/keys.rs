//! The part of the walk that is about API keys, those who ask for one, the letters to them, and webhooks.

use ccin_registry::db::schema::letters;
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::{Walk, events_of};
use crate::support::client::send;

impl Walk {
    pub(super) async fn api_keys(&mut self) {
        let admin = self.admin.clone();
        let kind = "api_key";
        let created = admin.post("/v1/api-keys", &json!({ "name": "A key", "scopes": ["write:themes"] })).await;
        let key = created.json["api_key"].clone();
        self.left("create_api_key", &created, &key, &[("api_key.create", kind, None, Some(1))]).await;
        let path = created.header("location");
        let etag = admin.get(path).await.etag().to_owned();
        let replaced = admin.put(path, &etag, &json!({ "name": "Renamed" })).await;
        self.left("replace_api_key", &replaced, &key, &[("api_key.update", kind, Some(1), Some(2))]).await;
        let updated = admin.patch(path, replaced.etag(), &json!({ "name": "Once more" })).await;
        self.left("update_api_key", &updated, &key, &[("api_key.update", kind, Some(2), Some(3))]).await;
        let rotated = admin.post(&format!("{path}/rotate"), &json!({})).await;
        self.left("rotate_api_key", &rotated, &key, &[("api_key.rotate", kind, Some(3), Some(4))]).await;
        // What is done with a key names the key, and no session.
        let by_key = self.app.anonymous().request(reqwest::Method::POST, "/v1/themes");
        let by_key = by_key.header("X-API-Key", rotated.json["key"].as_str().unwrap());
        let made = send(by_key.json(&crate::support::records::theme("By key"))).await.expect(201);
        let event = &events_of(&admin, &made).await[0];
        assert_eq!((&event["key"], &event["session"]), (&key["id"], &Value::Null));
        assert_eq!(event["actor"]["id"], self.user.to_string());
        let etag = admin.get(path).await.etag().to_owned();
        let revoked = admin.delete(path, &etag).await;
        self.left("revoke_api_key", &revoked, &key, &[("api_key.revoke", kind, Some(4), Some(5))]).await;
    }

    pub(super) async fn key_requests(&mut self) {
        let (admin, anybody) = (self.admin.clone(), self.app.anonymous());
        let kind = "key_request";
        let wish = json!({ "name": "R", "email": "r@tests.example", "affiliation": "University of Somewhere",
            "purpose": "A comparison of initiatives" });
        let asked = anybody.post("/v1/api-keys/requests", &wish).await;
        let listed = admin.get("/v1/api-keys/requests").await;
        let request = listed.json["data"][0].clone();
        let told = [("key_request.create", kind, None, Some(1))];
        self.left_by(&Value::Null, "request_api_key", &asked, &request, &told).await;
        self.left("list_key_requests", &listed, &Value::Null, &[("key_request.list", kind, None, None)]).await;
        let again = anybody.post("/v1/api-keys/requests", &wish).await.expect(202);
        assert_eq!(events_of(&admin, &again).await.len(), 0, "asking again changes nothing");
        let path = format!("/v1/api-keys/requests/{}", request["id"].as_str().unwrap());
        let read = admin.get(&path).await;
        self.left("find_key_request", &read, &request, &[("key_request.read", kind, Some(1), Some(1))]).await;
        let granted = admin.post(&format!("{path}/grant"), &json!({ "scopes": ["export"] })).await;
        let told = [
            ("key_request.grant", kind, Some(1), Some(2)),
            ("api_key.create", "api_key", None, Some(1)),
            ("user.create", "user", None, Some(1)),
        ];
        self.left("grant_key_request", &granted, &request, &told).await;
        let letter: Option<String> = {
            let mut conn = self.app.db.get().await.unwrap();
            letters::table
                .select(letters::plain)
                .filter(letters::request_id.is_not_null())
                .first(&mut conn)
                .await
                .unwrap()
        };
        let letter = letter.unwrap();
        let token = &letter[letter.find("ccin_claim_").unwrap()..][..54];
        let claimed = anybody.post("/v1/api-keys/claim", &json!({ "token": token })).await;
        let told = [("api_key.claim", "api_key", Some(1), Some(2))];
        self.left_by(&Value::Null, "claim_api_key", &claimed, &claimed.json["api_key"], &told).await;
        anybody.post("/v1/api-keys/requests", &wish).await.expect(202);
        let pending = admin.get("/v1/api-keys/requests?status=pending").await.json["data"][0].clone();
        let path = format!("/v1/api-keys/requests/{}/refuse", pending["id"].as_str().unwrap());
        let refused = admin.post(&path, &json!({ "reason": "Once is enough." })).await;
        let told = [("key_request.refuse", kind, Some(1), Some(2))];
        self.left("refuse_key_request", &refused, &pending, &told).await;
    }

    pub(super) async fn letters(&mut self) {
        let admin = self.admin.clone();
        let listed = admin.get("/v1/letters?recipient=r@tests.example&state=waiting").await;
        self.left("list_letters", &listed, &Value::Null, &[("letter.list", "letter", None, None)]).await;
        self.app.sql("UPDATE letters SET state = 'failed', next_attempt_at = NULL WHERE state = 'waiting'").await;
        let letter = listed.json["data"][0].clone();
        let retried = admin.post(&format!("/v1/letters/{}/retry", letter["id"].as_str().unwrap()), &Value::Null).await;
        let told = [("letter.retry", "letter", Some(2), Some(3))];
        self.left("retry_letter", &retried, &letter, &told).await;
    }

    pub(super) async fn webhooks(&mut self) {
        let admin = self.admin.clone();
        let kind = "webhook";
        let new = json!({ "url": "https://hooks.example.org/registry", "topics": ["council.changed"] });
        let created = admin.post("/v1/webhooks", &new).await;
        let hook = created.json["webhook"].clone();
        self.left("create_webhook", &created, &hook, &[("webhook.create", kind, None, Some(1))]).await;
        let path = created.header("location");
        let etag = admin.get(path).await.etag().to_owned();
        let updated = admin.patch(path, &etag, &json!({ "topics": ["initiative.published"] })).await;
        self.left("update_webhook", &updated, &hook, &[("webhook.update", kind, Some(1), Some(2))]).await;
        let rotated = admin.post(&format!("{path}/rotate"), &Value::Null).await;
        self.left("rotate_webhook", &rotated, &hook, &[("webhook.rotate", kind, Some(2), Some(3))]).await;
        let tested = admin.post(&format!("{path}/test"), &Value::Null).await;
        self.left("test_webhook", &tested, &hook, &[("webhook.test", kind, Some(3), Some(3))]).await;
        self.app.sql("UPDATE webhook_deliveries SET state = 'failed', next_attempt_at = NULL").await;
        let delivery = tested.json["id"].as_str().unwrap();
        let replayed = admin.post(&format!("{path}/deliveries/{delivery}/replay"), &Value::Null).await;
        self.left("replay_webhook_delivery", &replayed, &hook, &[("webhook.replay", kind, Some(3), Some(3))]).await;
        let etag = admin.get(path).await.etag().to_owned();
        let deleted = admin.delete(path, &etag).await;
        self.left("delete_webhook", &deleted, &hook, &[("webhook.delete", kind, Some(3), None)]).await;
    }
}
