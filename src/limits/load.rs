//! How many requests are in work at a time: above it, a quick no keeps the service quick for those within.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{ResponseError, web};

use super::Limits;
use crate::address::{client_address, network};
use crate::error::ApiError;

/// How many requests of each address are in work. As many entries as there are requests in work, at most.
pub struct ByAddress {
    most: usize,
    in_work: Mutex<HashMap<IpAddr, usize>>,
}

/// A request in work; gone, it is not any more.
pub struct Place<'a> {
    all: &'a ByAddress,
    address: IpAddr,
}

impl ByAddress {
    /// At most so many for one address: a few who send slowly must not take all places.
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), in_work: Mutex::default() }
    }

    /// A place for a request of this address, if it may have another one.
    pub fn enter(&self, address: IpAddr) -> Option<Place<'_>> {
        let mut in_work = self.in_work.lock().unwrap_or_else(PoisonError::into_inner);
        let own = in_work.entry(address).or_default();
        if *own >= self.most {
            return None;
        }
        *own += 1;
        Some(Place { all: self, address })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut in_work = self.all.in_work.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = in_work.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                in_work.remove(&self.address);
            }
        }
    }
}

/// Refuse what is too much. In work is a request until its answer begins: sending a stored answer to a slow reader costs no
/// work. The health of the service may be asked all the same, or a supervisor would end it when it is needed most.
pub async fn shed(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let limits = request.app_data::<web::Data<Limits>>().filter(|_| !request.path().starts_with("/health")).cloned();
    let address = network(client_address(request.request()));
    let permit = limits.as_ref().map(|limits| limits.in_work.try_acquire().ok().zip(limits.by_address.enter(address)));
    if let Some(None) = permit {
        return Ok(request.into_response(ApiError::overloaded("work", 1).error_response()));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_more_places_than_its_own_and_gets_back_those_it_leaves() {
        let all = ByAddress::new(2);
        let [one, other] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
        let first = all.enter(one);
        let second = all.enter(one);
        assert!(first.is_some() && second.is_some());
        assert!(all.enter(one).is_none(), "a third");
        let elsewhere = all.enter(other);
        assert!(elsewhere.is_some(), "others are not held up");
        drop(first);
        let third = all.enter(one);
        assert!(third.is_some() && all.enter(one).is_none(), "one place was left, one is taken");
        drop((second, third, elsewhere));
        assert!(all.in_work.lock().unwrap().is_empty(), "addresses without requests are not kept");
        assert!(ByAddress::new(0).enter(one).is_some(), "a quarter of few places is one at least");
    }
}
