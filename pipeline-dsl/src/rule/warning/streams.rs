use super::task;
use crate::node::{Kind, Node};
use crate::object::{Definition, Privilege, TaskAction, rests_on};

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

/// Whether `stream-feedback` applies.
#[doc(hidden)]
pub const fn stream_feedback(node: &Node) -> bool {
    let Definition::Procedure(procedure) = &node.definition else { return false };
    let mut at = 0;
    while at < procedure.consumes.len() {
        if let Definition::Stream(stream) = &procedure.consumes[at].get().definition {
            let mut written = 0;
            while written < procedure.writes.len() {
                let access = procedure.writes[written];
                if rests_on(stream.source, access.object) && (!stream.append_only || inserts(access.privileges)) {
                    return true;
                }
                written += 1;
            }
        }
        at += 1;
    }
    false
}

const fn inserts(privileges: &[Privilege]) -> bool {
    let mut at = 0;
    while at < privileges.len() {
        if matches!(privileges[at], Privilege::Insert) {
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
    while at < procedure.consumes.len() {
        if matches!(procedure.consumes[at].get().kind, Kind::Stream) {
            return true;
        }
        at += 1;
    }
    false
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

/// Functions whose value depends on when, where or by whom they are called.
const VOLATILE: &[&str] = &[
    "CURRENT_TIMESTAMP",
    "CURRENT_TIME",
    "CURRENT_DATE",
    "CURRENT_USER",
    "CURRENT_ROLE",
    "CURRENT_SESSION",
    "CURRENT_WAREHOUSE",
    "LOCALTIMESTAMP",
    "GETDATE",
    "SYSDATE",
    "SYSTIMESTAMP",
    "RANDOM",
    "RANDSTR",
    "UNIFORM",
    "UUID_STRING",
    "SEQ4",
    "SEQ8",
];

/// Whether `stream-view-volatile` applies.
#[doc(hidden)]
pub const fn stream_view_volatile(node: &Node) -> bool {
    let Definition::Stream(stream) = &node.definition else { return false };
    let Definition::View(view) = &stream.source.get().definition else { return false };
    let mut at = 0;
    while at < VOLATILE.len() {
        if let Some(query) = view.text
            && query.has_words(&[VOLATILE[at]])
        {
            return true;
        }
        let mut step = 0;
        while step < view.steps.len() {
            if view.steps[step].eq_ignore_ascii_case(VOLATILE[at]) {
                return true;
            }
            step += 1;
        }
        at += 1;
    }
    false
}
