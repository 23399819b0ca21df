use super::{Definition, WarehouseSize};
use crate::check::{Msg, same};
use crate::fragment::Fragment;
use crate::ident;
use crate::node::{Node, NodeRef};
use crate::schedule::Schedule;

/// A task.
#[derive(Clone, Copy, Debug)]
pub struct TaskDef {
    /// What it runs on.
    pub compute: Compute,
    /// When it runs; nothing for a task that follows others or is triggered by a stream.
    pub schedule: Option<Schedule>,
    /// What must be true for it to run.
    pub when: Option<Condition>,
    /// The streams that [`when`](Self::when) asks for data.
    pub streams: &'static [NodeRef],
    /// What it does.
    pub action: TaskAction,
    /// The tasks that must have succeeded before.
    pub after: &'static [NodeRef],
    /// The root of the graph that this task ends, whether the graph succeeds or not.
    pub finalize: Option<NodeRef>,
    /// Told of failures.
    pub error_integration: Option<NodeRef>,
    /// Told when the whole graph has succeeded.
    pub success_integration: Option<NodeRef>,
    /// JSON that all tasks of the graph can read.
    pub config: Option<&'static str>,
    /// Whether runs of the graph may overlap.
    pub overlap: Option<OverlapPolicy>,
    /// Milliseconds until a run is cancelled, up to 604,800,000 (7 days).
    pub timeout_ms: Option<u64>,
    /// Failed runs in a row until the task suspends itself; 0 means never.
    pub suspend_after_failures: Option<u64>,
    /// How often a failed graph is tried again, up to 30.
    pub retries: Option<u64>,
    /// Least seconds between two runs that a stream triggers, 10 to 604,800.
    pub minimum_trigger_interval_seconds: Option<u64>,
    /// When a serverless task should be done, 10 seconds to 1 day; by default, before it is scheduled again.
    pub target_completion_interval: Option<Schedule>,
    /// From which severity on events are logged; inherited by default.
    pub log_level: Option<LogLevel>,
    /// Parameters of the task's session: name in upper case, and value as SQL writes it.
    pub session: &'static [(&'static str, &'static str)],
    /// The user as whom it runs, instead of the system; the owner role needs IMPERSONATE on the user.
    pub execute_as_user: Option<&'static str>,
}

/// From which severity on events are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "Snowflake's names")]
pub enum LogLevel {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
    Off,
}

impl LogLevel {
    /// The level as SQL writes it, without quotes.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
            Self::Off => "OFF",
        }
    }
}

/// The sizes of a serverless task's warehouse: `XSmall` to `XXLarge`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerlessSizes {
    /// The size of the first runs; `Medium` by default.
    pub initial: Option<WarehouseSize>,
    /// The smallest size; `XSmall` by default.
    pub min: Option<WarehouseSize>,
    /// The largest size; `XXLarge` by default.
    pub max: Option<WarehouseSize>,
}

/// What a task runs on.
#[derive(Clone, Copy, Debug)]
pub enum Compute {
    /// A warehouse.
    Warehouse(NodeRef),
    /// Servers that Snowflake chooses, within the given sizes.
    Serverless(ServerlessSizes),
}

/// A condition of a task.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    /// The stream has changes.
    HasData(NodeRef),
    /// The predecessor has returned the text, or another one.
    Returned {
        /// A task that this one runs after.
        task: NodeRef,
        /// What is compared with what it returned.
        value: &'static str,
        /// Whether they must be equal, or different.
        equal: bool,
    },
    /// The condition does not hold.
    Not(&'static Condition),
    /// All hold.
    All(&'static [Condition]),
    /// At least one holds.
    Any(&'static [Condition]),
}

impl Condition {
    /// The condition as SQL writes it.
    pub fn sql(&self) -> String {
        let list = |conditions: &[Condition], word: &str| {
            let parts: Vec<_> = conditions.iter().map(Condition::operand).collect();
            parts.join(&format!(" {word} "))
        };
        match self {
            Self::HasData(stream) => {
                format!("SYSTEM$STREAM_HAS_DATA({})", ident::literal(&stream.get().qualified_name()))
            }
            Self::Returned { task, value, equal } => format!(
                "SYSTEM$GET_PREDECESSOR_RETURN_VALUE({}) {} {}",
                ident::literal(task.get().name),
                if *equal { "=" } else { "<>" },
                ident::literal(value)
            ),
            Self::Not(condition) => format!("NOT {}", condition.operand()),
            Self::All(conditions) => list(conditions, "AND"),
            Self::Any(conditions) => list(conditions, "OR"),
        }
    }

    fn operand(&self) -> String {
        match self {
            Self::All(_) | Self::Any(_) => format!("({})", self.sql()),
            Self::Returned { .. } => format!("({})", self.sql()),
            Self::HasData(_) | Self::Not(_) => self.sql(),
        }
    }
}

/// What a task does.
#[derive(Clone, Copy, Debug)]
pub enum TaskAction {
    /// Calls a procedure.
    Call {
        /// The procedure.
        procedure: NodeRef,
        /// Its arguments as SQL literals.
        arguments: &'static [&'static str],
    },
    /// Runs one statement.
    Sql(Fragment),
}

/// Whether runs of a task graph may overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverlapPolicy {
    /// The next run waits until all tasks have finished.
    NoOverlap,
    /// Only the root waits for its own previous run.
    AllowChildOverlap,
    /// Nothing waits.
    AllowAllOverlap,
}

