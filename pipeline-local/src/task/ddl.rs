//! CREATE, ALTER and DROP TASK, and what they check.

use super::def::{Overlap, TaskDef};
use super::graph::Tasks;
use super::parser::{Change, Create, Property, size_rank};
use crate::access;
use crate::catalog::{Kind, NewObject, Object, ObjectId};
use crate::exec::{Context, QueryResult};
use crate::parse::{Name, quote};
use crate::{Result, SqlError};

/// 091400: the graph would not be one.
fn graph_error(what: impl std::fmt::Display) -> SqlError {
    SqlError::new(91400, "22000", what.to_string())
}

fn invalid(what: impl std::fmt::Display) -> SqlError {
    SqlError::compilation(1008, "22023", what)
}

pub(super) fn create(cx: &Context<'_>, create: Create) -> Result<QueryResult> {
    let catalog = &cx.engine.catalog;
    let schema = cx.schema_of(&create.name, "CREATE TASK")?;
    let name = create.name.object();
    // What the statement names must exist, even when nothing is created in the end.
    for property in &create.properties {
        check_named(cx, property)?;
    }
    if let Some(user) = &create.execute_as_user
        && catalog.find(Kind::User, None, user, "")?.is_none()
    {
        return Err(SqlError::compilation(
            2003,
            "02000",
            format_args!("User '{}' does not exist or not authorized.", quote(user)),
        ));
    }
    access::require_create(cx, &schema, Kind::Task)?;
    let existing = catalog.find(Kind::Task, Some(schema.id), name, "")?;
    if existing.is_some() && create.if_not_exists {
        return Ok(QueryResult::status(format!("{name} already exists, statement succeeded.")));
    }
    if existing.is_some() && !create.or_replace && !create.or_alter {
        return Err(SqlError::already_exists(catalog.full_name(existing.as_ref().unwrap_or(&schema))?));
    }
    let tasks = Tasks::load(catalog, schema.id)?;
    if let Some(existing) = &existing {
        access::require(cx, existing, &[])?;
        require_suspended(cx, &tasks, existing.id, true)?;
    }
    let mut comment = String::new();
    let mut def =
        TaskDef { uuid: uuid::Uuid::new_v4().to_string(), created_by: cx.session.user.clone(), ..TaskDef::default() };
    apply(cx, &tasks, &schema, name, &mut def, &mut comment, create.properties)?;
    def.after = predecessors(cx, &tasks, &schema, name, &create.after)?;
    def.execute_as_user = create.execute_as_user;
    def.when = create.when;
    def.body = create.body;
    def.version = 1;
    check(&tasks, cx, &schema, name, existing.as_ref().map(|object| object.id), &def)?;
    for above in def.after.iter().chain(&def.finalize) {
        require_suspended(cx, &tasks, *above, false)?;
    }
    require_usage(cx, &def)?;
    if let (true, Some(mut object)) = (create.or_alter, existing) {
        let before: TaskDef = object.definition()?;
        if before.after != def.after || before.finalize != def.finalize {
            forbid_lost_graph(&tasks, object.id, &def)?;
        }
        let def = TaskDef { uuid: before.uuid, version: before.version + 1, created_by: before.created_by, ..def };
        object.comment = comment;
        object.set_definition(&def)?;
        catalog.update(&object)?;
        return Ok(QueryResult::status("Statement executed successfully."));
    }
    let new = NewObject::new(Kind::Task, Some(schema.id), name, cx.role(), &def)?.comment(&comment);
    catalog.transaction(|catalog| {
        let old = catalog.find(Kind::Task, Some(schema.id), name, "")?;
        let object = catalog.create_or_replace(new, false)?;
        // The tasks below a replaced one stay below the new one.
        if let Some(old) = old {
            relink(cx, &tasks, old.id, Some(object.id))?;
        }
        Ok(())
    })?;
    cx.engine.tasks.changed();
    Ok(QueryResult::status(format!("Task {name} successfully created.")))
}

