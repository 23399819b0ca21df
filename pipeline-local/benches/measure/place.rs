//! A server in this process, with its data on disk, and sessions on it.

use pipeline_local::clock::Clock;
use pipeline_local::{Config, Server};
use snowflake_connector_rs::{Session, SessionConfig};

use super::process;

/// A server whose data goes away with it.
pub(crate) struct Place {
    pub(crate) server: Server,
    _data: tempfile::TempDir,
}

impl Place {
    /// Starts a server with a database, D, and a warehouse, W.
    pub(crate) async fn new(clock: Clock) -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let config = Config {
            data: Some(data.path().to_owned()),
            admin_password: Some(process::PASSWORD.to_owned()),
            clock,
            ..Config::default()
        };
        let server = Server::start(config).await.expect("the server starts");
        let admin = process::connect(&server.url(), "ADMIN", process::PASSWORD, SessionConfig::new()).await;
        for sql in ["CREATE DATABASE d", "CREATE WAREHOUSE w"] {
            process::rows(&admin, sql).await;
        }
        Self { server, _data: data }
    }

    /// A session in D.PUBLIC.
    pub(crate) async fn session(&self) -> Session {
        let session = SessionConfig::new().with_database("D").with_schema("PUBLIC").with_warehouse("W");
        process::connect(&self.server.url(), "ADMIN", process::PASSWORD, session).await
    }
}

/// Runs statements one after the other.
pub(crate) async fn run(session: &Session, statements: &[&str]) {
    for sql in statements {
        process::rows(session, sql).await;
    }
}
