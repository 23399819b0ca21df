//! Statements that show how a pipeline is doing, only in forms that exist in Snowflake: INFORMATION_SCHEMA has neither a
//! TASKS nor a STREAMS view.

use super::{Action, Script};
use crate::graph::Graph;
use crate::ident;
use crate::node::{Kind, Node, NodeRef};

const TASK_COLUMNS: &str = r#""name", "state", "schedule", "warehouse", "condition", "predecessors""#;
const STREAM_COLUMNS: &str = r#""name", "table_name", "mode", "stale", "stale_after""#;

/// Views of the pipeline, tasks, streams, runs and notifications.
pub(super) fn push(script: &mut Script, graph: &Graph) {
    let mut monitor = |node: &'static Node, note: &str, sql: String| {
        script.push(Action::Monitor, sql, Some(NodeRef::new(node)));
        script.note(note);
    };
    for view in graph.own(Kind::View) {
        let note = if view.comment.is_empty() { "View of the pipeline" } else { view.comment };
        monitor(view, note, format!("SELECT * FROM {}", view.qualified_name()));
    }
    for (kind, columns, note) in [
        (Kind::Task, TASK_COLUMNS, "Which tasks are started"),
        (Kind::Stream, STREAM_COLUMNS, "Streams must be consumed before they go stale"),
    ] {
        for schema in schemas_of(graph, kind) {
            monitor(schema, note, format!("SHOW {}S IN SCHEMA {}", kind.sql(), schema.qualified_name()));
            // The columns of SHOW have names in lower case.
            monitor(schema, "", format!("SELECT {columns} FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))"));
        }
    }
    for stream in graph.own(Kind::Stream) {
        monitor(stream, "Whether changes are waiting", has_data(stream));
    }
    for task in graph.own(Kind::Task) {
        if let Some(database) = database_of(task) {
            monitor(task, "Runs of the last 24 hours, newest first", task_history(database, task));
        }
    }
    if let Some(database) = graph.own(Kind::Task).find_map(database_of) {
        for integration in graph.own(Kind::NotificationIntegration) {
            monitor(integration, "Notifications of the last 24 hours", notification_history(database, integration));
        }
    }
}

/// Asks whether a stream has changes.
pub(super) fn has_data(stream: &Node) -> String {
    format!("SELECT SYSTEM$STREAM_HAS_DATA({}) AS HAS_DATA", ident::literal(&stream.qualified_name()))
}

fn task_history(database: &Node, task: &Node) -> String {
    format!(
        "SELECT NAME, STATE, SCHEDULED_TIME, QUERY_START_TIME, COMPLETED_TIME, ERROR_CODE, ERROR_MESSAGE
FROM TABLE({}.INFORMATION_SCHEMA.TASK_HISTORY(
    SCHEDULED_TIME_RANGE_START => DATEADD('HOUR', -24, CURRENT_TIMESTAMP()),
    SCHEDULED_TIME_RANGE_END => CURRENT_TIMESTAMP(),
    RESULT_LIMIT => 100,
    TASK_NAME => {}
))
ORDER BY SCHEDULED_TIME DESC",
        database.qualified_name(),
        ident::literal(task.name),
    )
}

fn notification_history(database: &Node, integration: &Node) -> String {
    format!(
        "SELECT CREATED, PROCESSED, STATUS, MESSAGE_SOURCE, ERROR_MESSAGE
FROM TABLE({}.INFORMATION_SCHEMA.NOTIFICATION_HISTORY(
    START_TIME => DATEADD('HOUR', -24, CURRENT_TIMESTAMP()),
    END_TIME => CURRENT_TIMESTAMP(),
    INTEGRATION_NAME => {},
    RESULT_LIMIT => 100
))
ORDER BY CREATED DESC",
        database.qualified_name(),
        ident::literal(integration.name),
    )
}

/// The schemas that hold objects of a kind, each once.
fn schemas_of(graph: &Graph, kind: Kind) -> Vec<&'static Node> {
    let mut schemas: Vec<&'static Node> = Vec::new();
    for schema in graph.own(kind).filter_map(Node::schema) {
        if !schemas.iter().any(|known| std::ptr::eq(*known, schema)) {
            schemas.push(schema);
        }
    }
    schemas
}

fn database_of(node: &'static Node) -> Option<&'static Node> {
    node.schema().and_then(|schema| schema.parent).map(NodeRef::get)
}
