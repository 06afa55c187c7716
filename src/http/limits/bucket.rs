//! Token buckets of one quota, one per key, in bounded memory. Tests can move the clock.
//!
//! The headers `RateLimit` and `RateLimit-Policy` are written by hand. The IETF draft still changes, and the crates for
//! it write the older `X-RateLimit` headers. The buckets are `governor`'s.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderName, HeaderValue};
use governor::clock::FakeRelativeClock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;
use governor::{Quota, RateLimiter, clock};

use crate::error::ApiError;

/// The window of every quota, in seconds.
pub const WINDOW: u64 = 60;
/// Maximum number of buckets of one kind, which take some ten megabytes. It is above the 65,536 networks of /64 in a
/// /48, the allocation of one site (RFC 6177). So a single site cannot make all others share a bucket.
pub const MOST_BUCKETS: usize = 100_000;
/// Minimum interval between two searches for idle buckets, once the maximum is reached, in nanoseconds. A search takes
/// a millisecond, too much for every request of a flood.
const BETWEEN_LOOKS: Nanos = Nanos::new(1_000_000_000);

/// The clock that refills buckets.
#[derive(Clone, Debug)]
pub enum QuotaClock {
    /// The time since the start.
    Running(Instant),
    /// Moves only when a test moves it.
    Moved(FakeRelativeClock),
}

impl QuotaClock {
    /// A clock that starts now.
    pub fn running() -> Self {
        Self::Running(Instant::now())
    }
}

impl clock::Clock for QuotaClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        match self {
            Self::Running(start) => start.elapsed().into(),
            Self::Moved(clock) => clock::Clock::now(clock),
        }
    }
}

/// State of a caller's limit after a request was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaState {
    /// The whole quota, in units per [`WINDOW`].
    pub quota: u32,
    /// Units left now.
    pub left: u32,
    /// Seconds until the whole quota is available again, rounded up.
    pub full_after: u64,
    /// Seconds until this request would be accepted, rounded up; `None` if it was accepted.
    pub retry_after: Option<u64>,
}

impl QuotaState {
    /// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10), for the policy with this name.
    pub fn headers(&self, policy: &str) -> [(HeaderName, String); 2] {
        let Self { quota, left, full_after, .. } = self;
        [
            (HeaderName::from_static("ratelimit-policy"), format!("\"{policy}\";q={quota};w={WINDOW}")),
            (HeaderName::from_static("ratelimit"), format!("\"{policy}\";r={left};t={full_after}")),
        ]
    }

    /// The same, as header values.
    pub fn header_values(&self, policy: &str) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        self.headers(policy).into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?)))
    }

    /// 429 if the request was not accepted.
    pub fn check(&self, policy: &str, detail: &str) -> Result<(), ApiError> {
        let Some(retry_after) = self.retry_after else { return Ok(()) };
        let refusal = ApiError::too_many(detail, retry_after);
        Err(self.headers(policy).into_iter().fold(refusal, |error, (name, value)| error.with_header(name, value)))
    }
}

/// Buckets of one quota. New buckets are full.
pub struct Buckets<K: Clone + Eq + Hash> {
    quota: NonZeroU32,
    clock: QuotaClock,
    limiter: RateLimiter<Question<K>, Bounded<K>, QuotaClock, StateInformationMiddleware>,
}

impl<K: Clone + Eq + Hash> Buckets<K> {
    /// Buckets of `quota` units per [`WINDOW`], at most `most` of them.
    pub fn new(quota: u32, most: usize, clock: QuotaClock) -> Self {
        let quota = NonZeroU32::new(quota).unwrap_or(NonZeroU32::MIN);
        let limiter = RateLimiter::new(Quota::per_minute(quota), Bounded::new(most), clock.clone());
        Self { quota, clock, limiter }
    }

    /// Takes units from a bucket, if it has them. A cost above the quota takes the whole quota.
    pub fn take(&self, key: K, cost: u32) -> QuotaState {
        self.ask(Question { key, take: true }, cost)
    }

    /// Checks whether one unit is available, without taking it.
    pub fn peek(&self, key: K) -> QuotaState {
        self.ask(Question { key, take: false }, 1)
    }

    /// Number of buckets in memory.
    pub fn len(&self) -> usize {
        self.limiter.len()
    }

    /// True when memory has no buckets.
    pub fn is_empty(&self) -> bool {
        self.limiter.is_empty()
    }

    fn ask(&self, question: Question<K>, cost: u32) -> QuotaState {
        self.limiter.retain_recent();
        let cost = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN).min(self.quota);
        let (left, wait) = match self.limiter.check_key_n(&question, cost) {
            Ok(Ok(state)) => (state.remaining_burst_capacity(), None),
            Ok(Err(not_until)) => {
                let wait = not_until.wait_time_from(clock::Clock::now(&self.clock));
                let unit = Duration::from_secs(WINDOW) / self.quota.get();
                let missing = wait.as_nanos().div_ceil(unit.as_nanos().max(1)) as u32;
                (cost.get().saturating_sub(missing), Some(wait))
            }
            // Unreachable: no cost is above the quota.
            Err(_) => (0, Some(Duration::from_secs(WINDOW))),
        };
        let quota = self.quota.get();
        QuotaState {
            quota,
            left,
            full_after: (u64::from(quota.saturating_sub(left)) * WINDOW).div_ceil(quota.into()),
            retry_after: wait.map(|wait| (wait.as_nanos().div_ceil(1_000_000_000) as u64).max(1)),
        }
    }
}

