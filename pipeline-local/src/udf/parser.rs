//! CREATE FUNCTION, from text to its parts.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::block;
use crate::catalog::Kind;
use crate::catalog::def::{FunctionDef, FunctionForm, Returns};
use crate::parse::{Cursor, Name};
use crate::{Result, SqlError, javascript, routine};

/// A CREATE FUNCTION statement.
#[derive(Debug)]
pub(super) struct Create {
    pub(super) or_replace: bool,
    pub(super) or_alter: bool,
    pub(super) if_not_exists: bool,
    pub(super) temporary: bool,
    pub(super) name: Name,
    pub(super) copy_grants: bool,
    pub(super) comment: String,
    pub(super) definition: FunctionDef,
}

/// Reads the whole statement.
pub(super) fn create(cursor: &mut Cursor<'_>) -> Result<Create> {
    cursor.expect_keywords("CREATE")?;
    let or_replace = cursor.accept_keywords("OR REPLACE");
    let or_alter = !or_replace && cursor.accept_keywords("OR ALTER");
    for feature in ["AGGREGATE", "EXTERNAL"] {
        if cursor.peek_keywords(feature) {
            return Err(SqlError::unsupported(format_args!("CREATE {feature} FUNCTION")));
        }
    }
    let (mut temporary, mut secure) = (false, false);
    loop {
        if cursor.accept_keyword("TEMPORARY") || cursor.accept_keyword("TEMP") {
            temporary = true;
        } else if cursor.accept_keyword("SECURE") {
            secure = true;
        } else {
            break;
        }
    }
    cursor.expect_keywords("FUNCTION")?;
    let if_not_exists = cursor.accept_keywords("IF NOT EXISTS");
    let name = cursor.object_name()?;
    let arguments = routine::arguments(cursor, Kind::Function)?;
    let mut copy_grants = cursor.accept_keywords("COPY GRANTS");
    cursor.expect_keywords("RETURNS")?;
    let (returns, mut returns_not_null) = routine::returns(cursor)?;
    let (mut strict, mut immutable, mut memoizable, mut comment) = (false, false, false, String::new());
    let mut script = false;
    while !cursor.accept_keyword("AS") {
        if cursor.accept_keyword("LANGUAGE") {
            let language = cursor.identifier()?;
            script = match language.as_str() {
                "SQL" => false,
                "JAVASCRIPT" => true,
                _ => return Err(SqlError::unsupported(format_args!("CREATE FUNCTION with LANGUAGE {language}"))),
            };
        } else if cursor.accept_keyword("STRICT") || cursor.accept_keywords("RETURNS NULL ON NULL INPUT") {
            strict = true;
        } else if cursor.accept_keywords("CALLED ON NULL INPUT") {
            strict = false;
        } else if cursor.accept_keywords("NOT NULL") {
            returns_not_null = true;
        } else if cursor.accept_keyword("VOLATILE") {
            immutable = false;
        } else if cursor.accept_keyword("IMMUTABLE") {
            immutable = true;
        } else if cursor.accept_keyword("MEMOIZABLE") {
            memoizable = true;
        } else if cursor.accept_keywords("COPY GRANTS") {
            copy_grants = true;
        } else if cursor.accept_keyword("COMMENT") {
            cursor.expect(&Token::Eq)?;
            comment = cursor.string()?;
        } else if let Some(word @ ("RUNTIME_VERSION" | "PACKAGES" | "IMPORTS" | "HANDLER" | "TARGET_PATH")) =
            cursor.peek_word().as_deref()
        {
            return Err(SqlError::unsupported(format_args!("{word} of CREATE FUNCTION")));
        } else {
            return Err(cursor.unexpected());
        }
    }
    let body = routine::body(cursor)?;
    let form = if script { FunctionForm::Script } else { form(&body)? };
    if form == FunctionForm::Script {
        if matches!(returns, Returns::Table(_)) {
            return Err(SqlError::unsupported("CREATE FUNCTION with LANGUAGE JAVASCRIPT that returns a table"));
        }
        javascript::check(&arguments, &returns)?;
    }
    if form == FunctionForm::Block {
        if matches!(returns, Returns::Table(_)) {
            return Err(SqlError::compilation(
                2262,
                "42601",
                "Compilation of SQL UDF failed: the body of a table function is a query, not a block.",
            ));
        }
        block::check(&body)?;
    }
    if matches!(returns, Returns::Table(_)) && form == FunctionForm::Expression {
        return Err(SqlError::compilation(
            2262,
            "42601",
            "Compilation of SQL UDF failed: the body of a table function is a query, not an expression.",
        ));
    }
    let definition = FunctionDef {
        arguments,
        returns,
        returns_not_null,
        strict,
        immutable,
        memoizable,
        secure,
        levels: std::collections::BTreeMap::new(),
        form,
        body,
    };
    Ok(Create { or_replace, or_alter, if_not_exists, temporary, name, copy_grants, comment, definition })
}

/// What a body is, by its first word.
fn form(body: &str) -> Result<FunctionForm> {
    let cursor = Cursor::new(body)?;
    Ok(match cursor.peek_word().as_deref() {
        Some("BEGIN" | "DECLARE") => FunctionForm::Block,
        Some("SELECT" | "WITH" | "VALUES") => FunctionForm::Query,
        _ if cursor.at_end() => {
            return Err(SqlError::compilation(900, "42601", "Empty body of a SQL function."));
        }
        _ => FunctionForm::Expression,
    })
}
