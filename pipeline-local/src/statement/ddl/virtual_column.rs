//! Virtual columns, `name [type] AS (expression)`.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-table>

use crate::catalog::def::TableDef;
use crate::error::{Result, SqlError};
use crate::statement::Context;
use crate::types::{DEFAULT_VARCHAR_LENGTH, SqlType};

/// The type of a virtual column that was declared without one, until its expression has been looked at.
pub(super) const UNTYPED: SqlType = SqlType::Varchar(0);

/// # Errors
/// When a virtual column is computed from the column of this name. `verb` is what was to be done.
pub(super) fn forbid_change(def: &TableDef, name: &str, verb: &str) -> Result<()> {
    let Some(changed) = def.column(name) else { return Ok(()) };
    for column in &def.columns {
        let Some(expression) = &column.expression else { continue };
        let what = format!("Virtual column '{}'", column.name);
        if super::check::reads(def, expression, &what, "AS")?.contains(&changed.id) {
            return Err(SqlError::compilation(
                2,
                "0A000",
                format_args!("Cannot {verb} column '{name}': virtual column '{}' is computed from it.", column.name),
            ));
        }
    }
    Ok(())
}

/// Checks the expressions of a new table's virtual columns, and gives those without a type that of their expression.
///
/// # Errors
/// When an expression reads what is no column of the table declared before, or does not depend on the row alone.
pub(super) fn check(cx: &mut Context<'_>, def: &mut TableDef) -> Result<()> {
    for index in 0..def.columns.len() {
        let Some(expression) = def.columns[index].expression.clone() else { continue };
        let name = def.columns[index].name.clone();
        let what = format!("Virtual column '{name}'");
        let read = super::check::reads(def, &expression, &what, "AS")?;
        let later =
            |id: &u32| def.columns[index..].iter().any(|column| column.id == *id && column.expression.is_some());
        if read.iter().any(later) {
            return Err(SqlError::compilation(
                2,
                "0A000",
                format_args!("{what} can only use virtual columns that are declared before it: AS ({expression})"),
            ));
        }
        let found = super::check::type_of(cx, def, &expression)?;
        let column = &mut def.columns[index];
        if column.sql_type == UNTYPED {
            column.sql_type = match found {
                Some(SqlType::Varchar(_)) | None => SqlType::Varchar(DEFAULT_VARCHAR_LENGTH),
                Some(other) => other,
            };
        }
    }
    Ok(())
}
