//! What every ALTER begins with.

use crate::catalog::{Kind, Object};
use crate::error::Result;
use crate::parse::Cursor;
use crate::statement::Context;

/// Reads `[IF EXISTS] name`: the object, which the role must own; none for a missing one with IF EXISTS.
///
/// # Errors
/// 002003 when there is no such object that the role can see, 003001 when it does not own it.
pub(super) fn existing(cx: &Context<'_>, cursor: &mut Cursor<'_>, kind: Kind) -> Result<Option<Object>> {
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = cursor.object_name()?;
    let verb = format!("ALTER {kind}");
    match cx.find_object(kind, &name, &verb)? {
        Some(object) => {
            cx.require_ownership(&object)?;
            Ok(Some(object))
        }
        None if if_exists => Ok(None),
        None => cx.object(kind, &name, &verb).map(Some),
    }
}

/// Reads `RENAME TO name` and does it, if it is next; objects of a schema may move to another one.
///
/// # Errors
/// When the name is taken, or the other schema is not one the role can see.
pub(super) fn renamed(cx: &Context<'_>, cursor: &mut Cursor<'_>, object: &Object) -> Result<bool> {
    if !cursor.accept_keywords("RENAME TO") {
        return Ok(false);
    }
    let new = cursor.object_name()?;
    cursor.expect_end()?;
    let moves = new.schema().is_some() && object.kind.container() == Some(Kind::Schema);
    let parent = if moves { Some(cx.schema_of(&new, &format!("ALTER {}", object.kind))?.id) } else { None };
    cx.engine.catalog.rename(object.id, parent, new.object())?;
    Ok(true)
}
