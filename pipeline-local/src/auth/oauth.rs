//! External OAuth: access tokens that an authorization server signed, checked with the public keys of a security integration.
//!
//! <https://docs.snowflake.com/en/user-guide/oauth-ext-overview>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::jwt::{LEEWAY, SignedToken};
use super::{Identity, LoginFault, PublicKey};
use crate::Result;
use crate::catalog::def::UserDef;
use crate::catalog::{Catalog, Kind, Object};
use crate::session::TokenLimits;

/// Roles that no external server may give, unless ALLOWED_ROLES_LIST names them.
const PRIVILEGED: [&str; 4] = ["ACCOUNTADMIN", "ORGADMIN", "GLOBALORGADMIN", "SECURITYADMIN"];

/// A security integration of TYPE = EXTERNAL_OAUTH.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExternalOAuth {
    /// ENABLED.
    pub enabled: bool,
    /// EXTERNAL_OAUTH_TYPE.
    pub server: String,
    /// EXTERNAL_OAUTH_ISSUER; never empty.
    pub issuer: String,
    /// EXTERNAL_OAUTH_RSA_PUBLIC_KEY and _2, Base64 in one line; empty where there is none.
    pub public_keys: [String; 2],
    /// EXTERNAL_OAUTH_TOKEN_USER_MAPPING_CLAIM: the claims that may name the user.
    pub user_claims: Vec<String>,
    /// EXTERNAL_OAUTH_SNOWFLAKE_USER_MAPPING_ATTRIBUTE: LOGIN_NAME or EMAIL_ADDRESS.
    pub user_attribute: String,
    /// EXTERNAL_OAUTH_AUDIENCE_LIST; with none every audience will do, as the local engine has no account URL.
    pub audiences: Vec<String>,
    /// EXTERNAL_OAUTH_ANY_ROLE_MODE = ENABLE: tokens with the scope session:role-any may use every role of the user.
    pub any_role: bool,
    /// EXTERNAL_OAUTH_ALLOWED_ROLES_LIST; empty for no such list.
    pub allowed_roles: Vec<String>,
    /// EXTERNAL_OAUTH_BLOCKED_ROLES_LIST, besides the privileged roles.
    pub blocked_roles: Vec<String>,
    /// EXTERNAL_OAUTH_SCOPE_DELIMITER.
    pub scope_delimiter: String,
    /// EXTERNAL_OAUTH_SCOPE_MAPPING_ATTRIBUTE: the claim with the scopes, `scp` or `scope`; either where it is empty.
    pub scope_claim: String,
}

impl ExternalOAuth {
    /// The integration's definition; none for other kinds of integration.
    ///
    /// # Errors
    /// When the stored definition cannot be read.
    pub fn of(integration: &Object) -> Result<Option<Self>> {
        let definition: Self = integration.definition()?;
        Ok(Some(definition).filter(|definition| !definition.issuer.is_empty()))
    }

    fn may_give(&self, role: &str) -> bool {
        let listed = |list: &[String]| list.iter().any(|name| name == role);
        if self.allowed_roles.is_empty() {
            !listed(&self.blocked_roles) && !PRIVILEGED.contains(&role)
        } else {
            listed(&self.allowed_roles)
        }
    }

    /// The scopes of a token.
    fn scopes(&self, claims: &Value) -> Vec<String> {
        let names: &[&str] = if self.scope_claim.is_empty() { &["scp", "scope"] } else { &[&self.scope_claim] };
        let delimiter = self.scope_delimiter.chars().next().unwrap_or(',');
        let mut scopes = Vec::new();
        for name in names {
            match &claims[*name] {
                Value::String(text) => scopes.extend(text.split(delimiter).map(str::trim).map(str::to_owned)),
                Value::Array(entries) => scopes.extend(entries.iter().filter_map(Value::as_str).map(str::to_owned)),
                _ => {}
            }
        }
        scopes
    }

