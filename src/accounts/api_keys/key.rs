//! The form of an API key: `ccin_`, 256 random bits in hexadecimal, and a checksum of both.
//!
//! The prefix and the checksum let secret scanners find a key that was published, without false alarms, and let us refuse
//! what was never a key without asking the store. The first twelve digits find the key; the whole is compared by HMAC.

use std::fmt;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::access::keys::Keys;

const START: &str = "ccin_";
/// Hexadecimal digits of the random part.
const RANDOM: usize = 64;
/// Hexadecimal digits of the checksum.
const CHECKSUM: usize = 8;
/// Characters of the part by which a key is found and recognised.
const PREFIX: usize = START.len() + 12;

/// A whole API key. It cannot be printed; [`ApiKey::reveal`] is for the one answer that shows it.
#[derive(Clone)]
pub struct ApiKey(String);

impl ApiKey {
    /// A new key.
    pub fn generate() -> Self {
        let start = format!("{START}{}", HEXLOWER.encode(&rand::random::<[u8; RANDOM / 2]>()));
        let checksum = checksum(&start);
        Self(start + &checksum)
    }

    /// What was sent, if it has the form of a key.
    pub fn parse(sent: &str) -> Option<Self> {
        let digits = sent.strip_prefix(START)?;
        let is_hex = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hex || digits.len() != RANDOM + CHECKSUM {
            return None;
        }
        let (start, sum) = sent.split_at(START.len() + RANDOM);
        (checksum(start) == sum).then(|| Self(sent.to_owned()))
    }

    /// The part by which the key is found and recognised; no secret.
    pub fn prefix(&self) -> &str {
        &self.0[..PREFIX]
    }

    /// What is stored: HMAC-SHA-256 of the whole under a server secret.
    pub fn hash(&self, keys: &Keys) -> Vec<u8> {
        keys.mac("api-key", self.0.as_bytes())
    }

    /// True for the key of this hash, compared in constant time. Without a hash the same work is done for nothing, so that
    /// the answer takes as long for an unknown prefix.
    pub fn matches(&self, keys: &Keys, stored: Option<&[u8]>) -> bool {
        let own = self.hash(keys);
        let other = stored.map_or_else(|| vec![0; own.len()], <[u8]>::to_vec);
        bool::from(own.ct_eq(&other)) && stored.is_some()
    }

    /// The key itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}***", self.prefix())
    }
}

/// True for a text that holds something of the form of one of our secrets: keys, refresh tokens, claim tokens.
pub fn holds_secret(text: &str) -> bool {
    text.split(START).skip(1).any(|rest| rest.bytes().take_while(u8::is_ascii_alphanumeric).count() >= 20)
        || text.contains("ccin_rt_")
        || text.contains("ccin_claim_")
}

/// The first 32 bits of the SHA-256 of the rest.
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
