//! The columns of the table functions about runs: name, type, and the cell of a run.

use datafusion::common::ScalarValue;

use super::history::{GraphRun, Run};
use crate::exec::{ResultColumn, Value};
use crate::types::SqlType;

/// A column of a table function whose rows come from `R`.
pub(super) struct Column<R> {
    name: &'static str,
    sql_type: SqlType,
    cell: fn(&R) -> Cell,
}

/// What a run has in a column.
pub(super) enum Cell {
    Text(Option<String>),
    Number(i64),
    /// Microseconds since 1970.
    Time(Option<i64>),
    /// What this engine never fills.
    Absent,
}

const fn text<R>(name: &'static str, cell: fn(&R) -> Cell) -> Column<R> {
    Column { name, sql_type: SqlType::TEXT, cell }
}

const fn number<R>(name: &'static str, cell: fn(&R) -> Cell) -> Column<R> {
    Column { name, sql_type: SqlType::INTEGER, cell }
}

const fn time<R>(name: &'static str, cell: fn(&R) -> Cell) -> Column<R> {
    Column { name, sql_type: SqlType::TimestampLtz(3), cell }
}

const fn object<R>(name: &'static str, cell: fn(&R) -> Cell) -> Column<R> {
    Column { name, sql_type: SqlType::Object, cell }
}

/// The columns of a result.
pub(super) fn described<R>(columns: &[Column<R>]) -> Vec<ResultColumn> {
    columns.iter().map(|column| ResultColumn::new(column.name, column.sql_type)).collect()
}

/// The cells of a run.
pub(super) fn cells<R>(columns: &[Column<R>], run: &R) -> Vec<Value> {
    let value = |column: &Column<R>| match (column.cell)(run) {
        Cell::Text(Some(text)) => Value::text(text),
        Cell::Number(number) => Value::integer(number),
        Cell::Time(Some(at)) => {
            Value { sql_type: column.sql_type, scalar: ScalarValue::TimestampMicrosecond(Some(at), Some("UTC".into())) }
        }
        Cell::Text(None) | Cell::Time(None) | Cell::Absent => Value::null(column.sql_type),
    };
    columns.iter().map(value).collect()
}

fn some(text: &str) -> Cell {
    Cell::Text(Some(text.to_owned()))
}

/// A run has no group before it starts.
fn group(group: i64) -> Cell {
    Cell::Text((group != 0).then(|| group.to_string()))
}

/// TASK_HISTORY.
pub(super) const TASK_HISTORY: [Column<Run>; 27] = [
    text("QUERY_ID", |run| Cell::Text(run.query_id.clone())),
    text("NAME", |run| some(&run.name)),
    text("DATABASE_NAME", |run| some(&run.database)),
    text("SCHEMA_NAME", |run| some(&run.schema)),
    text("QUERY_TEXT", |run| some(&run.text)),
    text("CONDITION_TEXT", |run| Cell::Text(run.condition.clone())),
    text("STATE", |run| some(&run.state)),
    text("ERROR_CODE", |run| Cell::Text(run.error_code.clone())),
    text("ERROR_MESSAGE", |run| Cell::Text(run.error_message.clone())),
    time("SCHEDULED_TIME", |run| Cell::Time(Some(run.scheduled_at))),
    time("QUERY_START_TIME", |run| Cell::Time(run.started_at)),
    time("NEXT_SCHEDULED_TIME", |run| Cell::Time(run.next_at)),
    time("COMPLETED_TIME", |run| Cell::Time(run.completed_at)),
    text("ROOT_TASK_ID", |run| some(&run.root_uuid)),
    number("GRAPH_VERSION", |run| Cell::Number(run.version)),
    number("RUN_ID", |run| Cell::Number(run.scheduled_at / 1000)),
    text("RETURN_VALUE", |run| Cell::Text(run.return_value.clone())),
    text("SCHEDULED_FROM", |run| some(&run.from)),
    number("ATTEMPT_NUMBER", |run| Cell::Number(run.attempt)),
    text("CONFIG", |run| Cell::Text(run.config.clone())),
    text("QUERY_HASH", |_| Cell::Absent),
    number("QUERY_HASH_VERSION", |_| Cell::Absent),
    text("QUERY_PARAMETERIZED_HASH", |_| Cell::Absent),
    number("QUERY_PARAMETERIZED_HASH_VERSION", |_| Cell::Absent),
    text("GRAPH_RUN_GROUP_ID", |run| group(run.group)),
    object("BACKFILL_INFO", |_| Cell::Absent),
    number("SPCS_JOB_ID", |_| Cell::Absent),
];

/// CURRENT_TASK_GRAPHS and COMPLETE_TASK_GRAPHS.
pub(super) const TASK_GRAPHS: [Column<GraphRun>; 20] = [
    text("ROOT_TASK_NAME", |run| some(&run.name)),
    text("DATABASE_NAME", |run| some(&run.database)),
    text("SCHEMA_NAME", |run| some(&run.schema)),
    text("STATE", |run| some(&run.state)),
    text("FIRST_ERROR_TASK_NAME", |run| Cell::Text(run.first_error.as_ref().map(|error| error.0.clone()))),
    text("FIRST_ERROR_CODE", |run| Cell::Text(run.first_error.as_ref().map(|error| error.1.clone()))),
    text("FIRST_ERROR_MESSAGE", |run| Cell::Text(run.first_error.as_ref().map(|error| error.2.clone()))),
    time("SCHEDULED_TIME", |run| Cell::Time(Some(run.scheduled_at))),
    time("QUERY_START_TIME", |run| Cell::Time(run.started_at)),
    time("NEXT_SCHEDULED_TIME", |run| Cell::Time(run.next_at)),
    time("COMPLETED_TIME", |run| Cell::Time(run.completed_at)),
    text("ROOT_TASK_ID", |run| some(&run.root_uuid)),
    number("GRAPH_VERSION", |run| Cell::Number(run.version)),
    number("RUN_ID", |run| Cell::Number(run.scheduled_at / 1000)),
    number("ATTEMPT_NUMBER", |run| Cell::Number(run.attempt)),
    text("SCHEDULED_FROM", |run| some(&run.from)),
    text("CONFIG", |run| Cell::Text(run.config.clone())),
    text("GRAPH_RUN_GROUP_ID", |run| group(run.group)),
    object("BACKFILL_INFO", |_| Cell::Absent),
    text("SCHEDULED_BY_USER", |_| Cell::Absent),
];
