//! Who may log in: password hashes, public keys, the tokens signed with them, and tokens that are secrets themselves.

mod access_token;
mod integration;
mod jwt;
mod key;
mod oauth;
mod password;
mod user;

pub use access_token::AccessToken;
pub(crate) use access_token::new_secret;
pub(crate) use integration::{describe, read_definition, read_properties};
pub(crate) use jwt::SignedToken;
pub use jwt::{TokenFault, verify_token};
pub use key::PublicKey;
pub use oauth::ExternalOAuth;
pub use password::{hash_password, random_password, random_token, verify_password};
pub use user::ADMIN;
pub(crate) use user::{Identity, LoginFault, Proof, authenticate, ensure_admin};
