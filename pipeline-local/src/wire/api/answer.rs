//! What the SQL REST API answers about a statement.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use super::partition::Partitions;
use super::{gzipped, refusal};
use crate::SqlError;
use crate::history::Outcome;
use crate::statement::QueryResult;
use crate::wire::App;
use crate::wire::cell::CellStyle;
use crate::wire::encode::row_type;
use crate::wire::http::{Incoming, with_status};
use crate::wire::job::Job;

/// Waits for the end of a statement, but not longer than clients like to wait.
pub(super) async fn when_done(app: &App, request: &Incoming, job: &Job) -> Response<Body> {
    // What is not finished in time is told as running.
    let _ = tokio::time::timeout(app.hold, job.record.finished()).await;
    of(request, job, job.record.outcome())
}

/// The answer to an outcome.
pub(super) fn of(request: &Incoming, job: &Job, outcome: Outcome) -> Response<Body> {
    match outcome {
        Outcome::Running => running(request, job),
        Outcome::Failed(error) => failed(request, job, &error),
        Outcome::ResultDropped => {
            let message = "Result not found: it is no longer kept. Run the statement again.";
            failed(request, job, &SqlError::new(612, "02000", message))
        }
        Outcome::Succeeded(result) => match succeeded(request, job, &result) {
            Ok(response) => response,
            Err(error) => failed(request, job, &error),
        },
    }
}

/// 202: the statement runs.
pub(super) fn running(request: &Incoming, job: &Job) -> Response<Body> {
    let message =
        "Asynchronous execution in progress. Use provided query id to perform query monitoring and management.";
    with_status(StatusCode::ACCEPTED, about(request, job, "333334", "00000", message).to_string())
}

/// 422, or 408 for a statement that took too long.
pub(super) fn failed(request: &Incoming, job: &Job, error: &SqlError) -> Response<Body> {
    let status = if error.code == 630 { StatusCode::REQUEST_TIMEOUT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut body = about(request, job, &error.code_text(), &error.sql_state, &error.message);
    body["createdOn"] = (job.record.started_at / 1000).into();
    with_status(status, body.to_string())
}

/// What every answer about a statement has.
pub(super) fn about(request: &Incoming, job: &Job, code: &str, sql_state: &str, message: &str) -> Value {
    let handle = &job.record.id;
    let mut body = json!({
        "code": code, "sqlState": sql_state, "message": message, "statementHandle": handle,
        "statementStatusUrl": format!("/api/v2/statements/{handle}"),
    });
    if let Some(id) = request.parameter("requestId") {
        body["requestId"] = id.into();
        body["statementStatusUrl"] = format!("/api/v2/statements/{handle}?requestId={id}").into();
    }
    body
}

/// NULL is a text where the client asks for `nullable=false`.
fn style(request: &Incoming) -> CellStyle {
    if request.parameter("nullable") == Some("false") { CellStyle::SQL_API_NULL_AS_TEXT } else { CellStyle::SQL_API }
}

fn succeeded(request: &Incoming, job: &Job, result: &QueryResult) -> crate::Result<Response<Body>> {
    let partitions = Partitions::of(result);
    let style = style(request);
    let row_types: Vec<Value> = result.columns.iter().map(row_type).collect();
    let mut body = about(request, job, "090001", "00000", "Statement executed successfully.");
    body["createdOn"] = (job.record.started_at / 1000).into();
    body["resultSetMetaData"] = json!({
        "numRows": partitions.rows(), "format": "jsonv2", "partitionInfo": partitions.describe(result, style)?,
        "rowType": row_types,
    });
    if let Some(dml) = result.dml {
        body["stats"] = json!({
            "numRowsInserted": dml.inserted, "numRowsUpdated": dml.updated, "numRowsDeleted": dml.deleted,
            "numDuplicateRowsUpdated": dml.duplicates,
        });
    }
    if let Some((ids, _)) = job.done.get().and_then(|done| done.children.as_ref()) {
        body["statementHandles"] = ids.split(',').collect();
    }
    // The rows are text already; they go in front of the other members.
    let rest = body.to_string();
    let rest = rest.strip_prefix('{').unwrap_or(&rest);
    let json = format!(r#"{{"data":{},{rest}"#, partitions.encode(result, 0, style)?);
    Ok(linked(with_status(StatusCode::OK, json), request, job, partitions, 0))
}

/// One partition.
///
/// # Errors
/// 391922 for a number that there is not.
pub(super) fn partition(
    request: &Incoming,
    job: &Job,
    result: &QueryResult,
    number: &str,
) -> Result<Response<Body>, Response<Body>> {
    let partitions = Partitions::of(result);
    let number = number.parse().ok().filter(|number| *number < partitions.count()).ok_or_else(|| {
        let message = format!("Partition {number} does not exist: the result has 0 to {}.", partitions.count() - 1);
        refusal(StatusCode::BAD_REQUEST, "391922", &message)
    })?;
    if number == 0 {
        return succeeded(request, job, result).map_err(|error| failed(request, job, &error));
    }
    let rows = partitions.encode(result, number, style(request)).map_err(|error| failed(request, job, &error))?;
    let response = gzipped(&format!(r#"{{"data":{rows}}}"#));
    Ok(linked(response, request, job, partitions, number))
}

/// Adds the Link header: where the first, next and last partitions are.
fn linked(
    mut response: Response<Body>,
    request: &Incoming,
    job: &Job,
    partitions: Partitions,
    number: usize,
) -> Response<Body> {
    let id = request.parameter("requestId").map(|id| format!("requestId={id}&")).unwrap_or_default();
    let link = |relation: &str, number: usize| {
        format!("</api/v2/statements/{}?{id}partition={number}>;rel=\"{relation}\"", job.record.id)
    };
    let last = partitions.count() - 1;
    let mut links = vec![link("first", 0), link("last", last)];
    if number < last {
        links.push(link("next", number + 1));
    }
    if number > 0 {
        links.push(link("prev", number - 1));
    }
    if let Ok(value) = HeaderValue::from_str(&links.join(",")) {
        response.headers_mut().insert(header::LINK, value);
    }
    response
}
