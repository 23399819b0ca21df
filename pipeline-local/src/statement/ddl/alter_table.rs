//! ALTER TABLE.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/alter-table>

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::{ColumnDef, InitialValue, TableDef};
use crate::catalog::{Kind, Object, ObjectId, TagSetting, TagSlot};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::statement::{Binds, Context, QueryResult};
use crate::tag;
use crate::types::SqlType;

use super::added_default;
use super::altered;
use super::column::read_column;
use super::constraint::{self, add_constraint, read_constraint};
use super::options::{boolean_value, comment_value, retention, unknown};

pub(super) async fn alter(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = cursor.object_name()?;
    let Some(mut table) = cx.find_object(Kind::Table, &name, "ALTER TABLE")? else {
        if if_exists {
            return Ok(altered());
        }
        return Err(SqlError::does_not_exist("Table", cx.full_name_of(&name)));
    };
    cx.require_ownership(&table)?;
    if cursor.accept_keywords("RENAME TO") {
        let new = cursor.object_name()?;
        cursor.expect_end()?;
        let parent = if new.schema().is_some() { Some(cx.schema_of(&new, "ALTER TABLE")?.id) } else { None };
        cx.engine.catalog.rename(table.id, parent, new.object())?;
        return Ok(altered());
    }
    if cursor.accept_keywords("SWAP WITH") {
        let other = cursor.object_name()?;
        cursor.expect_end()?;
        let other = cx.object(Kind::Table, &other, "ALTER TABLE")?;
        cx.require_ownership(&other)?;
        cx.engine.catalog.transaction(|catalog| {
            catalog.swap(table.id, other.id)?;
            lose_changes(cx, table.id)?;
            lose_changes(cx, other.id)
        })?;
        return Ok(altered());
    }
    let mut def: TableDef = table.definition()?;
    let mut tags = Vec::new();
    if cursor.accept_keyword("ADD") {
        tags = add(cx, cursor, &table, &mut def).await?;
    } else if cursor.accept_keyword("DROP") {
        drop(cursor, &mut def)?;
    } else if cursor.accept_keywords("RENAME CONSTRAINT") {
        constraint::rename(cursor, &mut def)?;
    } else if cursor.accept_keywords("SUSPEND RECLUSTER") || cursor.accept_keywords("RESUME RECLUSTER") {
        if def.cluster_by.is_none() {
            return Err(SqlError::compilation(
                2,
                "0A000",
                format_args!("Table '{}' has no clustering key to recluster by.", table.name),
            ));
        }
    } else if cursor.accept_keywords("RENAME COLUMN") {
        rename_column(cursor, &table, &mut def)?;
    } else if cursor.accept_keyword("ALTER") || cursor.accept_keyword("MODIFY") {
        alter_columns(cx, cursor, &table, &mut def).await?;
    } else if cursor.accept_keyword("SET") {
        set(cx, cursor, &mut table, &mut def)?;
    } else if cursor.accept_keyword("UNSET") {
        unset(cursor, &mut table, &mut def)?;
    } else if cursor.accept_keywords("CLUSTER BY") {
        def.cluster_by = Some(format!("LINEAR({})", cursor.parenthesised()?));
    } else {
        return Err(match cursor.peek_word() {
            Some(word) => SqlError::unsupported(format_args!("ALTER TABLE ... {word}")),
            None => cursor.unexpected(),
        });
    }
    cursor.expect_end()?;
    table.set_definition(&def)?;
    cx.engine.catalog.transaction(|catalog| {
        catalog.update(&table)?;
        tags.iter().try_for_each(|tag| catalog.set_tag(table.id, tag))
    })?;
    Ok(altered())
}

/// What was swapped has other rows under its name: streams that were made before cannot follow it.
fn lose_changes(cx: &Context<'_>, table: ObjectId) -> Result<()> {
    let Some(mut table) = cx.engine.catalog.by_id(table)? else { return Ok(()) };
    let mut def: TableDef = table.definition()?;
    if def.change_tracking() {
        def.changes_from = Some(cx.engine.storage.mark_version()?);
        table.set_definition(&def)?;
        cx.engine.catalog.update(&table)?;
    }
    Ok(())
}

