//! Sign-in attempts are limited per account and per address.

use std::net::IpAddr;

use crate::address::network;
use crate::error::ApiError;
use crate::limits::bucket::{Buckets, Clock, MOST_BUCKETS};

/// The limits of one instance.
pub struct Throttle {
    accounts: Buckets<String>,
    addresses: Buckets<IpAddr>,
}

impl Throttle {
    /// `attempts` a minute for an account, six times as many for an address: offices share addresses.
    pub fn new(attempts: u16, clock: Clock) -> Self {
        let attempts = u32::from(attempts);
        Self {
            accounts: Buckets::new(attempts, MOST_BUCKETS, clock.clone()),
            addresses: Buckets::new(attempts * 6, MOST_BUCKETS, clock),
        }
    }

    /// Count one attempt; 429 when there were too many.
    pub fn attempt(&self, account: &str, address: Option<IpAddr>) -> Result<(), ApiError> {
        let detail = "Too many attempts to sign in. Wait, then try again.";
        self.addresses.take(network(address), 1).check("login", detail)?;
        // Hashing would hide nothing here: the map never leaves memory. Length is bounded by the schema.
        self.accounts.take(account.to_lowercase(), 1).check("login", detail)
    }
}
