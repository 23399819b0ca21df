//! The metadata store: one SQLite database that holds every truth of the engine and commits it atomically.
//!
//! There is one writer at a time. Writes nest: a write inside a write is a savepoint of it, so multi-step statements
//! compose from single-step functions and become durable together. Reads inside a write see its changes; other reads
//! see the last committed state and do not wait for a commit in progress.

use std::cell::{Cell, RefCell};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use parking_lot::ReentrantMutex;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::{Result, SqlError};

/// The version of the directory's layout; a directory of another version is refused.
pub const FORMAT: i64 = 1;

const SCHEMA: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE objects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  space TEXT NOT NULL,
  parent INTEGER NOT NULL,
  name TEXT NOT NULL,
  signature TEXT NOT NULL,
  session INTEGER NOT NULL,
  owner TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  comment TEXT NOT NULL,
  definition TEXT NOT NULL,
  dropped_at INTEGER,
  dropped_by INTEGER
) STRICT;
CREATE UNIQUE INDEX objects_by_name ON objects (space, parent, name, signature, session) WHERE dropped_at IS NULL;
CREATE INDEX objects_by_parent ON objects (parent, kind) WHERE dropped_at IS NULL;
CREATE INDEX objects_dropped ON objects (kind, parent, name, dropped_at) WHERE dropped_at IS NOT NULL;

