//! Snowflake's functions as DataFusion UDFs, one file per family: named, typed and failing as Snowflake's do.
//!
//! Functions that depend on the session or the statement (`CURRENT_TIMESTAMP`, `CURRENT_ROLE`, `SYSTEM$...`) are not
//! here: the planner replaces them.

use std::sync::Arc;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

pub mod cast;
pub mod datum;
pub mod decimal;
pub mod json;
pub mod time;

/// Every scalar function, by its upper-case Snowflake name.
pub fn scalars() -> Vec<(&'static str, Arc<ScalarUDF>)> {
    Vec::new()
}

/// Every aggregate function that is not DataFusion's own, by its upper-case Snowflake name.
pub fn aggregates() -> Vec<(&'static str, Arc<AggregateUDF>)> {
    Vec::new()
}
