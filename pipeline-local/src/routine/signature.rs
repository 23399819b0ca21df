//! Arguments, results and bodies as CREATE PROCEDURE and CREATE FUNCTION write them.

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::Kind;
use crate::catalog::def::{Argument, Returns};
use crate::parse::Cursor;
use crate::types::SqlType;
use crate::{Result, SqlError};

/// Reads `(name [IN | OUT] type [DEFAULT expression], ..)`; only procedures have output arguments.
pub(crate) fn arguments(cursor: &mut Cursor<'_>, kind: Kind) -> Result<Vec<Argument>> {
    let mut arguments: Vec<Argument> = Vec::new();
    cursor.expect(&Token::LParen)?;
    while !cursor.accept(&Token::RParen) {
        if !arguments.is_empty() {
            cursor.expect(&Token::Comma)?;
        }
        let name = cursor.identifier()?;
        let output = kind == Kind::Procedure && mode(cursor);
        let sql_type = cursor.data_type()?;
        let default = if cursor.accept_keyword("DEFAULT") {
            let start = cursor.offset();
            cursor.expression()?;
            if output {
                return Err(SqlError::compilation(
                    1044,
                    "42P13",
                    format_args!("Output argument {name} cannot have a DEFAULT."),
                ));
            }
            Some(cursor.text_since(start).to_owned())
        } else if arguments.last().is_some_and(|before| before.default.is_some()) {
            return Err(SqlError::compilation(
                1044,
                "42P13",
                format_args!(
                    "Argument {name} without DEFAULT follows an argument that has one; optional arguments come last."
                ),
            ));
        } else {
            None
        };
        if arguments.iter().any(|other| other.name == name) {
            return Err(SqlError::compilation(2011, "42710", format_args!("duplicate argument name '{name}'")));
        }
        arguments.push(Argument { name, sql_type, default, output });
    }
    if arguments.len() > 500 {
        return Err(SqlError::compilation(
            1044,
            "42P13",
            format_args!("A {} can have at most 500 arguments.", kind.title().to_lowercase()),
        ));
    }
    Ok(arguments)
}

/// Reads IN, INPUT, OUT or OUTPUT before a type; whether it is an output argument.
fn mode(cursor: &mut Cursor<'_>) -> bool {
    // A word alone is a type.
    if matches!(cursor.peek_at(1), Some(Token::Comma | Token::RParen)) {
        return false;
    }
    let output = cursor.accept_keyword("OUT") || cursor.accept_keyword("OUTPUT");
    if !output && !cursor.accept_keyword("IN") {
        cursor.accept_keyword("INPUT");
    }
    output
}

/// Reads what follows RETURNS: a type, or `TABLE (name type, ..)`; and whether it is declared NOT NULL.
pub(crate) fn returns(cursor: &mut Cursor<'_>) -> Result<(Returns, bool)> {
    let returns = if cursor.accept_keyword("TABLE") {
        cursor.expect(&Token::LParen)?;
        let mut columns = Vec::new();
        while !cursor.accept(&Token::RParen) {
            if !columns.is_empty() {
                cursor.expect(&Token::Comma)?;
            }
            columns.push((cursor.identifier()?, cursor.data_type()?));
        }
        Returns::Table(columns)
    } else {
        Returns::Scalar(cursor.data_type()?)
    };
    let not_null = cursor.accept_keywords("NOT NULL");
    if !not_null {
        cursor.accept_keyword("NULL");
    }
    Ok((returns, not_null))
}

/// Reads the body, which ends the statement: a string, or a scripting block as it stands.
pub(crate) fn body(cursor: &mut Cursor<'_>) -> Result<String> {
    match cursor.accept_string() {
        Some(body) => {
            cursor.expect_end()?;
            Ok(body)
        }
        None if cursor.peek_keyword("BEGIN") || cursor.peek_keyword("DECLARE") => {
            let body = cursor.rest().to_owned();
            cursor.skip_to_end();
            Ok(body)
        }
        None => Err(cursor.unexpected()),
    }
}

/// The types of a signature in parentheses, as DROP and DESCRIBE name it: `(NUMBER, VARCHAR)`.
pub(crate) fn types(cursor: &mut Cursor<'_>) -> Result<String> {
    cursor.expect(&Token::LParen)?;
    let mut types = Vec::new();
    while !cursor.accept(&Token::RParen) {
        if !types.is_empty() {
            cursor.expect(&Token::Comma)?;
        }
        types.push(cursor.data_type()?);
    }
    Ok(signature_of(types))
}

/// The types of arguments as a routine's identity has them: without lengths and scales.
pub(crate) fn signature_of(types: impl IntoIterator<Item = SqlType>) -> String {
    types.into_iter().map(SqlType::family).collect::<Vec<_>>().join(", ")
}
