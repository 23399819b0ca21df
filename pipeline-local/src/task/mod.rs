//! Tasks: their statements, graphs and the scheduler.
//!
//! A task is an object of the catalog; RESUME puts its root on the scheduler ([`Service`]), which runs the graph as the
//! owner role in a session of its own and writes a row per run.

pub(crate) mod arguments;
mod columns;
mod condition;
mod config;
mod ddl;
mod def;
mod execute;
mod functions;
mod graph;
mod history;
mod listing;
mod owner;
mod parser;
mod properties;
mod report;
mod retry;
mod rules;
mod run;
mod schedule;
mod service;
#[cfg(test)]
mod tests;

pub use def::{Overlap, TaskDef};
pub(crate) use owner::before_owner_changes;
pub use service::Service;

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::access;
use crate::catalog::{Kind, ObjectId, Target};
use crate::engine::Engine;
use crate::exec::{Context, QueryResult, Running, StatementType, Value};
use crate::parse::{Cursor, Name, quote};
use crate::{Result, SqlError};
use graph::{Task, Tasks};

/// Prepares the tables of the history; runs that were going on when the engine stopped have failed.
pub(crate) fn open(engine: &Engine) -> Result<()> {
    history::open(&engine.store, engine.clock.now())
}

/// Forgets what the history need not keep any longer.
///
/// # Errors
/// When the store cannot be written.
pub(crate) fn forget(engine: &Engine) -> Result<()> {
    history::forget(&engine.store, engine.clock.now())
}

/// CREATE, ALTER, DROP, DESCRIBE, EXECUTE TASK and SHOW TASKS: `text` is the whole statement.
pub fn execute<'c>(cx: &'c mut Context<'_>, text: &'c str) -> Running<'c> {
    Box::pin(async move {
        let mut cursor = Cursor::new(text)?;
        match cursor.peek_word().as_deref() {
            Some("CREATE") => match parser::create(&mut cursor)? {
                parser::Created::New(create) => ddl::create(cx, *create),
                parser::Created::Clone(clone) => ddl::clone(cx, clone),
            },
            Some("ALTER") => {
                cursor.expect_keywords("ALTER TASK")?;
                let if_exists = cursor.accept_keywords("IF EXISTS");
                let name = cursor.object_name()?;
                let change = parser::change(&mut cursor)?;
                ddl::alter(cx, &name, if_exists, change)
            }
            Some("DROP") => {
                cursor.expect_keywords("DROP TASK")?;
                let if_exists = cursor.accept_keywords("IF EXISTS");
                let name = cursor.object_name()?;
                cursor.expect_end()?;
                ddl::drop(cx, &name, if_exists)
            }
            Some("DESCRIBE" | "DESC") => {
                cursor.next_token();
                cursor.expect_keywords("TASK")?;
                let name = cursor.object_name()?;
                cursor.expect_end()?;
                let object = ddl::find(cx, &name, "DESCRIBE TASK")?.ok_or_else(|| ddl::missing(cx, &name))?;
                listing::describe(cx, &object)
            }
            Some("EXECUTE") => execute_task(cx, &mut cursor),
            Some("SHOW") => listing::show(cx, &mut cursor),
            _ => Err(cursor.unexpected()),
        }
    })
}

/// EXECUTE TASK: a run of a root now, beside the session.
fn execute_task(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.expect_keywords("EXECUTE TASK")?;
    let name = cursor.object_name()?;
    let retry = if cursor.accept_keywords("RETRY LAST") {
        Some(None)
    } else if cursor.accept_keywords("RETRY GRAPH RUN GROUP") {
        Some(Some(cursor.string()?))
    } else {
        None
    };
    let config = if retry.is_some() {
        None
    } else if cursor.accept_keywords("USING CONFIG") {
        cursor.expect(&Token::Eq)?;
        let config = cursor.string()?;
        config::check_config(&config)?;
        Some(config)
    } else {
        None
    };
    cursor.expect_end()?;
    let object = ddl::find(cx, &name, "EXECUTE TASK")?.ok_or_else(|| ddl::missing(cx, &name))?;
    access::require(cx, &object, &["OPERATE"])?;
    let mut task = Task::of(object)?;
    if !task.def.is_root() {
        return Err(SqlError::new(
            91090,
            "22000",
            format!(
                "Execute task cannot be called on non-root task {}. Call EXECUTE TASK on the root task of its graph instead.",
                cx.engine.catalog.full_name(&task.object)?
            ),
        ));
    }
    if !may_execute(cx.engine, &task.object.owner)? {
        return Err(not_permitted());
    }
    if !may_use_warehouse(cx.engine, &task.def, &task.object.owner)? {
        return Err(no_warehouse(&task.def));
    }
    let status = format!("Task {} is scheduled to run immediately.", task.object.name);
    let retry = retry.map(|group| retry::find(cx, &task, group.as_deref())).transpose()?;
    if task.def.fix_version() {
        task.object.set_definition(&task.def)?;
        cx.engine.catalog.update(&task.object)?;
    }
    Service::execute(cx.engine, &task, config, retry);
    Ok(QueryResult::status_of(StatementType::Ddl, status))
}

