//! What the scripting body of a function may hold: variables, control flow and expressions of built-in functions. No
//! statements, no queries, no other user-defined functions.
//!
//! <https://docs.snowflake.com/en/developer-guide/udf/sql/udf-sql-procedural-functions>

use std::fmt;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, Query, Visit, Visitor};

use crate::scripting::ast::{
    Block, Declaration, DeclarationKind, Expression, Initializer, LoopKind, Statement, StatementKind,
};
use crate::{Result, SqlError, parse, plan, scripting};

/// Parses the body and refuses what a function may not do.
pub(super) fn check(body: &str) -> Result<()> {
    block(&scripting::parse_block(body)?)
}

fn refused(what: impl fmt::Display) -> SqlError {
    SqlError::new(2262, "42601", format!("SQL compilation error: Compilation of SQL UDF failed: {what}"))
}

fn statement_refused(what: &str) -> SqlError {
    refused(format_args!("Unsupported statement type for Snowscript UDF: {what}"))
}

fn block(block: &Block) -> Result<()> {
    for entry in &block.declarations {
        declaration(entry)?;
    }
    statements(&block.body)?;
    block.handlers.iter().try_for_each(|handler| statements(&handler.body))
}

fn declaration(declaration: &Declaration) -> Result<()> {
    match &declaration.kind {
        DeclarationKind::Variable { default, .. } => default.as_ref().map_or(Ok(()), initializer),
        DeclarationKind::Exception { .. } => Ok(()),
        DeclarationKind::Cursor(_) => Err(statement_refused("cursor declaration")),
        DeclarationKind::ResultSet(_) => Err(statement_refused("resultset declaration")),
        DeclarationKind::Procedure(_) => Err(statement_refused("procedure declaration")),
    }
}

fn initializer(initializer: &Initializer) -> Result<()> {
    match initializer {
        Initializer::Expression(checked) => expression(checked),
        Initializer::Statement(statement) => Err(match &statement.kind {
            StatementKind::Sql(sql) => expression_refused(&sql.text),
            _ => statement_refused("query statement"),
        }),
        Initializer::Async(_) => Err(statement_refused("async statement")),
    }
}

fn statements(statements: &[Statement]) -> Result<()> {
    statements.iter().try_for_each(statement)
}

fn branches(branches: &[(Expression, Vec<Statement>)], otherwise: &[Statement]) -> Result<()> {
    for (condition, body) in branches {
        expression(condition)?;
        statements(body)?;
    }
    statements(otherwise)
}

fn statement(statement: &Statement) -> Result<()> {
    match &statement.kind {
        StatementKind::Sql(_) | StatementKind::Call { .. } | StatementKind::ExecuteImmediate { .. } => {
            Err(statement_refused("query statement"))
        }
        StatementKind::Async(_) | StatementKind::Await(_) | StatementKind::Cancel(_) => {
            Err(statement_refused("async statement"))
        }
        StatementKind::SelectInto { .. } => Err(statement_refused("select into statement")),
        StatementKind::Open { .. } => Err(statement_refused("open statement")),
        StatementKind::Fetch { .. } => Err(statement_refused("fetch statement")),
        StatementKind::Close(_) => Err(statement_refused("close statement")),
        StatementKind::ReturnTable(_) => Err(statement_refused("return table statement")),
        StatementKind::Log { arguments, .. } => arguments.iter().try_for_each(expression),
        StatementKind::Block(inner) => block(inner),
        StatementKind::Let(entry) => declaration(entry),
        StatementKind::Assign { value, .. } => initializer(value),
        StatementKind::If { branches: of, otherwise } => branches(of, otherwise),
        StatementKind::Case { operand, branches: of, otherwise } => {
            operand.as_ref().map_or(Ok(()), expression)?;
            branches(of, otherwise)
        }
        StatementKind::Loop { kind, body, .. } => {
            match kind {
                LoopKind::Range { from, to, .. } => {
                    expression(from)?;
                    expression(to)?;
                }
                LoopKind::Rows { .. } => return Err(statement_refused("cursor for loop")),
                LoopKind::While(condition) | LoopKind::Repeat(condition) => expression(condition)?,
                LoopKind::Forever => {}
            }
            statements(body)
        }
        StatementKind::Return(value) => value.as_ref().map_or(Ok(()), initializer),
        StatementKind::Null | StatementKind::Break(_) | StatementKind::Continue(_) | StatementKind::Raise(_) => Ok(()),
    }
}

fn expression_refused(text: &str) -> SqlError {
    refused(format_args!("Unsupported expression for Snowscript UDF: {text}"))
}

fn expression(checked: &Expression) -> Result<()> {
    let query = parse::expression(&checked.text)?;
    match query.visit(&mut Foreign { outermost: true }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(expression_refused(&checked.text)),
    }
}

/// Stops at subqueries and at functions that are not built in.
struct Foreign {
    /// Whether the query that wraps the expression is still to come.
    outermost: bool,
}

impl Visitor for Foreign {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        if std::mem::replace(&mut self.outermost, false) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        match expression {
            Expr::Function(function) if !plan::is_built_in(&function.name) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_functions() {
        for (body, expected) in [
            ("BEGIN RETURN ABS(-1) + LENGTH('a'); END", ""),
            ("DECLARE x INT DEFAULT 1; BEGIN WHILE (x < 3) DO x := x + 1; END WHILE; RETURN x; END", ""),
            (
                "BEGIN FOR i IN 1 TO 3 DO NULL; END FOR; EXCEPTION WHEN OTHER THEN RETURN CASE WHEN 1 = 1 THEN 2 END; END",
                "",
            ),
            ("BEGIN RETURN IFF(CURRENT_DATE() > '2020-01-01', 1, 0); END", ""),
            ("BEGIN DELETE FROM t; END", "statement type for Snowscript UDF: query statement"),
            ("BEGIN IF (1 = 1) THEN CALL p(); END IF; END", "statement type for Snowscript UDF: query statement"),
            ("BEGIN LET x INT; SELECT 1 INTO :x; END", "statement type for Snowscript UDF: select into statement"),
            ("DECLARE c CURSOR FOR SELECT 1; BEGIN NULL; END", "statement type for Snowscript UDF: cursor declaration"),
            ("BEGIN RETURN 1 + (SELECT 1); END", "Unsupported expression for Snowscript UDF"),
            ("BEGIN RETURN (SELECT 1); END", "Unsupported expression for Snowscript UDF"),
            ("BEGIN LET x := mine(1); END", "Unsupported expression for Snowscript UDF: mine(1)"),
        ] {
            let found = check(body).map_or_else(|error| error.message, |()| String::new());
            assert!(found.contains(expected) && found.is_empty() == expected.is_empty(), "{body}: {found}");
        }
    }
}
