//! Limits sign-in attempts per account and per address.
//!
//! An attacker who guesses a password from elsewhere must not lock the owner out. So an address from which the owner
//! has signed in has its own attempts. A newly started or second instance finds such addresses in the audit trail.

use std::net::IpAddr;
use std::time::Duration;

use moka::sync::Cache;

use crate::error::ApiError;
use crate::http::client_address::network;
use crate::http::limits::bucket::{Buckets, MOST_BUCKETS, QuotaClock};

/// Days for which an address stays known after the account's last sign-in from there.
pub const DAYS_KNOWN: u16 = 30;
const KNOWN_FOR: Duration = Duration::from_secs(DAYS_KNOWN as u64 * 24 * 3600);

/// Limits of this instance, and the addresses that it knows.
pub struct Throttle {
    accounts: Buckets<(String, Option<IpAddr>)>,
    known: Cache<(String, IpAddr), ()>,
    addresses: Buckets<IpAddr>,
}

impl Throttle {
    /// Allows `attempts` a minute per account, and six times as many per address, because offices share addresses.
    pub fn new(attempts: u16, clock: QuotaClock) -> Self {
        let attempts = u32::from(attempts);
        Self {
            accounts: Buckets::new(attempts, MOST_BUCKETS, clock.clone()),
            known: Cache::builder().max_capacity(MOST_BUCKETS as u64).time_to_live(KNOWN_FOR).build(),
            addresses: Buckets::new(attempts * 6, MOST_BUCKETS, clock),
        }
    }

    /// Counts an attempt; 429 if there were too many. `was_here` returns true if the account has recently signed in
    /// from the address. It is called only if the attempt would otherwise be refused.
    pub async fn attempt(
        &self,
        account: &str,
        address: Option<IpAddr>,
        was_here: impl AsyncFnOnce() -> Result<bool, ApiError>,
    ) -> Result<(), ApiError> {
        let detail = "Too many sign-in attempts. Wait, then try again.";
        let address = network(address);
        self.addresses.take(address, 1).check("login", detail)?;
        // No need to hash the account: the map never leaves memory. The schema limits its length.
        let account = account.to_lowercase();
        let is_known = self.known.contains_key(&(account.clone(), address));
        let attempt = self.accounts.take((account.clone(), is_known.then_some(address)), 1).check("login", detail);
        if attempt.is_ok() || is_known || !was_here().await? {
            return attempt;
        }
        self.known.insert((account.clone(), address), ());
        self.accounts.take((account, Some(address)), 1).check("login", detail)
    }

    /// Remembers that an account has signed in from this address.
    pub fn succeeded(&self, account: &str, address: Option<IpAddr>) {
        let (account, address) = (account.to_lowercase(), network(address));
        if !self.known.contains_key(&(account.clone(), address)) {
            // Take one attempt, so that a newly known address does not gain any.
            self.accounts.take((account.clone(), Some(address)), 1);
        }
        self.known.insert((account, address), ());
    }
}
