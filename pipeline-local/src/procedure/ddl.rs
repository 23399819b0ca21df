//! CREATE and ALTER PROCEDURE.

use super::parser::{self, Create};
use crate::catalog::Kind;
use crate::catalog::def::ProcedureDef;
use crate::exec::{Context, QueryResult};
use crate::parse::Cursor;
use crate::routine::{self, Creation};
use crate::{Result, SqlError, access};

pub(super) fn create(cx: &mut Context<'_>, create: Create) -> Result<QueryResult> {
    let Create { or_replace, or_alter, if_not_exists, temporary, name, copy_grants, comment, definition } = create;
    let creation = Creation { or_replace, or_alter, if_not_exists, temporary, name, copy_grants, comment };
    routine::create(cx, Kind::Procedure, creation, &definition.arguments, &definition, |_, _| Ok(()))
}

pub(super) fn alter(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.expect_keywords("ALTER PROCEDURE")?;
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let (name, signature, found) = routine::find(cx, cursor, Kind::Procedure, "ALTER")?;
    let Some(mut procedure) = found else {
        if if_exists {
            return Ok(QueryResult::status("Statement executed successfully."));
        }
        return Err(routine::missing(Kind::Procedure, &name, &signature));
    };
    access::require(cx, &procedure, &[])?;
    if routine::alter_common(cx, cursor, &mut procedure)? {
        // Done.
    } else if cursor.accept_keywords("EXECUTE AS") {
        let mut definition: ProcedureDef = procedure.definition()?;
        definition.execute_as = parser::execute_as_clause(cursor)?;
        cursor.expect_end()?;
        procedure.set_definition(&definition)?;
        cx.engine.catalog.update(&procedure)?;
    } else if cursor.peek_keywords("SET SECURE") || cursor.peek_keywords("UNSET SECURE") {
        let mut definition: ProcedureDef = procedure.definition()?;
        definition.secure = cursor.accept_keyword("SET");
        cursor.accept_keyword("UNSET");
        cursor.expect_keywords("SECURE")?;
        cursor.expect_end()?;
        procedure.set_definition(&definition)?;
        cx.engine.catalog.update(&procedure)?;
    } else if cursor.peek_keyword("SET") || cursor.peek_keyword("UNSET") {
        let property = cursor.peek_word_at(1).unwrap_or_default();
        return Err(SqlError::unsupported(format_args!("ALTER PROCEDURE SET {property}")));
    } else {
        return Err(cursor.unexpected());
    }
    Ok(QueryResult::status("Statement executed successfully."))
}
