//! Running a task, and a graph of tasks.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use datafusion::common::ScalarValue;
use tokio::task::JoinSet;

use super::graph::{Task, Tasks};
use super::history::{self, GraphRun, Run};
use crate::catalog::{Kind, Object, ObjectId};
use crate::engine::Engine;
use crate::exec::{self, Binds, Context, TaskRun};
use crate::session::Session;
use crate::{Result, SqlError, notification};

/// The limit of a run without USER_TASK_TIMEOUT_MS.
const DEFAULT_TIMEOUT_MS: i64 = 3_600_000;
/// The longest limit, which 0 stands for.
const LONGEST_TIMEOUT_MS: i64 = 604_800_000;
/// SUSPEND_TASK_AFTER_NUM_FAILURES where it is not set.
const DEFAULT_SUSPEND_AFTER: i64 = 10;

/// Why a graph runs.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) root: ObjectId,
    pub(super) scheduled_at: i64,
    /// SCHEDULED_FROM: SCHEDULE, EXECUTE_TASK or TRIGGER.
    pub(super) from: &'static str,
    /// CONFIG of EXECUTE TASK, to be merged over the root's.
    pub(super) config: Option<String>,
    /// Whether WHEN of the root was found true already.
    pub(super) checked: bool,
}

/// What all tasks of a graph run share.
struct Graph {
    engine: Arc<Engine>,
    root: Task,
    database: Object,
    schema: Object,
    group: i64,
    order: Order,
    config: Option<String>,
    last_success: Option<i64>,
}

/// What a task came to.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    Succeeded(Option<String>),
    Failed {
        code: String,
        message: String,
    },
    /// WHEN was false.
    Skipped,
    /// It is suspended: the graph goes on as if it had succeeded.
    Suspended,
    /// It was not reached.
    NotRun,
}

/// Runs a graph to its end. `root_ended` is called when the root itself has ended.
pub(super) async fn graph(engine: Arc<Engine>, order: Order, root_ended: impl FnOnce()) -> Result<()> {
    let Some(object) = engine.catalog.by_id(order.root)? else { return Ok(()) };
    let (database, schema) = engine.catalog.containers(&object)?;
    let tasks = Tasks::load(&engine.catalog, schema.id)?;
    let root = Task::of(object)?;
    let config = merged_config(root.def.config.as_deref(), order.config.as_deref())?;
    let last_success = history::last_success(&engine.store, order.root)?;
    let group = engine.tasks.new_group(engine.clock.now());
    let graph = Arc::new(Graph { engine, database, schema, group, config, last_success, order, root });
    let nodes: Vec<Task> = tasks.below(graph.root.object.id).into_iter().cloned().collect();
    let (nodes, finalizer): (Vec<_>, Vec<_>) = nodes.into_iter().partition(|task| task.def.finalize.is_none());
    let attempts = 1 + graph.root.def.retry_attempts.unwrap_or(0);
    let mut outcomes: HashMap<ObjectId, Outcome> = HashMap::new();
    let mut root_ended = Some(root_ended);
    let mut row = graph.row();
    for attempt in 1..=attempts {
        row.attempt = attempt;
        row.first_error = None;
        row.completed_at = None;
        row.state = "EXECUTING".to_owned();
        row.from = graph.from(attempt).to_owned();
        history::put_graph(&graph.engine.store, &row)?;
        attempt_once(&graph, &nodes, &mut outcomes, attempt, &mut root_ended).await?;
        if outcomes.get(&graph.root.object.id) == Some(&Outcome::Skipped) {
            return forget_graph(&graph, &row);
        }
        row.first_error = first_error(&nodes, &outcomes);
        let more = row.first_error.is_some() && attempt < attempts;
        if !more && let Some(finalizer) = finalizer.first().filter(|task| task.def.started) {
            let values = return_values(&graph, &tasks, &outcomes);
            let outcome = task(graph.clone(), finalizer.clone(), values, attempt).await;
            if let Outcome::Failed { code, message } = outcome
                && row.first_error.is_none()
            {
                row.first_error = Some((finalizer.object.name.clone(), code, message));
            }
        }
        row.completed_at = Some(graph.engine.clock.now());
        row.state = if row.first_error.is_some() { "FAILED" } else { "SUCCEEDED" }.to_owned();
        history::put_graph(&graph.engine.store, &row)?;
        if row.first_error.is_none() {
            history::note_success(&graph.engine.store, graph.root.object.id, graph.group, graph.order.scheduled_at)?;
            if nodes.len() > 1 {
                graph.report_success(&row);
            }
        }
        if !more {
            break;
        }
        // What failed, and what waited for it, runs again.
        outcomes.retain(|_, outcome| matches!(outcome, Outcome::Succeeded(_) | Outcome::Suspended | Outcome::Skipped));
    }
    Ok(())
}

/// A graph whose root was skipped did not run.
fn forget_graph(graph: &Graph, row: &GraphRun) -> Result<()> {
    graph.engine.store.write(|connection| {
        connection.execute(
            "DELETE FROM task_graphs WHERE group_id = ?1 AND root = ?2 AND attempt = ?3",
            [row.group, row.root, row.attempt],
        )?;
        Ok(())
    })
}

