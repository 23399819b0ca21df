//! Tasks: their statements, graphs and the scheduler.

use std::sync::Arc;

use crate::engine::Engine;
use crate::exec::{Context, QueryResult, Running, Value};
use crate::{Result, SqlError};

/// The scheduler of an engine.
#[derive(Debug, Default)]
pub struct Service {}

impl Service {
    /// Starts running tasks on the current tokio runtime; the engine's threads need large stacks.
    pub fn start(_engine: &Arc<Engine>) {}

    /// Stops starting tasks and waits for those that run.
    pub async fn stop(&self) {}

    /// Tells the scheduler that data was committed, for tasks that a stream triggers.
    pub fn committed(&self) {}
}

/// CREATE, ALTER, DROP, DESCRIBE, EXECUTE TASK and SHOW TASKS: `text` is the whole statement.
pub fn execute<'c>(_cx: &'c mut Context<'_>, _text: &'c str) -> Running<'c> {
    Box::pin(async move { Err(SqlError::unsupported("TASK")) })
}

/// The rows of a table function of INFORMATION_SCHEMA about tasks (TASK_HISTORY, CURRENT_TASK_GRAPHS,
/// COMPLETE_TASK_GRAPHS, TASK_DEPENDENTS); `None` for other functions. Argument names are in upper case; positional
/// ones have an empty name.
pub fn table_function(_cx: &Context<'_>, _name: &str, _arguments: &[(String, Value)]) -> Result<Option<QueryResult>> {
    Ok(None)
}

/// `SYSTEM$TASK_DEPENDENTS_ENABLE('task')`: resumes the task's whole graph below it.
pub fn dependents_enable(_cx: &Context<'_>, _task: &str) -> Result<String> {
    Err(SqlError::unsupported("SYSTEM$TASK_DEPENDENTS_ENABLE"))
}

/// `SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS('task')`.
pub fn cancel_ongoing_executions(_cx: &Context<'_>, _task: &str) -> Result<String> {
    Err(SqlError::unsupported("SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS"))
}
