//! Running one task in a session of its own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use datafusion::common::ScalarValue;

use super::graph::Task;
use super::history;
use super::run::{Graph, Outcome};
use crate::catalog::Object;
use crate::engine::Engine;
use crate::exec::{self, Binds, Context, TaskRun};
use crate::session::Session;
use crate::{Result, SqlError};

/// The limit of a run without USER_TASK_TIMEOUT_MS.
const DEFAULT_TIMEOUT_MS: i64 = 3_600_000;

/// The longest limit, which 0 stands for.
const LONGEST_TIMEOUT_MS: i64 = 604_800_000;

/// SUSPEND_TASK_AFTER_NUM_FAILURES where it is not set.
const DEFAULT_SUSPEND_AFTER: i64 = 10;

/// A session in which a task's owner works.
fn prepare(session: &mut Session, task: &Task, database: &Object, schema: &Object) -> Result<()> {
    session.secondary_roles_all = task.def.execute_as_user.is_some();
    session.database = Some(database.name.clone());
    session.schema = Some(schema.name.clone());
    session.warehouse.clone_from(&task.def.warehouse);
    for (name, value) in &task.def.parameters {
        session.parameters.set(name, value)?;
    }
    Ok(())
}

/// Whether WHEN of a task holds.
pub(super) async fn condition_holds(
    engine: &Arc<Engine>,
    session: &mut Session,
    when: &str,
    run: Option<Arc<TaskRun>>,
) -> Result<bool> {
    let mut cx = Context::new(engine, session, "", engine.clock.now());
    cx.frame.task = run;
    let value = exec::evaluate(&mut cx, when, &Binds::default()).await?;
    Ok(matches!(value.scalar, ScalarValue::Boolean(Some(true))))
}

/// Whether WHEN of a root holds, outside of a run.
pub(super) async fn trigger_holds(engine: &Arc<Engine>, task: &Task) -> Result<bool> {
    let Some(when) = &task.def.when else { return Ok(true) };
    let (database, schema) = engine.catalog.containers(&task.object)?;
    let mut session = Session::new(0, "SYSTEM", &task.object.owner);
    prepare(&mut session, task, &database, &schema)?;
    condition_holds(engine, &mut session, when, None).await
}

/// Runs one task and notes what became of it.
pub(super) async fn task(graph: Arc<Graph>, task: Task, values: HashMap<String, String>, attempt: i64) -> Outcome {
    let user = task.def.execute_as_user.as_deref().unwrap_or("SYSTEM");
    let handle = graph.engine.sessions.open(Session::new(0, user, &task.object.owner));
    let outcome = {
        let mut session = handle.session.lock().await;
        in_session(&graph, &task, &mut session, values, attempt).await
    };
    graph.engine.end_session(handle.id).await;
    outcome.unwrap_or_else(|error| {
        tracing::error!(task = %graph.full_name(&task.object), %error, "the run of a task could not be recorded");
        Outcome::Failed { code: error.code_text(), message: error.message }
    })
}

