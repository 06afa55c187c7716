//! Passwords: Argon2id with OWASP's parameters (19 MiB, two passes, one lane), hashed off the async threads.

use std::sync::{LazyLock, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use crate::error::ApiError;

/// Maximum number of concurrent hashes. Each takes 19 MiB, so this limits the memory of a burst of sign-ins. Two give
/// about fifty hashes a second.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Memory of finished hashes, for reuse. When it was freed instead, the allocator did not return it to the system. It
/// held one block for every thread that ever hashed: 1.3 GB after 69 concurrent sign-ins.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// Hash of a random password, so that an unknown account takes as much work as a known one.
static DECOY: LazyLock<String> = LazyLock::new(|| hash_now(&uuid::Uuid::new_v4().to_string()).unwrap_or_default());

/// Minimum length of a password in characters (NCSC: length over rules).
pub const MIN: usize = 12;
/// Maximum length of a password in characters.
pub const MAX: usize = 200;

fn params() -> Params {
    Params::new(19 * 1024, 2, 1, None).expect("OWASP's figures are within Argon2's limits")
}

/// Computes Argon2id in reused memory.
fn output(params: Params, password: &str, salt: &[u8], length: usize) -> argon2::Result<Vec<u8>> {
    let idle = || MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    let mut memory = idle().pop().unwrap_or_default();
    memory.resize(params.block_count().max(memory.len()), Block::new());
    let mut output = vec![0; length];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let done = argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, &mut memory);
    idle().push(memory);
    done.map(|()| output)
}

fn hash_now(password: &str) -> Result<String, ApiError> {
    let (params, salt) = (params(), Salt::generate());
    let output = output(params.clone(), password, &salt, Params::DEFAULT_OUTPUT_LEN).map_err(ApiError::internal)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(ApiError::internal)?,
        salt: Some(salt),
        hash: Some(Output::new(&output).map_err(ApiError::internal)?),
    };
    Ok(hash.to_string())
}

/// Compares a password with a hash. Also false for a hash in another format.
fn matches_now(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let is_ours = hash.algorithm == Algorithm::Argon2id.ident() && hash.version == Some(Version::V0x13.into());
    let (Some(salt), Some(expected), Ok(params)) = (hash.salt, hash.hash, Params::try_from(&hash)) else {
        return false;
    };
    is_ours
        && output(params, password, &salt, expected.len()).is_ok_and(|output| output.ct_eq(expected.as_bytes()).into())
}

/// Hashes a password into a PHC string for storage.
pub async fn hash(password: String) -> Result<String, ApiError> {
    let _place = AT_ONCE.acquire().await.map_err(ApiError::internal)?;
    tokio::task::spawn_blocking(move || hash_now(&password)).await.map_err(ApiError::internal)?
}

/// True when the password matches the hash. Without a hash it does the same work and returns false.
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

/// The fault of a password typed at the terminal, if it has one.
pub fn fault(password: &str) -> Option<String> {
    let length = password.chars().count();
    (!(MIN..=MAX).contains(&length))
        .then(|| format!("The password has {length} characters; it must have {MIN} to {MAX}."))
}

/// Generates a password: 20 letters and digits that are hard to confuse, about 100 bits.
pub fn generate() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut password = String::with_capacity(24);
    while password.len() < 24 {
        if password.len() % 6 == 5 && password.len() < 23 {
            password.push('-');
            continue;
        }
        let byte: u8 = rand::random();
        // 248 is the largest multiple of 31 in a byte, so every letter is equally likely.
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
    fn what_is_hashed_is_what_the_crate_itself_verifies_and_memory_is_used_again() {
        let password = "correct horse";
        let stored = hash_now(password).unwrap();
        use argon2::password_hash::PasswordVerifier;
        assert!(Argon2::default().verify_password(password.as_bytes(), stored.as_str()).is_ok(), "{stored}");
        for _ in 0..20 {
            assert!(matches_now(password, &stored));
        }
        assert!(MEMORY.lock().unwrap().len() <= 8, "no more than there are tests that hash at a time");
        assert!(!matches_now(password, "$argon2id$v=19$m=19456,t=2,p=1$bm9zYWx0bm9zYWx0"));
    }

    #[test]
    fn generated_passwords_differ_and_are_long_enough() {
        assert_ne!(generate(), generate());
        assert!(generate().len() >= MIN);
    }
}
