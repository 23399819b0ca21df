//! Resuming and suspending task graphs in the order that Snowflake needs.

use pipeline_dsl::node::Node;

use super::become_pipeline_role;
use crate::{
    connection::Connection,
    error::Error,
    live::{Live, TaskState, label},
    model::Model,
    progress::{Progress, took},
};

/// Resumes all tasks: children and finalizers first, so that the root does not start before its graph is complete.
pub(crate) async fn resume(connection: &Connection, model: &Model, progress: &Progress) -> Result<(), Error> {
    let live = read(connection, model).await?;
    for root in model.roots() {
        // Snowflake refuses to resume a child while its root is started.
        let sleeping_child =
            model.graph_of(root).iter().any(|(task, _)| state(&live, task) == Some(TaskState::Suspended));
        if sleeping_child && state(&live, root) == Some(TaskState::Started) {
            alter(connection, progress, root, "SUSPEND").await?;
        }
    }
    let live = read(connection, model).await?;
    for task in model.graph.resume_order() {
        match state(&live, task) {
            Some(TaskState::Started) => progress.line(&format!("  = {} is started", label(task))),
            Some(TaskState::Suspended) => alter(connection, progress, task, "RESUME").await?,
            None => return Err(not_deployed(task)),
        }
    }
    Ok(())
}

/// Suspends all tasks, the root first. Runs that have begun go on to their end.
pub(crate) async fn suspend(connection: &Connection, model: &Model, progress: &Progress) -> Result<(), Error> {
    let live = read(connection, model).await?;
    for task in model.graph.resume_order().into_iter().rev() {
        match state(&live, task) {
            Some(TaskState::Suspended) => progress.line(&format!("  = {} is suspended", label(task))),
            Some(TaskState::Started) => alter(connection, progress, task, "SUSPEND").await?,
            None => return Err(not_deployed(task)),
        }
    }
    Ok(())
}

async fn read(connection: &Connection, model: &Model) -> Result<Live, Error> {
    become_pipeline_role(connection, model).await?;
    Ok(Live::read_tasks(connection, &model.graph.objects).await?)
}

fn state(live: &Live, task: &Node) -> Option<TaskState> {
    live.row(task).map(TaskState::from_row)
}

async fn alter(connection: &Connection, progress: &Progress, task: &Node, verb: &str) -> Result<(), Error> {
    let start = std::time::Instant::now();
    let sql = format!("ALTER TASK {} {verb}", task.qualified_name());
    connection.execute(&sql).await.map_err(|error| error.with_object(Some(label(task))))?;
    progress.line(&format!("  + {} {}  {}", verb.to_lowercase(), label(task), took(start.elapsed())));
    Ok(())
}

pub(super) fn not_deployed(task: &Node) -> Error {
    Error::Usage {
        message: format!("{} is not there, or is hidden from this role", label(task)),
        help: "run `deploy` first".to_owned(),
    }
}
