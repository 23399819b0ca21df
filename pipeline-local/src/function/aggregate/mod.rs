//! Aggregate functions.

mod accumulator;
mod frame;
mod numbers;
mod values;

use std::sync::Arc;

use datafusion::logical_expr::AggregateUDF;

/// All of them by name.
pub(super) fn functions() -> Vec<(&'static str, Arc<AggregateUDF>)> {
    [numbers::aggregates(), values::aggregates()].into_iter().flatten().flat_map(frame::Aggregate::udafs).collect()
}
