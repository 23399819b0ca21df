//! EXECUTE TASK .. RETRY: a failed graph run goes on where it failed.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/execute-task>

use std::collections::HashMap;

use super::graph::Task;
use super::history;
use super::run::Outcome;
use crate::catalog::ObjectId;
use crate::exec::Context;
use crate::{Result, SqlError};

/// Runs older than this are not retried. Microseconds.
const LONGEST: i64 = 14 * 86_400_000_000;

/// What a retry takes from the run before.
#[derive(Debug, Clone)]
pub(super) struct Retry {
    /// The graph run.
    pub(super) group: i64,
    /// The number of the next attempt.
    pub(super) attempt: i64,
    /// The configuration it had.
    pub(super) config: Option<String>,
    /// What its tasks came to that do not run again.
    pub(super) outcomes: HashMap<ObjectId, Outcome>,
}

/// The last run of a graph, or the one with this GRAPH_RUN_GROUP_ID, if it can be retried: it failed or was cancelled, and
/// the graph is still the same.
pub(super) fn find(cx: &Context<'_>, root: &Task, group: Option<&str>) -> Result<Retry> {
    let refused = |what: &str| SqlError::new(91092, "22000", format!("Cannot perform retry: {what}"));
    let unsuitable = || refused(&format!("no suitable run of graph with root task {} to retry.", root.object.name));
    let store = &cx.engine.store;
    let group = match group {
        Some(text) => Some(text.parse().map_err(|_| unsuitable())?),
        None => None,
    };
    let run = history::last_graph(store, root.object.id, group)?.ok_or_else(unsuitable)?;
    if run.state == "SUCCEEDED" {
        return Err(refused(&format!("last run of graph with root task {} had no failures.", root.object.name)));
    }
    let first_started = run.scheduled_at.min(run.group);
    let same_graph = !root.def.changed && run.version == root.def.version;
    let ended = matches!(run.state.as_str(), "FAILED" | "CANCELLED");
    if !ended || !same_graph || first_started < cx.engine.clock.now() - LONGEST {
        return Err(unsuitable());
    }
    let mut outcomes = HashMap::new();
    for (task, state, returned) in history::states_of(store, run.group)? {
        let outcome = match state.as_str() {
            "SUCCEEDED" => Outcome::Succeeded(returned),
            "SKIPPED" => Outcome::Skipped,
            _ => Outcome::NotRun,
        };
        outcomes.insert(task, outcome);
    }
    outcomes.retain(|_, outcome| outcome.stays());
    Ok(Retry { group: run.group, attempt: run.attempt + 1, config: run.config, outcomes })
}
