//! Sign-in attempts are limited per account and per address, in bounded memory.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::error::ApiError;

/// Accounts or addresses remembered before those that are within their limit again are forgotten.
const REMEMBERED: usize = 10_000;

/// The limits of one instance.
pub struct Throttle {
    accounts: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<String>,
}

impl Throttle {
    /// `attempts` a minute for an account, six times as many for an address: offices share addresses.
    pub fn new(attempts: u16) -> Self {
        let quota = |n: u32| Quota::per_minute(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
        Self {
            accounts: RateLimiter::keyed(quota(attempts.into())),
            addresses: RateLimiter::keyed(quota(u32::from(attempts) * 6)),
        }
    }

    /// Count one attempt; 429 when there were too many.
    pub fn attempt(&self, account: &str, address: Option<IpAddr>) -> Result<(), ApiError> {
        check(&self.addresses, &network(address))?;
        // Hashing would hide nothing here: the map never leaves memory. Length is bounded by the schema.
        check(&self.accounts, &account.to_lowercase())
    }
}

fn check(limiter: &DefaultKeyedRateLimiter<String>, key: &String) -> Result<(), ApiError> {
    if limiter.len() > REMEMBERED {
        limiter.retain_recent();
        limiter.shrink_to_fit();
    }
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
        ApiError::too_many("Too many attempts to sign in. Wait, then try again.", wait)
    })
}

/// What counts as one address: an IPv4 address, or the /64 that a subscriber gets of IPv6.
fn network(address: Option<IpAddr>) -> String {
    match address {
        Some(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => format!("{:x?}", &v6.segments()[..4]),
        Some(address) => address.to_canonical().to_string(),
        None => "unknown".into(),
    }
}
