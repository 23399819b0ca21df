//! Transactions: changes on top of the committed versions, in memory until they are committed.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::record_batch::RecordBatch;
use roaring::RoaringBitmap;

use super::partition::{self, PartitionKind};
use super::scan::Rows;
use super::{Seq, Storage, StreamState};
use crate::catalog::ObjectId;
use crate::catalog::def::TableDef;
use crate::error::{Result, SqlError};

/// An open transaction; dropping it rolls it back.
///
/// Isolation is READ COMMITTED: a statement reads at [`Storage::current_seq`] with the transaction on top; streams are
/// read up to [`Transaction::start_seq`]. Statements that replace or remove rows, or consume a stream, take the lock of
/// the table or stream first and read afterwards; a commit that would touch a row another commit has removed meanwhile
/// fails as a whole.
pub struct Transaction {
    pub(super) storage: Storage,
    id: u64,
    start_seq: Seq,
    pub(super) tables: HashMap<ObjectId, Overlay>,
    pub(super) consumed: BTreeMap<ObjectId, Consumption>,
    log: Vec<Undo>,
}

/// What a transaction has changed in a table.
#[derive(Default)]
pub(super) struct Overlay {
    pub(super) added: Vec<Arc<Pending>>,
    /// Positions it has deleted, in committed partitions and in its own.
    pub(super) deleted: BTreeMap<u64, Arc<RoaringBitmap>>,
    /// Whether somebody may read what changed.
    pub(super) tracked: bool,
}

/// A partition that is not committed yet.
pub(super) struct Pending {
    pub(super) id: u64,
    pub(super) kind: PartitionKind,
    pub(super) batch: RecordBatch,
}

/// That a stream has been consumed.
#[derive(Clone, Copy)]
pub(super) struct Consumption {
    pub(super) to: Seq,
    /// Where it stood when it was consumed.
    pub(super) from: StreamState,
}

/// How one change is undone.
enum Undo {
    Added(ObjectId),
    Deleted(ObjectId, u64, Option<Arc<RoaringBitmap>>),
    Consumed(ObjectId, Option<Consumption>),
}

/// A place to come back to inside of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Savepoint(usize);

