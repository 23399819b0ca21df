//! Tasks: what SHOW TASKS says against what the pipeline says.

use std::collections::BTreeSet;

use pipeline_dsl::object::{Compute, TaskDef};
use serde_json::Value;

use super::text::{self, given, squash};
use crate::connection::Row;

/// Whether a task is scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskState {
    /// Runs when its time has come.
    Started,
    /// Does not run by itself.
    Suspended,
}

impl TaskState {
    pub(crate) fn from_row(row: &Row) -> Self {
        let started = row.text("state").is_some_and(|state| state.eq_ignore_ascii_case("started"));
        if started { Self::Started } else { Self::Suspended }
    }
}

/// A task as SHOW TASKS shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LiveTask {
    pub(super) warehouse: Option<String>,
    pub(super) schedule: Option<String>,
    pub(super) condition: Option<String>,
    pub(super) definition: String,
    pub(super) predecessors: BTreeSet<String>,
    pub(super) finalized_root: Option<String>,
    pub(super) error_integration: Option<String>,
    pub(super) success_integration: Option<String>,
    pub(super) config: Option<String>,
}

impl LiveTask {
    pub(super) fn from_row(row: &Row) -> Self {
        let text = |column| given(row.text(column));
        let json = |column| text(column).and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let names = |value: Option<&Value>| -> BTreeSet<String> {
            value
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(text::name))
                .collect()
        };
        let relations = json("task_relations");
        Self {
            warehouse: text("warehouse"),
            schedule: text("schedule"),
            condition: text("condition"),
            definition: text("definition").unwrap_or_default(),
            predecessors: names(json("predecessors").as_ref()),
            finalized_root: relations
                .as_ref()
                .and_then(|relations| relations.get("FinalizedRootTask")?.as_str().map(text::name)),
            error_integration: text("error_integration"),
            success_integration: text("success_integration"),
            config: text("config"),
        }
    }
}

/// One property: what is there, what shall be, and the statement that changes it.
struct Property {
    what: &'static str,
    is: Option<String>,
    shall: Option<String>,
    alter: String,
}

/// The parameters that the task sets, by name.
fn parameters(wanted: &TaskDef) -> Vec<(&'static str, String)> {
    [
        ("USER_TASK_TIMEOUT_MS", wanted.timeout_ms),
        ("SUSPEND_TASK_AFTER_NUM_FAILURES", wanted.suspend_after_failures),
        ("TASK_AUTO_RETRY_ATTEMPTS", wanted.retries),
        ("USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS", wanted.minimum_trigger_interval_seconds),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?.to_string())))
    .collect()
}

/// Whether there are parameters to compare.
pub(super) fn sets_parameters(wanted: &TaskDef) -> bool {
    !parameters(wanted).is_empty()
}

