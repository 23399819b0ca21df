//! Reading all rows of a version.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, BooleanBufferBuilder, UInt32Array, UInt64Array};
use datafusion::arrow::compute::{concat_batches, filter_record_batch, take_record_batch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use roaring::RoaringBitmap;

use super::partition::{self, Partition};
use super::table::Versions;
use super::transaction::Pending;
use super::{LOCATION, ROW_ID, Seq, Storage, Transaction, object_name};
use crate::catalog::ObjectId;
use crate::catalog::def::{ColumnDef, TableDef};
use crate::error::{Result, SqlError};

/// Batches with fewer rows are put together with their neighbours.
pub(super) const SMALL: usize = 2_048;
/// Until they have this many.
pub(super) const ENOUGH: usize = 8_192;

/// Or this size.
pub(super) const ENOUGH_BYTES: usize = 8 * 1024 * 1024;

/// Where rows are: committed, or in the memory of a transaction.
pub(super) enum Rows {
    Committed(Arc<Partition>),
    Pending(Arc<Pending>),
}

/// A partition and the positions of it that are not to be seen.
pub(super) struct Piece {
    pub(super) rows: Rows,
    pub(super) hidden: Arc<RoaringBitmap>,
}

impl Piece {
    pub(super) fn id(&self) -> u64 {
        match &self.rows {
            Rows::Committed(partition) => partition.id,
            Rows::Pending(pending) => pending.id,
        }
    }

    /// Whether the rows of `next` follow those of this one in the same data.
    fn goes_on_with(&self, next: &Self) -> bool {
        match (&self.rows, &next.rows) {
            (Rows::Committed(one), Rows::Committed(next)) => {
                one.data == next.data && one.first + one.rows == next.first
            }
            _ => false,
        }
    }

    fn count(&self) -> usize {
        match &self.rows {
            Rows::Committed(partition) => partition.rows as usize,
            Rows::Pending(pending) => pending.batch.num_rows(),
        }
    }

    pub(super) fn visible(&self) -> usize {
        self.count() - self.hidden.len() as usize
    }
}

/// The rows of a table at one version. What is committed after it was taken does not change it.
pub struct Snapshot {
    storage: Storage,
    pieces: Vec<Piece>,
}

impl Snapshot {
    /// The columns of the table with these indexes, in this order. Without any column the batches still tell how many
    /// rows there are.
    pub fn read(&self, def: &TableDef, columns: &[usize]) -> Result<Vec<RecordBatch>> {
        if columns.is_empty() {
            let rows = self.pieces.iter().map(Piece::visible).sum();
            return Ok(vec![rows_without_columns(Arc::new(Schema::empty()), rows)?]);
        }
        let columns: Vec<&ColumnDef> = columns.iter().map(|index| &def.columns[*index]).collect();
        self.storage.read(&self.pieces, &columns, Extra::Nothing)
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("pieces", &self.pieces.len()).finish_non_exhaustive()
    }
}

/// A batch that has nothing but a number of rows.
pub(super) fn rows_without_columns(schema: SchemaRef, rows: usize) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(schema, Vec::new(), &options)?)
}

