//! The keys of an issuer, kept and fetched again: seldom, and once for all who wait.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::fetch::{Fetcher, KeyMap};
use super::key::PublicKey;

/// Tells the time. Tests move it.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Least time between two fetches: whoever makes up `kid`s by the thousand makes us ask once a minute.
const PAUSE: Duration = Duration::from_secs(60);
/// Age from which keys are fetched again though nothing unknown came: by then a key that its issuer has withdrawn, because
/// somebody else has it, holds here no longer.
const STALE: Duration = Duration::from_secs(3600);

/// Why there is no key.
pub enum Missing {
    /// The issuer has no such key.
    Unknown,
    /// The issuer cannot be asked; it will be after so many seconds.
    Away(String, u64),
}

/// The keys of one issuer.
pub struct KeyStore {
    fetcher: Fetcher,
    clock: Clock,
    kept: RwLock<Kept>,
    // Held while fetching: whoever comes meanwhile waits, and then finds what was fetched.
    last: Mutex<Option<Attempt>>,
}

#[derive(Default)]
struct Kept {
    keys: KeyMap,
    since: Option<Instant>,
}

struct Attempt {
    at: Instant,
    failure: Option<String>,
}

impl KeyStore {
    /// Without keys: the first token has them fetched, so that the service starts while an issuer is away.
    pub fn new(fetcher: Fetcher, clock: Clock) -> Arc<Self> {
        Arc::new(Self { fetcher, clock, kept: RwLock::default(), last: Mutex::default() })
    }

    /// The key with this `kid`. One that is kept serves at once, whether or not its issuer can be reached.
    pub async fn find(self: &Arc<Self>, kid: &str) -> Result<PublicKey, Missing> {
        if let Some((key, is_stale)) = self.kept(kid) {
            if is_stale && self.last.try_lock().is_ok() {
                tokio::spawn(Arc::clone(self).refetch());
            }
            return Ok(key);
        }
        // A task of its own: a caller who hangs up must not take everybody's fetch along.
        let failure = tokio::spawn(Arc::clone(self).refetch()).await;
        match (self.kept(kid), failure) {
            (Some((key, _)), _) => Ok(key),
            (None, Ok(None)) => Err(Missing::Unknown),
            (None, Ok(Some((cause, wait)))) => Err(Missing::Away(cause, wait)),
            (None, Err(error)) => Err(Missing::Away(error.to_string(), PAUSE.as_secs())),
        }
    }

    fn kept(&self, kid: &str) -> Option<(PublicKey, bool)> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let is_stale = kept.since.is_none_or(|since| (self.clock)().duration_since(since) >= STALE);
        kept.keys.get(kid).map(|key| (key.clone(), is_stale))
    }

    /// Fetch the keys unless that was tried within [`PAUSE`]. Why the last attempt failed, if it did, and the seconds until
    /// the next.
    async fn refetch(self: Arc<Self>) -> Option<(String, u64)> {
        let mut last = self.last.lock().await;
        let now = (self.clock)();
        let due = last.as_ref().is_none_or(|last| now.duration_since(last.at) >= PAUSE);
        if due {
            let failure = match self.fetcher.keys().await {
                Ok(keys) => {
                    *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Kept { keys, since: Some(now) };
                    None
                }
                Err(cause) => {
                    log::warn!("the keys of an issuer cannot be fetched: {cause}");
                    Some(cause)
                }
            };
            *last = Some(Attempt { at: now, failure });
        }
        let last = last.as_ref()?;
        let wait = PAUSE.saturating_sub(now.duration_since(last.at)).as_secs().max(1);
        last.failure.clone().map(|cause| (cause, wait))
    }
}
