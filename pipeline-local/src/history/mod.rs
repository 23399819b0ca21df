//! Statements that run or ran: their state, their results for RESULT_SCAN and for clients that ask later.

mod table;

pub use table::table_function;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::session::Session;
use crate::statement::{QueryResult, StatementType};
use crate::{Result, SqlError};

/// How many finished statements are remembered.
const MAX_RECORDS: usize = 20_000;
/// How long finished statements are remembered, microseconds.
///
/// <https://docs.snowflake.com/en/user-guide/ui-snowsight-activity>
const KEPT: i64 = 14 * DAY;
/// How long their results are kept.
///
/// <https://docs.snowflake.com/en/user-guide/querying-persisted-results>
const RESULT_KEPT: i64 = DAY;
const DAY: i64 = 86_400_000_000;
/// How many bytes of results are kept for later; the newest result is kept whatever its size.
const MAX_RESULT_BYTES: usize = 1 << 30;

/// What became of a statement.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It has not finished.
    Running,
    /// It finished with this result.
    Succeeded(Arc<QueryResult>),
    /// It finished, and its result is no longer kept.
    ResultDropped,
    /// It failed.
    Failed(SqlError),
}

/// One statement.
#[derive(Debug)]
pub struct QueryRecord {
    /// Its id, a UUID in lower case.
    pub id: String,
    /// The session it ran in.
    pub session_id: u64,
    /// The user's name.
    pub user: String,
    /// Its text.
    pub text: String,
    /// When it was submitted, microseconds since 1970.
    pub started_at: i64,
    surroundings: OnceLock<Surroundings>,
    state: Mutex<State>,
    finished: watch::Sender<bool>,
    cancelled: watch::Sender<bool>,
}

/// The state of the session when a statement started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// The primary role.
    pub role: String,
    /// The current warehouse.
    pub warehouse: Option<String>,
    /// The current database.
    pub database: Option<String>,
    /// The current schema.
    pub schema: Option<String>,
    /// The QUERY_TAG.
    pub query_tag: String,
}

#[derive(Debug)]
struct State {
    outcome: Outcome,
    statement_type: Option<StatementType>,
    rows: u64,
    ended_at: Option<i64>,
}

impl QueryRecord {
    /// The state of the session when it started; `None` while it waits for an earlier statement of its session.
    pub fn surroundings(&self) -> Option<&Surroundings> {
        self.surroundings.get()
    }

    /// Notes that it leaves the queue and starts in this session.
    pub(crate) fn start(&self, session: &Session) {
        self.surroundings.get_or_init(|| Surroundings {
            role: session.role.clone(),
            warehouse: session.warehouse.clone(),
            database: session.database.clone(),
            schema: session.schema.clone(),
            query_tag: session.parameters.text("QUERY_TAG"),
        });
    }

    /// What became of it so far.
    pub fn outcome(&self) -> Outcome {
        self.state.lock().outcome.clone()
    }

    /// When it ended, microseconds since 1970.
    pub fn ended_at(&self) -> Option<i64> {
        self.state.lock().ended_at
    }

    /// What kind of statement it was, as soon as it succeeded.
    pub fn statement_type(&self) -> Option<StatementType> {
        self.state.lock().statement_type
    }

    /// How many rows it gave, or touched when it was DML.
    pub fn rows(&self) -> u64 {
        self.state.lock().rows
    }

    /// Asks it to stop; it ends with an error of code 604.
    pub fn cancel(&self) {
        self.cancelled.send_replace(true);
    }

    /// Whether somebody asked it to stop.
    pub fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }

    /// Waits until somebody asks it to stop.
    pub async fn cancelled(&self) {
        // The sender lives in `self`, so the wait cannot fail.
        let _ = self.cancelled.subscribe().wait_for(|cancelled| *cancelled).await;
    }

    /// Waits until it has ended.
    pub async fn finished(&self) {
        let _ = self.finished.subscribe().wait_for(|finished| *finished).await;
    }
}

/// The statements by id. Bounded: the oldest ones are forgotten, results before that; see also [`QueryHistory::forget`].
#[derive(Debug, Default)]
pub struct QueryHistory {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    records: HashMap<String, Arc<QueryRecord>>,
    /// Ids, oldest first.
    order: VecDeque<String>,
    /// Finished results, oldest first, with their sizes.
    results: VecDeque<(String, usize)>,
    result_bytes: usize,
}

impl QueryHistory {
    /// Notes that a statement starts in a session, at a time in microseconds since 1970.
    pub fn begin(&self, session: &Session, text: impl Into<String>, now: i64) -> Arc<QueryRecord> {
        let record = self.submit(session.id, &session.user, text, now);
        record.start(session);
        record
    }

