//! Warnings: what Snowflake accepts, but is probably wrong.
//!
//! A warning has two forms, made from one table. While compiling, a constant that is marked as deprecated is used at the place
//! in question, so that the compiler warns there; and [`warnings`] lists all that concern a pipeline, which `render` prints.
//! An object that is meant to be as it is says so: `#[task(.., allow("task-never-suspends"))]`. To refuse all of them, write
//! `#![deny(deprecated)]` at the top of the crate.

use crate::graph::Graph;
use crate::node::{Kind, Node, NodeRef};
use crate::object::{Compute, Definition, Provider, TaskAction, TaskDef};
use crate::pipeline::PipelineDef;
use crate::schedule::{Schedule, is_day_or_weekday, meets_clock_change};

/// Something that is probably wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The name of the rule.
    pub rule: &'static str,
    /// The object that it is about.
    pub object: NodeRef,
    /// What is wrong.
    pub message: &'static str,
    /// What to write instead.
    pub help: &'static str,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let node = self.object.get();
        writeln!(f, "{} `{}` ({}): {}", node.kind.noun(), node.rust_name, node.at, self.message)?;
        write!(f, "= rule: {}\n= help: {}", self.rule, self.help)
    }
}

/// A rule that warns.
struct Lint {
    rule: &'static str,
    message: &'static str,
    help: &'static str,
    applies: fn(&Node) -> bool,
}

/// The warnings about all objects of a pipeline that are its own, in creation order.
pub fn warnings(pipeline: &PipelineDef) -> Vec<Warning> {
    let graph = Graph::of(pipeline);
    let own = graph.objects.iter().filter(|object| !object.get().external);
    let mut warnings: Vec<_> = own.flat_map(|object| about(*object)).collect();
    let alone = graph.tasks().map(|(node, _)| node).filter(|node| succeeds_alone(node, &graph));
    warnings.extend(alone.filter(|node| !node.allows.contains(&ALONE.rule) && !node.external).map(|node| Warning {
        rule: ALONE.rule,
        object: NodeRef::new(node),
        message: ALONE.message,
        help: ALONE.help,
    }));
    warnings
}

/// Only a graph tells of its success. Whether other tasks follow is known where the pipeline is: this rule is listed, but the
/// compiler does not warn.
const ALONE: Lint = Lint {
    rule: "task-success-alone",
    message: "Snowflake tells of the success of graphs only, but no task follows this one",
    help: "remove `success_integration`",
    applies: |_| false,
};

fn succeeds_alone(root: &Node, graph: &Graph) -> bool {
    let is_root = |other: NodeRef| std::ptr::eq(other.get(), root);
    matches!(task(root), Some(task) if task.is_root() && task.success_integration.is_some())
        && !graph
            .tasks()
            .any(|(_, task)| task.after.iter().any(|other| is_root(*other)) || task.finalize.is_some_and(is_root))
}

fn about(object: NodeRef) -> impl Iterator<Item = Warning> {
    let node = object.get();
    LINTS.iter().filter(|lint| (lint.applies)(node) && !node.allows.contains(&lint.rule)).map(move |lint| Warning {
        rule: lint.rule,
        object,
        message: lint.message,
        help: lint.help,
    })
}

