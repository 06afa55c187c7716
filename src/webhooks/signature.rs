//! Secrets of webhooks and signatures of messages, by the rules of Standard Webhooks 1.0.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::access::keys::Keys;

/// The purpose under which secrets are encrypted.
const PURPOSE: &str = "webhook";

/// The secret of a webhook. It has no `Debug` and no serialisation.
pub struct Secret([u8; 32]);

impl Secret {
    /// A new secret.
    pub fn generate() -> Self {
        Self(rand::random())
    }

    /// The secret as its owner gets it, once.
    pub fn reveal(&self) -> String {
        format!("whsec_{}", STANDARD.encode(self.0))
    }

    /// The secret as it is stored: only the service can read it.
    pub fn seal(&self, keys: &Keys) -> String {
        keys.seal(PURPOSE, &self.0)
    }

    /// Reads a stored secret; `None` if another signing key encrypted it.
    pub fn open(keys: &Keys, sealed: &str) -> Option<Self> {
        keys.open(PURPOSE, sealed)?.try_into().ok().map(Self)
    }

    /// The value of the header `webhook-signature` for a message.
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with Python: `hmac.new(bytes(range(32)), b'msg_1.1614265330.{"test": 2432232314}', 'sha256')`.
    #[test]
    fn a_signature_is_that_of_the_standard() {
        let secret = Secret(std::array::from_fn(|at| at as u8));
        assert_eq!(secret.reveal(), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let signed = secret.sign("msg_1", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,GWvjEzx3AphU7wha3hNZPXJnymF9Fg+ZdvPQqWPOjZ0=");
    }
}
