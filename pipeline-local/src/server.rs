//! The server: an engine behind a listening socket.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::engine::{Engine, EngineConfig};
use crate::{Result, SqlError};

/// Debug builds of the planner recurse deeply.
const STACK: usize = 16 << 20;

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where data lives; `None` for a temporary directory that goes with the server.
    pub data: Option<PathBuf>,
    /// The address to listen on; loopback unless somebody wants otherwise.
    pub host: String,
    /// The port to listen on; 0 for any free one.
    pub port: u16,
    /// The password of the built-in user ADMIN; `None` for a random one.
    pub admin_password: Option<String>,
    /// Where notifications are published; without one they are only recorded.
    pub sns_endpoint: Option<String>,
    /// The account name that clients may use and CURRENT_ACCOUNT() shows.
    pub account: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: None,
            host: "127.0.0.1".to_owned(),
            port: 0,
            admin_password: None,
            sns_endpoint: None,
            account: "LOCAL".to_owned(),
        }
    }
}

/// A running server. Dropping it stops it without waiting for statements; [`Server::shutdown`] waits.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    admin_password: String,
    engine: Arc<Engine>,
    stop: Option<oneshot::Sender<()>>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Server {
    /// Opens the engine and starts to listen.
    ///
    /// The server has a runtime of its own, since statements need threads with large stacks.
    ///
    /// # Errors
    /// When the data directory cannot be opened (for example because another server has it) or the address is taken.
    pub async fn start(config: Config) -> Result<Self> {
        let listener = tokio::net::TcpListener::bind((config.host.as_str(), config.port)).await.map_err(|error| {
            SqlError::internal(format_args!("cannot listen on {}:{}: {error}", config.host, config.port))
        })?;
        let addr = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_name("pipeline-local")
            .thread_stack_size(STACK)
            .build()?;
        let engine =
            Engine::open(EngineConfig { data: config.data, account: config.account, sns_endpoint: config.sns_endpoint, ..EngineConfig::default() })?;
        let (stop, _stopped) = oneshot::channel();
        Ok(Self {
            addr,
            admin_password: config.admin_password.unwrap_or_default(),
            engine,
            stop: Some(stop),
            runtime: Some(runtime),
        })
    }

    /// The base URL for clients, for example `http://127.0.0.1:4711`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The password of the built-in user ADMIN.
    pub fn admin_password(&self) -> &str {
        &self.admin_password
    }

    /// The engine behind it.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Stops accepting requests, cancels what runs, rolls open transactions back and closes the store.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(runtime) = self.runtime.take() {
            let _ = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(10))).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
