//! Access tokens (JWT) of other issuers that the operator has registered, such as a council's Entra ID.
//!
//! A token's own `iss` only selects the issuer whose rules apply. Issuer, audience and algorithms come from the
//! settings and the key, never from the token (RFC 8725, sections 3.1, 3.8, 3.9).

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

/// Accepted clock difference to an issuer in seconds, either way. Clocks that are set over the network rarely differ by
/// more than a second. One minute allows for virtual machines that have just resumed, and extends a token of an hour by
/// little.
const LEEWAY: u64 = 60;
/// Maximum length of a subject in characters (OpenID Connect Core 1.0, section 2).
const LONGEST_SUBJECT: usize = 255;

/// Issuers whose tokens are accepted, in addition to our own.
pub struct Issuers(Vec<Issuer>);

/// A registered issuer.
pub struct Issuer {
    setting: IssuerSetting,
    keys: Arc<KeyStore>,
}

/// Clock and timeout for [`Issuers`]. Tests replace them.
pub struct Timing {
    /// Clock for the time between fetches.
    pub clock: Clock,
    /// Maximum duration of a fetch.
    pub timeout: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self { clock: Arc::new(Instant::now), timeout: Duration::from_secs(5) }
    }
}

/// Reason why the configured issuers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// Two settings have the same issuer, or one has our own.
    #[error("the issuer {0} is registered twice, or is this registry itself (CCIN_ISSUER)")]
    Taken(String),
    /// TLS or the HTTP client failed.
    #[error("the keys of issuers cannot be fetched: {0}")]
    Client(String),
}

impl Issuers {
    /// Sets up the issuers of the settings, without fetching anything yet.
    pub fn new(settings: &ServeSettings) -> Result<Self, IssuerError> {
        Self::with_timing(settings, &Timing::default())
    }

    /// Like [`Issuers::new`], with another clock and timeout.
    pub fn with_timing(settings: &ServeSettings, timing: &Timing) -> Result<Self, IssuerError> {
        let mut issuers = Vec::<Issuer>::new();
        for setting in &settings.oidc_issuers {
            let name = &setting.issuer;
            if *name == settings.issuer || issuers.iter().any(|other| other.setting.issuer == *name) {
                return Err(IssuerError::Taken(name.clone()));
            }
            let tls = tls::client().map_err(|error| IssuerError::Client(error.to_string()))?;
            let fetcher = Fetcher::new(setting, tls, timing.timeout);
            let fetcher = fetcher.map_err(|error| IssuerError::Client(error.to_string()))?;
            issuers.push(Issuer { setting: setting.clone(), keys: KeyStore::new(fetcher, timing.clock.clone()) });
        }
        Ok(Self(issuers))
    }

    /// The issuer that a token names. Nothing in the token has been verified yet.
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
    /// The value of `iss` in its tokens.
    pub fn name(&self) -> &str {
        &self.setting.issuer
    }

    /// Verifies a token and returns its subject. 401 if the token is not from this issuer, not for us, or expired. 503
    /// while the issuer's keys cannot be fetched.
    pub async fn verify(&self, token: &str) -> Result<String, ApiError> {
        let header = decode_header(token).map_err(|error| self.refused(format!("{:?}", error.kind())))?;
        let kid = header.kid.as_deref().ok_or_else(|| self.refused("it names no key (kid)"))?;
        // We support no extensions, so a critical one must be refused (RFC 7515, section 4.1.11).
        if header.crit.is_some() {
            return Err(self.refused("it has critical extensions"));
        }
        if !key::TAKEN.contains(&header.alg) {
            return Err(self.refused(format!("the algorithm {:?} is not accepted", header.alg)));
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

    /// 401, with the same text for every cause; the log has the cause, for the operator. Escape text from the token in
    /// `cause`, as `{:?}` does.
    pub fn refused(&self, cause: impl std::fmt::Display) -> ApiError {
        log::info!(request_id = request_id(), issuer = self.name(); "a token of {} was refused: {cause}", self.name());
        ApiError::bad_credentials(
            "The token is not valid here. It has expired, is not for this registry, or its holder has no account.",
        )
    }
}