impl OverlapPolicy {
    /// The policy as SQL writes it.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::NoOverlap => "NO_OVERLAP",
            Self::AllowChildOverlap => "ALLOW_CHILD_OVERLAP",
            Self::AllowAllOverlap => "ALLOW_ALL_OVERLAP",
        }
    }
}

impl TaskDef {
    /// Whether the task starts a graph or stands alone: it follows no task and finalizes none.
    pub const fn is_root(&self) -> bool {
        self.after.is_empty() && self.finalize.is_none()
    }

    pub(crate) const fn dependency_count(&self) -> usize {
        let action = match self.action {
            TaskAction::Call { .. } => 1,
            TaskAction::Sql(fragment) => fragment.piece_count(),
        };
        4 + self.after.len() + self.streams.len() + action
    }

    pub(crate) const fn dependency(&self, index: usize) -> Option<NodeRef> {
        let (after, streams) = (self.after.len(), self.streams.len());
        match index {
            0 => match self.compute {
                Compute::Warehouse(warehouse) => Some(warehouse),
                Compute::Serverless(_) => None,
            },
            1 => self.error_integration,
            2 => self.success_integration,
            3 => self.finalize,
            _ if index < 4 + after => Some(self.after[index - 4]),
            _ if index < 4 + after + streams => Some(self.streams[index - 4 - after]),
            _ => match self.action {
                TaskAction::Call { procedure, .. } => Some(procedure),
                TaskAction::Sql(fragment) => fragment.object(index - 4 - after - streams),
            },
        }
    }

    /// The SQL that the task runs.
    pub fn body(&self) -> String {
        match &self.action {
            TaskAction::Call { procedure, arguments } => {
                format!("CALL {}({})", procedure.get().qualified_name(), arguments.join(", "))
            }
            TaskAction::Sql(fragment) => fragment.sql(),
        }
    }