    /// Notes that a statement was submitted to a session that may still be busy.
    pub(crate) fn submit(&self, session_id: u64, user: &str, text: impl Into<String>, now: i64) -> Arc<QueryRecord> {
        let record = Arc::new(QueryRecord {
            id: uuid::Uuid::new_v4().to_string(),
            session_id,
            user: user.to_owned(),
            text: text.into(),
            started_at: now,
            surroundings: OnceLock::new(),
            state: Mutex::new(State { outcome: Outcome::Running, statement_type: None, rows: 0, ended_at: None }),
            finished: watch::Sender::new(false),
            cancelled: watch::Sender::new(false),
        });
        let mut inner = self.inner.lock();
        while inner.order.len() >= MAX_RECORDS {
            let Some(oldest) = inner.order.pop_front() else { break };
            inner.forget(&oldest);
        }
        inner.order.push_back(record.id.clone());
        inner.records.insert(record.id.clone(), record.clone());
        record
    }

    /// Notes how a statement ended, at a time in microseconds since 1970, and hands its result back, shared.
    ///
    /// # Errors
    /// The error that it ended with.
    pub fn finish(&self, record: &QueryRecord, outcome: Result<QueryResult>, now: i64) -> Result<Arc<QueryResult>> {
        let outcome = outcome.map(Arc::new);
        {
            let mut state = record.state.lock();
            state.ended_at = Some(now);
            match &outcome {
                Ok(result) => {
                    state.statement_type = Some(result.statement_type);
                    state.rows = result.dml.map_or(result.row_count() as u64, |dml| dml.total());
                    state.outcome = Outcome::Succeeded(result.clone());
                }
                Err(error) => state.outcome = Outcome::Failed(error.clone()),
            }
        }
        if let Ok(result) = &outcome {
            self.inner.lock().keep(record.id.clone(), result_bytes(result));
        }
        record.finished.send_replace(true);
        outcome
    }

    /// The statement of this id.
    pub fn get(&self, id: &str) -> Option<Arc<QueryRecord>> {
        self.inner.lock().records.get(id).cloned()
    }

    /// The result of a finished statement of this user, as RESULT_SCAN reads it.
    ///
    /// # Errors
    /// 000709 when there is no such statement, when another user ran it, when it has not finished, failed, or is too
    /// long ago.
    pub fn result(&self, id: &str, user: &str) -> Result<Arc<QueryResult>> {
        let missing = |why: &str| SqlError::new(709, "02000", format!("Statement {id} {why}"));
        let record = self.get(id).filter(|record| record.user == user).ok_or_else(|| missing("not found"))?;
        match record.outcome() {
            Outcome::Succeeded(result) => Ok(result),
            Outcome::Running => Err(missing("has not finished")),
            Outcome::ResultDropped => Err(missing("finished, but its result is no longer kept")),
            Outcome::Failed(_) => Err(missing("failed and has no result")),
        }
    }

    /// Cancels a running statement, as SYSTEM$CANCEL_QUERY does. Says whether it was running.
    pub fn cancel(&self, id: &str) -> bool {
        let record = self.get(id);
        record.filter(|record| matches!(record.outcome(), Outcome::Running)).is_some_and(|record| {
            record.cancel();
            true
        })
    }

    /// Cancels what runs in a session, as SYSTEM$CANCEL_ALL_QUERIES does, but for the statement `except`. Says how many.
    pub fn cancel_session(&self, session_id: u64, except: Option<&str>) -> usize {
        let running = self.list(|record| {
            record.session_id == session_id
                && Some(record.id.as_str()) != except
                && matches!(record.outcome(), Outcome::Running)
        });
        for record in &running {
            record.cancel();
        }
        running.len()
    }

    /// Cancels everything.
    pub fn cancel_all(&self) {
        for record in self.list(|record| matches!(record.outcome(), Outcome::Running)) {
            record.cancel();
        }
    }

    /// Forgets the statements that ended too long before this time, and results before that.
    pub fn forget(&self, now: i64) {
        let inner = &mut *self.inner.lock();
        let ended_before = |inner: &Inner, id: &String, time: i64| match inner.records.get(id) {
            Some(record) => record.ended_at().is_some_and(|ended| ended < time),
            None => true,
        };
        while let Some((id, _)) = inner.results.front()
            && ended_before(inner, id, now - RESULT_KEPT)
        {
            inner.drop_oldest_result();
        }
        let old: Vec<String> = inner.order.iter().filter(|id| ended_before(inner, id, now - KEPT)).cloned().collect();
        if !old.is_empty() {
            old.iter().for_each(|id| inner.forget(id));
            inner.order.retain(|id| inner.records.contains_key(id));
        }
    }

