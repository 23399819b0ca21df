//! `NAME = value` lists whose values may be lists of their own.

use datafusion::sql::sqlparser::tokenizer::Token;
use serde_json::Value as Json;

use crate::error::Result;
use crate::parse::Cursor;

/// One `NAME = value`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Property {
    /// In upper case.
    pub(super) name: String,
    pub(super) value: Setting,
}

/// The value of a property.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Setting {
    /// A text in quotes.
    Text(String),
    /// A number.
    Number(i64),
    /// TRUE or FALSE.
    Truth(bool),
    /// Another word, upper case.
    Word(String),
    /// `('a', 'b')`.
    List(Vec<Setting>),
    /// `(NAME = value ...)`.
    Properties(Vec<Property>),
}

impl Setting {
    /// As a text, whatever it is.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Word(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Truth(value) => value.to_string(),
            Self::List(_) | Self::Properties(_) => self.json().to_string(),
        }
    }

    /// As JSON.
    pub(super) fn json(&self) -> Json {
        match self {
            Self::Text(text) | Self::Word(text) => Json::from(text.clone()),
            Self::Number(number) => Json::from(*number),
            Self::Truth(value) => Json::from(*value),
            Self::List(values) => values.iter().map(Self::json).collect(),
            Self::Properties(properties) => {
                Json::Object(properties.iter().map(|one| (one.name.clone(), one.value.json())).collect())
            }
        }
    }

    /// As TRUE or FALSE.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::Truth(value) => Some(*value),
            _ => None,
        }
    }
}

/// Whether `NAME =` is next.
pub(super) fn is_next(cursor: &Cursor<'_>) -> bool {
    cursor.peek_word().is_some() && cursor.peek_at(1) == Some(&Token::Eq)
}

/// Reads `NAME = value` if one is next; commas between them may be there or not.
///
/// # Errors
/// A syntax error in the value.
pub(super) fn accept(cursor: &mut Cursor<'_>) -> Result<Option<Property>> {
    let ahead = cursor.index();
    cursor.accept(&Token::Comma);
    if !is_next(cursor) {
        cursor.rewind(ahead);
        return Ok(None);
    }
    let name = cursor.peek_word().unwrap_or_default();
    cursor.next_token();
    cursor.expect(&Token::Eq)?;
    Ok(Some(Property { name, value: value(cursor)? }))
}

fn value(cursor: &mut Cursor<'_>) -> Result<Setting> {
    if let Some(text) = cursor.accept_string() {
        return Ok(Setting::Text(text));
    }
    if let Ok(value) = cursor.boolean() {
        return Ok(Setting::Truth(value));
    }
    if matches!(cursor.peek(), Some(Token::Number(..) | Token::Minus)) {
        return cursor.integer().map(Setting::Number);
    }
    if cursor.accept(&Token::LParen) {
        let mut properties = Vec::new();
        while let Some(property) = accept(cursor)? {
            properties.push(property);
        }
        if properties.is_empty() {
            let mut list = Vec::new();
            while cursor.peek() != Some(&Token::RParen) {
                list.push(value(cursor)?);
                if !cursor.accept(&Token::Comma) {
                    break;
                }
            }
            cursor.expect(&Token::RParen)?;
            return Ok(Setting::List(list));
        }
        cursor.expect(&Token::RParen)?;
        return Ok(Setting::Properties(properties));
    }
    // A word, or the name of an object.
    if cursor.peek_word().is_none() {
        return Err(cursor.unexpected());
    }
    Ok(Setting::Word(cursor.object_name()?.to_string()))
}
