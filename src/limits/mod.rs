//! How much each caller may ask, and how much all of them together.
//!
//! Outside of `/v1` and in front of it stand [`bounds`] (length of the address, headers, parameters) and [`load`] (requests
//! in work); within it [`rate`]: first how often an address presents credentials that do not hold, then, once the caller
//! is known, the caller's own quota. Exports go on after their answer has begun, so that they have places of their own. Signing in has limits of its own besides, in `auth::throttle`.

pub mod bounds;
pub mod bucket;
pub mod cost;
pub mod load;
pub mod rate;

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::address::network;
use crate::auth::caller::{Account, Credential};
use crate::config::LimitSettings;
use crate::users::model::Role;
use bucket::{Buckets, Clock, MOST_BUCKETS, Standing};
use load::ByAddress;

/// So many addresses at least it takes to fill all places for requests in work.
const ADDRESSES_TO_FILL: usize = 4;

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
        Credential::Session(_) | Credential::Foreign => Bucket::User(account.user_id),
        Credential::Key(key) => Bucket::Key(key),
    }
}

/// The limits of one instance.
pub struct Limits {
    anonymous: Buckets<Bucket>,
    members: Buckets<Bucket>,
    officers: Buckets<Bucket>,
    bad_credentials: Buckets<IpAddr>,
    in_work: Semaphore,
    exports: Arc<Semaphore>,
    by_address: ByAddress,
}

impl Limits {
    /// Limits as they are set, by this clock.
    pub fn new(settings: &LimitSettings, clock: &Clock) -> Self {
        // Kinds of callers have buckets apart: a flood of addresses takes no account's away.
        let tier = |quota| Buckets::new(quota, MOST_BUCKETS, clock.clone());
        Self {
            anonymous: tier(settings.limit_anonymous),
            members: tier(settings.limit_member),
            officers: tier(settings.limit_officer),
            bad_credentials: Buckets::new(settings.limit_bad_credentials, MOST_BUCKETS, clock.clone()),
            in_work: Semaphore::new(settings.requests_in_work as usize),
            exports: Arc::new(Semaphore::new(settings.exports_at_a_time.into())),
            by_address: ByAddress::new(settings.requests_in_work as usize / ADDRESSES_TO_FILL),
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

    /// A place for an export, given back when it is dropped; `None` while all are taken.
    pub fn export_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.exports).try_acquire_owned().ok()
    }

    /// How many callers without an account are remembered.
    pub fn strangers(&self) -> usize {
        self.anonymous.len()
    }
}
