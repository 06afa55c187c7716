//! "Still true?" by letter: the letters of a quarter, their one-time links, and the answers.

mod answers;
mod ends;
mod page;
mod quarters;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use ccin_registry::access::role::Role;

use crate::letters::stored;
use crate::support::client::send;
use crate::support::{Answer, Client, TestApp};

/// The link in the last letter to somebody, asked for by an admin.
pub struct Letter {
    pub user: Uuid,
    pub email: String,
    pub token: String,
}

impl Letter {
    /// A new editor of Oldham, and the letter to the editor.
    pub async fn to_editor(app: &TestApp) -> Self {
        let (user, email) = app.user(Role::CouncilEditor, Some("oldham")).await;
        write(&app.admin().await, "oldham", 1).await;
        let token = last_token(app, &email).await;
        Self { user, email, token }
    }

    /// What the link asks.
    pub async fn asked(&self, client: &Client) -> Value {
        client.post("/v1/still-true", &json!({ "token": self.token })).await.expect(200).json
    }

    /// Answers about a record with `more`, in the version that the link shows.
    pub async fn answer(&self, client: &Client, slug: &str, answer: &str, more: Value) -> Answer {
        let asked = self.asked(client).await;
        let record = record(&asked, slug);
        let mut body =
            json!({ "token": self.token, "initiative": slug, "version": record["version"], "answer": answer });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client.post("/v1/still-true/answers", &body).await
    }
}

/// Has the letters to a council's editors written.
pub async fn write(admin: &Client, council: &str, wanted: u64) {
    let path = format!("/v1/councils/{council}/due/letters");
    let written = send(admin.request(Method::POST, &path)).await.expect(200);
    assert_eq!(written.json["letters"], wanted);
    assert!(!written.text.contains("ccin_link_"), "the admin never sees the link");
}

/// The secret in the last letter to somebody.
pub async fn last_token(app: &TestApp, email: &str) -> String {
    let letters = stored(app).await;
    let letter = letters.iter().rev().find(|letter| letter.recipient == email).expect("a letter");
    let text = letter.plain.as_deref().expect("its text");
    text[text.find("ccin_link_").expect("a link")..][..53].to_owned()
}

/// A record that a link asks about.
pub fn record<'a>(asked: &'a Value, slug: &str) -> &'a Value {
    let records = asked["records"].as_array().expect("records");
    records.iter().find(|one| one["initiative"]["slug"] == slug).unwrap_or_else(|| panic!("{slug}: {asked}"))
}

/// Slugs of the records that a link asks about.
pub fn slugs(asked: &Value) -> Vec<String> {
    let records = asked["records"].as_array().expect("records");
    records.iter().map(|one| one["initiative"]["slug"].as_str().unwrap().to_owned()).collect()
}
