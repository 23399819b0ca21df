//! The condition of a task, WHEN.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-task>

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::parse::Cursor;
use crate::{Result, SqlError};

/// The expression of WHEN, up to AS or the end.
pub(super) fn condition(cursor: &mut Cursor<'_>) -> Result<String> {
    let start = cursor.offset();
    let mut depth = 0_usize;
    let mut end = start;
    while !cursor.at_end() {
        match cursor.peek() {
            Some(Token::LParen) => depth += 1,
            Some(Token::RParen) => depth = depth.saturating_sub(1),
            _ if depth == 0 && cursor.peek_keyword("AS") => break,
            _ => {}
        }
        cursor.next_token();
        end = cursor.last_end();
    }
    let text = cursor.text(start, end).to_owned();
    if text.is_empty() {
        return Err(cursor.unexpected());
    }
    check_condition(&text)?;
    Ok(text)
}

/// WHEN knows two functions, comparisons, AND, OR, NOT, casts and literals.
fn check_condition(text: &str) -> Result<()> {
    let refused = || {
        SqlError::compilation(
            91401,
            "22023",
            "Invalid expression for task condition expression. Only some data type conversions and the following functions are allowed: [SYSTEM$GET_PREDECESSOR_RETURN_VALUE, SYSTEM$STREAM_HAS_DATA].",
        )
    };
    let mut cursor = Cursor::new(text)?;
    cursor.expression()?;
    cursor.expect_end()?;
    const WORDS: [&str; 27] = [
        "AND", "OR", "NOT", "TRUE", "FALSE", "NULL", "IS", "IN", "BETWEEN", "LIKE", "AS", "NUMBER", "DECIMAL",
        "NUMERIC", "INT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "REAL", "VARCHAR", "STRING", "TEXT", "CHAR",
        "BOOLEAN", "ILIKE", "DISTINCT",
    ];
    const CALLS: [&str; 9] = [
        "SYSTEM$STREAM_HAS_DATA",
        "SYSTEM$GET_PREDECESSOR_RETURN_VALUE",
        "CAST",
        "TRY_CAST",
        "TO_NUMBER",
        "TO_VARCHAR",
        "TO_BOOLEAN",
        "TO_CHAR",
        "TO_DOUBLE",
    ];
    let mut cursor = Cursor::new(text)?;
    while let Some(token) = cursor.next_token() {
        let Token::Word(word) = &token else { continue };
        let name = word.value.to_ascii_uppercase();
        let called = cursor.peek() == Some(&Token::LParen);
        let allowed = match word.quote_style {
            Some(_) => false,
            None if called => CALLS.contains(&name.as_str()) || WORDS.contains(&name.as_str()),
            None => WORDS.contains(&name.as_str()),
        };
        if !allowed {
            return Err(refused());
        }
    }
    Ok(())
}