const LINTS: &[Lint] = &[
    Lint {
        rule: "task-never-suspends",
        message: "the task never suspends itself however often it fails",
        help: "write a number above 0",
        applies: task_never_suspends,
    },
    Lint {
        rule: "task-manual",
        message: "the task has no schedule and waits for no stream: it runs only by EXECUTE TASK",
        help: "add `schedule` or `when`",
        applies: task_manual,
    },
    Lint {
        rule: "task-timeout-over-schedule",
        message: "the timeout is longer than the interval of the schedule: runs are skipped before it ends",
        help: "shorten the timeout, or lengthen the interval",
        applies: task_timeout_over_schedule,
    },
    Lint {
        rule: "cron-day-or-weekday",
        message: "cron fires on the days of the month and on the days of the week, not only where both fit",
        help: "write `*` for one of them",
        applies: cron_day_or_weekday,
    },
    Lint {
        rule: "cron-clock-change",
        message: "in this hour clocks change: once a year the task runs twice, and once not at all",
        help: "choose another hour, or the zone `UTC`",
        applies: cron_clock_change,
    },
    Lint {
        rule: "warehouse-never-suspends",
        message: "the warehouse never suspends itself and costs without end",
        help: "write `auto_suspend = \"60 seconds\"`",
        applies: warehouse_never_suspends,
    },
    Lint {
        rule: "warehouse-auto-suspend",
        message: "Snowflake looks only every 30 seconds whether a warehouse is idle",
        help: "write a multiple of 30 seconds",
        applies: warehouse_auto_suspend,
    },
    Lint {
        rule: "task-warehouse-resume",
        message: "the warehouse does not resume by itself: while it is suspended, the task cannot run",
        help: "remove `auto_resume = false` from the warehouse",
        applies: task_warehouse_resume,
    },
    Lint {
        rule: "quoted-name",
        message: "every reference to this name must repeat its quotes and its case",
        help: "write the name in upper case",
        applies: quoted_name,
    },
    Lint {
        rule: "stream-no-retention",
        message: "the source keeps no history (`data_retention_days = 0` and `max_data_extension_days = 0`): the stream goes stale at once",
        help: "raise one of them",
        applies: stream_no_retention,
    },
    Lint {
        rule: "stream-stale-before-schedule",
        message: "the stream goes stale before this schedule consumes it",
        help: "run the task more often, or raise `data_retention_days` or `max_data_extension_days` of the source",
        applies: stream_stale_before_schedule,
    },
    Lint {
        rule: "stream-unguarded",
        message: "the procedure consumes a stream, but the task does not wait for data: empty runs cost as well",
        help: "add `when = has_data(..)`",
        applies: stream_unguarded,
    },
    Lint {
        rule: "task-integration-disabled",
        message: "the integration is disabled: nobody is told",
        help: "remove `enabled = false` from the integration",
        applies: task_integration_disabled,
    },
    Lint {
        rule: "webhook-content-type",
        message: "the receiver cannot know what the body is",
        help: "add `headers(\"Content-Type\" = \"application/json\")`",
        applies: webhook_content_type,
    },
];

/// Rule `task-never-suspends`.
#[doc(hidden)]
#[derive(Debug)]
pub struct TaskNeverSuspends<const APPLIES: bool>;

#[doc(hidden)]
impl TaskNeverSuspends<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl TaskNeverSuspends<true> {
    #[deprecated(
        note = "the task never suspends itself however often it fails\n= rule: task-never-suspends\n= help: write a number above 0"
    )]
    pub const CHECKED: () = ();
}

/// Rule `task-manual`.
#[doc(hidden)]
#[derive(Debug)]
pub struct TaskManual<const APPLIES: bool>;

#[doc(hidden)]
impl TaskManual<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl TaskManual<true> {
    #[deprecated(
        note = "the task has no schedule and waits for no stream: it runs only by EXECUTE TASK\n= rule: task-manual\n= help: add `schedule` or `when`"
    )]
    pub const CHECKED: () = ();
}

/// Rule `task-timeout-over-schedule`.
#[doc(hidden)]
#[derive(Debug)]
pub struct TaskTimeoutOverSchedule<const APPLIES: bool>;

#[doc(hidden)]
impl TaskTimeoutOverSchedule<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl TaskTimeoutOverSchedule<true> {
    #[deprecated(
        note = "the timeout is longer than the interval of the schedule: runs are skipped before it ends\n= rule: task-timeout-over-schedule\n= help: shorten the timeout, or lengthen the interval"
    )]
    pub const CHECKED: () = ();
}

/// Rule `cron-day-or-weekday`.
#[doc(hidden)]
#[derive(Debug)]
pub struct CronDayOrWeekday<const APPLIES: bool>;

#[doc(hidden)]
impl CronDayOrWeekday<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl CronDayOrWeekday<true> {
    #[deprecated(
        note = "cron fires on the days of the month and on the days of the week, not only where both fit\n= rule: cron-day-or-weekday\n= help: write `*` for one of them"
    )]
    pub const CHECKED: () = ();
}

/// Rule `cron-clock-change`.
#[doc(hidden)]
#[derive(Debug)]
pub struct CronClockChange<const APPLIES: bool>;

#[doc(hidden)]
impl CronClockChange<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl CronClockChange<true> {
    #[deprecated(
        note = "in this hour clocks change: once a year the task runs twice, and once not at all\n= rule: cron-clock-change\n= help: choose another hour, or the zone `UTC`"
    )]
    pub const CHECKED: () = ();
}

/// Rule `warehouse-never-suspends`.
#[doc(hidden)]
#[derive(Debug)]
pub struct WarehouseNeverSuspends<const APPLIES: bool>;

