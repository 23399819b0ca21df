//! Snowflake's functions as DataFusion UDFs, one file per family: named, typed and failing as Snowflake's do.
//!
//! Functions that depend on the session or the statement (`CURRENT_TIMESTAMP`, `CURRENT_ROLE`, `SYSTEM$...`) are not
//! here: the planner replaces them. What others follow of the session, [`Settings`], travels in the configuration.
//!
//! Parts of dates (`DATEADD(day, ...)`, `EXTRACT(year FROM ...)`) are text literals as arguments.

use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

use crate::error::SqlError;

mod address;
mod aggregate;
mod args;
pub mod arithmetic;
mod bits;
pub mod cast;
pub mod cast_udf;
mod cast_whole;
pub mod common;
mod compress;
mod conditional;
mod conversion;
mod datetime;
pub mod datum;
pub mod decimal;
mod encode;
mod estimate;
mod hash;
mod higher_order;
pub mod json;
mod map;
mod number_format;
mod numeric;
mod random;
mod regexp;
pub mod semi_structured;
mod sequence;
mod settings;
mod similarity;
mod string;
mod structured;
#[cfg(test)]
mod testing;
pub mod time;
mod udf;
mod variant_key;
mod vector;
mod wait;

pub use higher_order::higher_order;
pub use settings::Settings;

/// Every scalar function, by its upper-case Snowflake name. Operators are `SF_ADD`, `SF_SUB`, `SF_MUL`, `SF_DIV`,
/// `SF_MOD` and `SF_NEGATE`.
pub fn scalars() -> Vec<(&'static str, Arc<ScalarUDF>)> {
    let families = [
        address::functions(),
        arithmetic::functions(),
        bits::functions(),
        compress::functions(),
        conditional::functions(),
        conversion::functions(),
        datetime::functions(),
        encode::functions(),
        estimate::functions(),
        hash::functions(),
        map::functions(),
        numeric::functions(),
        random::functions(),
        regexp::functions(),
        semi_structured::functions(),
        sequence::functions(),
        similarity::functions(),
        string::functions(),
        variant_key::functions(),
        vector::functions(),
    ];
    let mut all: Vec<_> = families.into_iter().flatten().flat_map(udf::Function::udfs).collect();
    all.extend(conditional::lazy());
    all.push(wait::function());
    all
}

/// The aggregate functions, by their upper-case Snowflake names. COUNT, MIN, MAX, CORR and the like are DataFusion's own.
pub fn aggregates() -> Vec<(&'static str, Arc<AggregateUDF>)> {
    aggregate::functions()
}

/// The aggregate function of a name as a window function whose rows come in an order; what they are ordered by are
/// further arguments, except where WITHIN GROUP names the first one (see [`needs_group`]).
pub fn ordered_aggregate(name: &str, order: Vec<SortOptions>) -> Option<Arc<AggregateUDF>> {
    aggregate::ordered(name, order)
}

/// Whether an aggregate function is written with WITHIN GROUP, which names its first argument.
pub fn needs_group(name: &str) -> bool {
    aggregate::needs_group(name)
}

/// Wraps an error so that it passes through DataFusion; [`sql_error`] finds it again.
pub fn error(error: SqlError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// The error of a function inside one of DataFusion's, if there is one.
pub fn sql_error(error: &(dyn std::error::Error + 'static)) -> Option<SqlError> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(found) = error.downcast_ref::<SqlError>() {
            return Some(found.clone());
        }
        current = error.source();
    }
    None
}
