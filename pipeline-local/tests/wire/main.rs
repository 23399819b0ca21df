//! The wire protocol, through a client and by hand.

#[path = "../process/mod.rs"]
mod process;

mod binds;
mod cells;
mod http;
mod kill;
mod login;
mod rest;
mod serve;
mod soak;
mod statements;
mod tls;

use pipeline_local::{Config, Server};
use snowflake_connector_rs::{AuthConfig, Client, ClientConfig, EndpointConfig, Session, SessionConfig};

const PASSWORD: &str = process::PASSWORD;

/// A server in this process with nothing in it.
async fn server() -> Server {
    server_with(Config::default()).await
}

async fn server_with(config: Config) -> Server {
    Server::start(Config { admin_password: Some(PASSWORD.to_owned()), ..config }).await.expect("the server starts")
}

/// A session of the administrator.
async fn connect(server: &Server) -> Session {
    process::connect(&server.url(), "ADMIN", PASSWORD, SessionConfig::new()).await
}

/// A client that has not logged in yet.
fn client(server: &Server, user: &str, auth: AuthConfig, session: SessionConfig) -> Client {
    let endpoint = EndpointConfig::custom_base_url(server.url().parse().expect("a URL"));
    Client::new(ClientConfig::new(user, "local", auth).with_session(session).with_endpoint(endpoint)).expect("a client")
}

/// A session in an empty schema.
async fn connect_to_schema(server: &Server) -> Session {
    let session = connect(server).await;
    for sql in
        ["CREATE DATABASE IF NOT EXISTS test_db", "CREATE SCHEMA IF NOT EXISTS test_db.s", "USE SCHEMA test_db.s"]
    {
        process::rows(&session, sql).await;
    }
    session
}
