//! Comparisons with ANY and ALL of a subquery, and comparisons of several columns at once, as EXISTS and plain comparisons.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Ident, Query, SelectItem, SetExpr, TableAliasColumnDef, TableFactor, TableWithJoins,
    Value as Literal, visit_expressions_mut,
};

use super::ast::{binary, call, literal, nested, not, table_alias};
use crate::error::{Result, SqlError};
use crate::parse;

/// The relation and the columns of a subquery that is compared with; no SQL can say these names.
const ROWS: &str = "$COMPARED";

/// Rewrites them all in a query.
pub(super) fn rewrite(query: &mut Query) -> Result<()> {
    let flow = visit_expressions_mut(query, |expression| match rewritten(expression) {
        Ok(Some(new)) => {
            *expression = new;
            ControlFlow::Continue(())
        }
        Ok(None) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    });
    match flow {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

fn rewritten(expression: &Expr) -> Result<Option<Expr>> {
    Ok(match expression {
        Expr::AnyOp { left, compare_op, right, .. } => match subquery(right) {
            Some(query) => {
                let [value] = values(1).try_into().unwrap_or([literal(Literal::Null)]);
                Some(exists(query, binary(left.as_ref().clone(), compare_op.clone(), value), 1)?)
            }
            None => None,
        },
        Expr::AllOp { left, compare_op, right } => match subquery(right) {
            Some(query) => {
                let [value] = values(1).try_into().unwrap_or([literal(Literal::Null)]);
                let holds = binary(left.as_ref().clone(), compare_op.clone(), value);
                Some(not(exists(query, not(or(holds, false)), 1)?))
            }
            None => None,
        },
        Expr::InSubquery { expr, subquery, negated } => match tuple(expr) {
            Some(left) => {
                let same = all_equal(left, &values(left.len()));
                Some(match negated {
                    false => exists(subquery, same, left.len())?,
                    true => not(exists(subquery, or(same, true), left.len())?),
                })
            }
            None => None,
        },
        Expr::InList { expr, list, negated } => match tuple(expr) {
            Some(left) => {
                let mut any: Option<Expr> = None;
                for item in list {
                    let right = tuple(item).filter(|right| right.len() == left.len()).ok_or_else(|| lengths(left))?;
                    let same = all_equal(left, right);
                    any = Some(match any {
                        Some(before) => binary(before, BinaryOperator::Or, same),
                        None => same,
                    });
                }
                any.map(|any| if *negated { not(any) } else { nested(any) })
            }
            None => None,
        },
        // A row that is compared with the only one of a subquery.
        Expr::BinaryOp { left, op: op @ (BinaryOperator::Eq | BinaryOperator::NotEq), right } => {
            match (tuple(left), tuple(right)) {
                (Some(left), Some(right)) if left.len() == right.len() => {
                    let same = nested(all_equal(left, right));
                    Some(if *op == BinaryOperator::Eq { same } else { not(same) })
                }
                (Some(left), Some(_)) => return Err(lengths(left)),
                (Some(row), None) | (None, Some(row)) => {
                    let query = subquery(if tuple(left).is_some() { right } else { left });
                    let same = query.map(|query| exists(query, all_equal(row, &values(row.len())), row.len()));
                    same.transpose()?.map(|same| if *op == BinaryOperator::Eq { same } else { not(same) })
                }
                _ => None,
            }
        }
        _ => None,
    })
}

fn lengths(left: &[Expr]) -> SqlError {
    SqlError::compilation(
        1003,
        "42000",
        format_args!("a row of {} values is compared with one of another size", left.len()),
    )
}

fn tuple(expression: &Expr) -> Option<&[Expr]> {
    match expression {
        Expr::Tuple(values) => Some(values),
        Expr::Nested(inner) => tuple(inner),
        _ => None,
    }
}

fn subquery(expression: &Expr) -> Option<&Query> {
    match expression {
        Expr::Subquery(query) => Some(query),
        Expr::Nested(inner) => subquery(inner),
        _ => None,
    }
}

/// The condition, or what it is when it is NULL.
fn or(condition: Expr, otherwise: bool) -> Expr {
    call("COALESCE", vec![condition, literal(Literal::Boolean(otherwise))])
}

fn all_equal(left: &[Expr], right: &[Expr]) -> Expr {
    let mut pairs = left.iter().zip(right).map(|(left, right)| binary(left.clone(), BinaryOperator::Eq, right.clone()));
    let first = pairs.next().unwrap_or_else(|| literal(Literal::Boolean(true)));
    pairs.fold(first, |all, pair| binary(all, BinaryOperator::And, pair))
}

fn names(count: usize) -> Vec<String> {
    (1..=count).map(|index| format!("{ROWS}{index}")).collect()
}

fn values(count: usize) -> Vec<Expr> {
    let part = |name: &str| Ident::with_quote('"', name);
    names(count).iter().map(|name| Expr::CompoundIdentifier(vec![part(ROWS), part(name)])).collect()
}

/// `EXISTS (SELECT 1 FROM (query) AS rows WHERE condition)`.
fn exists(query: &Query, condition: Expr, width: usize) -> Result<Expr> {
    let mut alias = table_alias(ROWS);
    alias.columns = names(width)
        .into_iter()
        .map(|name| TableAliasColumnDef { name: Ident::with_quote('"', name), data_type: None })
        .collect();
    let relation =
        TableFactor::Derived { lateral: false, subquery: Box::new(query.clone()), alias: Some(alias), sample: None };
    let mut outer = parse::query("SELECT 1")?;
    if let SetExpr::Select(select) = outer.body.as_mut() {
        select.projection = vec![SelectItem::UnnamedExpr(literal(Literal::Number("1".into(), true)))];
        select.from = vec![TableWithJoins { relation, joins: Vec::new() }];
        select.selection = Some(condition);
    }
    Ok(Expr::Exists { subquery: outer, negated: false })
}
