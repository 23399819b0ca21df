//! The arguments of a CALL.

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::exec::{self, Binds, Context, Value};
use crate::parse::{Cursor, fold};
use crate::types::SqlType;
use crate::{Result, SqlError};

/// An argument of a CALL as written.
#[derive(Debug, PartialEq)]
pub(super) struct Given {
    pub(super) name: Option<String>,
    pub(super) text: String,
    /// How many `?` stand before it and in it.
    pub(super) placeholders: (usize, usize),
}

impl Given {
    /// The variable that the argument is, as `:name`.
    pub(super) fn variable(&self) -> Option<String> {
        let mut cursor = Cursor::new(&self.text).ok()?;
        if !cursor.accept(&Token::Colon) {
            return None;
        }
        let name = cursor.identifier().ok()?;
        cursor.at_end().then_some(name)
    }
}

/// Reads `(a, b)` or `(x => a, y => b)`.
pub(super) fn arguments(cursor: &mut Cursor<'_>) -> Result<Vec<Given>> {
    cursor.expect(&Token::LParen)?;
    let mut given: Vec<Given> = Vec::new();
    let mut placeholders = 0;
    while !cursor.accept(&Token::RParen) {
        if !given.is_empty() {
            cursor.expect(&Token::Comma)?;
        }
        let name = if cursor.peek_at(1) == Some(&Token::RArrow) {
            let name = cursor.identifier()?;
            cursor.next_token();
            Some(name)
        } else {
            None
        };
        if given.first().is_some_and(|first| first.name.is_some() != name.is_some()) {
            return Err(SqlError::compilation(1003, "42000", "illegal mixing of named and positional arguments"));
        }
        let start = cursor.offset();
        let mut depth = 0_usize;
        let mut end = start;
        let before = placeholders;
        let is_query = cursor.peek_keyword("SELECT") || cursor.peek_keyword("WITH");
        while let Some(token) = cursor.peek() {
            match token {
                Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
                Token::RParen if depth == 0 => break,
                Token::Comma if depth == 0 && !is_query => break,
                Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
                Token::Placeholder(text) if text == "?" => placeholders += 1,
                _ => {}
            }
            cursor.next_token();
            end = cursor.last_end();
        }
        let text = cursor.text(start, end);
        if text.is_empty() {
            return Err(cursor.unexpected());
        }
        let text = if is_query { format!("({text})") } else { text.to_owned() };
        given.push(Given { name, text, placeholders: (before, placeholders) });
    }
    Ok(given)
}

/// The value of an argument; literals and variables need no query engine.
pub(super) async fn value_of(cx: &mut Context<'_>, argument: &Given, binds: &Binds) -> Result<Value> {
    let mut cursor = Cursor::new(&argument.text)?;
    let first = cursor.next_token();
    let second = cursor.next_token();
    match (&first, &second) {
        (Some(Token::SingleQuotedString(text)), None) => return Ok(Value::text(text.clone())),
        (Some(Token::Number(text, _)), None) if text.len() <= 18 => {
            if let Ok(number) = text.parse::<i64>() {
                return Ok(Value::integer(number));
            }
        }
        (Some(Token::Word(word)), None) if word.quote_style.is_none() => {
            match word.value.to_ascii_uppercase().as_str() {
                "TRUE" => return Ok(Value::boolean(true)),
                "FALSE" => return Ok(Value::boolean(false)),
                "NULL" => return Ok(Value::null(SqlType::TEXT)),
                _ => {}
            }
        }
        (Some(Token::Colon), Some(Token::Word(word))) if cursor.next_token().is_none() => {
            if let Some(value) = binds.named.get(&fold(&word.value, word.quote_style.is_some())) {
                return Ok(value.clone());
            }
        }
        _ => {}
    }
    let (from, to) = argument.placeholders;
    let positional =
        if from == to { binds.positional.clone() } else { binds.positional.get(from..to).unwrap_or_default().to_vec() };
    let binds = Binds { positional, named: binds.named.clone(), bare_names: binds.bare_names };
    exec::evaluate(cx, &argument.text, &binds).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Result<Vec<(Option<String>, String)>> {
        let mut cursor = Cursor::new(text)?;
        Ok(arguments(&mut cursor)?.into_iter().map(|given| (given.name, given.text)).collect())
    }

    #[test]
    fn arguments_of_calls() {
        let plain = |texts: &[&str]| texts.iter().map(|text| (None, (*text).to_owned())).collect::<Vec<_>>();
        for (text, expected) in [
            ("()", plain(&[])),
            ("(1, f(a, b), 'x,y')", plain(&["1", "f(a, b)", "'x,y'"])),
            ("(SELECT a, b FROM t)", plain(&["(SELECT a, b FROM t)"])),
            (
                "(a => 1, \"b\" => :v)",
                vec![(Some("A".to_owned()), "1".to_owned()), (Some("b".to_owned()), ":v".to_owned())],
            ),
        ] {
            assert_eq!(given(text).unwrap(), expected, "{text}");
        }
        assert!(given("(1, b => 2)").unwrap_err().message.contains("illegal mixing of named and positional arguments"));
        assert!(given("(1,, 2)").is_err());
        assert!(given("(1").is_err());
    }
}
