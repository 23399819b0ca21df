//! Correlated subqueries. Those that the query engine can join to the query around them are left to it; every other one
//! becomes a function of the columns that it refers to, which runs it for every distinct row of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::arrow::datatypes::{FieldRef, Fields};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, JoinType, Result, ScalarValue, UnnestOptions};
use datafusion::logical_expr::expr::{Exists, InSubquery};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{
    EmptyRelation, Expr, ExprSchemable, Filter, InvariantLevel, Join, LogicalPlan, LogicalPlanBuilder, Projection,
    Subquery, col, lit,
};
use datafusion::optimizer::decorrelate_lateral_join::DecorrelateLateralJoin;
use datafusion::optimizer::decorrelate_predicate_subquery::DecorrelatePredicateSubquery;
use datafusion::optimizer::scalar_subquery_to_join::ScalarSubqueryToJoin;
use datafusion::optimizer::{Optimizer, OptimizerContext, OptimizerRule};

use super::per_row::{self, RowPlan};
use super::user_function::constant;
use crate::error::SqlError;
use crate::exec::{Context, Value};
use crate::types::SqlType;

/// Distinguishes the functions made here.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A column of a query further out, as a subquery refers to it.
type Reference = (FieldRef, Column);

/// Replaces the subqueries that the query engine cannot join.
pub(super) fn resolve(plan: LogicalPlan, cx: &Context<'_>) -> Result<LogicalPlan> {
    // Innermost first: what is left of an inner subquery belongs to the one around it.
    plan.transform_up_with_subqueries(|node| {
        let node = match node {
            LogicalPlan::Join(join) => match lateral(&join, cx)? {
                Some(plan) => return Ok(Transformed::yes(plan)),
                None => LogicalPlan::Join(join),
            },
            node => node,
        };
        if !has_subquery(&node)? {
            return Ok(Transformed::no(node));
        }
        let mut schema = DFSchema::empty();
        for input in node.inputs() {
            schema.merge(input.schema());
        }
        let place = match &node {
            LogicalPlan::Filter(_) => Place::Condition,
            _ => Place::Value,
        };
        let names = NamePreserver::new(&node);
        node.map_expressions(|expression| {
            let name = names.save(&expression);
            let replaced = replaced(expression, &schema, place, cx)?;
            Ok(replaced.update_data(|expression| name.restore(expression)))
        })
    })
    .data()
}

