//! Databases and schemas.

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::{DatabaseDef, SchemaDef};
use crate::catalog::{INFORMATION_SCHEMA, Kind, NewObject, Object, TagSlot};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::statement::{Context, QueryResult};
use crate::tag;

use super::clone::Original;
use super::options::{comment_value, retention, unknown};
use super::{Creation, already_exists, altered};

pub(super) fn create_database(
    cx: &mut Context<'_>,
    cursor: &mut Cursor<'_>,
    creation: &Creation,
) -> Result<QueryResult> {
    creation.refuse(&["TEMPORARY", "SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    if name.parts.len() > 1 {
        return Err(SqlError::syntax(format_args!("A database name has one part, '{name}' has {}.", name.parts.len())));
    }
    let mut def = DatabaseDef { transient: creation.transient, ..DatabaseDef::default() };
    let mut comment = String::new();
    let mut original = None;
    let mut tags = tag::Tags::new();
    while !cursor.at_end() {
        if retention(cursor, &mut def.retention_days, &mut def.max_extension_days)? {
        } else if cursor.accept_keyword("COMMENT") {
            comment = comment_value(cursor)?;
        } else if tag::accept(cursor, &mut tags)? {
        } else if cursor.accept_keyword("CLONE") {
            original = Some(Original::read(cx, cursor, Kind::Database)?);
        } else {
            return Err(unknown(cursor, "DATABASE"));
        }
    }
    let existing = cx.engine.catalog.database(name.object())?;
    if existing.is_some() && if_not_exists {
        return Ok(already_exists(name.object()));
    }
    cx.require_on_account("CREATE DATABASE")?;
    let new = NewObject::new(Kind::Database, None, name.object(), cx.role(), &def)?.comment(&comment);
    let new = new.tags(tag::resolve(cx, &tags, TagSlot::Object)?);
    let (database, result) = put(cx, creation, new, original)?;
    cx.session.database = Some(database.name);
    cx.session.schema = Some("PUBLIC".to_owned());
    Ok(result)
}

pub(super) fn create_schema(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["TEMPORARY", "SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    let mut def = SchemaDef { transient: creation.transient, ..SchemaDef::default() };
    let mut comment = String::new();
    let mut original = None;
    let mut tags = tag::Tags::new();
    while !cursor.at_end() {
        if retention(cursor, &mut def.retention_days, &mut def.max_extension_days)? {
        } else if cursor.accept_keyword("COMMENT") {
            comment = comment_value(cursor)?;
        } else if cursor.accept_keywords("WITH MANAGED ACCESS") {
            def.managed_access = true;
        } else if tag::accept(cursor, &mut tags)? {
        } else if cursor.accept_keyword("CLONE") {
            original = Some(Original::read(cx, cursor, Kind::Schema)?);
        } else {
            return Err(unknown(cursor, "SCHEMA"));
        }
    }
    let database = match name.schema() {
        Some(database) => cx.find_database(database)?,
        None => cx.current_database("CREATE SCHEMA")?,
    };
    if name.object() == INFORMATION_SCHEMA {
        return Err(SqlError::already_exists(INFORMATION_SCHEMA));
    }
    if if_not_exists && cx.engine.catalog.find(Kind::Schema, Some(database.id), name.object(), "")?.is_some() {
        return Ok(already_exists(name.object()));
    }
    cx.require("CREATE SCHEMA", &database)?;
    let new = NewObject::new(Kind::Schema, Some(database.id), name.object(), cx.role(), &def)?.comment(&comment);
    let new = new.tags(tag::resolve(cx, &tags, TagSlot::Object)?);
    let (schema, result) = put(cx, creation, new, original)?;
    cx.session.database = Some(database.name);
    cx.session.schema = Some(schema.name);
    Ok(result)
}

/// Creates it, with all that its original contains.
fn put(
    cx: &Context<'_>,
    creation: &Creation,
    new: NewObject,
    original: Option<Original>,
) -> Result<(Object, QueryResult)> {
    cx.engine.catalog.transaction(|_| {
        if creation.or_alter && original.is_some() {
            return Err(SqlError::unsupported(format_args!("CREATE OR ALTER {} ... CLONE", new.kind)));
        }
        let mut new = new;
        if let Some(original) = &original {
            // What the clone is given itself comes last and so counts.
            new.tags.splice(0..0, cx.engine.catalog.tags_set_on(original.id())?);
        }
        let (object, result) = creation.finish(cx, new, false)?;
        if let Some(original) = original {
            original.copy_into(cx, &object)?;
        }
        Ok((object, result))
    })
}

/// What ALTER can do to databases and schemas alike.
trait Container: serde::Serialize + serde::de::DeserializeOwned {
    fn retention(&mut self) -> (&mut Option<u32>, &mut Option<u32>);
    fn managed_access(&mut self) -> Option<&mut bool>;
}

impl Container for DatabaseDef {
    fn retention(&mut self) -> (&mut Option<u32>, &mut Option<u32>) {
        (&mut self.retention_days, &mut self.max_extension_days)
    }

    fn managed_access(&mut self) -> Option<&mut bool> {
        None
    }
}

impl Container for SchemaDef {
    fn retention(&mut self) -> (&mut Option<u32>, &mut Option<u32>) {
        (&mut self.retention_days, &mut self.max_extension_days)
    }

    fn managed_access(&mut self) -> Option<&mut bool> {
        Some(&mut self.managed_access)
    }
}

pub(super) fn alter_database(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    alter::<DatabaseDef>(cx, cursor, Kind::Database)
}

pub(super) fn alter_schema(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    alter::<SchemaDef>(cx, cursor, Kind::Schema)
}

fn alter<D: Container>(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, kind: Kind) -> Result<QueryResult> {
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = cursor.object_name()?;
    let mut object = match cx.find_object(kind, &name, &format!("ALTER {kind}"))? {
        Some(object) => object,
        None if if_exists => return Ok(altered()),
        None => return Err(SqlError::does_not_exist(kind.title(), &name)),
    };
    cx.require_ownership(&object)?;
    let mut def: D = object.definition()?;
    if cursor.accept_keywords("RENAME TO") {
        let new = cursor.object_name()?;
        cursor.expect_end()?;
        let parent = match (kind, new.schema()) {
            (Kind::Schema, Some(database)) => Some(cx.find_database(database)?.id),
            _ => None,
        };
        cx.engine.catalog.rename(object.id, parent, new.object())?;
        return Ok(altered());
    }
    if cursor.accept_keywords("SWAP WITH") {
        let other = cursor.object_name()?;
        cursor.expect_end()?;
        let other = cx.object(kind, &other, &format!("ALTER {kind}"))?;
        cx.require_ownership(&other)?;
        cx.engine.catalog.swap(object.id, other.id)?;
        return Ok(altered());
    }
    if cursor.accept_keyword("SET") {
        loop {
            let (days, extension) = def.retention();
            if retention(cursor, days, extension)? {
            } else if cursor.accept_keyword("COMMENT") {
                object.comment = comment_value(cursor)?;
            } else {
                return Err(unknown(cursor, kind.keyword()));
            }
            cursor.accept(&Token::Comma);
            if cursor.at_end() {
                break;
            }
        }
    } else if cursor.accept_keyword("UNSET") {
        loop {
            let (days, extension) = def.retention();
            if cursor.accept_keyword("DATA_RETENTION_TIME_IN_DAYS") {
                *days = None;
            } else if cursor.accept_keyword("MAX_DATA_EXTENSION_TIME_IN_DAYS") {
                *extension = None;
            } else if cursor.accept_keyword("COMMENT") {
                object.comment.clear();
            } else {
                return Err(cursor.unexpected());
            }
            if !cursor.accept(&Token::Comma) {
                break;
            }
        }
    } else if let Some(managed) = def.managed_access() {
        let enable = cursor.accept_keyword("ENABLE");
        if !enable {
            cursor.expect_keywords("DISABLE")?;
        }
        cursor.expect_keywords("MANAGED ACCESS")?;
        *managed = enable;
    } else {
        return Err(cursor.unexpected());
    }
    cursor.expect_end()?;
    object.set_definition(&def)?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}
