//! Aggregate functions.

mod accumulator;
pub(super) mod bitmap;
mod event;
mod frame;
mod numbers;
pub(super) mod sketch;
mod values;

use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::logical_expr::AggregateUDF;

fn aggregates() -> impl Iterator<Item = frame::Aggregate> {
    let families =
        [numbers::aggregates(), values::aggregates(), sketch::aggregates(), bitmap::aggregates(), event::aggregates()];
    families.into_iter().flatten()
}

/// All of them by name.
pub(super) fn functions() -> Vec<(&'static str, Arc<AggregateUDF>)> {
    aggregates().flat_map(frame::Aggregate::udafs).collect()
}

/// The function of a name whose rows come in an order given by further arguments.
pub(super) fn ordered(name: &str, order: Vec<SortOptions>) -> Option<Arc<AggregateUDF>> {
    let found = aggregates().find(|aggregate| aggregate.name == name || aggregate.aliases.contains(&name))?;
    Some(found.udaf(Some(order)))
}

/// Whether a function is written with WITHIN GROUP, which names its first argument.
pub(super) fn needs_group(name: &str) -> bool {
    aggregates().any(|aggregate| aggregate.within_group && aggregate.name == name)
}
