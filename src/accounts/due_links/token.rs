//! The secret of a link.

use secrecy::{ExposeSecret, SecretString};

use crate::access::keys::{Keys, new_secret};

/// Prefix of the secrets. What has it is kept out of the log.
pub const START: &str = "ccin_link_";

/// The secret of a link. It cannot be printed.
pub struct LinkToken(SecretString);

impl LinkToken {
    /// Makes a new secret.
    pub fn generate() -> Self {
        Self(new_secret(START).into())
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
