//! Child jobs: statements that run beside the block.
//!
//! <https://docs.snowflake.com/en/developer-guide/snowflake-scripting/asynchronous-child-jobs>

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::super::ast::{Position, Statement, StatementKind, Target};
use super::super::raised::Raised;
use super::super::scope::{ResultSet, Slot};
use super::{Child, Interpreter, Outcome, cursor_state, wrong_kind};
use crate::exec::{self, Context, QueryResult};
use crate::procedure::Invocation;
use crate::{Result, SqlError};

/// How many child jobs of one body may run at a time.
const MAX_JOBS: usize = 4000;

/// A child job.
pub(super) struct Job {
    running: JoinHandle<Result<Arc<QueryResult>>>,
    /// What it came to, once it was waited for.
    outcome: Option<Result<Arc<QueryResult>>>,
    cancelled: bool,
}

impl Drop for Job {
    fn drop(&mut self) {
        // What still runs when the body ends is cancelled.
        self.running.abort();
    }
}

impl Job {
    /// Waits for it; its result stays.
    async fn wait(&mut self) -> Result<Arc<QueryResult>> {
        if let Some(outcome) = &self.outcome {
            return outcome.clone();
        }
        let outcome = match (&mut self.running).await {
            Ok(outcome) => outcome,
            Err(error) if error.is_cancelled() => Err(SqlError::new(604, "57014", "SQL execution canceled")),
            Err(error) => Err(SqlError::internal(error)),
        };
        self.outcome = Some(outcome.clone());
        outcome
    }
}

impl<'b> Interpreter<'b> {
    /// Starts a statement beside the block; the number of its job.
    pub(super) async fn start_job(&mut self, cx: &mut Context<'_>, statement: &'b Statement) -> Outcome<usize> {
        let position = statement.position;
        let refused = |what: &str| Raised::statement(SqlError::compilation(1044, "42P13", what), position);
        if !cx.session.transactions.is_empty() {
            return Err(refused("ASYNC is not possible while a transaction is open: COMMIT or ROLLBACK it first."));
        }
        if self.jobs.iter().filter(|job| !job.running.is_finished()).count() >= MAX_JOBS {
            return Err(refused("More than 4000 child jobs run: AWAIT some of them first."));
        }
        let (sql, binds) = match &statement.kind {
            StatementKind::Sql(sql) => (sql.text.clone(), self.binds_of(sql, position)?),
            StatementKind::Call { sql, .. } => {
                let invocation = Invocation::parse(&sql.text).map_err(|error| Raised::statement(error, position))?;
                if let Some(name) = invocation.bare_name().filter(|name| self.scopes.procedure(name).is_some()) {
                    return Err(refused(&format!("Procedure {name} is declared in a block and cannot run ASYNC.")));
                }
                (sql.text.clone(), self.binds_of(sql, position)?)
            }
            StatementKind::ExecuteImmediate { text, using } => self.dynamic(cx, text, using, position).await?,
            _ => return Err(refused("ASYNC takes a query, DML, CALL or EXECUTE IMMEDIATE.")),
        };
        let (engine, mut session, mut frame) = (cx.engine.clone(), cx.session.fork(), cx.frame.clone());
        let child = Child::begin(cx, &sql);
        frame.query_id = child.query_id().to_owned();
        frame.now = engine.clock.now();
        cx.session.remember_query(child.query_id());
        self.status.query_id = Some(child.query_id().to_owned());
        let running = tokio::spawn(async move {
            let result = {
                let mut cx = Context { engine: &engine, session: &mut session, frame };
                match Invocation::parse(&sql) {
                    // Output arguments have nowhere to go.
                    Ok(invocation) => match invocation.run(&mut cx, &binds).await {
                        Ok(called) if called.outputs.is_empty() => Ok(called.result),
                        Ok(_) => Err(SqlError::unsupported("output arguments of an ASYNC call")),
                        Err(error) => Err(error),
                    },
                    Err(_) => exec::execute(&mut cx, &sql, &binds).await,
                }
            };
            child.finish(result)
        });
        self.jobs.push(Job { running, outcome: None, cancelled: false });
        Ok(self.jobs.len() - 1)
    }

    /// AWAIT of one RESULTSET, or of all jobs.
    pub(super) async fn await_jobs(&mut self, target: Option<&Target>, position: Position) -> Outcome<()> {
        let Some(target) = target else {
            let mut first = None;
            for job in &mut self.jobs {
                if let Err(error) = job.wait().await
                    && !job.cancelled
                {
                    first.get_or_insert(error);
                }
            }
            return first.map_or(Ok(()), |error| Err(Raised::statement(error, position)));
        };
        match self.scopes.get(&target.name) {
            Some(Slot::ResultSet(ResultSet::Job(job))) => {
                let job = *job;
                let result = self.jobs[job].wait().await.map_err(|error| Raised::statement(error, position))?;
                self.status.note(&result);
                Ok(())
            }
            // Its statement was not started with ASYNC: there is nothing to wait for.
            Some(Slot::ResultSet(_)) => Ok(()),
            _ => Err(wrong_kind(target, "a RESULTSET")),
        }
    }

    /// CANCEL; of a job that has ended it does nothing.
    pub(super) fn cancel_job(&mut self, target: &Target) -> Outcome<()> {
        match self.scopes.get(&target.name) {
            Some(Slot::ResultSet(ResultSet::Job(job))) => {
                let job = &mut self.jobs[*job];
                if !job.running.is_finished() {
                    job.cancelled = true;
                    job.running.abort();
                }
                Ok(())
            }
            Some(Slot::ResultSet(_)) => Ok(()),
            _ => Err(wrong_kind(target, "a RESULTSET")),
        }
    }

    /// The rows of a job that was waited for.
    pub(super) fn job_rows(&self, job: usize, target: &Target) -> Outcome<Arc<QueryResult>> {
        match &self.jobs[job].outcome {
            Some(Ok(rows)) => Ok(rows.clone()),
            Some(Err(error)) => Err(Raised::statement(error.clone(), target.position)),
            None => Err(cursor_state(target, "has no rows before AWAIT")),
        }
    }

    /// What SYSTEM$GET_RESULTSET_STATUS says.
    pub(super) fn status_of(&self, set: &ResultSet) -> &'static str {
        match set {
            ResultSet::Empty => "NO_DATA",
            ResultSet::Rows(_) => "SUCCESS",
            ResultSet::Job(job) => match &self.jobs[*job] {
                Job { cancelled: true, .. } => "ABORTED",
                Job { outcome: Some(Ok(_)), .. } => "SUCCESS",
                Job { outcome: Some(Err(_)), .. } => "FAILED_WITH_ERROR",
                _ => "RUNNING",
            },
        }
    }
}

/// The place of the call `SYSTEM$GET_RESULTSET_STATUS(name)` around a name at these bytes, if there is one.
pub(super) fn status_call(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    const FUNCTION: &str = "SYSTEM$GET_RESULTSET_STATUS";
    let before = text[..start].trim_end().strip_suffix('(')?.trim_end();
    let from = before.len().checked_sub(FUNCTION.len())?;
    let called = before.get(from..)?.eq_ignore_ascii_case(FUNCTION);
    let close = end + text[end..].find(|c: char| !c.is_whitespace())?;
    (called && text[close..].starts_with(')')).then_some((from, close + 1))
}