#[doc(hidden)]
impl WarehouseNeverSuspends<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl WarehouseNeverSuspends<true> {
    #[deprecated(
        note = "the warehouse never suspends itself and costs without end\n= rule: warehouse-never-suspends\n= help: write `auto_suspend = \"60 seconds\"`"
    )]
    pub const CHECKED: () = ();
}

/// Rule `warehouse-auto-suspend`.
#[doc(hidden)]
#[derive(Debug)]
pub struct WarehouseAutoSuspend<const APPLIES: bool>;

#[doc(hidden)]
impl WarehouseAutoSuspend<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl WarehouseAutoSuspend<true> {
    #[deprecated(
        note = "Snowflake looks only every 30 seconds whether a warehouse is idle\n= rule: warehouse-auto-suspend\n= help: write a multiple of 30 seconds"
    )]
    pub const CHECKED: () = ();
}

/// Rule `task-warehouse-resume`.
#[doc(hidden)]
#[derive(Debug)]
pub struct TaskWarehouseResume<const APPLIES: bool>;

#[doc(hidden)]
impl TaskWarehouseResume<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl TaskWarehouseResume<true> {
    #[deprecated(
        note = "the warehouse does not resume by itself: while it is suspended, the task cannot run\n= rule: task-warehouse-resume\n= help: remove `auto_resume = false` from the warehouse"
    )]
    pub const CHECKED: () = ();
}

/// Rule `quoted-name`.
#[doc(hidden)]
#[derive(Debug)]
pub struct QuotedName<const APPLIES: bool>;

#[doc(hidden)]
impl QuotedName<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl QuotedName<true> {
    #[deprecated(
        note = "every reference to this name must repeat its quotes and its case\n= rule: quoted-name\n= help: write the name in upper case"
    )]
    pub const CHECKED: () = ();
}

/// Rule `stream-no-retention`.
#[doc(hidden)]
#[derive(Debug)]
pub struct StreamNoRetention<const APPLIES: bool>;

#[doc(hidden)]
impl StreamNoRetention<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl StreamNoRetention<true> {
    #[deprecated(
        note = "the source keeps no history (`data_retention_days = 0` and `max_data_extension_days = 0`): the stream goes stale at once\n= rule: stream-no-retention\n= help: raise one of them"
    )]
    pub const CHECKED: () = ();
}

/// Rule `stream-stale-before-schedule`.
#[doc(hidden)]
#[derive(Debug)]
pub struct StreamStaleBeforeSchedule<const APPLIES: bool>;

#[doc(hidden)]
impl StreamStaleBeforeSchedule<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl StreamStaleBeforeSchedule<true> {
    #[deprecated(
        note = "the stream goes stale before this schedule consumes it\n= rule: stream-stale-before-schedule\n= help: run the task more often, or raise `data_retention_days` or `max_data_extension_days` of the source"
    )]
    pub const CHECKED: () = ();
}

/// Rule `stream-unguarded`.
#[doc(hidden)]
#[derive(Debug)]
pub struct StreamUnguarded<const APPLIES: bool>;

#[doc(hidden)]
impl StreamUnguarded<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl StreamUnguarded<true> {
    #[deprecated(
        note = "the procedure consumes a stream, but the task does not wait for data: empty runs cost as well\n= rule: stream-unguarded\n= help: add `when = has_data(..)`"
    )]
    pub const CHECKED: () = ();
}

/// Rule `task-integration-disabled`.
#[doc(hidden)]
#[derive(Debug)]
pub struct TaskIntegrationDisabled<const APPLIES: bool>;

#[doc(hidden)]
impl TaskIntegrationDisabled<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl TaskIntegrationDisabled<true> {
    #[deprecated(
        note = "the integration is disabled: nobody is told\n= rule: task-integration-disabled\n= help: remove `enabled = false` from the integration"
    )]
    pub const CHECKED: () = ();
}

/// Rule `webhook-content-type`.
#[doc(hidden)]
#[derive(Debug)]
pub struct WebhookContentType<const APPLIES: bool>;

#[doc(hidden)]
impl WebhookContentType<false> {
    pub const CHECKED: () = ();
}

#[doc(hidden)]
impl WebhookContentType<true> {
    #[deprecated(
        note = "the receiver cannot know what the body is\n= rule: webhook-content-type\n= help: add `headers(\"Content-Type\" = \"application/json\")`"
    )]
    pub const CHECKED: () = ();
}

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
    let overlaps = matches!(task.overlap, Some(policy) if !matches!(policy, crate::object::OverlapPolicy::NoOverlap));
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