    /// The statements that pass the filter, oldest first.
    pub fn list(&self, filter: impl Fn(&QueryRecord) -> bool) -> Vec<Arc<QueryRecord>> {
        let inner = self.inner.lock();
        inner.order.iter().filter_map(|id| inner.records.get(id)).filter(|record| filter(record)).cloned().collect()
    }
}

impl Inner {
    fn forget(&mut self, id: &str) {
        self.records.remove(id);
        if let Some(at) = self.results.iter().position(|(of, _)| of == id) {
            self.result_bytes -= self.results.remove(at).map_or(0, |(_, bytes)| bytes);
        }
    }

    fn keep(&mut self, id: String, bytes: usize) {
        self.results.push_back((id, bytes));
        self.result_bytes += bytes;
        while self.result_bytes > MAX_RESULT_BYTES && self.results.len() > 1 {
            self.drop_oldest_result();
        }
    }

    fn drop_oldest_result(&mut self) {
        let Some((oldest, bytes)) = self.results.pop_front() else { return };
        self.result_bytes -= bytes;
        if let Some(record) = self.records.get(&oldest) {
            record.state.lock().outcome = Outcome::ResultDropped;
        }
    }
}

fn result_bytes(result: &QueryResult) -> usize {
    result.batches.iter().map(datafusion::arrow::array::RecordBatch::get_array_memory_size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_belong_to_their_user_and_follow_the_outcome() {
        let history = QueryHistory::default();
        let session = Session::new(7, "BOB", "PUBLIC");
        let good = history.begin(&session, "SELECT 1", 10);
        let bad = history.begin(&session, "SELECT x", 11);
        assert_eq!(history.result(&good.id, "BOB").unwrap_err().code, 709);
        assert!(history.cancel(&bad.id));
        assert!(bad.is_cancelled());
        history.finish(&good, Ok(QueryResult::status("done")), 12).unwrap();
        history.finish(&bad, Err(SqlError::invalid_identifier("X")), 13).unwrap_err();

        assert_eq!(history.result(&good.id, "BOB").unwrap().row_count(), 1);
        assert_eq!(history.result(&good.id, "EVE").unwrap_err().code, 709);
        assert!(history.result(&bad.id, "BOB").unwrap_err().message.contains("failed"));
        assert!(!history.cancel(&good.id), "not running any more");
        assert_eq!(history.cancel_session(7, None), 0);
        assert_eq!(history.list(|record| record.ended_at().is_some()).len(), 2);
    }

    #[test]
    fn statements_and_results_go_with_their_time() {
        let history = QueryHistory::default();
        let session = Session::new(7, "BOB", "PUBLIC");
        let long = history.begin(&session, "CALL SYSTEM$WAIT(1000000)", 0);
        for day in 0..20 {
            let record = history.begin(&session, format!("day {day}"), day * DAY);
            history.finish(&record, Ok(QueryResult::status("done")), day * DAY).unwrap();
        }
        history.forget(20 * DAY);
        let texts: Vec<String> = history.list(|_| true).iter().map(|record| record.text.clone()).collect();
        let expected =
            ["CALL SYSTEM$WAIT(1000000)".to_owned()].into_iter().chain((6..20).map(|day| format!("day {day}")));
        assert_eq!(texts, expected.collect::<Vec<_>>(), "14 days, and what still runs");
        let kept = |record: &QueryRecord| matches!(record.outcome(), Outcome::Succeeded(_));
        let kept: Vec<String> = history.list(kept).iter().map(|record| record.text.clone()).collect();
        assert_eq!(kept, ["day 19"], "results of a day");
        history.finish(&long, Ok(QueryResult::status("done")), 20 * DAY).unwrap();
        history.forget(100 * DAY);
        assert!(history.list(|_| true).is_empty());
        let inner = history.inner.lock();
        assert_eq!((inner.records.len(), inner.order.len(), inner.results.len(), inner.result_bytes), (0, 0, 0, 0));
    }

    #[test]
    fn old_statements_are_forgotten() {
        let history = QueryHistory::default();
        let session = Session::new(7, "BOB", "PUBLIC");
        let first = history.begin(&session, "1", 0);
        history.finish(&first, Ok(QueryResult::status("done")), 0).unwrap();
        for _ in 0..MAX_RECORDS {
            history.begin(&session, "x", 0);
        }
        assert!(history.get(&first.id).is_none());
        assert_eq!(history.inner.lock().records.len(), MAX_RECORDS);
        assert_eq!(history.inner.lock().result_bytes, 0);
    }
}
