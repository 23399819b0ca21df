//! `IDENTIFIER($variable)` and `IDENTIFIER(:bind)` in statements with a parser of their own: the name takes its place
//! before the statement is parsed.

use std::borrow::Cow;

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::plan;

use super::{Binds, Context};

/// The statements that have names from variables; in all others IDENTIFIER belongs to a query, or to a body.
const VERBS: [&str; 11] =
    ["CREATE", "ALTER", "DROP", "UNDROP", "DESCRIBE", "DESC", "SHOW", "TRUNCATE", "GRANT", "REVOKE", "USE"];

/// The text with names instead of the variables and binds that say them.
///
/// # Errors
/// When there is no such variable or bind, or it is no text.
pub(super) fn resolved<'s>(cx: &Context<'_>, sql: &'s str, binds: &Binds) -> Result<Cow<'s, str>> {
    if !sql.as_bytes().windows(10).any(|word| word.eq_ignore_ascii_case(b"IDENTIFIER")) {
        return Ok(Cow::Borrowed(sql));
    }
    let mut cursor = Cursor::new(sql)?;
    let verb = cursor.peek_word().unwrap_or_default();
    if !VERBS.contains(&verb.as_str()) {
        return Ok(Cow::Borrowed(sql));
    }
    let mut text = String::new();
    let mut copied = 0;
    let mut place = 0;
    while cursor.peek().is_some() {
        // What follows AS is a query or a body.
        if verb == "CREATE" && cursor.peek_keyword("AS") {
            break;
        }
        let start = cursor.offset();
        let value = if cursor.accept_keyword("IDENTIFIER") && cursor.accept(&Token::LParen) {
            let value = variable(cx, &mut cursor, binds, &mut place)?;
            if value.is_some() && !cursor.accept(&Token::RParen) {
                return Err(cursor.unexpected());
            }
            value
        } else {
            cursor.next_token();
            None
        };
        if let Some(name) = value {
            text.push_str(&sql[copied..start]);
            text.push_str(&format!("IDENTIFIER('{}')", name.replace('\\', "\\\\").replace('\'', "''")));
            copied = cursor.last_end();
        }
    }
    if copied == 0 {
        return Ok(Cow::Borrowed(sql));
    }
    text.push_str(&sql[copied..]);
    Ok(Cow::Owned(text))
}

/// The text of `$name`, `:name`, `:1` or `?`; none when something else is next.
fn variable(cx: &Context<'_>, cursor: &mut Cursor<'_>, binds: &Binds, place: &mut usize) -> Result<Option<String>> {
    let missing = |what: &str| SqlError::compilation(2049, "42601", format_args!("Bind variable {what} not set."));
    let value = match cursor.peek() {
        Some(Token::Placeholder(placeholder)) if placeholder.starts_with('$') => {
            let name = placeholder[1..].to_ascii_uppercase();
            let known = cx.session.variables.get(&name);
            known
                .ok_or_else(|| {
                    SqlError::compilation(2211, "02000", format_args!("Session variable '${name}' does not exist"))
                })?
                .clone()
        }
        Some(Token::Placeholder(placeholder)) if placeholder == "?" => {
            *place += 1;
            binds.positional.get(*place - 1).cloned().ok_or_else(|| missing("?"))?
        }
        Some(Token::Colon) => {
            cursor.next_token();
            let name = match cursor.peek() {
                Some(Token::Word(word)) => word.value.clone(),
                Some(Token::Number(number, _)) => number.clone(),
                _ => return Err(cursor.unexpected()),
            };
            let found = match name.parse::<usize>() {
                Ok(index) => binds.positional.get(index.wrapping_sub(1)),
                Err(_) => binds.named.get(&name.to_ascii_uppercase()).or_else(|| binds.named.get(&name)),
            };
            found.cloned().ok_or_else(|| missing(&format!(":{name}")))?
        }
        _ => return Ok(None),
    };
    cursor.next_token();
    plan::text_of(&value)
        .map(Some)
        .ok_or_else(|| SqlError::compilation(1003, "42000", "The name in IDENTIFIER() is NULL."))
}
