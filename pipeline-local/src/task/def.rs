//! What a task is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::ObjectId;

/// Whether runs of a graph may overlap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Overlap {
    /// A run starts only when all tasks of the one before have ended.
    #[default]
    None,
    /// A run starts when the root of the one before has ended.
    Child,
    /// Runs start whenever they are due.
    All,
}

impl Overlap {
    /// As DDL writes it.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::None => "NO_OVERLAP",
            Self::Child => "ALLOW_CHILD_OVERLAP",
            Self::All => "ALLOW_ALL_OVERLAP",
        }
    }
}

/// The definition of a task in the catalog. Properties that were not set are `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskDef {
    /// The id that SHOW TASKS and TASK_HISTORY show.
    pub uuid: String,
    /// WAREHOUSE; a task without one is serverless.
    pub warehouse: Option<String>,
    /// SCHEDULE as it was written.
    pub schedule: Option<String>,
    /// CONFIG, a JSON object.
    pub config: Option<String>,
    /// OVERLAP_POLICY.
    pub overlap: Option<Overlap>,
    /// Session parameters for the runs.
    pub parameters: BTreeMap<String, String>,
    /// USER_TASK_TIMEOUT_MS.
    pub timeout_ms: Option<i64>,
    /// SUSPEND_TASK_AFTER_NUM_FAILURES.
    pub suspend_after_failures: Option<i64>,
    /// TASK_AUTO_RETRY_ATTEMPTS.
    pub retry_attempts: Option<i64>,
    /// USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS.
    pub trigger_interval: Option<i64>,
    /// TARGET_COMPLETION_INTERVAL.
    pub target_completion: Option<String>,
    /// USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE.
    pub initial_size: Option<String>,
    /// SERVERLESS_TASK_MIN_STATEMENT_SIZE.
    pub min_size: Option<String>,
    /// SERVERLESS_TASK_MAX_STATEMENT_SIZE.
    pub max_size: Option<String>,
    /// ERROR_INTEGRATION.
    pub error_integration: Option<String>,
    /// SUCCESS_INTEGRATION.
    pub success_integration: Option<String>,
    /// LOG_LEVEL.
    pub log_level: Option<String>,
    /// EXECUTE AS USER.
    pub execute_as_user: Option<String>,
    /// FINALIZE: the root whose graph it ends.
    pub finalize: Option<ObjectId>,
    /// AFTER.
    pub after: Vec<ObjectId>,
    /// WHEN, as SQL.
    pub when: Option<String>,
    /// The statement.
    pub body: String,
    /// Whether it was resumed.
    pub started: bool,
    /// When it was last resumed, or its schedule set: intervals count from here. Microseconds since 1970.
    pub base: i64,
    /// When the definition was last put into force by RESUME.
    pub last_committed_on: Option<i64>,
    /// When it was last suspended.
    pub last_suspended_on: Option<i64>,
    /// Why.
    pub last_suspended_reason: Option<String>,
    /// Of a root: the version of its graph. It grows when the root is resumed or executed after a change of the graph.
    pub version: i64,
    /// Of a root: whether its graph changed since the version was fixed.
    pub changed: bool,
    /// Who created it.
    pub created_by: String,
}

impl TaskDef {
    /// Fixes the version of the graph under this root; whether that changed anything.
    pub fn fix_version(&mut self) -> bool {
        let changed = std::mem::take(&mut self.changed);
        self.version += i64::from(changed);
        changed
    }

    /// Whether nothing precedes it, and it is no finalizer.
    pub fn is_root(&self) -> bool {
        self.after.is_empty() && self.finalize.is_none()
    }

    /// Whether data in a stream starts it: no schedule, and a WHEN that asks for a stream.
    pub fn is_triggered(&self) -> bool {
        let asks = self.when.as_ref().is_some_and(|when| when.to_ascii_uppercase().contains("SYSTEM$STREAM_HAS_DATA"));
        self.is_root() && self.schedule.is_none() && asks
    }
}
