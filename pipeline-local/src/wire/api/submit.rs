//! POST /api/v2/statements

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::{ANY_SESSION, answer, refusal};
use crate::auth::{Identity, LoginFault};
use crate::parse;
use crate::session::parameter;
use crate::wire::bind::WireBindings;
use crate::wire::http::Incoming;
use crate::wire::job::Job;
use crate::wire::opening::{self, Wish};
use crate::wire::query::QueryRequest;
use crate::wire::{App, run};

#[derive(Deserialize)]
struct Submission {
    #[serde(default)]
    statement: String,
    /// In seconds; 0 for the longest there is.
    timeout: Option<u32>,
    database: Option<String>,
    schema: Option<String>,
    warehouse: Option<String>,
    role: Option<String>,
    bindings: Option<WireBindings>,
    parameters: Option<IndexMap<String, Value>>,
}

/// Runs a statement, or several.
///
/// # Errors
/// The answer to give to a request that is refused.
pub(super) async fn submit(
    app: &Arc<App>,
    request: &Incoming,
    identity: Identity,
) -> Result<Response<Body>, Response<Body>> {
    let bad = |code: &str, message: &str| refusal(StatusCode::BAD_REQUEST, code, message);
    if !request.header(header::CONTENT_TYPE.as_str()).is_some_and(|kind| kind.starts_with("application/json")) {
        let message = "The body must be JSON: send the header Content-Type: application/json.";
        return Err(refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "391902", message));
    }
    let body: Submission = request.json()?;
    let request_id = request.parameter("requestId");
    let user = identity.user.name.clone();
    // The session differs from request to request; the user and the id name the submission.
    let key = request_id.map(|id| (ANY_SESSION, format!("{user} {id}")));
    if request.flag("retry")
        && let Some(job) = key.as_ref().and_then(|(session, id)| app.jobs.by_request(*session, id))
    {
        return Ok(answer::when_done(app, request, &job).await);
    }
    let statements = parse::split(&body.statement).unwrap_or_default();
    if statements.is_empty() && body.statement.trim().is_empty() {
        return Err(bad("000900", "Empty SQL statement."));
    }
    if let [(text, _)] = statements.as_slice() {
        refuse_alone(text).map_err(|message| refusal(StatusCode::UNPROCESSABLE_ENTITY, "391911", &message))?;
    }
    let mut parameters = body.parameters.unwrap_or_default();
    if let Some(unknown) = parameters.keys().find(|name| parameter(name).is_none()) {
        return Err(bad("391903", &format!("The session parameter {unknown} is not known.")));
    }
    if let Some(seconds) = body.timeout {
        parameters.insert("STATEMENT_TIMEOUT_IN_SECONDS".to_owned(), seconds.into());
    }
    let wish = Wish {
        role: body.role.as_deref(),
        database: body.database.as_deref(),
        schema: body.schema.as_deref(),
        warehouse: body.warehouse.as_deref(),
        secondary_roles: None,
        parameters: Some(&parameters),
        client: "SQL API".to_owned(),
    };
    let session = opening::session(&app.engine, identity, wish).map_err(|LoginFault { code, message }| {
        // The API has a code of its own for roles.
        bad(if code == "390189" { "390186" } else { code }, &message)
    })?;
    let handle = app.engine.sessions.open(session);
    let record = app.engine.history.submit(handle.id, &user, body.statement.as_str(), app.engine.clock.now());
    let job = Job::new(record, key);
    app.jobs.insert(job.clone());
    let query = QueryRequest::new(body.statement, body.bindings);
    let session = handle.id;
    run::spawn(app, handle, job.clone(), query);
    tokio::spawn({
        let (app, job) = (app.clone(), job.clone());
        async move {
            job.record.finished().await;
            app.engine.end_session(session).await;
        }
    });
    if request.flag("async") {
        return Ok(answer::running(request, &job));
    }
    Ok(answer::when_done(app, request, &job).await)
}

/// What makes no sense as the only statement of a session, or needs a client that moves files.
fn refuse_alone(text: &str) -> Result<(), String> {
    let word = parse::Cursor::new(text).ok().and_then(|cursor| cursor.peek_word()).unwrap_or_default();
    let transaction = match word.as_str() {
        // A block of Snowflake Scripting begins with the same word.
        "BEGIN" => parse::Cursor::new(text).is_ok_and(|mut cursor| {
            cursor.next_token();
            cursor.at_end()
                || cursor.peek_keyword("TRANSACTION")
                || cursor.peek_keyword("WORK")
                || cursor.peek_keyword("NAME")
        }),
        "START" | "COMMIT" | "ROLLBACK" => true,
        "PUT" | "GET" => return Err(format!("{word} is not supported by the SQL API.")),
        _ => false,
    };
    if transaction {
        return Err(format!(
            "{word} alone is not supported by the SQL API: send the whole transaction as several statements, with \
             MULTI_STATEMENT_COUNT."
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_need_a_session_are_refused() {
        let cases = [
            ("SELECT 1", true),
            ("BEGIN", false),
            ("begin transaction", false),
            ("BEGIN RETURN 1; END", true),
            ("COMMIT", false),
            ("PUT file://a @b", false),
            ("ROLLBACK;", false),
        ];
        for (text, allowed) in cases {
            assert_eq!(refuse_alone(text).is_ok(), allowed, "{text}");
        }
    }
}
