//! Tokens of others: access tokens (JWT) of issuers that the deployment has registered, such as a council's Entra ID.
//!
//! What a token says of itself is believed for one thing only: which issuer's rules it is held against. Issuer, audience
//! and algorithms are those of the setting and of the key, never the token's own (RFC 8725, sections 3.1, 3.8, 3.9).

mod fetch;
mod key;
mod keys;

use std::sync::Arc;
use std::time::{Duration, Instant};

use fetch::Fetcher;
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::{Validation, decode, decode_header};
pub use keys::Clock;
use keys::{KeyStore, Missing};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::issuer::IssuerSetting;
use crate::config::{ServeSettings, tls};
use crate::error::{ApiError, request_id};

/// Seconds by which an issuer's clock may differ from ours, either way. Both are set by the network and seldom more than a
/// second apart; a minute lets in virtual machines that were just woken, and prolongs a token of an hour by little.
const LEEWAY: u64 = 60;
/// Most characters of a subject (OpenID Connect Core 1.0, section 2).
const LONGEST_SUBJECT: usize = 255;

/// The issuers whose tokens are taken besides our own.
pub struct Issuers(Vec<Issuer>);

/// One of them.
pub struct Issuer {
    setting: IssuerSetting,
    keys: Arc<KeyStore>,
}

/// How time passes for [`Issuers`].
pub struct Pace {
    /// Tells the time between fetches.
    pub clock: Clock,
    /// How long a fetch may take.
    pub patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { clock: Arc::new(Instant::now), patience: Duration::from_secs(5) }
    }
}

/// Why the issuers of the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// Two settings for one issuer, or one for ourselves.
    #[error("the issuer {0} is registered twice, or is this registry's own (CCIN_ISSUER)")]
    Taken(String),
    /// TLS or the HTTP client.
    #[error("the keys of issuers cannot be fetched: {0}")]
    Client(String),
}

impl Issuers {
    /// From the settings. Fetches nothing yet.
    pub fn new(settings: &ServeSettings) -> Result<Self, IssuerError> {
        Self::paced(settings, &Pace::default())
    }

    /// The same at another pace.
    pub fn paced(settings: &ServeSettings, pace: &Pace) -> Result<Self, IssuerError> {
        let mut issuers = Vec::<Issuer>::new();
        for setting in &settings.oidc_issuers {
            let name = &setting.issuer;
            if *name == settings.issuer || issuers.iter().any(|other| other.setting.issuer == *name) {
                return Err(IssuerError::Taken(name.clone()));
            }
            let tls = tls::client().map_err(|error| IssuerError::Client(error.to_string()))?;
            let fetcher = Fetcher::new(setting, tls, pace.patience);
            let fetcher = fetcher.map_err(|error| IssuerError::Client(error.to_string()))?;
            issuers.push(Issuer { setting: setting.clone(), keys: KeyStore::new(fetcher, pace.clock.clone()) });
        }
        Ok(Self(issuers))
    }

    /// The issuer that a token says it is of; nothing that it says has been verified.
    pub fn of(&self, token: &str) -> Option<&Issuer> {
        #[derive(Deserialize)]
        struct Says {
            iss: String,
        }
        let says: Says = insecure_decode_claims(token).ok()?;
        self.0.iter().find(|issuer| issuer.setting.issuer == says.iss)
    }
}

impl Issuer {
    /// What `iss` says in its tokens.
    pub fn name(&self) -> &str {
        &self.setting.issuer
    }

    /// The subject of a token that is this issuer's, for us and still good. 401 for any other; 503 while nobody can tell,
    /// as the issuer cannot be asked for its keys.
    pub async fn verify(&self, token: &str) -> Result<String, ApiError> {
        let header = decode_header(token).map_err(|error| self.refused(format!("{:?}", error.kind())))?;
        let kid = header.kid.as_deref().ok_or_else(|| self.refused("it names no key (kid)"))?;
        // No extension is understood here, and one that is critical must be (RFC 7515, section 4.1.11).
        if header.crit.is_some() {
            return Err(self.refused("it has critical extensions"));
        }
        if !key::TAKEN.contains(&header.alg) {
            return Err(self.refused(format!("the algorithm {:?} is not taken", header.alg)));
        }
        let key = self.keys.find(kid).await.map_err(|missing| match missing {
            Missing::Unknown => self.refused("the issuer has no such key"),
            Missing::Away(cause, wait) => ApiError::issuer_away(format!("{}: {cause}", self.name()), wait),
        })?;
        if !key.fits(header.alg) {
            return Err(self.refused(format!("the algorithm {:?} does not fit the key", header.alg)));
        }
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[self.name()]);
        validation.set_audience(&[&self.setting.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        let token = decode::<Map<String, Value>>(token, &key.decoding, &validation);
        self.subject(&token.map_err(|error| self.refused(format!("{:?}", error.kind())))?.claims)
    }

    fn subject(&self, claims: &Map<String, Value>) -> Result<String, ApiError> {
        let latest = (chrono::Utc::now().timestamp() + LEEWAY.cast_signed()) as f64;
        if claims.get("iat").is_some_and(|at| at.as_f64().is_none_or(|at| at > latest)) {
            return Err(self.refused("it was issued in the future (iat)"));
        }
        let name = self.setting.subject_claim.name();
        let subject = claims.get(name).and_then(Value::as_str);
        let is_text = |subject: &&str| !subject.contains('\0') && subject.len() <= LONGEST_SUBJECT;
        let subject = subject.filter(is_text).filter(|subject| !subject.is_empty());
        let missing = || self.refused(format!("it has no {name} of 1 to 255 characters"));
        subject.map(str::to_owned).ok_or_else(missing)
    }

    /// 401, the same for every cause: the cause is for the log, where an operator finds it. Whatever of it comes out of a
    /// token has to be escaped, as `{:?}` does.
    pub fn refused(&self, cause: impl std::fmt::Display) -> ApiError {
        log::info!(request_id = request_id(), issuer = self.name(); "a token of {} was refused: {cause}", self.name());
        ApiError::bad_credentials(
            "The token does not hold here: it has expired, is not for this registry, or is of nobody with an account.",
        )
    }
}
