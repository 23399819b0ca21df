//! A client that expects its server to disappear.

use std::time::Duration;

use snowflake_connector_rs::{AuthConfig, Client, ClientConfig, DynamicRow, EndpointConfig, Error, SessionConfig};
use tokio::sync::watch;

pub(crate) use snowflake_connector_rs::Session;

use super::process::{PASSWORD, text};

/// Why something did not work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server refused it.
    Refused(String),
    /// The server is gone; whether it did what it was asked is not known.
    Gone,
    /// The server did what it must not do.
    Wrong(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if error.is_server() { Self::Refused(error.to_string()) } else { Self::Gone }
    }
}

/// The rows of a statement, every cell as text.
pub(crate) async fn rows(session: &Session, sql: &str) -> Result<Vec<Vec<String>>, Failure> {
    let rows: Vec<DynamicRow> = session.query(sql.to_owned()).await?.collect().await?;
    Ok(rows.iter().map(|row| row.values().iter().map(text).collect()).collect())
}

/// The first cell of the first row.
pub(crate) async fn scalar(session: &Session, sql: &str) -> Result<String, Failure> {
    let first = rows(session, sql).await?.into_iter().flatten().next();
    first.ok_or_else(|| Failure::Wrong(format!("no row: {sql}")))
}

/// Where the server is while there is one, and `None` when everything ends.
pub(crate) type Address = watch::Receiver<Option<String>>;

/// A session in the schema of the test, at the server that is there now; `None` when the test is over.
pub(crate) async fn connect(address: &mut Address) -> Option<Session> {
    loop {
        let url = address.borrow_and_update().clone()?;
        let endpoint = EndpointConfig::custom_base_url(url.parse().ok()?);
        let config = ClientConfig::new("ADMIN", "local", AuthConfig::password(PASSWORD))
            .with_session(SessionConfig::new().with_database("SOAK").with_schema("PUBLIC").with_warehouse("W"))
            .with_endpoint(endpoint);
        let connected = async { Client::new(config)?.create_session().await };
        tokio::select! {
            session = connected => if let Ok(session) = session {
                return Some(session);
            },
            _ = address.changed() => continue,
        }
        // The next server tells its address; this one may be there again too.
        let _ = tokio::time::timeout(Duration::from_millis(200), address.changed()).await;
    }
}
