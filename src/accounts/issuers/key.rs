//! Public keys of issuers, with the algorithms that each can be used with.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// Accepted algorithms: public-key signatures with SHA-256 or a stronger hash. `none` is left out, and so is HMAC,
/// because an attacker could use the public key as the HMAC secret (RFC 8725, section 2.1).
pub const TAKEN: &[Algorithm] = &[Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];
/// Minimum length of an RSA modulus in bytes: 2048 bits (RFC 7518, section 3.3).
const RSA_BYTES: usize = 256;

/// A public key that verifies signatures.
#[derive(Clone)]
pub struct PublicKey {
    /// The key itself.
    pub decoding: DecodingKey,
    algorithms: Vec<Algorithm>,
}

impl PublicKey {
    /// Reads a key of a set, with its `kid`. `None` for a key that is not usable here: without a `kid`, for encryption,
    /// too short, or of another type. A set can contain such keys (RFC 7517, section 5).
    pub fn read(key: Value) -> Option<(String, Self)> {
        let key: Jwk = serde_json::from_value(key).ok()?;
        let common = &key.common;
        let verifies = common.public_key_use.as_ref().is_none_or(|kind| *kind == PublicKeyUse::Signature)
            && common.key_operations.as_ref().is_none_or(|may| may.contains(&KeyOperations::Verify));
        let own = |algorithm: &Algorithm| common.key_algorithm.is_none_or(|own| own == KeyAlgorithm::from(*algorithm));
        let algorithms: Vec<_> = fitting(&key.algorithm).iter().copied().filter(own).collect();
        if !verifies || algorithms.is_empty() {
            return None;
        }
        let decoding = DecodingKey::from_jwk(&key).ok()?;
        Some((key.common.key_id?, Self { decoding, algorithms }))
    }

    /// True when the algorithm suits the type of the key and the algorithm that the key itself names.
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }
}

/// Algorithms for a type of key (RFC 7518, section 3.1; RFC 8037, section 3.1).
fn fitting(key: &AlgorithmParameters) -> &'static [Algorithm] {
    use base64::Engine;
    let bytes = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).map_or(0, |n| n.len());
    match key {
        AlgorithmParameters::RSA(rsa) if bytes(&rsa.n) >= RSA_BYTES => &[Algorithm::RS256, Algorithm::PS256],
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => &[Algorithm::ES256],
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_is_long_enough_and_goes_with_its_own_algorithms() {
        let rsa = |bytes: usize| {
            let n = URL_SAFE_NO_PAD.encode(vec![0xc5; bytes]);
            PublicKey::read(json!({ "kty": "RSA", "kid": "k", "n": n, "e": "AQAB" }))
        };
        assert!(rsa(128).is_none() && rsa(255).is_none());
        let (kid, key) = rsa(256).unwrap();
        let fitting = TAKEN.iter().filter(|algorithm| key.fits(**algorithm)).collect::<Vec<_>>();
        assert_eq!((&*kid, &fitting[..]), ("k", &[&Algorithm::RS256, &Algorithm::PS256][..]));
        let other = PublicKey::read(json!({ "kty": "EC", "crv": "P-384", "kid": "k", "x": "AA", "y": "AA" }));
        assert!(other.is_none());
    }
}