async fn in_session(
    graph: &Arc<Graph>,
    task: &Task,
    session: &mut Session,
    values: HashMap<String, String>,
    attempt: i64,
) -> Result<Outcome> {
    let engine = &graph.engine;
    let store = &engine.store;
    prepare(session, task, &graph.database, &graph.schema)?;
    let task_run = graph.task_run(task, values);
    let mut run = graph.run(task, attempt);
    let is_root = task.object.id == graph.root.object.id;
    let permitted = super::may_execute(engine, &task.object.owner)
        .and_then(|may| if may { Ok(()) } else { Err(super::not_permitted()) })
        .and_then(|()| match super::may_use_warehouse(engine, &task.def, &task.object.owner)? {
            true => Ok(()),
            false => Err(super::no_warehouse(&task.def)),
        });
    if let (Ok(()), Some(when), false) = (&permitted, &task.def.when, is_root && graph.order.checked) {
        let holds = condition_holds(engine, session, when, Some(task_run.clone())).await;
        if let Err(error) = &holds {
            tracing::warn!(task = %graph.full_name(&task.object), %error, "the condition of a task cannot be evaluated");
        }
        if !holds.unwrap_or(false) {
            let now = engine.clock.now();
            run.state = "SKIPPED".to_owned();
            run.error_code = Some("0040003".to_owned());
            run.error_message = Some("Conditional expression for task evaluated to false.".to_owned());
            run.completed_at = Some(now);
            history::insert(store, &run)?;
            return Ok(Outcome::Skipped);
        }
    }
    let now = engine.clock.now();
    let record = engine.history.begin(session, task.def.body.as_str(), now);
    run.query_id = Some(record.id.clone());
    run.started_at = Some(now);
    let id = history::insert(store, &run)?;
    let mark = session.mark();
    let limit = timeout(graph, task, session);
    let mut cancelled = false;
    let result = {
        let mut cx = Context::new(engine, session, record.id.as_str(), now);
        cx.frame.task = Some(task_run.clone());
        let running = async {
            permitted?;
            let no_binds = Binds::default();
            exec::execute(&mut cx, &task.def.body, &no_binds).await
        };
        // A run is not sped up by a fast clock: its limit is one of the machine's time.
        tokio::select! {
            biased;
            result = running => result,
            () = record.cancelled() => {
                cancelled = true;
                Err(SqlError::new(604, "57014", "SQL execution canceled"))
            }
            () = tokio::time::sleep(limit) => Err(SqlError::new(
                630,
                "57014",
                format!(
                    "Statement reached its statement or warehouse timeout of {} second(s) and was canceled.",
                    limit.as_secs_f64()
                ),
            )),
        }
    };
    if result.is_err() || !session.transactions.is_empty() {
        // A transaction that the body left open is rolled back.
        session.abandon(&mark);
    }
    let finished = engine.history.finish(&record, result, engine.clock.now());
    run.completed_at = Some(engine.clock.now());
    let outcome = match finished {
        Ok(_) => {
            run.state = "SUCCEEDED".to_owned();
            run.return_value.clone_from(&task_run.return_value.lock());
            history::forget_failures(store, task.object.id)?;
            Outcome::Succeeded(run.return_value.clone())
        }
        Err(error) => {
            let (code, message) = (error.code_text(), error.message);
            run.error_code = Some(code.clone());
            run.error_message = Some(message.clone());
            run.state = if cancelled { "CANCELLED" } else { "FAILED" }.to_owned();
            if !cancelled && suspend_after_failures(graph, task)? {
                run.state = "FAILED_AND_AUTO_SUSPENDED".to_owned();
            }
            Outcome::Failed { code, message }
        }
    };
    history::complete(store, id, &run)?;
    if run.state.starts_with("FAILED") {
        graph.report_failure(task, &run);
    }
    Ok(outcome)
}

/// Counts a failure; suspends the root when there have been enough. Whether it did.
fn suspend_after_failures(graph: &Graph, task: &Task) -> Result<bool> {
    let failures = history::count_failure(&graph.engine.store, task.object.id)?;
    let limit = graph.root.def.suspend_after_failures.unwrap_or(DEFAULT_SUSPEND_AFTER);
    if limit == 0 || failures < limit {
        return Ok(false);
    }
    let Some(root) = graph.engine.catalog.by_id(graph.root.object.id)? else { return Ok(false) };
    if !Task::of(root)?.def.started {
        return Ok(false);
    }
    super::suspend(&graph.engine, graph.root.object.id, "SUSPENDED_DUE_TO_ERRORS")?;
    graph.engine.tasks.changed();
    Ok(true)
}

/// The lowest limit that is set: the task's, else its root's, and that of statements.
fn timeout(graph: &Graph, task: &Task, session: &Session) -> Duration {
    let limit = match task.def.timeout_ms.or(graph.root.def.timeout_ms).unwrap_or(DEFAULT_TIMEOUT_MS) {
        0 => LONGEST_TIMEOUT_MS,
        limit => limit,
    };
    let statement = match session.parameters.number("STATEMENT_TIMEOUT_IN_SECONDS") {
        0 => LONGEST_TIMEOUT_MS,
        seconds => seconds.saturating_mul(1000),
    };
    Duration::from_millis(limit.min(statement).unsigned_abs())
}
