//! CREATE PROCEDURE, from text to its parts.

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::{Argument, ExecuteAs, ProcedureDef, Returns};
use crate::parse::{Cursor, Name};
use crate::scripting;
use crate::types::SqlType;
use crate::{Result, SqlError};

/// A CREATE PROCEDURE statement.
#[derive(Debug)]
pub(super) struct Create {
    pub(super) or_replace: bool,
    pub(super) if_not_exists: bool,
    pub(super) name: Name,
    pub(super) copy_grants: bool,
    pub(super) comment: String,
    pub(super) definition: ProcedureDef,
}

/// Reads the whole statement and parses the body.
pub(super) fn create(cursor: &mut Cursor<'_>) -> Result<Create> {
    cursor.expect_keywords("CREATE")?;
    let or_replace = cursor.accept_keywords("OR REPLACE");
    for feature in ["OR ALTER", "TEMPORARY", "TEMP", "SECURE"] {
        if cursor.peek_keywords(feature) {
            return Err(SqlError::unsupported(format_args!("CREATE {feature} PROCEDURE")));
        }
    }
    cursor.expect_keywords("PROCEDURE")?;
    let if_not_exists = cursor.accept_keywords("IF NOT EXISTS");
    let name = cursor.object_name()?;
    let arguments = arguments(cursor)?;
    let copy_grants = cursor.accept_keywords("COPY GRANTS");
    cursor.expect_keywords("RETURNS")?;
    let returns = returns(cursor)?;
    let mut returns_not_null = cursor.accept_keywords("NOT NULL");
    if !returns_not_null {
        cursor.accept_keyword("NULL");
    }
    let (mut language, mut strict, mut execute_as, mut comment) = ("SQL".to_owned(), false, None, String::new());
    while !cursor.accept_keyword("AS") {
        if execute_as.is_some() {
            // EXECUTE AS comes last.
            return Err(cursor.unexpected());
        }
        if cursor.accept_keyword("LANGUAGE") {
            language = cursor.identifier()?;
        } else if cursor.accept_keyword("STRICT") || cursor.accept_keywords("RETURNS NULL ON NULL INPUT") {
            strict = true;
        } else if cursor.accept_keywords("CALLED ON NULL INPUT") {
            strict = false;
        } else if cursor.accept_keywords("NOT NULL") {
            returns_not_null = true;
        } else if cursor.accept_keyword("VOLATILE") || cursor.accept_keyword("IMMUTABLE") {
            // Deprecated, and without a meaning for procedures.
        } else if cursor.accept_keyword("COMMENT") {
            cursor.expect(&Token::Eq)?;
            comment = cursor.string()?;
        } else if cursor.accept_keywords("EXECUTE AS") {
            execute_as = Some(execute_as_clause(cursor)?);
        } else if let Some(word @ ("RUNTIME_VERSION" | "PACKAGES" | "IMPORTS" | "HANDLER")) =
            cursor.peek_word().as_deref()
        {
            return Err(SqlError::unsupported(format_args!("{word} of CREATE PROCEDURE")));
        } else {
            return Err(cursor.unexpected());
        }
    }
    if language != "SQL" {
        return Err(SqlError::unsupported(format_args!("CREATE PROCEDURE with LANGUAGE {language}")));
    }
    let body = match cursor.accept_string() {
        Some(body) => {
            cursor.expect_end()?;
            body
        }
        None => {
            let body = cursor.rest().to_owned();
            cursor.skip_to_end();
            body
        }
    };
    scripting::parse_block(&body)?;
    let definition = ProcedureDef {
        arguments,
        returns,
        returns_not_null,
        language,
        execute_as: execute_as.unwrap_or_default(),
        strict,
        body,
        secure: false,
    };
    Ok(Create { or_replace, if_not_exists, name, copy_grants, comment, definition })
}

/// `OWNER` or `CALLER`.
pub(super) fn execute_as_clause(cursor: &mut Cursor<'_>) -> Result<ExecuteAs> {
    if cursor.accept_keyword("OWNER") {
        Ok(ExecuteAs::Owner)
    } else if cursor.accept_keyword("CALLER") {
        Ok(ExecuteAs::Caller)
    } else if cursor.peek_keyword("RESTRICTED") {
        Err(SqlError::unsupported("EXECUTE AS RESTRICTED CALLER"))
    } else {
        Err(cursor.unexpected())
    }
}

fn arguments(cursor: &mut Cursor<'_>) -> Result<Vec<Argument>> {
    let mut arguments: Vec<Argument> = Vec::new();
    cursor.expect(&Token::LParen)?;
    while !cursor.accept(&Token::RParen) {
        if !arguments.is_empty() {
            cursor.expect(&Token::Comma)?;
        }
        let name = cursor.identifier()?;
        if (cursor.peek_keyword("OUT") || cursor.peek_keyword("OUTPUT"))
            && !matches!(cursor.peek_at(1), Some(Token::Comma | Token::RParen))
        {
            return Err(SqlError::unsupported(format_args!("OUT argument {name} of a procedure")));
        }
        if !cursor.accept_keyword("IN") {
            cursor.accept_keyword("INPUT");
        }
        let sql_type = cursor.data_type()?;
        let default = if cursor.accept_keyword("DEFAULT") {
            let start = cursor.offset();
            cursor.expression()?;
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
        arguments.push(Argument { name, sql_type, default, output: false });
    }
    if arguments.len() > 500 {
        return Err(SqlError::compilation(1044, "42P13", "A procedure can have at most 500 arguments."));
    }
    Ok(arguments)
}

fn returns(cursor: &mut Cursor<'_>) -> Result<Returns> {
    if !cursor.accept_keyword("TABLE") {
        return Ok(Returns::Scalar(cursor.data_type()?));
    }
    cursor.expect(&Token::LParen)?;
    let mut columns = Vec::new();
    while !cursor.accept(&Token::RParen) {
        if !columns.is_empty() {
            cursor.expect(&Token::Comma)?;
        }
        columns.push((cursor.identifier()?, cursor.data_type()?));
    }
    Ok(Returns::Table(columns))
}

/// The types of a signature in parentheses, as DROP and DESCRIBE name it: `(NUMBER, VARCHAR)`.
pub(super) fn signature(cursor: &mut Cursor<'_>) -> Result<String> {
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

/// The types of arguments as a procedure's identity has them: without lengths and scales.
pub(super) fn signature_of(types: impl IntoIterator<Item = SqlType>) -> String {
    types.into_iter().map(SqlType::family).collect::<Vec<_>>().join(", ")
}
