//! All open sessions.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::Session;

/// A session that several requests may reach.
#[derive(Debug)]
pub struct SessionHandle {
    /// The session's number.
    pub id: u64,
    /// The user's name as stored.
    pub user: String,
    /// The state; a statement holds the lock while it runs.
    pub session: tokio::sync::Mutex<Session>,
    last_used: Mutex<Instant>,
}

impl SessionHandle {
    /// Notes that a client is there.
    pub fn touch(&self) {
        *self.last_used.lock() = Instant::now();
    }

    fn idle(&self) -> Duration {
        self.last_used.lock().elapsed()
    }
}

/// The open sessions by number.
#[derive(Debug)]
pub struct SessionRegistry {
    sessions: Mutex<HashMap<u64, Arc<SessionHandle>>>,
    next: AtomicU64,
}

impl Default for SessionRegistry {
    fn default() -> Self {
        Self { sessions: Mutex::default(), next: AtomicU64::new(1) }
    }
}

impl SessionRegistry {
    /// Opens a session; its number is set here.
    pub fn open(&self, session: Session) -> Arc<SessionHandle> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let handle = Arc::new(SessionHandle {
            id,
            user: session.user.clone(),
            session: tokio::sync::Mutex::new(Session { id, ..session }),
            last_used: Mutex::new(Instant::now()),
        });
        self.sessions.lock().insert(id, handle.clone());
        handle
    }

    /// The session of this number.
    pub fn get(&self, id: u64) -> Option<Arc<SessionHandle>> {
        self.sessions.lock().get(&id).cloned()
    }

    /// Forgets a session and hands it over for cleaning up.
    pub fn remove(&self, id: u64) -> Option<Arc<SessionHandle>> {
        self.sessions.lock().remove(&id)
    }

    /// The numbers of the open sessions.
    pub fn ids(&self) -> Vec<u64> {
        self.sessions.lock().keys().copied().collect()
    }

    /// Sessions that nobody used for this long and that run nothing.
    pub fn idle_for(&self, limit: Duration) -> Vec<u64> {
        let sessions = self.sessions.lock();
        sessions
            .values()
            .filter(|handle| handle.idle() >= limit && handle.session.try_lock().is_ok())
            .map(|handle| handle.id)
            .collect()
    }
}
