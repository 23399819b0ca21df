//! Key-pair authentication: the JSON Web Tokens that clients sign.
//!
//! <https://docs.snowflake.com/en/user-guide/key-pair-auth>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::PublicKey;

/// How far a client's clock may be ahead, in seconds.
pub(super) const LEEWAY: i64 = 60;
/// The longest lifetime of a token, in seconds.
const MAX_LIFETIME: i64 = 3600;

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// It is not a token, or not one for this user, or its signature is wrong.
    Invalid,
    /// It has expired or lives too long.
    Expired,
    /// It is from the future.
    NotYetValid,
    /// It names a key that the user does not have.
    OtherKey,
    /// The user has no key.
    NoKey,
}

impl TokenFault {
    /// Snowflake's code and text.
    pub fn code_and_message(self) -> (&'static str, &'static str) {
        match self {
            Self::Invalid => ("390144", "JWT token is invalid."),
            Self::Expired => ("394301", "JWT token is invalid: it has expired, or lives for more than an hour."),
            Self::NotYetValid => ("394302", "JWT token is invalid: it was issued in the future. Compare the clocks."),
            Self::OtherKey => (
                "394304",
                "JWT token is invalid: its public key fingerprint is not the one of the user's RSA_PUBLIC_KEY.",
            ),
            Self::NoKey => (
                "394305",
                "JWT token is invalid: the user has no public key. Set it with ALTER USER ... SET RSA_PUBLIC_KEY.",
            ),
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

/// A signed JSON Web Token, not yet checked.
pub(crate) struct SignedToken<'a> {
    pub(crate) claims: Value,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> SignedToken<'a> {
    /// Takes a token signed with RS256 apart.
    pub(crate) fn parse(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = decode(header)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        (header.alg == "RS256").then_some(())?;
        Some(Self { claims: decode(claims)?, signed, signature })
    }

    /// Whether the signature is by this key.
    pub(super) fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verify(self.signed.as_bytes(), &self.signature)
    }
}

fn decode<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    iat: i64,
    exp: i64,
}

/// Checks a token of this user (upper-case login name) against the user's keys at a time in seconds since 1970.
///
/// The account in the token is not compared: a local server answers for any.
///
/// # Errors
/// Why the token is refused.
pub fn verify_token(token: &str, user: &str, keys: &[PublicKey], now: i64) -> Result<(), TokenFault> {
    let token = SignedToken::parse(token).ok_or(TokenFault::Invalid)?;
    let claims = Claims::deserialize(&token.claims).map_err(|_| TokenFault::Invalid)?;
    // <account>.<user>, where an account may hold dots: what counts is the end.
    let of_user = claims.sub.strip_suffix(user).is_some_and(|account| account.ends_with('.'));
    let fingerprint = claims.iss.strip_prefix(&claims.sub).and_then(|rest| rest.strip_prefix('.'));
    let (true, Some(fingerprint)) = (of_user, fingerprint) else {
        return Err(TokenFault::Invalid);
    };
    if keys.is_empty() {
        return Err(TokenFault::NoKey);
    }
    let key = keys.iter().find(|key| key.fingerprint() == fingerprint).ok_or(TokenFault::OtherKey)?;
    if !token.is_signed_by(key) {
        return Err(TokenFault::Invalid);
    }
    if claims.exp <= now || claims.exp.saturating_sub(claims.iat) > MAX_LIFETIME {
        return Err(TokenFault::Expired);
    }
    if claims.iat > now + LEEWAY {
        return Err(TokenFault::NotYetValid);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rsa::RsaPrivateKey;
    use rsa::pkcs8::EncodePublicKey;
    use rsa::pkcs8::LineEnding;
    use sha2::{Digest, Sha256};

    use super::*;

    fn key_pair() -> (RsaPrivateKey, PublicKey) {
        // Small, to be quick; nobody is kept out with it.
        let private = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 1024).unwrap();
        let pem = private.to_public_key().to_public_key_pem(LineEnding::LF).unwrap();
        (private, PublicKey::parse(&pem).unwrap())
    }

    fn token(key: &RsaPrivateKey, alg: &str, iss: &str, sub: &str, iat: i64, exp: i64) -> String {
        let header = URL_SAFE_NO_PAD.encode(serde_json::json!({ "alg": alg, "typ": "JWT" }).to_string());
        let claims =
            URL_SAFE_NO_PAD.encode(serde_json::json!({ "iss": iss, "sub": sub, "iat": iat, "exp": exp }).to_string());
        let signed = format!("{header}.{claims}");
        let prefix = [
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
            0x20,
        ];
        let scheme = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: Box::new(prefix) };
        let signature = key.sign(scheme, &Sha256::digest(signed.as_bytes())).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    #[test]
    fn tokens_are_checked_in_full() {
        let (private, public) = key_pair();
        let (other_private, other) = key_pair();
        let fp = public.fingerprint();
        let iss = format!("ACCT.BOB.{fp}");
        let keys = std::slice::from_ref(&public);
        let now = 1_800_000_000;
        let good = token(&private, "RS256", &iss, "ACCT.BOB", now, now + 60);
        let cases = [
            (good.as_str(), keys, Ok(())),
            (&good, &[other.clone(), public.clone()], Ok(())),
            (&good, &[], Err(TokenFault::NoKey)),
            (&good, &[other], Err(TokenFault::OtherKey)),
            ("a.b.c", keys, Err(TokenFault::Invalid)),
            ("", keys, Err(TokenFault::Invalid)),
            (&good[..good.len() - 4], keys, Err(TokenFault::Invalid)),
            (&token(&other_private, "RS256", &iss, "ACCT.BOB", now, now + 60), keys, Err(TokenFault::Invalid)),
            (&token(&private, "none", &iss, "ACCT.BOB", now, now + 60), keys, Err(TokenFault::Invalid)),
            (
                &token(&private, "RS256", &format!("ACCT.EVE.{fp}"), "ACCT.EVE", now, now + 60),
                keys,
                Err(TokenFault::Invalid),
            ),
            (&token(&private, "RS256", &iss, "ACCT.BOB", now - 90, now - 30), keys, Err(TokenFault::Expired)),
            (&token(&private, "RS256", &iss, "ACCT.BOB", now, now + 7200), keys, Err(TokenFault::Expired)),
            (&token(&private, "RS256", &iss, "ACCT.BOB", now + 90, now + 120), keys, Err(TokenFault::NotYetValid)),
        ];
        for (at, (token, keys, expected)) in cases.into_iter().enumerate() {
            assert_eq!(verify_token(token, "BOB", keys, now), expected, "case {at}");
        }
    }

    #[test]
    fn keys_are_read_with_and_without_pem_lines() {
        let (_, key) = key_pair();
        assert_eq!(PublicKey::parse(&key.to_base64()).unwrap().fingerprint(), key.fingerprint());
        let error = PublicKey::parse("AAAA").unwrap_err();
        assert!(error.message.contains("public key"), "{error}");
    }
}
