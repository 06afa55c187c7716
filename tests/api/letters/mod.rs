//! Letters to people: which event writes which, how they are sent, what admins see of them.

mod admins;
mod events;
mod sending;
mod server;

use ccin_registry::config::mail::MailSettings;
use ccin_registry::db::schema::letters as rows;
use ccin_registry::letters::mailer::Mailer;
use ccin_registry::letters::sender::send_due;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::support::{TestApp, settings};
use server::SmtpServer;

/// A letter as stored.
#[derive(Debug, Queryable)]
pub struct Stored {
    pub recipient: String,
    pub subject: String,
    pub plain: Option<String>,
    pub html: Option<String>,
    pub state: String,
    pub attempts: i32,
    pub last_error: Option<String>,
}

/// The letters, oldest first.
pub async fn stored(app: &TestApp) -> Vec<Stored> {
    let columns =
        (rows::recipient, rows::subject, rows::plain, rows::html, rows::state, rows::attempts, rows::last_error);
    let mut conn = app.db.get().await.unwrap();
    rows::table.order((rows::created_at, rows::id)).select(columns).load(&mut conn).await.unwrap()
}

/// The settings of letters, as on the command line.
fn mail(flags: &[&str]) -> MailSettings {
    settings(flags).mail
}

/// A mailer to this server.
pub fn mailer(server: &SmtpServer) -> Mailer {
    let flags = ["--smtp-url", &server.url, "--mail-from", "CCIN registry <registry@example.org>"];
    Mailer::new(&mail(&flags), "/nowhere".as_ref()).unwrap()
}

/// Sends what is due. Returns the number of letters.
pub async fn send_all(app: &TestApp, mailer: &Mailer) -> usize {
    send_due(&app.db, mailer).await.expect("the database is there")
}

/// Makes every waiting letter due.
pub async fn make_due(app: &TestApp) {
    app.sql("UPDATE letters SET next_attempt_at = now() WHERE state = 'waiting'").await;
}

/// A letter with a one-time token: a request for a key, granted.
pub async fn granted(app: &TestApp, email: &str) {
    let officer = app.moderator().await;
    let wish = json!({ "name": "A. Researcher", "email": email, "affiliation": "University of Somewhere",
        "purpose": "A comparison of housing initiatives" });
    app.anonymous().post("/v1/api-keys/requests", &wish).await.expect(202);
    let pending = officer.get("/v1/api-keys/requests?status=pending").await.expect(200);
    let path = format!("/v1/api-keys/requests/{}/grant", pending.json["data"][0]["id"].as_str().unwrap());
    officer.post(&path, &json!({ "scopes": ["export"] })).await.expect(200);
}

/// The one-time token in a text.
pub fn token_in(text: &str) -> &str {
    &text[text.find("ccin_claim_").expect("a token")..][..54]
}
