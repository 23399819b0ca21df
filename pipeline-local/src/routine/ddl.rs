//! What CREATE, ALTER and DROP do alike to procedures and functions.

use datafusion::sql::sqlparser::tokenizer::Token;
use serde::Serialize;

use super::signature;
use crate::access;
use crate::catalog::def::Argument;
use crate::catalog::{Kind, NewObject, Object};
use crate::exec::{Context, QueryResult};
use crate::parse::{Cursor, Name};
use crate::{Result, SqlError};

/// What CREATE PROCEDURE and CREATE FUNCTION say alike.
#[derive(Debug)]
pub(crate) struct Creation {
    pub(crate) or_replace: bool,
    pub(crate) or_alter: bool,
    pub(crate) if_not_exists: bool,
    pub(crate) temporary: bool,
    pub(crate) name: Name,
    pub(crate) copy_grants: bool,
    pub(crate) comment: String,
}

/// Creates a routine, or alters it where OR ALTER finds it; `check` looks at it before it is stored.
pub(crate) fn create<T: Serialize>(
    cx: &mut Context<'_>,
    kind: Kind,
    creation: Creation,
    arguments: &[Argument],
    definition: &T,
    check: impl FnOnce(&mut Context<'_>, &Object) -> Result<()>,
) -> Result<QueryResult> {
    let Creation { or_replace, or_alter, if_not_exists, temporary, name, copy_grants, comment } = creation;
    if (or_replace || or_alter) && if_not_exists {
        let clause = if or_replace { "OR REPLACE" } else { "OR ALTER" };
        return Err(SqlError::compilation(
            1003,
            "42000",
            format_args!("{clause} and IF NOT EXISTS cannot be combined."),
        ));
    }
    let schema = cx.schema_of(&name, &format!("CREATE {}", kind.keyword()))?;
    if !temporary {
        access::require_create(cx, &schema, kind)?;
    }
    let signature = signature::signature_of(arguments.iter().map(|argument| argument.sql_type));
    let session = temporary.then_some(cx.session.id);
    let catalog = &cx.engine.catalog;
    let existing = match session {
        Some(session) => catalog
            .find_for(kind, Some(schema.id), name.object(), &signature, session)?
            .filter(|object| object.session.is_some()),
        None => catalog.find(kind, Some(schema.id), name.object(), &signature)?,
    };
    if let Some(existing) = &existing {
        if if_not_exists {
            return Ok(QueryResult::status(format!("{} already exists, statement succeeded.", name.object())));
        }
        if or_replace || or_alter {
            access::require(cx, existing, &[])?;
        }
    }
    forbid_ambiguity(cx, kind, &schema, name.object(), arguments)?;
    check(cx, &schema)?;
    let catalog = &cx.engine.catalog;
    if let (true, Some(mut existing)) = (or_alter, existing) {
        existing.set_definition(definition)?;
        existing.comment = comment;
        catalog.update(&existing)?;
        return Ok(QueryResult::status("Statement executed successfully."));
    }
    let mut new = NewObject::new(kind, Some(schema.id), name.object(), cx.role(), definition)?
        .comment(&comment)
        .signature(&signature);
    if let Some(session) = session {
        new = new.session(session);
    }
    if or_replace {
        catalog.create_or_replace(new, copy_grants)?;
    } else {
        catalog.create(new)?;
    }
    Ok(QueryResult::status(format!("Function {} successfully created.", name.object())))
}

/// A routine with optional arguments cannot have overloads.
fn forbid_ambiguity(cx: &Context<'_>, kind: Kind, schema: &Object, name: &str, arguments: &[Argument]) -> Result<()> {
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
            return Ok(QueryResult::already_dropped(name.object()));
        }
        return Err(missing(kind, &name, &signature));
    };
    access::require(cx, &routine, &[])?;
    cx.engine.catalog.drop(routine.id)?;
    Ok(QueryResult::status(format!("{} successfully dropped.", routine.name)))
}

/// What a routine can be told about events, each with its values. They are kept; there is no event table to write to.
const LEVELS: [(&str, &[&str]); 3] = [
    ("LOG_LEVEL", &["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF"]),
    ("TRACE_LEVEL", &["ALWAYS", "ON_EVENT", "PROPAGATE", "OFF"]),
    ("METRIC_LEVEL", &["ALL", "NONE"]),
];

/// Reads `SET LOG_LEVEL = ..` or `UNSET LOG_LEVEL` and the like, if it is next.
fn level(cursor: &mut Cursor<'_>, routine: &mut Object) -> Result<bool> {
    let known = LEVELS.iter().find(|(name, _)| cursor.peek_keyword_at(1, name));
    let Some((name, values)) = known else { return Ok(false) };
    let set = cursor.accept_keyword("SET");
    if !set {
        cursor.expect_keywords("UNSET")?;
    }
    cursor.next_token();
    let Some(definition) = routine.definition.as_object_mut() else { return Ok(false) };
    let levels = definition.entry("levels").or_insert_with(|| serde_json::json!({}));
    let Some(levels) = levels.as_object_mut() else { return Ok(false) };
    if !set {
        levels.remove(*name);
        return Ok(true);
    }
    cursor.expect(&Token::Eq)?;
    let value = match cursor.accept_string() {
        Some(text) => text.to_uppercase(),
        None => cursor.identifier()?,
    };
    if !values.contains(&value.as_str()) {
        return Err(SqlError::compilation(
            1008,
            "22023",
            format_args!("invalid value [{value}] for parameter '{name}'; it is {}.", values.join(", ")),
        ));
    }
    levels.insert((*name).to_owned(), value.into());
    Ok(true)
}

/// The forms of ALTER that all routines have: RENAME TO, the comment, and levels. Says whether it was one of them.
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
    } else if !level(cursor, routine)? {
        return Ok(false);
    }
    cursor.expect_end()?;
    cx.engine.catalog.update(routine)?;
    Ok(true)
}
