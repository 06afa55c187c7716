//! Webhooks: what they are told, how it is signed and delivered, and where they may not lead.

mod delivery;
mod keepers;
mod receiver;
mod topics;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ccin_registry::webhooks::sender::Courier;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::practice::{practice, publish, with};
use crate::support::{Answer, Client, TestApp};
use receiver::{Message, Receiver};

const HOOKS: &str = "/v1/webhooks";

/// A registry whose webhooks may lead to this machine.
async fn lenient() -> TestApp {
    TestApp::with_flags(&["--webhooks-anywhere", "--public-url", "https://registry.example.org"]).await
}

/// Delivers what is due. Returns the number of messages that arrived.
async fn deliver(app: &TestApp) -> usize {
    let courier = Courier::new((*app.keys).clone(), &app.settings, Duration::from_millis(300)).unwrap();
    courier.deliver_due(&app.db).await.expect("the database is there")
}

/// A webhook of this caller that leads to the receiver: the answer of its creation.
async fn hook(owner: &Client, receiver: &Receiver, topics: &[&str]) -> Answer {
    owner.post(HOOKS, &json!({ "url": receiver.url(), "topics": topics })).await.expect(201)
}

fn path(made: &Answer) -> String {
    format!("{HOOKS}/{}", made.json["webhook"]["id"].as_str().unwrap())
}

/// The deliveries to a webhook, newest first.
async fn deliveries(owner: &Client, made: &Answer) -> Vec<Value> {
    owner.get(&format!("{}/deliveries", path(made))).await.expect(200).json["data"].as_array().unwrap().clone()
}

async fn make_due(app: &TestApp) {
    app.sql("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE state = 'waiting'").await;
}

/// Publishes an initiative of Oldham. Returns its address.
async fn published(admin: &Client, title: &str, more: Value) -> String {
    let draft = admin.post("/v1/initiatives", &with(practice(title, "oldham"), more)).await.expect(201);
    publish(admin, &draft).await;
    draft.header("location").to_owned()
}

/// Checks a message as its receiver does (Standard Webhooks 1.0). True if this secret signed it.
fn is_signed(message: &Message, secret: &Value) -> bool {
    let header = |name: &str| message.headers[name].as_str();
    let key = STANDARD.decode(secret.as_str().unwrap().strip_prefix("whsec_").unwrap()).unwrap();
    assert_eq!(key.len(), 32);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert!(header("webhook-timestamp").parse::<u64>().unwrap().abs_diff(now) < 300);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), message.body).as_bytes());
    let signature = STANDARD.decode(header("webhook-signature").strip_prefix("v1,").unwrap()).unwrap();
    mac.verify_slice(&signature).is_ok()
}
