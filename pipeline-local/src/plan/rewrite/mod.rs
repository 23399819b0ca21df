//! Rewriting a parsed query into what DataFusion's planner understands in Snowflake's sense: every clause is claimed or
//! refused by name, operators and special syntax become function calls, binds become typed parameters.

mod call;
mod columns;
mod expression;
mod query;
mod relation;
mod scope;
mod values;

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, Query, Select, TableFactor, Value as Literal, VisitMut, VisitorMut, With};

use super::ast::literal;
use super::provider::Provider;
use crate::error::{Result, SqlError};
use crate::exec::{Binds, Value};

pub(super) use columns::shown;

/// Rewrites one query; collects the parameters that replace binds and constants.
pub(super) struct Rewriter<'r, 'p, 'a> {
    pub(super) provider: &'r Provider<'p, 'a>,
    pub(super) binds: &'r Binds,
    /// The values of `$1`, `$2`, ... in the rewritten query.
    pub(super) parameters: Vec<Value>,
    /// The WITH clauses around the place that is rewritten, as they were written.
    pub(super) withs: Vec<Option<With>>,
    depth: usize,
}

/// A text that never occurs in a name, before the number that makes a repeated column name unique.
pub(super) const REPEATED: char = '\u{1}';

impl<'r, 'p, 'a> Rewriter<'r, 'p, 'a> {
    pub(super) fn new(provider: &'r Provider<'p, 'a>, binds: &'r Binds) -> Self {
        Self { provider, binds, parameters: Vec::new(), withs: Vec::new(), depth: 0 }
    }

    pub(super) fn rewrite(&mut self, node: &mut impl VisitMut) -> Result<()> {
        match node.visit(self) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(error) => Err(error),
        }
    }

    /// A parameter with this value.
    fn parameter(&mut self, value: Value) -> Expr {
        let index = match self.parameters.iter().position(|known| *known == value) {
            Some(index) => index,
            None => {
                self.parameters.push(value);
                self.parameters.len() - 1
            }
        };
        literal(Literal::Placeholder(format!("${}", index + 1)))
    }

    /// The value of `?`, `:1`, `:name`, `$name`.
    fn bound(&mut self, placeholder: &str) -> Result<Option<Value>> {
        if let Some(index) = placeholder.strip_prefix('?') {
            // The parser has numbered them.
            let index = index.parse::<usize>().unwrap_or(1);
            let value = self.binds.positional.get(index - 1).cloned();
            return value.map(Some).ok_or_else(|| SqlError::compilation(2049, "42601", "Bind variable ? not set."));
        }
        if let Some(name) = placeholder.strip_prefix(':') {
            let value = match name.parse::<usize>() {
                Ok(index) => self.binds.positional.get(index.wrapping_sub(1)),
                Err(_) => self.binds.named.get(&name.to_ascii_uppercase()).or_else(|| self.binds.named.get(name)),
            };
            return value.cloned().map(Some).ok_or_else(|| {
                SqlError::compilation(2049, "42601", format_args!("Bind variable {placeholder} not set."))
            });
        }
        let name = placeholder.trim_start_matches('$');
        if name.parse::<usize>().is_ok() {
            return Ok(None);
        }
        if self.provider.cx.borrow().frame.owners_rights {
            return Err(SqlError::compilation(
                1059,
                "42601",
                format_args!(
                    "Use of session variable '${}' is not allowed in owners rights stored procedure",
                    name.to_ascii_uppercase()
                ),
            ));
        }
        let value = self.provider.cx.borrow().session.variables.get(&name.to_ascii_uppercase()).cloned();
        value.map(Some).ok_or_else(|| {
            SqlError::compilation(
                2211,
                "02000",
                format_args!("Session variable '${}' does not exist", name.to_ascii_uppercase()),
            )
        })
    }

    /// A copy for evaluating a constant in the middle of a rewrite.
    pub(super) fn constant(&self, expression: &Expr) -> Result<Value> {
        self.provider.constant(expression, self.binds)
    }
}

impl VisitorMut for Rewriter<'_, '_, '_> {
    type Break = SqlError;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<SqlError> {
        self.depth += 1;
        scope::rename(query, &self.withs);
        self.withs.push(query.with.clone());
        flow(self.query(query))
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<SqlError> {
        self.depth -= 1;
        self.withs.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<SqlError> {
        flow(self.select(select))
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<SqlError> {
        flow(self.table_factor(factor))
    }

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<SqlError> {
        flow(self.expression(expression))
    }
}

fn flow(result: Result<()>) -> ControlFlow<SqlError> {
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    }
}
