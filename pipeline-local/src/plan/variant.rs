//! VARIANT where its order counts: in ORDER BY, comparisons, MIN and MAX.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, WindowFunctionDefinition};

use super::functions;

/// A value as bytes that compare as it does.
pub(super) fn key(expression: Expr) -> Expr {
    match functions::scalar("SF_VARIANT_KEY") {
        Some(function) => function.call(vec![expression]),
        None => expression,
    }
}

/// Sorts by what the values are, not by their JSON text; MIN and MAX look for the least and the greatest of them so, too.
pub(super) fn ordered(plan: LogicalPlan) -> Result<LogicalPlan> {
    let sorted = plan.transform_up_with_subqueries(|node| {
        if matches!(node, LogicalPlan::Aggregate(_) | LogicalPlan::Window(_)) {
            return extremes(node);
        }
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

/// `MIN(v)` becomes `MIN_BY(v, key of v)`.
fn extremes(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let schema = node.inputs().first().map(|input| input.schema().clone());
    let Some(schema) = schema else { return Ok(Transformed::no(node)) };
    let names = NamePreserver::new_for_projection();
    node.map_expressions(|expression| {
        let name = names.save(&expression);
        let replaced = expression.transform_up(|mut part| {
            let (function, arguments, distinct) = match &mut part {
                Expr::AggregateFunction(call) => (&mut call.func, &mut call.params.args, &mut call.params.distinct),
                Expr::WindowFunction(call) => match &mut call.fun {
                    WindowFunctionDefinition::AggregateUDF(function) => {
                        (function, &mut call.params.args, &mut call.params.distinct)
                    }
                    WindowFunctionDefinition::WindowUDF(_) => return Ok(Transformed::no(part)),
                },
                _ => return Ok(Transformed::no(part)),
            };
            let by = match function.name().to_ascii_uppercase().as_str() {
                "MIN" => "MIN_BY",
                "MAX" => "MAX_BY",
                _ => return Ok(Transformed::no(part)),
            };
            let [value] = arguments.as_slice() else { return Ok(Transformed::no(part)) };
            let Some(by) = functions::aggregate(by) else { return Ok(Transformed::no(part)) };
            if value.get_type(&schema)? != DataType::LargeUtf8 {
                return Ok(Transformed::no(part));
            }
            arguments.push(key(value.clone()));
            *distinct = false;
            *function = by;
            Ok(Transformed::yes(part))
        })?;
        Ok(replaced.update_data(|expression| name.restore(expression)))
    })
}
