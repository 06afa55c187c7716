//! Delivers the messages that are due, at least once. Several instances can run this at once.

use std::sync::Arc;
use std::time::Duration;

use chrono::{SecondsFormat, Utc};
use diesel_async::AsyncPgConnection;
use futures_util::future::join_all;
use reqwest::{Client, StatusCode, Url, redirect};
use serde_json::json;

use super::deliveries::{Due, Outcome, forget_old, note, take_due};
use super::events::tell;
use super::model::WebhookDeliveryState as State;
use super::signature::Secret;
use super::store::{find, note_failure, note_success};
use super::target::{PRIVATE, Resolver, Targets};
use crate::access::keys::Keys;
use crate::audit::action::Action;
use crate::audit::store::record;
use crate::audit::subject::{Actor, Subject};
use crate::config::{ServeSettings, tls};
use crate::db::Db;
use crate::error::ApiError;
use crate::error::causes::chain;
use crate::letters::events::Letters;

/// Longest time for an attempt, from the look-up of the name to the status of the answer. It is shorter than the first
/// delay between two attempts, so no other instance takes a message that is still under way.
pub const LONGEST: Duration = Duration::from_secs(10);
/// Delay between two looks at the tables: a message leaves at most this late.
const EVERY: Duration = Duration::from_secs(15);
/// Messages that are under way at once.
const AT_ONCE: i32 = 16;
/// Attempts before a message is given up. The delays between them add up to about three days.
const MOST_ATTEMPTS: i32 = 20;
/// Status of a receiver that is gone for good.
const GONE: i16 = 410;

/// Posts messages to webhooks.
pub struct Courier {
    client: Client,
    targets: Targets,
    keys: Keys,
    letters: Letters,
    /// Start of the links in messages. Without a public address they are paths.
    base: String,
}

impl Courier {
    /// A courier with these settings, whose attempts take at most `longest`. The error says why TLS cannot be used.
    pub fn new(keys: Keys, settings: &ServeSettings, longest: Duration) -> Result<Self, String> {
        let targets = Targets::new(settings);
        let tls = tls::client().map_err(|error| error.to_string())?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(targets == Targets::Public)
            // A redirect or a proxy could lead to where the address itself must not.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Resolver(targets)))
            // A connection that is kept would not be looked at again.
            .pool_max_idle_per_host(0)
            .timeout(longest)
            .user_agent(concat!("ccin-registry/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| chain(&error))?;
        let base = settings.public_url.clone().unwrap_or_default();
        Ok(Self { client, targets, keys, letters: Letters::new(settings), base })
    }

    /// Delivers for as long as it is awaited. Never returns.
    pub async fn watch(&self, db: &Db) {
        if self.targets == Targets::Anywhere {
            log::warn!("--webhooks-anywhere (CCIN_WEBHOOKS_ANYWHERE) is set: webhooks can lead into private networks");
        }
        loop {
            if let Err(error) = self.deliver_due(db).await {
                log::warn!("webhooks were not told, and will be: {error}");
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Makes the messages of new events, and delivers what is due. Returns the number of messages that arrived.
    pub async fn deliver_due(&self, db: &Db) -> Result<usize, ApiError> {
        tell(&mut *db.get().await?).await?;
        let (mut arrived, mut failing) = (0, Vec::new());
        loop {
            // Nobody waits for a receiver that has just failed.
            let due = take_due(&mut *db.get().await?, &failing, AT_ONCE).await?;
            if due.is_empty() {
                break;
            }
            // No connection is held while messages are under way.
            let outcomes = join_all(due.iter().map(|one| self.attempt(one))).await;
            for (due, outcome) in due.iter().zip(&outcomes) {
                arrived += usize::from(outcome.state == State::Delivered);
                if outcome.error.is_some() {
                    failing.push(due.webhook);
                }
                self.write_down(db, due, outcome).await?;
            }
        }
        forget_old(&mut *db.get().await?).await?;
        Ok(arrived)
    }

    /// Makes one attempt.
    async fn attempt(&self, due: &Due) -> Outcome {
        if due.is_hidden {
            return Outcome { state: State::Dropped, status: None, error: None };
        }
        let (status, error) = match self.post(due).await {
            Ok(status) => {
                let error = (!status.is_success()).then(|| format!("the receiver answered with status {status}"));
                (i16::try_from(status.as_u16()).ok(), error)
            }
            Err(error) => (None, Some(error)),
        };
        let state = match error {
            None => State::Delivered,
            Some(_) if status == Some(GONE) || due.attempts >= MOST_ATTEMPTS => State::Failed,
            Some(_) => State::Waiting,
        };
        Outcome { state, status, error }
    }

    /// Posts a message. Of the answer only its status is read.
    async fn post(&self, due: &Due) -> Result<StatusCode, String> {
        let url = Url::parse(&due.url).map_err(|_| "the address cannot be read".to_owned())?;
        if !self.targets.allow_literal(&url) {
            return Err(PRIVATE.to_owned());
        }
        let secret = Secret::open(&self.keys, &due.secret);
        let secret = secret.ok_or("the signing key of the service was replaced; rotate the secret of the webhook")?;
        let (id, now, body) = (format!("msg_{}", due.id), Utc::now().timestamp(), self.body(due));
        let request = self
            .client
            .post(url)
            .header("Content-Type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", now.to_string())
            .header("webhook-signature", secret.sign(&id, now, &body))
            .body(body);
        // Without the address, which can hold a secret of the receiver's.
        request.send().await.map(|answer| answer.status()).map_err(|error| chain(&error.without_url()))
    }

    /// What everybody can see of an event: what happened to which record, and where to ask for it.
    fn body(&self, due: &Due) -> String {
        let timestamp = due.occurred_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let Some((topic, record)) = due.about else {
            return json!({ "type": "webhook.test", "timestamp": timestamp, "data": {} }).to_string();
        };
        let url = format!("{}/v1/{}/{record}", self.base, topic.collection());
        json!({ "type": topic, "timestamp": timestamp, "data": { "id": record, "url": url } }).to_string()
    }

    async fn write_down(&self, db: &Db, due: &Due, outcome: &Outcome) -> Result<(), ApiError> {
        if let Some(error) = &outcome.error {
            log::info!("attempt {} to tell the webhook {} failed: {error}", due.attempts, due.webhook);
        }
        db.transaction(async |conn| {
            // The webhook first, as where it is deleted: two transactions that take turns do not wait for each other.
            let is_off = match outcome {
                Outcome { error: Some(_), status, .. } => {
                    note_failure(conn, due.webhook, *status == Some(GONE)).await?
                }
                Outcome { state: State::Delivered, .. } => note_success(conn, due.webhook).await.map(|()| false)?,
                _ => false,
            };
            note(conn, due.id, outcome).await?;
            match &outcome.error {
                Some(error) if is_off => self.tell_owners(conn, due, error).await,
                _ => Ok(()),
            }
        })
        .await
    }

    /// Tells its people and the audit trail that a webhook was switched off.
    async fn tell_owners(&self, conn: &mut AsyncPgConnection, due: &Due, error: &str) -> Result<(), ApiError> {
        log::warn!("the webhook {} is switched off: {error}", due.webhook);
        let now = find(conn, None, due.webhook).await?;
        let council = now.council.as_ref().map(|council| council.id);
        self.letters.webhook_off(conn, council, &now.url, error).await?;
        record(conn, &self.keys, &Actor::COMMAND_LINE, Action::WebhookDisable, Subject::changed_once(&now)).await
    }
}
