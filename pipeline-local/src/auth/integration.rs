//! The statements about security integrations; what all integrations have in common is done with the notification ones.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::{ExternalOAuth, PublicKey};
use crate::exec::{QueryResult, StatementType};
use crate::parse::Cursor;
use crate::{Result, SqlError};

fn invalid(name: &str, value: &str) -> SqlError {
    SqlError::compilation(1008, "22023", format_args!("invalid value [{value}] for parameter '{name}'"))
}

/// A text, or texts in parentheses.
fn texts(cursor: &mut Cursor<'_>) -> Result<Vec<String>> {
    if !cursor.accept(&Token::LParen) {
        return Ok(vec![cursor.string()?]);
    }
    let mut found = Vec::new();
    while !cursor.accept(&Token::RParen) {
        found.push(cursor.string()?);
        cursor.accept(&Token::Comma);
    }
    Ok(found)
}

fn word(cursor: &mut Cursor<'_>) -> Result<String> {
    match cursor.accept_string() {
        Some(text) => Ok(text.to_uppercase()),
        None => cursor.identifier(),
    }
}

fn upper(names: Vec<String>) -> Vec<String> {
    names.into_iter().map(|name| name.to_uppercase()).collect()
}

/// Reads properties into a definition; returns the comment where there is one, and which properties there were.
///
/// # Errors
/// For properties that do not exist, are given twice, have a value that does not fit or need what the engine has not.
pub(crate) fn read_properties(
    cursor: &mut Cursor<'_>,
    def: &mut ExternalOAuth,
) -> Result<(Option<String>, Vec<String>)> {
    let mut comment = None;
    let mut seen: Vec<String> = Vec::new();
    while !cursor.at_end() {
        let Some(name) = cursor.peek_word() else { return Err(cursor.unexpected()) };
        cursor.next_token();
        if seen.contains(&name) {
            return Err(SqlError::compilation(1421, "42601", format_args!("duplicate property '{name}';")));
        }
        cursor.expect(&Token::Eq)?;
        match name.as_str() {
            "TYPE" => {
                let kind = word(cursor)?;
                if kind != "EXTERNAL_OAUTH" {
                    return Err(SqlError::unsupported(format_args!("security integration of TYPE = {kind}")));
                }
            }
            "ENABLED" => def.enabled = cursor.boolean()?,
            "EXTERNAL_OAUTH_TYPE" => {
                def.server = word(cursor)?;
                if !["OKTA", "AZURE", "PING_FEDERATE", "CUSTOM"].contains(&def.server.as_str()) {
                    return Err(invalid(&name, &def.server));
                }
            }
            "EXTERNAL_OAUTH_ISSUER" => {
                def.issuer = cursor.string()?;
                if def.issuer.is_empty() {
                    return Err(invalid(&name, ""));
                }
            }
            "EXTERNAL_OAUTH_RSA_PUBLIC_KEY" => def.public_keys[0] = public_key(&cursor.string()?)?,
            "EXTERNAL_OAUTH_RSA_PUBLIC_KEY_2" => def.public_keys[1] = public_key(&cursor.string()?)?,
            "EXTERNAL_OAUTH_JWS_KEYS_URL" => {
                return Err(SqlError::unsupported(
                    "EXTERNAL_OAUTH_JWS_KEYS_URL: the local engine fetches no keys; give EXTERNAL_OAUTH_RSA_PUBLIC_KEY",
                ));
            }
            "EXTERNAL_OAUTH_TOKEN_USER_MAPPING_CLAIM" => def.user_claims = texts(cursor)?,
            "EXTERNAL_OAUTH_SNOWFLAKE_USER_MAPPING_ATTRIBUTE" => {
                def.user_attribute = word(cursor)?;
                if !["LOGIN_NAME", "EMAIL_ADDRESS"].contains(&def.user_attribute.as_str()) {
                    return Err(invalid(&name, &def.user_attribute));
                }
            }
            "EXTERNAL_OAUTH_AUDIENCE_LIST" => def.audiences = texts(cursor)?,
            "EXTERNAL_OAUTH_ALLOWED_ROLES_LIST" => def.allowed_roles = upper(texts(cursor)?),
            "EXTERNAL_OAUTH_BLOCKED_ROLES_LIST" => def.blocked_roles = upper(texts(cursor)?),
            "EXTERNAL_OAUTH_ANY_ROLE_MODE" => {
                def.any_role = match word(cursor)?.as_str() {
                    "ENABLE" => true,
                    "DISABLE" => false,
                    "ENABLE_FOR_PRIVILEGE" => {
                        return Err(SqlError::unsupported("EXTERNAL_OAUTH_ANY_ROLE_MODE = ENABLE_FOR_PRIVILEGE"));
                    }
                    other => return Err(invalid(&name, other)),
                }
            }
            "EXTERNAL_OAUTH_SCOPE_DELIMITER" => {
                def.scope_delimiter = cursor.string()?;
                if def.scope_delimiter.chars().count() != 1 {
                    return Err(invalid(&name, &def.scope_delimiter));
                }
            }
            "EXTERNAL_OAUTH_SCOPE_MAPPING_ATTRIBUTE" => {
                def.scope_claim = cursor.string()?;
                if !["scp", "scope"].contains(&def.scope_claim.as_str()) {
                    return Err(invalid(&name, &def.scope_claim));
                }
            }
            "COMMENT" => comment = Some(cursor.string()?),
            _ => {
                return Err(SqlError::compilation(
                    1420,
                    "42601",
                    format_args!("invalid property '{name}' for 'SECURITY INTEGRATION' of TYPE = EXTERNAL_OAUTH"),
                ));
            }
        }
        seen.push(name);
        cursor.accept(&Token::Comma);
    }
    if !def.allowed_roles.is_empty() && !def.blocked_roles.is_empty() {
        return Err(SqlError::compilation(
            1008,
            "22023",
            "EXTERNAL_OAUTH_ALLOWED_ROLES_LIST and EXTERNAL_OAUTH_BLOCKED_ROLES_LIST exclude each other.",
        ));
    }
    Ok((comment, seen))
}

