//! Bodies that cannot be put in the place of their call, because the query engine does not join their subqueries to the
//! calling query: they run for every distinct row of arguments.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, EmptyRelation, Expr, InvariantLevel, LogicalPlan, LogicalPlanBuilder, Projection, ReturnFieldArgs,
    ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::optimizer::scalar_subquery_to_join::ScalarSubqueryToJoin;
use datafusion::optimizer::{Optimizer, OptimizerContext};

use super::super::run;
use super::aside::aside;
use super::body::Body;
use super::{cast, constant, other};
use crate::catalog::Object;
use crate::engine::Engine;
use crate::error::SqlError;
use crate::exec::{Context, Value};
use crate::function;
use crate::types::SqlType;

/// Whether the query engine can join the subqueries of an expression over this schema to what they refer to.
pub(super) fn joins(expression: &Expr, schema: &DFSchema) -> bool {
    let input = LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema: Arc::new(schema.clone()) });
    let Ok(projection) = Projection::try_new(vec![expression.clone().alias("body")], Arc::new(input)) else {
        return false;
    };
    let plan = LogicalPlan::Projection(projection);
    if plan.check_invariants(InvariantLevel::Executable).is_err() {
        return false;
    }
    let optimizer = Optimizer::with_rules(vec![Arc::new(ScalarSubqueryToJoin::new())]);
    let Ok(plan) = optimizer.optimize(plan, &OptimizerContext::new(), |_, _| {}) else { return false };
    let mut open = false;
    let walked = plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expression| {
            open |= expression.exists(|node| {
                Ok(matches!(
                    node,
                    Expr::OuterReferenceColumn(..) | Expr::ScalarSubquery(_) | Expr::Exists(_) | Expr::InSubquery(_)
                ))
            })?;
            Ok(TreeNodeRecursion::Continue)
        })
    });
    walked.is_ok() && !open
}

#[derive(Debug)]
struct QueryFunction {
    object: Object,
    body: Body,
    arguments: Vec<SqlType>,
    declared: SqlType,
    engine: Arc<Engine>,
    query_id: String,
    runner: run::Runner,
    signature: Signature,
}

/// The function that runs `body` for every distinct row of arguments of these types.
pub(super) fn function(
    cx: &Context<'_>,
    object: &Object,
    body: Body,
    arguments: Vec<SqlType>,
    declared: SqlType,
) -> ScalarUDF {
    ScalarUDF::new_from_impl(QueryFunction {
        object: object.clone(),
        body,
        arguments,
        declared,
        engine: cx.engine.clone(),
        query_id: cx.frame.query_id.clone(),
        runner: run::Runner::new(cx),
        signature: Signature::user_defined(Volatility::Volatile),
    })
}

impl PartialEq for QueryFunction {
    fn eq(&self, other: &Self) -> bool {
        self.object.id == other.object.id
    }
}

impl Eq for QueryFunction {}

impl Hash for QueryFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.object.id.hash(state);
    }
}

impl QueryFunction {
    async fn row(&self, arguments: &[ScalarValue]) -> crate::Result<ScalarValue> {
        let arguments: Vec<_> = arguments
            .iter()
            .zip(&self.arguments)
            .map(|(scalar, sql_type)| constant(Value { sql_type: *sql_type, scalar: scalar.clone() }))
            .collect();
        let body = self.body.clone().with_arguments(&arguments, &DFSchema::empty()).map_err(other)?;
        let plan = LogicalPlanBuilder::empty(true)
            .project([cast(body, self.declared).alias("body")])
            .and_then(LogicalPlanBuilder::build)
            .map_err(other)?;
        let batches = self.runner.run(plan).await?;
        match batches.iter().find(|batch| batch.num_rows() > 0) {
            Some(batch) => ScalarValue::try_from_array(batch.column(0), 0).map_err(SqlError::internal),
            None => ScalarValue::try_from(&self.declared.arrow()).map_err(SqlError::internal),
        }
    }

    async fn rows(&self, rows: Vec<Vec<ScalarValue>>) -> crate::Result<Vec<ScalarValue>> {
        let mut known: HashMap<Vec<ScalarValue>, ScalarValue> = HashMap::new();
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            // A body that changes from call to call is not remembered.
            let value = match known.get(&row) {
                Some(value) => value.clone(),
                None => {
                    let value = self.row(&row).await?;
                    if !self.body.is_volatile() {
                        known.insert(row, value.clone());
                    }
                    value
                }
            };
            values.push(value);
        }
        Ok(values)
    }
}

impl ScalarUDFImpl for QueryFunction {
    fn name(&self) -> &str {
        &self.object.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.declared.arrow())
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(self.declared.field_ref(&self.object.name, true))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = super::rows_of(&arguments)?;
        if rows.is_empty() {
            return Ok(ColumnarValue::Array(datafusion::arrow::array::new_empty_array(&self.declared.arrow())));
        }
        let values = aside(&self.engine, &self.query_id, || self.rows(rows)).map_err(function::error)?;
        Ok(ColumnarValue::Array(ScalarValue::iter_to_array(values)?))
    }
}
