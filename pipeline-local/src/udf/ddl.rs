//! CREATE and ALTER FUNCTION.

use super::parser::Create;
use crate::catalog::def::FunctionDef;
use crate::catalog::{Kind, NewObject};
use crate::exec::{Context, QueryResult};
use crate::parse::Cursor;
use crate::{Result, SqlError, access, plan, routine};

pub(super) fn create(cx: &mut Context<'_>, create: Create) -> Result<QueryResult> {
    let Create { or_replace, if_not_exists, temporary, name, copy_grants, comment, definition } = create;
    if or_replace && if_not_exists {
        return Err(SqlError::compilation(1003, "42000", "OR REPLACE and IF NOT EXISTS cannot be combined."));
    }
    let schema = cx.schema_of(&name, "CREATE FUNCTION")?;
    if !temporary {
        access::require_create(cx, &schema, Kind::Function)?;
    }
    let signature = routine::signature_of(definition.arguments.iter().map(|argument| argument.sql_type));
    let session = temporary.then_some(cx.session.id);
    let catalog = &cx.engine.catalog;
    let existing = match session {
        Some(session) => catalog
            .find_for(Kind::Function, Some(schema.id), name.object(), &signature, session)?
            .filter(|object| object.session.is_some()),
        None => catalog.find(Kind::Function, Some(schema.id), name.object(), &signature)?,
    };
    if let Some(existing) = &existing {
        if if_not_exists {
            return Ok(QueryResult::status(format!("{} already exists, statement succeeded.", name.object())));
        }
        if or_replace {
            access::require(cx, existing, &[])?;
        }
    }
    routine::forbid_ambiguity(cx, Kind::Function, &schema, name.object(), &definition.arguments)?;
    plan::check_function(cx, &schema, &definition)?;
    let mut new = NewObject::new(Kind::Function, Some(schema.id), name.object(), cx.role(), &definition)?
        .comment(&comment)
        .signature(&signature);
    if let Some(session) = session {
        new = new.session(session);
    }
    if or_replace {
        cx.engine.catalog.create_or_replace(new, copy_grants)?;
    } else {
        cx.engine.catalog.create(new)?;
    }
    Ok(QueryResult::status(format!("Function {} successfully created.", name.object())))
}

pub(super) fn alter(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.expect_keywords("ALTER FUNCTION")?;
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let (name, signature, found) = routine::find(cx, cursor, Kind::Function, "ALTER")?;
    let Some(mut function) = found else {
        if if_exists {
            return Ok(QueryResult::status("Statement executed successfully."));
        }
        return Err(routine::missing(Kind::Function, &name, &signature));
    };
    access::require(cx, &function, &[])?;
    if !routine::alter_common(cx, cursor, &mut function)? {
        let secure = cursor.accept_keywords("SET SECURE");
        if !secure && !cursor.accept_keywords("UNSET SECURE") {
            return Err(match (cursor.peek_word().as_deref(), cursor.peek_word_at(1)) {
                (Some(verb @ ("SET" | "UNSET")), Some(property)) => {
                    SqlError::unsupported(format_args!("ALTER FUNCTION {verb} {property}"))
                }
                _ => cursor.unexpected(),
            });
        }
        cursor.expect_end()?;
        let mut definition: FunctionDef = function.definition()?;
        definition.secure = secure;
        function.set_definition(&definition)?;
        cx.engine.catalog.update(&function)?;
    }
    Ok(QueryResult::status("Statement executed successfully."))
}
