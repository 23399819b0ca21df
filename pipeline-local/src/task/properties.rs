//! Setting and unsetting the properties of a task.

use super::def::{Overlap, TaskDef};
use super::graph::Tasks;
use super::parser::Property;
use super::rules::{finalized, graph_error, invalid, stored_name};
use crate::catalog::{Kind, Object};
use crate::exec::Context;
use crate::parse::quote;
use crate::{Result, SqlError};

/// The task whose properties are set.
pub(super) struct Subject<'a> {
    pub(super) schema: &'a Object,
    pub(super) name: &'a str,
    /// Whether it is to be the root of its graph.
    pub(super) root: bool,
}

/// Sets properties; ranges were checked by the parser, what they mean together is by [`check`].
pub(super) fn apply(
    cx: &Context<'_>,
    tasks: &Tasks,
    task: &Subject<'_>,
    def: &mut TaskDef,
    comment: &mut String,
    properties: Vec<Property>,
) -> Result<()> {
    let policy = properties.iter().find_map(|property| match property {
        Property::Overlap(overlap) => Some(*overlap),
        _ => None,
    });
    for property in properties {
        match property {
            Property::Warehouse(named) => def.warehouse = Some(stored_name(cx, Kind::Warehouse, named)?),
            Property::InitialSize(size) => def.initial_size = Some(size),
            Property::MinSize(size) => def.min_size = Some(size),
            Property::MaxSize(size) => def.max_size = Some(size),
            Property::Schedule(schedule) => def.schedule = Some(schedule),
            Property::Config(config) => def.config = Some(config),
            Property::Overlap(overlap) => def.overlap = Some(overlap),
            Property::AllowOverlapping(allow) => {
                let overlap = if allow { Overlap::Child } else { Overlap::None };
                if policy.is_some_and(|policy| policy != overlap) {
                    return Err(invalid(
                        "Cannot specify ALLOW_OVERLAPPING_EXECUTION and OVERLAP_POLICY to different values in the same command.",
                    ));
                }
                if allow && !task.root {
                    let full = format!("{}.{}", cx.engine.catalog.full_name(task.schema)?, quote(task.name));
                    return Err(graph_error(format_args!(
                        "Cannot set allow_overlapping_execution on non-root task {full}."
                    )));
                }
                // FALSE is what every task has, children too.
                if task.root {
                    def.overlap = Some(overlap);
                }
            }
            Property::TimeoutMs(value) => def.timeout_ms = Some(value),
            Property::SuspendAfterFailures(value) => def.suspend_after_failures = Some(value),
            Property::RetryAttempts(value) => def.retry_attempts = Some(value),
            Property::TriggerInterval(value) => def.trigger_interval = Some(value),
            Property::TargetCompletion(value) => def.target_completion = Some(value),
            Property::ErrorIntegration(named) => {
                def.error_integration = Some(stored_name(cx, Kind::Integration, named)?);
            }
            Property::SuccessIntegration(named) => {
                def.success_integration = Some(stored_name(cx, Kind::Integration, named)?);
            }
            Property::LogLevel(level) => def.log_level = Some(level),
            Property::Comment(text) => *comment = text,
            Property::Finalize(root) => def.finalize = Some(finalized(cx, tasks, task.schema, task.name, &root)?),
            Property::Parameter(name, value) => {
                def.parameters.insert(name, value);
            }
        }
    }
    Ok(())
}

pub(super) fn unset(def: &mut TaskDef, comment: &mut String, property: &str) -> Result<()> {
    match property {
        "WAREHOUSE" => def.warehouse = None,
        "SCHEDULE" => def.schedule = None,
        "CONFIG" => def.config = None,
        "OVERLAP_POLICY" | "ALLOW_OVERLAPPING_EXECUTION" => def.overlap = None,
        "USER_TASK_TIMEOUT_MS" => def.timeout_ms = None,
        "SUSPEND_TASK_AFTER_NUM_FAILURES" => def.suspend_after_failures = None,
        "TASK_AUTO_RETRY_ATTEMPTS" => def.retry_attempts = None,
        "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS" => def.trigger_interval = None,
        "TARGET_COMPLETION_INTERVAL" => def.target_completion = None,
        "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE" => def.initial_size = None,
        "SERVERLESS_TASK_MIN_STATEMENT_SIZE" => def.min_size = None,
        "SERVERLESS_TASK_MAX_STATEMENT_SIZE" => def.max_size = None,
        "ERROR_INTEGRATION" => def.error_integration = None,
        "SUCCESS_INTEGRATION" => def.success_integration = None,
        "LOG_LEVEL" => def.log_level = None,
        "COMMENT" => comment.clear(),
        "FINALIZE" => def.finalize = None,
        name if crate::session::parameter(name).is_some() => {
            def.parameters.remove(name);
        }
        name => return Err(SqlError::compilation(1420, "42601", format_args!("invalid property '{name}' for 'TASK'"))),
    }
    Ok(())
}
