//! CREATE PROCEDURE, from text to its parts.

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::Kind;
use crate::catalog::def::{ExecuteAs, ProcedureDef};
use crate::parse::{Cursor, Name};
use crate::{Result, SqlError, javascript, routine, scripting};

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
    let arguments = routine::arguments(cursor, Kind::Procedure)?;
    let copy_grants = cursor.accept_keywords("COPY GRANTS");
    cursor.expect_keywords("RETURNS")?;
    let (returns, mut returns_not_null) = routine::returns(cursor)?;
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
    if !matches!(language.as_str(), "SQL" | "JAVASCRIPT") {
        return Err(SqlError::unsupported(format_args!("CREATE PROCEDURE with LANGUAGE {language}")));
    }
    if language == "JAVASCRIPT"
        && !matches!(cursor.peek(), Some(Token::SingleQuotedString(_) | Token::DollarQuotedString(_)))
    {
        return Err(cursor.unexpected());
    }
    let body = routine::body(cursor)?;
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
    if definition.language == "JAVASCRIPT" {
        javascript::check(&definition)?;
    } else {
        scripting::parse_block(&definition.body)?;
    }
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
