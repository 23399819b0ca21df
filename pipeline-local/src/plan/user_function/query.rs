//! Bodies that cannot be put in the place of their call, because the query engine does not join their subqueries to the
//! calling query: they run for every distinct row of arguments.

use std::sync::Arc;

use datafusion::common::{DFSchema, ScalarValue};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, ScalarUDF};

use super::super::per_row::{self, RowPlan};
use super::body::Body;
use super::{cast, constant, other};
use crate::catalog::Object;
use crate::exec::{Context, Value};
use crate::types::SqlType;

#[derive(Debug)]
struct QueryFunction {
    body: Body,
    arguments: Vec<SqlType>,
    declared: SqlType,
}

/// The function that runs `body` for every distinct row of arguments of these types.
pub(super) fn function(
    cx: &Context<'_>,
    object: &Object,
    body: Body,
    arguments: Vec<SqlType>,
    declared: SqlType,
) -> ScalarUDF {
    let plan = Arc::new(QueryFunction { body, arguments, declared });
    per_row::function(cx, object.id.to_string(), &object.name, plan, declared)
}

impl RowPlan for QueryFunction {
    fn plan(&self, arguments: &[ScalarValue]) -> crate::Result<LogicalPlan> {
        let arguments: Vec<_> = arguments
            .iter()
            .zip(&self.arguments)
            .map(|(scalar, sql_type)| constant(Value { sql_type: *sql_type, scalar: scalar.clone() }))
            .collect();
        let body = self.body.clone().with_arguments(&arguments, &DFSchema::empty()).map_err(other)?;
        LogicalPlanBuilder::empty(true)
            .project([cast(body, self.declared).alias("body")])
            .and_then(LogicalPlanBuilder::build)
            .map_err(other)
    }

    fn empty(&self) -> ScalarValue {
        ScalarValue::try_from(&self.declared.arrow()).unwrap_or(ScalarValue::Null)
    }

    fn is_volatile(&self) -> bool {
        self.body.is_volatile()
    }
}
