//! The local engine in this process, on a clock that tests move, and a client of it.

use std::time::{Duration, Instant};

use pipeline_local::{Config, Server, clock::Clock};
use snowflake_connector_rs::{
    AuthConfig, CellValue, Client, ClientConfig, DynamicRow, EndpointConfig, Error, Session, SessionConfig,
};

/// The administrator's password in tests.
pub const PASSWORD: &str = "a password for tests";

/// 2026-11-22 12:00 UTC.
const START: i64 = 1_795_348_800_000_000;

/// An engine whose time stands still until a test moves it: no task runs by surprise.
pub struct Engine {
    server: Server,
    clock: Clock,
    _data: tempfile::TempDir,
}

impl Engine {
    /// Starts an engine that publishes notifications to `sns_endpoint`.
    pub async fn start(sns_endpoint: Option<String>) -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let clock = Clock::manual(START);
        let config = Config {
            data: Some(data.path().to_owned()),
            admin_password: Some(PASSWORD.to_owned()),
            clock: clock.clone(),
            sns_endpoint,
            ..Config::default()
        };
        let server = Server::start(config).await.expect("the engine starts");
        Self { server, clock, _data: data }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Lets time pass: whatever is due in between becomes due.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// A session of the administrator with a role.
    pub async fn connect(&self, role: &str) -> Session {
        connect(&self.url(), "ADMIN", PASSWORD, SessionConfig::new().with_role(role)).await.expect("a session")
    }

    /// Stops it.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
    }
}

/// A session at `url`.
///
/// # Errors
///
/// When the login is refused.
pub async fn connect(url: &str, user: &str, password: &str, session: SessionConfig) -> Result<Session, Error> {
    let endpoint = EndpointConfig::custom_base_url(url.parse().expect("a URL"));
    let config =
        ClientConfig::new(user, "local", AuthConfig::password(password)).with_session(session).with_endpoint(endpoint);
    Client::new(config)?.create_session().await
}

/// The rows of a statement, every cell as text.
///
/// # Panics
///
/// When the statement fails.
pub async fn rows(session: &Session, sql: &str) -> Vec<Vec<String>> {
    try_rows(session, sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"))
}

/// The rows of a statement, every cell as text.
///
/// # Errors
///
/// When the statement fails.
pub async fn try_rows(session: &Session, sql: &str) -> Result<Vec<Vec<String>>, Error> {
    let rows: Vec<DynamicRow> = session.query(sql.to_owned()).await?.collect().await?;
    Ok(rows.iter().map(|row| row.values().iter().map(text).collect()).collect())
}

/// The first cell of the first row.
///
/// # Panics
///
/// When there is none.
pub async fn scalar(session: &Session, sql: &str) -> String {
    rows(session, sql).await.into_iter().flatten().next().unwrap_or_else(|| panic!("no cell: {sql}"))
}

/// The cells of a named column.
///
/// # Panics
///
/// When there is no such column.
pub async fn column(session: &Session, sql: &str, name: &str) -> Vec<String> {
    let rows: Vec<DynamicRow> = session
        .query(sql.to_owned())
        .await
        .unwrap_or_else(|error| panic!("{error}\n{sql}"))
        .collect()
        .await
        .unwrap_or_else(|error| panic!("{error}\n{sql}"));
    rows.iter().map(|row| text(row.value(name).unwrap_or_else(|error| panic!("{error}\n{sql}")))).collect()
}

/// Asks again and again until the first cell of the answer is `expected`.
///
/// # Panics
///
/// With the last answer, when it is not within half a minute.
pub async fn eventually(session: &Session, sql: &str, expected: &str) {
    let start = Instant::now();
    loop {
        let answer = scalar(session, sql).await;
        if answer == expected {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{sql}\nanswered {answer}, not {expected}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn text(value: &CellValue) -> String {
    match value {
        CellValue::Null => "NULL".to_owned(),
        CellValue::String(text) => text.clone(),
        CellValue::Integer(number) => number.to_string(),
        CellValue::Decimal(number) => number.raw().to_owned(),
        CellValue::Boolean(truth) => truth.to_string(),
        CellValue::Json(json) => json.to_string(),
        other => format!("{other:?}"),
    }
}
