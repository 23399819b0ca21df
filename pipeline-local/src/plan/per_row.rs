//! Functions that run a plan for every distinct row of their arguments: what the query engine cannot join.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::new_empty_array;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, LogicalPlan, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::run;
use super::user_function::aside::aside;
use super::user_function::rows_of;
use crate::engine::Engine;
use crate::error::SqlError;
use crate::exec::Context;
use crate::function;
use crate::types::SqlType;

/// What is run for a row.
pub(super) trait RowPlan: Debug + Send + Sync {
    /// The plan of one column whose first row is the value.
    fn plan(&self, arguments: &[ScalarValue]) -> crate::Result<LogicalPlan>;

    /// The value when there is no row.
    fn empty(&self) -> ScalarValue;

    /// Whether the value may change from one time to the next.
    fn is_volatile(&self) -> bool;
}

#[derive(Debug)]
struct PerRow {
    /// Tells functions apart.
    key: String,
    name: String,
    plan: Arc<dyn RowPlan>,
    returns: SqlType,
    engine: Arc<Engine>,
    query_id: String,
    runner: run::Runner,
    signature: Signature,
}

/// The function of this name that runs `plan` for every distinct row of arguments; functions of the same key are the same.
pub(super) fn function(
    cx: &Context<'_>,
    key: String,
    name: &str,
    plan: Arc<dyn RowPlan>,
    returns: SqlType,
) -> ScalarUDF {
    ScalarUDF::new_from_impl(PerRow {
        key,
        name: name.to_owned(),
        plan,
        returns,
        engine: cx.engine.clone(),
        query_id: cx.frame.query_id.clone(),
        runner: run::Runner::new(cx),
        signature: Signature::user_defined(Volatility::Volatile),
    })
}

impl PartialEq for PerRow {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for PerRow {}

impl Hash for PerRow {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl PerRow {
    async fn row(&self, arguments: &[ScalarValue]) -> crate::Result<ScalarValue> {
        let batches = self.runner.run(self.plan.plan(arguments)?).await?;
        match batches.iter().find(|batch| batch.num_rows() > 0) {
            // Counts are DataFusion's own integers.
            Some(batch) => {
                let column = cast(batch.column(0), &self.returns.arrow())?;
                ScalarValue::try_from_array(&column, 0).map_err(SqlError::internal)
            }
            None => Ok(self.plan.empty()),
        }
    }

    async fn rows(&self, rows: Vec<Vec<ScalarValue>>) -> crate::Result<Vec<ScalarValue>> {
        let mut known: HashMap<Vec<ScalarValue>, ScalarValue> = HashMap::new();
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            // What changes from call to call is not remembered.
            let value = match known.get(&row) {
                Some(value) => value.clone(),
                None => {
                    let value = self.row(&row).await?;
                    if !self.plan.is_volatile() {
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

impl ScalarUDFImpl for PerRow {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.returns.arrow())
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(self.returns.field_ref(&self.name, true))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = rows_of(&arguments)?;
        if rows.is_empty() {
            return Ok(ColumnarValue::Array(new_empty_array(&self.returns.arrow())));
        }
        let values = aside(&self.engine, &self.query_id, || self.rows(rows)).map_err(function::error)?;
        Ok(ColumnarValue::Array(ScalarValue::iter_to_array(values)?))
    }
}
