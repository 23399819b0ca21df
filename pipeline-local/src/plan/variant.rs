//! VARIANT where its order counts: in ORDER BY and in comparisons.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::tree_node::Transformed;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan};

use super::functions;

/// A value as bytes that compare as it does.
pub(super) fn key(expression: Expr) -> Expr {
    match functions::scalar("SF_VARIANT_KEY") {
        Some(function) => function.call(vec![expression]),
        None => expression,
    }
}

/// Sorts by what the values are, not by their JSON text.
pub(super) fn ordered(plan: LogicalPlan) -> Result<LogicalPlan> {
    let sorted = plan.transform_up_with_subqueries(|node| {
        let LogicalPlan::Sort(mut sort) = node else { return Ok(Transformed::no(node)) };
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