fn has_subquery(node: &LogicalPlan) -> Result<bool> {
    let mut found = false;
    node.apply_expressions(|expression| {
        found |= expression.exists(|node| Ok(subquery_of(node).is_some()))?;
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}

fn subquery_of(expression: &Expr) -> Option<&Subquery> {
    match expression {
        Expr::ScalarSubquery(subquery) => Some(subquery),
        Expr::Exists(Exists { subquery, .. }) | Expr::InSubquery(InSubquery { subquery, .. }) => Some(subquery),
        _ => None,
    }
}

/// Whether it is EXISTS or IN, which the query engine knows as conditions only.
fn is_condition(expression: &Expr) -> bool {
    matches!(expression, Expr::Exists(_) | Expr::InSubquery(_))
}

/// A join to a subquery over its left side that the query engine cannot make a plain one: the rows of the subquery become
/// a list for every row of the left side, and the lists rows again.
fn lateral(join: &Join, cx: &Context<'_>) -> Result<Option<LogicalPlan>> {
    let outer = match join.join_type {
        JoinType::Inner => false,
        JoinType::Left => true,
        _ => return Ok(None),
    };
    let (alias, subquery) = match join.right.as_ref() {
        LogicalPlan::SubqueryAlias(alias) => (Some(alias.alias.clone()), alias.input.as_ref()),
        other => (None, other),
    };
    let LogicalPlan::Subquery(subquery) = subquery else { return Ok(None) };
    if references(&subquery.subquery)?.is_empty() || unnested_by_engine(join) {
        return Ok(None);
    }
    let left = join.left.schema();
    let mut right = LogicalPlanBuilder::from(subquery.subquery.as_ref().clone());
    if let Some(alias) = alias {
        right = right.alias(alias)?;
    }
    let equal = join.on.iter().map(|(left, right)| left.clone().eq(right.clone()));
    if let Some(condition) = equal.chain(join.filter.clone()).reduce(Expr::and) {
        let condition = condition.transform_up(|part| {
            Ok(match part {
                Expr::Column(column) if left.has_column(&column) => {
                    let field = left.qualified_field_from_column(&column)?.1.clone();
                    Transformed::yes(Expr::OuterReferenceColumn(field, column))
                }
                part => Transformed::no(part),
            })
        })?;
        right = right.filter(condition.data)?;
    }
    let plan = right.build()?;
    let references = references(&plan)?;
    let arguments = references.iter().map(|(field, column)| match left.has_column(column) {
        true => Expr::Column(column.clone()),
        false => Expr::OuterReferenceColumn(field.clone(), column.clone()),
    });
    let arguments: Vec<_> = arguments.collect();
    let schema = plan.schema().clone();
    let fields: Fields = schema
        .fields()
        .iter()
        .enumerate()
        .map(|(index, field)| field.as_ref().clone().with_name(format!("C{index}")).with_nullable(true))
        .collect();
    let key = format!("LATERAL:{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let rows = Arc::new(Nested { plan, references, empty: ScalarValue::Null });
    let rows = per_row::rows_function(cx, key.clone(), &key, rows, fields.clone(), outer).call(arguments);
    let kept = || left.columns().into_iter().map(Expr::Column);
    let list = Column::new_unqualified(&key);
    let options = || UnnestOptions::new().with_preserve_nulls(false);
    let columns = schema.iter().zip(&fields).map(|((qualifier, field), part)| {
        col(Column::new_unqualified(format!("{key}.{}", part.name()))).alias_qualified(qualifier.cloned(), field.name())
    });
    LogicalPlanBuilder::from(join.left.as_ref().clone())
        .project(kept().chain([rows.alias(&key)]))?
        .unnest_column_with_options(list.clone(), options())?
        .unnest_column_with_options(list, options())?
        .project(kept().chain(columns))?
        .build()
        .map(Some)
}

/// Whether the query engine makes a plain join of it.
fn unnested_by_engine(join: &Join) -> bool {
    let optimizer = Optimizer::with_rules(vec![Arc::new(DecorrelateLateralJoin::new())]);
    let plan = LogicalPlan::Join(join.clone());
    let Ok(plan) = optimizer.optimize(plan, &OptimizerContext::new(), |_, _| {}) else { return false };
    let mut open = false;
    let walked = plan.apply(|node| {
        open |= matches!(node, LogicalPlan::Subquery(_));
        node.apply_expressions(|expression| {
            open |= expression.exists(|part| Ok(matches!(part, Expr::OuterReferenceColumn(..))))?;
            Ok(TreeNodeRecursion::Continue)
        })
    });
    walked.is_ok() && !open
}

/// Where an expression stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In a WHERE, where EXISTS and IN can become joins.
    Condition,
    Value,
}

fn replaced(expression: Expr, schema: &DFSchema, place: Place, cx: &Context<'_>) -> Result<Transformed<Expr>> {
    let concerned = expression.exists(|node| {
        Ok(match subquery_of(node) {
            Some(subquery) => is_condition(node) || !references(&subquery.subquery)?.is_empty(),
            None => false,
        })
    })?;
    if !concerned || joined(&expression, schema, place) {
        return Ok(Transformed::no(expression));
    }
    expression.transform_up(|node| {
        let Some(subquery) = subquery_of(&node) else { return Ok(Transformed::no(node)) };
        let outer = references(&subquery.subquery)?;
        if outer.is_empty() && !is_condition(&node) {
            return Ok(Transformed::no(node));
        }
        let arguments = outer.iter().map(|(field, column)| match schema.has_column(column) {
            true => Expr::Column(column.clone()),
            false => Expr::OuterReferenceColumn(field.clone(), column.clone()),
        });
        let mut arguments: Vec<Expr> = arguments.collect();
        let mut references = outer;
        let rows = LogicalPlanBuilder::from(subquery.subquery.as_ref().clone());
        let (plan, empty) = match &node {
            Expr::Exists(_) => {
                (rows.limit(0, Some(1))?.project([lit(true).alias("found")])?.build()?, ScalarValue::from(false))
            }
            Expr::InSubquery(within) => {
                let (_, field) = within.expr.to_field(schema)?;
                let column = Column::from_name("$SUBJECT");
                arguments.push(within.expr.as_ref().clone());
                references.push((field.clone(), column.clone()));
                let value = Expr::Column(Column::from(rows.schema().qualified_field(0)));
                let same = col("same");
                // TRUE where a row is equal, NULL where none is but one might be.
                let plan = rows
                    .project([Expr::OuterReferenceColumn(field, column).eq(value).alias("same")])?
                    .sort_with_limit(
                        [same.clone().is_true().sort(false, false), same.is_null().sort(false, false)],
                        Some(1),
                    )?
                    .build()?;
                (plan, ScalarValue::from(false))
            }
            _ => {
                let plan = rows.build()?;
                let empty = ScalarValue::try_from(plan.schema().field(0).data_type())?;
                (plan, empty)
            }
        };
        let returns = SqlType::of(plan.schema().field(0));
        let key = format!("SUBQUERY:{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let nested = Arc::new(Nested { plan, references, empty });
        let value = per_row::function(cx, key.clone(), &key, nested, returns).call(arguments);
        let negated = match &node {
            Expr::Exists(exists) => exists.negated,
            Expr::InSubquery(within) => within.negated,
            _ => false,
        };
        Ok(Transformed::yes(if negated { !value } else { value }))
    })
}

/// Whether the query engine can join the subqueries of an expression over this schema to what they refer to.
fn joined(expression: &Expr, schema: &DFSchema, place: Place) -> bool {
    let input = Arc::new(LogicalPlan::EmptyRelation(EmptyRelation {
        produce_one_row: false,
        schema: Arc::new(schema.clone()),
    }));
    let plan = match place {
        Place::Condition => Filter::try_new(expression.clone(), input).map(LogicalPlan::Filter),
        Place::Value => Projection::try_new(vec![expression.clone().alias("body")], input).map(LogicalPlan::Projection),
    };
    let Ok(plan) = plan else { return false };
    if plan.check_invariants(InvariantLevel::Executable).is_err() {
        return false;
    }
    let rules: Vec<Arc<dyn OptimizerRule + Send + Sync>> =
        vec![Arc::new(DecorrelatePredicateSubquery::new()), Arc::new(ScalarSubqueryToJoin::new())];
    let optimizer = Optimizer::with_rules(rules);
    let Ok(plan) = optimizer.optimize(plan, &OptimizerContext::new(), |_, _| {}) else { return false };
    let mut open = false;
    let walked = plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expression| {
            open |= expression
                .exists(|node| Ok(matches!(node, Expr::OuterReferenceColumn(..)) || subquery_of(node).is_some()))?;
            Ok(TreeNodeRecursion::Continue)
        })
    });
    walked.is_ok() && !open
}

