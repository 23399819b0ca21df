//! Users at login.

use super::{PublicKey, TokenFault, hash_password, oauth, verify_password, verify_token};
use crate::catalog::def::UserDef;
use crate::catalog::{Catalog, Kind, Member, NewObject, Object, role};
use crate::session::TokenLimits;
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
pub(crate) enum Proof {
    /// A password, or a programmatic access token in its place.
    Password(String),
    /// A token signed with the user's private key.
    KeyPair(String),
    /// A programmatic access token.
    AccessToken(String),
    /// An access token of an external OAuth server.
    OAuth(String),
}

/// Who has logged in.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) user: Object,
    pub(crate) definition: UserDef,
    pub(crate) limits: TokenLimits,
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

/// Finds a user by login name, or by the token where that is enough, and checks the proof. Times are the wall clock's seconds
/// and the engine's microseconds since 1970.
///
/// # Errors
/// Why the login is refused. Unknown users and wrong passwords look the same.
pub(crate) fn authenticate(
    catalog: &Catalog,
    login_name: &str,
    proof: &Proof,
    wall: i64,
    now: i64,
) -> Result<Identity, LoginFault> {
    let identity = match proof {
        Proof::Password(password) => match by_access_token(catalog, login_name, password, now) {
            Ok(identity) => identity,
            Err(_) => by_password(catalog, login_name, password)?,
        },
        Proof::KeyPair(token) => {
            let login_name = login_name.to_uppercase();
            let (user, definition) = named(catalog, &login_name)?.ok_or(TokenFault::Invalid)?;
            let keys: Vec<PublicKey> =
                definition.rsa_public_keys.iter().filter_map(|text| PublicKey::parse(text).ok()).collect();
            verify_token(token, &login_name, &keys, wall)?;
            Identity { user, definition, limits: TokenLimits::default() }
        }
        Proof::AccessToken(token) => by_access_token(catalog, login_name, token, now)?,
        Proof::OAuth(token) => oauth::authenticate(catalog, login_name, token, wall)?,
    };
    refuse_disabled(&identity.user, &identity.definition)?;
    Ok(identity)
}

fn named(catalog: &Catalog, login_name: &str) -> Result<Option<(Object, UserDef)>> {
    for user in catalog.list(Kind::User, None)? {
        let definition: UserDef = user.definition()?;
        if definition.login_name == login_name || (definition.login_name.is_empty() && user.name == login_name) {
            return Ok(Some((user, definition)));
        }
    }
    Ok(None)
}

fn by_password(catalog: &Catalog, login_name: &str, password: &str) -> Result<Identity, LoginFault> {
    let (user, definition) = named(catalog, &login_name.to_uppercase())?.ok_or_else(LoginFault::password)?;
    let hash = definition.password_hash.as_deref().ok_or_else(LoginFault::password)?;
    if !verify_password(password, hash) {
        return Err(LoginFault::password());
    }
    Ok(Identity { user, definition, limits: TokenLimits::default() })
}

/// The user of a programmatic access token; a login name has to be the user's, but may be left out.
fn by_access_token(catalog: &Catalog, login_name: &str, secret: &str, now: i64) -> Result<Identity, LoginFault> {
    let invalid = |why: &str| LoginFault::new("394400", format!("Programmatic access token is invalid.{why}"));
    for user in catalog.list(Kind::User, None)? {
        let definition: UserDef = user.definition()?;
        let Some(token) = definition.access_tokens.iter().find(|token| token.matches(secret)) else { continue };
        let own_name = if definition.login_name.is_empty() { &user.name } else { &definition.login_name };
        if !login_name.is_empty() && login_name.to_uppercase() != *own_name {
            return Err(invalid(""));
        }
        match token.status(now) {
            "ACTIVE" => {}
            status => return Err(invalid(&format!(" It is {}.", status.to_lowercase()))),
        }
        if let Some(role) = &token.role
            && !catalog.roles_for_user(&user.name)?.contains(role)
        {
            return Err(invalid(&format!(" Its role {role} is no longer granted to the user.")));
        }
        let limits = TokenLimits { roles: token.role.clone().map(|role| vec![role]), access_token: true };
        return Ok(Identity { user, definition, limits });
    }
    Err(invalid(""))
}

fn refuse_disabled(user: &Object, definition: &UserDef) -> Result<(), LoginFault> {
    if definition.disabled {
        let message =
            format!("User access disabled: user {} has DISABLED = TRUE. Contact your administrator.", user.name);
        return Err(LoginFault::new("390101", message));
    }
    Ok(())
}
