//! The connection that writes, the levels of a write, and batches of writes that become durable together.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::error::Result;

/// Writes of one batch at most: who came first does not wait without end.
const MAX_BATCH: usize = 256;

pub(super) type Hook = Box<dyn FnOnce() + Send>;

/// The connection that writes, and what is pending on it.
pub(super) struct Writer {
    connection: Connection,
    /// Whether a commit waits for the disk.
    durable: bool,
    depth: Cell<u32>,
    /// What to do when the open transaction has become durable.
    hooks: RefCell<Vec<Hook>>,
    /// The writes that share the open transaction, if they do.
    batch: RefCell<Option<Arc<Batch>>>,
    /// How many those are.
    members: Cell<usize>,
}

/// What the writes of one transaction wait for.
#[derive(Default)]
pub(super) struct Batch {
    outcome: Mutex<Option<Result<()>>>,
    ended: Condvar,
}

impl Batch {
    /// Waits until it is durable.
    ///
    /// # Errors
    /// When it could not be made durable; nothing of it remains.
    pub(super) fn wait(&self) -> Result<()> {
        if let Some(outcome) = &*self.outcome.lock() {
            return outcome.clone();
        }
        blocking(|| {
            let mut outcome = self.outcome.lock();
            loop {
                match &*outcome {
                    Some(outcome) => return outcome.clone(),
                    None => self.ended.wait(&mut outcome),
                }
            }
        })
    }

    fn end(&self, outcome: Result<()>) {
        *self.outcome.lock() = Some(outcome);
        self.ended.notify_all();
    }
}

impl Writer {
    pub(super) fn new(connection: Connection, durable: bool) -> Self {
        Self {
            connection,
            durable,
            depth: Cell::new(0),
            hooks: RefCell::default(),
            batch: RefCell::default(),
            members: Cell::new(0),
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether no write is running; a batch may be open.
    pub(super) fn is_idle(&self) -> bool {
        self.depth.get() == 0
    }

    /// Runs `hook` when the current write has become durable.
    pub(super) fn on_commit(&self, hook: Hook) {
        self.hooks.borrow_mut().push(hook);
    }

    /// The open batch, or a new one.
    pub(super) fn join_batch(&self) -> Result<Arc<Batch>> {
        let mut batch = self.batch.borrow_mut();
        if batch.is_none() {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            self.members.set(0);
        }
        self.members.set(self.members.get() + 1);
        Ok(batch.get_or_insert_default().clone())
    }

    pub(super) fn is_batch_full(&self) -> bool {
        self.members.get() >= MAX_BATCH
    }

    /// Whether the database has undone the whole transaction, as it does when the disk is full: the batch must end, and
    /// fails.
    pub(super) fn is_batch_lost(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Makes the open batch durable, if there is one, and tells its writes.
    pub(super) fn end_batch(&self) {
        let batch = self.batch.borrow_mut().take();
        if let Some(batch) = batch {
            batch.end(self.commit());
        }
    }

    /// Makes the open transaction durable and runs the hooks.
    fn commit(&self) -> Result<()> {
        let hooks = self.hooks.take();
        let commit = || self.connection.execute_batch("COMMIT");
        let committed = if self.durable { blocking(commit) } else { commit() };
        if let Err(error) = committed {
            self.undo("ROLLBACK");
            return Err(error.into());
        }
        hooks.into_iter().for_each(|hook| hook());
        Ok(())
    }

    fn undo(&self, sql: &str) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch(sql)
        {
            tracing::error!(%error, "cannot undo a failed write of the metadata store");
        }
    }
}

/// One level of a write; undone when dropped without [`Scope::commit`].
pub(super) struct Scope<'a> {
    writer: &'a Writer,
    /// The savepoint; none when the level is a transaction.
    savepoint: Option<u32>,
    hooks: usize,
    done: bool,
}

impl<'a> Scope<'a> {
    pub(super) fn begin(writer: &'a Writer) -> Result<Self> {
        let depth = writer.depth.get();
        let inside = depth > 0 || writer.batch.borrow().is_some();
        let savepoint = inside.then_some(depth);
        match savepoint {
            None => writer.connection.execute_batch("BEGIN IMMEDIATE")?,
            Some(level) => writer.connection.execute_batch(&format!("SAVEPOINT s{level}"))?,
        }
        writer.depth.set(depth + 1);
        Ok(Self { writer, savepoint, hooks: writer.hooks.borrow().len(), done: false })
    }

    /// Makes it durable when it is a transaction, otherwise a part of the level around it.
    pub(super) fn commit(mut self) -> Result<()> {
        if let Some(level) = self.savepoint {
            self.writer.connection.execute_batch(&format!("RELEASE s{level}"))?;
        }
        self.done = true;
        self.writer.depth.set(self.writer.depth.get() - 1);
        if self.savepoint.is_none() { self.writer.commit() } else { Ok(()) }
    }
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        self.writer.depth.set(self.writer.depth.get() - 1);
        self.writer.hooks.borrow_mut().truncate(self.hooks);
        match self.savepoint {
            None => self.writer.undo("ROLLBACK"),
            Some(level) => self.writer.undo(&format!("ROLLBACK TO s{level}; RELEASE s{level}")),
        }
    }
}

/// Waits for a lock or the disk; the thread's other tasks are taken over by another one where that is possible.
pub(super) fn blocking<T>(wait: impl FnOnce() -> T) -> T {
    let shared = Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread);
    if shared { tokio::task::block_in_place(wait) } else { wait() }
}