/// Puts `new` in the place of a task that is gone, or nothing: then who followed it alone becomes a suspended root.
fn relink(cx: &Context<'_>, tasks: &Tasks, old: ObjectId, new: Option<ObjectId>) -> Result<()> {
    let now = cx.engine.clock.now();
    for task in tasks.iter().filter(|task| task.def.after.contains(&old) || task.def.finalize == Some(old)) {
        let Some(mut object) = cx.engine.catalog.by_id(task.object.id)? else { continue };
        let mut def: TaskDef = object.definition()?;
        let finalizer = def.finalize == Some(old);
        if finalizer {
            def.finalize = new;
        }
        def.after = def.after.iter().filter_map(|id| if *id == old { new } else { Some(*id) }).collect();
        if def.is_root() && def.started {
            def.started = false;
            def.last_suspended_on = Some(now);
            let reason = if finalizer { "FINALIZER_BECAME_ROOT" } else { "CHILD_BECAME_ROOT" };
            def.last_suspended_reason = Some(reason.to_owned());
        }
        object.set_definition(&def)?;
        cx.engine.catalog.update(&object)?;
    }
    Ok(())
}

pub(super) fn drop(cx: &Context<'_>, name: &Name, if_exists: bool) -> Result<QueryResult> {
    let Some(object) = find(cx, name, "DROP TASK")? else {
        if if_exists {
            return Ok(QueryResult::status("Drop statement executed successfully (object already dropped)."));
        }
        return Err(missing(cx, name));
    };
    access::require(cx, &object, &[])?;
    let tasks = Tasks::load(&cx.engine.catalog, object.parent.unwrap_or(object.id))?;
    let roots = tasks.roots(object.id);
    for root in roots.into_iter().filter(|root| *root != object.id) {
        require_suspended(cx, &tasks, root, false)?;
    }
    cx.engine.catalog.transaction(|catalog| {
        relink(cx, &tasks, object.id, None)?;
        catalog.drop(object.id)
    })?;
    cx.engine.tasks.changed();
    Ok(QueryResult::status(format!("{} successfully dropped.", object.name)))
}

pub(super) fn alter(cx: &Context<'_>, name: &Name, if_exists: bool, change: Change) -> Result<QueryResult> {
    let done = || QueryResult::status("Statement executed successfully.");
    let Some(mut object) = find(cx, name, "ALTER TASK")? else {
        return if if_exists { Ok(done()) } else { Err(missing(cx, name)) };
    };
    let catalog = &cx.engine.catalog;
    let schema = catalog.containers(&object)?.1;
    let tasks = Tasks::load(catalog, schema.id)?;
    let mut def: TaskDef = object.definition()?;
    match change {
        Change::Resume => {
            access::require(cx, &object, &["OPERATE"])?;
            resume(cx, &tasks, &object)?;
            cx.engine.tasks.changed();
            return Ok(done());
        }
        Change::Suspend => {
            access::require(cx, &object, &["OPERATE"])?;
            if !def.is_root() {
                require_root_suspended(cx, &tasks, object.id)?;
            }
            suspend(cx, object.id, "USER_SUSPENDED")?;
            cx.engine.tasks.changed();
            return Ok(done());
        }
        _ => {}
    }
    access::require(cx, &object, &[])?;
    require_suspended(cx, &tasks, object.id, true)?;
    match change {
        Change::AddAfter(names) => {
            let added = predecessors(cx, &tasks, &schema, &object.name, &names)?;
            if tasks.finalizer(object.id).is_some() {
                return Err(graph_error(
                    "This task has a finalizer and cannot be made a child task. Please remove the finalizer before adding a predecessor.",
                ));
            }
            for above in &added {
                require_root_suspended(cx, &tasks, *above)?;
            }
            def.after.extend(added);
            def.after.sort();
            def.after.dedup();
        }
        Change::RemoveAfter(names) => {
            for removed in names {
                let found = tasks.by_name(removed.object()).map(|task| task.object.id);
                match found.filter(|id| def.after.contains(id)) {
                    Some(id) => def.after.retain(|other| *other != id),
                    None => {
                        return Err(graph_error(format_args!(
                            "Task {} does not have predecessor {}.",
                            object.name,
                            removed.object()
                        )));
                    }
                }
            }
        }
        Change::Set(properties) => {
            for property in &properties {
                check_named(cx, property)?;
            }
            let rescheduled = properties.iter().any(|property| matches!(property, Property::Schedule(_)));
            apply(cx, &tasks, &schema, &object.name, &mut def, &mut object.comment, properties)?;
            if rescheduled {
                def.base = cx.engine.clock.now();
            }
            require_usage(cx, &def)?;
        }
        Change::Unset(properties) => {
            for property in properties {
                unset(&mut def, &mut object.comment, &property)?;
            }
        }
        Change::Body(body) => def.body = body,
        Change::When(when) => def.when = Some(when),
        Change::RemoveWhen => def.when = None,
        Change::Resume | Change::Suspend => {}
    }
    check(&tasks, cx, &schema, &object.name, Some(object.id), &def)?;
    def.version += 1;
    object.set_definition(&def)?;
    catalog.update(&object)?;
    cx.engine.tasks.changed();
    Ok(done())
}

