//! TLS to others, by rustls with ring: to PostgreSQL and to issuers of tokens.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// A client that trusts the authorities that the machine trusts: behind a proxy that looks into TLS, that proxy's own as
/// well. `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
pub fn client() -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
