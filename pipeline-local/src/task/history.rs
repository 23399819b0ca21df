//! What ran: rows of the metadata store, one per run of a task and one per run of a graph.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::Result;
use crate::catalog::ObjectId;
use crate::store::Store;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS task_runs (
  id INTEGER PRIMARY KEY,
  task INTEGER NOT NULL, root INTEGER NOT NULL,
  name TEXT NOT NULL, database_name TEXT NOT NULL, schema_name TEXT NOT NULL,
  query_id TEXT, query_text TEXT NOT NULL, condition_text TEXT,
  state TEXT NOT NULL, error_code TEXT, error_message TEXT,
  scheduled_time INTEGER NOT NULL, query_start_time INTEGER, completed_time INTEGER,
  root_uuid TEXT NOT NULL, graph_version INTEGER NOT NULL, return_value TEXT,
  scheduled_from TEXT NOT NULL, attempt INTEGER NOT NULL, config TEXT, group_id INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS task_runs_by_time ON task_runs (scheduled_time);
CREATE INDEX IF NOT EXISTS task_runs_unfinished ON task_runs (task) WHERE completed_time IS NULL;
CREATE TABLE IF NOT EXISTS task_graphs (
  group_id INTEGER NOT NULL, attempt INTEGER NOT NULL, root INTEGER NOT NULL,
  name TEXT NOT NULL, database_name TEXT NOT NULL, schema_name TEXT NOT NULL,
  state TEXT NOT NULL, first_error_task TEXT, first_error_code TEXT, first_error_message TEXT,
  scheduled_time INTEGER NOT NULL, query_start_time INTEGER, completed_time INTEGER,
  root_uuid TEXT NOT NULL, graph_version INTEGER NOT NULL, scheduled_from TEXT NOT NULL, config TEXT,
  PRIMARY KEY (group_id, root, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS task_graphs_by_time ON task_graphs (scheduled_time);
CREATE TABLE IF NOT EXISTS task_state (
  task INTEGER PRIMARY KEY, failures INTEGER NOT NULL, success_group INTEGER, success_at INTEGER, triggered_at INTEGER
) STRICT;
";

/// How long runs are remembered: 14 days, twice what TASK_HISTORY looks back. Microseconds.
const KEPT: i64 = 14 * 86_400_000_000;

/// A run of a task.
#[derive(Debug, Clone, Default)]
pub(super) struct Run {
    pub(super) task: i64,
    pub(super) root: i64,
    pub(super) name: String,
    pub(super) database: String,
    pub(super) schema: String,
    pub(super) query_id: Option<String>,
    pub(super) text: String,
    pub(super) condition: Option<String>,
    pub(super) state: String,
    pub(super) error_code: Option<String>,
    pub(super) error_message: Option<String>,
    pub(super) scheduled_at: i64,
    pub(super) started_at: Option<i64>,
    pub(super) completed_at: Option<i64>,
    pub(super) root_uuid: String,
    pub(super) version: i64,
    pub(super) return_value: Option<String>,
    pub(super) from: String,
    pub(super) attempt: i64,
    pub(super) config: Option<String>,
    pub(super) group: i64,
    /// When the root is due after this run; known when rows are shown.
    pub(super) next_at: Option<i64>,
}

/// A run of a graph.
#[derive(Debug, Clone, Default)]
pub(super) struct GraphRun {
    pub(super) group: i64,
    pub(super) attempt: i64,
    pub(super) root: i64,
    pub(super) name: String,
    pub(super) database: String,
    pub(super) schema: String,
    pub(super) state: String,
    /// The task that failed first, its code and message.
    pub(super) first_error: Option<(String, String, String)>,
    pub(super) scheduled_at: i64,
    pub(super) started_at: Option<i64>,
    pub(super) completed_at: Option<i64>,
    pub(super) root_uuid: String,
    pub(super) version: i64,
    pub(super) from: String,
    pub(super) config: Option<String>,
    /// When the root is due after this run; known when rows are shown.
    pub(super) next_at: Option<i64>,
}

/// Makes the tables; what was running when the engine stopped has failed.
pub(super) fn open(store: &Store, now: i64) -> Result<()> {
    store.write(|connection| {
        connection.execute_batch(SCHEMA)?;
        connection.execute(
            "UPDATE task_runs SET state = 'FAILED', error_code = '000604', completed_time = ?1,
               error_message = 'The engine stopped while the task was running.' WHERE completed_time IS NULL",
            [now],
        )?;
        connection.execute(
            "UPDATE task_graphs SET state = 'FAILED', completed_time = ?1 WHERE completed_time IS NULL",
            [now],
        )?;
        Ok(())
    })
}

/// Forgets the state of tasks that are gone for good, and runs that are too long ago.
pub(super) fn forget(store: &Store, now: i64) -> Result<()> {
    store.write_together(|connection| {
        connection.execute("DELETE FROM task_state WHERE task NOT IN (SELECT id FROM objects)", [])?;
        connection
            .execute("DELETE FROM task_runs WHERE scheduled_time < ?1 AND completed_time IS NOT NULL", [now - KEPT])?;
        connection.execute(
            "DELETE FROM task_graphs WHERE scheduled_time < ?1 AND completed_time IS NOT NULL",
            [now - KEPT],
        )?;
        Ok(())
    })
}

/// Adds a run; its row's number.
pub(super) fn insert(store: &Store, run: &Run) -> Result<i64> {
    store.write_together(|connection| {
        connection
            .prepare_cached(
                "INSERT INTO task_runs (task, root, name, database_name, schema_name, query_id, query_text, condition_text,
                   state, error_code, error_message, scheduled_time, query_start_time, completed_time, root_uuid,
                   graph_version, return_value, scheduled_from, attempt, config, group_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
            )?
            .execute(params![
                run.task,
                run.root,
                run.name,
                run.database,
                run.schema,
                run.query_id,
                run.text,
                run.condition,
                run.state,
                run.error_code,
                run.error_message,
                run.scheduled_at,
                run.started_at,
                run.completed_at,
                run.root_uuid,
                run.version,
                run.return_value,
                run.from,
                run.attempt,
                run.config,
                run.group,
            ])?;
        Ok(connection.last_insert_rowid())
    })
}

/// Completes a run.
pub(super) fn complete(store: &Store, id: i64, run: &Run) -> Result<()> {
    store.write_together(|connection| {
        connection
            .prepare_cached(
                "UPDATE task_runs SET state = ?2, error_code = ?3, error_message = ?4, completed_time = ?5, return_value = ?6
                 WHERE id = ?1",
            )?
            .execute(params![id, run.state, run.error_code, run.error_message, run.completed_at, run.return_value])?;
        Ok(())
    })
}

/// Ends what a run left open that ended unexpectedly.
pub(super) fn abort(store: &Store, group: i64, message: &str, now: i64) -> Result<()> {
    store.write_together(|connection| {
        connection.execute(
            "UPDATE task_runs SET state = 'FAILED', error_code = '000603', error_message = ?2, completed_time = ?3
             WHERE group_id = ?1 AND completed_time IS NULL",
            params![group, message, now],
        )?;
        Ok(())
    })
}

/// Adds or replaces the row of a graph's run.
pub(super) fn put_graph(store: &Store, run: &GraphRun) -> Result<()> {
    let (task, code, message) =
        run.first_error.clone().map_or((None, None, None), |(a, b, c)| (Some(a), Some(b), Some(c)));
    store.write_together(|connection| {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO task_graphs VALUES
                 (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            )?
            .execute(params![
                run.group,
                run.attempt,
                run.root,
                run.name,
                run.database,
                run.schema,
                run.state,
                task,
                code,
                message,
                run.scheduled_at,
                run.started_at,
                run.completed_at,
                run.root_uuid,
                run.version,
                run.from,
                run.config,
            ])?;
        Ok(())
    })
}

/// The runs scheduled between two instants, newest first.
pub(super) fn runs(store: &Store, from: i64, to: i64) -> Result<Vec<Run>> {
    store.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT task, root, name, database_name, schema_name, query_id, query_text, condition_text, state, error_code,
               error_message, scheduled_time, query_start_time, completed_time, root_uuid, graph_version, return_value,
               scheduled_from, attempt, config, group_id
             FROM task_runs WHERE scheduled_time >= ?1 AND scheduled_time <= ?2 ORDER BY id DESC",
        )?;
        let rows = statement.query_map([from, to], run_of)?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    })
}

