//! `left ASOF JOIN right MATCH_CONDITION (...)`: each row of the left side with the closest row of the right side.
//!
//! DataFusion has no such join. The left side's rows are numbered and joined outer to all rows that fulfil the conditions, of
//! which the closest one of each number is kept.
//! <https://docs.snowflake.com/en/sql-reference/constructs/asof-join>

use datafusion::common::{Column, DFSchema, JoinType, Result};
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::planner::{PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, col, lit};
use datafusion::sql::sqlparser::ast::{
    self, BinaryOperator, JoinConstraint, JoinOperator, TableFactor, TableWithJoins,
};

use super::ast::name_of;
use crate::error::SqlError;
use crate::function::error;

/// The number of a row of the left side.
const NUMBER: &str = "$ASOF_NUMBER";
/// The place of a row of the right side among those that fulfil the conditions.
const PLACE: &str = "$ASOF_PLACE";

/// Makes what comes before an ASOF join one relation, and the join with it another, as [`Joins`] expects.
pub(super) fn nest(from: &mut TableWithJoins) {
    let nested = |relation, joins| TableFactor::NestedJoin {
        table_with_joins: Box::new(TableWithJoins { relation, joins }),
        alias: None,
    };
    while let Some(place) = from.joins.iter().position(|join| matches!(join.join_operator, JoinOperator::AsOf { .. })) {
        let rest = from.joins.split_off(place + 1);
        let Some(join) = from.joins.pop() else { return };
        let before = std::mem::replace(&mut from.joins, rest);
        let mut left = from.relation.clone();
        if !before.is_empty() {
            left = nested(left, before);
        }
        from.relation = nested(left, vec![join]);
    }
}

/// Whether a relation is an ASOF join in the form that [`nest`] gives it.
pub(super) fn is_nested(from: &TableWithJoins) -> bool {
    matches!(from.joins.as_slice(), [join] if matches!(join.join_operator, JoinOperator::AsOf { .. }))
}

/// Plans ASOF joins.
#[derive(Debug)]
pub(super) struct Joins;

impl RelationPlanner for Joins {
    fn plan_relation(
        &self,
        relation: TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<RelationPlanning> {
        let TableFactor::NestedJoin { table_with_joins, alias } = &relation else {
            return Ok(RelationPlanning::Original(Box::new(relation)));
        };
        let [join] = table_with_joins.joins.as_slice() else {
            return Ok(RelationPlanning::Original(Box::new(relation)));
        };
        let JoinOperator::AsOf { match_condition, constraint } = &join.join_operator else {
            return Ok(RelationPlanning::Original(Box::new(relation)));
        };
        let left = context.plan(table_with_joins.relation.clone())?;
        let right = context.plan(join.relation.clone())?;
        let plan = planned(left, right, match_condition, constraint, context)?;
        Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, alias.clone()))))
    }
}

fn invalid(why: &str) -> datafusion::common::DataFusionError {
    error(SqlError::compilation(1003, "42000", format_args!("MATCH_CONDITION clause is invalid: {why}")))
}

fn planned(
    left: LogicalPlan,
    right: LogicalPlan,
    condition: &ast::Expr,
    constraint: &JoinConstraint,
    context: &mut dyn RelationPlannerContext,
) -> Result<LogicalPlan> {
    let only =
        "Only comparison operators '>=', '>', '<=' and '<' are allowed. Keywords such as AND and OR are not allowed.";
    let mut inner = condition;
    while let ast::Expr::Nested(nested) = inner {
        inner = nested;
    }
    let ast::Expr::BinaryOp { left: of_left, op, right: of_right } = inner else { return Err(invalid(only)) };
    // The closest row before is the last one, the closest after the first.
    let ascending = match op {
        BinaryOperator::Gt | BinaryOperator::GtEq => false,
        BinaryOperator::Lt | BinaryOperator::LtEq => true,
        _ => return Err(invalid(only)),
    };
    let sides = "the left side of the comparison belongs to the left table, the right side to the right one.";
    context.sql_to_expr(of_left.as_ref().clone(), left.schema()).map_err(|_| invalid(sides))?;
    let key = context.sql_to_expr(of_right.as_ref().clone(), right.schema()).map_err(|_| invalid(sides))?;
    let both: DFSchema = left.schema().join(right.schema())?;
    let matches = context.sql_to_expr(condition.clone(), &both)?;
    let kept: Vec<Expr> = both.columns().into_iter().map(Expr::Column).collect();
    let of_left = || left.schema().columns().into_iter().map(Expr::Column);

    let number = row_number();
    let counted = col(Column::new_unqualified(number.schema_name().to_string())).alias(NUMBER);
    let numbered = LogicalPlanBuilder::from(left.clone()).window([number])?.project(of_left().chain([counted]))?;
    let joined = match constraint {
        JoinConstraint::On(on) => {
            numbered.join_on(right, JoinType::Left, [context.sql_to_expr(on.clone(), &both)?, matches])?.build()?
        }
        JoinConstraint::None => numbered.join_on(right, JoinType::Left, [matches])?.build()?,
        JoinConstraint::Using(names) => {
            let names = names
                .iter()
                .map(|name| Ok(Column::new_unqualified(name_of(name).map_err(error)?.object())))
                .collect::<Result<Vec<_>>>()?;
            match numbered.join_using(right, JoinType::Left, names)?.build()? {
                LogicalPlan::Join(mut join) => {
                    join.filter = join.filter.into_iter().chain([matches]).reduce(Expr::and);
                    LogicalPlan::Join(join)
                }
                other => LogicalPlanBuilder::from(other).filter(matches)?.build()?,
            }
        }
        JoinConstraint::Natural => return Err(error(SqlError::unsupported("NATURAL ASOF JOIN"))),
    };
    let place = row_number()
        .partition_by(vec![col(Column::new_unqualified(NUMBER))])
        .order_by(vec![key.sort(ascending, false)])
        .build()?;
    let placed = col(Column::new_unqualified(place.schema_name().to_string())).alias(PLACE);
    LogicalPlanBuilder::from(joined)
        .window([place])?
        .project(kept.iter().cloned().chain([placed]))?
        .filter(col(Column::new_unqualified(PLACE)).eq(lit(1_u64)))?
        .project(kept)?
        .build()
}