/// Whether `warehouse-never-suspends` applies.
#[doc(hidden)]
pub const fn warehouse_never_suspends(node: &Node) -> bool {
    matches!(&node.definition, Definition::Warehouse(def) if def.auto_suspend_seconds == 0)
}

/// Whether `warehouse-auto-suspend` applies.
#[doc(hidden)]
pub const fn warehouse_auto_suspend(node: &Node) -> bool {
    matches!(&node.definition, Definition::Warehouse(def) if !def.auto_suspend_seconds.is_multiple_of(30))
}

/// Whether `task-warehouse-resume` applies.
#[doc(hidden)]
pub const fn task_warehouse_resume(node: &Node) -> bool {
    let Some(TaskDef { compute: Compute::Warehouse(warehouse), .. }) = task(node) else { return false };
    matches!(&warehouse.get().definition, Definition::Warehouse(def) if !def.auto_resume)
}

/// Whether `quoted-name` applies.
#[doc(hidden)]
pub const fn quoted_name(node: &Node) -> bool {
    let bytes = node.name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_lowercase() {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether `stream-no-retention` applies.
#[doc(hidden)]
pub const fn stream_no_retention(node: &Node) -> bool {
    match &node.definition {
        Definition::Stream(stream) => matches!(retained_days(stream.source.get()), Some(0)),
        _ => false,
    }
}

/// Whether `stream-stale-before-schedule` applies.
#[doc(hidden)]
pub const fn stream_stale_before_schedule(node: &Node) -> bool {
    let Some(task) = task(node) else { return false };
    let Some(schedule) = task.schedule else { return false };
    let mut at = 0;
    while at < task.streams.len() {
        if let Definition::Stream(stream) = &task.streams[at].get().definition
            && let Some(days) = retained_days(stream.source.get())
            && schedule.longest_gap() > days as u64 * 24 * 3600
        {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether `stream-unguarded` applies.
#[doc(hidden)]
pub const fn stream_unguarded(node: &Node) -> bool {
    let Some(task) = task(node) else { return false };
    if task.schedule.is_none() || task.when.is_some() {
        return false;
    }
    let TaskAction::Call { procedure, .. } = task.action else { return false };
    let Definition::Procedure(procedure) = &procedure.get().definition else { return false };
    let mut at = 0;
    while at < procedure.reads.len() {
        if matches!(procedure.reads[at].get().kind, Kind::Stream) {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether `task-integration-disabled` applies.
#[doc(hidden)]
pub const fn task_integration_disabled(node: &Node) -> bool {
    let Some(task) = task(node) else { return false };
    is_disabled(task.error_integration) || is_disabled(task.success_integration)
}

/// Whether `webhook-content-type` applies.
#[doc(hidden)]
pub const fn webhook_content_type(node: &Node) -> bool {
    if let Definition::NotificationIntegration(integration) = &node.definition
        && let Provider::Webhook { body_template: Some(_), headers, .. } = integration.provider
    {
        let mut at = 0;
        while at < headers.len() {
            if headers[at].0.eq_ignore_ascii_case("content-type") {
                return false;
            }
            at += 1;
        }
        return true;
    }
    false
}

const fn is_disabled(integration: Option<NodeRef>) -> bool {
    let Some(integration) = integration else { return false };
    matches!(&integration.get().definition, Definition::NotificationIntegration(def) if !def.enabled)
}

const fn task(node: &Node) -> Option<&TaskDef> {
    match &node.definition {
        Definition::Task(task) => Some(task),
        _ => None,
    }
}

/// How many days a table's history lasts for a stream: its retention, or by how much Snowflake extends it. What is not
/// declared is Snowflake's default, 1 and 14 days. Nothing for other objects, whose tables are not known.
const fn retained_days(source: &Node) -> Option<u8> {
    let Definition::Table(table) = &source.definition else { return None };
    let (mut retention, mut extension) = (table.data_retention_days, table.max_data_extension_days);
    let mut parent = source.parent;
    while let Some(above) = parent {
        let (days, extended) = match &above.get().definition {
            Definition::Schema(def) => (def.data_retention_days, def.max_data_extension_days),
            Definition::Database(def) => (def.data_retention_days, def.max_data_extension_days),
            _ => (None, None),
        };
        if retention.is_none() {
            retention = days;
        }
        if extension.is_none() {
            extension = extended;
        }
        parent = above.get().parent;
    }
    let retention = match retention {
        Some(days) => days,
        None => 1,
    };
    let extension = match extension {
        Some(days) => days,
        None => 14,
    };
    Some(if retention > extension { retention } else { extension })
}
