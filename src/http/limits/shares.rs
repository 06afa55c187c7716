//! A bounded good, of which no address has more than its share: requests in work, uploads, exports, bytes on their way.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// The good: how much there is, and how much of it each address may have at a time.
#[derive(Clone)]
pub struct Shares(Arc<Good>);

struct Good {
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

/// An address is here while it has something.
#[derive(Default)]
struct Taken {
    all: usize,
    of: HashMap<IpAddr, usize>,
}

/// A part that was taken, given back when it is dropped.
pub struct Share {
    good: Arc<Good>,
    address: IpAddr,
    amount: usize,
}

impl Shares {
    /// So much in all, and for each address so much, at least 1.
    pub fn new(all: usize, each: usize) -> Self {
        Self(Arc::new(Good { all, each: each.max(1), taken: Mutex::default() }))
    }

    /// A part for this address, if there is so much left in all and of its share. Who has nothing yet gets a part that is
    /// larger than a share: nothing is too large for all.
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
        assert!(elsewhere.is_some(), "others are not held up");
        drop(first);
        assert!(places.take(other, 2).is_none(), "only one is left in all");
        let third = places.take(one, 1);
        assert!(third.is_some() && places.take(one, 1).is_none(), "what was given back can be had, once");
        drop((second, third, elsewhere));
        assert!(places.0.taken.lock().unwrap().of.is_empty(), "addresses that have nothing are not kept");
        assert!(Shares::new(3, 0).take(one, 1).is_some(), "a quarter of few places is one at least");
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
