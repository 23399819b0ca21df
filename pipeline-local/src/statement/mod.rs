//! Running statements.

mod context;
mod ddl;
mod describe;
pub(crate) mod dml;
pub(crate) mod get_ddl;
mod grant;
mod identifiers;
pub(crate) mod information_schema;
pub(crate) mod kind;
mod names;
mod privilege;
pub(crate) mod query;
pub mod result;
pub mod session;
mod show;
pub mod transaction;

use std::pin::Pin;

pub use context::{Context, Frame, TaskRun};
pub(crate) use grant::routine;
pub use result::{Binds, DmlStats, QueryResult, ResultColumn, StatementType, Value, schema_of};

use crate::error::Result;
use crate::parse::{self, Statement};
use crate::plan::{self, Special};
use crate::types::SqlType;

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
pub fn execute_parsed<'c>(cx: &'c mut Context<'_>, statement: &'c Statement, binds: &'c Binds) -> Running<'c> {
    Box::pin(async move {
        match statement {
            Statement::Query(query, sql) => query::run(cx, query, sql, binds, Special::new()).await,
            Statement::Dml(dml, sql) => dml::run(cx, dml, sql, binds, Special::new()).await,
            Statement::Explain(statement) => query::explain(cx, statement, binds),
            Statement::Pipe(statements) => query::pipe(cx, statements, binds).await,
            Statement::Session(text) => session::run(cx, text, binds).await,
            Statement::Call(text) => crate::procedure::call(cx, text, binds).await,
            Statement::Block(text) => crate::scripting::run_anonymous(cx, text, binds).await,
            Statement::ExecuteImmediate(text) => crate::scripting::execute_immediate(cx, text, binds).await,
            Statement::Truncate(text)
            | Statement::Ddl(text)
            | Statement::Grant(text)
            | Statement::Procedure(text)
            | Statement::Function(text)
            | Statement::Task(text)
            | Statement::Integration(text)
            | Statement::Transaction(text)
            | Statement::Show(text)
            | Statement::Describe(text) => {
                let text = crate::scripting::with_values(cx, text, binds).await?;
                let text = identifiers::resolved(cx, &text)?.into_owned();
                execute_text(cx, statement, &text).await
            }
        }
    })
}

/// Runs a statement whose text holds its values.
async fn execute_text(cx: &mut Context<'_>, statement: &Statement, text: &str) -> Result<QueryResult> {
    let alters = matches!(
        statement,
        Statement::Ddl(_)
            | Statement::Procedure(_)
            | Statement::Function(_)
            | Statement::Task(_)
            | Statement::Integration(_)
    );
    if alters && let Some(change) = crate::tag::Change::read(cx, text)? {
        transaction::commit_before_ddl(cx)?;
        return change.run(cx);
    }
    match statement {
        Statement::Truncate(_) => dml::truncate(cx, text).await,
        Statement::Ddl(_) => {
            transaction::commit_before_ddl(cx)?;
            ddl::run(cx, text).await
        }
        Statement::Grant(_) => {
            transaction::commit_before_ddl(cx)?;
            grant::run(cx, text)
        }
        Statement::Procedure(_) => {
            commit_before_change(cx, text)?;
            crate::procedure::execute(cx, text).await
        }
        Statement::Function(_) => {
            commit_before_change(cx, text)?;
            crate::udf::execute(cx, text)
        }
        Statement::Task(_) => {
            commit_before_change(cx, text)?;
            crate::task::execute(cx, text).await
        }
        Statement::Integration(_) => {
            commit_before_change(cx, text)?;
            crate::notification::execute(cx, text).await
        }
        Statement::Transaction(_) => transaction::run(cx, text),
        Statement::Show(_) => show::run(cx, text),
        Statement::Describe(_) => describe::run(cx, text),
        _ => Err(crate::SqlError::internal("a statement that is not run by its text")),
    }
}

/// Like DDL, unless the statement only lists, describes or starts something.
fn commit_before_change(cx: &mut Context<'_>, text: &str) -> Result<()> {
    match parse::Cursor::new(text)?.peek_word().as_deref() {
        Some("CREATE" | "ALTER" | "DROP") => transaction::commit_before_ddl(cx),
        _ => Ok(()),
    }
}

/// The columns that a statement would answer with, and its kind, without running it. SHOW and DESCRIBE, which change
/// nothing, run.
pub fn describe<'c>(
    cx: &'c mut Context<'_>,
    sql: &'c str,
    binds: &'c Binds,
) -> Running<'c, (Vec<ResultColumn>, StatementType)> {
    Box::pin(async move {
        use datafusion::sql::sqlparser::ast;
        let count = |name: &str| ResultColumn {
            name: name.to_owned(),
            sql_type: SqlType::Number { precision: 19, scale: 0 },
            nullable: false,
        };
        let status = || vec![ResultColumn::new("status", SqlType::TEXT)];
        let statement = parse::statement(sql)?;
        Ok(match &statement {
            Statement::Query(query, sql) => {
                let mut special = Special::new();
                let called = crate::procedure::describe_from(cx, query.as_ref(), sql, &mut special)?;
                let planned = plan::plan(cx, called.as_ref().unwrap_or(query), sql, binds, special)?;
                (planned.ready.columns, StatementType::Select)
            }
            Statement::Dml(dml, _) => match dml.as_ref() {
                ast::Statement::Update(_) => (
                    vec![count("number of rows updated"), count("number of multi-joined rows updated")],
                    StatementType::Update,
                ),
                ast::Statement::Delete(_) => (vec![count("number of rows deleted")], StatementType::Delete),
                ast::Statement::Merge(_) => (vec![count("number of rows inserted")], StatementType::Merge),
                _ => (vec![count("number of rows inserted")], StatementType::Insert),
            },
            Statement::Explain(_) => (vec![ResultColumn::new("content", SqlType::TEXT)], StatementType::Explain),
            Statement::Show(_) | Statement::Describe(_) => {
                let result = execute_parsed(cx, &statement, binds).await?;
                (result.columns, result.statement_type)
            }
            Statement::Pipe(_) | Statement::Call(_) | Statement::Block(_) | Statement::ExecuteImmediate(_) => {
                (Vec::new(), StatementType::Call)
            }
            Statement::Transaction(_) => (status(), StatementType::Transaction),
            Statement::Session(_) => (status(), StatementType::Session),
            _ => (status(), StatementType::Ddl),
        })
    })
}

/// Computes one scalar expression, which may hold subqueries.
pub fn evaluate<'c>(cx: &'c mut Context<'_>, expression: &'c str, binds: &'c Binds) -> Running<'c, Value> {
    Box::pin(query::evaluate(cx, expression, binds))
}
