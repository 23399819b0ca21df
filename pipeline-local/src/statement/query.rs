//! SELECT, EXPLAIN and pipes.

use datafusion::sql::sqlparser::ast;

use super::{Binds, Context, QueryResult, ResultColumn, Running, StatementType, Value, execute_parsed};
use crate::error::{Result, SqlError};
use crate::parse::{self, Statement};
use crate::plan::{self, Special};
use crate::types::SqlType;

/// Runs a query. `special` holds relations that its names may mean.
pub(crate) async fn run(
    cx: &mut Context<'_>,
    query: &ast::Query,
    sql: &str,
    binds: &Binds,
    mut special: Special,
) -> Result<QueryResult> {
    let called = crate::procedure::select_from(cx, query, sql, binds, &mut special).await?;
    let query = called.as_ref().unwrap_or(query);
    let planned = plan::plan(cx, query, sql, binds, special)?;
    let batches = planned.ready.collect().await?;
    Ok(QueryResult {
        columns: planned.ready.columns.clone(),
        batches,
        statement_type: StatementType::Select,
        dml: None,
    })
}

/// Runs the statements of `a ->> b ->> c`; `$1` in each is the result of the one before it, `$2` of the one before that.
pub(crate) fn pipe<'c>(cx: &'c mut Context<'_>, statements: &'c [Statement], binds: &'c Binds) -> Running<'c> {
    Box::pin(async move {
        let mut results: Vec<QueryResult> = Vec::new();
        for statement in statements {
            let mut special = Special::new();
            for (back, result) in results.iter().rev().enumerate() {
                special.insert(parse::pipe_source(&(back + 1).to_string()), plan::rows(result)?);
            }
            let result = match statement {
                Statement::Query(query, sql) => run(cx, query, sql, binds, special).await?,
                Statement::Dml(dml, sql) => super::dml::run(cx, dml, sql, binds, special).await?,
                other => execute_parsed(cx, other, binds).await?,
            };
            results.push(result);
        }
        results.pop().ok_or_else(|| SqlError::internal("an empty pipe"))
    })
}

/// Computes one scalar expression.
pub(crate) async fn evaluate(cx: &mut Context<'_>, expression: &str, binds: &Binds) -> Result<Value> {
    let query = parse::expression(expression)?;
    let planned = plan::plan(cx, &query, expression, binds, Special::new())?;
    let columns = planned.ready.columns.clone();
    let batches = planned.ready.collect().await?;
    let result = QueryResult { columns, batches, statement_type: StatementType::Select, dml: None };
    result.value(0, 0)?.ok_or_else(|| SqlError::internal(format_args!("'{expression}' has no value")))
}

/// EXPLAIN: the operators of the plan, one a line.
pub(crate) fn explain(cx: &mut Context<'_>, statement: &Statement, binds: &Binds) -> Result<QueryResult> {
    let Statement::Query(query, sql) = statement else {
        return Err(SqlError::unsupported("EXPLAIN of anything but a query"));
    };
    let planned = plan::plan(cx, query, sql, binds, Special::new())?;
    let rows: Vec<_> = planned.ready.explain().lines().map(|line| vec![Value::text(line)]).collect();
    QueryResult::rows(StatementType::Explain, vec![ResultColumn::new("content", SqlType::TEXT)], &rows)
}