impl Transaction {
    pub(super) fn new(storage: Storage, id: u64, start_seq: Seq) -> Self {
        Self { storage, id, start_seq, tables: HashMap::new(), consumed: BTreeMap::new(), log: Vec::new() }
    }

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
        self.log.is_empty()
    }

    /// Adds rows; the batches' columns are those of the definition in order and type, names do not matter. Returns how
    /// many.
    pub fn insert(&mut self, table: ObjectId, def: &TableDef, batches: &[RecordBatch]) -> Result<u64> {
        let count: usize = batches.iter().map(RecordBatch::num_rows).sum();
        let first = self.storage.take_rows(count as u64);
        let row_ids: Vec<u64> = (first..first + count as u64).collect();
        let stored = partition::to_stored(def, batches, &row_ids)?;
        self.add(table, PartitionKind::Insert, stored);
        Ok(count as u64)
    }

    /// Replaces the rows at `locations` (with the identities `row_ids`) by the rows of `rows`, in this order. A row that
    /// is replaced keeps its identity. Take the lock of the table first. Returns how many.
    ///
    /// # Errors
    /// When the three do not have the same length, or a location occurs twice or is gone.
    pub fn update(
        &mut self,
        table: ObjectId,
        def: &TableDef,
        locations: &[u64],
        row_ids: &[u64],
        rows: &[RecordBatch],
    ) -> Result<u64> {
        let count: usize = rows.iter().map(RecordBatch::num_rows).sum();
        if locations.len() != count || row_ids.len() != count {
            return Err(SqlError::internal(format_args!(
                "{count} new rows for {} locations and {} row identities",
                locations.len(),
                row_ids.len()
            )));
        }
        let stored = partition::to_stored(def, rows, row_ids)?;
        self.delete(table, def, locations)?;
        self.add(table, PartitionKind::Update, stored);
        Ok(count as u64)
    }

    /// Removes the rows at `locations`. Take the lock of the table first. Returns how many.
    ///
    /// # Errors
    /// When a location occurs twice, or this transaction has already removed it; then nothing has changed.
    pub fn delete(&mut self, table: ObjectId, def: &TableDef, locations: &[u64]) -> Result<u64> {
        let mut by_partition: BTreeMap<u64, RoaringBitmap> = BTreeMap::new();
        for location in locations {
            let (partition, position) = partition::split_location(*location);
            by_partition.entry(partition).or_default().insert(position);
        }
        let distinct: u64 = by_partition.values().map(RoaringBitmap::len).sum();
        let again = self.tables.get(&table).is_some_and(|overlay| {
            by_partition
                .iter()
                .any(|(id, positions)| overlay.deleted.get(id).is_some_and(|gone| !gone.is_disjoint(positions)))
        });
        if distinct != locations.len() as u64 || again {
            return Err(SqlError::internal("a row is removed twice"));
        }
        for (id, positions) in by_partition {
            self.hide(table, def, id, positions);
        }
        Ok(distinct)
    }

    /// Removes all rows that are there at the current version or were added by this transaction. Returns how many. Take
    /// the lock of the table first.
    pub fn truncate(&mut self, table: ObjectId, def: &TableDef) -> Result<u64> {
        let pieces = self.storage.pieces(table, self.storage.current_seq(), Some(self))?;
        let mut removed = 0;
        for piece in pieces {
            let rows = match &piece.rows {
                Rows::Committed(partition) => partition.rows,
                Rows::Pending(pending) => pending.batch.num_rows() as u32,
            };
            let mut positions = RoaringBitmap::new();
            positions.insert_range(0..rows);
            positions -= &*piece.hidden;
            removed += positions.len();
            self.hide(table, def, piece.id(), positions);
        }
        Ok(removed)
    }

    /// [`Transaction::truncate`], then [`Transaction::insert`]. Returns how many rows were added.
    pub fn overwrite(&mut self, table: ObjectId, def: &TableDef, batches: &[RecordBatch]) -> Result<u64> {
        let savepoint = self.savepoint();
        self.truncate(table, def)?;
        self.insert(table, def, batches).inspect_err(|_| self.rollback_to(savepoint))
    }

    /// Moves a stream's offset to version `to` when the transaction commits: [`Transaction::start_seq`] in an explicit
    /// transaction, the version that the statement read in autocommit. Offsets never move back. A stream that still
    /// returns its initial rows keeps its offset and returns changes from then on. Take the lock of the stream first.
    ///
    /// # Errors
    /// When the stream has no offset.
    pub fn consume(&mut self, stream: ObjectId, to: Seq) -> Result<()> {
        let previous = self.consumed.get(&stream).copied();
        let from = match previous {
            Some(previous) => previous.from,
            None => self
                .storage
                .stream_state(stream)?
                .ok_or_else(|| SqlError::internal(format_args!("stream {stream} has no offset")))?,
        };
        let to = previous.map_or(to, |previous| previous.to.max(to));
        self.consumed.insert(stream, Consumption { to, from });
        self.log.push(Undo::Consumed(stream, previous));
        Ok(())
    }

    /// Whether this transaction has consumed the stream.
    pub fn has_consumed(&self, stream: ObjectId) -> bool {
        self.consumed.contains_key(&stream)
    }

    /// A place to come back to with [`Transaction::rollback_to`].
    pub fn savepoint(&self) -> Savepoint {
        Savepoint(self.log.len())
    }

    /// Undoes everything since the savepoint; locks stay.
    pub fn rollback_to(&mut self, savepoint: Savepoint) {
        while self.log.len() > savepoint.0 {
            match self.log.pop() {
                Some(Undo::Added(table)) => {
                    self.tables.entry(table).or_default().added.pop();
                }
                Some(Undo::Deleted(table, id, before)) => {
                    let deleted = &mut self.tables.entry(table).or_default().deleted;
                    match before {
                        Some(before) => deleted.insert(id, before),
                        None => deleted.remove(&id),
                    };
                }
                Some(Undo::Consumed(stream, before)) => {
                    match before {
                        Some(before) => self.consumed.insert(stream, before),
                        None => self.consumed.remove(&stream),
                    };
                }
                None => break,
            }
        }
    }

    /// Makes everything durable and visible at once and releases the locks. Returns the new version, or the current one
    /// when there was nothing to commit.
    ///
    /// Inside of [`crate::catalog::Catalog::transaction`] it is part of that: durable and visible when that ends.
    ///
    /// # Errors
    /// When it cannot be written, or touches rows or streams that another commit has changed meanwhile; then nothing of
    /// it remains.
    pub fn commit(self) -> Result<Seq> {
        // Dropping `self` afterwards releases the locks, whatever the outcome.
        self.storage.commit(&self)
    }

    /// Forgets everything and releases the locks.
    pub fn rollback(self) {}

    pub(super) fn overlay(&self, table: ObjectId) -> Option<&Overlay> {
        self.tables.get(&table)
    }

    fn add(&mut self, table: ObjectId, kind: PartitionKind, stored: Vec<RecordBatch>) {
        for batch in stored {
            let id = self.storage.take_partition();
            self.tables.entry(table).or_default().added.push(Arc::new(Pending { id, kind, batch }));
            self.log.push(Undo::Added(table));
        }
    }

    fn hide(&mut self, table: ObjectId, def: &TableDef, partition: u64, positions: RoaringBitmap) {
        let overlay = self.tables.entry(table).or_default();
        overlay.tracked |= def.change_tracking();
        let deleted = &mut overlay.deleted;
        let before = deleted.get(&partition).cloned();
        let now = match &before {
            Some(before) => positions | &**before,
            None => positions,
        };
        deleted.insert(partition, Arc::new(now));
        self.log.push(Undo::Deleted(table, partition, before));
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.storage.locks().release(self.id);
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").field("id", &self.id).field("start", &self.start_seq).finish_non_exhaustive()
    }
}
