//! Sequences.

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::{Increment, SequenceDef};
use crate::catalog::{Kind, NewObject};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::statement::{Context, QueryResult};

use super::options::{comment_value, unknown};
use super::{Creation, already_exists, altered};

pub(super) fn create(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["OR ALTER", "TRANSIENT", "TEMPORARY", "SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    let mut def = SequenceDef { increment: Increment { start: 1, step: 1 }, ordered: false };
    let mut comment = String::new();
    cursor.accept_keyword("WITH");
    while !cursor.at_end() {
        if cursor.accept_keyword("START") {
            cursor.accept_keyword("WITH");
            cursor.accept(&Token::Eq);
            def.increment.start = cursor.integer()?;
        } else if cursor.accept_keyword("INCREMENT") {
            cursor.accept_keyword("BY");
            cursor.accept(&Token::Eq);
            def.increment.step = step(cursor)?;
        } else if cursor.accept_keyword("ORDER") {
            def.ordered = true;
        } else if cursor.accept_keyword("NOORDER") {
            def.ordered = false;
        } else if cursor.accept_keyword("COMMENT") {
            comment = comment_value(cursor)?;
        } else if !cursor.accept(&Token::Comma) {
            return Err(unknown(cursor, "SEQUENCE"));
        }
    }
    let schema = cx.schema_of(&name, "CREATE SEQUENCE")?;
    if if_not_exists && cx.engine.catalog.find(Kind::Sequence, Some(schema.id), name.object(), "")?.is_some() {
        return Ok(already_exists(name.object()));
    }
    cx.require("CREATE SEQUENCE", &schema)?;
    let new = NewObject::new(Kind::Sequence, Some(schema.id), name.object(), cx.role(), &def)?.comment(&comment);
    Ok(creation.finish(cx, new, false)?.1)
}

fn step(cursor: &mut Cursor<'_>) -> Result<i64> {
    match cursor.integer()? {
        0 => Err(SqlError::compilation(1008, "22023", "invalid value [0] for parameter 'INCREMENT'")),
        step => Ok(step),
    }
}

pub(super) fn alter(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = cursor.object_name()?;
    let Some(mut object) = cx.find_object(Kind::Sequence, &name, "ALTER SEQUENCE")? else {
        if if_exists {
            return Ok(altered());
        }
        return Err(SqlError::does_not_exist("Sequence", cx.full_name_of(&name)));
    };
    cx.require_ownership(&object)?;
    let mut def: SequenceDef = object.definition()?;
    if cursor.accept_keywords("RENAME TO") {
        let new = cursor.object_name()?;
        cursor.expect_end()?;
        let parent = if new.schema().is_some() { Some(cx.schema_of(&new, "ALTER SEQUENCE")?.id) } else { None };
        cx.engine.catalog.rename(object.id, parent, new.object())?;
        return Ok(altered());
    }
    if cursor.accept_keywords("UNSET COMMENT") {
        object.comment.clear();
    } else {
        cursor.accept_keyword("SET");
        while !cursor.at_end() {
            if cursor.accept_keyword("INCREMENT") {
                cursor.accept_keyword("BY");
                cursor.accept(&Token::Eq);
                def.increment.step = step(cursor)?;
            } else if cursor.accept_keyword("ORDER") {
                def.ordered = true;
            } else if cursor.accept_keyword("NOORDER") {
                def.ordered = false;
            } else if cursor.accept_keyword("COMMENT") {
                object.comment = comment_value(cursor)?;
            } else {
                return Err(unknown(cursor, "SEQUENCE"));
            }
        }
    }
    cursor.expect_end()?;
    object.set_definition(&def)?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}
