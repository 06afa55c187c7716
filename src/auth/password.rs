//! Passwords: Argon2id at OWASP's figures (19 MiB, two passes, one lane), off the async threads, a few at a time.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::error::ApiError;

/// Each hash takes 19 MiB: this bounds what a burst of sign-ins can take together.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// The hash of no password, so that an unknown account costs the same work as a known one.
static DECOY: LazyLock<String> = LazyLock::new(|| hash_now(&uuid::Uuid::new_v4().to_string()).unwrap_or_default());

/// Shortest password that is taken, in characters (NCSC: length over rules).
pub const MIN: usize = 12;
/// Longest password that is taken, in characters.
pub const MAX: usize = 200;

fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("OWASP's figures are within Argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str) -> Result<String, ApiError> {
    argon2().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(ApiError::internal)
}

fn matches_now(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
}

/// The PHC string to store for a password.
pub async fn hash(password: String) -> Result<String, ApiError> {
    let _place = AT_ONCE.acquire().await.map_err(ApiError::internal)?;
    tokio::task::spawn_blocking(move || hash_now(&password)).await.map_err(ApiError::internal)?
}

/// True when the password is the one that was hashed. Without a hash the work is the same and the answer is no.
pub async fn matches(password: String, hash: Option<String>) -> Result<bool, ApiError> {
    let _place = AT_ONCE.acquire().await.map_err(ApiError::internal)?;
    tokio::task::spawn_blocking(move || match hash {
        Some(hash) => matches_now(&password, &hash),
        None => {
            matches_now(&password, &DECOY);
            false
        }
    })
    .await
    .map_err(ApiError::internal)
}

/// What is wrong with a password typed at the terminal, if anything.
pub fn fault(password: &str) -> Option<String> {
    let length = password.chars().count();
    (!(MIN..=MAX).contains(&length))
        .then(|| format!("The password has {length} characters; {MIN} to {MAX} are needed."))
}

/// A password that nobody has to think up: 20 letters and digits that are hard to confuse, about 100 bits.
pub fn generate() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut password = String::with_capacity(24);
    while password.len() < 24 {
        if password.len() % 6 == 5 && password.len() < 23 {
            password.push('-');
            continue;
        }
        let byte: u8 = rand::random();
        // 248 is the largest multiple of 31 in a byte: no letter is likelier than another.
        if byte < 248 {
            password.push(char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
        }
    }
    password
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let hash = hash_now("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches_now("correct horse", &hash));
        assert!(!matches_now("correct house", &hash));
    }

    #[test]
    fn generated_passwords_differ_and_are_long_enough() {
        assert_ne!(generate(), generate());
        assert!(generate().len() >= MIN);
    }
}
