//! The SQL REST API: statements over plain HTTP, each request a session of its own.
//!
//! <https://docs.snowflake.com/en/developer-guide/sql-api/reference>

mod answer;
mod partition;
mod submit;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::json;

use super::App;
use super::http::{Incoming, with_status};
use super::job::Job;
use super::login;
use crate::SqlError;
use crate::auth::{Identity, LoginFault, Proof};
use crate::history::Outcome;

/// The session number under which jobs of the API are found by their request ids: sessions do not outlive a request here.
const ANY_SESSION: u64 = 0;

/// Answers a request under `/api/v2`; `segments` is the path behind it.
///
/// # Errors
/// The answer to give to a request that is refused.
pub(super) async fn handle(
    app: &Arc<App>,
    method: &Method,
    segments: &[&str],
    request: &Incoming,
) -> Result<Response<Body>, Response<Body>> {
    let (post, get) = (method == Method::POST, method == Method::GET);
    match segments {
        ["statements"] if post => submit::submit(app, request, identity(app, request).await?).await,
        ["statements", handle] if get => fetch(app, request, &identity(app, request).await?, handle),
        ["statements", handle, "cancel"] if post => cancel(app, request, &identity(app, request).await?, handle),
        ["statements"] | ["statements", _] | ["statements", _, "cancel"] => Err(refusal(
            StatusCode::METHOD_NOT_ALLOWED,
            "391900",
            &format!("{method} is not allowed for /api/v2/{}.", segments.join("/")),
        )),
        _ => Err(refusal(
            StatusCode::NOT_FOUND,
            "391901",
            &format!("The local engine has no /api/v2/{}; of this API it has statements only.", segments.join("/")),
        )),
    }
}

/// Who sends a request, from its Authorization header.
async fn identity(app: &App, request: &Incoming) -> Result<Identity, Response<Body>> {
    let unauthorized = |code: &str, message: &str| refusal(StatusCode::UNAUTHORIZED, code, message);
    let authorization = request.header(header::AUTHORIZATION.as_str()).unwrap_or_default();
    let token = authorization.strip_prefix("Bearer ").map(str::trim).filter(|token| !token.is_empty());
    let Some(token) = token else {
        let message = "The request has no token: send the header Authorization: Bearer <token>.";
        return Err(refusal(StatusCode::BAD_REQUEST, "390146", message));
    };
    let (proof, user) = match request.header("x-snowflake-authorization-token-type") {
        Some("KEYPAIR_JWT") => key_pair(token).ok_or_else(|| unauthorized("390144", "JWT token is invalid."))?,
        Some("OAUTH") => (Proof::OAuth(token.to_owned()), String::new()),
        Some("PROGRAMMATIC_ACCESS_TOKEN") => (Proof::AccessToken(token.to_owned()), String::new()),
        Some(other) => {
            let message = format!(
                "X-Snowflake-Authorization-Token-Type {other} is not supported: use KEYPAIR_JWT, OAUTH or \
                 PROGRAMMATIC_ACCESS_TOKEN."
            );
            return Err(refusal(StatusCode::BAD_REQUEST, "390146", &message));
        }
        // Only JSON Web Tokens have two dots, and only those of a key pair name a user at the end of their subject.
        None if token.split('.').count() != 3 => (Proof::AccessToken(token.to_owned()), String::new()),
        None => key_pair(token).unwrap_or_else(|| (Proof::OAuth(token.to_owned()), String::new())),
    };
    login::check(app, user, proof).await.map_err(|LoginFault { code, message }| unauthorized(code, &message))
}

/// The proof of a token that a key pair signed, and the user that it names.
fn key_pair(token: &str) -> Option<(Proof, String)> {
    let claims = crate::auth::SignedToken::parse(token)?.claims;
    let (subject, issuer) = (claims["sub"].as_str()?, claims["iss"].as_str()?);
    issuer.contains(".SHA256:").then(|| {
        let user = subject.rsplit_once('.').map_or(subject, |(_, user)| user);
        (Proof::KeyPair(token.to_owned()), user.to_owned())
    })
}

/// GET /api/v2/statements/{handle}: how the statement is doing, its result, or one partition of it.
fn fetch(app: &App, request: &Incoming, identity: &Identity, handle: &str) -> Result<Response<Body>, Response<Body>> {
    let job = known(app, identity, handle)?;
    let outcome = job.record.outcome();
    match (request.parameter("partition"), outcome) {
        (Some(number), Outcome::Succeeded(result)) => answer::partition(request, &job, &result, number),
        (_, outcome) => Ok(answer::of(request, &job, outcome)),
    }
}

/// POST /api/v2/statements/{handle}/cancel
fn cancel(app: &App, request: &Incoming, identity: &Identity, handle: &str) -> Result<Response<Body>, Response<Body>> {
    let job = known(app, identity, handle)?;
    if !matches!(job.record.outcome(), Outcome::Running) {
        let error = SqlError::new(605, "02000", "Identified SQL statement is not currently executing.");
        return Err(answer::failed(request, &job, &error));
    }
    job.record.cancel();
    let body = answer::about(request, &job, "000604", "57014", "SQL execution canceled");
    Ok(with_status(StatusCode::OK, body.to_string()))
}

fn known(app: &App, identity: &Identity, handle: &str) -> Result<Arc<Job>, Response<Body>> {
    app.jobs
        .by_query(handle)
        .filter(|job| job.record.user == identity.user.name)
        .ok_or_else(|| refusal(StatusCode::BAD_REQUEST, "000709", &format!("Statement {handle} not found")))
}

/// A refusal that is not a statement's failure.
fn refusal(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    with_status(status, json!({ "code": code, "message": message }).to_string())
}

fn gzipped(json: &str) -> Response<Body> {
    let mut response = with_status(StatusCode::OK, String::new());
    *response.body_mut() = Body::from(partition::gzip(json.as_bytes()));
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response
}
