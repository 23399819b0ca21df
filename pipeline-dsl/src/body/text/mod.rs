//! Statements and expressions as SQL text, which procedures of both languages have in common.

mod call;
mod carry;
mod dml;
mod expression;
mod query;
mod statements;

pub(super) use call::{definition as called, text as call_text};
pub(super) use carry::{binds, readable};
pub(super) use dml::text as dml_text;
pub(super) use expression::Expressions;
pub(super) use query::select as select_text;
pub(super) use statements::WriteStatements;

#[cfg(test)]
use crate::expr::ast::Node;
use crate::query::Select;

/// A query outside of a procedure, such as that of a view.
pub fn query_to_sql(select: &Select) -> String {
    query::select(&Expressions::sql(&[]), select, None)
}

/// An expression outside of a procedure.
#[cfg(test)]
pub(crate) fn expression_to_sql(node: &Node) -> String {
    Expressions::sql(&[]).write(node)
}

pub(super) fn indent(text: &str, depth: usize) -> String {
    let prefix = "    ".repeat(depth);
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!("{prefix}{line}") });
    lines.collect::<Vec<_>>().join("\n")
}
