//! Properties as `NAME = value` lists, and COMMENT ON.

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::Kind;
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::statement::{Context, QueryResult};

use super::altered;

/// Reads `=` (required) and a string.
pub(super) fn string_value(cursor: &mut Cursor<'_>) -> Result<String> {
    cursor.expect(&Token::Eq)?;
    cursor.string()
}

/// Reads the value of COMMENT: `=` and a string, or NULL for none.
pub(super) fn comment_value(cursor: &mut Cursor<'_>) -> Result<String> {
    cursor.expect(&Token::Eq)?;
    if cursor.accept_keyword("NULL") { Ok(String::new()) } else { cursor.string() }
}

/// Reads an optional `=` and TRUE or FALSE.
pub(super) fn boolean_value(cursor: &mut Cursor<'_>) -> Result<bool> {
    cursor.accept(&Token::Eq);
    cursor.boolean()
}

/// Reads `=` and a whole number in a range.
pub(super) fn number_value(
    cursor: &mut Cursor<'_>,
    property: &str,
    range: std::ops::RangeInclusive<i64>,
) -> Result<u32> {
    cursor.expect(&Token::Eq)?;
    let value = cursor.integer()?;
    if !range.contains(&value) {
        return Err(SqlError::compilation(
            1008,
            "22023",
            format_args!("invalid value [{value}] for parameter '{property}'"),
        ));
    }
    u32::try_from(value).map_err(|_| SqlError::internal("a property's range is not within u32"))
}

/// Reads `=` and a word, number or string: the value of a property that is one of a few words.
pub(super) fn word_value(cursor: &mut Cursor<'_>) -> Result<String> {
    cursor.expect(&Token::Eq)?;
    if let Some(text) = cursor.accept_string() {
        return Ok(text);
    }
    match cursor.next_token() {
        Some(Token::Word(word)) => Ok(word.value),
        Some(Token::Number(text, _)) => Ok(text),
        _ => Err(cursor.unexpected()),
    }
}

/// Reads retention properties common to databases, schemas and tables; whether one was read.
pub(super) fn retention(
    cursor: &mut Cursor<'_>,
    retention_days: &mut Option<u32>,
    max_extension_days: &mut Option<u32>,
) -> Result<bool> {
    if cursor.accept_keyword("DATA_RETENTION_TIME_IN_DAYS") {
        *retention_days = Some(number_value(cursor, "DATA_RETENTION_TIME_IN_DAYS", 0..=90)?);
    } else if cursor.accept_keyword("MAX_DATA_EXTENSION_TIME_IN_DAYS") {
        *max_extension_days = Some(number_value(cursor, "MAX_DATA_EXTENSION_TIME_IN_DAYS", 0..=90)?);
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// The error for a property that the kind does not have, or that this engine does not know.
pub(super) fn unknown(cursor: &Cursor<'_>, kind: &str) -> SqlError {
    match cursor.peek_word() {
        Some(word) if cursor.peek_at(1) == Some(&Token::Eq) => {
            SqlError::compilation(1420, "22023", format_args!("invalid property '{word}' for '{kind}'"))
        }
        _ => cursor.unexpected(),
    }
}

/// `COMMENT [IF EXISTS] ON kind name IS 'text'`.
pub(super) fn comment(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let if_exists = cursor.accept_keywords("IF EXISTS");
    cursor.expect_keywords("ON")?;
    let Some(word) = cursor.peek_word() else { return Err(cursor.unexpected()) };
    if word == "COLUMN" {
        cursor.next_token();
        let mut name = cursor.object_name()?;
        // A column of a fully qualified table has four parts, of which the name holds three.
        let column =
            if cursor.accept(&Token::Period) { cursor.identifier()? } else { name.parts.pop().unwrap_or_default() };
        cursor.expect_keywords("IS")?;
        let text = cursor.string()?;
        let mut object = cx.object(Kind::Table, &name, "COMMENT")?;
        cx.require_ownership(&object)?;
        let mut def: crate::catalog::def::TableDef = object.definition()?;
        let Some(found) = def.column_mut(&column) else {
            return Err(SqlError::invalid_identifier(column));
        };
        found.comment = text;
        object.set_definition(&def)?;
        cx.engine.catalog.update(&object)?;
        return Ok(altered());
    }
    let Some(written) = crate::statement::kind::read(cursor) else { return Err(super::foreign(cursor, "COMMENT ON")) };
    let kind = written.kind;
    let name = cursor.object_name()?;
    let found = match kind {
        Kind::Procedure | Kind::Function => match crate::statement::routine(cx, cursor, kind, &name) {
            Err(error) if error.code == 2003 && if_exists => None,
            found => Some(found?),
        },
        _ => cx.find_object(kind, &name, "COMMENT")?,
    };
    cursor.expect_keywords("IS")?;
    let text = cursor.string()?;
    cursor.expect_end()?;
    let Some(mut object) = found else {
        if if_exists {
            return Ok(altered());
        }
        return Err(cx
            .object(kind, &name, "COMMENT")
            .err()
            .unwrap_or_else(|| SqlError::does_not_exist(kind.title(), &name)));
    };
    cx.require_ownership(&object)?;
    object.comment = text;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}
