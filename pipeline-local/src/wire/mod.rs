//! Snowflake's client protocol over HTTP.

mod api;
mod arrow;
mod bind;
mod cell;
mod chunk;
mod encode;
mod http;
mod job;
mod login;
mod opening;
mod query;
mod route;
mod run;
mod tls;
mod token;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use crate::engine::Engine;
use crate::session::SessionHandle;
use chunk::ChunkStore;
use http::{Incoming, failure};
use job::Jobs;
pub(crate) use tls::acceptor;
use token::Tokens;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct App {
    engine: Arc<Engine>,
    tokens: Tokens,
    jobs: Jobs,
    chunks: ChunkStore,
    /// How long a request is held before the client is told to ask again.
    hold: Duration,
    /// `http` or `https`, for the addresses that clients are given.
    scheme: &'static str,
}

impl App {
    pub(crate) fn new(engine: Arc<Engine>, hold: Duration, scheme: &'static str) -> Arc<Self> {
        let (tokens, jobs, chunks) = (Tokens::default(), Jobs::default(), ChunkStore::default());
        Arc::new(Self { engine, tokens, jobs, chunks, hold, scheme })
    }

    /// The session that a request shows a token of.
    fn session(&self, request: &Incoming) -> Result<Arc<SessionHandle>, Response<Body>> {
        let id = self.tokens.session(request.token())?;
        let handle =
            self.engine.sessions.get(id).ok_or_else(|| {
                failure("390111", "Session no longer exists. New login required to access the service.")
            })?;
        handle.touch();
        Ok(handle)
    }

    /// Ends the sessions that nobody used for this long.
    pub(crate) async fn reap(&self, idle: Duration) {
        for id in self.engine.sessions.idle_for(idle) {
            tracing::info!(session = id, "ended an idle session");
            self.engine.end_session(id).await;
        }
        self.tokens.tidy(&self.engine.sessions.ids().into_iter().collect(), std::time::Instant::now());
    }
}

/// Answers requests until told to stop.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    app: Arc<App>,
    stop: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    use axum::serve::ListenerExt as _;
    let router = axum::Router::new().fallback(route::handle).with_state(app);
    let stopped = async {
        // A dropped sender also means to stop.
        let _ = stop.await;
    };
    match tls {
        Some(acceptor) => {
            axum::serve(tls::TlsListener::new(listener, acceptor)?, router).with_graceful_shutdown(stopped).await
        }
        None => {
            axum::serve(listener.tap_io(|stream| without_delay(stream)), router).with_graceful_shutdown(stopped).await
        }
    }
}

/// Without this every answer waits for the client's delayed acknowledgement.
fn without_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
}
