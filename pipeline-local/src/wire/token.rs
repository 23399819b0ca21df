//! The tokens that clients show instead of a password once they are logged in.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::Response;
use parking_lot::Mutex;

use super::http::failure;
use crate::auth::random_token;

/// How long a session token is said to be valid, in seconds. Clients renew before it ends; nothing really expires while
/// the server runs.
pub(super) const SESSION_VALIDITY: u32 = 3600;
/// The same for master tokens.
pub(super) const MASTER_VALIDITY: u32 = 14_400;

/// Which token stands for which session.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    known: Mutex<HashMap<String, Token>>,
}

#[derive(Debug, Clone, Copy)]
struct Token {
    session: u64,
    master: bool,
}

/// A session token and the master token that renews it.
pub(super) struct TokenPair {
    pub(super) session: String,
    pub(super) master: String,
}

impl Tokens {
    /// New tokens for a session.
    pub(super) fn issue(&self, session: u64) -> TokenPair {
        let pair = TokenPair { session: random_token(), master: random_token() };
        let mut known = self.known.lock();
        known.insert(pair.session.clone(), Token { session, master: false });
        known.insert(pair.master.clone(), Token { session, master: true });
        pair
    }

    /// The session of a session token.
    ///
    /// # Errors
    /// The answer to give.
    pub(super) fn session(&self, token: Option<&str>) -> Result<u64, Response<Body>> {
        let refused = || failure("390104", "Session token not found or invalid data. Log in first.");
        let token = token.ok_or_else(refused)?;
        let found = self.known.lock().get(token).copied();
        found.filter(|token| !token.master).map(|token| token.session).ok_or_else(refused)
    }

    /// The session of a master token.
    ///
    /// # Errors
    /// The answer to give.
    pub(super) fn master(&self, token: Option<&str>) -> Result<u64, Response<Body>> {
        let found = token.and_then(|token| self.known.lock().get(token).copied());
        match found {
            Some(token) if token.master => Ok(token.session),
            Some(_) => Err(failure("390115", "Master token is invalid: this is a session token.")),
            None => Err(failure("390113", "Master token not found. Log in again.")),
        }
    }

    /// Forgets one session token that was renewed.
    pub(super) fn forget(&self, token: &str) {
        self.known.lock().remove(token);
    }

    /// Forgets the tokens of a session that ended.
    pub(super) fn forget_session(&self, session: u64) {
        self.known.lock().retain(|_, token| token.session != session);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_stand_for_their_session_only() {
        let tokens = Tokens::default();
        let one = tokens.issue(1);
        let two = tokens.issue(2);
        assert_eq!(tokens.session(Some(&one.session)).unwrap(), 1);
        assert_eq!(tokens.master(Some(&two.master)).unwrap(), 2);
        for wrong in [None, Some("guess"), Some(one.master.as_str())] {
            assert!(tokens.session(wrong).is_err(), "{wrong:?}");
        }
        for wrong in [None, Some("guess"), Some(one.session.as_str())] {
            assert!(tokens.master(wrong).is_err(), "{wrong:?}");
        }
        tokens.forget_session(1);
        assert!(tokens.session(Some(&one.session)).is_err());
        assert!(tokens.session(Some(&two.session)).is_ok());
    }
}
