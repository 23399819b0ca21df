//! Users at login.

use super::{PublicKey, TokenFault, hash_password, verify_password, verify_token};
use crate::catalog::def::UserDef;
use crate::catalog::{Catalog, Kind, Member, NewObject, Object, role};
use crate::{Result, SqlError};

/// The built-in administrator.
pub const ADMIN: &str = "ADMIN";

/// A refused login: Snowflake's code and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoginFault {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl LoginFault {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    fn password() -> Self {
        Self::new("390100", "Incorrect username or password was specified.")
    }
}

impl From<SqlError> for LoginFault {
    fn from(error: SqlError) -> Self {
        Self::new("390500", error.message)
    }
}

impl From<TokenFault> for LoginFault {
    fn from(fault: TokenFault) -> Self {
        let (code, message) = fault.code_and_message();
        Self::new(code, message)
    }
}

/// How a client proves who it is.
#[derive(Debug)]
pub(crate) enum Proof<'a> {
    Password(&'a str),
    /// A signed token, and the time in seconds since 1970.
    KeyPair(&'a str, i64),
}

/// Creates the built-in administrator where there is none, and gives it this password.
///
/// # Errors
/// When the store cannot be written.
pub(crate) fn ensure_admin(catalog: &Catalog, password: &str) -> Result<()> {
    let password_hash = Some(hash_password(password)?);
    catalog.transaction(|catalog| match catalog.find(Kind::User, None, ADMIN, "")? {
        Some(mut admin) => {
            let definition: UserDef = admin.definition()?;
            admin.set_definition(&UserDef { password_hash, disabled: false, ..definition })?;
            catalog.update(&admin)
        }
        None => {
            let definition = UserDef {
                login_name: ADMIN.to_owned(),
                display_name: ADMIN.to_owned(),
                password_hash,
                default_role: Some(role::ACCOUNTADMIN.to_owned()),
                secondary_roles_all: true,
                ..UserDef::default()
            };
            let admin = NewObject::new(Kind::User, None, ADMIN, role::ACCOUNTADMIN, &definition)?;
            catalog.create(admin.comment("The built-in administrator"))?;
            catalog.grant_role(role::ACCOUNTADMIN, &Member::User(ADMIN.to_owned()), "")?;
            Ok(())
        }
    })
}

/// Finds a user by login name and checks the proof.
///
/// # Errors
/// Why the login is refused. Unknown users and wrong passwords look the same.
pub(crate) fn authenticate(
    catalog: &Catalog,
    login_name: &str,
    proof: &Proof<'_>,
) -> Result<(Object, UserDef), LoginFault> {
    let login_name = login_name.to_uppercase();
    let mut found = None;
    for user in catalog.list(Kind::User, None)? {
        let definition: UserDef = user.definition()?;
        if definition.login_name == login_name || (definition.login_name.is_empty() && user.name == login_name) {
            found = Some((user, definition));
            break;
        }
    }
    match proof {
        Proof::Password(password) => {
            let (user, definition) = found.ok_or_else(LoginFault::password)?;
            let hash = definition.password_hash.as_deref().ok_or_else(LoginFault::password)?;
            if !verify_password(password, hash) {
                return Err(LoginFault::password());
            }
            refuse_disabled(&user, &definition)?;
            Ok((user, definition))
        }
        Proof::KeyPair(token, now) => {
            let (user, definition) = found.ok_or(TokenFault::Invalid)?;
            let keys: Vec<PublicKey> =
                definition.rsa_public_keys.iter().filter_map(|text| PublicKey::parse(text).ok()).collect();
            verify_token(token, &login_name, &keys, *now)?;
            refuse_disabled(&user, &definition)?;
            Ok((user, definition))
        }
    }
}

fn refuse_disabled(user: &Object, definition: &UserDef) -> Result<(), LoginFault> {
    if definition.disabled {
        let message =
            format!("User access disabled: user {} has DISABLED = TRUE. Contact your administrator.", user.name);
        return Err(LoginFault::new("390101", message));
    }
    Ok(())
}
