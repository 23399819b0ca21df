//! Operators with Snowflake's rules: arithmetic by our own functions, comparisons after its implicit conversions.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchema, Result};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator};
use datafusion::sql::sqlparser::ast::BinaryOperator;

use super::{functions, variant};
use crate::types::SqlType;

/// Plans binary operators.
#[derive(Debug)]
pub(super) struct Operators;

impl ExprPlanner for Operators {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let RawBinaryExpr { op, left, right } = expr;
        let (left_type, right_type) = (left.get_type(schema)?, right.get_type(schema)?);
        if let Some(name) = arithmetic(&op) {
            let interval = |data_type: &DataType| matches!(data_type, DataType::Interval(_) | DataType::Duration(_));
            if !interval(&left_type)
                && !interval(&right_type)
                && let Some(function) = functions::scalar(name)
            {
                let call = ScalarFunction::new_udf(function, vec![left, right]);
                return Ok(PlannerResult::Planned(Expr::ScalarFunction(call)));
            }
            return Ok(PlannerResult::Original(RawBinaryExpr { op, left, right }));
        }
        if let Some(operator) = comparison(&op) {
            let (left, right) = comparable(left, &left_type, right, &right_type);
            return Ok(PlannerResult::Planned(Expr::BinaryExpr(BinaryExpr::new(
                Box::new(left),
                operator,
                Box::new(right),
            ))));
        }
        if matches!(op, BinaryOperator::And | BinaryOperator::Or) {
            let left = truth(left, &left_type);
            let right = truth(right, &right_type);
            return Ok(PlannerResult::Original(RawBinaryExpr { op, left, right }));
        }
        Ok(PlannerResult::Original(RawBinaryExpr { op, left, right }))
    }
}

fn arithmetic(op: &BinaryOperator) -> Option<&'static str> {
    Some(match op {
        BinaryOperator::Plus => "SF_ADD",
        BinaryOperator::Minus => "SF_SUB",
        BinaryOperator::Multiply => "SF_MUL",
        BinaryOperator::Divide => "SF_DIV",
        BinaryOperator::Modulo => "SF_MOD",
        _ => return None,
    })
}

fn comparison(op: &BinaryOperator) -> Option<Operator> {
    Some(match op {
        BinaryOperator::Eq => Operator::Eq,
        BinaryOperator::NotEq => Operator::NotEq,
        BinaryOperator::Lt => Operator::Lt,
        BinaryOperator::LtEq => Operator::LtEq,
        BinaryOperator::Gt => Operator::Gt,
        BinaryOperator::GtEq => Operator::GtEq,
        _ => return None,
    })
}

fn truth(expr: Expr, data_type: &DataType) -> Expr {
    if matches!(data_type, DataType::Boolean | DataType::Null) { expr } else { converted(expr, SqlType::Boolean) }
}

fn converted(expr: Expr, to: SqlType) -> Expr {
    Expr::ScalarFunction(ScalarFunction::new_udf(functions::cast(to, false), vec![expr]))
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::Utf8View)
}

/// Converts the sides of a comparison to one type, as Snowflake does: text becomes what the other side is, VARIANT too.
fn comparable(left: Expr, left_type: &DataType, right: Expr, right_type: &DataType) -> (Expr, Expr) {
    if *left_type == DataType::LargeUtf8 && *right_type == DataType::LargeUtf8 {
        return (variant::key(left), variant::key(right));
    }
    if left_type == right_type || *left_type == DataType::Null || *right_type == DataType::Null {
        return (left, right);
    }
    if left_type.is_numeric() && right_type.is_numeric() {
        return (left, right);
    }
    match (target(left_type, right_type), target(right_type, left_type)) {
        (Some(to), _) => (converted(left, to), right),
        (None, Some(to)) => (left, converted(right, to)),
        (None, None) => (left, right),
    }
}

/// What a value of type `from` becomes when compared with one of type `other`; `None` when it stays.
fn target(from: &DataType, other: &DataType) -> Option<SqlType> {
    let to = SqlType::of_arrow(other);
    match from {
        DataType::LargeUtf8 if *other != DataType::LargeUtf8 => Some(match to {
            SqlType::Number { .. } => SqlType::Number { precision: 38, scale: 12 },
            other => other,
        }),
        from if is_text(from) => match to {
            SqlType::Varchar(_) => None,
            SqlType::Variant | SqlType::Object | SqlType::Array => None,
            SqlType::Number { scale, .. } => Some(SqlType::Number { precision: 38, scale: scale.max(5) }),
            other => Some(other),
        },
        DataType::Boolean if other.is_numeric() => None,
        from if from.is_numeric() && *other == DataType::Boolean => Some(SqlType::Boolean),
        DataType::Date32 if matches!(other, DataType::Timestamp(..) | DataType::Struct(_)) => Some(to),
        DataType::Timestamp(_, None) if matches!(other, DataType::Timestamp(_, Some(_)) | DataType::Struct(_)) => {
            Some(to)
        }
        DataType::Timestamp(_, Some(_)) if matches!(other, DataType::Struct(_)) => Some(to),
        _ => None,
    }
}

/// The planners of expressions, ours first.
pub(super) fn planners() -> Vec<Arc<dyn ExprPlanner>> {
    vec![
        Arc::new(Operators),
        Arc::new(datafusion::functions_aggregate::planner::AggregateFunctionPlanner),
        Arc::new(datafusion::functions_window::planner::WindowFunctionPlanner),
    ]
}
