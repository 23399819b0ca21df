//! Passwords, as hashes only.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::{Result, SqlError};

/// Light on purpose: every session of every test logs in, often in a debug build.
const MEMORY_KIB: u32 = 256;
const PASSES: u32 = 2;
const LANES: u32 = 1;

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The hash to store of a password, in the PHC text form.
///
/// # Errors
/// When the password cannot be hashed, for example because it is gigabytes long.
pub fn hash_password(password: &str) -> Result<String> {
    let failed = |error| SqlError::internal(format_args!("hashing a password: {error}"));
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).map_err(failed)?;
    Ok(hasher().hash_password(password.as_bytes(), &salt).map_err(failed)?.to_string())
}

/// Whether the password is the one that was hashed.
pub fn verify_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A password nobody guesses.
pub fn random_password() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 15]>())
}

/// An opaque token with 256 random bits, in the shape of Snowflake's.
pub fn random_token() -> String {
    format!("ver:1-hint:0-ETMs{}", STANDARD_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_matches_its_hash() {
        let hash = hash_password("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(verify_password("correct horse", &hash));
        assert!(!verify_password("correct horsE", &hash));
        assert!(!verify_password("", &hash));
        assert!(!verify_password("correct horse", "no hash"));
        assert_ne!(hash, hash_password("correct horse").unwrap(), "salted");
    }
}
