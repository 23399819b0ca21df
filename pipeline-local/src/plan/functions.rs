//! All functions by name.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use datafusion::logical_expr::{AggregateUDF, HigherOrderUDF, ScalarUDF, WindowUDF};

use super::window;
use crate::function;
use crate::types::SqlType;

/// DataFusion's own aggregate functions that mean the same in Snowflake.
const BORROWED_AGGREGATES: [&str; 23] = [
    "COUNT",
    "SUM",
    "AVG",
    "MIN",
    "MAX",
    "STDDEV",
    "STDDEV_POP",
    "VAR",
    "VAR_POP",
    "CORR",
    "COVAR_POP",
    "COVAR_SAMP",
    "FIRST_VALUE",
    "LAST_VALUE",
    "REGR_AVGX",
    "REGR_AVGY",
    "REGR_COUNT",
    "REGR_INTERCEPT",
    "REGR_R2",
    "REGR_SLOPE",
    "REGR_SXX",
    "REGR_SXY",
    "REGR_SYY",
];
/// Window functions.
const WINDOWS: [&str; 11] = [
    "ROW_NUMBER",
    "RANK",
    "DENSE_RANK",
    "PERCENT_RANK",
    "CUME_DIST",
    "NTILE",
    "LAG",
    "LEAD",
    "FIRST_VALUE",
    "LAST_VALUE",
    "NTH_VALUE",
];

static SCALARS: LazyLock<HashMap<String, Arc<ScalarUDF>>> =
    LazyLock::new(|| function::scalars().into_iter().map(|(name, function)| (name.to_owned(), function)).collect());

static AGGREGATES: LazyLock<HashMap<String, Arc<AggregateUDF>>> = LazyLock::new(|| {
    let own = function::aggregates().into_iter().map(|(name, function)| (name.to_owned(), function));
    let borrowed = datafusion::functions_aggregate::all_default_aggregate_functions()
        .into_iter()
        .map(|function| (function.name().to_ascii_uppercase(), function))
        .filter(|(name, _)| BORROWED_AGGREGATES.contains(&name.as_str()));
    let mut all: HashMap<_, _> = borrowed.chain(own).collect();
    all.insert("GROUPING".to_owned(), datafusion::functions_aggregate::grouping::grouping_udaf());
    for (alias, name) in
        [("STDDEV_SAMP", "STDDEV"), ("VARIANCE", "VAR"), ("VAR_SAMP", "VAR"), ("VARIANCE_POP", "VAR_POP")]
    {
        if let Some(function) = all.get(name).cloned() {
            all.entry(alias.to_owned()).or_insert(function);
        }
    }
    // GROUPING reads the sets of GROUP BY, which the planner knows.
    let grouping = datafusion::functions_aggregate::grouping::grouping_udaf();
    for name in ["GROUPING", "GROUPING_ID"] {
        all.insert(name.to_owned(), grouping.clone());
    }
    all
});

static WINDOW: LazyLock<HashMap<String, Arc<WindowUDF>>> = LazyLock::new(|| {
    datafusion::functions_window::all_default_window_functions()
        .into_iter()
        .map(|function| (function.name().to_ascii_uppercase(), function))
        .filter(|(name, _)| WINDOWS.contains(&name.as_str()))
        .collect()
});

/// The scalar function of an upper-case name. `CAST:type` and `TRY_CAST:type` are conversions.
pub(super) fn scalar(name: &str) -> Option<Arc<ScalarUDF>> {
    if let Some(to) = name.strip_prefix("CAST:") {
        return SqlType::parse_ddl(to).map(|to| cast(to, false));
    }
    if let Some(to) = name.strip_prefix("TRY_CAST:") {
        return SqlType::parse_ddl(to).map(|to| cast(to, true));
    }
    if super::sequence::numbers_rows(name) {
        return Some(super::sequence::row_numbers());
    }
    if name == "WIDEN" {
        return Some(super::widen::function());
    }
    SCALARS.get(name).cloned()
}

/// The conversion to a type.
pub(super) fn cast(to: SqlType, lenient: bool) -> Arc<ScalarUDF> {
    function::cast_udf::cast_udf(to, lenient)
}

/// The aggregate function of an upper-case name.
pub(super) fn aggregate(name: &str) -> Option<Arc<AggregateUDF>> {
    if let Some((name, order)) = window::ordered(name) {
        return function::ordered_aggregate(name, order);
    }
    AGGREGATES.get(name).cloned()
}

/// The window function of an upper-case name.
pub(super) fn window(name: &str) -> Option<Arc<WindowUDF>> {
    WINDOW.get(name).cloned()
}

/// The function of an upper-case name that takes a lambda.
pub(super) fn higher_order(name: &str) -> Option<Arc<HigherOrderUDF>> {
    function::higher_order(name)
}

/// Whether there is any function of this upper-case name.
pub(super) fn exists(name: &str) -> bool {
    scalar(name).is_some() || higher_order(name).is_some() || AGGREGATES.contains_key(name) || WINDOW.contains_key(name)
}
