//! The type of what is a NUMBER in one case and a FLOAT in another: FLOAT, where DataFusion would choose a decimal.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{Column, DFSchema, Result};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, Union};

use super::functions;
use crate::types::SqlType;

/// Converts the branches of CASE and the columns of UNION.
pub(super) fn resolve(plan: LogicalPlan) -> Result<LogicalPlan> {
    let mut changed = false;
    plan.transform_up_with_subqueries(|node| {
        let node = match node {
            LogicalPlan::Union(union) => union_of_floats(union)?,
            node => cases(node)?,
        };
        changed |= node.transformed;
        // What is above has the types that it was planned with.
        if changed { node.data.recompute_schema().map(Transformed::yes) } else { Ok(node) }
    })
    .data()
}

/// Whether some are numbers with an exact value and some are doubles.
fn mixed<'t>(types: impl Iterator<Item = &'t DataType> + Clone) -> bool {
    types.clone().any(is_exact) && types.clone().any(|found| *found == DataType::Float64)
}

fn is_exact(data_type: &DataType) -> bool {
    data_type.is_decimal() || data_type.is_integer()
}

fn float(expression: Expr) -> Expr {
    functions::cast(SqlType::Float, false).call(vec![expression])
}

fn cases(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let mut schema = DFSchema::empty();
    for input in node.inputs() {
        schema.merge(input.schema());
    }
    let names = NamePreserver::new(&node);
    node.map_expressions(|expression| {
        if !expression.exists(|part| Ok(matches!(part, Expr::Case(_))))? {
            return Ok(Transformed::no(expression));
        }
        let name = names.save(&expression);
        let converted = expression.transform_up(|part| {
            let Expr::Case(mut case) = part else { return Ok(Transformed::no(part)) };
            let mut results: Vec<&mut Box<Expr>> = case.when_then_expr.iter_mut().map(|(_, then)| then).collect();
            results.extend(case.else_expr.as_mut());
            let types = results.iter().map(|result| result.get_type(&schema)).collect::<Result<Vec<_>>>()?;
            if !mixed(types.iter()) {
                return Ok(Transformed::no(Expr::Case(case)));
            }
            for (result, data_type) in results.into_iter().zip(&types) {
                if is_exact(data_type) {
                    **result = float(std::mem::take(&mut **result));
                }
            }
            Ok(Transformed::yes(Expr::Case(case)))
        })?;
        Ok(converted.update_data(|expression| name.restore(expression)))
    })
}

fn union_of_floats(union: Union) -> Result<Transformed<LogicalPlan>> {
    let width = union.schema.fields().len();
    let types = |place: usize| union.inputs.iter().map(move |input| input.schema().field(place).data_type());
    let places: Vec<usize> = (0..width).filter(|place| mixed(types(*place))).collect();
    if places.is_empty() {
        return Ok(Transformed::no(LogicalPlan::Union(union)));
    }
    let inputs = union.inputs.iter().map(|input| {
        let columns = input.schema().iter().enumerate().map(|(place, (qualifier, field))| {
            let column = Expr::Column(Column::new(qualifier.cloned(), field.name()));
            match places.contains(&place) && is_exact(field.data_type()) {
                true => float(column).alias_qualified(qualifier.cloned(), field.name()),
                false => column,
            }
        });
        LogicalPlanBuilder::from(input.as_ref().clone()).project(columns)?.build().map(std::sync::Arc::new)
    });
    let inputs = inputs.collect::<Result<Vec<_>>>()?;
    Union::try_new_with_loose_types(inputs).map(|union| Transformed::yes(LogicalPlan::Union(union)))
}
