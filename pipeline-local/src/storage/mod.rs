//! Tables' rows with their history.
//!
//! A table is a list of immutable partitions, each row with an identity that an update keeps. A commit adds partitions,
//! marks positions of older ones as deleted and moves streams; it has a number, [`Seq`], and that number names the
//! version of all tables that it made. What a version holds never changes, so reading the past, cloning and streams need
//! no copies. See [`Transaction`] for how changes are made.

mod cache;
mod changes;
mod commit;
mod compaction;
mod form;
mod images;
mod locks;
mod maintain;
mod net;
mod parallel;
mod partition;
mod recovery;
mod scan;
mod streams;
mod table;
mod transaction;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::arrow::record_batch::RecordBatch;
use parking_lot::{Mutex, RwLock};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};

pub use locks::{LockInfo, Locks};
pub use scan::Snapshot;
pub use streams::StreamState;
pub use transaction::{Savepoint, Transaction};

use crate::catalog::ObjectId;
use crate::clock::{Clock, Micros};
use crate::error::{Result, SqlError};
use crate::store::Store;
use partition::Partition;
use table::Versions;

/// A version of all tables: the number of the commit that made it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of the column of [`Storage::scan`] with a row's location, which [`Transaction::update`] and
/// [`Transaction::delete`] take.
pub const LOCATION: &str = "__LOC";
/// The name of the column of [`Storage::scan`] with a row's identity.
pub const ROW_ID: &str = "__ROW_ID";
/// The column of [`Storage::changes`] that says `INSERT` or `DELETE`.
pub const METADATA_ACTION: &str = "METADATA$ACTION";
/// The column of [`Storage::changes`] that says whether the row is a half of an update.
pub const METADATA_ISUPDATE: &str = "METADATA$ISUPDATE";
/// The column of [`Storage::changes`] with the identity of the row, as text.
pub const METADATA_ROW_ID: &str = "METADATA$ROW_ID";

/// The name in the store of the first version whose time is known.
const TIMES_FROM: &str = "times_from";

/// How much of the decoded partitions is kept in memory, in bytes.
const CACHE_BYTES: usize = 256 * 1024 * 1024;

/// All tables' rows; clones are the same storage.
#[derive(Clone)]
pub struct Storage(Arc<Inner>);

struct Inner {
    store: Arc<Store>,
    clock: Clock,
    locks: Locks,
    cache: cache::Cache,
    /// The last commit that can be read. Tables are brought up to date before it moves.
    current: AtomicU64,
    tables: RwLock<HashMap<ObjectId, Arc<RwLock<Versions>>>>,
    next_partition: AtomicU64,
    next_row: AtomicU64,
    last_transaction: AtomicU64,
    /// The times of commits before this one have been forgotten.
    times_from: AtomicU64,
    compacting: Mutex<()>,
    /// Tells who waits for data that there is some.
    commits: tokio::sync::watch::Sender<Seq>,
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage").field("current", &self.current_seq()).finish_non_exhaustive()
    }
}

impl Storage {
    /// Opens the storage of a store: loads versions, removes what crashed transactions left.
    ///
    /// # Errors
    /// When the store cannot be read, or a file of it is missing.
    pub fn open(store: Arc<Store>, clock: Clock) -> Result<Self> {
        recovery::open(store, clock)
    }

    /// The version of the last commit.
    pub fn current_seq(&self) -> Seq {
        Seq(self.0.current.load(Ordering::Acquire))
    }

    /// Follows the commits: the receiver sees the version of the last one.
    pub fn commits(&self) -> tokio::sync::watch::Receiver<Seq> {
        self.0.commits.subscribe()
    }

    /// The version that was current at an instant; `Seq(0)` before the first commit.
    ///
    /// # Errors
    /// When that is so long ago that no table's retention period reaches there.
    pub fn seq_at(&self, instant: Micros) -> Result<Seq> {
        let found = self.found_at(instant)?;
        if found >= self.times_from() {
            return Ok(found);
        }
        Err(SqlError::new(
            707,
            "02000",
            "Time travel data is not available. The requested time is beyond the allowed time travel period of all tables.",
        ))
    }

    /// Like [`Storage::seq_at`], of instants too long ago the first version whose time is known.
    pub fn seq_at_or_after(&self, instant: Micros) -> Result<Seq> {
        Ok(self.found_at(instant)?.max(self.times_from()))
    }

    /// The first version whose time is known.
    fn times_from(&self) -> Seq {
        Seq(self.0.times_from.load(Ordering::Acquire))
    }

