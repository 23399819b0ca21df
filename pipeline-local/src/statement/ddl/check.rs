//! The conditions of CHECK constraints when they are declared.
//!
//! <https://docs.snowflake.com/en/sql-reference/constraints-overview>

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, visit_expressions};

use crate::catalog::def::TableDef;
use crate::error::{Result, SqlError};
use crate::parse;
use crate::plan::{self, Special};
use crate::statement::{Binds, Context};
use crate::types::SqlType;

/// The name under which the condition finds the columns.
const ROWS: &str = "$CHECKED";

/// Checks a condition over the columns of a table; the identities of those that it reads.
///
/// # Errors
/// When it is not a condition over these columns, or uses what a CHECK constraint must not: subqueries, aggregate and
/// window functions, user-defined functions, and functions whose value changes.
pub(super) fn columns(cx: &mut Context<'_>, def: &TableDef, condition: &str) -> Result<Vec<u32>> {
    let read = reads(def, condition, "A CHECK constraint", "CHECK")?;
    match type_of(cx, def, condition)? {
        Some(SqlType::Boolean) => Ok(read),
        other => Err(SqlError::compilation(
            2016,
            "22000",
            format_args!(
                "Invalid data type [{}] for predicate [{condition}] of a CHECK constraint; it must be BOOLEAN",
                other.unwrap_or(SqlType::Variant)
            ),
        )),
    }
}

/// The type of an expression over the columns of a table.
pub(super) fn type_of(cx: &mut Context<'_>, def: &TableDef, expression: &str) -> Result<Option<SqlType>> {
    let text = format!("SELECT ({expression}) AS HOLDS FROM \"{ROWS}\"");
    let special = Special::from([(ROWS.to_owned(), plan::memory(plan::schema_of(def), Vec::new())?)]);
    let planned = plan::plan(cx, &*parse::query(&text)?, &text, &Binds::none(), special)?;
    Ok(planned.ready.columns.first().map(|column| column.sql_type))
}

/// The identities of the columns that an expression reads, which depends on one row only. `what` and `keyword` name it in
/// errors.
pub(super) fn reads(def: &TableDef, condition: &str, what: &str, keyword: &str) -> Result<Vec<u32>> {
    let query = parse::expression(condition)?;
    let mut read = Vec::new();
    let flow = visit_expressions(&query, |node: &Expr| {
        match node {
            Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => {
                return ControlFlow::Break("a subquery".to_owned());
            }
            Expr::Function(function) => {
                let name = function.name.to_string();
                if function.over.is_some() || plan::is_aggregate(&name) {
                    return ControlFlow::Break(format!("the aggregate or window function {name}"));
                }
                if !plan::is_built_in(&function.name) {
                    return ControlFlow::Break(format!("the user-defined function {name}"));
                }
                if plan::varies(&name) {
                    return ControlFlow::Break(format!("the function {name}, whose value changes"));
                }
            }
            Expr::Identifier(name) => {
                if let Some(column) = def.column(&name.value)
                    && !read.contains(&column.id)
                {
                    read.push(column.id);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    });
    if let ControlFlow::Break(found) = flow {
        return Err(SqlError::compilation(
            2,
            "0A000",
            format_args!("{what} cannot use {found}: {keyword} ({condition})"),
        ));
    }
    Ok(read)
}
