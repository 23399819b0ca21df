//! Views: CREATE and ALTER.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-view>

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::visit_relations;
use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::{ViewColumn, ViewDef};
use crate::catalog::{Kind, NewObject, Object, TagSlot};
use crate::error::{Result, SqlError};
use crate::parse::{self, Cursor, Name};
use crate::statement::{Context, QueryResult};
use crate::tag;

use super::options::{comment_value, unknown};
use super::target::{existing, renamed};
use super::{Creation, already_exists, altered};

/// What stands between the name of a view and its query.
#[derive(Default)]
struct Clauses {
    /// The names of the columns, each with its comment.
    columns: Vec<(String, String)>,
    comment: String,
    copy_grants: bool,
    change_tracking: Option<bool>,
    cluster_by: Option<String>,
    tags: tag::Tags,
    /// The tags of columns.
    column_tags: Vec<(String, tag::Tags)>,
}

fn clauses(cursor: &mut Cursor<'_>, materialized: bool) -> Result<Clauses> {
    let mut read = Clauses::default();
    if cursor.accept(&Token::LParen) {
        loop {
            let column = cursor.identifier()?;
            let mut tags = tag::Tags::new();
            tag::accept(cursor, &mut tags)?;
            let comment = if cursor.accept_keyword("COMMENT") { cursor.string()? } else { String::new() };
            if !tags.is_empty() {
                read.column_tags.push((column.clone(), tags));
            }
            read.columns.push((column, comment));
            if !cursor.accept(&Token::Comma) {
                break;
            }
        }
        cursor.expect(&Token::RParen)?;
    }
    while !cursor.accept_keyword("AS") {
        if cursor.accept_keywords("COPY GRANTS") {
            read.copy_grants = true;
        } else if cursor.accept_keyword("COMMENT") {
            read.comment = comment_value(cursor)?;
        } else if cursor.accept_keyword("CHANGE_TRACKING") {
            read.change_tracking = Some(super::options::boolean_value(cursor)?);
        } else if tag::accept(cursor, &mut read.tags)? {
        } else if materialized && cursor.accept_keywords("CLUSTER BY") {
            read.cluster_by = Some(format!("LINEAR({})", cursor.parenthesised()?.trim()));
        } else {
            return Err(unknown(cursor, "VIEW"));
        }
    }
    Ok(read)
}

pub(super) async fn create(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["TRANSIENT"])?;
    if creation.materialized {
        creation.refuse(&["OR ALTER", "TEMPORARY", "RECURSIVE"])?;
    }
    let (name, if_not_exists) = creation.name(cursor)?;
    let read = clauses(cursor, creation.materialized)?;
    let mut def = ViewDef {
        text: cursor.sql().trim().to_owned(),
        query: cursor.rest().to_owned(),
        secure: creation.secure,
        materialized: creation.materialized,
        recursive: creation.recursive,
        cluster_by: read.cluster_by,
        ..ViewDef::default()
    };
    let schema = cx.schema_of(&name, "CREATE VIEW")?;
    let found = cx.find_relation(&name, "CREATE VIEW")?;
    let same = |object: &Object| object.kind == Kind::View && object.session.is_some() == creation.temporary;
    if if_not_exists && found.as_ref().is_some_and(same) {
        return Ok(already_exists(name.object()));
    }
    if !creation.temporary {
        let privilege = if creation.materialized { "CREATE MATERIALIZED VIEW" } else { "CREATE VIEW" };
        cx.require(privilege, &schema)?;
    }
    if creation.materialized {
        def.source = source(&def.query, cx, &schema)?;
    }
    def.columns = columns(cx, cursor, &schema, &name, &def, &read.columns).await?;
    if read.change_tracking == Some(true) {
        def.changes_from = Some(cx.engine.storage.mark_version()?);
    }
    if creation.or_alter
        && let Some(mut object) = found
    {
        tag::forbid_or_alter(&read.tags, Kind::View)?;
        return change(cx, &mut object, def, read.change_tracking, &read.comment);
    }
    let mut tags = tag::resolve(cx, &read.tags, TagSlot::Object)?;
    tags.extend(tag::resolve_columns(cx, &read.column_tags, |name| {
        (1..).zip(&def.columns).find(|(_, column)| column.name == name).map(|(place, _)| place)
    })?);
    let new = NewObject::new(Kind::View, Some(schema.id), name.object(), cx.role(), &def)?.comment(&read.comment);
    let new = creation.in_session(cx, new).tags(tags);
    let (object, mut result) = creation.finish(cx, new, read.copy_grants)?;
    if creation.materialized {
        result = QueryResult::status(format!("Materialized view {} successfully created.", parse::quote(&object.name)));
    }
    Ok(result)
}

/// CREATE OR ALTER of a view that exists: it keeps its grants and its identity.
fn change(
    cx: &Context<'_>,
    object: &mut Object,
    mut def: ViewDef,
    change_tracking: Option<bool>,
    comment: &str,
) -> Result<QueryResult> {
    if object.kind != Kind::View {
        return Err(SqlError::already_exists(cx.engine.catalog.full_name(object)?));
    }
    cx.require_ownership(object)?;
    let before: ViewDef = object.definition()?;
    if change_tracking.is_none() || (change_tracking == Some(true) && before.changes_from.is_some()) {
        def.changes_from = before.changes_from;
    }
    object.comment = comment.to_owned();
    object.set_definition(&def)?;
    cx.engine.catalog.update(object)?;
    Ok(altered())
}

