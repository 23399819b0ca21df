//! ALTER USER ... ADD, MODIFY, ROTATE and REMOVE PROGRAMMATIC ACCESS TOKEN.

use crate::auth::{AccessToken, new_secret};
use crate::catalog::def::UserDef;
use crate::catalog::{Kind, Object};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, quote};
use crate::statement::{Context, QueryResult, StatementType};

use super::altered;
use super::options::{boolean_value, comment_value, number_value, string_value};

/// How many tokens a user can have.
const MOST: usize = 15;
const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;

/// Runs the statement when it is about such a token. The cursor is behind `ALTER USER`.
pub(super) fn alter(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Option<QueryResult>> {
    let start = cursor.index();
    let if_exists = cursor.accept_keywords("IF EXISTS");
    // ADD and so on may also be the user's name.
    let name = if verb(cursor).is_some() { None } else { Some(cursor.object_name()?) };
    let Some(verb) = verb(cursor) else {
        cursor.rewind(start);
        return Ok(None);
    };
    cursor.next_token();
    if !cursor.accept_keyword("PAT") {
        cursor.expect_keywords("PROGRAMMATIC ACCESS TOKEN")?;
    }
    let wanted = name.as_ref().map_or(cx.session.user.as_str(), |name| name.object());
    let Some(mut user) = cx.engine.catalog.find(Kind::User, None, wanted, "")? else {
        if if_exists {
            return Ok(Some(altered()));
        }
        return Err(SqlError::does_not_exist("User", quote(wanted)));
    };
    if user.name != cx.session.user {
        cx.require_ownership(&user)?;
    } else if cx.session.limits.access_token {
        return Err(SqlError::new(
            3001,
            "42501",
            "A session that was opened with a programmatic access token cannot change such tokens of the same user: log in \
             with a password or a key pair.",
        ));
    }
    let mut def: UserDef = user.definition()?;
    let result = match verb {
        "ADD" => add(cx, cursor, &user, &mut def)?,
        "MODIFY" => modify(cursor, &mut def)?,
        "ROTATE" => rotate(cx, cursor, &mut def)?,
        _ => remove(cursor, &mut def)?,
    };
    cursor.expect_end()?;
    user.set_definition(&def)?;
    cx.engine.catalog.update(&user)?;
    Ok(Some(result))
}

fn verb(cursor: &Cursor<'_>) -> Option<&'static str> {
    let verb = ["ADD", "MODIFY", "ROTATE", "REMOVE"].into_iter().find(|verb| cursor.peek_keyword(verb))?;
    let about = matches!(cursor.peek_word_at(1).as_deref(), Some("PROGRAMMATIC" | "PAT"));
    about.then_some(verb)
}

fn index_of(def: &UserDef, name: &str) -> Result<usize> {
    let found = def.access_tokens.iter().position(|token| token.name == name);
    found.ok_or_else(|| SqlError::does_not_exist("Programmatic access token", quote(name)))
}

fn refuse_taken(def: &UserDef, name: &str) -> Result<()> {
    if def.access_tokens.iter().any(|token| token.name == name) {
        let message = format!("Programmatic access token '{}' already exists.", quote(name));
        return Err(SqlError::compilation(2002, "42710", message));
    }
    Ok(())
}

/// The one answer that ever holds the secret.
fn told(names: &[&str], cells: Vec<String>) -> QueryResult {
    QueryResult::texts(StatementType::AccessToken, names, &[cells.into_iter().map(Some).collect()])
}

fn add(cx: &Context<'_>, cursor: &mut Cursor<'_>, user: &Object, def: &mut UserDef) -> Result<QueryResult> {
    let if_not_exists = cursor.accept_keywords("IF NOT EXISTS");
    let name = cursor.identifier()?;
    let (mut role, mut days, mut bypass_minutes, mut comment) = (None, 15, None, String::new());
    while !cursor.at_end() {
        if cursor.accept_keyword("ROLE_RESTRICTION") {
            role = Some(string_value(cursor)?);
        } else if cursor.accept_keyword("DAYS_TO_EXPIRY") {
            days = number_value(cursor, "DAYS_TO_EXPIRY", 1..=365)?;
        } else if cursor.accept_keyword("MINS_TO_BYPASS_NETWORK_POLICY_REQUIREMENT") {
            bypass_minutes = Some(number_value(cursor, "MINS_TO_BYPASS_NETWORK_POLICY_REQUIREMENT", 1..=1440)?);
        } else if cursor.accept_keyword("COMMENT") {
            comment = comment_value(cursor)?;
        } else {
            return Err(cursor.unexpected());
        }
    }
    if if_not_exists && index_of(def, &name).is_ok() {
        return Ok(altered());
    }
    refuse_taken(def, &name)?;
    let invalid = |message: String| SqlError::compilation(1008, "22023", message);
    if def.access_tokens.len() >= MOST {
        return Err(invalid(format!("User {} has {MOST} programmatic access tokens already; remove one.", user.name)));
    }
    // The name of the role is a text: as written, else as an identifier would be.
    let usable = cx.engine.catalog.roles_for_user(&user.name)?;
    let role = match role {
        Some(text) => {
            let known = [text.clone(), text.to_uppercase()].into_iter().find(|name| usable.contains(name));
            let missing = || invalid(format!("ROLE_RESTRICTION: role '{text}' is not granted to user {}.", user.name));
            Some(known.ok_or_else(missing)?)
        }
        None if super::account::is_service(def) => {
            return Err(invalid("ROLE_RESTRICTION is required for users with TYPE=SERVICE.".to_owned()));
        }
        None => None,
    };
    let now = cx.engine.clock.now();
    let (secret, hash) = new_secret();
    def.access_tokens.push(AccessToken {
        name: name.clone(),
        hash,
        role,
        days,
        created_at: now,
        created_by: cx.session.user.clone(),
        expires_at: now + i64::from(days) * DAY,
        disabled: false,
        comment,
        bypass_minutes,
        rotated_to: None,
    });
    Ok(told(&["token_name", "token_secret"], vec![name, secret]))
}

fn modify(cursor: &mut Cursor<'_>, def: &mut UserDef) -> Result<QueryResult> {
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = cursor.identifier()?;
    let index = match index_of(def, &name) {
        Err(_) if if_exists => {
            cursor.skip_to_end();
            return Ok(altered());
        }
        found => found?,
    };
    if cursor.accept_keywords("RENAME TO") {
        let new = cursor.identifier()?;
        refuse_taken(def, &new)?;
        def.access_tokens[index].name = new;
        return Ok(altered());
    }
    let token = &mut def.access_tokens[index];
    if cursor.accept_keyword("UNSET") {
        loop {
            if cursor.accept_keyword("COMMENT") {
                token.comment.clear();
            } else if cursor.accept_keyword("DISABLED") {
                token.disabled = false;
            } else if cursor.accept_keyword("MINS_TO_BYPASS_NETWORK_POLICY_REQUIREMENT") {
                token.bypass_minutes = None;
            } else {
                return Err(cursor.unexpected());
            }
            if cursor.at_end() {
                return Ok(altered());
            }
            cursor.accept(&datafusion::sql::sqlparser::tokenizer::Token::Comma);
        }
    }
    cursor.expect_keywords("SET")?;
    while !cursor.at_end() {
        if cursor.accept_keyword("DISABLED") {
            token.disabled = boolean_value(cursor)?;
        } else if cursor.accept_keyword("COMMENT") {
            token.comment = comment_value(cursor)?;
        } else if cursor.accept_keyword("MINS_TO_BYPASS_NETWORK_POLICY_REQUIREMENT") {
            let minutes = number_value(cursor, "MINS_TO_BYPASS_NETWORK_POLICY_REQUIREMENT", 1..=1440)?;
            token.bypass_minutes = Some(minutes);
        } else {
            return Err(cursor.unexpected());
        }
    }
    Ok(altered())
}

/// The new secret takes over the name; the old one lives on under another for a while.
fn rotate(cx: &Context<'_>, cursor: &mut Cursor<'_>, def: &mut UserDef) -> Result<QueryResult> {
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = cursor.identifier()?;
    let mut hours = 24;
    if cursor.accept_keyword("EXPIRE_ROTATED_TOKEN_AFTER_HOURS") {
        hours = number_value(cursor, "EXPIRE_ROTATED_TOKEN_AFTER_HOURS", 0..=8760)?;
    }
    let index = match index_of(def, &name) {
        Err(_) if if_exists => return Ok(altered()),
        found => found?,
    };
    let now = cx.engine.clock.now();
    let (secret, hash) = new_secret();
    let mut old = def.access_tokens[index].clone();
    old.name = (1..)
        .map(|number| format!("{name}_ROTATED_{number}"))
        .find(|other| index_of(def, other).is_err())
        .unwrap_or_default();
    old.expires_at = old.expires_at.min(now + i64::from(hours) * HOUR);
    old.rotated_to = Some(name.clone());
    let rotated = old.name.clone();
    let token = &mut def.access_tokens[index];
    token.hash = hash;
    token.created_at = now;
    token.created_by = cx.session.user.clone();
    token.expires_at = now + i64::from(token.days) * DAY;
    def.access_tokens.push(old);
    Ok(told(&["token_name", "token_secret", "rotated_token_name"], vec![name, secret, rotated]))
}

fn remove(cursor: &mut Cursor<'_>, def: &mut UserDef) -> Result<QueryResult> {
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = cursor.identifier()?;
    let index = match index_of(def, &name) {
        Err(_) if if_exists => return Ok(altered()),
        found => found?,
    };
    def.access_tokens.remove(index);
    Ok(QueryResult::status(format!("{} successfully removed.", quote(&name))))
}
