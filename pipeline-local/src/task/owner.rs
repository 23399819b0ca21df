//! GRANT OWNERSHIP ON TASK: what changes about a task and its graph with the owner.
//!
//! <https://docs.snowflake.com/en/user-guide/tasks-intro#transferring-ownership>

use super::ddl::{relink, suspend};
use super::def::TaskDef;
use super::graph::Tasks;
use super::rules::require_root_suspended;
use crate::Result;
use crate::catalog::Object;
use crate::exec::Context;

/// Prepares a task for another owner, who has to resume it. One task on its own leaves its graph; those of a whole schema
/// stay linked.
///
/// # Errors
/// 091421 when the root of its graph is not suspended.
pub(crate) fn before_owner_changes(cx: &Context<'_>, task: &Object, alone: bool) -> Result<()> {
    let tasks = Tasks::load(&cx.engine.catalog, task.parent.unwrap_or(task.id))?;
    if alone {
        require_root_suspended(cx, &tasks, task.id)?;
        relink(cx, &tasks, task.id, None)?;
        let mut task = task.clone();
        let mut def: TaskDef = task.definition()?;
        def.after.clear();
        def.finalize = None;
        task.set_definition(&def)?;
        cx.engine.catalog.update(&task)?;
    }
    suspend(cx, task.id, "GRANT_OWNERSHIP")?;
    cx.engine.tasks.changed();
    Ok(())
}
