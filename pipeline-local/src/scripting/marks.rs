//! Places in a text where values belong: `?`, `:1` and `:name`.

use std::borrow::Cow;

use datafusion::common::ScalarValue;
use datafusion::sql::sqlparser::tokenizer::Token;

use super::convert;
use super::tokens::{Placed, Tokens};
use crate::exec::{Binds, Context, Value};
use crate::function::json::plain;
use crate::types::SqlType;
use crate::{Result, SqlError};

/// A place for a value.
#[derive(Debug, PartialEq)]
struct Mark {
    /// Its first byte.
    start: usize,
    /// The byte after it.
    end: usize,
    meaning: Meaning,
}

/// Which value belongs there.
#[derive(Debug, PartialEq)]
enum Meaning {
    /// The one with this number, from 1.
    Position(usize),
    /// That of a variable.
    Name(String),
}

/// The marks of a text, up to the scripting block that may end it.
fn marks(text: &str, whole: bool) -> Result<Vec<Mark>> {
    let tokens = Tokens::new(text)?;
    let (mut marks, mut next) = (Vec::new(), 0);
    for (index, placed) in (0..).map_while(|index| tokens.at(index).map(|placed| (index, placed))) {
        let following = tokens.at(index + 1);
        let body = matches!(following.and_then(Placed::keyword).as_deref(), Some("BEGIN" | "DECLARE"));
        if !whole && body && placed.keyword().as_deref() == Some("AS") {
            break;
        }
        let (start, end) = (placed.start, placed.end);
        match (&placed.token, following) {
            (Token::Placeholder(mark), _) if mark == "?" => {
                next += 1;
                marks.push(Mark { start, end, meaning: Meaning::Position(next) });
            }
            (Token::Placeholder(mark), _) => {
                if let Ok(number) = mark.trim_start_matches(':').parse() {
                    marks.push(Mark { start, end, meaning: Meaning::Position(number) });
                }
            }
            (Token::Colon, Some(value)) if value.start == end && !is_path(&tokens, index) => {
                let meaning = match &value.token {
                    Token::Number(digits, _) => digits.parse().ok().map(Meaning::Position),
                    _ => value.identifier().map(Meaning::Name),
                };
                marks.extend(meaning.map(|meaning| Mark { start, end: value.end, meaning }));
            }
            _ => {}
        }
    }
    Ok(marks)
}

/// Whether a colon goes into the value before it, as in `v:path`.
fn is_path(tokens: &Tokens<'_>, colon: usize) -> bool {
    let (Some(before), Some(at)) = (colon.checked_sub(1).and_then(|index| tokens.at(index)), tokens.at(colon)) else {
        return false;
    };
    before.end == at.start
        && matches!(
            before.token,
            Token::Word(_) | Token::RParen | Token::RBracket | Token::RBrace | Token::SingleQuotedString(_)
        )
}

fn not_set(mark: &str) -> SqlError {
    SqlError::compilation(2049, "42601", format_args!("Bind variable {mark} not set."))
}

/// Variables by name, with what they are bound to.
type Bound = Vec<(String, Value)>;

/// The text of a block with `?` and `:1` turned into variables, and those with the values bound to them.
pub(super) fn placeholders<'t>(text: &'t str, binds: &Binds) -> Result<(Cow<'t, str>, Bound)> {
    if binds.positional.is_empty() {
        return Ok((Cow::Borrowed(text), Vec::new()));
    }
    let (mut replaced, mut done) = (String::with_capacity(text.len() + 16), 0);
    for Mark { start, end, meaning } in marks(text, true)? {
        let Meaning::Position(number) = meaning else { continue };
        if number == 0 || number > binds.positional.len() {
            return Err(not_set(&text[start..end]));
        }
        replaced.push_str(&text[done..start]);
        replaced.push_str(&format!(":\"?{number}\""));
        done = end;
    }
    replaced.push_str(&text[done..]);
    let values = binds.positional.iter().enumerate().map(|(index, value)| (format!("?{}", index + 1), value.clone()));
    Ok((Cow::Owned(replaced), values.collect()))
}