fn first_error(nodes: &[Task], outcomes: &HashMap<ObjectId, Outcome>) -> Option<(String, String, String)> {
    nodes.iter().find_map(|task| match outcomes.get(&task.object.id) {
        Some(Outcome::Failed { code, message }) => Some((task.object.name.clone(), code.clone(), message.clone())),
        _ => None,
    })
}

/// Runs every task that has not come to something yet, as soon as those before it have.
async fn attempt_once<F: FnOnce()>(
    graph: &Arc<Graph>,
    nodes: &[Task],
    outcomes: &mut HashMap<ObjectId, Outcome>,
    attempt: i64,
    root_ended: &mut Option<F>,
) -> Result<()> {
    let root = graph.root.object.id;
    let known: std::collections::HashSet<ObjectId> = nodes.iter().map(|task| task.object.id).collect();
    let mut running: JoinSet<(ObjectId, Outcome)> = JoinSet::new();
    let mut started: std::collections::HashSet<ObjectId> = outcomes.keys().copied().collect();
    loop {
        let mut moved = true;
        while moved {
            moved = false;
            for node in nodes {
                let id = node.object.id;
                // Predecessors outside of this graph belong to another root.
                let above: Vec<ObjectId> =
                    node.def.after.iter().copied().filter(|above| id != root && known.contains(above)).collect();
                if started.contains(&id) || !above.iter().all(|above| outcomes.contains_key(above)) {
                    continue;
                }
                started.insert(id);
                moved = true;
                let blocked =
                    above.iter().any(|above| !matches!(outcomes[above], Outcome::Succeeded(_) | Outcome::Suspended));
                let all_suspended = above.len() > 1 && above.iter().all(|above| outcomes[above] == Outcome::Suspended);
                if blocked || all_suspended {
                    outcomes.insert(id, Outcome::NotRun);
                } else if id != root && !node.def.started {
                    outcomes.insert(id, Outcome::Suspended);
                } else {
                    let values = above
                        .iter()
                        .filter_map(|above| match &outcomes[above] {
                            Outcome::Succeeded(Some(value)) => {
                                let task = nodes.iter().find(|task| task.object.id == *above)?;
                                Some((graph.full_name(&task.object), value.clone()))
                            }
                            _ => None,
                        })
                        .collect();
                    let (graph, node) = (graph.clone(), node.clone());
                    running.spawn(async move { (id, task(graph, node, values, attempt).await) });
                }
            }
        }
        match running.join_next().await {
            None => return Ok(()),
            Some(Ok((id, outcome))) => {
                outcomes.insert(id, outcome);
                if id == root
                    && let Some(ended) = root_ended.take()
                {
                    ended();
                }
            }
            Some(Err(error)) => {
                let message = format!("Internal error of the local engine: {error}");
                history::abort(&graph.engine.store, graph.group, &message, graph.engine.clock.now())?;
                return Err(SqlError::internal(error));
            }
        }
    }
}

/// What the tasks of a graph returned, for its finalizer.
fn return_values(graph: &Graph, tasks: &Tasks, outcomes: &HashMap<ObjectId, Outcome>) -> HashMap<String, String> {
    outcomes
        .iter()
        .filter_map(|(id, outcome)| match outcome {
            Outcome::Succeeded(Some(value)) => Some((graph.full_name(&tasks.get(*id)?.object), value.clone())),
            _ => None,
        })
        .collect()
}

impl Graph {
    fn full_name(&self, task: &Object) -> String {
        use crate::parse::quote;
        format!("{}.{}.{}", quote(&self.database.name), quote(&self.schema.name), quote(&task.name))
    }

