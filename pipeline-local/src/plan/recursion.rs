//! An end to recursions that have none.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::common::Result;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::coop::make_cooperative;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};

use crate::error::SqlError;
use crate::function::error;

/// How often the recursive clause of a query runs at most. Snowflake has such a limit too, the parameter MAX_RECURSIONS,
/// whose value its documentation does not tell.
const LIMIT: usize = 10_000;

/// The terms of a recursive query, which fail when the recursive one has run too often.
pub(super) fn bounded(terms: Vec<Arc<dyn ExecutionPlan>>) -> Vec<Arc<dyn ExecutionPlan>> {
    let count = Arc::new(AtomicUsize::new(0));
    let terms = terms.into_iter().enumerate();
    terms
        .map(|(place, input)| {
            Arc::new(Counted { input, count: count.clone(), starts: place == 0 }) as Arc<dyn ExecutionPlan>
        })
        .collect()
}

/// Counts how often its input runs.
#[derive(Debug)]
struct Counted {
    input: Arc<dyn ExecutionPlan>,
    count: Arc<AtomicUsize>,
    /// Whether it is the first term, with which the count starts anew.
    starts: bool,
}

impl DisplayAs for Counted {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counted")
    }
}

impl ExecutionPlan for Counted {
    fn name(&self) -> &str {
        "Counted"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let input = children.into_iter().next().unwrap_or_else(|| self.input.clone());
        Ok(Arc::new(Self { input, count: self.count.clone(), starts: self.starts }))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        if self.starts {
            self.count.store(0, Ordering::Relaxed);
        } else if self.count.fetch_add(1, Ordering::Relaxed) >= LIMIT {
            let message = format!("Recursion exceeded max iteration count ({LIMIT})");
            return Err(error(SqlError::new(100_189, "P0000", message)));
        }
        // Every iteration gives way, so that the statement can be cancelled.
        Ok(make_cooperative(self.input.execute(partition, context)?))
    }
}
