//! Tags: CREATE and ALTER.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-tag>

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::TagDef;
use crate::catalog::{Kind, NewObject};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::statement::{Context, QueryResult};

use super::options::unknown;
use super::property;
use super::target::{existing, renamed};
use super::{Creation, already_exists, altered};

/// How many values ALLOWED_VALUES may list.
const MAX_VALUES: usize = 5000;

pub(super) fn create(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["TRANSIENT", "TEMPORARY", "SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    let mut def = TagDef::default();
    let mut comment = String::new();
    while !cursor.at_end() {
        if cursor.accept_keyword("ALLOWED_VALUES") {
            def.allowed_values = values(cursor)?;
        } else if let Some(property) = property::accept(cursor)? {
            match property.name.as_str() {
                "COMMENT" => comment = property.value.text(),
                "PROPAGATE" => def.propagate = Some(property.value.text().to_uppercase()),
                "ON_CONFLICT" => def.on_conflict = Some(property.value.text()),
                other => {
                    return Err(SqlError::compilation(
                        1420,
                        "22023",
                        format_args!("invalid property '{other}' for 'TAG'"),
                    ));
                }
            }
        } else {
            return Err(unknown(cursor, "TAG"));
        }
    }
    let schema = cx.schema_of(&name, "CREATE TAG")?;
    if if_not_exists && cx.find_object(Kind::Tag, &name, "CREATE TAG")?.is_some() {
        return Ok(already_exists(name.object()));
    }
    cx.require("CREATE TAG", &schema)?;
    let new = NewObject::new(Kind::Tag, Some(schema.id), name.object(), cx.role(), &def)?.comment(&comment);
    Ok(creation.finish(cx, new, false)?.1)
}

/// Reads `'a', 'b', ...`.
fn values(cursor: &mut Cursor<'_>) -> Result<Vec<String>> {
    let mut values = Vec::new();
    loop {
        let value = cursor.string()?;
        if !values.contains(&value) {
            values.push(value);
        }
        if !cursor.accept(&Token::Comma) {
            break;
        }
    }
    if values.len() > MAX_VALUES {
        return Err(SqlError::compilation(
            1008,
            "22023",
            format_args!("a tag has at most {MAX_VALUES} allowed values, not {}", values.len()),
        ));
    }
    Ok(values)
}

pub(super) fn alter(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let Some(mut object) = existing(cx, cursor, Kind::Tag)? else { return Ok(altered()) };
    if renamed(cx, cursor, &object)? {
        return Ok(altered());
    }
    let mut def: TagDef = object.definition()?;
    if cursor.accept_keyword("ADD") {
        cursor.expect_keywords("ALLOWED_VALUES")?;
        for value in values(cursor)? {
            if !def.allowed_values.contains(&value) {
                def.allowed_values.push(value);
            }
        }
    } else if cursor.accept_keyword("DROP") {
        cursor.expect_keywords("ALLOWED_VALUES")?;
        let dropped = values(cursor)?;
        def.allowed_values.retain(|value| !dropped.contains(value));
    } else if cursor.accept_keywords("UNSET ALLOWED_VALUES") {
        def.allowed_values.clear();
    } else if cursor.accept_keywords("UNSET COMMENT") {
        object.comment.clear();
    } else if cursor.accept_keywords("SET COMMENT") {
        object.comment = super::options::comment_value(cursor)?;
    } else if cursor.accept_keywords("SET MASKING POLICY") {
        return Err(SqlError::unsupported("ALTER TAG ... SET MASKING POLICY"));
    } else {
        return Err(unknown(cursor, "TAG"));
    }
    cursor.expect_end()?;
    object.set_definition(&def)?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}
