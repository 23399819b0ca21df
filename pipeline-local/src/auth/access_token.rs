//! Programmatic access tokens: secrets that stand for a user, each with a name, an end and perhaps one role only.
//!
//! <https://docs.snowflake.com/en/user-guide/programmatic-access-tokens>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A programmatic access token of a user, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    /// The name, unique among the user's tokens.
    pub name: String,
    /// SHA-256 of the secret in hexadecimal. The secret has 256 random bits, so a slow hash would add nothing.
    pub hash: String,
    /// ROLE_RESTRICTION: the one role of sessions opened with it.
    pub role: Option<String>,
    /// DAYS_TO_EXPIRY, which a rotation uses again.
    pub days: u32,
    /// When it was made, microseconds since 1970.
    pub created_at: i64,
    /// The user who made it.
    pub created_by: String,
    /// When it ends, microseconds since 1970.
    pub expires_at: i64,
    /// DISABLED.
    pub disabled: bool,
    /// The comment.
    pub comment: String,
    /// MINS_TO_BYPASS_NETWORK_POLICY_REQUIREMENT; there are no network policies here, so it is only shown.
    pub bypass_minutes: Option<u32>,
    /// The token that a rotation replaced it by.
    pub rotated_to: Option<String>,
}

impl AccessToken {
    /// Whether a login with this secret means this token.
    pub(super) fn matches(&self, secret: &str) -> bool {
        self.hash == hash(secret)
    }

    /// What SHOW says of it at a time in microseconds since 1970.
    pub fn status(&self, now: i64) -> &'static str {
        match self.disabled {
            true => "DISABLED",
            false if self.expires_at <= now => "EXPIRED",
            false => "ACTIVE",
        }
    }
}

/// A new secret, and the hash to keep of it.
pub(crate) fn new_secret() -> (String, String) {
    let secret = format!("pat-{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
    let kept = hash(&secret);
    (secret, kept)
}

fn hash(secret: &str) -> String {
    Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect()
}
