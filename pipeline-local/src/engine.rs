//! The engine: everything that sessions share.

use std::path::PathBuf;
use std::sync::Arc;

use crate::Result;
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::history::QueryHistory;
use crate::session::SessionRegistry;
use crate::storage::Storage;
use crate::store::Store;
use crate::task;

/// How an engine is set up.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Where data lives; `None` for a temporary directory that goes with the engine.
    pub data: Option<PathBuf>,
    /// What CURRENT_ACCOUNT() says.
    pub account: String,
    /// Where notifications are published; without one they are only recorded.
    pub sns_endpoint: Option<String>,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self { data: None, account: "LOCAL".to_owned(), sns_endpoint: None, clock: Clock::real() }
    }
}

/// A local Snowflake without its network part.
#[derive(Debug)]
pub struct Engine {
    /// What it was set up with.
    pub config: EngineConfig,
    /// The durable truth about everything.
    pub store: Arc<Store>,
    /// Objects and grants.
    pub catalog: Catalog,
    /// Rows and their history.
    pub storage: Storage,
    /// The time.
    pub clock: Clock,
    /// The open sessions.
    pub sessions: SessionRegistry,
    /// What runs and ran.
    pub history: QueryHistory,
    /// The scheduler.
    pub tasks: task::Service,
}

impl Engine {
    /// Opens the data directory and recovers what was committed.
    ///
    /// # Errors
    /// When the directory cannot be used, is in use by another server, or was written by a newer version.
    pub fn open(config: EngineConfig) -> Result<Arc<Self>> {
        let clock = config.clock.clone();
        let store = Arc::new(match &config.data {
            Some(directory) => Store::open(directory)?,
            None => Store::temporary()?,
        });
        let storage = Storage::open(store.clone(), clock.clone())?;
        let catalog = Catalog::open(store.clone(), clock.clone())?;
        crate::retention::apply(&catalog, &storage, clock.now())?;
        let engine = Arc::new(Self {
            config,
            store,
            catalog,
            storage,
            clock,
            sessions: SessionRegistry::default(),
            history: QueryHistory::default(),
            tasks: task::Service::default(),
        });
        task::open(&engine)?;
        crate::notification::open(&engine)?;
        Ok(engine)
    }

    /// Ends a session: cancels what it runs, rolls its transactions back and drops its temporary objects.
    pub async fn end_session(&self, id: u64) {
        let Some(handle) = self.sessions.remove(id) else { return };
        self.history.cancel_session(id, None);
        handle.session.lock().await.transactions.clear();
        if let Err(error) = self.catalog.end_session(id) {
            tracing::error!(session = id, %error, "the temporary objects of a session could not be dropped");
        }
    }
}
