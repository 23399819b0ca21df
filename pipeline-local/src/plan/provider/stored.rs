//! Rows of the storage as a relation: only the columns that a plan needs are read, and only when it runs.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatchOptions;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DataFusionError;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{Expr, TableSource, TableType};
use datafusion::physical_plan::ExecutionPlan;

use crate::error::Result;

/// Reads the columns with these indexes, in this order.
type Read = dyn Fn(&[usize]) -> Result<Vec<RecordBatch>> + Send + Sync;

/// A relation whose rows are in the storage.
pub(in crate::plan) struct Stored {
    schema: SchemaRef,
    read: Box<Read>,
}

impl Stored {
    /// The relation of this schema whose columns `read` gives.
    pub(in crate::plan) fn source(
        schema: SchemaRef,
        read: impl Fn(&[usize]) -> Result<Vec<RecordBatch>> + Send + Sync + 'static,
    ) -> Arc<dyn TableSource> {
        provider_as_source(Arc::new(Self { schema, read: Box::new(read) }))
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored").field("schema", &self.schema).finish_non_exhaustive()
    }
}

#[async_trait]
impl TableProvider for Stored {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> datafusion::common::Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let columns = projection.unwrap_or(&all);
        let schema = Arc::new(self.schema.project(columns)?);
        let batches = (self.read)(columns).map_err(|error| DataFusionError::External(Box::new(error)))?;
        let batches = batches
            .into_iter()
            .map(|batch| {
                let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
                RecordBatch::try_new_with_options(schema.clone(), batch.columns().to_vec(), &options)
            })
            .collect::<std::result::Result<Vec<_>, _>>()?;
        Ok(MemorySourceConfig::try_new_exec(&[batches], schema, None)?)
    }
}
