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

/// Functions of Snowflake that are not here, by the beginning of their names.
const REFUSED_FAMILIES: [&str; 9] =
    ["AI_", "ST_", "H3_", "FL_", "SNOWFLAKE.CORTEX.", "DATASKETCHES_", "DP_", "SYSTEM$ICEBERG_", "SYSTEM$REGISTRY_"];
/// Functions of Snowflake that are not here.
const REFUSED: [&str; 65] = [
    "ALL_USER_NAMES",
    "BUILD_SCOPED_FILE_URL",
    "BUILD_STAGE_FILE_URL",
    "COLLATE",
    "COLLATION",
    "CURRENT_TASK_GRAPHS",
    "DECRYPT",
    "DECRYPT_RAW",
    "ENCRYPT",
    "ENCRYPT_RAW",
    "ESTIMATE_REMAINING_DP_AGGREGATES",
    "EXPLAIN_JSON",
    "GET_ABSOLUTE_PATH",
    "GET_PRESIGNED_URL",
    "GET_RELATIVE_PATH",
    "GET_STAGE_LOCATION",
    "INVOKER_SHARE",
    "IS_APPLICATION_ROLE_ACTIVATED_IN_SESSION",
    "IS_APPLICATION_ROLE_IN_SESSION",
    "IS_DATABASE_ROLE_IN_SESSION",
    "IS_GRANTED_TO_INVOKER_ROLE",
    "IS_INSTANCE_ROLE_IN_SESSION",
    "PARSE_XML",
    "CHECK_XML",
    "XMLGET",
    "TO_XML",
    "PROMPT",
    "SEARCH",
    "SEARCH_IP",
    "TO_DECFLOAT",
    "TRY_TO_DECFLOAT",
    "TO_FILE",
    "TRY_TO_FILE",
    "TO_GEOGRAPHY",
    "TRY_TO_GEOGRAPHY",
    "TO_GEOMETRY",
    "TRY_TO_GEOMETRY",
    "TO_QUERY",
    "TO_UUID",
    "TRY_TO_UUID",
    "TRY_DECRYPT",
    "TRY_DECRYPT_RAW",
    "VECTOR_AVG",
    "VECTOR_MAX",
    "VECTOR_MIN",
    "VECTOR_SUM",
    "SYSTEM$ABORT_SESSION",
    "SYSTEM$ABORT_TRANSACTION",
    "SYSTEM$ADD_EVENT",
    "SYSTEM$ALLOWLIST",
    "SYSTEM$BEHAVIOR_CHANGE_BUNDLE_STATUS",
    "SYSTEM$CLUSTERING_DEPTH",
    "SYSTEM$CLUSTERING_INFORMATION",
    "SYSTEM$DATABASE_REFRESH_HISTORY",
    "SYSTEM$ESTIMATE_QUERY_ACCELERATION",
    "SYSTEM$EXPLAIN_PLAN_JSON",
    "SYSTEM$LAST_CHANGE_COMMIT_TIME",
    "SYSTEM$LOG",
    "SYSTEM$LOG_INFO",
    "SYSTEM$PIPE_STATUS",
    "SYSTEM$QUERY_REFERENCE",
    "SYSTEM$REFERENCE",
    "SYSTEM$SET_SPAN_ATTRIBUTES",
    "SYSTEM$STREAM_BACKLOG",
    "SYSTEM$VERSION",
];

/// Whether Snowflake has a function of this upper-case name that is not here.
pub(super) fn refused(name: &str) -> bool {
    REFUSED.contains(&name) || REFUSED_FAMILIES.iter().any(|family| name.starts_with(family))
}

/// The fewest arguments of a function that DataFusion checks too late; 0 for others.
pub(super) fn fewest_arguments(name: &str) -> usize {
    match name {
        "CORR" | "COVAR_POP" | "COVAR_SAMP" | "NTH_VALUE" => 2,
        name if name.starts_with("REGR_") && AGGREGATES.contains_key(name) => 2,
        "LAG" | "LEAD" | "NTILE" => 1,
        name if BORROWED_AGGREGATES.contains(&name) || name == "GROUPING" => 1,
        _ => 0,
    }
}

/// Whether there is any function of this upper-case name.
pub(super) fn exists(name: &str) -> bool {
    scalar(name).is_some() || higher_order(name).is_some() || AGGREGATES.contains_key(name) || WINDOW.contains_key(name)
}
