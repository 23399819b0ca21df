//! Statements that clients submitted: found by query id, and by request id so that a repeated request runs nothing twice.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::encode::SessionState;
use crate::history::QueryRecord;

/// How many submitted statements can be found.
const MAX_JOBS: usize = 10_000;

/// A submitted statement.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) record: Arc<QueryRecord>,
    /// By what a repeated request finds it: a session and the request's id.
    request: Option<(u64, String)>,
    /// What the answer tells besides the result; set before the record finishes.
    pub(super) done: OnceLock<Done>,
}

/// What a successful answer tells besides the result.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) state: SessionState,
    pub(super) binds: usize,
    /// Whether it was only described.
    pub(super) described: bool,
    /// `resultIds` and `resultTypes` of the parent of several statements.
    pub(super) children: Option<(String, String)>,
}

impl Job {
    pub(super) fn new(record: Arc<QueryRecord>, request: Option<(u64, String)>) -> Arc<Self> {
        Arc::new(Self { record, request, done: OnceLock::new() })
    }
}

/// All submitted statements, bounded.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_query: HashMap<String, Arc<Job>>,
    by_request: HashMap<(u64, String), Arc<Job>>,
    order: VecDeque<String>,
}

impl Jobs {
    /// The job of a request id; makes one where there is none. Says whether it is new.
    pub(super) fn submit(
        &self,
        session: u64,
        request_id: Option<&str>,
        begin: impl FnOnce() -> Arc<QueryRecord>,
    ) -> (Arc<Job>, bool) {
        let mut inner = self.inner.lock();
        if let Some(job) = request_id.and_then(|id| inner.by_request.get(&(session, id.to_owned()))) {
            return (job.clone(), false);
        }
        let job = Job::new(begin(), request_id.map(|id| (session, id.to_owned())));
        inner.insert(job.clone());
        (job, true)
    }

    /// Adds a job that no request asked for by itself.
    pub(super) fn insert(&self, job: Arc<Job>) {
        self.inner.lock().insert(job);
    }

    /// The job of a query id.
    pub(super) fn by_query(&self, id: &str) -> Option<Arc<Job>> {
        self.inner.lock().by_query.get(id).cloned()
    }

    /// The job of a session's request.
    pub(super) fn by_request(&self, session: u64, request_id: &str) -> Option<Arc<Job>> {
        self.inner.lock().by_request.get(&(session, request_id.to_owned())).cloned()
    }
}

impl Inner {
    fn insert(&mut self, job: Arc<Job>) {
        while self.order.len() >= MAX_JOBS {
            let Some(oldest) = self.order.pop_front().and_then(|id| self.by_query.remove(&id)) else { continue };
            if let Some(request) = &oldest.request {
                self.by_request.remove(request);
            }
        }
        let id = job.record.id.clone();
        if let Some(request) = &job.request {
            self.by_request.insert(request.clone(), job.clone());
        }
        self.order.push_back(id.clone());
        self.by_query.insert(id, job);
    }
}
