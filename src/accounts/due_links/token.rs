//! The secret of a link: 256 random bits after a prefix that secret scanners know.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

use crate::access::keys::Keys;

/// Prefix of the secrets. What has it is kept out of the log.
pub const START: &str = "ccin_link_";

/// The secret of a link. It cannot be printed.
pub struct LinkToken(SecretString);

impl LinkToken {
    /// Makes a new secret.
    pub fn generate() -> Self {
        Self(format!("{START}{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())).into())
    }

    /// The hash to store and to find the link by.
    pub fn hash(&self, keys: &Keys) -> Vec<u8> {
        keys.mac("due-link", self.reveal().as_bytes())
    }

    /// The secret as text, for the letter and the address of the page.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for LinkToken {
    fn from(sent: String) -> Self {
        Self(sent.into())
    }
}
