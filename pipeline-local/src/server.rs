//! The server: an engine behind a listening socket.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::auth::{ensure_admin, random_password};
use crate::clock::Clock;
use crate::engine::{Engine, EngineConfig};
use crate::task::Service;
use crate::wire::{self, App};
use crate::{Result, SqlError};

/// Debug builds of the planner recurse deeply.
const STACK: usize = 16 << 20;
/// How often idle sessions are looked for.
const REAP_EVERY: Duration = Duration::from_secs(30);
/// How long a shutdown waits for requests and statements.
const GRACE: Duration = Duration::from_secs(10);

/// The version of Snowflake that clients and CURRENT_VERSION() are told: tools refuse what is too old.
pub const SERVER_VERSION: &str = "9.36.0";

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
    /// Where the time comes from.
    pub clock: Clock,
    /// Where notifications are published; without one they are only recorded.
    pub sns_endpoint: Option<String>,
    /// What CURRENT_ACCOUNT() shows. Clients may give any account.
    pub account: String,
    /// How long a session may be idle before it ends.
    pub session_idle: Duration,
    /// How long the answer to a statement is held before the client is told to ask again.
    pub request_hold: Duration,
    /// The certificate chain and the private key of the server, PEM files; `None` for plain http.
    pub tls: Option<(PathBuf, PathBuf)>,
}

impl Default for Config {
    fn default() -> Self {
        let engine = EngineConfig::default();
        Self {
            data: engine.data,
            host: "127.0.0.1".to_owned(),
            port: 0,
            admin_password: None,
            clock: engine.clock,
            sns_endpoint: engine.sns_endpoint,
            account: engine.account,
            session_idle: Duration::from_secs(4 * 3600),
            request_hold: Duration::from_secs(45),
            tls: None,
        }
    }
}

/// A running server. Dropping it stops it without waiting for statements; [`Server::shutdown`] waits.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    scheme: &'static str,
    admin_password: String,
    engine: Arc<Engine>,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
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
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_name("pipeline-local")
            .thread_stack_size(STACK)
            .build()?;
        let starting = runtime.spawn(start(config));
        match starting.await {
            Ok(Ok(started)) => Ok(Self {
                addr: started.addr,
                scheme: started.scheme,
                admin_password: started.admin_password,
                engine: started.engine,
                stop: Some(started.stop),
                serving: Some(started.serving),
                runtime: Some(runtime),
            }),
            Ok(Err(error)) => {
                runtime.shutdown_background();
                Err(error)
            }
            Err(error) => {
                runtime.shutdown_background();
                Err(SqlError::internal(format_args!("the server could not start: {error}")))
            }
        }
    }

    /// The base URL for clients, for example `http://127.0.0.1:4711`.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.addr)
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
        self.engine.history.cancel_all();
        drop(self.stop.take());
        if let Some(serving) = self.serving.take() {
            let _ = tokio::time::timeout(GRACE, serving).await;
        }
        self.engine.tasks.stop().await;
        for session in self.engine.sessions.ids() {
            let _ = tokio::time::timeout(GRACE, self.engine.end_session(session)).await;
        }
        if let Some(runtime) = self.runtime.take() {
            let _ = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(GRACE)).await;
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

struct Started {
    addr: SocketAddr,
    scheme: &'static str,
    admin_password: String,
    engine: Arc<Engine>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

async fn start(config: Config) -> Result<Started> {
    // The address comes first: it is what is wrong most often, and cheap to find out.
    let (host, port) = (config.host.as_str(), config.port);
    let listener = TcpListener::bind((host, port)).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => SqlError::internal(format_args!(
            "port {port} of {host} is in use, perhaps by another server. Choose another port, or 0 for any free one"
        )),
        _ => SqlError::internal(format_args!("cannot listen on {host}:{port}: {error}")),
    })?;
    let addr = listener.local_addr()?;
    let tls = config.tls.as_ref().map(|(certificates, key)| wire::acceptor(certificates, key)).transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let admin_password = config.admin_password.unwrap_or_else(random_password);
    let engine = Engine::open(EngineConfig {
        data: config.data,
        account: config.account,
        sns_endpoint: config.sns_endpoint,
        clock: config.clock,
    })?;
    ensure_admin(&engine.catalog, &admin_password)?;
    Service::start(&engine);
    tokio::spawn(crate::retention::keep(Arc::downgrade(&engine)));

    let app = App::new(engine.clone(), config.request_hold, scheme);
    let reaper = tokio::spawn({
        let app = app.clone();
        async move {
            loop {
                tokio::time::sleep(REAP_EVERY.min(config.session_idle)).await;
                app.reap(config.session_idle).await;
            }
        }
    });
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(async move {
        if let Err(error) = wire::serve(listener, tls, app, stopped).await {
            tracing::error!(%error, "the server stopped");
        }
        reaper.abort();
    });
    Ok(Started { addr, scheme, admin_password, engine, stop, serving })
}
