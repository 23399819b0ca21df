//! Tables' rows with their history.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use datafusion::arrow::record_batch::RecordBatch;
use serde::{Deserialize, Serialize};

use crate::catalog::ObjectId;
use crate::catalog::def::{StreamMode, TableDef};
use crate::clock::{Clock, Micros};
use crate::error::{Result, SqlError};
use crate::store::Store;

/// A version of all tables: the number of the commit that made it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

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

/// All tables' rows; clones are the same storage.
#[derive(Clone)]
pub struct Storage(Arc<Inner>);

impl std::fmt::Debug for Storage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Storage").field("current", &self.current_seq()).finish_non_exhaustive()
    }
}

struct Inner {
    store: Arc<Store>,
    clock: Clock,
    locks: Locks,
}

/// Where a stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamState {
    /// The version up to which its changes have been consumed.
    pub offset: Seq,
    /// When it was created or last consumed.
    pub advanced_at: Micros,
    /// Whether it still returns the rows of its start point (SHOW_INITIAL_ROWS).
    pub initial: bool,
}

#[expect(unused_variables, reason = "signatures first, bodies follow")]
impl Storage {
    /// Opens the storage of a store: loads versions, removes what crashed transactions left.
    pub fn open(store: Arc<Store>, clock: Clock) -> Result<Self> {
        Ok(Self(Arc::new(Inner { store, clock, locks: Locks::default() })))
    }

    /// The version of the last commit.
    pub fn current_seq(&self) -> Seq {
        Seq(0)
    }

    /// The version that was current at an instant; `Seq(0)` before the first commit.
    pub fn seq_at(&self, instant: Micros) -> Result<Seq> {
        missing()
    }

    /// When a version was committed; none for `Seq(0)` and versions that never were.
    pub fn committed_at(&self, seq: Seq) -> Result<Option<Micros>> {
        missing()
    }

    /// Begins a transaction at the current version.
    pub fn begin(&self) -> Transaction {
        Transaction { storage: self.clone(), id: 0, start_seq: self.current_seq(), tables: HashMap::new() }
    }

    /// Begins a transaction of a procedure while `outer`, of its caller, stays open: what the inner one waits for that
    /// the outer one holds is a deadlock, reported at once.
    pub fn begin_inside(&self, outer: &Transaction) -> Transaction {
        self.begin()
    }

    /// The locks.
    pub fn locks(&self) -> &Locks {
        &self.0.locks
    }

    /// The rows of a table at a version, with what `transaction` has changed on top; columns as in the definition, and
    /// with `locations` also [`LOCATION`] and [`ROW_ID`].
    pub fn scan(
        &self,
        table: ObjectId,
        def: &TableDef,
        at: Seq,
        transaction: Option<&Transaction>,
        locations: bool,
    ) -> Result<Vec<RecordBatch>> {
        missing()
    }

    /// Like [`Storage::scan`] without locations, only the columns with these indexes, in this order.
    pub fn scan_columns(
        &self,
        table: ObjectId,
        def: &TableDef,
        at: Seq,
        transaction: Option<&Transaction>,
        columns: &[usize],
    ) -> Result<Vec<RecordBatch>> {
        missing()
    }

    /// How many rows [`Storage::scan`] would return, from metadata alone.
    pub fn row_count(&self, table: ObjectId, at: Seq, transaction: Option<&Transaction>) -> Result<u64> {
        missing()
    }

    /// The size of the table's partitions at a version, in bytes.
    pub fn bytes(&self, table: ObjectId, at: Seq) -> Result<u64> {
        missing()
    }

    /// The changes of a table after version `from` up to version `to`: its columns, then [`METADATA_ACTION`] (Utf8),
    /// [`METADATA_ISUPDATE`] (Boolean) and [`METADATA_ROW_ID`] (Utf8). The cost is in proportion to what changed.
    pub fn changes(
        &self,
        table: ObjectId,
        def: &TableDef,
        from: Seq,
        to: Seq,
        mode: StreamMode,
    ) -> Result<Vec<RecordBatch>> {
        missing()
    }

    /// All rows of a version in the form of [`Storage::changes`], as inserted rows: what a stream with
    /// SHOW_INITIAL_ROWS returns until it is first consumed.
    pub fn initial_rows(&self, table: ObjectId, def: &TableDef, at: Seq) -> Result<Vec<RecordBatch>> {
        missing()
    }

    /// Whether [`Storage::changes`] may return rows, from metadata alone: never false when it does.
    pub fn has_changes(&self, table: ObjectId, from: Seq, to: Seq, mode: StreamMode) -> Result<bool> {
        missing()
    }

