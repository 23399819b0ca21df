//! Running a graph of tasks.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::config::merged_config;
use super::execute::task;
use super::graph::{Task, Tasks};
use super::history::{self, GraphRun, Run};
use super::retry::Retry;
use crate::catalog::{Object, ObjectId};
use crate::engine::Engine;
use crate::exec::TaskRun;
use crate::{Result, SqlError};

/// Why a graph runs.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) root: ObjectId,
    pub(super) scheduled_at: i64,
    /// SCHEDULED_FROM: SCHEDULE, EXECUTE_TASK, MANUAL RETRY or TRIGGER.
    pub(super) from: &'static str,
    /// CONFIG of EXECUTE TASK, to be merged over the root's.
    pub(super) config: Option<String>,
    /// Whether WHEN of the root was found true already.
    pub(super) checked: bool,
    /// The failed run that goes on.
    pub(super) retry: Option<Retry>,
}

/// What all tasks of a graph run share.
pub(super) struct Graph {
    pub(super) engine: Arc<Engine>,
    pub(super) root: Task,
    pub(super) database: Object,
    pub(super) schema: Object,
    pub(super) group: i64,
    /// The number of the first attempt.
    pub(super) first: i64,
    pub(super) order: Order,
    pub(super) config: Option<String>,
    pub(super) last_success: Option<i64>,
}

/// What a task came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
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

impl Outcome {
    /// Whether it holds for the next attempt too.
    pub(super) fn stays(&self) -> bool {
        matches!(self, Self::Succeeded(_) | Self::Suspended | Self::Skipped)
    }
}

/// The code of a statement that was cancelled.
const CANCELLED: &str = "000604";

/// Runs a graph to its end. `root_ended` is called when the root itself has ended.
pub(super) async fn graph(engine: Arc<Engine>, order: Order, root_ended: impl FnOnce()) -> Result<()> {
    let Some(object) = engine.catalog.by_id(order.root)? else { return Ok(()) };
    let (database, schema) = engine.catalog.containers(&object)?;
    let tasks = Tasks::load(&engine.catalog, schema.id)?;
    let root = Task::of(object)?;
    let config = match &order.retry {
        Some(retry) => retry.config.clone(),
        None => merged_config(root.def.config.as_deref(), order.config.as_deref())?,
    };
    let last_success = history::last_success(&engine.store, order.root)?;
    let (group, first, mut outcomes) = match &order.retry {
        Some(retry) => (retry.group, retry.attempt, retry.outcomes.clone()),
        None => (engine.tasks.new_group(engine.clock.now()), 1, HashMap::new()),
    };
    let graph = Arc::new(Graph { engine, database, schema, group, first, config, last_success, order, root });
    let nodes: Vec<Task> = tasks.below(graph.root.object.id).into_iter().cloned().collect();
    let (nodes, finalizer): (Vec<_>, Vec<_>) = nodes.into_iter().partition(|task| task.def.finalize.is_none());
    let last = first + graph.root.def.retry_attempts.unwrap_or(0);
    let mut root_ended = Some(root_ended);
    let mut row = graph.row();
    for attempt in first..=last {
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
        let more = row.first_error.is_some() && attempt < last;
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
        row.state = match &row.first_error {
            None => "SUCCEEDED",
            Some((_, code, _)) if code == CANCELLED => "CANCELLED",
            Some(_) => "FAILED",
        }
        .to_owned();
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
        outcomes.retain(|_, outcome| outcome.stays());
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
    pub(super) fn full_name(&self, task: &Object) -> String {
        use crate::parse::quote;
        format!("{}.{}.{}", quote(&self.database.name), quote(&self.schema.name), quote(&task.name))
    }

    pub(super) fn from(&self, attempt: i64) -> &'static str {
        if attempt > self.first { "AUTOMATIC RETRY" } else { self.order.from }
    }

    pub(super) fn row(&self) -> GraphRun {
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
    pub(super) fn run(&self, task: &Task, attempt: i64) -> Run {
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

    pub(super) fn task_run(&self, task: &Task, predecessor_values: HashMap<String, String>) -> Arc<TaskRun> {
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
}
