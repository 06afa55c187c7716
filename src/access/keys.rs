//! Secrets of the service: the key that signs access tokens, and derived keys for data that only the service reads.

use std::fs;
use std::io::Write;
use std::path::Path;

use aes_siv::siv::Aes128Siv;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::config::KEY_FILE;

/// The secrets, ready for use. They have no `Debug` and no serialisation.
#[derive(Clone)]
pub struct Keys {
    /// Signs access tokens.
    pub encoding: EncodingKey,
    /// Verifies access tokens.
    pub decoding: DecodingKey,
    /// Names the key in a token's header and in the key set (RFC 7638 thumbprint).
    pub kid: String,
    public: String,
    seed: [u8; 32],
}

/// Reason why the key cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the signing key {0}: {1}")]
    File(String, std::io::Error),
    /// The PEM is not an Ed25519 key.
    #[error("{0} is not an Ed25519 private key in PKCS #8 PEM; create one with: openssl genpkey -algorithm ed25519")]
    Format(String),
}

impl Keys {
    /// Loads the key from the setting, or else from the file in the data folder. Creates the file (mode 0600) if it is
    /// missing.
    pub fn load(setting: Option<&SecretString>, data_dir: &Path) -> Result<Self, KeyError> {
        if let Some(pem) = setting {
            return Self::from_pem(pem.expose_secret(), "CCIN_SIGNING_KEY");
        }
        let path = data_dir.join(KEY_FILE);
        let name = path.display().to_string();
        let file = |error| KeyError::File(name.clone(), error);
        if !path.exists() {
            fs::create_dir_all(data_dir).map_err(file)?;
            let key = SigningKey::from_bytes(&rand::random());
            let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Format(name.clone()))?;
            write_private(&path, pem.as_bytes()).map_err(file)?;
        }
        Self::from_pem(&fs::read_to_string(&path).map_err(file)?, &name)
    }

    fn from_pem(pem: &str, name: &str) -> Result<Self, KeyError> {
        let format = || KeyError::Format(name.into());
        let key = SigningKey::from_pkcs8_pem(pem.trim()).map_err(|_| format())?;
        let der = key.to_pkcs8_der().map_err(|_| format())?;
        let public = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        let thumbprint = Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#));
        Ok(Self {
            encoding: EncodingKey::from_ed_der(der.as_bytes()),
            decoding: DecodingKey::from_ed_components(&public).map_err(|_| format())?,
            kid: URL_SAFE_NO_PAD.encode(thumbprint),
            public,
            seed: key.to_bytes(),
        })
    }

    /// The key set for others to verify our tokens (RFC 7517, RFC 8037).
    pub fn jwks(&self) -> Value {
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": self.public }] })
    }

    /// HMAC-SHA-256 of `data`, under a key for this purpose only.
    pub fn mac(&self, purpose: &str, data: &[u8]) -> Vec<u8> {
        let derived = hmac(&self.seed, purpose.as_bytes());
        hmac(&derived, data)
    }

    /// The first 128 bits of [`Keys::mac`] as base64url, for use in an address.
    pub fn sign(&self, purpose: &str, data: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(&self.mac(purpose, data)[..16])
    }

    /// Encrypts bytes for use in an address: base64url of AES-SIV (RFC 5297), under a key for this purpose only. Others
    /// can neither read nor create such text; they see only its length. The same bytes give the same text, so that the
    /// ETag of a response that contains it stays the same.
    pub fn seal(&self, purpose: &str, bytes: &[u8]) -> String {
        let sealed = self.sealer(purpose).encrypt(NOTHING_BESIDES, bytes).expect("AES-SIV takes bytes of any length");
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Decrypts the text that [`Keys::seal`] made for this purpose; `None` for any other text.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        self.sealer(purpose).decrypt(NOTHING_BESIDES, &sealed).ok()
    }

    fn sealer(&self, purpose: &str) -> Aes128Siv {
        // Deriving the key from data, with the purpose in it, means that no seal shares its key with a `mac` of the
        // same purpose.
        Aes128Siv::new_from_slice(&self.mac("seal", purpose.as_bytes()))
            .expect("HMAC-SHA-256 gives the 256 bits it takes")
    }
}

/// No associated data: the purpose is in the key.
const NOTHING_BESIDES: [&[u8]; 0] = [];

fn hmac(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}

/// Writes a file that only its owner can read, whole or not at all. A file that is there already stays as it is.
pub fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = path.with_extension(format!("{}.part", uuid::Uuid::now_v7()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let linked = fs::hard_link(&part, path);
    fs::remove_file(&part)?;
    match linked {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}

/// A new secret: 256 random bits as base64url, after a prefix that secret scanners know.
pub fn new_secret(prefix: &str) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_kept_private() {
        let dir = std::env::temp_dir().join(format!("ccin-keys-{}", uuid::Uuid::now_v7()));
        let first = Keys::load(None, &dir).unwrap();
        let second = Keys::load(None, &dir).unwrap();
        assert_eq!(first.kid, second.kid);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(dir.join("signing-key.pem")).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(first.sign("a", b"data"), second.sign("a", b"data"));
        assert_ne!(first.sign("a", b"data"), second.sign("b", b"data"));
        assert_eq!(first.open("a", &second.seal("a", b"data")).unwrap(), b"data");
        fs::remove_dir_all(dir).unwrap();
    }

    fn keys() -> Keys {
        let pem = SigningKey::from_bytes(&rand::random()).to_pkcs8_pem(LineEnding::LF).unwrap();
        Keys::from_pem(&pem, "a key of the tests").unwrap()
    }

    #[test]
    fn what_is_sealed_is_read_by_its_purpose_and_key_alone() {
        let keys = keys();
        for bytes in [&b""[..], b"4711", &[7; 16], &[0; 500]] {
            let sealed = keys.seal("cursor", bytes);
            assert_eq!(sealed, keys.seal("cursor", bytes), "the same bytes, the same text");
            assert!(sealed.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{sealed}");
            assert_eq!(keys.open("cursor", &sealed).unwrap(), bytes);
            assert_eq!(keys.open("changes", &sealed), None, "another purpose");
            assert_eq!(crate::access::keys::tests::keys().open("cursor", &sealed), None, "another key");
        }
        for not_sealed in ["", "x", "x x", "AAAA", &"A".repeat(22), &"A".repeat(64)] {
            assert_eq!(keys.open("cursor", not_sealed), None, "{not_sealed}");
        }
    }

    #[test]
    fn what_is_sealed_shows_nothing_and_stands_no_change() {
        let keys = keys();
        let plain = br#"{"position":8123456789}"#;
        let sealed = keys.seal("changes", plain);
        let bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        assert!(!plain.windows(4).any(|part| bytes.windows(4).any(|shown| shown == part)));
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                assert_eq!(keys.open("changes", &URL_SAFE_NO_PAD.encode(changed)), None, "byte {at}, bit {bit}");
            }
            assert_eq!(keys.open("changes", &URL_SAFE_NO_PAD.encode(&bytes[..at])), None, "cut at {at}");
        }
        assert_eq!(keys.open("changes", &format!("{sealed}AAAA")), None, "longer");
    }
}
