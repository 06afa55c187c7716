//! Cache of an issuer's keys. Fetches are rare, and concurrent callers share one.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::fetch::{Fetcher, KeyMap};
use super::key::PublicKey;

/// Returns the current time. Tests replace it.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Minimum time between two fetches. It limits callers who invent `kid`s by the thousand to one fetch a minute.
const PAUSE: Duration = Duration::from_secs(60);
/// Age from which keys are fetched again even if all `kid`s are known. So a key that its issuer withdrew, because it
/// leaked, stops working here.
const STALE: Duration = Duration::from_secs(3600);

/// Reason why there is no key.
pub enum Missing {
    /// The issuer has no such key.
    Unknown,
    /// The issuer cannot be reached: the cause, and the seconds until the next attempt.
    Away(String, u64),
}

/// The keys of one issuer.
pub struct KeyStore {
    fetcher: Fetcher,
    clock: Clock,
    kept: RwLock<Kept>,
    // Locked during a fetch. Concurrent callers wait, and then use its result.
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
    /// Starts without keys and fetches them for the first token, so that the service can start while an issuer is down.
    pub fn new(fetcher: Fetcher, clock: Clock) -> Arc<Self> {
        Arc::new(Self { fetcher, clock, kept: RwLock::default(), last: Mutex::default() })
    }

    /// The key with this `kid`. A cached key is returned at once, even if its issuer cannot be reached.
    pub async fn find(self: &Arc<Self>, kid: &str) -> Result<PublicKey, Missing> {
        if let Some((key, is_stale)) = self.kept(kid) {
            if is_stale && self.last.try_lock().is_ok() {
                tokio::spawn(Arc::clone(self).refetch());
            }
            return Ok(key);
        }
        // Runs as a separate task, so that a caller who disconnects does not cancel the fetch for the others.
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

    /// Fetches the keys, unless there was an attempt within [`PAUSE`]. Returns the error of the last attempt, if it
    /// failed, and the seconds until the next.
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
