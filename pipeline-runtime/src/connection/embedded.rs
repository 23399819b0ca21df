use std::{fmt, future::Future, path::PathBuf, pin::Pin};

use secrecy::SecretString;

/// Stops an embedded engine; runs after the last statement, whether the command succeeded or not.
pub(crate) type Shutdown = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// What an application is told when it shall start its engine.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EmbeddedOptions {
    /// Where the engine keeps its data; created when missing.
    pub directory: PathBuf,
    /// How many seconds pass on the engine's clock in one real second; 1 unless `--fast-clock` says otherwise.
    pub clock_rate: u32,
}

/// A running engine that answers Snowflake's protocol.
pub struct Embedded {
    url: String,
    user: String,
    password: SecretString,
    shutdown: Shutdown,
}

impl Embedded {
    /// An engine that listens on `url`, for example `http://127.0.0.1:8080`, and lets `user` in with `password`.
    pub fn new(url: impl Into<String>, user: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            user: user.into(),
            password: SecretString::from(password.into()),
            shutdown: Box::new(|| Box::pin(std::future::ready(()))),
        }
    }

    /// What to do when the engine is no longer needed.
    #[must_use]
    pub fn on_shutdown<F, Fut>(mut self, shutdown: F) -> Self
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.shutdown = Box::new(move || Box::pin(shutdown()));
        self
    }

    pub(crate) fn into_parts(self) -> (String, String, SecretString, Shutdown) {
        (self.url, self.user, self.password, self.shutdown)
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").field("url", &self.url).field("user", &self.user).finish_non_exhaustive()
    }
}

type Started = Pin<Box<dyn Future<Output = Result<Embedded, Box<dyn std::error::Error + Send + Sync>>> + Send>>;

/// The application's way to start its engine.
pub(crate) type Starter = Box<dyn Fn(EmbeddedOptions) -> Started + Send + Sync>;
