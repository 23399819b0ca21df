//! Snowflake Scripting: blocks of SQL with variables, loops, cursors and exceptions.
//!
//! A block is parsed as a whole ([`parse_block`]), its names are checked before anything runs, and its statements go back
//! to the engine one by one with the variables they read as binds.

pub mod ast;
mod check;
mod interpreter;
mod marks;
mod parser;
mod raised;
mod scope;
mod simple;
#[cfg(test)]
mod tests;
mod tokens;
mod value;

pub use ast::Block;
pub(crate) use interpreter::{Child, Returned, convert};
pub(crate) use marks::with_values;
pub use parser::parse_block;

use std::sync::Arc;

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::exec::{self, Binds, Context, QueryResult, ResultColumn, Running, StatementType, Value};
use crate::parse::Cursor;
use crate::{Result, SqlError};
use marks::placeholders;

/// Runs the body of a procedure with its arguments.
pub(crate) async fn run_body(cx: &mut Context<'_>, block: &Block, arguments: Vec<(String, Value)>) -> Result<Returned> {
    Ok(run_procedure(cx, block, arguments).await?.0)
}

/// The same for a procedure: also what its arguments are in the end, in their order.
pub(crate) async fn run_procedure(
    cx: &mut Context<'_>,
    block: &Block,
    arguments: Vec<(String, Value)>,
) -> Result<(Returned, Vec<Value>)> {
    let names: Vec<String> = arguments.iter().map(|(name, _)| name.clone()).collect();
    check::check(block, &names)?;
    let mut interpreter = interpreter::Interpreter::new(arguments);
    let returned = interpreter.run(cx, block).await?;
    Ok((returned, names.iter().filter_map(|name| interpreter.argument(name)).collect()))
}

/// What a scalar RETURN or a table comes to as the result of a statement.
pub(crate) fn result_of(returned: Returned, column: &str, statement_type: StatementType) -> Result<QueryResult> {
    match returned {
        Returned::Value(value) => {
            let columns = vec![ResultColumn::new(column, value.sql_type)];
            QueryResult::rows(statement_type, columns, &[vec![value]])
        }
        Returned::Table(rows) => {
            let mut result = Arc::unwrap_or_clone(rows);
            result.statement_type = statement_type;
            result.dml = None;
            Ok(result)
        }
    }
}

/// Runs an anonymous block: `text` is the whole statement.
pub fn run_anonymous<'c>(cx: &'c mut Context<'_>, text: &'c str, binds: &'c Binds) -> Running<'c> {
    Box::pin(async move {
        let (text, arguments) = placeholders(text, binds)?;
        let block = parse_block(&text)?;
        let returned = run_body(cx, &block, arguments).await?;
        result_of(returned, "anonymous block", StatementType::Call)
    })
}

/// `EXECUTE IMMEDIATE { 'text' | $variable | expression } [USING (..)]` at the top level: `text` is the whole statement.
pub fn execute_immediate<'c>(cx: &'c mut Context<'_>, text: &'c str, binds: &'c Binds) -> Running<'c> {
    Box::pin(async move {
        let mut cursor = Cursor::new(text)?;
        cursor.expect_keywords("EXECUTE IMMEDIATE")?;
        if cursor.peek_keyword("FROM") {
            return Err(SqlError::unsupported("EXECUTE IMMEDIATE FROM"));
        }
        let start = cursor.offset();
        let literal = cursor.accept_string();
        let whole = literal.is_some() && (cursor.at_end() || cursor.peek_keyword("USING"));
        let sql = match literal {
            Some(sql) if whole => sql,
            _ => {
                while !cursor.at_end() && !cursor.peek_keyword("USING") {
                    cursor.next_token();
                }
                let value = exec::evaluate(cx, cursor.text_since(start), binds).await?;
                let value = convert(cx, value, crate::types::SqlType::TEXT).await?;
                let datafusion::common::ScalarValue::Utf8(Some(sql)) = value.scalar else {
                    return Err(SqlError::compilation(
                        900,
                        "42601",
                        "EXECUTE IMMEDIATE: the text of the statement is NULL.",
                    ));
                };
                sql
            }
        };
        let mut inner = Binds::default();
        if cursor.accept_keyword("USING") {
            let list = cursor.parenthesised()?;
            let mut items = Cursor::new(list)?;
            while !items.at_end() {
                let start = items.offset();
                items.expression()?;
                inner.positional.push(exec::evaluate(cx, items.text_since(start), binds).await?);
                if !items.accept(&Token::Comma) {
                    items.expect_end()?;
                }
            }
        }
        cursor.expect_end()?;
        exec::execute(cx, &sql, &inner).await
    })
}

/// The engine's time in microseconds since 1970.
fn now(cx: &Context<'_>) -> i64 {
    cx.engine.clock.now()
}
