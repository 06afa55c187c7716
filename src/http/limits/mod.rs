//! Limits on the requests of each caller, and of all callers together.
//!
//! Every request passes [`request_size`] (length of the address, headers, parameters) and [`concurrency`] (concurrent
//! requests, uploads, bytes of unread responses). Requests under `/v1` then pass [`rate`]. It first limits invalid
//! credentials per address and then, once the caller is identified, applies the caller's quota. Exports are expensive
//! and have a limit of their own. No address gets more than its share of a shared limit ([`shares`]). Sign-in has
//! further limits, in `accounts::sign_in::throttle`.

pub mod bucket;
pub mod concurrency;
pub mod price;
pub mod rate;
pub mod request_size;
pub mod shares;

use std::net::IpAddr;
use std::time::Duration;

use bucket::{Buckets, MOST_BUCKETS, QuotaClock, QuotaState};
use moka::sync::Cache;
use shares::{Share, Shares};
use uuid::Uuid;

use super::client_address::network;
use crate::access::account::{Account, Credential};
use crate::access::role::Role;
use crate::config::{LimitSettings, ServeSettings};

/// Paths at which the caller is identified. Elsewhere, only the address has a quota.
const IDENTIFIED: [&str; 3] = ["/v1", "/id", "/ogc"];

/// True for a path under which the caller is identified.
pub fn identifies(path: &str) -> bool {
    let below = IDENTIFIED.into_iter().filter_map(|scope| path.strip_prefix(scope));
    below.into_iter().any(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Minimum number of addresses that it takes to use up a shared limit. An office has one address; an attacker has
/// several.
const ADDRESSES_TO_FILL: usize = 8;
/// Maximum number of concurrent exports per address. People often start two at once, for councils and for initiatives.
const EXPORTS_OF_AN_ADDRESS: usize = 2;
/// Maximum number of credentials remembered as valid, and how long after their last use. They are still checked when
/// other credentials from the address are not.
const GOOD_CREDENTIALS: u64 = 10_000;
const GOOD_FOR: Duration = Duration::from_secs(15 * 60);
/// Maximum number of concurrent uploads, each of at most a megabyte.
const UPLOADS: usize = 128;
/// Maximum total size of responses that are being sent, in bytes before compression.
const BYTES_OF_ANSWERS: usize = 256 << 20;

/// The caller whose quota a request counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// An address, or its network: callers without an account.
    Address(IpAddr),
    /// A user, whatever the address.
    User(Uuid),
    /// An API key, whatever the address.
    Key(Uuid),
}

/// The quota belongs to the credential. So a runaway key does not use up the quota of its owner.
pub fn bucket_of(account: &Account) -> Bucket {
    match account.credential {
        Credential::Session(_) | Credential::External | Credential::Link(_) => Bucket::User(account.user_id),
        Credential::Key(key) => Bucket::Key(key),
    }
}

/// Limits of one instance.
pub struct Limits {
    anonymous: Buckets<Bucket>,
    members: Buckets<Bucket>,
    officers: Buckets<Bucket>,
    bad_credentials: Buckets<IpAddr>,
    good_credentials: Cache<[u8; 32], ()>,
    connections: Shares,
    in_work: Shares,
    uploads: Shares,
    answers: Shares,
    exports: Shares,
}

impl Limits {
    /// The configured limits, with this clock.
    pub fn new(settings: &LimitSettings, clock: &QuotaClock) -> Self {
        // Each kind of caller has separate buckets, so a flood of addresses does not affect accounts.
        let tier = |quota| Buckets::new(quota, MOST_BUCKETS, clock.clone());
        let shares = |all: usize, addresses: usize| Shares::new(all, all / addresses);
        Self {
            anonymous: tier(settings.limit_anonymous),
            members: tier(settings.limit_member),
            officers: tier(settings.limit_officer),
            bad_credentials: Buckets::new(settings.limit_bad_credentials, MOST_BUCKETS, clock.clone()),
            good_credentials: Cache::builder().max_capacity(GOOD_CREDENTIALS).time_to_idle(GOOD_FOR).build(),
            connections: Shares::new(usize::MAX, settings.connections_of_an_address as usize),
            in_work: shares(settings.requests_in_work as usize, ADDRESSES_TO_FILL),
            uploads: shares(UPLOADS, ADDRESSES_TO_FILL),
            answers: shares(BYTES_OF_ANSWERS, ADDRESSES_TO_FILL),
            exports: Shares::new(settings.exports_at_a_time.into(), EXPORTS_OF_AN_ADDRESS),
        }
    }

    /// Counts a request of this many units against its caller's quota.
    pub fn take(&self, account: Option<&Account>, address: Option<IpAddr>, cost: u32) -> QuotaState {
        match account {
            None => self.anonymous.take(Bucket::Address(network(address)), cost),
            Some(account) => {
                let tier = match account.role {
                    Role::Researcher | Role::MemberViewer | Role::Contributor | Role::CouncilEditor => &self.members,
                    Role::Moderator | Role::NetworkAdmin => &self.officers,
                };
                tier.take(bucket_of(account), cost)
            }
        }
    }

    /// Takes a connection for this peer; `None` when it has its share.
    pub fn connection(&self, peer: IpAddr, settings: &ServeSettings) -> Option<Share> {
        let is_proxy = settings.trusted_proxies.iter().any(|network| network.contains(&peer.to_canonical()));
        self.connections.take(network(Some(peer)), usize::from(!is_proxy))
    }

    /// Takes an export for this address; `None` when all are in use, or the address has its share.
    pub fn export_place(&self, address: Option<IpAddr>) -> Option<Share> {
        self.exports.take(network(address), 1)
    }

    /// Number of callers without an account in memory.
    pub fn strangers(&self) -> usize {
        self.anonymous.len()
    }
}
