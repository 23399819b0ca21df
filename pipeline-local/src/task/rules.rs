//! What tasks and their graphs must hold.

use super::def::TaskDef;
use super::graph::Tasks;
use super::parser::{Named, Property, size_rank};
use crate::access;
use crate::catalog::{Catalog, Kind, Object, ObjectId};
use crate::exec::Context;
use crate::parse::{Name, quote};
use crate::{Result, SqlError};

/// How many tasks a graph may have.
const MAX_GRAPH: usize = 1000;

/// 091400: the graph would not be one.
pub(super) fn graph_error(what: impl std::fmt::Display) -> SqlError {
    SqlError::new(91400, "22000", what.to_string())
}

pub(super) fn invalid(what: impl std::fmt::Display) -> SqlError {
    SqlError::compilation(1008, "22023", what)
}

/// 091421 unless the roots above a task are suspended, and with `itself` the task too.
pub(super) fn require_suspended(cx: &Context<'_>, tasks: &Tasks, id: ObjectId, itself: bool) -> Result<()> {
    require_root_suspended(cx, tasks, id)?;
    match tasks.get(id).filter(|task| itself && task.def.started) {
        Some(task) => Err(not_suspended(cx, &task.object)?),
        None => Ok(()),
    }
}

pub(super) fn require_root_suspended(cx: &Context<'_>, tasks: &Tasks, id: ObjectId) -> Result<()> {
    for root in tasks.roots(id) {
        if let Some(root) = tasks.get(root).filter(|root| root.def.started) {
            return Err(not_suspended(cx, &root.object)?);
        }
    }
    Ok(())
}

pub(super) fn not_suspended(cx: &Context<'_>, root: &Object) -> Result<SqlError> {
    let name = cx.engine.catalog.full_name(root)?;
    Ok(SqlError::new(
        91421,
        "22000",
        format!("Unable to update graph with root task {name} since that root task is not suspended."),
    ))
}

/// A task with a finalizer or children cannot turn into something that has none.
pub(super) fn forbid_lost_graph(tasks: &Tasks, id: ObjectId, def: &TaskDef) -> Result<()> {
    if !def.after.is_empty() && tasks.finalizer(id).is_some() {
        return Err(graph_error(
            "This task has a finalizer and cannot be made a child task. Please remove the finalizer before adding a predecessor.",
        ));
    }
    Ok(())
}

/// The warehouse or integration that a property names.
fn found(catalog: &Catalog, kind: Kind, named: &Named) -> Result<Option<Object>> {
    match catalog.find(kind, None, &named.name, "")? {
        None if named.literal => catalog.find(kind, None, &named.name.to_uppercase(), ""),
        found => Ok(found),
    }
}

/// The name of what a property names, as it is stored.
pub(super) fn stored_name(cx: &Context<'_>, kind: Kind, named: Named) -> Result<String> {
    Ok(found(&cx.engine.catalog, kind, &named)?.map_or(named.name, |object| object.name))
}