/// ADD of columns or a constraint; the tags that new columns get.
async fn add(
    cx: &mut Context<'_>,
    cursor: &mut Cursor<'_>,
    table: &Object,
    def: &mut TableDef,
) -> Result<Vec<TagSetting>> {
    let mut tags = Vec::new();
    if cursor.accept_keywords("SEARCH OPTIMIZATION") {
        search_optimization(cursor, def)?;
        return Ok(tags);
    }
    if let Some(constraint) = read_constraint(cursor, None)? {
        add_constraint(cx, &table.name, def, constraint)?;
        return Ok(tags);
    }
    loop {
        cursor.accept_keyword("COLUMN");
        let if_not_exists = cursor.accept_keywords("IF NOT EXISTS");
        let spec = read_column(cursor)?;
        if !spec.typed {
            return Err(cursor.unexpected());
        }
        let mut column = spec.def;
        if def.column(&column.name).is_some() {
            if !if_not_exists {
                return Err(SqlError::compilation(
                    2025,
                    "42S21",
                    format_args!("column '{}' already exists", column.name),
                ));
            }
        } else {
            if if_not_exists
                && (column.default.is_some() || column.autoincrement.is_some() || !spec.constraints.is_empty())
            {
                return Err(SqlError::compilation(
                    1003,
                    "42000",
                    format_args!(
                        "ADD COLUMN IF NOT EXISTS of '{}' cannot have DEFAULT, AUTOINCREMENT or constraints.",
                        column.name
                    ),
                ));
            }
            if column.expression.is_some() {
                return Err(SqlError::unsupported(
                    "ALTER TABLE ... ADD COLUMN ... AS; declare virtual columns in CREATE TABLE",
                ));
            }
            added_default::check(&column)?;
            prepare_old_rows(cx, table, &mut column).await?;
            let id = def.add_column(column);
            tags.extend(tag::resolve(cx, &spec.tags, TagSlot::Column(id))?);
            for constraint in spec.constraints {
                add_constraint(cx, &table.name, def, constraint)?;
            }
        }
        if !cursor.accept(&Token::Comma) {
            return Ok(tags);
        }
        // ADD a INT, b INT and ADD a INT, ADD b INT are both written.
        cursor.accept_keyword("ADD");
    }
}

/// What rows that are there already get in a new column.
pub(super) async fn prepare_old_rows(cx: &mut Context<'_>, table: &Object, column: &mut ColumnDef) -> Result<()> {
    let rows = cx.engine.storage.row_count(table.id, cx.engine.storage.current_seq(), None)?;
    match &column.default {
        Some(default) => {
            let expression = format!("CAST({default} AS {})", column.sql_type);
            let value = match crate::statement::evaluate(cx, &expression, &Binds::none()).await {
                Ok(value) => value,
                // No row has to take a value that does not fit.
                Err(_) if rows == 0 => return Ok(()),
                Err(error) => return Err(error),
            };
            if !value.is_null() {
                let array = value.scalar.to_array().map_err(SqlError::internal)?;
                column.initial = Some(InitialValue::new(array)?);
            }
        }
        None if !column.nullable && rows > 0 => {
            return Err(SqlError::compilation(
                2,
                "0A000",
                format_args!(
                    "Non-nullable column '{}' cannot be added to non-empty table '{}' unless it has a non-null default value.",
                    column.name, table.name
                ),
            ));
        }
        None if column.autoincrement.is_some() && rows > 0 => {
            return Err(SqlError::unsupported("ADD COLUMN ... AUTOINCREMENT on a table with rows"));
        }
        None => {}
    }
    Ok(())
}

fn drop(cursor: &mut Cursor<'_>, def: &mut TableDef) -> Result<()> {
    if constraint::drop(cursor, def)? {
        return Ok(());
    }
    if cursor.accept_keywords("CLUSTERING KEY") {
        def.cluster_by = None;
        return Ok(());
    }
    if cursor.accept_keywords("SEARCH OPTIMIZATION") {
        return search_optimization(cursor, def);
    }
    cursor.accept_keyword("COLUMN");
    let if_exists = cursor.accept_keywords("IF EXISTS");
    loop {
        let name = cursor.identifier()?;
        if def.columns.len() == 1 && def.column(&name).is_some() {
            return Err(SqlError::compilation(
                2,
                "0A000",
                format_args!("Cannot drop '{name}', the only column of the table."),
            ));
        }
        super::virtual_column::forbid_change(def, &name, "drop")?;
        if def.remove_column(&name).is_none() && !if_exists {
            return Err(SqlError::compilation(904, "42000", format_args!("column '{name}' does not exist")));
        }
        if !cursor.accept(&Token::Comma) {
            return Ok(());
        }
    }
}

