//! Views: CREATE and ALTER.

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::{ViewColumn, ViewDef};
use crate::catalog::{Kind, NewObject, Object};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::statement::{Context, QueryResult};

use super::options::{string_value, unknown};
use super::{Creation, already_exists, altered};

pub(super) async fn create(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["OR ALTER", "TRANSIENT"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    let mut named: Vec<(String, String)> = Vec::new();
    if cursor.accept(&Token::LParen) {
        loop {
            let column = cursor.identifier()?;
            let comment = if cursor.accept_keyword("COMMENT") { cursor.string()? } else { String::new() };
            named.push((column, comment));
            if !cursor.accept(&Token::Comma) {
                break;
            }
        }
        cursor.expect(&Token::RParen)?;
    }
    let mut comment = String::new();
    let mut copy_grants = false;
    let mut changes_from = None;
    while !cursor.accept_keyword("AS") {
        if cursor.accept_keywords("COPY GRANTS") {
            copy_grants = true;
        } else if cursor.accept_keyword("COMMENT") {
            comment = string_value(cursor)?;
        } else if cursor.accept_keyword("CHANGE_TRACKING") {
            let on = super::options::boolean_value(cursor)?;
            changes_from = if on { Some(cx.engine.storage.mark_version()?) } else { None };
        } else {
            return Err(unknown(cursor, "VIEW"));
        }
    }
    let query = cursor.rest().to_owned();
    let schema = cx.schema_of(&name, "CREATE VIEW")?;
    let existing = cx.find_relation(&name, "CREATE VIEW")?;
    let same = |object: &Object| object.kind == Kind::View && object.session.is_some() == creation.temporary;
    if if_not_exists && existing.as_ref().is_some_and(same) {
        return Ok(already_exists(name.object()));
    }
    if !creation.temporary {
        cx.require("CREATE VIEW", &schema)?;
    }
    let columns = cx.in_schema(&schema)?.columns_of(cursor.sql(), cursor.rest(), !named.is_empty()).await?;
    if !named.is_empty() && named.len() != columns.len() {
        return Err(SqlError::compilation(
            2026,
            "42601",
            format_args!("Invalid column definition list: {} names for {} columns.", named.len(), columns.len()),
        ));
    }
    let columns: Vec<ViewColumn> = columns
        .into_iter()
        .enumerate()
        .map(|(index, column)| {
            let (name, comment) = named.get(index).cloned().unwrap_or((column.name, String::new()));
            ViewColumn { name, sql_type: column.sql_type, comment }
        })
        .collect();
    for (index, column) in columns.iter().enumerate() {
        if columns[..index].iter().any(|other| other.name == column.name) {
            return Err(SqlError::compilation(2025, "42S21", format_args!("duplicate column name '{}'", column.name)));
        }
    }
    let def = ViewDef { text: cursor.sql().trim().to_owned(), query, columns, secure: creation.secure, changes_from };
    let mut new = NewObject::new(Kind::View, Some(schema.id), name.object(), cx.role(), &def)?.comment(&comment);
    if creation.temporary {
        new = new.session(cx.session.id);
    }
    Ok(creation.finish(cx, new, copy_grants)?.1)
}

impl Context<'_> {
    /// This context with names resolving in another schema, as the bodies of views do.
    fn in_schema(&mut self, schema: &crate::catalog::Object) -> Result<Context<'_>> {
        let database = match schema.parent {
            Some(id) => self.engine.catalog.by_id(id)?,
            None => None,
        };
        let mut frame = self.frame.clone();
        frame.database = database.map(|database| database.name);
        frame.schema = Some(schema.name.clone());
        Ok(Context { engine: self.engine, session: &mut *self.session, frame })
    }
}

pub(super) fn alter(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = cursor.object_name()?;
    let Some(mut object) = cx.find_object(Kind::View, &name, "ALTER VIEW")? else {
        if if_exists {
            return Ok(altered());
        }
        return Err(SqlError::does_not_exist("View", cx.full_name_of(&name)));
    };
    cx.require_ownership(&object)?;
    let mut def: ViewDef = object.definition()?;
    if cursor.accept_keywords("RENAME TO") {
        let new = cursor.object_name()?;
        cursor.expect_end()?;
        let parent = if new.schema().is_some() { Some(cx.schema_of(&new, "ALTER VIEW")?.id) } else { None };
        cx.engine.catalog.rename(object.id, parent, new.object())?;
        return Ok(altered());
    }
    if cursor.accept_keyword("SET") {
        if cursor.accept_keyword("SECURE") {
            def.secure = true;
        } else if cursor.accept_keyword("COMMENT") {
            object.comment = string_value(cursor)?;
        } else if cursor.accept_keyword("CHANGE_TRACKING") {
            let on = super::options::boolean_value(cursor)?;
            def.changes_from = if on { Some(cx.engine.storage.mark_version()?) } else { None };
        } else {
            return Err(unknown(cursor, "VIEW"));
        }
    } else {
        cursor.expect_keywords("UNSET")?;
        if cursor.accept_keyword("SECURE") {
            def.secure = false;
        } else {
            cursor.expect_keywords("COMMENT")?;
            object.comment.clear();
        }
    }
    cursor.expect_end()?;
    object.set_definition(&def)?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}
