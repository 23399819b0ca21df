//! CREATE and ALTER PROCEDURE.

use super::parser::{self, Create};
use crate::catalog::def::ProcedureDef;
use crate::catalog::{Kind, NewObject};
use crate::exec::{Context, QueryResult};
use crate::parse::Cursor;
use crate::{Result, SqlError, access, routine};

pub(super) fn create(cx: &Context<'_>, create: Create) -> Result<QueryResult> {
    let Create { or_replace, if_not_exists, name, copy_grants, comment, definition } = create;
    if or_replace && if_not_exists {
        return Err(SqlError::compilation(1003, "42000", "OR REPLACE and IF NOT EXISTS cannot be combined."));
    }
    let catalog = &cx.engine.catalog;
    let schema = cx.schema_of(&name, "CREATE PROCEDURE")?;
    access::require_create(cx, &schema, Kind::Procedure)?;
    let signature = routine::signature_of(definition.arguments.iter().map(|argument| argument.sql_type));
    let existing = catalog.find(Kind::Procedure, Some(schema.id), name.object(), &signature)?;
    if let Some(existing) = &existing {
        if if_not_exists {
            return Ok(QueryResult::status(format!("{} already exists, statement succeeded.", name.object())));
        }
        if or_replace {
            access::require(cx, existing, &[])?;
        }
    }
    routine::forbid_ambiguity(cx, Kind::Procedure, &schema, name.object(), &definition.arguments)?;
    let new = NewObject::new(Kind::Procedure, Some(schema.id), name.object(), cx.role(), &definition)?
        .comment(&comment)
        .signature(&signature);
    if or_replace {
        catalog.create_or_replace(new, copy_grants)?;
    } else {
        catalog.create(new)?;
    }
    Ok(QueryResult::status(format!("Function {} successfully created.", name.object())))
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
    } else if cursor.peek_keyword("SET") || cursor.peek_keyword("UNSET") {
        let property = cursor.peek_word_at(1).unwrap_or_default();
        return Err(SqlError::unsupported(format_args!("ALTER PROCEDURE SET {property}")));
    } else {
        return Err(cursor.unexpected());
    }
    Ok(QueryResult::status("Statement executed successfully."))
}