    fn from(&self, attempt: i64) -> &'static str {
        if attempt > 1 { "AUTOMATIC RETRY" } else { self.order.from }
    }

    fn row(&self) -> GraphRun {
        GraphRun {
            group: self.group,
            root: self.root.object.id.0,
            name: self.root.object.name.clone(),
            database: self.database.name.clone(),
            schema: self.schema.name.clone(),
            scheduled_at: self.order.scheduled_at,
            started_at: Some(self.engine.clock.now()),
            root_uuid: self.root.def.uuid.clone(),
            version: self.root.def.version,
            config: self.config.clone(),
            ..GraphRun::default()
        }
    }

    /// The row of a task's run.
    fn run(&self, task: &Task, attempt: i64) -> Run {
        Run {
            task: task.object.id.0,
            root: self.root.object.id.0,
            name: task.object.name.clone(),
            database: self.database.name.clone(),
            schema: self.schema.name.clone(),
            text: task.def.body.clone(),
            condition: task.def.when.clone(),
            state: "EXECUTING".to_owned(),
            scheduled_at: self.order.scheduled_at,
            root_uuid: self.root.def.uuid.clone(),
            version: self.root.def.version,
            from: self.from(attempt).to_owned(),
            attempt,
            config: self.config.clone(),
            group: self.group,
            ..Run::default()
        }
    }

    fn task_run(&self, task: &Task, predecessor_values: HashMap<String, String>) -> Arc<TaskRun> {
        Arc::new(TaskRun {
            task_name: self.full_name(&task.object),
            root_name: self.full_name(&self.root.object),
            group_id: self.group,
            scheduled_at: self.order.scheduled_at,
            last_successful_at: self.last_success,
            config: self.config.clone(),
            predecessor_values,
            ..TaskRun::default()
        })
    }

    /// Sends a message through an integration of the root, if it names one.
    fn report(&self, integration: Option<&String>, message: &serde_json::Value, source_info: &serde_json::Value) {
        let Some(name) = integration else { return };
        let sent = match self.engine.catalog.find(Kind::Integration, None, name, "") {
            Ok(Some(integration)) => {
                notification::enqueue(&self.engine, &integration, "TASK", source_info, message.to_string())
            }
            Ok(None) => Err(SqlError::does_not_exist("Integration", name)),
            Err(error) => Err(error),
        };
        if let Err(error) = sent {
            tracing::error!(task = %self.full_name(&self.root.object), %error, "a notification could not be sent");
        }
    }

    fn report_failure(&self, task: &Task, run: &Run) {
        let time = |at: Option<i64>| at.map_or_else(|| "null".to_owned(), iso);
        let message = serde_json::json!({
            "version": "1.0",
            "messageId": uuid::Uuid::new_v4().to_string(),
            "messageType": "USER_TASK_FAILED",
            "timestamp": iso(self.engine.clock.now()),
            "accountName": self.engine.config.account,
            "taskName": self.full_name(&task.object),
            "taskId": task.def.uuid,
            "rootTaskName": self.full_name(&self.root.object),
            "rootTaskId": self.root.def.uuid,
            "messages": [{
                "runId": iso(run.scheduled_at),
                "scheduledTime": iso(run.scheduled_at),
                "queryStartTime": time(run.started_at),
                "completedTime": time(run.completed_at),
                "queryId": run.query_id,
                "errorCode": run.error_code,
                "errorMessage": run.error_message,
            }],
        });
        let info = serde_json::json!({ "taskName": self.full_name(&task.object), "queryId": run.query_id });
        self.report(self.root.def.error_integration.as_ref(), &message, &info);
    }

    fn report_success(&self, row: &GraphRun) {
        let time = |at: Option<i64>| at.map_or_else(|| "null".to_owned(), iso);
        let message = serde_json::json!({
            "version": "1.0",
            "messageId": uuid::Uuid::new_v4().to_string(),
            "messageType": "GRAPH_SUCCEEDED",
            "timestamp": iso(self.engine.clock.now()),
            "accountName": self.engine.config.account,
            "rootTaskName": self.full_name(&self.root.object),
            "rootTaskId": self.root.def.uuid,
            "messages": [{
                "runId": iso(row.scheduled_at),
                "scheduledTime": iso(row.scheduled_at),
                "queryStartTime": time(row.started_at),
                "graphCompletedTime": time(row.completed_at),
                "attemptNumber": row.attempt,
            }],
        });
        let info = serde_json::json!({ "taskName": self.full_name(&self.root.object) });
        self.report(self.root.def.success_integration.as_ref(), &message, &info);
    }
}

fn iso(micros: i64) -> String {
    chrono::DateTime::from_timestamp_micros(micros)
        .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
        .unwrap_or_default()
}

/// CONFIG of EXECUTE TASK over that of the root, key by key.
fn merged_config(default: Option<&str>, given: Option<&str>) -> Result<Option<String>> {
    fn merge(into: &mut serde_json::Value, from: serde_json::Value) {
        match (into, from) {
            (serde_json::Value::Object(into), serde_json::Value::Object(from)) => {
                for (key, value) in from {
                    merge(into.entry(key).or_insert(serde_json::Value::Null), value);
                }
            }
            (into, from) => *into = from,
        }
    }
    let Some(given) = given else { return Ok(default.map(str::to_owned)) };
    let mut config = default.map_or(Ok(serde_json::json!({})), super::parser::check_config)?;
    merge(&mut config, super::parser::check_config(given)?);
    Ok(Some(config.to_string()))
}

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
async fn task(graph: Arc<Graph>, task: Task, values: HashMap<String, String>, attempt: i64) -> Outcome {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_are_merged_deeply() {
        let merged =
            merged_config(Some(r#"{"a": 1, "b": {"c": 2, "d": 3}}"#), Some(r#"{"b": {"c": 5}, "e": []}"#)).unwrap();
        let merged: serde_json::Value = serde_json::from_str(&merged.unwrap()).unwrap();
        assert_eq!(merged, serde_json::json!({"a": 1, "b": {"c": 5, "d": 3}, "e": []}));
        assert_eq!(merged_config(Some("{}"), None).unwrap().as_deref(), Some("{}"));
        assert!(merged_config(None, Some("[1]")).is_err());
    }
}
