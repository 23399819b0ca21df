//! EXECUTE TASK and following the graph to its end; CALL.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use pipeline_dsl::{
    node::{Kind, Node},
    object::{Definition, TaskDef},
};

use super::{Run, become_pipeline_role, history, state::not_deployed};
use crate::{
    connection::Connection,
    error::Error,
    live::{Live, TaskState, label},
    model::Model,
    progress::{Progress, took},
};

/// How often the history is read. The first runs of a small task end within a second.
const POLL: [Duration; 4] =
    [Duration::from_millis(100), Duration::from_millis(250), Duration::from_millis(500), Duration::from_secs(1)];
/// How far back the history is read: far enough for a graph run that takes a day.
const HOURS: u32 = 24;

/// Runs a task, or the only root there is, and waits until its graph has ended.
pub(crate) async fn run(
    connection: &Connection,
    model: &Model,
    progress: &Progress,
    task: Option<&str>,
    wait: Duration,
) -> Result<(), Error> {
    let root = choose(model, task)?;
    let Some(database) = root.schema().and_then(|schema| schema.parent) else { return Err(not_deployed(root)) };
    become_pipeline_role(connection, model).await?;
    let live = Live::read_tasks(connection, &model.graph.objects).await?;
    if live.row(root).is_none() {
        return Err(not_deployed(root));
    }
    let started = |task: &Node| live.row(task).is_some_and(|row| TaskState::from_row(row) == TaskState::Started);
    let graph: Vec<_> =
        model.graph_of(root).into_iter().filter(|(task, _)| std::ptr::eq(*task, root) || started(task)).collect();
    let before: BTreeSet<String> =
        ours(history(connection, database.get(), Some(root), HOURS).await?).map(|run| run.identity()).collect();

    let sql = format!("EXECUTE TASK {}", root.qualified_name());
    connection.execute(&sql).await.map_err(|error| error.with_object(Some(label(root))))?;
    progress.line(&format!("  + execute {}", label(root)));

    let begin = Instant::now();
    let running = progress.running(&format!("waiting for {}", label(root)));
    let mut polls = 0;
    let mut told = BTreeSet::new();
    loop {
        let runs = history(connection, database.get(), None, HOURS).await?;
        let newest = ours(runs.clone()).find(|run| run.is_of(root) && !before.contains(&run.identity()));
        if let Some(first) = newest {
            let group: Vec<Run> = runs.into_iter().filter(|run| belongs(run, &first)).collect();
            let latest = latest_attempts(&graph, &group);
            for (task, _) in &graph {
                if let Some(run) = latest.get(task.name)
                    && run.is_over()
                    && told.insert(task.name)
                {
                    progress.line(&verdict(task, run));
                }
            }
            if is_over(&graph, &latest) {
                drop(running);
                return result(&graph, &latest);
            }
        }
        if begin.elapsed() > wait {
            return Err(Error::RunFailed {
                message: format!("{} has not ended within {}", label(root), took(wait)),
                help: "it goes on; `status` shows how it ends, `--wait SECONDS` waits longer".to_owned(),
            });
        }
        connection.pause(POLL[polls.min(POLL.len() - 1)]).await?;
        polls += 1;
    }
}

/// Calls a procedure without arguments and shows what it returns.
pub(crate) async fn call(connection: &Connection, model: &Model, progress: &Progress, name: &str) -> Result<(), Error> {
    let node = model.find(Kind::Procedure, name)?;
    if let Definition::Procedure(procedure) = &node.definition
        && !procedure.arguments.is_empty()
    {
        return Err(Error::Usage {
            message: format!("{} takes arguments", label(node)),
            help: format!("call it from a worksheet: `CALL {}{}`", node.qualified_name(), procedure.signature()),
        });
    }
    become_pipeline_role(connection, model).await?;
    let running = progress.running(&format!("calling {}", label(node)));
    let result = connection.execute(&format!("CALL {}()", node.qualified_name())).await;
    let elapsed = running.elapsed();
    drop(running);
    let rows = result.map_err(|error| error.with_object(Some(label(node))))?;
    progress.line(&format!("  + call {}  {}", label(node), took(elapsed)));
    for row in rows {
        progress.line(&format!("    {}", row.text_at(0).unwrap_or_else(|| "NULL".to_owned())));
    }
    Ok(())
}

