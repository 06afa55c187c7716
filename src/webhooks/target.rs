//! Where webhooks may lead: to public addresses only, so that nobody reaches the operator's own network through the
//! service. Names are looked at when a connection is made, since a name can lead elsewhere by then.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::LazyLock;

use ipnet::IpNet;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::config::ServeSettings;
use crate::http::input::Faults;

/// Networks that are not public: IANA's registries of special-purpose addresses (RFC 6890), and multicast.
static NOT_PUBLIC: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    const NETWORKS: [&str; 26] = [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/9",
        "ff00::/8",
    ];
    NETWORKS.iter().filter_map(|network| network.parse().ok()).collect()
});

/// What is said of a target that is not public.
pub const PRIVATE: &str = "the host has no public address";

/// Which addresses a webhook may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Targets {
    /// Public ones, with TLS.
    Public,
    /// All, for development.
    Anywhere,
}

impl Targets {
    /// What the settings allow.
    pub fn new(settings: &ServeSettings) -> Self {
        if settings.webhooks_anywhere { Self::Anywhere } else { Self::Public }
    }

    /// Adds a fault for an address without TLS, or with a host in numbers that are not public. Names are looked at when
    /// a message is sent.
    pub fn check(self, url: &str, faults: &mut Faults) {
        let Ok(parsed) = Url::parse(url) else {
            return faults.add(
                "/url",
                "malformed",
                "is not an address such as https://www.oldham.gov.uk/hooks/registry",
            );
        };
        if self == Self::Public && parsed.scheme() != "https" {
            faults.add("/url", "not_secure", "must begin with https://");
        } else if !self.allow_literal(&parsed) {
            faults.add(
                "/url",
                "not_public",
                "leads to a private network; the host must be one that everybody can reach",
            );
        }
    }

    /// True unless the host of the address is written in numbers that are not allowed. Clients connect to such a host
    /// without asking a [`Resolver`].
    pub fn allow_literal(self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        literal.map_or(!host.is_empty(), |address| self.allow(address))
    }

    fn allow(self, address: IpAddr) -> bool {
        self == Self::Anywhere || is_public(address)
    }
}

/// True for an address that everybody can reach. IPv4 addresses inside of IPv6 addresses count as what they lead to.
fn is_public(address: IpAddr) -> bool {
    /// Start of the addresses of NAT64 (RFC 6052), which end with the IPv4 address.
    const NAT64: Ipv6Addr = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0);
    let inner = match address.to_canonical() {
        IpAddr::V6(outer) if outer.to_bits() >> 32 == NAT64.to_bits() >> 32 => {
            let [.., a, b, c, d] = outer.octets();
            IpAddr::from([a, b, c, d])
        }
        other => other,
    };
    !NOT_PUBLIC.iter().any(|network| network.contains(&inner))
}

/// Resolves names to allowed addresses only. The client connects to no other.
pub struct Resolver(pub Targets);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let targets = self.0;
        Box::pin(async move {
            // The client sets the port.
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|found| targets.allow(found.ip())).collect();
            if allowed.is_empty() {
                return Err(PRIVATE.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_network_is_one() {
        assert_eq!(NOT_PUBLIC.len(), 26);
    }

    #[test]
    fn addresses_that_not_everybody_can_reach_are_refused() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.100.100.200",
            "127.0.0.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.168.0.1",
            "198.51.100.7",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::10.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:a00:1::",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!Targets::Public.allow(address.parse().unwrap()), "{address}");
        }
        for address in
            ["93.184.216.34", "172.32.0.1", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::93.184.216.34"]
        {
            assert!(Targets::Public.allow(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn a_host_in_numbers_is_known_already() {
        for (url, is_public) in [
            ("https://www.oldham.gov.uk/", true),
            ("https://93.184.216.34/", true),
            ("https://127.0.0.1/", false),
            // The same, as browsers and this parser read it.
            ("https://2130706433/", false),
            ("https://0x7f.1/", false),
            ("https://[::1]/", false),
            ("https://[::ffff:192.168.0.1]:8443/", false),
        ] {
            assert_eq!(Targets::Public.allow_literal(&url.parse().unwrap()), is_public, "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_leads_nowhere() {
        let resolve = |targets: Targets| Resolver(targets).resolve("localhost".parse().unwrap());
        let error = resolve(Targets::Public).await.err().expect("localhost is not public");
        assert_eq!(error.to_string(), PRIVATE);
        assert!(resolve(Targets::Anywhere).await.is_ok_and(|mut found| found.next().is_some()));
    }
}
