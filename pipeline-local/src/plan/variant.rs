//! VARIANT where its order counts: in ORDER BY, comparisons, MIN and MAX.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, Result};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Aggregate, Expr, ExprSchemable, LogicalPlan};

use super::functions;

/// A value as bytes that compare as it does.
pub(super) fn key(expression: Expr) -> Expr {
    match functions::scalar("SF_VARIANT_KEY") {
        Some(function) => function.call(vec![expression]),
        None => expression,
    }
}

/// MIN and MAX of VARIANT by what the values are.
fn extremes(aggregate: Aggregate) -> Result<Transformed<LogicalPlan>> {
    let mut changed = false;
    let mut computed = Vec::with_capacity(aggregate.aggr_expr.len());
    for expression in &aggregate.aggr_expr {
        let by_key = match expression {
            Expr::AggregateFunction(call) => extreme(call, aggregate.input.schema())?,
            _ => None,
        };
        changed |= by_key.is_some();
        computed.push(match by_key {
            Some(by_key) => by_key.alias(expression.schema_name().to_string()),
            None => expression.clone(),
        });
    }
    if !changed {
        return Ok(Transformed::no(LogicalPlan::Aggregate(aggregate)));
    }
    let made = Aggregate::try_new(aggregate.input, aggregate.group_expr, computed)?;
    Ok(Transformed::yes(LogicalPlan::Aggregate(made)))
}

/// `MAX(v)` as `MAX_BY(v, key of v)` where it is one of VARIANT.
fn extreme(call: &AggregateFunction, input: &DFSchema) -> Result<Option<Expr>> {
    let by = match call.func.name() {
        "max" => "MAX_BY",
        "min" => "MIN_BY",
        _ => return Ok(None),
    };
    let ([value], Some(function)) = (call.params.args.as_slice(), functions::aggregate(by)) else { return Ok(None) };
    if value.get_type(input)? != DataType::LargeUtf8 {
        return Ok(None);
    }
    let mut call = call.clone();
    call.func = function;
    call.params.distinct = false;
    call.params.args.push(key(value.clone()));
    Ok(Some(Expr::AggregateFunction(call)))
}

/// Sorts by what the values are, not by their JSON text.
pub(super) fn ordered(plan: LogicalPlan) -> Result<LogicalPlan> {
    let sorted = plan.transform_up_with_subqueries(|node| {
        let mut sort = match node {
            LogicalPlan::Sort(sort) => sort,
            LogicalPlan::Aggregate(aggregate) => return extremes(aggregate),
            node => return Ok(Transformed::no(node)),
        };
        let mut changed = false;
        for order in &mut sort.expr {
            if order.expr.get_type(sort.input.schema())? == DataType::LargeUtf8 {
                order.expr = key(std::mem::take(&mut order.expr));
                changed = true;
            }
        }
        let sort = LogicalPlan::Sort(sort);
        Ok(if changed { Transformed::yes(sort) } else { Transformed::no(sort) })
    })?;
    Ok(sorted.data)
}