CREATE TABLE grants (
  privilege TEXT NOT NULL,
  target TEXT NOT NULL,
  object INTEGER NOT NULL,
  future TEXT NOT NULL,
  role TEXT NOT NULL,
  grantor TEXT NOT NULL,
  grant_option INTEGER NOT NULL,
  granted_at INTEGER NOT NULL,
  PRIMARY KEY (object, target, future, privilege, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE role_members (
  role TEXT NOT NULL,
  member_kind TEXT NOT NULL,
  member TEXT NOT NULL,
  grantor TEXT NOT NULL,
  granted_at INTEGER NOT NULL,
  PRIMARY KEY (role, member_kind, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE commits (seq INTEGER PRIMARY KEY, committed_at INTEGER NOT NULL) STRICT;
CREATE INDEX commits_by_time ON commits (committed_at, seq);
CREATE TABLE data (
  id INTEGER PRIMARY KEY,
  rows INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  file INTEGER NOT NULL,
  content BLOB
) STRICT;
CREATE TABLE partitions (
  id INTEGER PRIMARY KEY,
  table_id INTEGER NOT NULL,
  data INTEGER NOT NULL,
  first INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  added_seq INTEGER NOT NULL
) STRICT;
CREATE INDEX partitions_by_table ON partitions (table_id, added_seq);
CREATE INDEX partitions_by_data ON partitions (data);
CREATE TABLE deletions (
  partition INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  positions BLOB NOT NULL,
  PRIMARY KEY (partition, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE histories (table_id INTEGER PRIMARY KEY, readable_from INTEGER NOT NULL) STRICT;
CREATE TABLE streams (
  stream INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  advanced_at INTEGER NOT NULL,
  initial INTEGER NOT NULL
) STRICT;
CREATE TABLE counters (object INTEGER NOT NULL, slot INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (object, slot))
  STRICT, WITHOUT ROWID;
";

type Hook = Box<dyn FnOnce() + Send>;

/// The connection that writes, and what is pending on it.
struct Writer {
    connection: Connection,
    depth: Cell<u32>,
    hooks: RefCell<Vec<Hook>>,
}

/// The metadata store of one data directory.
pub struct Store {
    directory: PathBuf,
    writer: ReentrantMutex<Writer>,
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
        initialise(&connection, directory)?;
        let reader = Connection::open(&path)?;
        configure(&reader, synchronous)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self {
            directory: directory.to_owned(),
            writer: ReentrantMutex::new(Writer { connection, depth: Cell::new(0), hooks: RefCell::default() }),
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
        if self.is_writing() { read(&self.writer.lock().connection) } else { read(&self.reader.lock()) }
    }

    /// Writes atomically: when `write` succeeds its changes are durable before this returns (or, nested, when the
    /// outermost write returns), when it fails nothing of it remains.
    pub fn write<T>(&self, write: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let writer = self.writer.lock();
        let scope = Scope::begin(&writer)?;
        let value = write(&writer.connection)?;
        let hooks = scope.commit()?;
        for hook in hooks {
            hook();
        }
        Ok(value)
    }

    /// Runs `hook` right after the current write has become durable, still under the write lock; never when the write
    /// fails. Outside of a write it runs at once.
    pub fn on_commit(&self, hook: impl FnOnce() + Send + 'static) {
        let writer = self.writer.lock();
        if writer.depth.get() == 0 {
            hook();
        } else {
            writer.hooks.borrow_mut().push(Box::new(hook));
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

/// One level of a write; undone when dropped without [`Scope::commit`].
struct Scope<'a> {
    writer: &'a Writer,
    hooks: usize,
    done: bool,
}

impl<'a> Scope<'a> {
    fn begin(writer: &'a Writer) -> Result<Self> {
        let depth = writer.depth.get();
        if depth == 0 {
            writer.connection.execute_batch("BEGIN IMMEDIATE")?;
        } else {
            writer.connection.execute_batch(&format!("SAVEPOINT s{depth}"))?;
        }
        writer.depth.set(depth + 1);
        Ok(Self { writer, hooks: writer.hooks.borrow().len(), done: false })
    }

    fn commit(mut self) -> Result<Vec<Hook>> {
        let depth = self.writer.depth.get() - 1;
        if depth > 0 {
            self.writer.connection.execute_batch(&format!("RELEASE s{depth}"))?;
            self.done = true;
            self.writer.depth.set(depth);
            return Ok(Vec::new());
        }
        self.writer.connection.execute_batch("COMMIT")?;
        self.done = true;
        self.writer.depth.set(0);
        Ok(self.writer.hooks.take())
    }
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        let depth = self.writer.depth.get() - 1;
        self.writer.depth.set(depth);
        self.writer.hooks.borrow_mut().truncate(self.hooks);
        let undo = match depth {
            0 => "ROLLBACK".to_owned(),
            _ => format!("ROLLBACK TO s{depth}; RELEASE s{depth}"),
        };
        if !self.writer.connection.is_autocommit()
            && let Err(error) = self.writer.connection.execute_batch(&undo)
        {
            tracing::error!(%error, "cannot undo a failed write of the metadata store");
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

fn initialise(connection: &Connection, directory: &Path) -> Result<()> {
    let format: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match format {
        FORMAT => Ok(()),
        0 => {
            connection.execute_batch(&format!("BEGIN; {SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;"))?;
            Ok(())
        }
        other => Err(SqlError::internal(format_args!(
            "the data directory {} has format {other}, this engine writes format {FORMAT}; \
             use the version that wrote it or start with a new directory",
            directory.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn writes_nest_and_fail_as_a_whole() {
        let store = Store::temporary().unwrap();
        let ran = Arc::new(AtomicU32::new(0));
        let count = |by| {
            let ran = ran.clone();
            move || {
                ran.fetch_add(by, Ordering::SeqCst);
            }
        };
        store
            .write(|_| {
                store.set_meta("a", 1)?;
                store.on_commit(count(1));
                let inner: Result<()> = store.write(|_| {
                    store.set_meta("b", 2)?;
                    store.on_commit(count(10));
                    Err(SqlError::internal("no"))
                });
                assert!(inner.is_err());
                assert_eq!(store.meta("a")?, Some(1), "a read inside of a write sees it");
                assert_eq!(store.meta("b")?, None);
                assert_eq!(ran.load(Ordering::SeqCst), 0);
                Ok(())
            })
            .unwrap();
        assert_eq!(ran.load(Ordering::SeqCst), 1);
        let outer: Result<()> = store.write(|_| {
            store.set_meta("a", 5)?;
            store.on_commit(count(100));
            Err(SqlError::internal("no"))
        });
        assert!(outer.is_err());
        assert_eq!(store.meta("a").unwrap(), Some(1));
        assert_eq!(ran.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_panic_inside_a_write_undoes_it() {
        let store = Store::temporary().unwrap();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _: Result<()> = store.write(|_| {
                store.set_meta("a", 1)?;
                panic!("on purpose");
            });
        }));
        assert!(panicked.is_err());
        assert_eq!(store.meta("a").unwrap(), None);
        store.set_meta("a", 2).unwrap();
        assert_eq!(store.meta("a").unwrap(), Some(2));
    }

    #[test]
    fn a_second_opener_and_another_format_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let error = Store::open(directory.path()).err().unwrap();
        assert!(error.message.contains(&format!("in use by process {}", std::process::id())), "{error}");
        store.set_meta("kept", 7).unwrap();
        drop(store);
        let store = Store::open(directory.path()).unwrap();
        assert_eq!(store.meta("kept").unwrap(), Some(7));
        store.writer.lock().connection.pragma_update(None, "user_version", 99).unwrap();
        drop(store);
        let error = Store::open(directory.path()).err().unwrap();
        assert!(error.message.contains("has format 99"), "{error}");
    }

    #[test]
    fn a_temporary_store_leaves_nothing() {
        let store = Store::temporary().unwrap();
        let path = store.directory().to_owned();
        assert!(path.exists());
        drop(store);
        assert!(!path.exists());
    }
}