/// A statement that is no query, with its values written into the text: DDL takes them as names and properties.
pub(crate) async fn with_values<'t>(cx: &mut Context<'_>, text: &'t str, binds: &Binds) -> Result<Cow<'t, str>> {
    if binds.positional.is_empty() && binds.named.is_empty() {
        return Ok(Cow::Borrowed(text));
    }
    let (mut replaced, mut done) = (String::with_capacity(text.len() + 16), 0);
    for Mark { start, end, meaning } in marks(text, false)? {
        let value = match &meaning {
            Meaning::Position(number) => binds.positional.get(number.wrapping_sub(1)),
            Meaning::Name(name) => binds.named.get(name),
        };
        let value = value.ok_or_else(|| not_set(&text[start..end]))?.clone();
        replaced.push_str(&text[done..start]);
        replaced.push_str(&literal(cx, value).await?);
        done = end;
    }
    replaced.push_str(&text[done..]);
    Ok(Cow::Owned(replaced))
}

/// A value as SQL writes it.
async fn literal(cx: &mut Context<'_>, value: Value) -> Result<String> {
    Ok(match &value.scalar {
        scalar if scalar.is_null() => "NULL".to_owned(),
        ScalarValue::Utf8(Some(text)) => quoted(text),
        ScalarValue::Boolean(Some(value)) => value.to_string().to_uppercase(),
        ScalarValue::Decimal128(..) | ScalarValue::Float64(_) => text_of(convert(cx, value, SqlType::TEXT).await?),
        ScalarValue::LargeUtf8(Some(json)) => format!("PARSE_JSON({})", quoted(json)),
        _ => {
            let sql_type = value.sql_type;
            format!("{}::{sql_type}", quoted(&text_of(convert(cx, value, SqlType::TEXT).await?)))
        }
    })
}

fn text_of(value: Value) -> String {
    match value.scalar {
        ScalarValue::Utf8(Some(text)) => text,
        other => other.to_string(),
    }
}

/// A text as a string literal.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// The elements of an array as a list of literals, for `** :array`; none when the value is no array.
pub(super) fn spread(value: &Value) -> Option<String> {
    let ScalarValue::LargeUtf8(Some(json)) = &value.scalar else { return None };
    let serde_json::Value::Array(elements) = serde_json::from_str(&plain(json)).ok()? else { return None };
    let literals: Vec<String> = elements
        .into_iter()
        .map(|element| match element {
            serde_json::Value::Null => "NULL".to_owned(),
            serde_json::Value::String(text) => quoted(&text),
            serde_json::Value::Bool(value) => value.to_string().to_uppercase(),
            serde_json::Value::Number(number) => number.to_string(),
            other => format!("PARSE_JSON({})", quoted(&other.to_string())),
        })
        .collect();
    // A list cannot be empty; nothing equals NULL.
    Some(if literals.is_empty() { "NULL".to_owned() } else { literals.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_for_values() {
        let found = |text: &str| -> Vec<String> {
            let name = |mark: Mark| match mark.meaning {
                Meaning::Position(number) => number.to_string(),
                Meaning::Name(name) => name,
            };
            marks(text, false).unwrap().into_iter().map(name).collect()
        };
        for (text, expected) in [
            ("COMMENT = :text", vec!["TEXT"]),
            ("SELECT ?, ?, :2, '?', :\"a b\"", vec!["1", "2", "2", "a b"]),
            ("SELECT v:path, f(x):path, v['a']:b, {'a': 1}:a, :v FROM t", vec!["V"]),
            ("CREATE TASK IDENTIFIER(:name) AS BEGIN INSERT INTO t VALUES (:value); END", vec!["NAME"]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn arrays_are_spread() {
        let array =
            |json: &str| Value { sql_type: SqlType::Array, scalar: ScalarValue::LargeUtf8(Some(json.to_owned())) };
        assert_eq!(spread(&array(r#"[1, 2.5, "it's", null, true]"#)).unwrap(), "1, 2.5, 'it''s', NULL, TRUE");
        assert_eq!(spread(&array("[]")).unwrap(), "NULL");
        assert_eq!(spread(&array("{}")), None);
    }
}
