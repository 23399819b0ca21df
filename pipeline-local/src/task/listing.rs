//! SHOW TASKS and DESCRIBE TASK.

use std::collections::HashMap;

use super::def::{Overlap, TaskDef};
use super::graph::Tasks;
use crate::Result;
use crate::access;
use crate::catalog::Object;
use crate::exec::{Context, QueryResult, ResultColumn, StatementType, Value};
use crate::listing::{Listing, timestamp};
use crate::parse::{Cursor, quote};
use crate::types::SqlType;

const NAMES: [&str; 27] = [
    "created_on",
    "name",
    "id",
    "database_name",
    "schema_name",
    "owner",
    "comment",
    "warehouse",
    "schedule",
    "predecessors",
    "state",
    "definition",
    "condition",
    "allow_overlapping_execution",
    "error_integration",
    "last_committed_on",
    "last_suspended_on",
    "owner_role_type",
    "config",
    "task_relations",
    "last_suspended_reason",
    "success_integration",
    "scheduling_mode",
    "target_completion_interval",
    "execute_as_user",
    "overlap_policy",
    "created_by_user",
];

const TERSE: [&str; 6] = ["created_on", "name", "kind", "database_name", "schema_name", "schedule"];

fn columns(names: &[&str]) -> Vec<ResultColumn> {
    let is_time = |name: &str| matches!(name, "created_on" | "last_committed_on" | "last_suspended_on");
    let column =
        |name: &&str| ResultColumn::new(*name, if is_time(name) { SqlType::TimestampLtz(3) } else { SqlType::TEXT });
    names.iter().map(column).collect()
}

fn text(text: Option<&str>) -> Value {
    text.map_or(Value::null(SqlType::TEXT), Value::text)
}

fn time(at: Option<i64>) -> Value {
    at.map_or(Value::null(SqlType::TimestampLtz(3)), timestamp)
}

/// The cells of a task by column.
fn cells(database: &Object, schema: &Object, tasks: &Tasks, object: &Object) -> Result<HashMap<&'static str, Value>> {
    let def: TaskDef = object.definition()?;
    let full = |name: &str| format!("{}.{}.{}", quote(&database.name), quote(&schema.name), quote(name));
    let predecessors: Vec<String> = tasks.predecessors(&def).map(|task| full(&task.object.name)).collect();
    let mut relations = serde_json::Map::new();
    if let Some(root) = def.finalize.and_then(|root| tasks.get(root)) {
        relations.insert("FinalizedRootTask".to_owned(), full(&root.object.name).into());
    }
    relations.insert("Predecessors".to_owned(), predecessors.clone().into());
    if let Some(finalizer) = tasks.finalizer(object.id) {
        relations.insert("FinalizerTask".to_owned(), full(&finalizer.object.name).into());
    }
    let overlap = def.overlap.unwrap_or_default();
    let allow = if def.is_root() { (overlap == Overlap::Child).to_string() } else { "null".to_owned() };
    let comment = Some(object.comment.as_str()).filter(|comment| !comment.is_empty());
    Ok(HashMap::from([
        ("created_on", timestamp(object.created_at)),
        ("name", Value::text(object.name.clone())),
        ("id", Value::text(def.uuid.clone())),
        ("kind", Value::null(SqlType::TEXT)),
        ("database_name", Value::text(database.name.clone())),
        ("schema_name", Value::text(schema.name.clone())),
        ("owner", Value::text(object.owner.clone())),
        ("comment", text(comment)),
        ("warehouse", text(def.warehouse.as_deref())),
        ("schedule", text(def.schedule.as_deref())),
        ("predecessors", Value::text(serde_json::Value::from(predecessors).to_string())),
        ("state", Value::text(if def.started { "started" } else { "suspended" })),
        ("definition", Value::text(def.body.clone())),
        ("condition", text(def.when.as_deref())),
        ("allow_overlapping_execution", Value::text(allow)),
        ("error_integration", text(Some(def.error_integration.as_deref().unwrap_or("null")))),
        ("last_committed_on", time(def.last_committed_on)),
        ("last_suspended_on", time(def.last_suspended_on)),
        ("owner_role_type", Value::text("ROLE")),
        ("config", text(def.config.as_deref())),
        ("task_relations", Value::text(serde_json::Value::from(relations).to_string())),
        ("last_suspended_reason", text(def.last_suspended_reason.as_deref())),
        ("success_integration", text(def.success_integration.as_deref())),
        ("scheduling_mode", Value::null(SqlType::TEXT)),
        ("target_completion_interval", text(def.target_completion.as_deref())),
        ("execute_as_user", text(def.execute_as_user.as_deref())),
        ("overlap_policy", text(def.is_root().then(|| overlap.keyword()))),
        ("created_by_user", Value::text(def.created_by)),
    ]))
}

fn result(kind: StatementType, names: &[&str], rows: Vec<HashMap<&'static str, Value>>) -> Result<QueryResult> {
    let rows: Vec<Vec<Value>> = rows
        .into_iter()
        .map(|mut cells| names.iter().map(|name| cells.remove(name).unwrap_or(Value::null(SqlType::TEXT))).collect())
        .collect();
    QueryResult::rows(kind, columns(names), &rows)
}

pub(super) fn describe(cx: &Context<'_>, object: &Object) -> Result<QueryResult> {
    let (database, schema) = cx.engine.catalog.containers(object)?;
    let tasks = Tasks::load(&cx.engine.catalog, schema.id)?;
    result(StatementType::Describe, &NAMES, vec![cells(&database, &schema, &tasks, object)?])
}

pub(super) fn show(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.expect_keywords("SHOW")?;
    let terse = cursor.accept_keyword("TERSE");
    cursor.expect_keywords("TASKS")?;
    let listing = Listing::parse(cursor)?;
    let mut rows = Vec::new();
    for (database, schema) in listing.schemas(cx)? {
        let tasks = Tasks::load(&cx.engine.catalog, schema.id)?;
        for task in tasks.iter() {
            let listed = listing.matches(&task.object.name) && (!listing.root_only || task.def.is_root());
            if listed && access::holds(cx, &task.object, &["MONITOR", "OPERATE"])? {
                rows.push((task.object.name.clone(), cells(&database, &schema, &tasks, &task.object)?));
            }
        }
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    listing.cut(&mut rows);
    let rows = rows.into_iter().map(|(_, cells)| cells).collect();
    result(StatementType::Show, if terse { &TERSE } else { &NAMES }, rows)
}

/// The rows of TASK_DEPENDENTS.
pub(super) fn dependents(cx: &Context<'_>, object: &Object, recursive: bool) -> Result<QueryResult> {
    let (database, schema) = cx.engine.catalog.containers(object)?;
    let tasks = Tasks::load(&cx.engine.catalog, schema.id)?;
    const COLUMNS: [&str; 12] = [
        "created_on",
        "name",
        "database_name",
        "schema_name",
        "owner",
        "comment",
        "warehouse",
        "schedule",
        "predecessors",
        "state",
        "definition",
        "condition",
    ];
    let mut rows = Vec::new();
    for task in tasks.below(object.id) {
        let direct = task.object.id == object.id || task.def.after.contains(&object.id);
        if recursive || direct {
            rows.push(cells(&database, &schema, &tasks, &task.object)?);
        }
    }
    let mut result = result(StatementType::Select, &COLUMNS, rows)?;
    for column in &mut result.columns {
        column.name.make_ascii_uppercase();
    }
    Ok(result)
}