fn run_of(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        task: row.get(0)?,
        root: row.get(1)?,
        name: row.get(2)?,
        database: row.get(3)?,
        schema: row.get(4)?,
        query_id: row.get(5)?,
        text: row.get(6)?,
        condition: row.get(7)?,
        state: row.get(8)?,
        error_code: row.get(9)?,
        error_message: row.get(10)?,
        scheduled_at: row.get(11)?,
        started_at: row.get(12)?,
        completed_at: row.get(13)?,
        root_uuid: row.get(14)?,
        version: row.get(15)?,
        return_value: row.get(16)?,
        from: row.get(17)?,
        attempt: row.get(18)?,
        config: row.get(19)?,
        group: row.get(20)?,
        next_at: None,
    })
}

/// The runs of graphs that ended since an instant, or with `running` those that have not ended, newest first.
pub(super) fn graphs(store: &Store, since: i64, running: bool) -> Result<Vec<GraphRun>> {
    let condition = if running { "completed_time IS NULL AND ?1 IS NOT NULL" } else { "completed_time >= ?1" };
    graph_rows(store, &format!("{condition} ORDER BY scheduled_time DESC, attempt DESC"), params![since])
}

/// The runs of graphs that meet a condition, in its order.
fn graph_rows(store: &Store, condition: &str, values: impl rusqlite::Params) -> Result<Vec<GraphRun>> {
    store.read(|connection| {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT group_id, attempt, root, name, database_name, schema_name, state, first_error_task, first_error_code,
               first_error_message, scheduled_time, query_start_time, completed_time, root_uuid, graph_version,
               scheduled_from, config
             FROM task_graphs WHERE {condition}"
        ))?;
        let rows = statement.query_map(values, graph_of)?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    })
}

