//! Running statements.

mod context;
pub mod result;
pub mod session;
pub mod transaction;

use std::pin::Pin;

pub use context::{Context, Frame, TaskRun};
pub use result::{Binds, DmlStats, QueryResult, ResultColumn, StatementType, Value, schema_of};

use crate::error::{Result, SqlError};
use crate::parse::{self, Statement};

/// A running statement; boxed, because statements call statements.
pub type Running<'c, T = QueryResult> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'c>>;

/// Parses and runs one statement. Outside an explicit transaction it commits by itself; when it fails, nothing of it stays.
pub fn execute<'c>(cx: &'c mut Context<'_>, sql: &'c str, binds: &'c Binds) -> Running<'c> {
    Box::pin(async move {
        let statement = parse::statement(sql)?;
        execute_parsed(cx, &statement, binds).await
    })
}

/// Like [`execute`], for a statement parsed before.
pub fn execute_parsed<'c>(_cx: &'c mut Context<'_>, statement: &'c Statement, _binds: &'c Binds) -> Running<'c> {
    Box::pin(async move { Err(SqlError::unsupported(format_args!("{statement:?}"))) })
}

/// The columns that a statement would answer with, and its kind, without running it.
pub fn describe<'c>(
    _cx: &'c mut Context<'_>,
    sql: &'c str,
    _binds: &'c Binds,
) -> Running<'c, (Vec<ResultColumn>, StatementType)> {
    Box::pin(async move { Err(SqlError::unsupported(sql)) })
}

/// Computes one scalar expression, which may hold subqueries.
pub fn evaluate<'c>(_cx: &'c mut Context<'_>, expression: &'c str, _binds: &'c Binds) -> Running<'c, Value> {
    Box::pin(async move { Err(SqlError::unsupported(expression)) })
}
