//! A limited resource that addresses share: concurrent requests, uploads, exports, bytes being sent. No address gets
//! more than its share.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// The resource: its total, and the share of each address.
#[derive(Clone)]
pub struct Shares(Arc<Good>);

struct Good {
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

/// Addresses that have a part now.
#[derive(Default)]
struct Taken {
    all: usize,
    of: HashMap<IpAddr, usize>,
}

/// A part of the resource, returned when dropped.
pub struct Share {
    good: Arc<Good>,
    address: IpAddr,
    amount: usize,
}

impl Shares {
    /// A resource with this total and this share per address, at least 1.
    pub fn new(all: usize, each: usize) -> Self {
        Self(Arc::new(Good { all, each: each.max(1), taken: Mutex::default() }))
    }

    /// Takes a part for this address, if the total and its share allow it. An address without a part can get one that
    /// is larger than its share. So nothing is too large for every caller.
    pub fn take(&self, address: IpAddr, amount: usize) -> Option<Share> {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.of.get(&address).copied().unwrap_or_default();
        let is_one_too_many = |taken: usize, most: usize| taken > 0 && taken.saturating_add(amount) > most;
        if is_one_too_many(own, self.0.each) || is_one_too_many(taken.all, self.0.all) {
            return None;
        }
        taken.all += amount;
        taken.of.insert(address, own + amount);
        Some(Share { good: Arc::clone(&self.0), address, amount })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.good.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= self.amount;
        if let Some(own) = taken.of.get_mut(&self.address) {
            *own -= self.amount;
            if *own == 0 {
                taken.of.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_more_than_its_share_and_all_no_more_than_there_is() {
        let places = Shares::new(3, 2);
        let [one, other] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
        let first = places.take(one, 1);
        let second = places.take(one, 1);
        assert!(first.is_some() && second.is_some());
        assert!(places.take(one, 1).is_none(), "a third");
        let elsewhere = places.take(other, 1);
        assert!(elsewhere.is_some(), "other addresses are not affected");
        drop(first);
        assert!(places.take(other, 2).is_none(), "only one is left in total");
        let third = places.take(one, 1);
        assert!(third.is_some() && places.take(one, 1).is_none(), "a returned part can be taken once");
        drop((second, third, elsewhere));
        assert!(places.0.taken.lock().unwrap().of.is_empty(), "addresses without a part are removed");
        assert!(Shares::new(3, 0).take(one, 1).is_some(), "a share is at least one");
    }

    #[test]
    fn what_is_larger_than_a_share_is_had_alone() {
        let bytes = Shares::new(10, 5);
        let one = IpAddr::from([192, 0, 2, 1]);
        let large = bytes.take(one, 100);
        assert!(large.is_some() && bytes.take(one, 1).is_none());
        drop(large);
        assert!(bytes.take(one, 1).is_some());
    }
}
