//! What ALTER and DROP do alike to procedures and functions.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::signature;
use crate::access;
use crate::catalog::def::Argument;
use crate::catalog::{Kind, Object};
use crate::exec::{Context, QueryResult};
use crate::parse::{Cursor, Name};
use crate::{Result, SqlError};

/// A routine with optional arguments cannot have overloads.
pub(crate) fn forbid_ambiguity(
    cx: &Context<'_>,
    kind: Kind,
    schema: &Object,
    name: &str,
    arguments: &[Argument],
) -> Result<()> {
    let signature = signature::signature_of(arguments.iter().map(|argument| argument.sql_type));
    let optional = |arguments: &[Argument]| arguments.iter().any(|argument| argument.default.is_some());
    for other in cx.engine.catalog.overloads(kind, schema.id, name)? {
        if other.signature != signature && (optional(arguments) || optional(&super::of(&other)?.arguments)) {
            let kind = kind.keyword();
            return Err(SqlError::compilation(
                949,
                "42723",
                format_args!("Cannot overload {kind} '{name}' as it would cause ambiguous {kind} overloading."),
            ));
        }
    }
    Ok(())
}

/// The routines of this name that the session and its role see, a temporary one in place of the one it hides.
pub(crate) fn visible(cx: &Context<'_>, kind: Kind, schema: &Object, name: &str) -> Result<Vec<Object>> {
    let mut found: Vec<Object> = Vec::new();
    for object in cx.engine.catalog.overloads(kind, schema.id, name)? {
        if object.session.is_some_and(|session| session != cx.session.id) {
            continue;
        }
        match found.iter_mut().find(|other| other.signature == object.signature) {
            Some(other) if object.session.is_some() => *other = object,
            Some(_) => {}
            None => found.push(object),
        }
    }
    Ok(found)
}

/// Reads `name(types)` and finds the routine.
pub(crate) fn find(
    cx: &Context<'_>,
    cursor: &mut Cursor<'_>,
    kind: Kind,
    verb: &str,
) -> Result<(Name, String, Option<Object>)> {
    let name = cursor.object_name()?;
    let signature = signature::types(cursor)?;
    let schema = cx.schema_of(&name, &format!("{verb} {}", kind.keyword()))?;
    let found = cx.engine.catalog.find_for(kind, Some(schema.id), name.object(), &signature, cx.session.id)?;
    Ok((name, signature, found))
}

/// The error for a routine that does not exist.
pub(crate) fn missing(kind: Kind, name: &Name, signature: &str) -> SqlError {
    SqlError::does_not_exist(kind.title(), format_args!("{name}({signature})"))
}

/// DROP.
pub(crate) fn drop(cx: &Context<'_>, cursor: &mut Cursor<'_>, kind: Kind) -> Result<QueryResult> {
    cursor.expect_keywords("DROP")?;
    cursor.expect_keywords(kind.keyword())?;
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let (name, signature, found) = find(cx, cursor, kind, "DROP")?;
    cursor.expect_end()?;
    let Some(routine) = found else {
        if if_exists {
            return Ok(QueryResult::status("Drop statement executed successfully (object already dropped)."));
        }
        return Err(missing(kind, &name, &signature));
    };
    access::require(cx, &routine, &[])?;
    cx.engine.catalog.drop(routine.id)?;
    Ok(QueryResult::status(format!("{} successfully dropped.", routine.name)))
}

/// The forms of ALTER that all routines have: RENAME TO and the comment. Says whether it was one of them.
pub(crate) fn alter_common(cx: &Context<'_>, cursor: &mut Cursor<'_>, routine: &mut Object) -> Result<bool> {
    if cursor.accept_keywords("RENAME TO") {
        let to = cursor.object_name()?;
        cursor.expect_end()?;
        let verb = format!("ALTER {}", routine.kind.keyword());
        let schema = if to.schema().is_some() { Some(cx.schema_of(&to, &verb)?.id) } else { None };
        cx.engine.catalog.rename(routine.id, schema, to.object())?;
        return Ok(true);
    }
    if cursor.accept_keywords("SET COMMENT") {
        cursor.expect(&Token::Eq)?;
        routine.comment = cursor.string()?;
    } else if cursor.accept_keywords("UNSET COMMENT") {
        routine.comment = String::new();
    } else {
        return Ok(false);
    }
    cursor.expect_end()?;
    cx.engine.catalog.update(routine)?;
    Ok(true)
}
