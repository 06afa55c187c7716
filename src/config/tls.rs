//! TLS by rustls with ring, for connections to PostgreSQL and to issuers of tokens. Also for callers, if no proxy does
//! it, with a certificate that can be reloaded.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::{fmt, io};

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// Error in a certificate or key. Names the file.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file cannot be read.
    #[error("{} cannot be read: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// The file does not have what it should.
    #[error("{} has no {what} in PEM form{hint}", path.display())]
    Lacking {
        /// The file.
        path: PathBuf,
        /// What it lacks.
        what: &'static str,
        /// What it has instead, if that is plain.
        hint: &'static str,
    },
    /// The file is not valid PEM.
    #[error("{} is not valid PEM: {cause}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: pem::Error,
    },
    /// Certificate and key do not match.
    #[error("the private key in {} does not belong to the certificate in {}", key.display(), certificate.display())]
    Mismatch {
        /// File with the certificate.
        certificate: PathBuf,
        /// File with the key.
        key: PathBuf,
    },
    /// The certificate or key is not supported.
    #[error("the certificate in {} cannot be used: {cause}", path.display())]
    Unusable {
        /// File with the certificate.
        path: PathBuf,
        /// Why not.
        cause: rustls::Error,
    },
}

/// A certificate with its chain and key, as last read and found valid.
pub struct Certificate {
    certificate: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads the PEM files: certificate with chain, and key.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let current = RwLock::new(Arc::new(read(certificate, key, &provider)?));
        Ok(Self { certificate: certificate.into(), key: key.into(), provider, current })
    }

    /// Reads the files again for new connections. Invalid files change nothing.
    pub fn reload(&self) -> Result<(), TlsError> {
        let new = Arc::new(read(&self.certificate, &self.key, &self.provider)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// The server's TLS configuration with this certificate: TLS 1.2 and 1.3, rustls's defaults.
    pub fn server_config(self: Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        Ok(ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(self))
    }
}

fn read(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    const SWAPPED: &str = ". Are the two files swapped?";
    let text = open(certificate)?;
    let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|cause| TlsError::Malformed { path: certificate.into(), cause })?;
    if chain.is_empty() {
        let hint = if has(&text, "PRIVATE KEY-----") { SWAPPED } else { "" };
        return Err(TlsError::Lacking { path: certificate.into(), what: "certificate", hint });
    }
    let text = open(key)?;
    let secret = PrivateKeyDer::from_pem_slice(&text).map_err(|cause| match cause {
        pem::Error::NoItemsFound => {
            let hint = if has(&text, "ENCRYPTED PRIVATE KEY-----") {
                ". The key is encrypted: write it without a password, with openssl pkey -in FILE -out FILE"
            } else if has(&text, "CERTIFICATE-----") {
                SWAPPED
            } else {
                ""
            };
            TlsError::Lacking { path: key.into(), what: "private key", hint }
        }
        cause => TlsError::Malformed { path: key.into(), cause },
    })?;
    CertifiedKey::from_der(chain, secret, provider).map_err(|cause| match cause {
        rustls::Error::InconsistentKeys(_) => TlsError::Mismatch { certificate: certificate.into(), key: key.into() },
        cause => TlsError::Unusable { path: certificate.into(), cause },
    })
}

fn open(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|cause| TlsError::Unreadable { path: path.into(), cause })
}

/// True if a file has a line with this text.
fn has(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|window| window == part.as_bytes())
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// A client that trusts this machine's certificate authorities, including that of a proxy that inspects TLS.
/// `SSL_CERT_FILE` and `SSL_CERT_DIR` override them.
pub fn client() -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