pub(super) fn compare(
    name: &str,
    wanted: &TaskDef,
    live: &LiveTask,
    parameter: impl Fn(&str) -> Option<String>,
) -> (Vec<String>, Vec<String>) {
    let object = |node: Option<pipeline_dsl::node::NodeRef>| node.map(|node| node.get().qualified_name());
    let set = |key: &str, value: &Option<String>, literal: bool| match value {
        Some(value) if literal => format!("SET {key} = {}", pipeline_dsl::ident::literal(value)),
        Some(value) => format!("SET {key} = {value}"),
        None => format!("UNSET {key}"),
    };
    let warehouse = match wanted.compute {
        Compute::Warehouse(warehouse) => object(Some(warehouse)),
        Compute::Serverless(_) => None,
    };
    let schedule = wanted.schedule.map(|schedule| schedule.sql());
    let condition = wanted.when.as_ref().map(|condition| condition.sql());
    let error_integration = object(wanted.error_integration);
    let success_integration = object(wanted.success_integration);
    let after: BTreeSet<String> = wanted.after.iter().map(|task| task.get().qualified_name()).collect();
    let list =
        |names: &BTreeSet<String>| (!names.is_empty()).then(|| names.iter().cloned().collect::<Vec<_>>().join(", "));
    let finalize = object(wanted.finalize);
    let config = wanted.config.map(ToOwned::to_owned);
    let properties = [
        Property {
            what: "warehouse",
            alter: set("WAREHOUSE", &warehouse, false),
            is: live.warehouse.clone(),
            shall: warehouse,
        },
        Property {
            what: "schedule",
            alter: set("SCHEDULE", &schedule, true),
            is: live.schedule.clone(),
            shall: schedule,
        },
        Property {
            what: "condition",
            alter: condition.as_ref().map_or_else(|| "REMOVE WHEN".into(), |when| format!("MODIFY WHEN {when}")),
            is: live.condition.clone(),
            shall: condition,
        },
        Property {
            what: "definition",
            alter: format!("MODIFY AS {}", wanted.body()),
            is: Some(live.definition.clone()),
            shall: Some(wanted.body()),
        },
        Property {
            what: "predecessors",
            alter: after_statement(&after, &live.predecessors),
            is: list(&live.predecessors),
            shall: list(&after.iter().map(|name| text::name(name)).collect()),
        },
        Property {
            what: "finalized root",
            alter: set("FINALIZE", &finalize, false),
            is: live.finalized_root.clone(),
            shall: finalize,
        },
        Property {
            what: "error integration",
            alter: set("ERROR_INTEGRATION", &error_integration, false),
            is: live.error_integration.clone(),
            shall: error_integration,
        },
        Property {
            what: "success integration",
            alter: set("SUCCESS_INTEGRATION", &success_integration, false),
            is: live.success_integration.clone(),
            shall: success_integration,
        },
        Property { what: "config", alter: set("CONFIG", &config, true), is: live.config.clone(), shall: config },
    ];
    let mut details = Vec::new();
    let mut help = Vec::new();
    for Property { what, is, shall, alter } in properties {
        let same = match (&is, &shall) {
            (Some(is), Some(shall)) => match what {
                "schedule" => normal_schedule(is) == normal_schedule(shall),
                "config" => json(is) == json(shall),
                "condition" | "definition" => squash(is) == squash(shall),
                _ => text::name(is) == text::name(shall),
            },
            (is, shall) => is.is_none() && shall.is_none(),
        };
        if !same {
            let word =
                |text: Option<String>| text.map_or_else(|| "none".to_owned(), |text| format!("`{}`", one_line(&text)));
            details.push(format!("~ {what} is {}, the pipeline says {}", word(is), word(shall)));
            help.push(format!("`ALTER TASK {name} {alter}`"));
        }
    }
    for (key, shall) in parameters(wanted) {
        if let Some(is) = parameter(key).filter(|is| *is != shall) {
            details.push(format!("~ {key} is {is}, the pipeline says {shall}"));
            help.push(format!("`ALTER TASK {name} SET {key} = {shall}`"));
        }
    }
    if !help.is_empty() {
        help.insert(0, "while the graph is suspended (`suspend`), change it by hand, then deploy again:".to_owned());
    }
    (details, help)
}

fn after_statement(wanted: &BTreeSet<String>, live: &BTreeSet<String>) -> String {
    let list = |names: Vec<&String>| names.into_iter().cloned().collect::<Vec<_>>().join(", ");
    let add: Vec<_> = wanted.iter().filter(|name| !live.contains(&text::name(name))).collect();
    if add.is_empty() {
        return format!(
            "REMOVE AFTER {}",
            list(live.iter().filter(|name| !wanted.iter().any(|w| text::name(w) == **name)).collect())
        );
    }
    format!("ADD AFTER {}", list(add))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// `2 MINUTE`, `2 minutes` and `120 SECONDS` are the same schedule.
fn normal_schedule(text: &str) -> String {
    let folded = squash(text);
    let seconds = folded.split_once(' ').and_then(|(number, unit)| {
        let number: u64 = number.parse().ok()?;
        let factor = match unit.trim_end_matches('S') {
            "SECOND" | "SEC" => 1,
            "MINUTE" | "MIN" | "M" => 60,
            "HOUR" | "H" => 3600,
            _ => return None,
        };
        Some(format!("{} SECONDS", number * factor))
    });
    seconds.unwrap_or(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_have_one_normal_form() {
        for (left, right) in [
            ("2 MINUTE", "2 minutes"),
            ("120 SECONDS", "2 MINUTES"),
            ("1 HOUR", "60 MINUTE"),
            ("USING CRON 0 9 * * * UTC", "using cron  0 9 * * * UTC"),
        ] {
            assert_eq!(normal_schedule(left), normal_schedule(right));
        }
        assert_ne!(normal_schedule("2 MINUTES"), normal_schedule("3 MINUTES"));
    }

    #[test]
    fn predecessors_are_added_before_others_are_removed() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(after_statement(&names(&["D.S.A", "D.S.B"]), &names(&["D.S.A"])), "ADD AFTER D.S.B");
        assert_eq!(after_statement(&names(&["D.S.A"]), &names(&["D.S.A", "D.S.C"])), "REMOVE AFTER D.S.C");
    }
}
