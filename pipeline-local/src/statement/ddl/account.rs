//! Roles and users.

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::auth;
use crate::catalog::def::{RoleDef, UserDef};
use crate::catalog::{Kind, Member, NewObject, Object, TagSlot, role};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::statement::{Context, QueryResult};
use crate::tag;

use super::options::{boolean_value, comment_value, string_value, unknown, word_value};
use super::{Creation, already_exists, altered};

pub(super) fn create_role(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["TRANSIENT", "TEMPORARY", "SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    let mut comment = String::new();
    let mut tags = tag::Tags::new();
    while !cursor.at_end() {
        if cursor.accept_keyword("COMMENT") {
            comment = comment_value(cursor)?;
        } else if !tag::accept(cursor, &mut tags)? {
            return Err(unknown(cursor, "ROLE"));
        }
    }
    let existing = cx.find_object(Kind::Role, &name, "CREATE ROLE")?;
    if existing.is_some() && if_not_exists {
        return Ok(already_exists(name.object()));
    }
    if creation.or_replace && role::BUILT_IN.contains(&name.object()) {
        return Err(SqlError::insufficient_privileges(format_args!("replace the built-in role {}", name.object())));
    }
    cx.require_on_account("CREATE ROLE")?;
    let new = NewObject::new(Kind::Role, None, name.object(), cx.role(), &RoleDef {})?.comment(&comment);
    let new = new.tags(tag::resolve(cx, &tags, TagSlot::Object)?);
    Ok(creation.finish(cx, new, false)?.1)
}

pub(super) fn alter_role(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let Some(mut object) = existing(cx, cursor, Kind::Role)? else { return Ok(altered()) };
    if cursor.accept_keywords("RENAME TO") {
        let name = cursor.identifier()?;
        cursor.expect_end()?;
        cx.engine.catalog.rename(object.id, None, &name)?;
        if cx.session.role == object.name {
            cx.session.role = name;
        }
        return Ok(altered());
    }
    if cursor.accept_keywords("SET COMMENT") {
        object.comment = comment_value(cursor)?;
    } else if cursor.accept_keywords("UNSET COMMENT") {
        object.comment.clear();
    } else {
        return Err(cursor.unexpected());
    }
    cursor.expect_end()?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}

/// The object that ALTER names, when the role may change it; none for a missing one with IF EXISTS.
fn existing(cx: &Context<'_>, cursor: &mut Cursor<'_>, kind: Kind) -> Result<Option<Object>> {
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = cursor.object_name()?;
    match cx.find_object(kind, &name, "ALTER")? {
        Some(object) => {
            cx.require_ownership(&object)?;
            Ok(Some(object))
        }
        None if if_exists => Ok(None),
        None => Err(SqlError::does_not_exist(kind.title(), name)),
    }
}

pub(super) fn create_user(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["OR ALTER", "TRANSIENT", "TEMPORARY", "SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    let mut def = UserDef { login_name: name.object().to_uppercase(), secondary_roles_all: true, ..UserDef::default() };
    def.display_name = name.object().to_owned();
    let mut comment = String::new();
    let mut tags = tag::Tags::new();
    properties(cursor, &mut def, &mut comment, &mut tags)?;
    let given = |name: &&&str| def.properties.contains_key(**name);
    if is_service(&def)
        && let Some(property) = PERSONAL.iter().find(given)
    {
        return Err(not_for_services(property));
    }
    if cx.engine.catalog.find(Kind::User, None, name.object(), "")?.is_some() && if_not_exists {
        return Ok(already_exists(name.object()));
    }
    cx.require_on_account("CREATE USER")?;
    let new = NewObject::new(Kind::User, None, name.object(), cx.role(), &def)?.comment(&comment);
    let new = new.tags(tag::resolve(cx, &tags, TagSlot::Object)?);
    let (user, result) = creation.finish(cx, new, false)?;
    cx.engine.catalog.grant_role(role::PUBLIC, &Member::User(user.name), "")?;
    Ok(result)
}

pub(super) fn alter_user(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    if let Some(result) = super::access_token::alter(cx, cursor)? {
        return Ok(result);
    }
    // A user may change a few things of its own; this engine leaves that to the owner.
    let Some(mut object) = existing(cx, cursor, Kind::User)? else { return Ok(altered()) };
    let mut def: UserDef = object.definition()?;
    if cursor.accept_keywords("RENAME TO") {
        let name = cursor.identifier()?;
        cursor.expect_end()?;
        cx.engine.catalog.rename(object.id, None, &name)?;
        return Ok(altered());
    }
    if cursor.accept_keyword("SET") {
        let before = def.properties.clone();
        let mut tags = tag::Tags::new();
        properties(cursor, &mut def, &mut object.comment, &mut tags)?;
        if !tags.is_empty() {
            return Err(SqlError::syntax("Tags of a user are set with ALTER USER ... SET TAG name = 'value'."));
        }
        let set = |name: &&&str| def.properties.get(**name) != before.get(**name);
        if is_service(&def)
            && let Some(property) = PERSONAL.iter().find(set)
        {
            return Err(not_for_services(property));
        }
    } else {
        cursor.expect_keywords("UNSET")?;
        let mut seen = Vec::new();
        loop {
            let Some(word) = cursor.peek_word() else { return Err(cursor.unexpected()) };
            cursor.next_token();
            unset(&word, &object.name, &mut def, &mut object.comment)?;
            if seen.contains(&word) {
                return Err(SqlError::compilation(
                    1003,
                    "42000",
                    format_args!("duplicate property '{word}'; name each property of a user once"),
                ));
            }
            seen.push(word);
            if !cursor.accept(&Token::Comma) {
                break;
            }
        }
    }
    cursor.expect_end()?;
    object.set_definition(&def)?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}

fn properties(cursor: &mut Cursor<'_>, def: &mut UserDef, comment: &mut String, tags: &mut tag::Tags) -> Result<()> {
    while !cursor.at_end() {
        cursor.accept(&Token::Comma);
        if tag::accept(cursor, tags)? {
            continue;
        }
        let Some(word) = cursor.peek_word() else { return Err(cursor.unexpected()) };
        if cursor.peek_at(1) != Some(&Token::Eq) {
            return Err(cursor.unexpected());
        }
        cursor.next_token();
        match word.as_str() {
            "PASSWORD" => def.password_hash = Some(auth::hash_password(&string_value(cursor)?)?),
            "LOGIN_NAME" => def.login_name = word_value(cursor)?.to_uppercase(),
            "DISPLAY_NAME" => def.display_name = word_value(cursor)?,
            "RSA_PUBLIC_KEY" => set_key(def, 0, string_value(cursor)?)?,
            "RSA_PUBLIC_KEY_2" => set_key(def, 1, string_value(cursor)?)?,
            "DISABLED" => def.disabled = boolean_value(cursor)?,
            "DEFAULT_ROLE" => def.default_role = Some(name_value(cursor)?),
            "DEFAULT_WAREHOUSE" => def.default_warehouse = Some(name_value(cursor)?),
            "DEFAULT_NAMESPACE" => {
                cursor.expect(&Token::Eq)?;
                let namespace = match cursor.accept_string() {
                    Some(text) => text.to_uppercase(),
                    None => cursor.object_name()?.to_string(),
                };
                def.default_namespace = Some(namespace);
            }
            "DEFAULT_SECONDARY_ROLES" => {
                cursor.expect(&Token::Eq)?;
                def.secondary_roles_all = cursor.parenthesised()?.to_uppercase().contains("ALL");
            }
            "MUST_CHANGE_PASSWORD" => {
                let value = boolean_value(cursor)?;
                def.properties.insert(word, value.to_string());
            }
            "FIRST_NAME" | "MIDDLE_NAME" | "LAST_NAME" | "EMAIL" | "TYPE" => {
                let value = word_value(cursor)?;
                def.properties.insert(word, value);
            }
            "COMMENT" => *comment = comment_value(cursor)?,
            other => {
                return Err(SqlError::compilation(
                    1420,
                    "22023",
                    format_args!("invalid property '{other}' for 'USER'"),
                ));
            }
        }
    }
    Ok(())
}

/// What a user of TYPE = SERVICE has not, because it is no person.
const PERSONAL: [&str; 4] = ["FIRST_NAME", "MIDDLE_NAME", "LAST_NAME", "MUST_CHANGE_PASSWORD"];

pub(super) fn is_service(def: &UserDef) -> bool {
    def.properties.get("TYPE").is_some_and(|kind| kind.eq_ignore_ascii_case("SERVICE"))
}

fn not_for_services(property: &str) -> SqlError {
    SqlError::new(391_806, "22023", format!("SQL execution error: Cannot set {property} on users with TYPE=SERVICE."))
}

fn unset(property: &str, user: &str, def: &mut UserDef, comment: &mut String) -> Result<()> {
    match property {
        "PASSWORD" => def.password_hash = None,
        "LOGIN_NAME" => def.login_name = user.to_uppercase(),
        "DISPLAY_NAME" => def.display_name.clear(),
        "RSA_PUBLIC_KEY" => set_key(def, 0, String::new())?,
        "RSA_PUBLIC_KEY_2" => set_key(def, 1, String::new())?,
        "DISABLED" => def.disabled = false,
        "DEFAULT_ROLE" => def.default_role = None,
        "DEFAULT_WAREHOUSE" => def.default_warehouse = None,
        "DEFAULT_NAMESPACE" => def.default_namespace = None,
        "DEFAULT_SECONDARY_ROLES" => def.secondary_roles_all = true,
        "COMMENT" => comment.clear(),
        "FIRST_NAME" | "MIDDLE_NAME" | "LAST_NAME" | "EMAIL" | "TYPE" | "MUST_CHANGE_PASSWORD" => {
            def.properties.remove(property);
        }
        other => {
            return Err(SqlError::compilation(1420, "22023", format_args!("invalid property '{other}' for 'USER'")));
        }
    }
    Ok(())
}

/// A name as a property's value: a string is folded as it would be bare.
fn name_value(cursor: &mut Cursor<'_>) -> Result<String> {
    cursor.expect(&Token::Eq)?;
    match cursor.accept_string() {
        Some(text) => Ok(text.to_uppercase()),
        None => cursor.identifier(),
    }
}

/// A user has two places for keys, so that they can be rotated; an empty text empties the place.
fn set_key(def: &mut UserDef, place: usize, pem: String) -> Result<()> {
    let body: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    if !body.is_empty() {
        auth::PublicKey::parse(&body)?;
    }
    if def.rsa_public_keys.len() <= place {
        def.rsa_public_keys.resize(place + 1, String::new());
    }
    def.rsa_public_keys[place] = body;
    Ok(())
}