    fn user(&self, catalog: &Catalog, claims: &Value) -> Result<Option<(Object, UserDef)>> {
        let claim = self.user_claims.iter().find_map(|name| claims[name.as_str()].as_str());
        let Some(wanted) = claim.map(str::to_uppercase) else { return Ok(None) };
        for user in catalog.list(Kind::User, None)? {
            let definition: UserDef = user.definition()?;
            let found = if self.user_attribute == "EMAIL_ADDRESS" {
                definition.properties.get("EMAIL").is_some_and(|email| email.to_uppercase() == wanted)
            } else {
                definition.login_name == wanted
            };
            if found {
                return Ok(Some((user, definition)));
            }
        }
        Ok(None)
    }
}

fn invalid(why: &str) -> LoginFault {
    LoginFault::new("390303", format!("Invalid OAuth access token. {why}"))
}

/// Checks an access token at a time in seconds since 1970; whoever logs in by a name has to be the token's user.
pub(super) fn authenticate(
    catalog: &Catalog,
    login_name: &str,
    token: &str,
    now: i64,
) -> std::result::Result<Identity, LoginFault> {
    let token = SignedToken::parse(token).ok_or_else(|| invalid("It is not a signed JSON Web Token."))?;
    let claims = &token.claims;
    let issuer = claims["iss"].as_str().unwrap_or_default();
    let mut integration = None;
    for object in catalog.list(Kind::Integration, None)? {
        integration = integration.or(ExternalOAuth::of(&object)?.filter(|it| it.enabled && it.issuer == issuer));
    }
    let integration = integration.ok_or_else(|| {
        invalid(&format!(
            "No enabled security integration of TYPE = EXTERNAL_OAUTH has EXTERNAL_OAUTH_ISSUER = '{issuer}'."
        ))
    })?;
    let keys =
        integration.public_keys.iter().filter(|key| !key.is_empty()).filter_map(|key| PublicKey::parse(key).ok());
    if !keys.into_iter().any(|key| token.is_signed_by(&key)) {
        return Err(invalid("Its signature is not by a public key of the security integration."));
    }
    let seconds = |name: &str| claims[name].as_f64().map(|seconds| seconds as i64);
    match seconds("exp") {
        None => return Err(invalid("It has no expiration (exp).")),
        Some(end) if end <= now => return Err(LoginFault::new("390318", "OAuth access token expired.")),
        Some(_) => {}
    }
    if seconds("nbf").or(seconds("iat")).is_some_and(|start| start > now + LEEWAY) {
        return Err(invalid("It is not valid yet (nbf, iat). Compare the clocks."));
    }
    let audiences: Vec<&str> = match &claims["aud"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !integration.audiences.is_empty()
        && !audiences.iter().any(|one| integration.audiences.iter().any(|it| it == one))
    {
        return Err(invalid("Its audience (aud) is not in EXTERNAL_OAUTH_AUDIENCE_LIST."));
    }
    let (user, definition) = integration
        .user(catalog, claims)?
        .ok_or_else(|| invalid("No user belongs to the claim that EXTERNAL_OAUTH_TOKEN_USER_MAPPING_CLAIM names."))?;
    if !login_name.is_empty() && login_name.to_uppercase() != definition.login_name {
        return Err(LoginFault::new(
            "390309",
            "The user you were trying to authenticate as differs from the user tied to the access token.",
        ));
    }
    let usable = catalog.roles_for_user(&user.name)?;
    let mut roles: Vec<String> = Vec::new();
    for scope in integration.scopes(claims) {
        let scope = scope.to_uppercase();
        match scope.strip_prefix("SESSION:") {
            Some("ROLE-ANY") if integration.any_role => roles.extend(usable.iter().cloned()),
            Some(rest) => roles.extend(rest.strip_prefix("ROLE:").map(str::to_owned)),
            None => {}
        }
    }
    roles.retain(|role| usable.contains(role) && integration.may_give(role));
    let limits = TokenLimits { roles: Some(roles), access_token: false };
    Ok(Identity { user, definition, limits })
}
