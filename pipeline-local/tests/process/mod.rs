//! `pipeline-local serve` as a process of its own, and a client of it.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use snowflake_connector_rs::{
    AuthConfig, CellValue, Client, ClientConfig, DynamicRow, EndpointConfig, Session, SessionConfig,
};

/// The administrator's password in these tests.
pub(crate) const PASSWORD: &str = "a password for tests";

/// A running server process; killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
}

impl Server {
    /// Starts the server on a data directory and waits until it listens.
    pub(crate) fn start(data: &Path, options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pipeline-local"))
            .args(["serve", "--port", "0", "--data"])
            .arg(data)
            .args(options)
            .env("PIPELINE_LOCAL_PASSWORD", PASSWORD)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let url = loop {
            let line = lines.next().expect("the server says where it listens").expect("its output is text");
            if let Some(url) = line.strip_prefix("pipeline-local listening on ") {
                break url.trim().to_owned();
            }
        };
        // Whatever else it prints must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    /// SIGKILL: no handler of the server runs.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the server is running");
        self.child.wait().expect("the server ends");
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the process has ended by itself.
    pub(crate) fn wait(mut self) -> std::process::ExitStatus {
        self.child.wait().expect("the server ends")
    }

    /// A session of the administrator.
    pub(crate) async fn connect(&self) -> Session {
        connect(&self.url, "ADMIN", PASSWORD, SessionConfig::new()).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A session at `url`.
pub(crate) async fn connect(url: &str, user: &str, password: &str, session: SessionConfig) -> Session {
    let endpoint = EndpointConfig::custom_base_url(url.parse().expect("a URL"));
    let config =
        ClientConfig::new(user, "local", AuthConfig::password(password)).with_session(session).with_endpoint(endpoint);
    Client::new(config).expect("a client").create_session().await.expect("a session")
}

/// All rows of a statement; a failure names the statement.
pub(crate) async fn rows(session: &Session, sql: &str) -> Vec<DynamicRow> {
    let cursor = session.query(sql.to_owned()).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    cursor.collect().await.unwrap_or_else(|error| panic!("{error}\n{sql}"))
}

/// The text of a named cell of each row; NULL is `NULL`.
pub(crate) async fn column(session: &Session, sql: &str, name: &str) -> Vec<String> {
    rows(session, sql).await.iter().map(|row| text(row.value(name).expect("the column is there"))).collect()
}

/// The text of a cell of each row, by position.
pub(crate) async fn column_at(session: &Session, sql: &str, index: usize) -> Vec<String> {
    rows(session, sql).await.iter().map(|row| text(row.value_at(index).expect("the column is there"))).collect()
}

/// The first cell of the first row as text.
pub(crate) async fn scalar(session: &Session, sql: &str) -> String {
    let rows = rows(session, sql).await;
    text(rows.first().unwrap_or_else(|| panic!("no row: {sql}")).value_at(0).expect("a first column"))
}

pub(crate) fn text(value: &CellValue) -> String {
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

/// Repeats a question until `done` says yes of its answer; panics with the last answer after `limit`.
pub(crate) async fn eventually(session: &Session, sql: &str, limit: Duration, done: impl Fn(&str) -> bool) -> String {
    let start = Instant::now();
    loop {
        let answer = scalar(session, sql).await;
        if done(&answer) {
            return answer;
        }
        assert!(start.elapsed() < limit, "after {limit:?} still `{answer}`: {sql}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The statements of a script: split at semicolons outside of literals, quoted names, `$$` bodies and comments.
pub(crate) fn statements(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '$' if rest.starts_with("$$") => rest[2..].find("$$").map_or(rest.len(), |end| end + 4),
            '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            _ => first.len_utf8(),
        };
        let (piece, tail) = rest.split_at(length);
        if first == ';' {
            found.push(std::mem::take(&mut current));
        } else if !piece.starts_with("--") && !piece.starts_with("/*") {
            current.push_str(piece);
        }
        rest = tail;
    }
    found.push(current);
    found.retain(|statement| !statement.trim().is_empty());
    found
}
