//! Scalar subqueries that Snowflake refuses: those over what a table function beside them returns, unless they aggregate.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Function, GroupByExpr, Query, Select, SelectItem, SetExpr, TableFactor, Value as Literal, visit_expressions,
};

use super::ast::{call, literal};
use super::lateral;
use super::provider::Provider;
use crate::error::{Result, SqlError};

/// # Errors
/// 002031 where a scalar subquery of the select refers to a table function.
pub(super) fn check(provider: &Provider<'_, '_>, select: &Select) -> Result<()> {
    let relations = select
        .from
        .iter()
        .flat_map(|from| std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)));
    let functions: Vec<_> = relations.filter_map(lateral::columns_of).collect();
    if functions.is_empty() {
        return Ok(());
    }
    let refused = |expression: &Expr| match expression {
        Expr::Subquery(query) if !aggregates(query) && refers(provider, query, &functions) => {
            ControlFlow::Break(refusal(query))
        }
        _ => ControlFlow::Continue(()),
    };
    let mut found = visit_expressions(&select.projection, refused);
    for clause in [&select.selection, &select.having, &select.qualify].into_iter().flatten() {
        if found.is_continue() {
            found = visit_expressions(clause, refused);
        }
    }
    match found {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// Lets a scalar subquery that might have several rows fail when it does.
pub(super) fn single(query: &mut Query) {
    if aggregates(query) || query.limit_clause.is_some() || query.with.is_some() {
        return;
    }
    let SetExpr::Select(select) = query.body.as_mut() else { return };
    let plain = matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty())
        && select.distinct.is_none()
        && select.having.is_none()
        && select.qualify.is_none()
        && !select.from.is_empty();
    let [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }] = select.projection.as_mut_slice()
    else {
        return;
    };
    // Functions over windows or groups stay as they are.
    let other = |expression: &Expr| match expression {
        Expr::Function(function) if function.over.is_some() || is_aggregate(function) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    if plain && visit_expressions(&*expr, other).is_continue() {
        let value = std::mem::replace(expr, literal(Literal::Null));
        *expr = call("SF_SINGLE", vec![value]);
        query.order_by = None;
    }
}

fn is_aggregate(function: &Function) -> bool {
    super::is_aggregate(&function.name.to_string())
}

fn refusal(query: &Query) -> SqlError {
    // The parenthesis stands before the SELECT.
    let (line, position) = match query.body.as_ref() {
        SetExpr::Select(select) => {
            let start = select.select_token.0.span.start;
            (start.line, start.column.saturating_sub(1))
        }
        _ => (0, 0),
    };
    SqlError::compilation(
        2031,
        "42601",
        format_args!("Unsupported subquery type cannot be evaluated at line {line}, position {position}"),
    )
}

fn aggregates(query: &Query) -> bool {
    let SetExpr::Select(select) = query.body.as_ref() else { return false };
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
    let aggregate = |expression: &Expr| match expression {
        Expr::Function(function) if function.over.is_none() && is_aggregate(function) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    !grouped
        && select.projection.iter().all(|item| match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                visit_expressions(expr, aggregate).is_break()
            }
            _ => false,
        })
}

/// Whether a query uses a column of one of the functions, each an alias and its columns.
fn refers(provider: &Provider<'_, '_>, query: &Query, functions: &[(String, Vec<String>)]) -> bool {
    let SetExpr::Select(select) = query.body.as_ref() else { return false };
    let mut own: Option<Vec<String>> = Some(Vec::new());
    for from in &select.from {
        for factor in std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)) {
            let columns = match factor {
                TableFactor::Table { name, args: None, .. } => provider.column_names(name),
                _ => None,
            };
            own = own.zip(columns).map(|(mut own, columns)| {
                own.extend(columns);
                own
            });
        }
    }
    let uses = |node: &Expr| {
        let used = match node {
            Expr::Identifier(ident) => {
                own.as_ref().is_some_and(|own| !own.contains(&ident.value))
                    && functions.iter().any(|(_, columns)| columns.contains(&ident.value))
            }
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [alias, column, ..] => {
                    functions.iter().any(|(name, columns)| *name == alias.value && columns.contains(&column.value))
                }
                _ => false,
            },
            _ => false,
        };
        if used { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    visit_expressions(query, uses).is_break()
}
