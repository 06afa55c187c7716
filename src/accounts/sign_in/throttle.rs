//! Sign-in attempts are limited per account and per address.
//!
//! Whoever guesses at an account from elsewhere must not lock its owner out: an address from which the owner has signed in
//! has attempts of its own. An instance that has just started, or another one, asks the audit trail for such addresses.

use std::net::IpAddr;
use std::time::Duration;

use moka::sync::Cache;

use crate::error::ApiError;
use crate::http::client_address::network;
use crate::http::limits::bucket::{Buckets, Clock, MOST_BUCKETS};

/// Days for which an address is known after the last time that the account signed in from there.
pub const DAYS_KNOWN: u16 = 30;
const KNOWN_FOR: Duration = Duration::from_secs(DAYS_KNOWN as u64 * 24 * 3600);

/// The limits of one instance, and the addresses that it knows.
pub struct Throttle {
    accounts: Buckets<(String, Option<IpAddr>)>,
    known: Cache<(String, IpAddr), ()>,
    addresses: Buckets<IpAddr>,
}

impl Throttle {
    /// `attempts` a minute for an account, six times as many for an address: offices share addresses.
    pub fn new(attempts: u16, clock: Clock) -> Self {
        let attempts = u32::from(attempts);
        Self {
            accounts: Buckets::new(attempts, MOST_BUCKETS, clock.clone()),
            known: Cache::builder().max_capacity(MOST_BUCKETS as u64).time_to_live(KNOWN_FOR).build(),
            addresses: Buckets::new(attempts * 6, MOST_BUCKETS, clock),
        }
    }

    /// Count one attempt; 429 when there were too many. `was_here` says whether the account has signed in from the address
    /// lately; it is asked only when the attempt would be refused otherwise.
    pub async fn attempt(
        &self,
        account: &str,
        address: Option<IpAddr>,
        was_here: impl AsyncFnOnce() -> Result<bool, ApiError>,
    ) -> Result<(), ApiError> {
        let detail = "Too many attempts to sign in. Wait, then try again.";
        let address = network(address);
        self.addresses.take(address, 1).check("login", detail)?;
        // Hashing would hide nothing here: the map never leaves memory. Length is bounded by the schema.
        let account = account.to_lowercase();
        let is_known = self.known.contains_key(&(account.clone(), address));
        let attempt = self.accounts.take((account.clone(), is_known.then_some(address)), 1).check("login", detail);
        if attempt.is_ok() || is_known || !was_here().await? {
            return attempt;
        }
        self.known.insert((account.clone(), address), ());
        self.accounts.take((account, Some(address)), 1).check("login", detail)
    }

    /// Remember that an account has signed in from here.
    pub fn succeeded(&self, account: &str, address: Option<IpAddr>) {
        let (account, address) = (account.to_lowercase(), network(address));
        if !self.known.contains_key(&(account.clone(), address)) {
            // Becoming known gives nobody an attempt more.
            self.accounts.take((account.clone(), Some(address)), 1);
        }
        self.known.insert((account, address), ());
    }
}
