//! The messages that a graph sends about its runs.

use super::graph::Task;
use super::history::{GraphRun, Run};
use super::run::Graph;
use crate::catalog::Kind;
use crate::{SqlError, notification};

impl Graph {
    /// Sends a message through an integration of the root, if it names one.
    fn report(&self, integration: Option<&String>, message: &serde_json::Value, source_info: &serde_json::Value) {
        let Some(name) = integration else { return };
        let sent = match self.engine.catalog.find(Kind::Integration, None, name, "") {
            Ok(Some(integration)) => {
                notification::enqueue(&self.engine, &integration, "TASK", source_info, message.to_string())
            }
            Ok(None) => Err(SqlError::does_not_exist("Integration", name)),
            Err(error) => Err(error),
        };
        if let Err(error) = sent {
            tracing::error!(task = %self.full_name(&self.root.object), %error, "a notification could not be sent");
        }
    }

    pub(super) fn report_failure(&self, task: &Task, run: &Run) {
        let time = |at: Option<i64>| at.map_or_else(|| "null".to_owned(), iso);
        let message = serde_json::json!({
            "version": "1.0",
            "messageId": uuid::Uuid::new_v4().to_string(),
            "messageType": "USER_TASK_FAILED",
            "timestamp": iso(self.engine.clock.now()),
            "accountName": self.engine.config.account,
            "taskName": self.full_name(&task.object),
            "taskId": task.def.uuid,
            "rootTaskName": self.full_name(&self.root.object),
            "rootTaskId": self.root.def.uuid,
            "messages": [{
                "runId": iso(run.scheduled_at),
                "scheduledTime": iso(run.scheduled_at),
                "queryStartTime": time(run.started_at),
                "completedTime": time(run.completed_at),
                "queryId": run.query_id,
                "errorCode": run.error_code,
                "errorMessage": run.error_message,
            }],
        });
        let info = serde_json::json!({ "taskName": self.full_name(&task.object), "queryId": run.query_id });
        self.report(self.root.def.error_integration.as_ref(), &message, &info);
    }

    pub(super) fn report_success(&self, row: &GraphRun) {
        let time = |at: Option<i64>| at.map_or_else(|| "null".to_owned(), iso);
        let message = serde_json::json!({
            "version": "1.0",
            "messageId": uuid::Uuid::new_v4().to_string(),
            "messageType": "GRAPH_SUCCEEDED",
            "timestamp": iso(self.engine.clock.now()),
            "accountName": self.engine.config.account,
            "rootTaskName": self.full_name(&self.root.object),
            "rootTaskId": self.root.def.uuid,
            "messages": [{
                "runId": iso(row.scheduled_at),
                "scheduledTime": iso(row.scheduled_at),
                "queryStartTime": time(row.started_at),
                "graphCompletedTime": time(row.completed_at),
                "attemptNumber": row.attempt,
            }],
        });
        let info = serde_json::json!({ "taskName": self.full_name(&self.root.object) });
        self.report(self.root.def.success_integration.as_ref(), &message, &info);
    }
}

fn iso(micros: i64) -> String {
    chrono::DateTime::from_timestamp_micros(micros)
        .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
        .unwrap_or_default()
}
