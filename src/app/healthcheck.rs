//! Asking the service on this machine whether it is well, for the health check of a container.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Client, StatusCode, redirect};
use rustls::crypto::ring;

use crate::http::client_address::from_here;

/// How long the answer may take: shorter than a supervisor waits.
const PATIENCE: Duration = Duration::from_secs(3);

/// The status with which the service that listens at `bind` answers, asked from this machine.
pub async fn ask(bind: SocketAddr, tls: bool) -> reqwest::Result<StatusCode> {
    // reqwest brings no cryptography of its own here. Where some is installed already, that serves as well.
    let _ = ring::default_provider().install_default();
    let client = Client::builder()
        // The certificate is made out to the public name, not to this machine's address, and nothing secret is said.
        .tls_danger_accept_invalid_certs(true)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .timeout(PATIENCE)
        .build()?;
    let scheme = if tls { "https" } else { "http" };
    let answer = client.get(format!("{scheme}://{}/health", from_here(bind))).send().await?;
    Ok(answer.status())
}