/// Whether the same can be said of an expression that is to stand in a select list.
pub(super) fn joins(expression: &Expr, schema: &DFSchema) -> bool {
    joined(expression, schema, Place::Value)
}

/// The columns of queries further out that a plan refers to, without those that belong between its own levels.
fn references(plan: &LogicalPlan) -> Result<Vec<Reference>> {
    let mut found: Vec<Reference> = Vec::new();
    plan.apply(|node| {
        let mut schema = DFSchema::empty();
        for input in node.inputs() {
            schema.merge(input.schema());
        }
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                let mut add = |reference: Reference| {
                    if !found.iter().any(|(_, column)| *column == reference.1) {
                        found.push(reference);
                    }
                };
                if let Expr::OuterReferenceColumn(field, column) = part {
                    add((field.clone(), column.clone()));
                } else if let Some(inner) = subquery_of(part) {
                    for reference in references(&inner.subquery)? {
                        if !schema.has_column(&reference.1) {
                            add(reference);
                        }
                    }
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(found)
}

/// Puts values in the places of references; those between the plan's own levels stay.
fn substituted(plan: LogicalPlan, values: &[(Column, Expr)]) -> Result<LogicalPlan> {
    plan.transform_up(|node| {
        let mut schema = DFSchema::empty();
        for input in node.inputs() {
            schema.merge(input.schema());
        }
        let changed = node.map_expressions(|expression| {
            expression.transform_up(|part| {
                let inside = |subquery: Subquery| -> Result<Subquery> {
                    let visible: Vec<_> =
                        values.iter().filter(|(column, _)| !schema.has_column(column)).cloned().collect();
                    let plan = substituted(subquery.subquery.as_ref().clone(), &visible)?;
                    let outer_ref_columns = references(&plan)?
                        .into_iter()
                        .map(|(field, column)| Expr::OuterReferenceColumn(field, column))
                        .collect();
                    Ok(Subquery { subquery: Arc::new(plan), outer_ref_columns, spans: subquery.spans })
                };
                Ok(match part {
                    Expr::OuterReferenceColumn(field, column) => {
                        match values.iter().find(|(known, _)| *known == column) {
                            Some((_, value)) => Transformed::yes(value.clone()),
                            None => Transformed::no(Expr::OuterReferenceColumn(field, column)),
                        }
                    }
                    Expr::ScalarSubquery(subquery) => Transformed::yes(Expr::ScalarSubquery(inside(subquery)?)),
                    Expr::Exists(exists) => Transformed::yes(Expr::Exists(Exists {
                        subquery: inside(exists.subquery)?,
                        negated: exists.negated,
                    })),
                    Expr::InSubquery(within) => Transformed::yes(Expr::InSubquery(InSubquery {
                        expr: within.expr,
                        subquery: inside(within.subquery)?,
                        negated: within.negated,
                    })),
                    other => Transformed::no(other),
                })
            })
        })?;
        match changed.data {
            // A lateral relation that refers to nothing any more.
            LogicalPlan::Subquery(lateral) if references(&lateral.subquery)?.is_empty() => {
                Ok(Transformed::yes(Arc::unwrap_or_clone(lateral.subquery)))
            }
            node if changed.transformed => node.recompute_schema().map(Transformed::yes),
            node => Ok(Transformed::no(node)),
        }
    })
    .data()
}

/// A subquery whose value for a row is in its only column.
#[derive(Debug)]
struct Nested {
    plan: LogicalPlan,
    references: Vec<Reference>,
    /// The value when it has no row.
    empty: ScalarValue,
}

impl RowPlan for Nested {
    fn plan(&self, arguments: &[ScalarValue]) -> crate::Result<LogicalPlan> {
        let values: Vec<_> = self
            .references
            .iter()
            .zip(arguments)
            .map(|((field, column), scalar)| {
                (column.clone(), constant(Value { sql_type: SqlType::of(field), scalar: scalar.clone() }))
            })
            .collect();
        substituted(self.plan.clone(), &values).map_err(SqlError::internal)
    }

    fn empty(&self) -> ScalarValue {
        self.empty.clone()
    }

    fn is_volatile(&self) -> bool {
        let mut volatile = false;
        let walked = self.plan.apply_with_subqueries(|node| {
            node.apply_expressions(|expression| {
                volatile |= expression.is_volatile();
                Ok(TreeNodeRecursion::Continue)
            })
        });
        walked.is_err() || volatile
    }
}