/// The rows of a table function of INFORMATION_SCHEMA about tasks (TASK_HISTORY, CURRENT_TASK_GRAPHS,
/// COMPLETE_TASK_GRAPHS, TASK_DEPENDENTS); `None` for other functions. Argument names are in upper case; positional
/// ones have an empty name.
///
/// # Errors
/// When an argument is not one of the function's, or out of its range.
pub fn table_function(cx: &Context<'_>, name: &str, arguments: &[(String, Value)]) -> Result<Option<QueryResult>> {
    functions::rows(cx, name, arguments)
}

fn named(cx: &Context<'_>, task: &str, function: &str) -> Result<Task> {
    let name = Name::parse(task).ok_or_else(|| SqlError::does_not_exist("Task", task))?;
    let object = ddl::find(cx, &name, function)?.ok_or_else(|| ddl::missing(cx, &name))?;
    access::require(cx, &object, &["OPERATE"])?;
    Task::of(object)
}

/// `SYSTEM$TASK_DEPENDENTS_ENABLE('task')`: resumes the whole graph that the task belongs to, the root last.
///
/// # Errors
/// When there is no such task, or the role may not operate it.
pub fn dependents_enable(cx: &Context<'_>, task: &str) -> Result<String> {
    let task = named(cx, task, "SYSTEM$TASK_DEPENDENTS_ENABLE")?;
    let tasks = Tasks::load(&cx.engine.catalog, task.object.parent.unwrap_or(task.object.id))?;
    cx.engine.catalog.transaction(|_| {
        for root in tasks.roots(task.object.id) {
            for task in tasks.below(root).into_iter().rev() {
                if task.object.id != root {
                    ddl::resume(cx, &tasks, &task.object)?;
                }
            }
            if let Some(root) = tasks.get(root) {
                ddl::resume(cx, &tasks, &root.object)?;
            }
        }
        Ok(())
    })?;
    cx.engine.tasks.changed();
    Ok("true".to_owned())
}

/// `SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS('task')`: cancels what runs of this one task.
///
/// # Errors
/// When there is no such task, or the role may not operate it.
pub fn cancel_ongoing_executions(cx: &Context<'_>, task: &str) -> Result<String> {
    let task = named(cx, task, "SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS")?;
    let queries = history::running_queries(&cx.engine.store, task.object.id)?;
    let cancelled = queries.iter().filter(|id| cx.engine.history.cancel(id)).count();
    Ok(match cancelled {
        0 => format!("Task {} has no currently running executions.", task.object.name),
        count => format!("Marked {count} task runs for cancellation."),
    })
}

/// Whether tasks of this owner run at all.
fn may_execute(engine: &Engine, owner: &str) -> Result<bool> {
    let roles = engine.catalog.role_closure(owner)?;
    engine.catalog.has_privilege(&roles, "EXECUTE TASK", Target::Account)
}

/// 091089: what is missing when they do not.
fn not_permitted() -> SqlError {
    SqlError::new(91089, "23001", "Cannot execute task , EXECUTE TASK privilege must be granted to owner role")
}

/// Whether the owner can use what the task runs on: its warehouse, or the account's own.
fn may_use_warehouse(engine: &Engine, def: &TaskDef, owner: &str) -> Result<bool> {
    let roles = engine.catalog.role_closure(owner)?;
    let Some(name) = &def.warehouse else {
        return engine.catalog.has_privilege(&roles, "EXECUTE MANAGED TASK", Target::Account);
    };
    match engine.catalog.find(Kind::Warehouse, None, name, "")? {
        Some(warehouse) => Ok(roles.contains(&warehouse.owner)
            || engine.catalog.has_privilege(&roles, "USAGE", Target::Object(warehouse.id))?),
        None => Ok(false),
    }
}

fn no_warehouse(def: &TaskDef) -> SqlError {
    let what = match &def.warehouse {
        Some(name) => format!("USAGE privilege on the task's warehouse {} must be granted to owner role", quote(name)),
        None => "EXECUTE MANAGED TASK privilege must be granted to owner role".to_owned(),
    };
    SqlError::new(91089, "23001", format!("Cannot execute task , {what}"))
}

/// Stops starting a task.
fn suspend(engine: &Engine, id: ObjectId, reason: &str) -> Result<()> {
    engine.catalog.transaction(|catalog| {
        let Some(mut object) = catalog.by_id(id)? else { return Ok(()) };
        let mut def: TaskDef = object.definition()?;
        if !def.started {
            return Ok(());
        }
        def.started = false;
        def.last_suspended_on = Some(engine.clock.now());
        def.last_suspended_reason = Some(reason.to_owned());
        object.set_definition(&def)?;
        catalog.update(&object)
    })
}
