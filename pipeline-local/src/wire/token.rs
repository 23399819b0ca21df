//! The tokens that clients show instead of a password once they are logged in.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

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
    /// Since when nobody needs it: newer ones were issued, or the session has ended.
    over: Option<Instant>,
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
        let now = Instant::now();
        for token in known.values_mut().filter(|token| token.session == session) {
            token.over.get_or_insert(now);
        }
        for (text, master) in [(&pair.session, false), (&pair.master, true)] {
            known.insert(text.clone(), Token { session, master, over: None });
        }
        pair
    }

    /// Forgets those that nobody has needed for as long as a token is said to be valid: until then who shows one is told
    /// what became of the session. `open` are the sessions that have not ended.
    pub(super) fn tidy(&self, open: &HashSet<u64>, now: Instant) {
        self.known.lock().retain(|_, token| {
            if !open.contains(&token.session) {
                token.over.get_or_insert(now);
            }
            token.over.is_none_or(|over| now.duration_since(over) < Duration::from_secs(MASTER_VALIDITY.into()))
        });
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

    #[test]
    fn tokens_that_nobody_needs_are_forgotten_after_a_while() {
        let tokens = Tokens::default();
        let (ended, renewed) = (tokens.issue(1), tokens.issue(2));
        let newer = tokens.issue(2);
        let (open, now) = (HashSet::from([2]), Instant::now());
        tokens.tidy(&open, now);
        assert_eq!(tokens.session(Some(&ended.session)).unwrap(), 1, "its owner is told that the session has ended");
        assert_eq!(tokens.master(Some(&renewed.master)).unwrap(), 2, "an answer with newer ones may be lost");
        tokens.tidy(&open, now + Duration::from_secs(u64::from(MASTER_VALIDITY) + 1));
        assert!(tokens.session(Some(&ended.session)).is_err());
        assert!(tokens.master(Some(&renewed.master)).is_err());
        assert_eq!(tokens.master(Some(&newer.master)).unwrap(), 2);
        assert_eq!(tokens.known.lock().len(), 2);
    }
}
