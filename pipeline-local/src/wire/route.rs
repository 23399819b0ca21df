//! Which request goes where. Routes are matched here rather than by axum, since clients send paths with doubled slashes.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request, Response, header};
use serde_json::{Value, json};

use super::http::{Incoming, answer_text, failure, not_found, success};
use super::{App, api, login, query};
use crate::server::SERVER_VERSION;

/// Answers one request.
pub(super) async fn handle(State(app): State<Arc<App>>, request: Request<Body>) -> Response<Body> {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    if let (&Method::GET, ["chunks", secret, number]) = (&method, segments.as_slice()) {
        return chunk(&app, secret, number);
    }
    let incoming = match Incoming::read(request).await {
        Ok(incoming) => incoming,
        Err(refusal) => return refusal,
    };
    let answer = dispatch(&app, &method, &segments, &incoming).await;
    answer.unwrap_or_else(|refusal| refusal)
}

async fn dispatch(
    app: &Arc<App>,
    method: &Method,
    segments: &[&str],
    request: &Incoming,
) -> Result<Response<Body>, Response<Body>> {
    let post = method == Method::POST;
    let get = method == Method::GET;
    match segments {
        ["session", "v1", "login-request"] if post => login::log_in(app, request).await,
        ["session", "token-request"] if post => login::renew(app, request),
        ["session", "heartbeat"] if post => login::heartbeat(app, request),
        ["session"] if post => Ok(login::log_out(app, request).await),
        ["session", "authenticator-request"] if post => Err(failure(
            "390139",
            "The local engine does not support browser logins: log in with a password or a key pair.",
        )),
        ["queries", "v1", "query-request"] if post => query::submit(app, request).await,
        ["queries", "v1", "abort-request"] if post => query::abort_by_request(app, request),
        ["queries", id, "abort-request"] if post => query::abort(app, request, id),
        ["queries", id, "result"] if get => query::result(app, request, id).await,
        ["monitoring", "queries", id] if get => query::monitor(app, request, id),
        ["telemetry", "send"] | ["telemetry", "send", "sessionless"] if post => Ok(success(Value::Null)),
        ["oauth", ..] => Err(failure("390303", "The local engine knows no OAuth server.")),
        ["api", "v2", rest @ ..] => api::handle(app, method, rest, request).await,
        [] | ["health"] if get => {
            Ok(answer_text(json!({ "status": "ok", "serverVersion": SERVER_VERSION }).to_string()))
        }
        _ => Err(not_found(&format!("There is no {method} /{}.", segments.join("/")))),
    }
}

/// A chunk carries no token: who has its address may read it.
fn chunk(app: &App, secret: &str, number: &str) -> Response<Body> {
    match number.parse().ok().and_then(|number| app.chunks.get(secret, number)) {
        Some(body) => {
            let mut response = Response::new(Body::from(body));
            // Rows without brackets are not JSON by themselves, and Node's client parses what is called so.
            let kind = header::HeaderValue::from_static("application/octet-stream");
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            response
        }
        None => not_found("There is no such result chunk, or it has expired."),
    }
}
