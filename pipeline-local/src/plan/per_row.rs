//! Functions that run a plan for every distinct row of their arguments: what the query engine cannot join. Some give the
//! value of its first row, some the list of all of them.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ListArray, RecordBatch, StructArray, UInt64Array, new_empty_array, new_null_array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::{cast, concat, take};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, LogicalPlan, ScalarFunctionArgs, ScalarUDF};

use super::made::{Body, Made};
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
    fn empty(&self) -> ScalarValue {
        ScalarValue::Null
    }

    /// Whether the value may change from one time to the next.
    fn is_volatile(&self) -> bool;
}

/// What functions of plans have in common.
#[derive(Debug)]
struct PerRow {
    plan: Arc<dyn RowPlan>,
    engine: Arc<Engine>,
    query_id: String,
    runner: run::Runner,
}

impl PerRow {
    fn new(cx: &Context<'_>, plan: Arc<dyn RowPlan>) -> Self {
        Self { plan, engine: cx.engine.clone(), query_id: cx.frame.query_id.clone(), runner: run::Runner::new(cx) }
    }

    /// The results for rows of arguments, each once, and which of them belongs to each row.
    async fn results(&self, rows: Vec<Vec<ScalarValue>>) -> crate::Result<(Vec<Vec<RecordBatch>>, Vec<usize>)> {
        let mut known: HashMap<Vec<ScalarValue>, usize> = HashMap::new();
        let mut results = Vec::new();
        let mut places = Vec::with_capacity(rows.len());
        for row in rows {
            // What changes from call to call is not remembered.
            let place = match known.get(&row) {
                Some(place) => *place,
                None => {
                    results.push(self.runner.run(self.plan.plan(&row)?).await?);
                    if !self.plan.is_volatile() {
                        known.insert(row, results.len() - 1);
                    }
                    results.len() - 1
                }
            };
            places.push(place);
        }
        Ok((results, places))
    }
}

/// The function of this name that gives the first row's value of `plan`; functions of the same key are the same.
pub(super) fn function(
    cx: &Context<'_>,
    key: String,
    name: &str,
    plan: Arc<dyn RowPlan>,
    returns: SqlType,
) -> ScalarUDF {
    Made::function(key, name, returns.field_ref(name, true), First { of: PerRow::new(cx, plan), returns })
}

#[derive(Debug)]
struct First {
    of: PerRow,
    returns: SqlType,
}

impl First {
    async fn values(&self, rows: Vec<Vec<ScalarValue>>) -> crate::Result<Vec<ScalarValue>> {
        let (results, places) = self.of.results(rows).await?;
        let value = |batches: &Vec<RecordBatch>| match batches.iter().find(|batch| batch.num_rows() > 0) {
            // Counts are DataFusion's own integers.
            Some(batch) => {
                let column = cast(batch.column(0), &self.returns.arrow())?;
                ScalarValue::try_from_array(&column, 0).map_err(SqlError::internal)
            }
            None => Ok(self.of.plan.empty()),
        };
        let values = results.iter().map(value).collect::<crate::Result<Vec<_>>>()?;
        Ok(places.into_iter().map(|place| values[place].clone()).collect())
    }
}

impl Body for First {
    fn invoke(&self, returns: &DataType, arguments: &ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = rows_of(arguments)?;
        if rows.is_empty() {
            return Ok(ColumnarValue::Array(new_empty_array(returns)));
        }
        let values = aside(&self.of.engine, &self.of.query_id, || self.values(rows)).map_err(function::error)?;
        Ok(ColumnarValue::Array(ScalarValue::iter_to_array(values)?))
    }
}

/// The function of this name that gives all rows of `plan`, whose columns are of these types; where there are none it gives
/// one of NULLs if it is `outer`.
pub(super) fn rows_function(
    cx: &Context<'_>,
    key: String,
    name: &str,
    plan: Arc<dyn RowPlan>,
    fields: Fields,
    outer: bool,
) -> ScalarUDF {
    let all = All { of: PerRow::new(cx, plan), fields, outer };
    let returns = Field::new(name, DataType::List(all.item()), true);
    Made::function(key, name, Arc::new(returns), all)
}

#[derive(Debug)]
struct All {
    of: PerRow,
    fields: Fields,
    outer: bool,
}

impl All {
    fn item(&self) -> FieldRef {
        Arc::new(Field::new("item", DataType::Struct(self.fields.clone()), true))
    }

    async fn lists(&self, rows: Vec<Vec<ScalarValue>>) -> crate::Result<ListArray> {
        let (results, places) = self.of.results(rows).await?;
        let structure = DataType::Struct(self.fields.clone());
        // Every row once, and where those of each result start.
        let mut parts = vec![new_empty_array(&structure)];
        let mut starts = vec![0];
        let mut count = 0;
        for batches in results {
            let before = count;
            for batch in batches.iter().filter(|batch| batch.num_rows() > 0) {
                let columns = batch.columns().iter().zip(&self.fields);
                let columns =
                    columns.map(|(column, field)| cast(column, field.data_type())).collect::<Result<_, _>>()?;
                parts.push(Arc::new(StructArray::try_new(self.fields.clone(), columns, None)?));
                count += batch.num_rows();
            }
            if count == before && self.outer {
                parts.push(new_null_array(&structure, 1));
                count += 1;
            }
            starts.push(count);
        }
        let all = concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
        let ranges = places.iter().map(|place| starts[*place]..starts[place + 1]);
        let lengths = OffsetBuffer::from_lengths(ranges.clone().map(|range| range.len()));
        let indices: UInt64Array = ranges.flatten().map(|index| index as u64).collect();
        Ok(ListArray::try_new(self.item(), lengths, take(&all, &indices, None)?, None)?)
    }
}

impl Body for All {
    fn invoke(&self, returns: &DataType, arguments: &ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = rows_of(arguments)?;
        if rows.is_empty() {
            return Ok(ColumnarValue::Array(new_empty_array(returns)));
        }
        let lists = aside(&self.of.engine, &self.of.query_id, || self.lists(rows)).map_err(function::error)?;
        Ok(ColumnarValue::Array(Arc::new(lists) as Arc<dyn Array>))
    }
}