    pub(super) fn create(&self, node: &Node) -> String {
        let mut properties = Vec::new();
        let mut set = |name: &str, value: Option<String>| {
            properties.extend(value.map(|value| format!("{name} = {value}")));
        };
        let name = |object: NodeRef| object.get().qualified_name();
        match self.compute {
            Compute::Warehouse(warehouse) => set("WAREHOUSE", Some(name(warehouse))),
            Compute::Serverless(sizes) => {
                set("USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE", sizes.initial.map(|size| size.sql().to_owned()));
            }
        }
        set("SCHEDULE", self.schedule.map(|schedule| ident::literal(&schedule.sql())));
        set("CONFIG", self.config.map(|json| format!("$${json}$$")));
        set("OVERLAP_POLICY", self.overlap.map(|policy| policy.sql().to_owned()));
        for (parameter, value) in self.session {
            set(parameter, Some((*value).to_owned()));
        }
        set("USER_TASK_TIMEOUT_MS", self.timeout_ms.map(|ms| ms.to_string()));
        set("SUSPEND_TASK_AFTER_NUM_FAILURES", self.suspend_after_failures.map(|count| count.to_string()));
        set("ERROR_INTEGRATION", self.error_integration.map(name));
        set("SUCCESS_INTEGRATION", self.success_integration.map(name));
        set("LOG_LEVEL", self.log_level.map(|level| ident::literal(level.sql())));
        if !node.comment.is_empty() {
            set("COMMENT", Some(ident::literal(node.comment)));
        }
        set("FINALIZE", self.finalize.map(name));
        set("TASK_AUTO_RETRY_ATTEMPTS", self.retries.map(|count| count.to_string()));
        let interval = self.minimum_trigger_interval_seconds;
        set("USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS", interval.map(|seconds| seconds.to_string()));
        let target = self.target_completion_interval;
        set("TARGET_COMPLETION_INTERVAL", target.map(|interval| ident::literal(&interval.sql())));
        if let Compute::Serverless(sizes) = self.compute {
            let size = |size: Option<WarehouseSize>| size.map(|size| ident::literal(size.sql()));
            set("SERVERLESS_TASK_MIN_STATEMENT_SIZE", size(sizes.min));
            set("SERVERLESS_TASK_MAX_STATEMENT_SIZE", size(sizes.max));
        }
        if !self.after.is_empty() {
            let names: Vec<_> = self.after.iter().copied().map(name).collect();
            properties.push(format!("AFTER {}", names.join(", ")));
        }
        if let Some(user) = self.execute_as_user {
            properties.push(format!("EXECUTE AS USER {}", ident::quote(user)));
        }
        if let Some(when) = &self.when {
            properties.push(format!("WHEN {}", when.sql()));
        }
        let head = format!("CREATE TASK IF NOT EXISTS {}", node.qualified_name());
        let head = properties.into_iter().fold(head, |sql, property| sql + "\n    " + &property);
        format!("{head}\nAS\n    {}", self.body().replace('\n', "\n    "))
    }
}

/// Rule `task-call-arguments`.
#[doc(hidden)]
#[track_caller]
pub const fn check_call(task: NodeRef) {
    let node = task.get();
    if let Definition::Task(definition) = &node.definition
        && let TaskAction::Call { procedure, arguments } = definition.action
        && let Definition::Procedure(called) = &procedure.get().definition
        && called.arguments.len() != arguments.len()
    {
        let mut msg = Msg::<1024>::new();
        msg.push("task ").name(node.rust_name).push(" calls ").name(procedure.get().rust_name).push(" with ");
        msg.number(arguments.len() as u64).push(" arguments, but it takes ").number(called.arguments.len() as u64);
        msg.rule("task-call-arguments", "write them as literals: `call = procedure(1, \"text\")`");
        panic!("{}", msg.as_str());
    }
}

/// Rules `task-cycle`, `task-after-finalizer` and `task-graph-schema`, for one of the tasks that a task runs after.
#[doc(hidden)]
#[track_caller]
pub const fn check_after(task: NodeRef, predecessor: NodeRef) {
    let (node, other) = (task.get(), predecessor.get());
    let Definition::Task(definition) = &other.definition else { return };
    if other.id == node.id && same(other.at, node.at) {
        let mut msg = Msg::<1024>::new();
        msg.push("task ").name(node.rust_name).push(" runs after itself");
        msg.rule("task-cycle", "remove it from `after(..)`");
        panic!("{}", msg.as_str());
    }
    if definition.finalize.is_some() {
        let mut msg = Msg::<1024>::new();
        msg.push("task ").name(node.rust_name).push(" runs after ").name(other.rust_name).push(" (");
        msg.push(other.at).push("), which is a finalizer and so the last of its graph");
        msg.rule("task-after-finalizer", "run it after the tasks that the finalizer follows");
        panic!("{}", msg.as_str());
    }
    same_schema(node, other, "runs after");
}

/// Rule `task-when-predecessor`: a task can ask only those that it runs after what they returned.
#[doc(hidden)]
#[track_caller]
pub const fn check_returned(task: NodeRef, asked: NodeRef) {
    let (node, other) = (task.get(), asked.get());
    let Definition::Task(definition) = &node.definition else { return };
    let mut at = 0;
    while at < definition.after.len() {
        if definition.after[at].get().full_id() == other.full_id() {
            return;
        }
        at += 1;
    }
    let mut msg = Msg::<1024>::new();
    msg.push("task ").name(node.rust_name).push(" asks what ").name(other.rust_name).push(" (").push(other.at);
    msg.push(") returned, but does not run after it");
    msg.rule("task-when-predecessor", "name the task in `after(..)` too");
    panic!("{}", msg.as_str());
}

