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
use super::token::{MASTER_VALIDITY, SESSION_VALIDITY};
use crate::auth::{LoginFault, Proof, authenticate};
use crate::catalog::def::UserDef;
use crate::catalog::{Kind, Object, role};
use crate::engine::Engine;
use crate::parse::fold;
use crate::server::SERVER_VERSION;
use crate::session::{Session, parameter};

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
    let user = authenticated(app, &data).await.map_err(refused)?;
    let session = open(app, request, &data, user).map_err(refused)?;
    Ok(success(session))
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

async fn authenticated(app: &Arc<App>, data: &LoginData) -> Result<(Object, UserDef), LoginFault> {
    enum Owned {
        Password(String),
        KeyPair(String),
    }
    let authenticator = data.authenticator.as_deref().unwrap_or_default().to_ascii_uppercase();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let proof = match authenticator.as_str() {
        "" | "SNOWFLAKE" | "USERNAME_PASSWORD_MFA" => Owned::Password(text(&data.password)),
        "SNOWFLAKE_JWT" => Owned::KeyPair(text(&data.token)),
        "PROGRAMMATIC_ACCESS_TOKEN" => {
            return Err(LoginFault::new(
                "394400",
                "Programmatic access token is invalid. No user of the local engine has one: log in with a password or a \
                 key pair.",
            ));
        }
        "OAUTH" => {
            return Err(LoginFault::new(
                "390303",
                "Invalid OAuth access token. The local engine knows no OAuth server: log in with a password or a key pair.",
            ));
        }
        other => {
            return Err(LoginFault::new(
                "390139",
                format!(
                    "The local engine does not support the authenticator {other}: log in with a password or a key pair."
                ),
            ));
        }
    };
    let login_name = text(&data.login_name);
    let engine = app.engine.clone();
    // Hashing takes a while on purpose.
    let checked = tokio::task::spawn_blocking(move || {
        let proof = match &proof {
            Owned::Password(password) => Proof::Password(password),
            // Tokens are dated by the client's clock, not by the engine's, which may run fast.
            Owned::KeyPair(token) => Proof::KeyPair(token, chrono::Utc::now().timestamp()),
        };
        authenticate(&engine.catalog, &login_name, &proof)
    });
    checked.await.map_err(|_| LoginFault::new("390500", "The login check failed inside the engine."))?
}

fn open(app: &Arc<App>, request: &Incoming, data: &LoginData, user: (Object, UserDef)) -> Result<Value, LoginFault> {
    let engine = &app.engine;
    let (user, definition) = user;
    let role = chosen_role(engine, request.parameter("roleName"), &user.name, &definition)?;
    let mut session = Session::new(0, user.name.as_str(), role);
    session.client = match (&data.client_app_id, &data.client_app_version) {
        (Some(id), Some(version)) => format!("{id} {version}"),
        (Some(id), None) => id.clone(),
        _ => String::new(),
    };
    session.secondary_roles_all = match data.secondary_roles.as_deref().map(str::to_ascii_uppercase).as_deref() {
        None | Some("") => definition.secondary_roles_all,
        Some("ALL") => true,
        Some("NONE") => false,
        Some(other) => {
            return Err(LoginFault::new("390189", format!("SECONDARY_ROLES is ALL or NONE, not {other}.")));
        }
    };
    for (name, value) in data.session_parameters.iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match parameter(name) {
            _ if value.is_null() => {}
            Some(_) => session.parameters.set(name, &text)?,
            None => session.parameters.remember(name, value.clone()),
        }
    }
    choose_context(engine, request, &definition, &mut session)?;
    let state = SessionState::of(&session);
    let handle = engine.sessions.open(session);
    let tokens = app.tokens.issue(handle.id);
    Ok(json!({
        "token": tokens.session, "masterToken": tokens.master, "sessionId": handle.id,
        "validityInSeconds": SESSION_VALIDITY, "masterValidityInSeconds": MASTER_VALIDITY,
        "displayUserName": handle.user, "serverVersion": SERVER_VERSION, "firstLogin": false,
        "remMeToken": null, "remMeValidityInSeconds": 0, "healthCheckInterval": 45, "newClientForUpgrade": null,
        "parameters": state.parameters(), "sessionInfo": state.session_info(),
        "idToken": null, "idTokenValidityInSeconds": 0, "mfaToken": null, "mfaTokenValidityInSeconds": 0,
        "responseData": null,
    }))
}

