//! CREATE PROCEDURE and WITH .. AS PROCEDURE, from text to their parts.

use std::collections::BTreeMap;

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::Kind;
use crate::catalog::def::{Argument, ExecuteAs, ProcedureDef, Returns};
use crate::parse::{Cursor, Name};
use crate::{Result, SqlError, javascript, routine, scripting};

/// A CREATE PROCEDURE statement.
#[derive(Debug)]
pub(super) struct Create {
    pub(super) or_replace: bool,
    pub(super) or_alter: bool,
    pub(super) if_not_exists: bool,
    pub(super) temporary: bool,
    pub(super) name: Name,
    pub(super) copy_grants: bool,
    pub(super) comment: String,
    pub(super) definition: ProcedureDef,
}

/// Reads the whole statement and parses the body.
pub(super) fn create(cursor: &mut Cursor<'_>) -> Result<Create> {
    cursor.expect_keywords("CREATE")?;
    let or_replace = cursor.accept_keywords("OR REPLACE");
    let or_alter = !or_replace && cursor.accept_keywords("OR ALTER");
    let temporary = cursor.accept_keyword("TEMPORARY") || cursor.accept_keyword("TEMP");
    let secure = cursor.accept_keyword("SECURE");
    cursor.expect_keywords("PROCEDURE")?;
    if cursor.peek_keywords("SCOPED TEMP TABLE") || cursor.peek_keywords("SCOPED TEMPORARY TABLE") {
        return Err(SqlError::unsupported("CREATE PROCEDURE SCOPED TEMP TABLE"));
    }
    let if_not_exists = cursor.accept_keywords("IF NOT EXISTS");
    let name = cursor.object_name()?;
    let clauses = clauses(cursor)?;
    if clauses.language == "JAVASCRIPT"
        && !matches!(cursor.peek(), Some(Token::SingleQuotedString(_) | Token::DollarQuotedString(_)))
    {
        return Err(cursor.unexpected());
    }
    let body = routine::body(cursor)?;
    let Clauses { copy_grants, comment, .. } = &clauses;
    let (copy_grants, comment) = (*copy_grants, comment.clone());
    let definition = clauses.definition(body, secure)?;
    Ok(Create { or_replace, or_alter, if_not_exists, temporary, name, copy_grants, comment, definition })
}

/// Reads `WITH name AS PROCEDURE (..) RETURNS .. AS 'body'`, the beginning of the CALL of a procedure that exists for this
/// call only: its name and what it is.
pub(super) fn anonymous(cursor: &mut Cursor<'_>) -> Result<(String, ProcedureDef)> {
    cursor.expect_keywords("WITH")?;
    let name = cursor.identifier()?;
    cursor.expect_keywords("AS PROCEDURE")?;
    let mut clauses = clauses(cursor)?;
    let given = [
        (clauses.copy_grants, "COPY GRANTS"),
        (clauses.execute_as.is_some(), "EXECUTE AS"),
        (!clauses.comment.is_empty(), "COMMENT"),
    ];
    if let Some((_, clause)) = given.into_iter().find(|(given, _)| *given) {
        return Err(SqlError::syntax(format_args!(
            "{clause} cannot be given for the procedure {name}, which exists for one CALL only."
        )));
    }
    // It has the rights of whoever calls it.
    clauses.execute_as = Some(ExecuteAs::Caller);
    let body = cursor.string()?;
    Ok((name, clauses.definition(body, false)?))
}

/// What stands between the name and the body.
struct Clauses {
    arguments: Vec<Argument>,
    copy_grants: bool,
    returns: Returns,
    returns_not_null: bool,
    language: String,
    strict: bool,
    comment: String,
    execute_as: Option<ExecuteAs>,
}

/// Reads the clauses, AS included.
fn clauses(cursor: &mut Cursor<'_>) -> Result<Clauses> {
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
    if let Some(output) = arguments.iter().find(|argument| argument.output && language != "SQL") {
        return Err(SqlError::compilation(
            1044,
            "42P13",
            format_args!(
                "Output argument {} of a procedure in {language}: only SQL has output arguments.",
                output.name
            ),
        ));
    }
    Ok(Clauses { arguments, copy_grants, returns, returns_not_null, language, strict, comment, execute_as })
}

impl Clauses {
    /// The definition with this body, which is parsed.
    fn definition(self, body: String, secure: bool) -> Result<ProcedureDef> {
        let definition = ProcedureDef {
            arguments: self.arguments,
            returns: self.returns,
            returns_not_null: self.returns_not_null,
            language: self.language,
            execute_as: self.execute_as.unwrap_or_default(),
            strict: self.strict,
            body,
            secure,
            levels: BTreeMap::new(),
        };
        if definition.language == "JAVASCRIPT" {
            javascript::check(&definition.arguments, &definition.returns)?;
        } else {
            scripting::parse_block(&definition.body)?;
        }
        Ok(definition)
    }
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