/// Starts a task: it, and what it needs, is checked again.
pub(super) fn resume(cx: &Context<'_>, tasks: &Tasks, object: &Object) -> Result<()> {
    let mut object = object.clone();
    let mut def: TaskDef = object.definition()?;
    if def.started {
        return Ok(());
    }
    if !def.is_root() {
        require_root_suspended(cx, tasks, object.id)?;
    }
    if !super::may_execute(cx.engine, &object.owner)? {
        return Err(super::not_permitted());
    }
    require_usage_by(cx, &def, &object.owner)?;
    let now = cx.engine.clock.now();
    def.started = true;
    def.base = now;
    def.last_committed_on = Some(now);
    def.last_suspended_reason = None;
    object.set_definition(&def)?;
    cx.engine.catalog.update(&object)
}

/// Stops starting a task; what runs goes on.
pub(super) fn suspend(cx: &Context<'_>, id: ObjectId, reason: &str) -> Result<()> {
    super::suspend(cx.engine, id, reason)
}

/// The task of a name; none that the role may not see.
pub(super) fn find(cx: &Context<'_>, name: &Name, action: &str) -> Result<Option<Object>> {
    let schema = match cx.schema_of(name, action) {
        Ok(schema) => schema,
        Err(error) if error.code == 2003 => return Ok(None),
        Err(error) => return Err(error),
    };
    let found = cx.engine.catalog.find(Kind::Task, Some(schema.id), name.object(), "")?;
    match found {
        Some(object) if access::holds(cx, &object, &["OPERATE", "MONITOR"])? => Ok(Some(object)),
        _ => Ok(None),
    }
}

pub(super) fn missing(cx: &Context<'_>, name: &Name) -> SqlError {
    let database = name.database().or(cx.database());
    let schema = name.schema().or(cx.schema());
    let full = match (database, schema) {
        (Some(database), Some(schema)) => format!("{}.{}.{}", quote(database), quote(schema), quote(name.object())),
        _ => name.to_string(),
    };
    SqlError::does_not_exist("Task", full)
}

/// 091421 unless the roots above a task are suspended, and with `itself` the task too.
fn require_suspended(cx: &Context<'_>, tasks: &Tasks, id: ObjectId, itself: bool) -> Result<()> {
    require_root_suspended(cx, tasks, id)?;
    match tasks.get(id).filter(|task| itself && task.def.started) {
        Some(task) => Err(not_suspended(cx, &task.object)?),
        None => Ok(()),
    }
}

fn require_root_suspended(cx: &Context<'_>, tasks: &Tasks, id: ObjectId) -> Result<()> {
    for root in tasks.roots(id) {
        if let Some(root) = tasks.get(root).filter(|root| root.def.started) {
            return Err(not_suspended(cx, &root.object)?);
        }
    }
    Ok(())
}

