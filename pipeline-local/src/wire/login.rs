//! Opening, renewing and closing sessions.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::App;
use super::encode::SessionState;
use super::http::{Incoming, failure, failure_with, success};
use super::opening::{self, Wish};
use super::token::{MASTER_VALIDITY, SESSION_VALIDITY};
use crate::auth::{Identity, LoginFault, Proof, authenticate};
use crate::server::SERVER_VERSION;
use crate::session::Session;

#[derive(Deserialize)]
struct LoginBody {
    data: LoginData,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
struct LoginData {
    client_app_id: Option<String>,
    client_app_version: Option<String>,
    login_name: Option<String>,
    password: Option<String>,
    authenticator: Option<String>,
    token: Option<String>,
    secondary_roles: Option<String>,
    session_parameters: Option<IndexMap<String, Value>>,
}

/// POST /session/v1/login-request
pub(super) async fn log_in(app: &Arc<App>, request: &Incoming) -> Result<Response<Body>, Response<Body>> {
    let LoginBody { data } = request.json()?;
    let proof = proof(&data).map_err(refused)?;
    let identity = check(app, data.login_name.clone().unwrap_or_default(), proof).await.map_err(refused)?;
    let wish = Wish {
        role: request.parameter("roleName"),
        database: request.parameter("databaseName"),
        schema: request.parameter("schemaName"),
        warehouse: request.parameter("warehouse"),
        secondary_roles: data.secondary_roles.as_deref(),
        parameters: data.session_parameters.as_ref(),
        client: match (&data.client_app_id, &data.client_app_version) {
            (Some(id), Some(version)) => format!("{id} {version}"),
            (Some(id), None) => id.clone(),
            _ => String::new(),
        },
    };
    let session = opening::session(&app.engine, identity, wish).map_err(refused)?;
    Ok(success(register(app, session)))
}

fn refused(fault: LoginFault) -> Response<Body> {
    match fault.code {
        "394400" => {
            let data = json!({ "nextAction": "RETRY_LOGIN", "authnMethod": "PAT", "signInOptions": {} });
            failure_with(fault.code, &fault.message, data)
        }
        code => failure(code, &fault.message),
    }
}

fn proof(data: &LoginData) -> Result<Proof, LoginFault> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Ok(match data.authenticator.as_deref().unwrap_or_default().to_ascii_uppercase().as_str() {
        "" | "SNOWFLAKE" | "USERNAME_PASSWORD_MFA" => Proof::Password(text(&data.password)),
        "SNOWFLAKE_JWT" => Proof::KeyPair(text(&data.token)),
        // Some clients have the token in the place of the password.
        "PROGRAMMATIC_ACCESS_TOKEN" => {
            Proof::AccessToken(data.token.clone().or_else(|| data.password.clone()).unwrap_or_default())
        }
        "OAUTH" => Proof::OAuth(text(&data.token)),
        other => {
            return Err(LoginFault::new(
                "390139",
                format!(
                    "The local engine does not support the authenticator {other}: log in with a password, a key pair, a \
                     programmatic access token or OAuth."
                ),
            ));
        }
    })
}

/// Finds out who it is.
///
/// # Errors
/// Why the login is refused.
pub(super) async fn check(app: &App, login_name: String, proof: Proof) -> Result<Identity, LoginFault> {
    let engine = app.engine.clone();
    // Hashing takes a while on purpose.
    let checked = tokio::task::spawn_blocking(move || {
        // Signed tokens are dated by the client's clock, not by the engine's, which may run fast.
        let wall = chrono::Utc::now().timestamp();
        authenticate(&engine.catalog, &login_name, &proof, wall, engine.clock.now())
    });
    checked.await.map_err(|_| LoginFault::new("390500", "The login check failed inside the engine."))?
}

fn register(app: &App, session: Session) -> Value {
    let (state, parameters) = (SessionState::of(&session), session.parameters.told());
    let handle = app.engine.sessions.open(session);
    let tokens = app.tokens.issue(handle.id);
    json!({
        "token": tokens.session, "masterToken": tokens.master, "sessionId": handle.id,
        "validityInSeconds": SESSION_VALIDITY, "masterValidityInSeconds": MASTER_VALIDITY,
        "displayUserName": handle.user, "serverVersion": SERVER_VERSION, "firstLogin": false,
        "remMeToken": null, "remMeValidityInSeconds": 0, "healthCheckInterval": 45, "newClientForUpgrade": null,
        "parameters": parameters, "sessionInfo": state.session_info(),
        "idToken": null, "idTokenValidityInSeconds": 0, "mfaToken": null, "mfaTokenValidityInSeconds": 0,
        "responseData": null,
    })
}

/// POST /session/token-request
pub(super) fn renew(app: &App, request: &Incoming) -> Result<Response<Body>, Response<Body>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    #[derive(Default)]
    struct Body {
        old_session_token: Option<String>,
        request_type: Option<String>,
    }
    let session = app.tokens.master(request.token())?;
    let body: Body = request.json()?;
    let handle = app
        .engine
        .sessions
        .get(session)
        .ok_or_else(|| failure("390111", "Session no longer exists. New login required to access the service."))?;
    match body.request_type.as_deref() {
        None | Some("RENEW" | "ISSUE") => {}
        Some(other) => return Err(failure("390110", &format!("The request type {other} is not supported."))),
    }
    handle.touch();
    let tokens = app.tokens.issue(session);
    if let Some(old) = body.old_session_token {
        app.tokens.forget(&old);
    }
    Ok(success(json!({
        "sessionToken": tokens.session, "validityInSecondsST": SESSION_VALIDITY, "masterToken": tokens.master,
        "validityInSecondsMT": MASTER_VALIDITY, "sessionId": session,
    })))
}

/// POST /session?delete=true
pub(super) async fn log_out(app: &App, request: &Incoming) -> Response<Body> {
    if let Ok(session) = app.tokens.session(request.token()) {
        app.tokens.forget_session(session);
        app.engine.end_session(session).await;
    }
    success(Value::Null)
}

/// POST /session/heartbeat
pub(super) fn heartbeat(app: &App, request: &Incoming) -> Result<Response<Body>, Response<Body>> {
    app.session(request)?;
    Ok(success(Value::Null))
}
