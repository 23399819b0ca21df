//! `IDENTIFIER($variable)` in statements with a parser of their own: the name takes its place before they are parsed.

use std::borrow::Cow;

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::plan;

use super::Context;

/// The text with names instead of the variables that say them.
///
/// # Errors
/// When there is no such variable, or it is NULL.
pub(super) fn resolved<'s>(cx: &Context<'_>, sql: &'s str) -> Result<Cow<'s, str>> {
    if !sql.as_bytes().windows(10).any(|word| word.eq_ignore_ascii_case(b"IDENTIFIER")) {
        return Ok(Cow::Borrowed(sql));
    }
    let mut cursor = Cursor::new(sql)?;
    let creates = cursor.peek_keyword("CREATE");
    let mut text = String::new();
    let mut copied = 0;
    while cursor.peek().is_some() {
        // What follows AS is a query or a body.
        if creates && cursor.peek_keyword("AS") {
            break;
        }
        let start = cursor.offset();
        let value = if cursor.accept_keyword("IDENTIFIER") && cursor.accept(&Token::LParen) {
            let value = variable(cx, &mut cursor)?;
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

/// The text of `$name`; none when something else is next.
fn variable(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Option<String>> {
    let name = match cursor.peek() {
        Some(Token::Placeholder(placeholder)) if placeholder.starts_with('$') => placeholder[1..].to_ascii_uppercase(),
        _ => return Ok(None),
    };
    cursor.next_token();
    let value = cx.session.variables.get(&name).ok_or_else(|| {
        SqlError::compilation(2211, "02000", format_args!("Session variable '${name}' does not exist"))
    })?;
    plan::text_of(value)
        .map(Some)
        .ok_or_else(|| SqlError::compilation(1003, "42000", format_args!("The name in IDENTIFIER(${name}) is NULL.")))
}