/// Warehouses and integrations that a property names must exist.
pub(super) fn check_named(cx: &Context<'_>, property: &Property) -> Result<()> {
    let catalog = &cx.engine.catalog;
    match property {
        Property::Warehouse(named) if found(catalog, Kind::Warehouse, named)?.is_none() => {
            Err(invalid(format_args!("Nonexistent warehouse {} was specified.", quote(&named.name))))
        }
        Property::ErrorIntegration(named) | Property::SuccessIntegration(named) => {
            let Some(integration) = found(catalog, Kind::Integration, named)? else {
                return Err(SqlError::does_not_exist("Integration", quote(&named.name)));
            };
            let def: crate::notification::IntegrationDef = integration.definition()?;
            if !def.is_outbound_queue() {
                return Err(invalid(format_args!(
                    "Integration '{}' cannot be used by a task: it must have TYPE = QUEUE and DIRECTION = OUTBOUND.",
                    quote(&named.name)
                )));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The role that creates a task must be able to use what the task names.
pub(super) fn require_usage(cx: &Context<'_>, def: &TaskDef) -> Result<()> {
    let integrations =
        def.error_integration.iter().chain(&def.success_integration).map(|name| (Kind::Integration, name));
    for (kind, name) in def.warehouse.iter().map(|name| (Kind::Warehouse, name)).chain(integrations) {
        if let Some(object) = cx.engine.catalog.find(kind, None, name, "")? {
            access::require(cx, &object, &["USAGE"])?;
        }
    }
    if def.warehouse.is_none() && !access::role_has_on_account(cx, cx.role(), "EXECUTE MANAGED TASK")? {
        return Err(SqlError::insufficient_privileges(
            "create a serverless task: set WAREHOUSE, or have EXECUTE MANAGED TASK granted to the role",
        ));
    }
    Ok(())
}

pub(super) fn require_usage_by(cx: &Context<'_>, def: &TaskDef, owner: &str) -> Result<()> {
    if super::may_use_warehouse(cx.engine, def, owner)? { Ok(()) } else { Err(super::no_warehouse(def)) }
}

pub(super) fn predecessors(
    cx: &Context<'_>,
    tasks: &Tasks,
    schema: &Object,
    task: &str,
    names: &[Name],
) -> Result<Vec<ObjectId>> {
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        let other = match name.schema() {
            Some(_) => cx.schema_of(name, "CREATE TASK")?.id,
            None => schema.id,
        };
        if other != schema.id {
            return Err(graph_error(format_args!(
                "Cannot have predecessor {} from a different schema.",
                name.object()
            )));
        }
        if name.object() == task {
            return Err(graph_error(format_args!("Task {task} cannot use itself as its predecessor.")));
        }
        let Some(above) = tasks.by_name(name.object()) else {
            return Err(graph_error(format_args!("Invalid predecessor {} was specified.", name.object())));
        };
        if above.def.finalize.is_some() {
            return Err(graph_error(format_args!("Task {} cannot have children as a finalizer task.", name.object())));
        }
        ids.push(above.object.id);
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

pub(super) fn finalized(cx: &Context<'_>, tasks: &Tasks, schema: &Object, task: &str, root: &Name) -> Result<ObjectId> {
    let other = match root.schema() {
        Some(_) => cx.schema_of(root, "CREATE TASK")?,
        None => schema.clone(),
    };
    if other.id != schema.id {
        return Err(graph_error(format_args!(
            "Cannot finalize graph {}.{} in a different schema.",
            other.name,
            root.object()
        )));
    }
    if root.object() == task {
        return Err(graph_error(format_args!("Task {task} cannot finalize itself.")));
    }
    let Some(found) = tasks.by_name(root.object()) else {
        return Err(graph_error(format_args!("Invalid finalized root task {} was specified.", root.object())));
    };
    if !found.def.is_root() {
        return Err(graph_error(format_args!("Task {task} cannot finalize a non-root task {}.", root.object())));
    }
    match tasks.finalizer(found.object.id) {
        Some(finalizer) if finalizer.object.name != task => {
            Err(graph_error(format_args!("Finalize target {} already have finalizer.", root.object())))
        }
        _ => Ok(found.object.id),
    }
}

/// What a definition must hold as a whole.
pub(super) fn check(
    tasks: &Tasks,
    cx: &Context<'_>,
    schema: &Object,
    name: &str,
    id: Option<ObjectId>,
    def: &TaskDef,
) -> Result<()> {
    let full = format!("{}.{}", cx.engine.catalog.full_name(schema)?, quote(name));
    if def.schedule.is_some() && !def.after.is_empty() {
        return Err(graph_error(format_args!("Task {name} cannot have both a schedule and a predecessor.")));
    }
    if def.finalize.is_some() {
        if def.schedule.is_some() {
            return Err(graph_error(format_args!("Task {name} cannot have a schedule and be a finalizer task.")));
        }
        if !def.after.is_empty() {
            return Err(graph_error(format_args!("Task {name} cannot have predecessors as a finalizer task.")));
        }
        if id.is_some_and(|id| tasks.children(id).next().is_some()) {
            return Err(graph_error(format_args!("Task {name} cannot have children as a finalizer task.")));
        }
    }
    if !def.is_root() {
        if def.config.is_some() {
            return Err(graph_error(format_args!("Task {full} cannot both be a non-root task and have a config.")));
        }
        if def.overlap.is_some() {
            return Err(graph_error(format_args!("Cannot set overlap policy on non-root task {full}.")));
        }
        if def.retry_attempts.is_some() {
            return Err(graph_error(format_args!(
                "Cannot set parameter TASK_AUTO_RETRY_ATTEMPTS on non-root task {name}. Non-root tasks use the parameter setting from their root task. Please set this on the root task for this task instead."
            )));
        }
    }
    check_serverless(&full, def)?;
    if let Some(id) = id {
        if def.after.iter().any(|above| tasks.precedes(id, *above)) {
            return Err(graph_error(format_args!(
                "Task {name} cannot follow a task that follows it: the graph would have a cycle."
            )));
        }
        if tasks.children(id).count() > 100 {
            return Err(graph_error(format_args!("Task {name} cannot have more than 100 child tasks.")));
        }
    }
    for above in def.after.iter().chain(&def.finalize) {
        for root in tasks.roots(*above) {
            let others = tasks.below(root).into_iter().filter(|task| Some(task.object.id) != id).count();
            if let (true, Some(root)) = (others >= MAX_GRAPH, tasks.get(root)) {
                return Err(graph_error(format_args!(
                    "The graph with root task {} cannot have more than {MAX_GRAPH} tasks.",
                    root.object.name
                )));
            }
        }
    }
    if def.after.len() > 100 {
        return Err(graph_error(format_args!("Task {name} cannot have more than 100 predecessors.")));
    }
    for above in tasks.predecessors(def) {
        if tasks.children(above.object.id).filter(|child| Some(child.object.id) != id).count() >= 100 {
            return Err(graph_error(format_args!("Task {} cannot have more than 100 child tasks.", above.object.name)));
        }
        if above.object.owner != cx.role() {
            return Err(graph_error(format_args!(
                "All tasks of a graph must have the same owner: {name} would belong to {}, {} belongs to {}.",
                cx.role(),
                above.object.name,
                above.object.owner
            )));
        }
    }
    Ok(())
}

pub(super) fn check_serverless(full: &str, def: &TaskDef) -> Result<()> {
    if def.warehouse.is_some() {
        for (set, property) in [
            (&def.initial_size, "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE"),
            (&def.min_size, "SERVERLESS_TASK_MIN_STATEMENT_SIZE"),
            (&def.max_size, "SERVERLESS_TASK_MAX_STATEMENT_SIZE"),
        ] {
            if set.is_some() {
                return Err(invalid(format_args!("Cannot set {property} on a non-serverless task.")));
            }
        }
        if def.target_completion.is_some() {
            return Err(invalid(format_args!(
                "TARGET_COMPLETION_INTERVAL is only allowed for serverless Tasks. {full} is not a serverless task."
            )));
        }
        return Ok(());
    }
    let rank = |size: &Option<String>| size.as_deref().and_then(size_rank);
    let text = |size: &Option<String>| size.clone().unwrap_or_default();
    if let (Some(min), Some(max)) = (rank(&def.min_size), rank(&def.max_size))
        && min > max
    {
        return Err(invalid(format_args!(
            "SERVERLESS_TASK_MIN_STATEMENT_SIZE ({}) cannot be greater than SERVERLESS_TASK_MAX_STATEMENT_SIZE ({}).",
            text(&def.min_size),
            text(&def.max_size)
        )));
    }
    if let (Some(initial), Some(min)) = (rank(&def.initial_size), rank(&def.min_size))
        && initial < min
    {
        return Err(invalid(format_args!(
            "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE ({}) cannot be less than SERVERLESS_TASK_MIN_STATEMENT_SIZE ({}).",
            text(&def.initial_size),
            text(&def.min_size)
        )));
    }
    if let (Some(initial), Some(max)) = (rank(&def.initial_size), rank(&def.max_size))
        && initial > max
    {
        return Err(invalid(format_args!(
            "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE ({}) cannot be greater than SERVERLESS_TASK_MAX_STATEMENT_SIZE ({}).",
            text(&def.initial_size),
            text(&def.max_size)
        )));
    }
    if def.is_triggered() && def.target_completion.is_none() {
        return Err(invalid(format_args!(
            "TARGET_COMPLETION_INTERVAL must be set for the serverless triggered task {full}."
        )));
    }
    Ok(())
}