/// A query for a bucket; with `take`, it changes the bucket.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Question<K> {
    key: K,
    take: bool,
}

/// The buckets of governor, each as the time at which it will be full. Governor's own map grows with every new key.
/// Here, keys without a bucket share one once the maximum is reached.
struct Bounded<K> {
    most: usize,
    kept: Mutex<Kept<K>>,
}

struct Kept<K> {
    buckets: HashMap<K, Nanos>,
    strangers: Option<Nanos>,
    looked_at: Nanos,
}

impl<K> Bounded<K> {
    fn new(most: usize) -> Self {
        let kept = Kept { buckets: HashMap::new(), strangers: None, looked_at: Nanos::default() };
        Self { most, kept: Mutex::new(kept) }
    }

    /// Locked only for one access to the map. No access leaves a change half done, so a poisoned lock is harmless.
    fn kept(&self) -> MutexGuard<'_, Kept<K>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> StateStore for Bounded<K> {
    type Key = Question<K>;

    fn measure_and_replace<T, F, E>(&self, question: &Question<K>, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut kept = self.kept();
        let known = kept.buckets.get(&question.key).copied();
        let is_stranger = known.is_none() && kept.buckets.len() >= self.most;
        let (outcome, full_at) = measure(if is_stranger { kept.strangers } else { known })?;
        if question.take {
            if is_stranger {
                kept.strangers = Some(full_at);
            } else {
                kept.buckets.insert(question.key.clone(), full_at);
            }
        }
        Ok(outcome)
    }
}

impl<K: Clone + Eq + Hash> ShrinkableKeyedStateStore<Question<K>> for Bounded<K> {
    /// Removes the buckets that were full at this time, which is just past. Does so only when the maximum is reached
    /// and the last search is some time ago.
    fn retain_recent(&self, past: Nanos) {
        let mut kept = self.kept();
        if kept.buckets.len() >= self.most && past >= kept.looked_at + BETWEEN_LOOKS {
            kept.looked_at = past;
            kept.buckets.retain(|_, full_at| *full_at > past);
        }
    }

    fn len(&self) -> usize {
        self.kept().buckets.len()
    }

    fn is_empty(&self) -> bool {
        self.kept().buckets.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(quota: u32, most: usize) -> (Buckets<u32>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Buckets::new(quota, most, QuotaClock::Moved(clock.clone())), clock)
    }

    #[test]
    fn a_bucket_empties_by_cost_and_fills_with_time() {
        let (buckets, clock) = buckets(60, 10);
        let standing = |left, full_after, retry_after| QuotaState { quota: 60, left, full_after, retry_after };
        assert_eq!(buckets.take(1, 10), standing(50, 10, None));
        assert_eq!(buckets.take(1, 47), standing(3, 57, None));
        assert_eq!(buckets.take(1, 10), standing(3, 57, Some(7)));
        assert_eq!(buckets.take(2, 1), standing(59, 1, None), "keys have separate buckets");
        clock.advance(Duration::from_secs(6));
        assert_eq!(buckets.take(1, 10).retry_after, Some(1));
        clock.advance(Duration::from_secs(1));
        assert_eq!(buckets.take(1, 10), standing(0, 60, None));
        clock.advance(Duration::from_secs(3600));
        assert_eq!(buckets.take(1, 1000), standing(0, 60, None), "a cost above the quota takes the quota");
    }

    #[test]
    fn a_look_takes_nothing() {
        let (buckets, _) = buckets(1, 10);
        assert_eq!((buckets.peek(1).retry_after, buckets.len()), (None, 0));
        assert_eq!(buckets.take(1, 1).retry_after, None);
        assert_eq!(buckets.peek(1).retry_after, Some(60));
    }

    #[test]
    fn a_flood_of_keys_shares_a_bucket_once_all_are_given_out() {
        let (buckets, clock) = buckets(60, 1000);
        assert_eq!(buckets.take(0, 1).left, 59);
        let let_in = (1..100_000).filter(|key| buckets.take(*key, 1).retry_after.is_none()).count();
        assert_eq!((let_in, buckets.len()), (999 + 60, 1000));
        assert_eq!(buckets.take(0, 1).left, 58, "existing buckets are unchanged");
        clock.advance(Duration::from_secs(2));
        assert_eq!(buckets.take(2_000_000, 1).left, 59, "idle buckets are removed");
        assert_eq!(buckets.len(), 2);
    }
}