/// `[ON method(columns), ..]` of the search optimization service, which makes queries faster elsewhere and changes no
/// answer: the columns must exist.
fn search_optimization(cursor: &mut Cursor<'_>, def: &TableDef) -> Result<()> {
    if !cursor.accept_keyword("ON") {
        return Ok(());
    }
    loop {
        let method = cursor.peek_word().filter(|word| ["EQUALITY", "SUBSTRING", "GEO", "FULL_TEXT"].contains(&&**word));
        if method.is_none() {
            return Err(cursor.unexpected());
        }
        cursor.next_token();
        let mut inside = Cursor::new(cursor.parenthesised()?)?;
        while !inside.at_end() && !inside.accept(&Token::Mul) {
            let name = inside.identifier()?;
            if def.column(&name).is_none() {
                return Err(SqlError::invalid_identifier(&name));
            }
            // A path into a VARIANT, and ANALYZER => '...'.
            while !inside.at_end() && !inside.accept(&Token::Comma) {
                inside.next_token();
            }
        }
        if !cursor.accept(&Token::Comma) {
            return Ok(());
        }
    }
}

fn rename_column(cursor: &mut Cursor<'_>, table: &Object, def: &mut TableDef) -> Result<()> {
    let old = cursor.identifier()?;
    cursor.expect_keywords("TO")?;
    let new = cursor.identifier()?;
    super::virtual_column::forbid_change(def, &old, "rename")?;
    if def.column(&old).is_some() && old != new && def.column(&new).is_some() {
        return Err(SqlError::already_exists(format_args!("{}.{new}", table.name)));
    }
    match def.column_mut(&old) {
        Some(column) => {
            column.name = new;
            Ok(())
        }
        None => Err(SqlError::does_not_exist("Object", old)),
    }
}

async fn alter_columns(
    cx: &mut Context<'_>,
    cursor: &mut Cursor<'_>,
    table: &Object,
    def: &mut TableDef,
) -> Result<()> {
    if constraint::alter(cursor, def)? {
        return Ok(());
    }
    let list = cursor.accept(&Token::LParen);
    loop {
        cursor.accept_keyword("COLUMN");
        let (line, position) = cursor.position();
        let name = cursor.identifier()?;
        if def.column(&name).is_none() {
            return Err(SqlError::compilation(
                904,
                "42000",
                format_args!("error line {line} at position {position}\ninvalid identifier '{name}'"),
            ));
        }
        alter_column(cx, cursor, table, def, &name).await?;
        if !cursor.accept(&Token::Comma) {
            break;
        }
        let _ = cursor.accept_keyword("ALTER") || cursor.accept_keyword("MODIFY");
    }
    if list {
        cursor.expect(&Token::RParen)?;
    }
    Ok(())
}

async fn alter_column(
    cx: &mut Context<'_>,
    cursor: &mut Cursor<'_>,
    table: &Object,
    def: &mut TableDef,
    name: &str,
) -> Result<()> {
    let nulls = cursor.peek_keywords("SET NOT NULL");
    if nulls && has_nulls(cx, table, name).await? {
        return Err(SqlError::compilation(
            2,
            "0A000",
            format_args!("Column '{name}' contains null values. Not null constraint cannot be added."),
        ));
    }
    let Some(column) = def.column_mut(name) else { return Err(SqlError::invalid_identifier(name)) };
    if cursor.accept_keywords("SET NOT NULL") {
        column.nullable = false;
    } else if cursor.accept_keywords("DROP NOT NULL") {
        column.nullable = true;
    } else if cursor.accept_keywords("DROP DEFAULT") {
        column.default = None;
    } else if cursor.accept_keywords("SET DEFAULT") {
        let sequence = |text: &str| text.to_uppercase().ends_with(".NEXTVAL");
        let new = cursor.rest().to_owned();
        if !sequence(&new) || !column.default.as_deref().is_some_and(sequence) {
            return Err(SqlError::unsupported("Alter Column Set Default"));
        }
        cursor.skip_to_end();
        column.default = Some(new);
    } else if cursor.accept_keyword("COMMENT") {
        column.comment = cursor.string()?;
    } else if cursor.accept_keywords("UNSET COMMENT") {
        column.comment.clear();
    } else {
        let _ = cursor.accept_keywords("SET DATA TYPE") || cursor.accept_keyword("TYPE");
        let wanted = cursor.data_type()?;
        change_type(column, wanted)?;
    }
    Ok(())
}