impl Storage {
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
        let columns: Vec<&ColumnDef> = def.columns.iter().collect();
        let extra = if locations { Extra::Locations } else { Extra::Nothing };
        self.read(&self.pieces(table, at, transaction)?, &columns, extra)
    }

    /// The rows of a table at a version, with what `transaction` has changed on top, to be read later.
    pub fn snapshot(&self, table: ObjectId, at: Seq, transaction: Option<&Transaction>) -> Result<Snapshot> {
        Ok(Snapshot { storage: self.clone(), pieces: self.pieces(table, at, transaction)? })
    }

    /// How many rows [`Storage::scan`] would return, from metadata alone.
    pub fn row_count(&self, table: ObjectId, at: Seq, transaction: Option<&Transaction>) -> Result<u64> {
        Ok(self.pieces(table, at, transaction)?.iter().map(|piece| piece.visible() as u64).sum())
    }

    /// The size of the table's partitions at a version, in bytes.
    pub fn bytes(&self, table: ObjectId, at: Seq) -> Result<u64> {
        let Some(versions) = self.versions(table) else { return Ok(0) };
        let versions = versions.read();
        self.check_readable(table, &versions, at)?;
        Ok(versions.visible(at).iter().map(|entry| entry.partition.bytes).sum())
    }

    pub(super) fn pieces(&self, table: ObjectId, at: Seq, transaction: Option<&Transaction>) -> Result<Vec<Piece>> {
        let overlay = transaction.and_then(|transaction| transaction.overlay(table));
        let mut pieces = Vec::new();
        if let Some(versions) = self.versions(table) {
            let versions = versions.read();
            self.check_readable(table, &versions, at)?;
            for entry in versions.visible(at) {
                let mut hidden = entry.deleted_at(at);
                if let Some(own) = overlay.and_then(|overlay| overlay.deleted.get(&entry.partition.id)) {
                    *Arc::make_mut(&mut hidden) |= &**own;
                }
                pieces.push(Piece { rows: Rows::Committed(entry.partition.clone()), hidden });
            }
        }
        if let Some(overlay) = overlay {
            for pending in &overlay.added {
                let hidden = overlay.deleted.get(&pending.id).cloned().unwrap_or_default();
                pieces.push(Piece { rows: Rows::Pending(pending.clone()), hidden });
            }
        }
        pieces.retain(|piece| piece.visible() > 0);
        Ok(pieces)
    }

    /// Refuses versions that have been forgotten.
    pub(super) fn check_readable(&self, table: ObjectId, versions: &Versions, at: Seq) -> Result<()> {
        if at >= versions.readable_from() {
            return Ok(());
        }
        Err(SqlError::new(
            707,
            "02000",
            format!(
                "Time travel data is not available for table {}. The requested time is either beyond the allowed time \
                 travel period or before the object creation time.",
                object_name(&self.0.store, table)
            ),
        ))
    }

    /// The visible rows of the pieces.
    pub(super) fn read(&self, pieces: &[Piece], columns: &[&ColumnDef], extra: Extra) -> Result<Vec<RecordBatch>> {
        let mut fields: Vec<Field> = columns.iter().map(|column| column.sql_type.field(&column.name, true)).collect();
        match extra {
            Extra::Nothing => {}
            Extra::RowIds => fields.push(Field::new(ROW_ID, DataType::UInt64, false)),
            Extra::Locations => {
                fields.push(Field::new(LOCATION, DataType::UInt64, false));
                fields.push(Field::new(ROW_ID, DataType::UInt64, false));
            }
        }
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let mut output = Coalesce::new(schema.clone());
        for run in pieces.chunk_by(Piece::goes_on_with) {
            let (stored, hidden) = match self.stored_run(run)? {
                Some(found) => found,
                None => {
                    for piece in run {
                        let rows = self.stored(piece)?;
                        output.push(project(
                            &schema,
                            &rows,
                            &piece.hidden,
                            std::slice::from_ref(piece),
                            columns,
                            extra,
                        )?)?;
                    }
                    continue;
                }
            };
            output.push(project(&schema, &stored, &hidden, run, columns, extra)?)?;
        }
        output.finish()
    }

    fn stored(&self, piece: &Piece) -> Result<RecordBatch> {
        match &piece.rows {
            Rows::Committed(partition) => self.load(partition),
            Rows::Pending(pending) => Ok(pending.batch.clone()),
        }
    }

    /// The rows of pieces that lie one after the other in the same data, and which of them are hidden; nothing when there
    /// is only one piece, or the data has moved.
    fn stored_run(&self, run: &[Piece]) -> Result<Option<(RecordBatch, RoaringBitmap)>> {
        let [Piece { rows: Rows::Committed(first), .. }, _, ..] = run else { return Ok(None) };
        let Some(data) = self.load_data(first.data)? else { return Ok(None) };
        let mut hidden = RoaringBitmap::new();
        let mut count = 0;
        for piece in run {
            hidden.extend(piece.hidden.iter().map(|position| count + position));
            count += piece.count() as u32;
        }
        Ok(Some((data.slice(first.first as usize, count as usize), hidden)))
    }
}

/// What is added to the columns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extra {
    Nothing,
    /// [`ROW_ID`].
    RowIds,
    /// [`LOCATION`] and [`ROW_ID`].
    Locations,
}

/// The columns of stored rows, without the hidden ones.
fn project(
    schema: &SchemaRef,
    stored: &RecordBatch,
    hidden: &RoaringBitmap,
    pieces: &[Piece],
    columns: &[&ColumnDef],
    extra: Extra,
) -> Result<RecordBatch> {
    let mut arrays = columns.iter().map(|column| partition::column(stored, column)).collect::<Result<Vec<_>>>()?;
    if extra == Extra::Locations {
        let locations = pieces.iter().flat_map(|piece| {
            let first = partition::location(piece.id(), 0);
            first..first + piece.count() as u64
        });
        arrays.push(Arc::new(locations.collect::<UInt64Array>()) as ArrayRef);
    }
    if extra != Extra::Nothing {
        arrays.push(Arc::new(partition::row_ids(stored)?.clone()));
    }
    without(&RecordBatch::try_new(schema.clone(), arrays)?, hidden)
}

/// The batch without the rows at these positions.
fn without(batch: &RecordBatch, hidden: &RoaringBitmap) -> Result<RecordBatch> {
    if hidden.is_empty() {
        return Ok(batch.clone());
    }
    let rows = batch.num_rows() as u32;
    if hidden.len() > u64::from(rows) / 4 * 3 {
        let mut shown = RoaringBitmap::new();
        shown.insert_range(0..rows);
        shown -= hidden;
        return Ok(take_record_batch(batch, &shown.iter().collect::<UInt32Array>())?);
    }
    let mut keep = BooleanBufferBuilder::new(batch.num_rows());
    keep.append_n(batch.num_rows(), true);
    for position in hidden {
        keep.set_bit(position as usize, false);
    }
    Ok(filter_record_batch(batch, &BooleanArray::new(keep.finish(), None))?)
}

/// Puts small batches together, large ones pass as they are.
struct Coalesce {
    schema: SchemaRef,
    done: Vec<RecordBatch>,
    small: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
}

impl Coalesce {
    fn new(schema: SchemaRef) -> Self {
        Self { schema, done: Vec::new(), small: Vec::new(), rows: 0, bytes: 0 }
    }

    fn push(&mut self, batch: RecordBatch) -> Result<()> {
        if batch.num_rows() >= SMALL {
            self.flush()?;
            self.done.push(batch);
            return Ok(());
        }
        self.rows += batch.num_rows();
        self.bytes += partition::size(&batch)?;
        self.small.push(batch);
        if self.rows >= ENOUGH || self.bytes >= ENOUGH_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        match self.small.len() {
            0 => {}
            1 => self.done.append(&mut self.small),
            _ => self.done.push(concat_batches(&self.schema, &self.small)?),
        }
        self.small.clear();
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<RecordBatch>> {
        self.flush()?;
        Ok(self.done)
    }
}