    /// Where a stream stands; none when it has no offset (it is not a stream, or was dropped).
    pub fn stream_state(&self, stream: ObjectId) -> Result<Option<StreamState>> {
        missing()
    }

    /// Puts a stream at a version, when it is created. Inside of [`crate::catalog::Catalog::transaction`] it is part of it.
    pub fn set_stream(&self, stream: ObjectId, offset: Seq, initial: bool) -> Result<()> {
        missing()
    }

    /// Gives the new table `clone` the rows that `table` has at a version, without copying them. The clone's definition
    /// must have the columns of the original with their identities.
    pub fn clone_table(&self, table: ObjectId, at: Seq, clone: ObjectId) -> Result<()> {
        missing()
    }

    /// Removes all data of tables and the offsets of streams that [`crate::catalog::Catalog::purge`] forgot.
    pub fn purge(&self, objects: &[ObjectId]) -> Result<()> {
        missing()
    }
}

/// A place to come back to inside of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Savepoint(usize);

/// An open transaction; dropping it rolls it back.
pub struct Transaction {
    storage: Storage,
    id: u64,
    start_seq: Seq,
    tables: HashMap<ObjectId, ()>,
}

#[expect(unused_variables, reason = "signatures first, bodies follow")]
impl Transaction {
    /// Its number, as CURRENT_TRANSACTION() tells it.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The version that was current when it began: what its streams are read up to.
    pub fn start_seq(&self) -> Seq {
        self.start_seq
    }

    /// Whether it has changed or consumed anything.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Adds rows; the batches' columns are those of the definition in order. Returns how many.
    pub fn insert(&mut self, table: ObjectId, def: &TableDef, batches: &[RecordBatch]) -> Result<u64> {
        missing()
    }

    /// Replaces the rows at `locations` (with the identities `row_ids`) by the rows of `rows`, in this order. A row that
    /// is replaced keeps its identity. Take the lock of the table first.
    pub fn update(
        &mut self,
        table: ObjectId,
        def: &TableDef,
        locations: &[u64],
        row_ids: &[u64],
        rows: &[RecordBatch],
    ) -> Result<u64> {
        missing()
    }

    /// Removes the rows at `locations`. Take the lock of the table first.
    pub fn delete(&mut self, table: ObjectId, locations: &[u64]) -> Result<u64> {
        missing()
    }

    /// Removes all rows that are there at the current version or were added by this transaction. Returns how many. Take
    /// the lock of the table first.
    pub fn truncate(&mut self, table: ObjectId) -> Result<u64> {
        missing()
    }

    /// [`Transaction::truncate`], then [`Transaction::insert`]. Returns how many rows were added.
    pub fn overwrite(&mut self, table: ObjectId, def: &TableDef, batches: &[RecordBatch]) -> Result<u64> {
        missing()
    }

    /// Moves a stream's offset to version `to` when the transaction commits. A stream that still returns its initial
    /// rows keeps its offset and returns changes from then on. Take the lock of the stream first.
    pub fn consume(&mut self, stream: ObjectId, to: Seq) -> Result<()> {
        missing()
    }

    /// A place to come back to with [`Transaction::rollback_to`].
    pub fn savepoint(&self) -> Savepoint {
        Savepoint(0)
    }

    /// Undoes everything since the savepoint; locks stay.
    pub fn rollback_to(&mut self, savepoint: Savepoint) {}

    /// Makes everything durable and visible at once and releases the locks. Returns the new version, or the current one
    /// when there was nothing to commit.
    pub fn commit(self) -> Result<Seq> {
        missing()
    }

    /// Forgets everything and releases the locks.
    pub fn rollback(self) {}
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction").field("id", &self.id).field("start", &self.start_seq).finish_non_exhaustive()
    }
}

/// Exclusive locks of transactions on tables and streams.
#[derive(Default)]
pub struct Locks {}

#[expect(unused_variables, clippy::unused_async, reason = "signatures first, bodies follow")]
impl Locks {
    /// Takes the lock of a table or stream for a transaction, which holds it until it ends; waits at most `timeout`.
    ///
    /// # Errors
    /// 000625 when the time is over, or when waiting would be a deadlock; nothing is locked then.
    pub async fn table(&self, object: ObjectId, transaction: &Transaction, timeout: Duration) -> Result<()> {
        missing()
    }
}

fn missing<T>() -> Result<T> {
    Err(SqlError::internal("storage"))
}