fn choose(model: &Model, task: Option<&str>) -> Result<&'static Node, Error> {
    if let Some(name) = task {
        let node = model.find(Kind::Task, name)?;
        let root = model.root_of(node);
        if !std::ptr::eq(root, node) {
            return Err(Error::Usage {
                message: format!("{} follows other tasks and cannot be run alone", label(node)),
                help: format!("run the root of its graph: `run {}`", root.name),
            });
        }
        return Ok(root);
    }
    match model.roots().as_slice() {
        [one] => Ok(one),
        [] => Err(Error::Usage {
            message: "the pipeline has no task".to_owned(),
            help: "`run --procedure NAME` calls a procedure".to_owned(),
        }),
        many => Err(Error::Usage {
            message: "the pipeline has more than one task that could be run".to_owned(),
            help: format!(
                "name one: {}",
                many.iter().map(|node| format!("`run {}`", node.name)).collect::<Vec<_>>().join(", ")
            ),
        }),
    }
}

fn ours(runs: impl IntoIterator<Item = Run>) -> impl Iterator<Item = Run> {
    runs.into_iter().filter(|run| run.scheduled_from == "EXECUTE_TASK")
}

/// The tasks of a graph that take part in its runs, the root first.
pub(crate) type Participants = Vec<(&'static Node, &'static TaskDef)>;

/// The runs of a graph's tasks in the run that `first`, a run of its root, began; nothing while some are to come.
pub(crate) fn ended(graph: &Participants, first: &Run, runs: &[Run]) -> Option<Vec<Run>> {
    let group: Vec<Run> = runs.iter().filter(|run| belongs(run, first)).cloned().collect();
    let latest = latest_attempts(graph, &group);
    is_over(graph, &latest).then(|| graph.iter().filter_map(|(task, _)| latest.get(task.name).cloned()).collect())
}

/// Whether a run is of the same run of the graph as its root's.
fn belongs(run: &Run, root: &Run) -> bool {
    if root.group.is_empty() { run.run_id == root.run_id } else { run.group == root.group }
}

/// The last attempt of each task; the runs come newest first.
fn latest_attempts(graph: &[(&'static Node, &'static TaskDef)], runs: &[Run]) -> BTreeMap<&'static str, Run> {
    graph
        .iter()
        .filter_map(|(task, _)| runs.iter().find(|run| run.is_of(task)).map(|run| (task.name, run.clone())))
        .collect()
}

/// Whether nothing more can be expected: every task has ended, or follows one that did not succeed. A finalizer runs
/// in any case, except when its root was skipped.
fn is_over(graph: &[(&'static Node, &'static TaskDef)], latest: &BTreeMap<&'static str, Run>) -> bool {
    let succeeded = |name: &str| latest.get(name).is_some_and(|run| run.state == "SUCCEEDED");
    let in_graph = |name: &str| graph.iter().any(|(task, _)| task.name == name);
    let mut blocked: BTreeSet<&str> = BTreeSet::new();
    // Tasks come after those they follow, so that one pass sees every block.
    graph.iter().all(|(task, definition)| {
        if let Some(run) = latest.get(task.name) {
            return run.is_over();
        }
        if let Some(root) = definition.finalize {
            return latest.get(root.get().name).is_some_and(|run| run.state == "SKIPPED");
        }
        let hindered = definition.after.iter().any(|before| {
            let name = before.get().name;
            in_graph(name)
                && (blocked.contains(name) || latest.get(name).is_some_and(|run| run.is_over() && !succeeded(name)))
        });
        if hindered {
            blocked.insert(task.name);
        }
        hindered
    })
}

fn verdict(task: &Node, run: &Run) -> String {
    if run.state == "SKIPPED" {
        return format!("  = {} was skipped: its condition does not hold", label(task));
    }
    let time = run.took().map(|duration| format!("  {}", took(duration))).unwrap_or_default();
    let sign = if run.has_failed() { "!" } else { "+" };
    let mut text = format!("  {sign} {} {}{time}", label(task), run.state.to_lowercase());
    if let Some(value) = &run.return_value {
        text.push_str(&format!("\n      returned {value}"));
    }
    text
}

fn result(graph: &[(&'static Node, &'static TaskDef)], latest: &BTreeMap<&'static str, Run>) -> Result<(), Error> {
    let failed =
        graph.iter().find_map(|(task, _)| latest.get(task.name).filter(|run| run.has_failed()).map(|run| (task, run)));
    let Some((task, run)) = failed else { return Ok(()) };
    let mut message = format!("{} {}", label(task), run.state.to_lowercase());
    if let Some(error) = &run.error {
        message.push_str(&format!("\n  {}", error.replace('\n', "\n  ")));
    }
    if let Some(query_id) = &run.query_id {
        message.push_str(&format!("\n  query id {query_id}"));
    }
    Err(Error::RunFailed {
        message,
        help: "what the run had not committed was rolled back, and a stream it was reading still has its changes"
            .to_owned(),
    })
}
