//! The part of the walk that is about one-time links in letters.

use ccin_registry::access::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::Walk;
use crate::still_true::{Letter, last_token};
use crate::support::client::send;

impl Walk {
    pub(super) async fn due_links(&mut self) {
        let (user, email) = self.app.user(Role::CouncilEditor, Some("oldham")).await;
        let written = send(self.admin.request(Method::POST, "/v1/councils/oldham/due/letters")).await;
        let told = [("letter.write", "letter", None, None)];
        self.left("write_due_letters", &written, &Value::Null, &told).await;
        let letter = Letter { user, token: last_token(&self.app, &email).await, email };
        let anybody = self.app.anonymous();
        let record = letter.asked(&anybody).await["records"][0].clone();
        let slug = record["initiative"]["slug"].as_str().unwrap();
        let version = record["version"].as_i64();
        let answered = letter.answer(&anybody, slug, "still_true", json!({})).await;
        let told = [("initiative.verify", "initiative", version, version.map(|version| version + 1))];
        self.left_by(&json!(user), "answer_due_link", &answered, &record["initiative"], &told).await;
    }
}