fn chosen_role(engine: &Engine, wanted: Option<&str>, user: &str, definition: &UserDef) -> Result<String, LoginFault> {
    let usable = engine.catalog.roles_for_user(user)?;
    if let Some(wanted) = wanted {
        let name = identifier(wanted);
        if engine.catalog.find(Kind::Role, None, &name, "")?.is_none() || !usable.contains(&name) {
            return Err(LoginFault::new(
                "390189",
                format!(
                    "Role '{name}' specified in the connect string does not exist or not authorized. Contact your local \
                     system administrator, or attempt to login with another role, e.g. PUBLIC."
                ),
            ));
        }
        return Ok(name);
    }
    let default = definition.default_role.clone().filter(|role| usable.contains(role));
    Ok(default.unwrap_or_else(|| role::PUBLIC.to_owned()))
}

/// Database, schema and warehouse: what the client asked for, else the user's defaults; what is not there stays empty.
fn choose_context(
    engine: &Engine,
    request: &Incoming,
    definition: &UserDef,
    session: &mut Session,
) -> Result<(), LoginFault> {
    let strict = session.parameters.boolean("CLIENT_VALIDATE_DEFAULT_PARAMETERS");
    let missing =
        |what: &str| LoginFault::new("390201", format!("The requested {what} does not exist or not authorized."));
    let asked = |name: &str| request.parameter(name).map(identifier);
    let (default_database, default_schema) = match definition.default_namespace.as_deref() {
        Some(namespace) => match namespace.split_once('.') {
            Some((database, schema)) => (Some(identifier(database)), Some(identifier(schema))),
            None => (Some(identifier(namespace)), None),
        },
        None => (None, None),
    };
    let catalog = &engine.catalog;
    let mut roles = (*catalog.role_closure(&session.role)?).clone();
    if session.secondary_roles_all {
        roles.extend(catalog.roles_for_user(&session.user)?);
    }
    let visible = |object: Option<Object>| -> crate::Result<Option<Object>> {
        Ok(match object {
            Some(object) if roles.contains(&object.owner) || catalog.has_any_privilege(&roles, &object)? => {
                Some(object)
            }
            _ => None,
        })
    };

    let asked_database = asked("databaseName");
    let database = match asked_database.clone().or(default_database) {
        Some(name) => visible(catalog.database(&name)?)?,
        None => None,
    };
    if strict && asked_database.is_some() && database.is_none() {
        return Err(missing("database"));
    }
    if let Some(database) = database {
        let asked_schema = asked("schemaName");
        let wanted = match (&asked_schema, &asked_database, default_schema) {
            (Some(asked), ..) => asked.clone(),
            (None, None, Some(default)) => default,
            _ => "PUBLIC".to_owned(),
        };
        session.schema = catalog.schema(&database.name, &wanted)?.map(|schema| schema.name);
        if strict && asked_schema.is_some() && session.schema.is_none() {
            return Err(missing("schema"));
        }
        session.database = Some(database.name);
    }

    let asked_warehouse = asked("warehouse");
    let warehouse = match asked_warehouse.clone().or_else(|| definition.default_warehouse.as_deref().map(identifier)) {
        Some(name) => visible(catalog.find(Kind::Warehouse, None, &name, "")?)?,
        None => None,
    };
    if strict && asked_warehouse.is_some() && warehouse.is_none() {
        return Err(missing("warehouse"));
    }
    session.warehouse = warehouse.map(|warehouse| warehouse.name);
    Ok(())
}

/// A name as the connection string has it: quoted names are exact, others fold to upper case.
fn identifier(text: &str) -> String {
    match text.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => fold(&quoted.replace("\"\"", "\""), true),
        None => fold(text.trim(), false),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_unless_quoted() {
        for (text, expected) in [("my_db", "MY_DB"), ("\"My Db\"", "My Db"), ("\"a\"\"b\"", "a\"b"), (" x ", "X")] {
            assert_eq!(identifier(text), expected);
        }
    }
}
