//! Warnings: what Snowflake accepts, but is probably wrong.
//!
//! A warning has two forms, made from one table. While compiling, a constant that is marked as deprecated is used at the place
//! in question, so that the compiler warns there; and [`warnings`] lists all that concern a pipeline, which `render` and
//! `deploy` print. An object that is meant to be as it is says so: `#[task(.., allow("task-never-suspends"))]`. To refuse all of
//! them, write `#![deny(deprecated)]` at the top of the crate.

mod streams;
mod tasks;
mod various;

pub use streams::{
    stream_feedback, stream_no_retention, stream_stale_before_schedule, stream_unguarded, stream_view_volatile,
};
pub use tasks::{
    cron_clock_change, cron_day_or_weekday, task_config_missing, task_integration_disabled, task_manual,
    task_never_suspends, task_success_alone, task_timeout_over_schedule, task_warehouse_resume,
};
pub use various::{call_rights, quoted_name, warehouse_auto_suspend, warehouse_never_suspends, webhook_content_type};

use crate::check::same;
use crate::graph::{Graph, Reach, reach};
use crate::node::{Node, NodeRef};
use crate::object::{Definition, TaskDef};
use crate::pipeline::PipelineDef;

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
    /// What the compiler says: the message, the rule and the way out, each on a line.
    note: &'static str,
    applies: Applies,
}

/// Where it shows whether a rule applies.
enum Applies {
    /// In the object and those that it names.
    Object(fn(&Node) -> bool),
    /// In the pipeline that lists the object.
    Pipeline(fn(&Reach, NodeRef) -> bool),
    /// In the statements of the procedure.
    Body,
}

impl Lint {
    /// The message, the name of the rule, and the way out.
    fn parts(&self) -> [&'static str; 3] {
        let mut lines = self.note.splitn(3, '\n');
        ["", "= rule: ", "= help: "].map(|head| {
            let line = lines.next().and_then(|line| line.strip_prefix(head));
            line.expect("a note has a message, a rule and a way out")
        })
    }
}

/// The warnings about all objects of a pipeline that are its own, in creation order.
pub fn warnings(pipeline: &PipelineDef) -> Vec<Warning> {
    let graph = Graph::of(pipeline);
    let reached = reach(pipeline);
    let reached = &reached;
    let about = |object: NodeRef| {
        LINTS.iter().filter_map(move |lint| {
            let [message, rule, help] = lint.parts();
            let applies = match lint.applies {
                Applies::Object(applies) => applies(object.get()),
                Applies::Pipeline(applies) => applies(reached, object),
                Applies::Body => is_doubtful(object.get(), rule),
            };
            (applies && concerns(object, rule)).then_some(Warning { rule, object, message, help })
        })
    };
    graph.objects.iter().copied().flat_map(about).collect()
}

/// Whether a rule that warns is of interest for an object: it is the pipeline's own, and does not allow what the rule is about.
#[doc(hidden)]
pub const fn concerns(object: NodeRef, rule: &str) -> bool {
    let node = object.get();
    let mut at = 0;
    while at < node.allows.len() {
        if same(node.allows[at], rule) {
            return false;
        }
        at += 1;
    }
    !node.external
}

/// Makes a type for each rule, whose constant is deprecated if the rule applies, and the list of all.
macro_rules! lints {
    ($($marker:ident $kind:ident $(($function:ident))? $note:literal;)+) => {
        $(
            #[doc(hidden)]
            #[derive(Debug)]
            #[doc = $note]
            pub struct $marker<const APPLIES: bool>;

            #[doc(hidden)]
            impl $marker<false> {
                pub const CHECKED: () = ();
            }

            #[doc(hidden)]
            impl $marker<true> {
                #[deprecated(note = $note)]
                pub const CHECKED: () = ();
            }
        )+

        const LINTS: &[Lint] = &[$(Lint { note: $note, applies: Applies::$kind $(($function))? }),+];
    };
}

