//! CREATE, ALTER and DROP PROCEDURE.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::parser::{self, Create, signature_of};
use crate::access;
use crate::catalog::def::ProcedureDef;
use crate::catalog::{Kind, NewObject, Object};
use crate::exec::{Context, QueryResult};
use crate::parse::{Cursor, Name};
use crate::{Result, SqlError};

pub(super) fn create(cx: &Context<'_>, create: Create) -> Result<QueryResult> {
    let Create { or_replace, if_not_exists, name, copy_grants, comment, definition } = create;
    if or_replace && if_not_exists {
        return Err(SqlError::compilation(1003, "42000", "OR REPLACE and IF NOT EXISTS cannot be combined."));
    }
    let catalog = &cx.engine.catalog;
    let schema = cx.schema_of(&name, "CREATE PROCEDURE")?;
    access::require_create(cx, &schema, Kind::Procedure)?;
    let signature = signature_of(definition.arguments.iter().map(|argument| argument.sql_type));
    let existing = catalog.find(Kind::Procedure, Some(schema.id), name.object(), &signature)?;
    if let Some(existing) = &existing {
        if if_not_exists {
            return Ok(QueryResult::status(format!("{} already exists, statement succeeded.", name.object())));
        }
        if or_replace {
            access::require(cx, existing, &[])?;
        }
    }
    forbid_ambiguity(cx, &schema, name.object(), &signature, &definition)?;
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

/// A procedure with optional arguments cannot have overloads.
fn forbid_ambiguity(
    cx: &Context<'_>,
    schema: &Object,
    name: &str,
    signature: &str,
    definition: &ProcedureDef,
) -> Result<()> {
    let optional = |definition: &ProcedureDef| definition.arguments.iter().any(|argument| argument.default.is_some());
    for other in cx.engine.catalog.overloads(Kind::Procedure, schema.id, name)? {
        if other.signature != signature && (optional(definition) || optional(&other.definition()?)) {
            return Err(SqlError::compilation(
                949,
                "42723",
                format_args!("Cannot overload PROCEDURE '{name}' as it would cause ambiguous PROCEDURE overloading."),
            ));
        }
    }
    Ok(())
}

/// Reads `name(types)` and finds the procedure.
pub(super) fn find(cx: &Context<'_>, cursor: &mut Cursor<'_>, action: &str) -> Result<(Name, String, Option<Object>)> {
    let name = cursor.object_name()?;
    let signature = parser::signature(cursor)?;
    let schema = cx.schema_of(&name, action)?;
    let found = cx.engine.catalog.find(Kind::Procedure, Some(schema.id), name.object(), &signature)?;
    Ok((name, signature, found))
}

pub(super) fn missing(name: &Name, signature: &str) -> SqlError {
    SqlError::does_not_exist("Procedure", format_args!("{name}({signature})"))
}

pub(super) fn drop(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.expect_keywords("DROP PROCEDURE")?;
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let (name, signature, found) = find(cx, cursor, "DROP PROCEDURE")?;
    cursor.expect_end()?;
    let Some(procedure) = found else {
        if if_exists {
            return Ok(QueryResult::status("Drop statement executed successfully (object already dropped)."));
        }
        return Err(missing(&name, &signature));
    };
    access::require(cx, &procedure, &[])?;
    cx.engine.catalog.drop(procedure.id)?;
    Ok(QueryResult::status(format!("{} successfully dropped.", procedure.name)))
}

pub(super) fn alter(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.expect_keywords("ALTER PROCEDURE")?;
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let (name, signature, found) = find(cx, cursor, "ALTER PROCEDURE")?;
    let Some(mut procedure) = found else {
        if if_exists {
            return Ok(QueryResult::status("Statement executed successfully."));
        }
        return Err(missing(&name, &signature));
    };
    access::require(cx, &procedure, &[])?;
    if cursor.accept_keywords("RENAME TO") {
        let to = cursor.object_name()?;
        cursor.expect_end()?;
        let schema = if to.schema().is_some() { Some(cx.schema_of(&to, "ALTER PROCEDURE")?.id) } else { None };
        cx.engine.catalog.rename(procedure.id, schema, to.object())?;
    } else if cursor.accept_keywords("SET COMMENT") {
        cursor.expect(&Token::Eq)?;
        procedure.comment = cursor.string()?;
        cursor.expect_end()?;
        cx.engine.catalog.update(&procedure)?;
    } else if cursor.accept_keywords("UNSET COMMENT") {
        cursor.expect_end()?;
        procedure.comment = String::new();
        cx.engine.catalog.update(&procedure)?;
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