fn public_key(text: &str) -> Result<String> {
    if text.is_empty() { Ok(String::new()) } else { Ok(PublicKey::parse(text)?.to_base64()) }
}

/// The definition that CREATE gives, and the comment.
///
/// # Errors
/// As [`read_properties`], and for properties that are missing.
pub(crate) fn read_definition(cursor: &mut Cursor<'_>) -> Result<(ExternalOAuth, String)> {
    let mut def = ExternalOAuth::default();
    let (comment, given) = read_properties(cursor, &mut def)?;
    let absent = |name: &str| !given.iter().any(|given| given == name);
    let missing = [
        (absent("TYPE"), "TYPE"),
        (absent("ENABLED"), "ENABLED"),
        (def.server.is_empty(), "EXTERNAL_OAUTH_TYPE"),
        (def.issuer.is_empty(), "EXTERNAL_OAUTH_ISSUER"),
        (def.public_keys.iter().all(String::is_empty), "EXTERNAL_OAUTH_RSA_PUBLIC_KEY"),
        (def.user_claims.is_empty(), "EXTERNAL_OAUTH_TOKEN_USER_MAPPING_CLAIM"),
        (def.user_attribute.is_empty(), "EXTERNAL_OAUTH_SNOWFLAKE_USER_MAPPING_ATTRIBUTE"),
    ];
    match missing.iter().find(|(missing, _)| *missing) {
        Some((_, property)) => {
            Err(SqlError::compilation(2029, "42601", format_args!("Missing option(s): [{property}]")))
        }
        None => Ok((def, comment.unwrap_or_default())),
    }
}

/// DESCRIBE: every property with its value and default.
pub(crate) fn describe(def: ExternalOAuth) -> QueryResult {
    let list = |names: &[String]| names.join(",");
    let [key, key_2] = &def.public_keys;
    let rows: Vec<Vec<Option<String>>> = [
        ("ENABLED", "Boolean", def.enabled.to_string(), "false"),
        ("EXTERNAL_OAUTH_TYPE", "String", def.server.clone(), ""),
        ("EXTERNAL_OAUTH_ISSUER", "String", def.issuer.clone(), ""),
        ("EXTERNAL_OAUTH_JWS_KEYS_URL", "Object", String::new(), ""),
        ("EXTERNAL_OAUTH_ANY_ROLE_MODE", "String", (if def.any_role { "ENABLE" } else { "DISABLE" }).into(), "DISABLE"),
        ("EXTERNAL_OAUTH_RSA_PUBLIC_KEY", "String", key.clone(), ""),
        ("EXTERNAL_OAUTH_RSA_PUBLIC_KEY_2", "String", key_2.clone(), ""),
        ("EXTERNAL_OAUTH_BLOCKED_ROLES_LIST", "List", list(&def.blocked_roles), "[]"),
        ("EXTERNAL_OAUTH_ALLOWED_ROLES_LIST", "List", list(&def.allowed_roles), "[]"),
        ("EXTERNAL_OAUTH_AUDIENCE_LIST", "List", list(&def.audiences), "[]"),
        ("EXTERNAL_OAUTH_TOKEN_USER_MAPPING_CLAIM", "Object", format!("{:?}", def.user_claims), ""),
        ("EXTERNAL_OAUTH_SNOWFLAKE_USER_MAPPING_ATTRIBUTE", "String", def.user_attribute.clone(), ""),
        ("EXTERNAL_OAUTH_SCOPE_DELIMITER", "String", def.scope_delimiter.clone(), ","),
    ]
    .into_iter()
    .map(|(property, kind, value, default)| {
        vec![Some(property.to_owned()), Some(kind.to_owned()), Some(value), Some(default.to_owned())]
    })
    .collect();
    let names = ["property", "property_type", "property_value", "property_default"];
    QueryResult::texts(StatementType::Describe, &names, &rows)
}