lints! {
    TaskNeverSuspends Object(task_never_suspends)
        "the task never suspends itself however often it fails\n= rule: task-never-suspends\n= help: write a number above 0";
    TaskManual Object(task_manual)
        "the task has no schedule and waits for no stream: it runs only by EXECUTE TASK\n= rule: task-manual\n= help: add `schedule` or `when`";
    TaskSuccessAlone Pipeline(task_success_alone)
        "Snowflake tells of the success of graphs only, but no task follows this one\n= rule: task-success-alone\n= help: remove `success_integration`";
    TaskTimeoutOverSchedule Object(task_timeout_over_schedule)
        "the timeout is longer than the interval of the schedule: runs are skipped before it ends\n= rule: task-timeout-over-schedule\n= help: shorten the timeout, or lengthen the interval";
    CronDayOrWeekday Object(cron_day_or_weekday)
        "cron fires on the days of the month and on the days of the week, not only where both fit\n= rule: cron-day-or-weekday\n= help: write `*` for one of them";
    CronClockChange Object(cron_clock_change)
        "in this hour clocks change: once a year the task runs twice, and once not at all\n= rule: cron-clock-change\n= help: choose another hour, or the zone `UTC`";
    WarehouseNeverSuspends Object(warehouse_never_suspends)
        "the warehouse never suspends itself and costs without end\n= rule: warehouse-never-suspends\n= help: write `auto_suspend = \"60 seconds\"`";
    WarehouseAutoSuspend Object(warehouse_auto_suspend)
        "Snowflake looks only every 30 seconds whether a warehouse is idle\n= rule: warehouse-auto-suspend\n= help: write a multiple of 30 seconds";
    TaskWarehouseResume Object(task_warehouse_resume)
        "the warehouse does not resume by itself: while it is suspended, the task cannot run\n= rule: task-warehouse-resume\n= help: remove `auto_resume = false` from the warehouse";
    QuotedName Object(quoted_name)
        "every reference to this name must repeat its quotes and its case\n= rule: quoted-name\n= help: write the name in upper case";
    StreamNoRetention Object(stream_no_retention)
        "the source keeps no history (`data_retention_days = 0` and `max_data_extension_days = 0`): the stream goes stale at once\n= rule: stream-no-retention\n= help: raise one of them";
    StreamStaleBeforeSchedule Object(stream_stale_before_schedule)
        "the stream goes stale before this schedule consumes it\n= rule: stream-stale-before-schedule\n= help: run the task more often, or raise `data_retention_days` or `max_data_extension_days` of the source";
    StreamUnguarded Object(stream_unguarded)
        "the procedure consumes a stream, but the task does not wait for data: empty runs cost as well\n= rule: stream-unguarded\n= help: add `when = has_data(..)`";
    StreamFeedback Object(stream_feedback)
        "the procedure writes to the table whose stream it consumes: every run makes changes for the next\n= rule: stream-feedback\n= help: write to another table";
    StreamViewVolatile Object(stream_view_volatile)
        "the query of the view depends on when or by whom it is run: the stream delivers changes that nobody has made\n= rule: stream-view-volatile\n= help: compute this where the stream is consumed";
    TaskConfigMissing Object(task_config_missing)
        "the task asks for the config of its graph, but the graph has none\n= rule: task-config-missing\n= help: add `config = r#\"{\"key\": \"value\"}\"#` to the root";
    StreamRowsDropped Body
        "the rows that this leaves out are consumed as well, and no statement takes them\n= rule: stream-rows-dropped\n= help: insert them somewhere else in one `transaction`, or filter after storing all of them; of a join, `left_join` keeps them";
    StreamTransaction Body
        "this consumes the stream even if a statement after it fails\n= rule: stream-transaction\n= help: put all of them into one `transaction(|| { .. })`";
    StreamSourceWritten Body
        "a stream shows what changed before the transaction: not what the transaction has written to the stream's source\n= rule: stream-source-written\n= help: read the stream before, or write to the source in a transaction of its own";
    ErrorSwallowed Body
        "nothing is done about an error: the task shows success\n= rule: error-swallowed\n= help: store or log it, `raise(..)` another one, or leave `attempt` out";
    ExecuteInjection Body
        "an argument is part of this statement's text: whoever calls the procedure can run anything\n= rule: execute-injection\n= help: write `?` in the text and give the argument as a variable";
    AutoincrementOrder Body
        "Snowflake does not number rows in the order of their insertion: the highest number is not the latest row\n= rule: autoincrement-order\n= help: order by a time";
    CallDeadlock Body
        "this procedure has a transaction of its own, which waits for a table that the transaction around the call has written\n= rule: call-deadlock\n= help: call it before or after the transaction";
    CallRights Object(call_rights)
        "what a procedure with its owner's rights calls has its owner's rights too, whatever it declares\n= rule: call-rights\n= help: write `execute_as = caller` for this one as well";
    TaskIntegrationDisabled Object(task_integration_disabled)
        "the integration is disabled: nobody is told\n= rule: task-integration-disabled\n= help: remove `enabled = false` from the integration";
    WebhookContentType Object(webhook_content_type)
        "the receiver cannot know what the body is\n= rule: webhook-content-type\n= help: add `headers(\"Content-Type\" = \"application/json\")`";
}

fn is_doubtful(node: &Node, rule: &str) -> bool {
    let Definition::Procedure(procedure) = &node.definition else { return false };
    procedure.doubts.iter().any(|doubt| doubt.applies && doubt.rule == rule)
}

const fn task(node: &Node) -> Option<&TaskDef> {
    match &node.definition {
        Definition::Task(task) => Some(task),
        _ => None,
    }
}
