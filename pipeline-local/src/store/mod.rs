//! The metadata store: one SQLite database that holds every truth of the engine and commits it atomically.
//!
//! There is one writer at a time; writes that wait for the disk together share a transaction of the database and its sync
//! ([`Store::write_together`]). Writes nest: a write inside a write is a savepoint of it, so multi-step statements
//! compose from single-step functions and become durable together. Reads inside a write see its changes; other reads
//! see the last committed state and do not wait for a commit in progress.

mod layout;
mod writer;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::{ReentrantMutex, ReentrantMutexGuard};
use rusqlite::{Connection, OptionalExtension, params};

pub use layout::FORMAT;
use writer::{Scope, Writer};

use crate::error::{Result, SqlError};

/// The metadata store of one data directory.
pub struct Store {
    directory: PathBuf,
    writer: ReentrantMutex<Writer>,
    /// How many wait for the writer.
    waiting: AtomicUsize,
    reader: ReentrantMutex<Connection>,
    /// Held while the store is open, so that no second engine opens the directory.
    _lock: File,
    /// Removed last, when the store is a temporary one.
    _temporary: Option<TemporaryDirectory>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("directory", &self.directory).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store in `directory`, creating both when they do not exist.
    ///
    /// # Errors
    /// When another process has the directory open, when it was written in another format, or when it cannot be used.
    pub fn open(directory: &Path) -> Result<Self> {
        Self::open_in(directory, None)
    }

    /// Opens an empty store in a new directory that goes away with it.
    ///
    /// # Errors
    /// When no temporary directory can be made.
    pub fn temporary() -> Result<Self> {
        let temporary = TemporaryDirectory::new()?;
        let path = temporary.0.clone();
        Self::open_in(&path, Some(temporary))
    }

    fn open_in(directory: &Path, temporary: Option<TemporaryDirectory>) -> Result<Self> {
        std::fs::create_dir_all(directory)
            .map_err(|error| SqlError::internal(format_args!("cannot create {}: {error}", directory.display())))?;
        let lock = lock(directory)?;
        let path = directory.join("catalog.sqlite");
        let connection = Connection::open(&path)?;
        // A temporary store is never opened again: it need not survive a power failure.
        let synchronous = if temporary.is_some() { "OFF" } else { "FULL" };
        configure(&connection, synchronous)?;
        layout::initialise(&connection, directory)?;
        let reader = Connection::open(&path)?;
        configure(&reader, synchronous)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self {
            directory: directory.to_owned(),
            writer: ReentrantMutex::new(Writer::new(connection, temporary.is_none())),
            waiting: AtomicUsize::new(0),
            reader: ReentrantMutex::new(reader),
            _lock: lock,
            _temporary: temporary,
        })
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether the directory goes away with the store.
    pub fn is_temporary(&self) -> bool {
        self._temporary.is_some()
    }

    /// Whether the current thread is inside of [`Store::write`].
    pub fn is_writing(&self) -> bool {
        self.writer.is_owned_by_current_thread()
    }

    /// Reads. Inside [`Store::write`] on the same thread it sees what that has written so far.
    pub fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        if self.is_writing() { read(self.writer.lock().connection()) } else { read(&self.reader.lock()) }
    }

    /// Writes atomically: when `write` succeeds its changes are durable before this returns (or, nested, when the
    /// outermost write returns), when it fails nothing of it remains. All earlier writes have become durable and their
    /// hooks have run when `write` is called.
    pub fn write<T>(&self, write: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let writer = self.enter();
        if writer.is_idle() {
            writer.end_batch();
        }
        let scope = Scope::begin(&writer)?;
        let value = write(writer.connection())?;
        scope.commit()?;
        Ok(value)
    }

    /// Like [`Store::write`], but when others wait to write, all those that come together share one sync to the disk: each
    /// with its own outcome, in the order in which they ran, and none is seen by others or returns before it is durable.
    /// `write` sees in the database what the others have written, while their hooks have not yet run: it must rely on the
    /// database alone.
    ///
    /// # Errors
    /// What `write` fails with, then nothing of it remains and the others go on; or when the disk fails, which fails all.
    pub fn write_together<T>(&self, write: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let writer = self.enter();
        if !writer.is_idle() {
            drop(writer);
            return self.write(write);
        }
        let batch = writer.join_batch()?;
        // Ends the batch when nobody else can, also when `write` panics.
        let turn = Turn { store: self, writer };
        let scope = Scope::begin(&turn.writer)?;
        let value = write(turn.writer.connection())?;
        scope.commit()?;
        drop(turn);
        batch.wait()?;
        Ok(value)
    }

    /// How many wait to write.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// Waits for the writer.
    fn enter(&self) -> ReentrantMutexGuard<'_, Writer> {
        if let Some(writer) = self.writer.try_lock() {
            return writer;
        }
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let writer = writer::blocking(|| self.writer.lock());
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        writer
    }

    /// Runs `hook` right after the current write has become durable, still under the write lock; never when the write
    /// fails. Outside of a write it runs at once.
    pub fn on_commit(&self, hook: impl FnOnce() + Send + 'static) {
        let writer = self.writer.lock();
        if writer.is_idle() {
            hook();
        } else {
            writer.on_commit(Box::new(hook));
        }
    }

    /// A number kept under a name, if it was ever set.
    pub fn meta(&self, key: &str) -> Result<Option<i64>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
            Ok(statement.query_row([key], |row| row.get(0)).optional()?)
        })
    }

    /// Keeps a number under a name.
    pub fn set_meta(&self, key: &str, value: i64) -> Result<()> {
        self.write(|connection| {
            connection
                .prepare_cached("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value")?
                .execute(params![key, value])?;
            Ok(())
        })
    }
}

/// The part of one write in a batch. Who follows goes on with the batch; without anybody to follow it ends.
struct Turn<'a> {
    store: &'a Store,
    writer: ReentrantMutexGuard<'a, Writer>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let alone = self.store.waiting.load(Ordering::Acquire) == 0;
        if alone || self.writer.is_batch_full() || self.writer.is_batch_lost() {
            self.writer.end_batch();
        }
    }
}

/// A directory that is removed with everything in it.
struct TemporaryDirectory(PathBuf);

impl TemporaryDirectory {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("pipeline-local-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&path)
            .map_err(|error| SqlError::internal(format_args!("cannot create {}: {error}", path.display())))?;
        Ok(Self(path))
    }
}

impl Drop for TemporaryDirectory {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, directory = %self.0.display(), "cannot remove the temporary data directory");
        }
    }
}

fn lock(directory: &Path) -> Result<File> {
    let path = directory.join("lock");
    let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)?;
            write!(file, "{}", std::process::id())?;
            file.flush()?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            file.rewind()?;
            file.read_to_string(&mut holder)?;
            Err(SqlError::internal(format_args!(
                "the data directory {} is in use by process {}; stop that server or choose another directory",
                directory.display(),
                if holder.is_empty() { "(unknown)" } else { &holder },
            )))
        }
        Err(TryLockError::Error(error)) => {
            Err(SqlError::internal(format_args!("cannot lock {}: {error}", path.display())))
        }
    }
}

fn configure(connection: &Connection, synchronous: &str) -> Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

#[cfg(test)]
mod tests;
