//! Running what a request submitted.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use indexmap::IndexMap;
use serde_json::Value;

use super::App;
use super::bind::{self, BoundRows};
use super::encode::SessionState;
use super::job::{Done, Job};
use super::query::{QueryRequest, refuse_bind_stage};
use crate::engine::Engine;
use crate::history::QueryRecord;
use crate::parse;
use crate::session::{ParameterValue, Session, SessionHandle, parameter};
use crate::statement::{self, Context, QueryResult};
use crate::types::SqlType;
use crate::{Result, SqlError};

mod array_bind;
mod multi;

/// What a finished request answers with.
struct Finished {
    result: QueryResult,
    binds: usize,
    described: bool,
    children: Option<(String, String)>,
}

/// Runs a job to its end, whatever becomes of the request that started it.
pub(super) fn spawn(app: &Arc<App>, handle: Arc<SessionHandle>, job: Arc<Job>, query: QueryRequest) {
    let app = app.clone();
    // One task, not a task that watches another: each hop between threads takes as long as a small statement.
    tokio::spawn(async move {
        let running = run(app.clone(), handle.clone(), job.clone(), query);
        if let Err(panic) = AssertUnwindSafe(running).catch_unwind().await {
            // The session must not keep what was left half done.
            let mut session = handle.session.lock().await;
            session.transactions.clear();
            session.remember_query(&job.record.id);
            drop(session);
            let why = message(panic.as_ref());
            let fault = SqlError::internal(format_args!("the statement panicked: {why}"));
            tracing::error!(query = job.record.id, text = job.record.text, why, "a statement panicked");
            let _ = app.engine.history.finish(&job.record, Err(fault), app.engine.clock.now());
        }
    });
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

async fn run(app: Arc<App>, handle: Arc<SessionHandle>, job: Arc<Job>, query: QueryRequest) {
    let record = &job.record;
    let mut guard = tokio::select! {
        biased;
        () = record.cancelled() => {
            finish(&app, &job, Err(cancelled()), None);
            return;
        }
        guard = handle.session.lock() => guard,
    };
    if query.async_exec && guard.transactions.is_empty() {
        // Statements of the same session may run beside it.
        let mut session = guard.fork();
        guard.remember_query(&record.id);
        drop(guard);
        let outcome = run_in(&app, &mut session, &job, query).await;
        finish(&app, &job, outcome, Some(&session));
    } else {
        let outcome = run_in(&app, &mut guard, &job, query).await;
        guard.remember_query(&record.id);
        finish(&app, &job, outcome, Some(&guard));
    }
    handle.touch();
}

fn finish(app: &App, job: &Job, outcome: Result<Finished>, session: Option<&Session>) {
    let outcome = outcome.map(|finished| {
        if let Some(session) = session {
            job.done.get_or_init(|| Done {
                state: SessionState::of(session),
                binds: finished.binds,
                described: finished.described,
                children: finished.children,
            });
        }
        finished.result
    });
    // The error stays with the record, from where the answer takes it.
    let _ = app.engine.history.finish(&job.record, outcome, app.engine.clock.now());
}

fn cancelled() -> SqlError {
    SqlError::new(604, "57014", "SQL execution canceled")
}

async fn run_in(app: &App, session: &mut Session, job: &Job, query: QueryRequest) -> Result<Finished> {
    job.record.start(session);
    let overrides = Overrides::apply(session, query.parameters.as_ref())?;
    let outcome = run_statements(app, session, job, &query, overrides.statement_count).await;
    overrides.undo(session);
    outcome
}

async fn run_statements(
    app: &App,
    session: &mut Session,
    job: &Job,
    query: &QueryRequest,
    count: Option<i64>,
) -> Result<Finished> {
    if let Some(stage) = &query.bind_stage {
        return Err(refuse_bind_stage(stage));
    }
    let statements = parse::split(&query.sql_text)?;
    let wanted = count.unwrap_or_else(|| session.parameters.number("MULTI_STATEMENT_COUNT"));
    if statements.len() > 1 {
        // A syntax error anywhere comes before the count.
        for (text, _) in &statements {
            parse::statement(text)?;
        }
    }
    if wanted > 0 && !statements.is_empty() && statements.len() as i64 != wanted {
        return Err(SqlError::new(
            8,
            "0A000",
            format!("Actual statement count {} did not match the desired statement count {wanted}.", statements.len()),
        ));
    }
    let bound = bind::read(query.bindings.as_ref())?;
    match statements.as_slice() {
        [] => Err(SqlError::compilation(900, "42601", "Empty SQL statement.")),
        [(text, _)] if query.describe_only => describe(app, session, &job.record, text, &bound).await,
        [(text, _)] => {
            let binds = placeholders(text);
            let result = guarded(&app.engine, session, &job.record, text, &bound).await?;
            Ok(Finished { result, binds, described: false, children: None })
        }
        _ if query.describe_only => Err(SqlError::unsupported("describing several statements at once")),
        many => multi::run(app, session, &job.record, &query.sql_text, many, bound).await,
    }
}

async fn describe(
    app: &App,
    session: &mut Session,
    record: &QueryRecord,
    text: &str,
    bound: &BoundRows,
) -> Result<Finished> {
    let mut binds = match bound {
        BoundRows::One(binds) => binds.clone(),
        BoundRows::Many(rows) => rows.first().cloned().unwrap_or_default(),
    };
    let count = placeholders(text);
    if binds.positional.len() < count {
        // What is only described need not be bound.
        binds.positional.resize(count, statement::Value::null(SqlType::TEXT));
    }
    let mut cx = Context::new(&app.engine, session, record.id.as_str(), app.engine.clock.now());
    let (columns, statement_type) = statement::describe(&mut cx, text, &binds).await?;
    let result = QueryResult { columns, batches: Vec::new(), statement_type, dml: None };
    Ok(Finished { result, binds: count, described: true, children: None })
}

/// Runs one statement; when it is cancelled or takes too long nothing of it stays.
async fn guarded(
    engine: &Arc<Engine>,
    session: &mut Session,
    record: &QueryRecord,
    text: &str,
    bound: &BoundRows,
) -> Result<QueryResult> {
    let mark = session.mark();
    let seconds = session.parameters.number("STATEMENT_TIMEOUT_IN_SECONDS");
    let seconds = if seconds == 0 { 604_800 } else { seconds.unsigned_abs() };
    let running = async {
        match bound {
            BoundRows::One(binds) => {
                let mut cx = Context::new(engine, session, record.id.as_str(), engine.clock.now());
                statement::execute(&mut cx, text, binds).await
            }
            BoundRows::Many(rows) => array_bind::run(engine, session, &record.id, text, rows).await,
        }
    };
    // A busy statement uses up the task's budget each time: what may stop it has to be asked first.
    let interrupted = tokio::select! {
        biased;
        () = record.cancelled() => cancelled(),
        () = tokio::time::sleep(Duration::from_secs(seconds)) => SqlError::new(
            630,
            "57014",
            format!("Statement reached its statement or warehouse timeout of {seconds} second(s) and was canceled."),
        ),
        outcome = running => return outcome,
    };
    session.abandon(&mark);
    Err(interrupted)
}

/// How many `?` a statement has.
fn placeholders(text: &str) -> usize {
    use datafusion::sql::sqlparser::tokenizer::Token;
    let Ok(mut cursor) = parse::Cursor::new(text) else { return 0 };
    std::iter::from_fn(|| cursor.next_token())
        .filter(|token| matches!(token, Token::Placeholder(text) if text == "?"))
        .count()
}

/// Parameters that hold for one request only.
struct Overrides {
    statement_count: Option<i64>,
    previous: Vec<(String, Option<String>, ParameterValue)>,
}

impl Overrides {
    fn apply(session: &mut Session, parameters: Option<&IndexMap<String, Value>>) -> Result<Self> {
        let mut overrides = Self { statement_count: None, previous: Vec::new() };
        for (name, value) in parameters.into_iter().flatten() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            // Clients send parameters of their own here too.
            let Some(info) = parameter(name).filter(|_| !value.is_null()) else { continue };
            if info.name == "MULTI_STATEMENT_COUNT" {
                let invalid = || {
                    SqlError::compilation(1008, "22023", format_args!("invalid value [{text}] for parameter '{name}'"))
                };
                overrides.statement_count = Some(text.parse().map_err(|_| invalid())?);
                continue;
            }
            let before = session.parameters.is_set(name).then(|| session.parameters.text(name));
            if let Err(error) = session.parameters.set(name, &text) {
                overrides.undo(session);
                return Err(error);
            }
            if let Some(value) = session.parameters.get(name) {
                overrides.previous.push((name.clone(), before, value));
            }
        }
        Ok(overrides)
    }

    /// Takes the values back, but for those that the statement itself has changed.
    fn undo(self, session: &mut Session) {
        for (name, before, set) in self.previous.into_iter().rev() {
            if session.parameters.get(&name) != Some(set) {
                continue;
            }
            let restored = match before {
                Some(text) => session.parameters.set(&name, &text),
                None => session.parameters.unset(&name),
            };
            if let Err(error) = restored {
                tracing::error!(parameter = name, %error, "a parameter could not be restored");
            }
        }
    }
}
