use super::task;
use crate::graph::Reach;
use crate::node::{Node, NodeRef};
use crate::object::{Compute, Definition, OverlapPolicy, TaskAction, TaskDef};
use crate::schedule::{Schedule, is_day_or_weekday, meets_clock_change};

/// Whether `task-never-suspends` applies.
#[doc(hidden)]
pub const fn task_never_suspends(node: &Node) -> bool {
    matches!(task(node), Some(TaskDef { suspend_after_failures: Some(0), .. }))
}

/// Whether `task-manual` applies.
#[doc(hidden)]
pub const fn task_manual(node: &Node) -> bool {
    matches!(task(node), Some(task) if task.is_root() && task.schedule.is_none() && task.when.is_none())
}

/// Whether `task-timeout-over-schedule` applies.
#[doc(hidden)]
pub const fn task_timeout_over_schedule(node: &Node) -> bool {
    let Some(task) = task(node) else { return false };
    let overlaps = matches!(task.overlap, Some(policy) if !matches!(policy, OverlapPolicy::NoOverlap));
    match (task.timeout_ms, task.schedule) {
        (Some(timeout), Some(Schedule::Every { amount, unit })) => {
            timeout > amount as u64 * unit.seconds() * 1000 && !overlaps
        }
        _ => false,
    }
}

/// Whether `cron-day-or-weekday` applies.
#[doc(hidden)]
pub const fn cron_day_or_weekday(node: &Node) -> bool {
    matches!(task(node), Some(TaskDef { schedule: Some(Schedule::Cron(text)), .. }) if is_day_or_weekday(text))
}

/// Whether `cron-clock-change` applies.
#[doc(hidden)]
pub const fn cron_clock_change(node: &Node) -> bool {
    matches!(task(node), Some(TaskDef { schedule: Some(Schedule::Cron(text)), .. }) if meets_clock_change(text))
}

/// Whether `task-warehouse-resume` applies.
#[doc(hidden)]
pub const fn task_warehouse_resume(node: &Node) -> bool {
    let Some(TaskDef { compute: Compute::Warehouse(warehouse), .. }) = task(node) else { return false };
    matches!(&warehouse.get().definition, Definition::Warehouse(def) if !def.auto_resume)
}

/// Whether `task-integration-disabled` applies.
#[doc(hidden)]
pub const fn task_integration_disabled(node: &Node) -> bool {
    let Some(task) = task(node) else { return false };
    is_disabled(task.error_integration) || is_disabled(task.success_integration)
}

const fn is_disabled(integration: Option<NodeRef>) -> bool {
    let Some(integration) = integration else { return false };
    matches!(&integration.get().definition, Definition::NotificationIntegration(def) if !def.enabled)
}

/// Whether `task-success-alone` applies to an object that a pipeline lists.
#[doc(hidden)]
pub const fn task_success_alone(reach: &Reach, object: NodeRef) -> bool {
    matches!(task(object.get()), Some(task) if task.is_root() && task.success_integration.is_some())
        && !reach.has_follower(object)
}

/// Most tasks from one task up to its root.
const MOST_LEVELS: usize = 1000;

/// Whether `task-config-missing` applies: to a task whose statement asks for the config, which the root has.
#[doc(hidden)]
pub const fn task_config_missing(node: &Node) -> bool {
    let Some(TaskDef { action: TaskAction::Sql(statement), .. }) = task(node) else { return false };
    if !statement.has_words(&["SYSTEM", "GET_TASK_GRAPH_CONFIG"]) {
        return false;
    }
    let mut at = node;
    let mut level = 0;
    while level < MOST_LEVELS
        && let Some(definition) = task(at)
    {
        if definition.is_root() {
            return definition.config.is_none();
        }
        at = match definition.finalize {
            Some(root) => root.get(),
            None => definition.after[0].get(),
        };
        level += 1;
    }
    false
}
