//! CREATE and ALTER FUNCTION.

use super::parser::Create;
use crate::catalog::Kind;
use crate::catalog::def::FunctionDef;
use crate::exec::{Context, QueryResult};
use crate::parse::Cursor;
use crate::routine::{self, Creation};
use crate::{Result, SqlError, access, plan};

pub(super) fn create(cx: &mut Context<'_>, create: Create) -> Result<QueryResult> {
    let Create { or_replace, or_alter, if_not_exists, temporary, name, copy_grants, comment, definition } = create;
    let creation = Creation { or_replace, or_alter, if_not_exists, temporary, name, copy_grants, comment };
    routine::create(cx, Kind::Function, creation, &definition.arguments, &definition, |cx, schema| {
        plan::check_function(cx, schema, &definition)
    })
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