fn not_suspended(cx: &Context<'_>, root: &Object) -> Result<SqlError> {
    let name = cx.engine.catalog.full_name(root)?;
    Ok(SqlError::new(
        91421,
        "22000",
        format!("Unable to update graph with root task {name} since that root task is not suspended."),
    ))
}

/// A task with a finalizer or children cannot turn into something that has none.
fn forbid_lost_graph(tasks: &Tasks, id: ObjectId, def: &TaskDef) -> Result<()> {
    if !def.after.is_empty() && tasks.finalizer(id).is_some() {
        return Err(graph_error(
            "This task has a finalizer and cannot be made a child task. Please remove the finalizer before adding a predecessor.",
        ));
    }
    Ok(())
}

/// Warehouses and integrations that a property names must exist.
fn check_named(cx: &Context<'_>, property: &Property) -> Result<()> {
    let catalog = &cx.engine.catalog;
    match property {
        Property::Warehouse(name) if catalog.find(Kind::Warehouse, None, name, "")?.is_none() => {
            Err(invalid(format_args!("Nonexistent warehouse {} was specified.", quote(name))))
        }
        Property::ErrorIntegration(name) | Property::SuccessIntegration(name) => {
            let Some(integration) = catalog.find(Kind::Integration, None, name, "")? else {
                return Err(SqlError::does_not_exist("Integration", quote(name)));
            };
            let def: crate::notification::IntegrationDef = integration.definition()?;
            if !def.is_outbound_queue() {
                return Err(invalid(format_args!(
                    "Integration '{}' cannot be used by a task: it must have TYPE = QUEUE and DIRECTION = OUTBOUND.",
                    quote(name)
                )));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The role that creates a task must be able to use what the task names.
fn require_usage(cx: &Context<'_>, def: &TaskDef) -> Result<()> {
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

fn require_usage_by(cx: &Context<'_>, def: &TaskDef, owner: &str) -> Result<()> {
    if super::may_use_warehouse(cx.engine, def, owner)? { Ok(()) } else { Err(super::no_warehouse(def)) }
}

fn predecessors(cx: &Context<'_>, tasks: &Tasks, schema: &Object, task: &str, names: &[Name]) -> Result<Vec<ObjectId>> {
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

/// Sets properties; ranges were checked by the parser, what they mean together is by [`check`].
fn apply(
    cx: &Context<'_>,
    tasks: &Tasks,
    schema: &Object,
    task: &str,
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
            Property::Warehouse(name) => def.warehouse = Some(name),
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
                // FALSE is what every task has, children too.
                if allow || def.is_root() {
                    def.overlap = Some(overlap);
                }
            }
            Property::TimeoutMs(value) => def.timeout_ms = Some(value),
            Property::SuspendAfterFailures(value) => def.suspend_after_failures = Some(value),
            Property::RetryAttempts(value) => def.retry_attempts = Some(value),
            Property::TriggerInterval(value) => def.trigger_interval = Some(value),
            Property::TargetCompletion(value) => def.target_completion = Some(value),
            Property::ErrorIntegration(name) => def.error_integration = Some(name),
            Property::SuccessIntegration(name) => def.success_integration = Some(name),
            Property::LogLevel(level) => def.log_level = Some(level),
            Property::Comment(text) => *comment = text,
            Property::Finalize(root) => def.finalize = Some(finalized(cx, tasks, schema, task, &root)?),
            Property::Parameter(name, value) => {
                def.parameters.insert(name, value);
            }
        }
    }
    Ok(())
}

fn finalized(cx: &Context<'_>, tasks: &Tasks, schema: &Object, task: &str, root: &Name) -> Result<ObjectId> {
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

fn unset(def: &mut TaskDef, comment: &mut String, property: &str) -> Result<()> {
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

/// What a definition must hold as a whole.
fn check(
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

fn check_serverless(full: &str, def: &TaskDef) -> Result<()> {
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
