//! Who may log in: password hashes, public keys and the tokens signed with them.

mod jwt;
mod key;
mod password;
mod user;

pub use jwt::{TokenFault, verify_token};
pub use key::PublicKey;
pub use password::{hash_password, random_password, random_token, verify_password};
pub use user::ADMIN;
pub(crate) use user::{LoginFault, Proof, authenticate, ensure_admin};
