//! Format of an API key: `ccin_`, 256 random bits in hexadecimal, and a checksum of both.
//!
//! With the prefix and the checksum, secret scanners find a published key without false alarms. They also let us refuse
//! other text without a query. The first twelve digits identify the key; an HMAC compares the whole key.

use std::fmt;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::access::keys::Keys;
use crate::accounts::due_links;

const START: &str = "ccin_";
/// Hexadecimal digits of the random part.
const RANDOM: usize = 64;
/// Hexadecimal digits of the checksum.
const CHECKSUM: usize = 8;
/// Length in characters of the part that identifies a key.
const PREFIX: usize = START.len() + 12;

/// A complete API key. It cannot be printed. [`ApiKey::reveal`] is for the one response that shows it.
#[derive(Clone)]
pub struct ApiKey(String);

impl ApiKey {
    /// Generates a new key.
    pub fn generate() -> Self {
        let start = format!("{START}{}", HEXLOWER.encode(&rand::random::<[u8; RANDOM / 2]>()));
        let checksum = checksum(&start);
        Self(start + &checksum)
    }

    /// Parses text in the format of a key.
    pub fn parse(sent: &str) -> Option<Self> {
        let digits = sent.strip_prefix(START)?;
        let is_hex = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hex || digits.len() != RANDOM + CHECKSUM {
            return None;
        }
        let (start, sum) = sent.split_at(START.len() + RANDOM);
        (checksum(start) == sum).then(|| Self(sent.to_owned()))
    }

    /// The part that identifies the key. It is not secret.
    pub fn prefix(&self) -> &str {
        &self.0[..PREFIX]
    }

    /// The hash to store: HMAC-SHA-256 of the whole key under a server secret.
    pub fn hash(&self, keys: &Keys) -> Vec<u8> {
        keys.mac("api-key", self.0.as_bytes())
    }

    /// Compares the key with a hash in constant time. Without a hash it does the same work, so that a response for an
    /// unknown prefix takes as long.
    pub fn matches(&self, keys: &Keys, stored: Option<&[u8]>) -> bool {
        let own = self.hash(keys);
        let other = stored.map_or_else(|| vec![0; own.len()], <[u8]>::to_vec);
        bool::from(own.ct_eq(&other)) && stored.is_some()
    }

    /// The key as text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}***", self.prefix())
    }
}

/// True if text contains something in the format of our secrets: keys, refresh tokens, claim tokens or one-time links.
pub fn holds_secret(text: &str) -> bool {
    text.split(START).skip(1).any(|rest| rest.bytes().take_while(u8::is_ascii_alphanumeric).count() >= 20)
        || text.contains("ccin_rt_")
        || text.contains("ccin_claim_")
        || text.contains(due_links::token::START)
}

/// The first 32 bits of the SHA-256 hash of the rest.
fn checksum(start: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(start.as_bytes())[..CHECKSUM / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_form_and_never_printed() {
        let key = ApiKey::generate();
        let text = key.reveal().to_owned();
        assert_eq!((text.len(), &text[..5]), (77, "ccin_"));
        assert_eq!(ApiKey::parse(&text).unwrap().prefix(), key.prefix());
        assert_eq!(format!("{key:?}"), format!("{}***", &text[..17]));
        let swapped = text.replacen(&text[20..21], if &text[20..21] == "0" { "1" } else { "0" }, 1);
        for wrong in [&text[1..], &text[..76], &swapped, &text.to_uppercase(), "ccin_", ""] {
            assert!(ApiKey::parse(wrong).is_none(), "{wrong}");
        }
        assert!(holds_secret(&format!("a={text}")) && !holds_secret("q=ccin_registry"));
    }
}