/// The columns of a view: those of its query under the names of its list.
async fn columns(
    cx: &mut Context<'_>,
    cursor: &Cursor<'_>,
    schema: &Object,
    name: &Name,
    def: &ViewDef,
    named: &[(String, String)],
) -> Result<Vec<ViewColumn>> {
    let names: Vec<String> = named.iter().map(|(name, _)| name.clone()).collect();
    let mut inside = cx.in_schema(schema)?;
    let columns = if def.recursive {
        let query = def.full_query(name.object(), &names);
        inside.columns_of(&query, &query, true).await?
    } else {
        inside.columns_of(cursor.sql(), cursor.rest(), !named.is_empty()).await?
    };
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
    Ok(columns)
}

/// The full name of the one table that the query of a materialized view reads.
fn source(query: &str, cx: &mut Context<'_>, schema: &Object) -> Result<Vec<String>> {
    let parsed = parse::query(query)?;
    let mut relations = Vec::new();
    let _ = visit_relations(&parsed, |relation| {
        relations.push(relation.clone());
        ControlFlow::<()>::Continue(())
    });
    let [relation] = relations.as_slice() else {
        return Err(SqlError::compilation(
            2212,
            "42601",
            match relations.is_empty() {
                true => "Invalid materialized view definition. No table is referenced in the view definition",
                false => "Invalid materialized view definition. More than one table referenced in the view definition",
            },
        ));
    };
    let inside = cx.in_schema(schema)?;
    let object = inside.relation(&crate::plan::name_of(relation)?, "CREATE MATERIALIZED VIEW")?;
    if object.kind != Kind::Table {
        return Err(SqlError::compilation(
            2212,
            "42601",
            format_args!("Invalid materialized view definition. '{}' is a {}, not a table", object.name, object.kind),
        ));
    }
    let (database, schema) = inside.engine.catalog.containers(&object)?;
    Ok(vec![database.name, schema.name, object.name])
}

impl Context<'_> {
    /// This context with names resolving in another schema, as the bodies of views do.
    fn in_schema(&mut self, schema: &Object) -> Result<Context<'_>> {
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

pub(super) fn alter(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, materialized: bool) -> Result<QueryResult> {
    let Some(mut object) = existing(cx, cursor, Kind::View)? else { return Ok(altered()) };
    let mut def: ViewDef = object.definition()?;
    if def.materialized != materialized {
        super::drop::check_materialized(&object, materialized)?;
    }
    if renamed(cx, cursor, &object)? {
        return Ok(altered());
    }
    if materialized && (cursor.accept_keyword("SUSPEND") || cursor.accept_keyword("RESUME")) {
        // Its rows are never behind, whether it is maintained or not.
        cursor.accept_keyword("RECLUSTER");
        cursor.expect_end()?;
        return Ok(altered());
    }
    if materialized && cursor.accept_keywords("CLUSTER BY") {
        def.cluster_by = Some(format!("LINEAR({})", cursor.parenthesised()?.trim()));
    } else if materialized && cursor.accept_keywords("DROP CLUSTERING KEY") {
        def.cluster_by = None;
    } else if cursor.accept_keyword("SET") {
        if cursor.accept_keyword("SECURE") {
            def.secure = true;
        } else if cursor.accept_keyword("COMMENT") {
            object.comment = comment_value(cursor)?;
        } else if cursor.accept_keyword("CHANGE_TRACKING") {
            let on = super::options::boolean_value(cursor)?;
            def.changes_from = if on { Some(cx.engine.storage.mark_version()?) } else { None };
        } else {
            return Err(unknown(cursor, "VIEW"));
        }
    } else if cursor.accept_keyword("UNSET") {
        if cursor.accept_keyword("SECURE") {
            def.secure = false;
        } else {
            cursor.expect_keywords("COMMENT")?;
            object.comment.clear();
        }
    } else if cursor.accept_keyword("MODIFY") || cursor.accept_keyword("ALTER") {
        column_comments(cursor, &mut def)?;
    } else {
        return Err(cursor.unexpected());
    }
    cursor.expect_end()?;
    object.set_definition(&def)?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}

/// `[COLUMN] name COMMENT 'text' | UNSET COMMENT, ...`.
fn column_comments(cursor: &mut Cursor<'_>, def: &mut ViewDef) -> Result<()> {
    loop {
        cursor.accept_keyword("COLUMN");
        let name = cursor.identifier()?;
        let Some(column) = def.columns.iter_mut().find(|column| column.name == name) else {
            return Err(SqlError::invalid_identifier(name));
        };
        if cursor.accept_keywords("UNSET COMMENT") {
            column.comment.clear();
        } else {
            cursor.expect_keywords("COMMENT")?;
            column.comment = cursor.string()?;
        }
        if !cursor.accept(&Token::Comma) {
            return Ok(());
        }
    }
}
