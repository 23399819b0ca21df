//! CREATE OR ALTER TABLE of a table that exists: what differs is altered, rows stay.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-table#create-or-alter-table>

use crate::catalog::Object;
use crate::catalog::def::{ColumnDef, ConstraintDef, TableDef};
use crate::error::{Result, SqlError};
use crate::statement::{Context, QueryResult};

use super::added_default;
use super::alter_table::{change_type, has_nulls, prepare_old_rows};
use super::altered;

/// Makes a table what `wanted` says. CHANGE_TRACKING stays as it is where `tracking` says nothing; every other property
/// that `wanted` does not set is unset.
///
/// # Errors
/// For a change that ALTER TABLE does not make either, and for columns in another order.
pub(super) async fn alter_to(
    cx: &mut Context<'_>,
    mut table: Object,
    mut wanted: TableDef,
    comment: String,
    tracking: Option<bool>,
) -> Result<QueryResult> {
    cx.require_ownership(&table)?;
    let old: TableDef = table.definition()?;
    if old.kind != wanted.kind {
        return Err(refused(&table, "make it permanent, transient or temporary"));
    }
    // The identities that `wanted` gave to its columns, which its constraints use, and the names behind them.
    let names: Vec<(u32, String)> = wanted.columns.iter().map(|column| (column.id, column.name.clone())).collect();
    let mut def = TableDef { columns: Vec::new(), constraints: Vec::new(), ..old.clone() };
    let mut last = None;
    for column in std::mem::take(&mut wanted.columns) {
        match old.columns.iter().position(|known| known.name == column.name) {
            Some(index) => {
                if last.is_some_and(|last| last > index) {
                    return Err(refused(
                        &table,
                        &format!("move column '{}'; new columns come last, the others keep their order", column.name),
                    ));
                }
                last = Some(index);
                def.columns.push(merged(cx, &table, &old.columns[index], column).await?);
            }
            None => {
                if column.expression.is_some() {
                    return Err(refused(&table, &format!("add the virtual column '{}'", column.name)));
                }
                added_default::check(&column)?;
                let mut column = column;
                prepare_old_rows(cx, &table, &mut column).await?;
                def.add_column(column);
                last = Some(usize::MAX);
            }
        }
    }
    for constraint in wanted.constraints {
        let columns = constraint.columns.iter().filter_map(|id| {
            let (_, name) = names.iter().find(|(known, _)| known == id)?;
            def.column(name).map(|column| column.id)
        });
        def.constraints.push(ConstraintDef { columns: columns.collect(), ..constraint });
    }
    def.retention_days = wanted.retention_days;
    def.max_extension_days = wanted.max_extension_days;
    def.cluster_by = wanted.cluster_by;
    def.changes_from = match tracking {
        Some(false) => None,
        Some(true) if old.changes_from.is_none() => Some(cx.engine.storage.mark_version()?),
        _ => old.changes_from,
    };
    table.comment = comment;
    table.set_definition(&def)?;
    cx.engine.catalog.update(&table)?;
    Ok(altered())
}

/// A column that stays, with what is new about it.
async fn merged(cx: &mut Context<'_>, table: &Object, old: &ColumnDef, wanted: ColumnDef) -> Result<ColumnDef> {
    let mut column = old.clone();
    change_type(&mut column, wanted.sql_type)?;
    if old.nullable && !wanted.nullable && has_nulls(cx, table, &old.name).await? {
        return Err(SqlError::compilation(
            2,
            "0A000",
            format_args!("Column '{}' contains null values. Not null constraint cannot be added.", old.name),
        ));
    }
    column.nullable = wanted.nullable;
    let sequence = |text: &Option<String>| text.as_ref().is_some_and(|text| text.to_uppercase().ends_with(".NEXTVAL"));
    if wanted.default != old.default
        && wanted.default.is_some()
        && !(sequence(&old.default) && sequence(&wanted.default))
    {
        return Err(refused(table, &format!("change the DEFAULT of column '{}'", old.name)));
    }
    if wanted.expression != old.expression {
        return Err(refused(table, &format!("change AS of column '{}'", old.name)));
    }
    column.default = wanted.default;
    if wanted.autoincrement != old.autoincrement {
        return Err(refused(table, &format!("change AUTOINCREMENT of column '{}'", old.name)));
    }
    column.comment = wanted.comment;
    Ok(column)
}

fn refused(table: &Object, what: &str) -> SqlError {
    SqlError::compilation(2, "0A000", format_args!("CREATE OR ALTER TABLE '{}' cannot {what}.", table.name))
}
