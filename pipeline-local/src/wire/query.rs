//! Requests about statements: submit, fetch, watch, cancel.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, header};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::bind::WireBindings;
use super::encode::Answer;
use super::http::{Incoming, answer_text, sql_failure, success};
use super::job::Job;
use super::{App, run};
use crate::SqlError;
use crate::history::{Outcome, QueryRecord};
use crate::session::SessionHandle;

/// The body of a query request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct QueryRequest {
    #[serde(default)]
    pub(super) sql_text: String,
    #[serde(default)]
    pub(super) async_exec: bool,
    #[serde(default)]
    pub(super) describe_only: bool,
    pub(super) parameters: Option<IndexMap<String, Value>>,
    pub(super) bindings: Option<WireBindings>,
    pub(super) bind_stage: Option<String>,
}

impl QueryRequest {
    /// A text with its binds, and nothing else asked for.
    pub(super) fn new(sql_text: String, bindings: Option<WireBindings>) -> Self {
        Self { sql_text, bindings, async_exec: false, describe_only: false, parameters: None, bind_stage: None }
    }
}

/// POST /queries/v1/query-request
pub(super) async fn submit(app: &Arc<App>, request: &Incoming) -> Result<Response<Body>, Response<Body>> {
    let handle = app.session(request)?;
    let query: QueryRequest = request.json()?;
    let request_id = request.parameter("requestId").or_else(|| request.parameter("request_id"));
    let asynchronous = query.async_exec;
    let (job, new) = app.jobs.submit(handle.id, request_id, || {
        app.engine.history.submit(handle.id, &handle.user, query.sql_text.as_str(), app.engine.clock.now())
    });
    if new {
        run::spawn(app, handle, job.clone(), query);
    }
    if asynchronous {
        return Ok(in_progress(&job.record, "333334", "Asynchronous execution in progress."));
    }
    Ok(answer(app, request, &job).await)
}

/// GET /queries/{id}/result
pub(super) async fn result(app: &App, request: &Incoming, id: &str) -> Result<Response<Body>, Response<Body>> {
    let handle = app.session(request)?;
    match app.jobs.by_query(id).filter(|job| job.record.user == handle.user) {
        Some(job) => Ok(answer(app, request, &job).await),
        None => Err(sql_failure(&SqlError::new(709, "02000", format!("Statement {id} not found")), id)),
    }
}

/// Waits for the end of a statement, but not longer than clients like to wait.
async fn answer(app: &App, request: &Incoming, job: &Job) -> Response<Body> {
    let record = &job.record;
    if tokio::time::timeout(app.hold, record.finished()).await.is_err() {
        return in_progress(record, "333333", "Query execution in progress.");
    }
    let result = match record.outcome() {
        Outcome::Succeeded(result) => result,
        Outcome::Failed(error) => return sql_failure(&error, &record.id),
        Outcome::Running => return in_progress(record, "333333", "Query execution in progress."),
        Outcome::ResultDropped => {
            let error = SqlError::new(612, "02000", "Result not found: it is no longer kept. Run the statement again.");
            return sql_failure(&error, &record.id);
        }
    };
    let Some(done) = job.done.get() else {
        return sql_failure(&SqlError::internal("a statement ended without its surroundings"), &record.id);
    };
    let base_url = base_url(app, request);
    let answer = Answer {
        query_id: &record.id,
        state: &done.state,
        base_url: &base_url,
        binds: done.binds,
        children: done.children.clone(),
    };
    if done.described {
        return answer_text(answer.described(&result));
    }
    match answer.with_rows(&result, &app.chunks) {
        Ok(json) => answer_text(json),
        Err(error) => sql_failure(&error, &record.id),
    }
}

/// The server as this client knows it.
fn base_url(app: &App, request: &Incoming) -> String {
    let host = request.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    format!("{}://{host}", app.scheme)
}

fn in_progress(record: &QueryRecord, code: &str, what: &str) -> Response<Body> {
    let message = format!("{what} Use provided query id to perform query monitoring and management.");
    let data = json!({
        "queryId": record.id, "getResultUrl": format!("/queries/{}/result", record.id), "queryAbortsAfterSecs": 300,
        "progressDesc": null,
    });
    answer_text(json!({ "data": data, "code": code, "message": message, "success": true, "headers": null }).to_string())
}

/// POST /queries/v1/abort-request: cancels the statement of another request.
pub(super) fn abort_by_request(app: &App, request: &Incoming) -> Result<Response<Body>, Response<Body>> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Body {
        request_id: Option<String>,
    }
    let handle = app.session(request)?;
    let body: Body = request.json()?;
    let job = body.request_id.and_then(|id| app.jobs.by_request(handle.id, &id));
    Ok(cancel(job))
}

/// POST /queries/{id}/abort-request
pub(super) fn abort(app: &App, request: &Incoming, id: &str) -> Result<Response<Body>, Response<Body>> {
    let handle = app.session(request)?;
    Ok(cancel(owned(app, &handle, id)))
}

fn owned(app: &App, handle: &SessionHandle, id: &str) -> Option<Arc<Job>> {
    app.jobs.by_query(id).filter(|job| job.record.user == handle.user)
}

/// Cancels a job; that nothing was running is no failure for clients.
fn cancel(job: Option<Arc<Job>>) -> Response<Body> {
    match job {
        Some(job) if matches!(job.record.outcome(), Outcome::Running) => {
            job.record.cancel();
            success(Value::Null)
        }
        _ => answer_text(
            json!({
                "data": null, "code": "000605", "success": true, "headers": null,
                "message": "Identified SQL statement is not currently executing.",
            })
            .to_string(),
        ),
    }
}

/// GET /monitoring/queries/{id}
pub(super) fn monitor(app: &App, request: &Incoming, id: &str) -> Result<Response<Body>, Response<Body>> {
    let handle = app.session(request)?;
    let Some(record) = app.engine.history.get(id).filter(|record| record.user == handle.user) else {
        return Ok(success(json!({ "queries": [] })));
    };
    let (status, code, message) = match record.outcome() {
        Outcome::Running if record.is_cancelled() => ("ABORTING", String::new(), None),
        Outcome::Running if record.surroundings().is_none() => ("QUEUED", String::new(), None),
        Outcome::Running => ("RUNNING", String::new(), None),
        Outcome::Succeeded(_) | Outcome::ResultDropped => ("SUCCESS", String::new(), None),
        Outcome::Failed(error) if error.code == 604 => ("ABORTED", error.code_text(), Some(error.message)),
        Outcome::Failed(error) => ("FAILED_WITH_ERROR", error.code_text(), Some(error.message)),
    };
    let millis = |micros: i64| micros / 1000;
    let end = record.ended_at();
    let entry = json!({
        "id": record.id, "status": status, "state": status, "errorCode": code, "errorMessage": message,
        "startTime": millis(record.started_at), "endTime": end.map_or(0, millis),
        "totalDuration": millis(end.unwrap_or_else(|| app.engine.clock.now()) - record.started_at),
        "sqlText": record.text, "sessionId": record.session_id, "warehouseId": 0,
        "warehouseName": record.surroundings().and_then(|at| at.warehouse.clone()), "stats": {},
    });
    Ok(success(json!({ "queries": [entry] })))
}

/// The refusal of a stage with binds: clients use one only when told to.
pub(super) fn refuse_bind_stage(stage: &str) -> SqlError {
    SqlError::unsupported(format_args!(
        "binds in the stage {stage}; set CLIENT_STAGE_ARRAY_BINDING_THRESHOLD to 2147483647"
    ))
}