const fn reads(procedure: NodeRef, stream: &Node) -> bool {
    let Definition::Procedure(definition) = &procedure.get().definition else { return false };
    let mut at = 0;
    while at < definition.reads.len() {
        if definition.reads[at].get().full_id() == stream.full_id() {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether a procedure, or one that it calls, consumes the stream.
const fn consumes(procedure: NodeRef, stream: &Node, depth: usize) -> bool {
    let Definition::Procedure(definition) = &procedure.get().definition else { return false };
    let mut at = 0;
    while at < definition.consumes.len() {
        if definition.consumes[at].get().full_id() == stream.full_id() {
            return true;
        }
        at += 1;
    }
    let mut call = 0;
    while depth > 0 && call < definition.calls.len() {
        if consumes(definition.calls[call], stream, depth - 1) {
            return true;
        }
        call += 1;
    }
    false
}

/// Rules `task-reads-stream` and `task-consumes-stream`: a task that waits for a stream must consume it with its statement or
/// procedure, or it would run forever. That the procedure reads the stream, a bound says.
#[doc(hidden)]
#[track_caller]
pub const fn check_consumes(task: NodeRef, stream: NodeRef) {
    let (node, stream) = (task.get(), stream.get());
    let Definition::Task(definition) = &node.definition else { return };
    let statement = match definition.action {
        TaskAction::Sql(statement) => statement,
        TaskAction::Call { procedure, .. } => {
            if reads(procedure, stream) && !consumes(procedure, stream, 16) {
                let mut msg = Msg::<1024>::new();
                msg.push("task ").name(node.rust_name).push(" waits for stream ").name(stream.rust_name).push(" (");
                msg.push(stream.at).push("), but procedure ").name(procedure.get().rust_name).push(" (");
                msg.push(procedure.get().at).push(") only looks at it: no statement that writes reads the stream, ");
                msg.push("so it is never consumed and the task would run forever");
                msg.rule("task-consumes-stream", "insert or merge the rows of the stream somewhere");
                panic!("{}", msg.as_str());
            }
            return;
        }
    };
    let mut named = false;
    let mut piece = 0;
    while piece < statement.piece_count() {
        if let Some(object) = statement.object(piece)
            && object.get().full_id() == stream.full_id()
        {
            named = true;
        }
        piece += 1;
    }
    let mut msg = Msg::<1024>::new();
    msg.push("task ").name(node.rust_name).push(" waits for stream ").name(stream.rust_name).push(" (");
    msg.push(stream.at);
    if !named {
        msg.push("), but its statement does not name the stream: it would run forever");
        msg.rule("task-reads-stream", "write the stream's type in braces, or wait for another stream");
        panic!("{}", msg.as_str());
    }
    if statement.begins_with("SELECT") {
        msg.push("), but its statement only selects, which consumes nothing: it would run forever");
        msg.rule("task-consumes-stream", "write `INSERT INTO .. SELECT ..` or `MERGE`");
        panic!("{}", msg.as_str());
    }
}

/// Rules `task-finalize-root` and `task-graph-schema`, for the task that a finalizer ends.
#[doc(hidden)]
#[track_caller]
pub const fn check_finalize(task: NodeRef, root: NodeRef) {
    let (node, other) = (task.get(), root.get());
    if let Definition::Task(target) = &other.definition
        && !target.is_root()
    {
        let mut msg = Msg::<1024>::new();
        msg.push("task ").name(node.rust_name).push(" finalizes ").name(other.rust_name).push(" (").push(other.at);
        msg.push("), which is not the root of a task graph");
        msg.rule("task-finalize-root", "name the task that the graph starts with");
        panic!("{}", msg.as_str());
    }
    same_schema(node, other, "finalizes");
}

#[track_caller]
const fn same_schema(node: &Node, other: &Node, relation: &str) {
    if let (Some(left), Some(right)) = (node.parent, other.parent)
        && left.get().full_id() != right.get().full_id()
    {
        let mut msg = Msg::<1024>::new();
        msg.push("task ").name(node.rust_name).push(" ").push(relation).push(" ").name(other.rust_name).push(" (");
        msg.push(other.at).push("), which is in another schema");
        msg.rule("task-graph-schema", "all tasks of a graph must be in one schema");
        panic!("{}", msg.as_str());
    }
}
