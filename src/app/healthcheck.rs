//! The health check of a container: a request to the service on this machine.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Client, StatusCode, redirect};
use rustls::crypto::ring;

use crate::http::client_address::from_here;

/// Longest wait for the answer, shorter than that of a supervisor.
const PATIENCE: Duration = Duration::from_secs(3);

/// Status code of `/health` at `bind`, requested from this machine.
pub async fn status(bind: SocketAddr, tls: bool) -> reqwest::Result<StatusCode> {
    // reqwest has no cryptography provider of its own in this build. An installed one works too.
    let _ = ring::default_provider().install_default();
    let client = Client::builder()
        // The certificate names the public host, not this machine, and the request holds no secrets.
        .tls_danger_accept_invalid_certs(true)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .timeout(PATIENCE)
        .build()?;
    let scheme = if tls { "https" } else { "http" };
    let answer = client.get(format!("{scheme}://{}/health", from_here(bind))).send().await?;
    Ok(answer.status())
}
