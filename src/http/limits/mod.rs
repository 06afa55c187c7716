//! How much each caller may ask, and how much all of them together.
//!
//! Outside of `/v1` and in front of it stand [`request_size`] (length of the address, headers, parameters) and [`concurrency`] (requests
//! in work, uploads, bytes of answers that are not read yet); within it [`rate`]: first how often an address presents
//! credentials that do not hold, then, once the caller is known, the caller's own quota. Exports are dear and have places of
//! their own. Of all that is bounded in all, each address has no more than its share ([`shares`]). Signing in has limits of
//! its own besides, in `accounts::sign_in::throttle`.

pub mod bucket;
pub mod concurrency;
pub mod price;
pub mod rate;
pub mod request_size;
pub mod shares;

use std::net::IpAddr;
use std::time::Duration;

use bucket::{Buckets, Clock, MOST_BUCKETS, Standing};
use moka::sync::Cache;
use shares::{Share, Shares};
use uuid::Uuid;

use super::client_address::network;
use crate::access::account::{Account, Credential};
use crate::access::role::Role;
use crate::config::{LimitSettings, ServeSettings};

/// Where the caller is looked up. Elsewhere the address alone has a quota.
const IDENTIFIED: [&str; 3] = ["/v1", "/id", "/ogc"];

/// True for an address below which the caller is looked up.
pub fn identifies(path: &str) -> bool {
    let below = IDENTIFIED.into_iter().filter_map(|scope| path.strip_prefix(scope));
    below.into_iter().any(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// So many addresses at least it takes to have all of what is bounded: an office has one address, an attacker some.
const ADDRESSES_TO_FILL: usize = 8;
/// Exports of an address at a time. There are few; people begin two at once, for councils and for initiatives.
const EXPORTS_OF_AN_ADDRESS: usize = 2;
/// Credentials that are remembered as good, and how long after they were last used: they are looked at even where others
/// are not any more.
const GOOD_CREDENTIALS: u64 = 10_000;
const GOOD_FOR: Duration = Duration::from_secs(15 * 60);
/// Bodies that arrive at a time, each of a megabyte at most.
const UPLOADS: usize = 128;
/// Bytes of answers that were begun and not yet read to their end, as they are before they are compressed.
const BYTES_OF_ANSWERS: usize = 256 << 20;

/// Whose quota a request counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// An address, or the network that stands for it: callers without an account.
    Address(IpAddr),
    /// A user, wherever the request comes from.
    User(Uuid),
    /// An API key, wherever the request comes from.
    Key(Uuid),
}

/// The quota of an account goes with its credential: a key that runs wild leaves its owner's own alone.
pub fn bucket_of(account: &Account) -> Bucket {
    match account.credential {
        Credential::Session(_) | Credential::External => Bucket::User(account.user_id),
        Credential::Key(key) => Bucket::Key(key),
    }
}

/// The limits of one instance.
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
    /// Limits as they are set, by this clock.
    pub fn new(settings: &LimitSettings, clock: &Clock) -> Self {
        // Kinds of callers have buckets apart: a flood of addresses takes no account's away.
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

    /// Count a request of this many units against its caller's quota.
    pub fn take(&self, account: Option<&Account>, address: Option<IpAddr>, cost: u32) -> Standing {
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

    /// A place for a connection of this peer; `None` when it has its share already.
    pub fn connection(&self, peer: IpAddr, settings: &ServeSettings) -> Option<Share> {
        let is_proxy = settings.trusted_proxies.iter().any(|network| network.contains(&peer.to_canonical()));
        self.connections.take(network(Some(peer)), usize::from(!is_proxy))
    }

    /// A place for an export to this address; `None` while all are taken, or all of its share.
    pub fn export_place(&self, address: Option<IpAddr>) -> Option<Share> {
        self.exports.take(network(address), 1)
    }

    /// How many callers without an account are remembered.
    pub fn strangers(&self) -> usize {
        self.anonymous.len()
    }
}