    fn found_at(&self, instant: Micros) -> Result<Seq> {
        self.0.store.read(|connection| {
            let seq: Option<i64> = connection
                .prepare_cached(
                    "SELECT seq FROM commits WHERE committed_at <= ?1 ORDER BY committed_at DESC, seq DESC LIMIT 1",
                )?
                .query_row([instant], |row| row.get(0))
                .optional()?;
            Ok(Seq(seq.unwrap_or(0) as u64))
        })
    }

    /// When a version was committed; none for `Seq(0)` and versions that never were.
    pub fn committed_at(&self, seq: Seq) -> Result<Option<Micros>> {
        self.0.store.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT committed_at FROM commits WHERE seq = ?1")?
                .query_row([seq.0 as i64], |row| row.get(0))
                .optional()?)
        })
    }

    /// Begins a transaction at the current version.
    pub fn begin(&self) -> Transaction {
        // Numbers look like nanoseconds of the epoch, as Snowflake's do, and never repeat.
        let now = (self.0.clock.now().max(0) as u64).saturating_mul(1_000);
        let next = |last: u64| now.max(last + 1);
        let last = self.0.last_transaction.fetch_update(Ordering::AcqRel, Ordering::Acquire, |last| Some(next(last)));
        let (Ok(last) | Err(last)) = last;
        Transaction::new(self.clone(), next(last), self.current_seq())
    }

    /// Begins a transaction of a procedure while `outer`, of its caller, stays open: what the inner one waits for that
    /// the outer one holds is a deadlock, reported at once.
    pub fn begin_inside(&self, outer: &Transaction) -> Transaction {
        let inner = self.begin();
        self.0.locks.suspend(outer.id(), inner.id());
        inner
    }

    /// The locks.
    pub fn locks(&self) -> &Locks {
        &self.0.locks
    }

    fn versions(&self, table: ObjectId) -> Option<Arc<RwLock<Versions>>> {
        self.0.tables.read().get(&table).cloned()
    }

    fn versions_mut(&self, table: ObjectId) -> Arc<RwLock<Versions>> {
        self.0.tables.write().entry(table).or_default().clone()
    }

    /// The rows of a partition as stored.
    fn load(&self, partition: &Partition) -> Result<RecordBatch> {
        let found = match self.load_data(partition.data)? {
            Some(data) => Some((data, partition.first)),
            None => {
                // It may have been compacted since this reader asked for the table's partitions.
                let place: Option<(i64, u32)> = self.0.store.read(|connection| {
                    Ok(connection
                        .prepare_cached("SELECT data, first FROM partitions WHERE id = ?1")?
                        .query_row([partition.id as i64], |row| Ok((row.get(0)?, row.get(1)?)))
                        .optional()?)
                })?;
                match place {
                    Some((data, first)) => self.load_data(data as u64)?.map(|data| (data, first)),
                    None => None,
                }
            }
        };
        match found {
            Some((data, first)) if first as usize + partition.rows as usize <= data.num_rows() => {
                Ok(data.slice(first as usize, partition.rows as usize))
            }
            Some(_) => Err(SqlError::internal(format_args!("partition {} has lost rows", partition.id))),
            None => Err(SqlError::internal(format_args!("partition {} has no data", partition.id))),
        }
    }

    /// Rows as stored; none when they are not there any more.
    fn load_data(&self, data: u64) -> Result<Option<RecordBatch>> {
        if let Some(batch) = self.0.cache.get(data) {
            return Ok(Some(batch));
        }
        let content: Option<Option<Vec<u8>>> = self.0.store.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT content FROM data WHERE id = ?1")?
                .query_row([data as i64], |row| row.get(0))
                .optional()?)
        })?;
        let bytes = match content {
            Some(Some(inline)) => inline,
            Some(None) => {
                let path = partition::file(self.0.store.directory(), data);
                match std::fs::read(&path) {
                    Ok(bytes) => bytes,
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                    Err(error) => {
                        return Err(SqlError::internal(format_args!("cannot read {}: {error}", path.display())));
                    }
                }
            }
            None => return Ok(None),
        };
        let batch = partition::decode(&bytes)?;
        self.0.cache.put(data, batch.clone());
        Ok(Some(batch))
    }
}

/// How messages name an object: with its schema and database, or by number when it is gone.
fn object_name(store: &Store, object: ObjectId) -> String {
    let name = store.read(|connection| {
        Ok(connection
            .prepare_cached(
                "SELECT d.name || '.' || s.name || '.' || o.name FROM objects o
                 JOIN objects s ON s.id = o.parent JOIN objects d ON d.id = s.parent WHERE o.id = ?1",
            )?
            .query_row([object.0], |row| row.get(0))
            .optional()?)
    });
    name.ok().flatten().unwrap_or_else(|| format!("object {object}"))
}

#[cfg(test)]
mod tests;
