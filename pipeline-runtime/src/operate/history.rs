//! Task runs as TASK_HISTORY tells them.

use chrono::{DateTime, Utc};
use pipeline_dsl::{ident, node::Node};

use crate::{
    connection::{Connection, Row},
    error::StatementError,
};

/// The most rows that TASK_HISTORY gives.
const LIMIT: u32 = 10_000;

/// One run of a task.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) name: String,
    pub(crate) schema: String,
    pub(crate) state: String,
    pub(crate) scheduled_from: String,
    pub(crate) run_id: String,
    pub(crate) group: String,
    pub(crate) query_id: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) return_value: Option<String>,
    pub(crate) scheduled: Option<DateTime<Utc>>,
    pub(crate) started: Option<DateTime<Utc>>,
    pub(crate) completed: Option<DateTime<Utc>>,
}

impl Run {
    fn from_row(row: &Row) -> Self {
        let text = |column| row.text(column);
        let code = text("ERROR_CODE").filter(|code| !code.is_empty());
        let message = text("ERROR_MESSAGE").filter(|message| !message.is_empty());
        Self {
            name: text("NAME").unwrap_or_default(),
            schema: text("SCHEMA_NAME").unwrap_or_default(),
            state: text("STATE").unwrap_or_default(),
            scheduled_from: text("SCHEDULED_FROM").unwrap_or_default(),
            run_id: text("RUN_ID").unwrap_or_default(),
            group: text("GRAPH_RUN_GROUP_ID").unwrap_or_default(),
            query_id: text("QUERY_ID"),
            error: message.map(|message| match code {
                Some(code) => format!("{code}: {message}"),
                None => message,
            }),
            return_value: text("RETURN_VALUE"),
            scheduled: row.time("SCHEDULED_TIME"),
            started: row.time("QUERY_START_TIME"),
            completed: row.time("COMPLETED_TIME"),
        }
    }

    /// What tells this run from all others. Its RUN_ID is a time in milliseconds, which two runs may share.
    pub(crate) fn identity(&self) -> String {
        format!("{} {} {}", self.run_id, self.group, self.query_id.as_deref().unwrap_or_default())
    }

    /// Whether the run has ended.
    pub(crate) fn is_over(&self) -> bool {
        !matches!(self.state.as_str(), "SCHEDULED" | "EXECUTING")
    }

    /// Whether the run has ended without doing what it should.
    pub(crate) fn has_failed(&self) -> bool {
        matches!(self.state.as_str(), "FAILED" | "FAILED_AND_AUTO_SUSPENDED" | "CANCELLED")
    }

    /// How long it ran.
    pub(crate) fn took(&self) -> Option<std::time::Duration> {
        (self.completed? - self.started?).to_std().ok()
    }

    /// Whether this is a run of `task`.
    pub(crate) fn is_of(&self, task: &Node) -> bool {
        self.name == task.name && task.schema().is_some_and(|schema| schema.name == self.schema)
    }
}

/// The runs of the tasks of a database during the last `hours`, the newest first. The range is always given: without one
/// Snowflake answers with no more than 100 rows of its own choice.
pub(crate) async fn history(
    connection: &Connection,
    database: &Node,
    task: Option<&Node>,
    hours: u32,
) -> Result<Vec<Run>, Box<StatementError>> {
    let task = task.map(|task| format!(",\n    TASK_NAME => {}", ident::literal(task.name))).unwrap_or_default();
    let sql = format!(
        "SELECT *\nFROM TABLE({}.INFORMATION_SCHEMA.TASK_HISTORY(\n    \
         SCHEDULED_TIME_RANGE_START => DATEADD('HOUR', -{hours}, CURRENT_TIMESTAMP()),\n    \
         RESULT_LIMIT => {LIMIT}{task}\n))\nORDER BY SCHEDULED_TIME DESC",
        database.qualified_name()
    );
    Ok(connection.execute(&sql).await?.iter().map(Run::from_row).collect())
}