fn graph_of(row: &Row<'_>) -> rusqlite::Result<GraphRun> {
    let task: Option<String> = row.get(7)?;
    let code: Option<String> = row.get(8)?;
    let message: Option<String> = row.get(9)?;
    Ok(GraphRun {
        group: row.get(0)?,
        attempt: row.get(1)?,
        root: row.get(2)?,
        name: row.get(3)?,
        database: row.get(4)?,
        schema: row.get(5)?,
        state: row.get(6)?,
        first_error: task.map(|task| (task, code.unwrap_or_default(), message.unwrap_or_default())),
        scheduled_at: row.get(10)?,
        started_at: row.get(11)?,
        completed_at: row.get(12)?,
        root_uuid: row.get(13)?,
        version: row.get(14)?,
        from: row.get(15)?,
        config: row.get(16)?,
        next_at: None,
    })
}

/// The last attempt of a root's last graph run, or of the one of this group.
pub(super) fn last_graph(store: &Store, root: ObjectId, group: Option<i64>) -> Result<Option<GraphRun>> {
    let mut found = graph_rows(
        store,
        "root = ?1 AND (?2 IS NULL OR group_id = ?2) ORDER BY group_id DESC, attempt DESC LIMIT 1",
        params![root.0, group],
    )?;
    Ok(found.pop())
}

/// How the tasks of a graph run ended, each in its last attempt: the task, its state and what it returned.
pub(super) fn states_of(store: &Store, group: i64) -> Result<Vec<(ObjectId, String, Option<String>)>> {
    store.read(|connection| {
        let mut statement = connection
            .prepare_cached("SELECT task, state, return_value FROM task_runs WHERE group_id = ?1 ORDER BY id")?;
        let rows = statement.query_map([group], |row| Ok((ObjectId(row.get(0)?), row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    })
}

/// The statements of a task's runs that have not ended.
pub(super) fn running_queries(store: &Store, task: ObjectId) -> Result<Vec<String>> {
    store.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT query_id FROM task_runs WHERE task = ?1 AND completed_time IS NULL AND query_id IS NOT NULL",
        )?;
        let rows = statement.query_map([task.0], |row| row.get(0))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    })
}

fn ensure_state(connection: &Connection, task: ObjectId) -> rusqlite::Result<()> {
    connection.prepare_cached("INSERT OR IGNORE INTO task_state (task, failures) VALUES (?1, 0)")?.execute([task.0])?;
    Ok(())
}

/// Counts a failed run; how many there have been in a row.
pub(super) fn count_failure(store: &Store, task: ObjectId) -> Result<i64> {
    store.write_together(|connection| {
        ensure_state(connection, task)?;
        Ok(connection
            .prepare_cached("UPDATE task_state SET failures = failures + 1 WHERE task = ?1 RETURNING failures")?
            .query_row([task.0], |row| row.get(0))?)
    })
}

/// Forgets the failures of a task, after a success or a RESUME.
pub(super) fn forget_failures(store: &Store, task: ObjectId) -> Result<()> {
    let any: Option<i64> = store.read(|connection| {
        Ok(connection
            .prepare_cached("SELECT failures FROM task_state WHERE task = ?1")?
            .query_row([task.0], |row| row.get(0))
            .optional()?)
    })?;
    if any.unwrap_or(0) == 0 {
        return Ok(());
    }
    store.write_together(|connection| {
        connection.prepare_cached("UPDATE task_state SET failures = 0 WHERE task = ?1")?.execute([task.0])?;
        Ok(())
    })
}

/// Notes that a graph succeeded.
pub(super) fn note_success(store: &Store, root: ObjectId, group: i64, scheduled_at: i64) -> Result<()> {
    store.write_together(|connection| {
        ensure_state(connection, root)?;
        connection
            .prepare_cached("UPDATE task_state SET success_group = ?2, success_at = ?3 WHERE task = ?1")?
            .execute([root.0, group, scheduled_at])?;
        Ok(())
    })
}

/// When the last successful run of a graph was scheduled.
pub(super) fn last_success(store: &Store, root: ObjectId) -> Result<Option<i64>> {
    store.read(|connection| {
        let found: Option<Option<i64>> = connection
            .prepare_cached("SELECT success_at FROM task_state WHERE task = ?1")?
            .query_row([root.0], |row| row.get(0))
            .optional()?;
        Ok(found.flatten())
    })
}
