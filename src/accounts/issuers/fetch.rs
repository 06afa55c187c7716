//! Fetches an issuer's keys, within limits of size and time, and only from the configured address.

use std::collections::HashMap;
use std::time::Duration;

use reqwest::{Client, Url, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::key::PublicKey;
use crate::config::issuer::{IssuerSetting, KeysAt, is_loopback, safe_url};
use crate::error::causes::chain;

/// Maximum size of a response in bytes. The largest key sets, with certificates, have about 30,000.
const MOST: usize = 256 * 1024;

/// Usable keys of an issuer, by `kid`.
pub type KeyMap = HashMap<String, PublicKey>;

/// Fetches the keys of one issuer.
pub struct Fetcher {
    client: Client,
    issuer: String,
    source: KeysAt,
    timeout: Duration,
}

/// The fields that we use of a discovery document (OpenID Connect Discovery 1.0, section 3).
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

impl Fetcher {
    /// A fetcher for one issuer. `timeout` covers everything, from the DNS look-up to the last byte of the keys.
    pub fn new(setting: &IssuerSetting, tls: rustls::ClientConfig, timeout: Duration) -> Result<Self, reqwest::Error> {
        let (KeysAt::Set(url) | KeysAt::Discovery(url)) = &setting.keys;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            // No redirects: a server at this address could send us anywhere, even into the operator's own network.
            .redirect(redirect::Policy::none())
            // With one fetch an hour, idle connections are not worth keeping open.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("ccin-registry/", env!("CARGO_PKG_VERSION")));
        // A proxy does not reach this machine's own loopback address.
        let client = if is_loopback(url) { client.no_proxy() } else { client };
        let (issuer, source) = (setting.issuer.clone(), setting.keys.clone());
        Ok(Self { client: client.build()?, issuer, source, timeout })
    }

    /// Fetches the current keys. The error says why that failed.
    pub async fn keys(&self) -> Result<KeyMap, String> {
        tokio::time::timeout(self.timeout, self.fetch())
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {:?}", self.timeout)))
    }

    async fn fetch(&self) -> Result<KeyMap, String> {
        let discovered;
        let address = match &self.source {
            KeysAt::Set(address) => address,
            KeysAt::Discovery(address) => {
                discovered = self.discover(address).await?;
                &discovered
            }
        };
        let set: KeySet = self.json(address).await?;
        Ok(set.keys.into_iter().filter_map(PublicKey::read).collect())
    }

    async fn discover(&self, address: &Url) -> Result<Url, String> {
        let found: Discovery = self.json(address).await?;
        if found.issuer != self.issuer {
            return Err(format!("{address} belongs to the issuer {:?}", found.issuer));
        }
        let keys = safe_url("jwks_uri", &found.jwks_uri)?;
        if is_loopback(&keys) && !is_loopback(address) {
            return Err(format!("{address} refers to keys on this machine (loopback)"));
        }
        Ok(keys)
    }

    async fn json<T: DeserializeOwned>(&self, address: &Url) -> Result<T, String> {
        let mut answer = self.client.get(address.clone()).send().await.map_err(|error| chain(&error))?;
        if answer.status() != 200 {
            return Err(format!("{address} returned status {}", answer.status()));
        }
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(|error| chain(&error))? {
            if body.len() + part.len() > MOST {
                return Err(format!("{address} sent more than {MOST} bytes"));
            }
            body.extend_from_slice(&part);
        }
        serde_json::from_slice(&body).map_err(|error| format!("{address} sent an unexpected document: {error}"))
    }
}
