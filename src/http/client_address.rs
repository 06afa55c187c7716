//! The address of a caller, also behind proxies.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use actix_web::{HttpRequest, web};
use ipnet::IpNet;

use crate::config::ServeSettings;

/// The caller's address. Normally that is the address of the connection. Behind a trusted proxy, it is the last address
/// in `X-Forwarded-For` that is not a trusted proxy. Addresses to the left of it come from the caller and cannot be
/// trusted.
pub fn client_address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let trusted = request.app_data::<web::Data<ServeSettings>>().map_or(&[][..], |settings| &settings.trusted_proxies);
    let forwarded = request.headers().get_all("x-forwarded-for").map(|value| String::from_utf8_lossy(value.as_bytes()));
    // Join all values into one list, whatever bytes they have: dropping one would change the nearest hop.
    let forwarded = forwarded.collect::<Vec<_>>().join(",");
    Some(nearest_stranger(peer, forwarded.split(','), trusted))
}

/// The unit that counts as one address: an IPv4 address or an IPv6 /64, the smallest allocation of a subscriber (RFC
/// 6177). Callers with unknown addresses count as one.
pub fn network(address: Option<IpAddr>) -> IpAddr {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        Some(address) => address,
        None => Ipv4Addr::UNSPECIFIED.into(),
    }
}

/// The address at which this machine reaches a server that listens at `bind`. For a wildcard address, that is the
/// loopback address.
pub fn from_here(bind: SocketAddr) -> SocketAddr {
    let ip = match bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    (ip, bind.port()).into()
}

/// `hops` is in the order of the header, the nearest last. If a hop is not an address, those before it cannot be
/// trusted.
fn nearest_stranger<'a>(peer: IpAddr, hops: impl Iterator<Item = &'a str>, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut nearest = peer;
    for hop in hops.collect::<Vec<_>>().into_iter().rev() {
        if !is_trusted(&nearest) {
            break;
        }
        match address(hop.trim()) {
            Some(address) => nearest = address,
            None => break,
        }
    }
    nearest
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`, as proxies write them.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|hop| hop.ip())).map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_trusted_proxies_say_is_believed() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let found =
            |peer: &str, header: &str| nearest_stranger(peer.parse().unwrap(), header.split(','), &trusted).to_string();
        assert_eq!(found("192.0.2.9", "203.0.113.5"), "192.0.2.9", "the header of an untrusted peer is ignored");
        assert_eq!(found("10.0.0.1", "203.0.113.5"), "203.0.113.5");
        assert_eq!(
            found("10.0.0.1", "6.6.6.6, 203.0.113.5, 10.0.0.2"),
            "203.0.113.5",
            "addresses that the caller sent are ignored"
        );
        assert_eq!(found("10.0.0.1", "203.0.113.5, unknown"), "10.0.0.1");
        assert_eq!(found("fd00::1", "[2001:db8::7]:4711"), "2001:db8::7");
        assert_eq!(found("10.0.0.1", "::ffff:203.0.113.5"), "203.0.113.5");
        assert_eq!(found("10.0.0.1", "10.0.0.7"), "10.0.0.7");
    }
}
