//! Partitions: immutable batches of rows, named by column identity, each row with its own identity.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, UInt64Array, new_null_array};
use datafusion::arrow::compute::{cast, concat_batches};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::ipc::{reader::StreamReader, writer::StreamWriter};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::scalar::ScalarValue;

use super::{Seq, form, parallel};
use crate::catalog::def::{ColumnDef, TableDef};
use crate::error::{Result, SqlError};

/// The stored column with the identities of the rows; the others are named by number.
const STORED_ROW_ID: &str = "row";
/// Rows of one partition at most.
pub(super) const MAX_ROWS: usize = 128 * 1024;
/// Bytes of one partition at most, about: a longer one is not easier to read, and one array holds no more than 2 GiB.
pub(super) const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Encoded partitions up to this size live in the metadata store, larger ones in files.
pub(super) const INLINE_BYTES: usize = 64 * 1024;

/// What a partition's rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartitionKind {
    /// New rows.
    Insert,
    /// New versions of rows that existed.
    Update,
    /// Copies of rows that a version took away; see [`super::images`].
    Image,
}

impl PartitionKind {
    pub(super) fn code(self) -> i64 {
        match self {
            Self::Insert => 0,
            Self::Update => 1,
            Self::Image => 2,
        }
    }

    pub(super) fn from_code(code: i64) -> Self {
        match code {
            0 => Self::Insert,
            1 => Self::Update,
            _ => Self::Image,
        }
    }
}

/// A committed partition of one table.
#[derive(Debug, Clone)]
pub(super) struct Partition {
    pub(super) id: u64,
    /// Where its rows are; clones share them, and small partitions are put together.
    pub(super) data: u64,
    /// The first of its rows there.
    pub(super) first: u32,
    pub(super) kind: PartitionKind,
    pub(super) rows: u32,
    pub(super) bytes: u64,
    pub(super) added: Seq,
}

/// The location of a row: partition and position.
pub(super) fn location(partition: u64, position: u32) -> u64 {
    partition << 32 | u64::from(position)
}

pub(super) fn split_location(location: u64) -> (u64, u32) {
    (location >> 32, location as u32)
}

/// Turns batches with the columns of a table into stored ones of at most [`MAX_ROWS`] rows. `row_ids` are the identities
/// of all rows in order.
pub(super) fn to_stored(def: &TableDef, batches: &[RecordBatch], row_ids: &[u64]) -> Result<Vec<RecordBatch>> {
    let mut fields: Vec<Field> =
        def.columns.iter().map(|column| column.sql_type.field(&column.stored_name(), true)).collect();
    fields.push(Field::new(STORED_ROW_ID, DataType::UInt64, false));
    let schema = Arc::new(Schema::new(fields));
    let mut groups = Vec::new();
    let mut group: Vec<RecordBatch> = Vec::new();
    let mut grouped = 0;
    let mut grouped_bytes = 0;
    let mut next = 0;
    for batch in batches {
        if batch.num_columns() != def.columns.len() {
            return Err(SqlError::internal(format_args!(
                "rows with {} columns for a table with {}",
                batch.num_columns(),
                def.columns.len()
            )));
        }
        for (column, field) in def.columns.iter().zip(batch.schema().fields()) {
            if *field.data_type() != column.sql_type.arrow() {
                return Err(SqlError::internal(format_args!(
                    "values of {} for column {} of type {}",
                    field.data_type(),
                    column.name,
                    column.sql_type
                )));
            }
        }
        let row_bytes = (size(batch)? / batch.num_rows().max(1)).max(1);
        let mut from = 0;
        while from < batch.num_rows() {
            let room = (MAX_BYTES.saturating_sub(grouped_bytes) / row_bytes).clamp(1, MAX_ROWS - grouped);
            let length = (batch.num_rows() - from).min(room);
            let mut columns: Vec<ArrayRef> = batch.columns().iter().map(|column| column.slice(from, length)).collect();
            columns.push(Arc::new(UInt64Array::from(row_ids[next..next + length].to_vec())));
            group.push(RecordBatch::try_new(schema.clone(), columns)?);
            (from, next, grouped) = (from + length, next + length, grouped + length);
            grouped_bytes += length * row_bytes;
            if grouped == MAX_ROWS || grouped_bytes >= MAX_BYTES {
                groups.push(std::mem::take(&mut group));
                (grouped, grouped_bytes) = (0, 0);
            }
        }
    }
    if !group.is_empty() {
        groups.push(group);
    }
    parallel::map(groups, |group| Ok(concat_batches(&schema, &group)?))
}

/// The bytes of the values of a batch, of a slice only its part.
pub(super) fn size(batch: &RecordBatch) -> Result<usize> {
    let mut bytes = 0;
    for column in batch.columns() {
        bytes += column.to_data().get_slice_memory_size()?;
    }
    Ok(bytes)
}

/// The identities of a stored batch's rows.
pub(super) fn row_ids(stored: &RecordBatch) -> Result<&UInt64Array> {
    stored
        .column_by_name(STORED_ROW_ID)
        .and_then(|column| column.as_any().downcast_ref())
        .ok_or_else(|| SqlError::internal("a partition has no row identities"))
}

/// The values of a table's column in a stored batch: the initial value where the column is younger than the partition,
/// and in the column's current type where that was widened since.
pub(super) fn column(stored: &RecordBatch, column: &ColumnDef) -> Result<ArrayRef> {
    let data_type = column.sql_type.arrow();
    match stored.column_by_name(&column.stored_name()) {
        Some(array) if *array.data_type() == data_type => Ok(array.clone()),
        Some(array) => Ok(cast(array, &data_type)?),
        None => match &column.initial {
            None => Ok(new_null_array(&data_type, stored.num_rows())),
            Some(initial) => {
                let one = cast(&initial.array()?, &data_type)?;
                ScalarValue::try_from_array(&one, 0)
                    .and_then(|value| value.to_array_of_size(stored.num_rows()))
                    .map_err(SqlError::internal)
            }
        },
    }
}

/// A stored batch as it is written, its columns in the [`form`] that suits them.
pub(super) fn encode(stored: &RecordBatch) -> Result<Vec<u8>> {
    let compact = form::compact(stored)?;
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &compact.schema())?;
    writer.write(&compact)?;
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}

/// What [`encode`] has written.
pub(super) fn decode(bytes: &[u8]) -> Result<RecordBatch> {
    let written = StreamReader::try_new(bytes, None)?.next();
    form::expand(written.ok_or_else(|| SqlError::internal("a partition is empty"))??)
}

/// The directory of the partitions that are files.
pub(super) fn directory(data: &Path) -> PathBuf {
    data.join("partitions")
}

pub(super) fn file(data: &Path, id: u64) -> PathBuf {
    directory(data).join(format!("{id}.arrow"))
}

/// Writes a partition's file; with `durable` it survives a power failure, once [`sync_directory`] has also been called.
pub(super) fn write_file(data: &Path, id: u64, bytes: &[u8], durable: bool) -> Result<()> {
    let path = file(data, id);
    let written = File::create(&path).and_then(|mut file| {
        file.write_all(bytes)?;
        if durable { file.sync_all() } else { Ok(()) }
    });
    written.map_err(|error| SqlError::internal(format_args!("cannot write {}: {error}", path.display())))
}

/// Makes the names of new files durable.
pub(super) fn sync_directory(data: &Path) -> Result<()> {
    let path = directory(data);
    File::open(&path)
        .and_then(|directory| directory.sync_all())
        .map_err(|error| SqlError::internal(format_args!("cannot sync {}: {error}", path.display())))
}