pub(super) async fn has_nulls(cx: &mut Context<'_>, table: &Object, column: &str) -> Result<bool> {
    let expression = format!(
        "(SELECT COUNT(*) FROM {} WHERE {} IS NULL) > 0",
        cx.engine.catalog.full_name(table)?,
        crate::parse::quote(column)
    );
    let value = crate::statement::evaluate(cx, &expression, &Binds::none()).await?;
    Ok(value == crate::statement::Value::boolean(true))
}

pub(super) fn change_type(column: &mut ColumnDef, wanted: SqlType) -> Result<()> {
    let reason = match (column.sql_type, wanted) {
        (SqlType::Varchar(old), SqlType::Varchar(new)) if new < old => {
            " because reducing the byte-length of a varchar is not supported."
        }
        (SqlType::Number { scale: old, .. }, SqlType::Number { scale: new, .. }) if new != old => {
            " because changing the scale of a number is not supported."
        }
        _ => "",
    };
    let allowed = match (column.sql_type, wanted) {
        (old, new) if old == new => true,
        (SqlType::Varchar(old), SqlType::Varchar(new)) => new >= old,
        (
            SqlType::Number { precision: old, scale: old_scale },
            SqlType::Number { precision: new, scale: new_scale },
        ) => old_scale == new_scale && new >= old,
        _ => false,
    };
    if !allowed {
        return Err(SqlError::compilation(
            2108,
            "22000",
            format_args!("cannot change column {} from type {} to {wanted}{reason}", column.name, column.sql_type),
        ));
    }
    column.sql_type = wanted;
    Ok(())
}

fn set(cx: &Context<'_>, cursor: &mut Cursor<'_>, table: &mut Object, def: &mut TableDef) -> Result<()> {
    while !cursor.at_end() {
        if retention(cursor, &mut def.retention_days, &mut def.max_extension_days)? {
        } else if cursor.accept_keyword("CHANGE_TRACKING") {
            let on = boolean_value(cursor)?;
            def.changes_from = match def.changes_from {
                _ if !on => None,
                Some(since) => Some(since),
                None => Some(cx.engine.storage.mark_version()?),
            };
        } else if cursor.accept_keyword("COMMENT") {
            table.comment = comment_value(cursor)?;
        } else if cursor.accept_keyword("ENABLE_SCHEMA_EVOLUTION") {
            def.schema_evolution = boolean_value(cursor)?;
        } else if !cursor.accept(&Token::Comma) {
            return Err(unknown(cursor, "TABLE"));
        }
    }
    Ok(())
}

fn unset(cursor: &mut Cursor<'_>, table: &mut Object, def: &mut TableDef) -> Result<()> {
    loop {
        if cursor.accept_keyword("DATA_RETENTION_TIME_IN_DAYS") {
            def.retention_days = None;
        } else if cursor.accept_keyword("MAX_DATA_EXTENSION_TIME_IN_DAYS") {
            def.max_extension_days = None;
        } else if cursor.accept_keyword("CHANGE_TRACKING") {
            def.changes_from = None;
        } else if cursor.accept_keyword("ENABLE_SCHEMA_EVOLUTION") {
            def.schema_evolution = false;
        } else if cursor.accept_keyword("COMMENT") {
            table.comment.clear();
        } else {
            return Err(cursor.unexpected());
        }
        if !cursor.accept(&Token::Comma) {
            return Ok(());
        }
    }
}
