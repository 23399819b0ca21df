//! CREATE, ALTER and DROP TASK.

use super::def::TaskDef;
use super::graph::Tasks;
use super::parser::{Change, Clone, Create, Property};
use super::properties::{Subject, apply, unset};
use super::rules::{
    check, check_named, forbid_lost_graph, graph_error, predecessors, require_root_suspended, require_suspended,
    require_usage, require_usage_by,
};
use crate::access;
use crate::catalog::{Kind, NewObject, Object, ObjectId, TagSlot};
use crate::exec::{Context, QueryResult};
use crate::parse::{Name, quote};
use crate::{Result, SqlError, tag};

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
    if create.or_alter {
        tag::forbid_or_alter(&create.tags, Kind::Task)?;
    }
    let tags = tag::resolve(cx, &create.tags, TagSlot::Object)?;
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
    let finalizes = create.properties.iter().any(|property| matches!(property, Property::Finalize(_)));
    let root = create.after.is_empty() && !finalizes;
    let subject = Subject { schema: &schema, name, root };
    apply(cx, &tasks, &subject, &mut def, &mut comment, create.properties)?;
    def.after = predecessors(cx, &tasks, &schema, name, &create.after)?;
    def.execute_as_user = create.execute_as_user;
    def.when = create.when;
    def.body = create.body;
    def.changed = true;
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
        let def = TaskDef { uuid: before.uuid, version: before.version, created_by: before.created_by, ..def };
        object.comment = comment;
        object.set_definition(&def)?;
        catalog.update(&object)?;
        note_change(cx, object.id)?;
        return Ok(QueryResult::status("Statement executed successfully."));
    }
    let new = NewObject::new(Kind::Task, Some(schema.id), name, cx.role(), &def)?.comment(&comment).tags(tags);
    catalog.transaction(|catalog| {
        let old = catalog.find(Kind::Task, Some(schema.id), name, "")?;
        let object = catalog.create_or_replace(new, false)?;
        // The tasks below a replaced one stay below the new one.
        if let Some(old) = old {
            relink(cx, &tasks, old.id, Some(object.id))?;
        }
        note_change(cx, object.id)
    })?;
    cx.engine.tasks.changed();
    Ok(QueryResult::status(format!("Task {name} successfully created.")))
}

/// Notes that the graphs a task belongs to changed.
fn note_change(cx: &Context<'_>, id: ObjectId) -> Result<()> {
    let catalog = &cx.engine.catalog;
    let Some(task) = catalog.by_id(id)? else { return Ok(()) };
    for root in Tasks::load(catalog, task.parent.unwrap_or(id))?.roots(id) {
        let Some(mut object) = catalog.by_id(root)? else { continue };
        let def: TaskDef = object.definition()?;
        if !def.changed {
            object.set_definition(&TaskDef { changed: true, ..def })?;
            catalog.update(&object)?;
        }
    }
    Ok(())
}

/// CREATE TASK .. CLONE: a suspended task like another one. It follows the same tasks if it belongs to the same role.
pub(super) fn clone(cx: &Context<'_>, clone: Clone) -> Result<QueryResult> {
    let catalog = &cx.engine.catalog;
    let source = find(cx, &clone.source, "CREATE TASK")?.ok_or_else(|| missing(cx, &clone.source))?;
    let schema = cx.schema_of(&clone.name, "CREATE TASK")?;
    let name = clone.name.object();
    access::require_create(cx, &schema, Kind::Task)?;
    let existing = catalog.find(Kind::Task, Some(schema.id), name, "")?;
    match &existing {
        Some(_) if clone.if_not_exists => {
            return Ok(QueryResult::status(format!("{name} already exists, statement succeeded.")));
        }
        Some(existing) if !clone.or_replace => {
            return Err(SqlError::already_exists(catalog.full_name(existing)?));
        }
        _ => {}
    }
    let tasks = Tasks::load(catalog, schema.id)?;
    if let Some(existing) = &existing {
        access::require(cx, existing, &[])?;
        require_suspended(cx, &tasks, existing.id, true)?;
    }
    let before: TaskDef = source.definition()?;
    let mut def = TaskDef {
        uuid: uuid::Uuid::new_v4().to_string(),
        created_by: cx.session.user.clone(),
        started: false,
        changed: true,
        version: 0,
        base: 0,
        last_committed_on: None,
        last_suspended_on: None,
        last_suspended_reason: None,
        // A root has one finalizer.
        finalize: None,
        ..before
    };
    if source.owner != cx.role() || source.parent != Some(schema.id) {
        def.after.clear();
    }
    for above in &def.after {
        require_suspended(cx, &tasks, *above, false)?;
    }
    check(&tasks, cx, &schema, name, existing.as_ref().map(|object| object.id), &def)?;
    require_usage(cx, &def)?;
    let new = NewObject::new(Kind::Task, Some(schema.id), name, cx.role(), &def)?.comment(&source.comment);
    catalog.transaction(|catalog| {
        let object = catalog.create_or_replace(new, false)?;
        if let Some(old) = &existing {
            relink(cx, &tasks, old.id, Some(object.id))?;
        }
        note_change(cx, object.id)
    })?;
    cx.engine.tasks.changed();
    Ok(QueryResult::status(format!("Task {name} successfully created.")))
}

/// Puts `new` in the place of a task that is gone, or nothing: then who followed it alone becomes a suspended root.
pub(super) fn relink(cx: &Context<'_>, tasks: &Tasks, old: ObjectId, new: Option<ObjectId>) -> Result<()> {
    let now = cx.engine.clock.now();
    for task in tasks.iter().filter(|task| task.def.after.contains(&old) || task.def.finalize == Some(old)) {
        let Some(mut object) = cx.engine.catalog.by_id(task.object.id)? else { continue };
        let mut def: TaskDef = object.definition()?;
        let finalizer = def.finalize == Some(old);
        if finalizer {
            def.finalize = new;
        }
        def.after = def.after.iter().filter_map(|id| if *id == old { new } else { Some(*id) }).collect();
        def.changed |= def.is_root();
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
            return Ok(QueryResult::already_dropped(name.object()));
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
        for root in tasks.roots(object.id).into_iter().filter(|root| *root != object.id) {
            note_change(cx, root)?;
        }
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
            let root = def.is_root();
            let subject = Subject { schema: &schema, name: &object.name, root };
            apply(cx, &tasks, &subject, &mut def, &mut object.comment, properties)?;
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
    let before = tasks.roots(object.id);
    object.set_definition(&def)?;
    catalog.update(&object)?;
    // A task that moved changes the graph it left, too.
    for task in before.into_iter().chain([object.id]) {
        note_change(cx, task)?;
    }
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
    def.fix_version();
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
