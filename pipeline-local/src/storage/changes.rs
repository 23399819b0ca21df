//! The difference between two versions of a table, at a cost in proportion to what changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, StringArray, StringBuilder, UInt64Array};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use roaring::RoaringBitmap;

use super::net::{Changed, ids, net};
use super::partition::{Partition, PartitionKind};
use super::scan::{Extra, Piece, Rows, rows_without_columns};
use super::{METADATA_ACTION, METADATA_ISUPDATE, METADATA_ROW_ID, Seq, Storage};
use crate::catalog::ObjectId;
use crate::catalog::def::{ColumnDef, StreamMode, TableDef};
use crate::error::Result;
use crate::types::SqlType;

/// Some rows of a partition.
type Selection = (Arc<Partition>, RoaringBitmap);

impl Storage {
    /// The changes of a table after version `from` up to version `to`: its columns, then [`METADATA_ACTION`] (Utf8),
    /// [`METADATA_ISUPDATE`] (Boolean) and [`METADATA_ROW_ID`] (Utf8).
    ///
    /// In [`StreamMode::Standard`] they are net: applying them to the first version gives the second, and a row that is
    /// the same in both does not occur.
    ///
    /// <https://docs.snowflake.com/en/user-guide/streams-intro>
    pub fn changes(
        &self,
        table: ObjectId,
        def: &TableDef,
        from: Seq,
        to: Seq,
        mode: StreamMode,
    ) -> Result<Vec<RecordBatch>> {
        self.changed_columns(table, def, (from, to), mode, &all_columns(def))
    }

    /// Like [`Storage::changes`] between two versions, only the columns with these indexes, in this order.
    pub fn changed_columns(
        &self,
        table: ObjectId,
        def: &TableDef,
        (from, to): (Seq, Seq),
        mode: StreamMode,
        columns: &[usize],
    ) -> Result<Vec<RecordBatch>> {
        let wanted = Wanted::new(table, def, columns);
        match mode {
            StreamMode::AppendOnly => {
                let inserted = self.select_rows(&self.appended(table, from, to)?, &wanted.read)?;
                wanted.finish(vec![(inserted, "INSERT")])
            }
            StreamMode::Standard => {
                let (removed, added) = self.difference(table, from, to)?;
                // Only a new version of a row can be the other half of a change, or the same as before.
                let updates = added.iter().any(|(partition, _)| partition.kind == PartitionKind::Update);
                if removed.is_empty() || !updates {
                    let removed = self.select_rows(&removed, &wanted.read)?;
                    let added = self.select_rows(&added, &wanted.read)?;
                    return wanted.finish(vec![(removed, "DELETE"), (added, "INSERT")]);
                }
                let whole = Wanted { read: Read::all(def), ..wanted };
                let removed = self.select_rows(&removed, &whole.read)?;
                let added = self.select_rows(&added, &whole.read)?;
                let (removed, added) = net(removed, added)?;
                whole.finish(vec![(removed, "DELETE"), (added, "INSERT")])
            }
        }
    }

    /// All rows of a version in the form of [`Storage::changes`], as inserted rows: what a stream with
    /// SHOW_INITIAL_ROWS returns until it is first consumed.
    pub fn initial_rows(&self, table: ObjectId, def: &TableDef, at: Seq) -> Result<Vec<RecordBatch>> {
        self.initial_columns(table, def, at, &all_columns(def))
    }

    /// Like [`Storage::initial_rows`], only the columns with these indexes, in this order.
    pub fn initial_columns(
        &self,
        table: ObjectId,
        def: &TableDef,
        at: Seq,
        columns: &[usize],
    ) -> Result<Vec<RecordBatch>> {
        let wanted = Wanted::new(table, def, columns);
        let mut selections = Vec::new();
        if let Some(versions) = self.versions(table) {
            let versions = versions.read();
            self.check_readable(table, &versions, at)?;
            for entry in versions.visible(at) {
                selections.push((entry.partition.clone(), all(&entry.partition) - &*entry.deleted_at(at)));
            }
        }
        wanted.finish(vec![(self.select_rows(&selections, &wanted.read)?, "INSERT")])
    }

    /// Whether [`Storage::changes`] may return rows, from metadata alone: never false when it does.
    pub fn has_changes(&self, table: ObjectId, from: Seq, to: Seq, mode: StreamMode) -> Result<bool> {
        if from >= to {
            return Ok(false);
        }
        let Some(versions) = self.versions(table) else { return Ok(false) };
        let versions = versions.read();
        Ok(match mode {
            StreamMode::AppendOnly => {
                versions.added_between(from, to).iter().any(|entry| entry.partition.kind == PartitionKind::Insert)
            }
            StreamMode::Standard => {
                let has_rows =
                    |entry: &super::table::Entry| entry.deleted_at(to).len() < u64::from(entry.partition.rows);
                versions.added_between(from, to).iter().any(has_rows) || !versions.shrunk_between(from, to).is_empty()
            }
        })
    }

    fn appended(&self, table: ObjectId, from: Seq, to: Seq) -> Result<Vec<Selection>> {
        let Some(versions) = self.versions(table).filter(|_| from < to) else { return Ok(Vec::new()) };
        let versions = versions.read();
        self.check_readable(table, &versions, from)?;
        let inserts = versions.added_between(from, to).iter().map(|entry| &entry.partition);
        Ok(inserts.filter(|p| p.kind == PartitionKind::Insert).map(|p| (p.clone(), all(p))).collect())
    }

    /// The rows of the first version that the second does not have, and the other way round; new versions of a row are
    /// in both. What the first has is read from copies of it where there are some.
    fn difference(&self, table: ObjectId, from: Seq, to: Seq) -> Result<(Vec<Selection>, Vec<Selection>)> {
        let Some(versions) = self.versions(table).filter(|_| from < to) else { return Ok(Default::default()) };
        let versions = versions.read();
        self.check_readable(table, &versions, from)?;
        let mut removed: BTreeMap<u64, Selection> = BTreeMap::new();
        let mut take = |partition: &Arc<Partition>, positions: &RoaringBitmap| {
            let taken = removed.entry(partition.id).or_insert_with(|| (partition.clone(), RoaringBitmap::new()));
            taken.1 |= positions;
        };
        for entry in versions.shrunk_between(from, to) {
            for deletion in entry.deletions_between(from, to) {
                match deletion.image.and_then(|image| Some((image.first, versions.image(image.id)?))) {
                    None => take(&entry.partition, &deletion.positions),
                    Some((first, copies)) => {
                        let mut positions = RoaringBitmap::new();
                        positions.insert_range(first..first + deletion.positions.len() as u32);
                        take(copies, &positions);
                    }
                }
            }
        }
        let added = versions
            .added_between(from, to)
            .iter()
            .map(|entry| (entry.partition.clone(), all(&entry.partition) - &*entry.deleted_at(to)))
            .collect();
        Ok((removed.into_values().collect(), added))
    }

    /// The selected rows.
    fn select_rows(&self, selections: &[Selection], read: &Read<'_>) -> Result<Vec<Changed>> {
        let pieces: Vec<Piece> = selections
            .iter()
            .filter(|(_, positions)| !positions.is_empty())
            .map(|(partition, positions)| Piece {
                hidden: Arc::new(all(partition) - positions),
                rows: Rows::Committed(partition.clone()),
            })
            .collect();
        if read.columns.is_empty() && !read.ids {
            let rows = pieces.iter().map(Piece::visible).sum();
            return Ok(vec![Changed::new(rows_without_columns(Arc::new(Schema::empty()), rows)?)]);
        }
        let extra = if read.ids { Extra::RowIds } else { Extra::Nothing };
        Ok(self.read(&pieces, &read.columns, extra)?.into_iter().map(Changed::new).collect())
    }
}

fn all(partition: &Partition) -> RoaringBitmap {
    let mut all = RoaringBitmap::new();
    all.insert_range(0..partition.rows);
    all
}

/// The indexes of all columns of changes.
fn all_columns(def: &TableDef) -> Vec<usize> {
    (0..def.columns.len() + 3).collect()
}

/// What is read of the rows: columns of the table, and their identities after them.
struct Read<'d> {
    columns: Vec<&'d ColumnDef>,
    /// The place of each column of the table among those that are read.
    places: Vec<Option<usize>>,
    ids: bool,
}

impl<'d> Read<'d> {
    fn all(def: &'d TableDef) -> Self {
        Self { columns: def.columns.iter().collect(), places: (0..def.columns.len()).map(Some).collect(), ids: true }
    }
}

/// The columns that are asked for.
struct Wanted<'d> {
    table: ObjectId,
    schema: SchemaRef,
    /// Their indexes.
    columns: &'d [usize],
    /// The number of the table's own columns.
    width: usize,
    read: Read<'d>,
}

impl<'d> Wanted<'d> {
    fn new(table: ObjectId, def: &'d TableDef, columns: &'d [usize]) -> Self {
        let width = def.columns.len();
        let mut read = Read { columns: Vec::new(), places: vec![None; width], ids: columns.contains(&(width + 2)) };
        for index in columns.iter().copied().filter(|index| *index < width) {
            if read.places[index].is_none() {
                read.places[index] = Some(read.columns.len());
                read.columns.push(&def.columns[index]);
            }
        }
        let schema = output_schema(def);
        let fields: Vec<_> = columns.iter().map(|index| schema.field(*index).clone()).collect();
        Self { table, schema: Arc::new(Schema::new(fields)), columns, width, read }
    }

    /// The columns that are asked for, of rows with what happened to them.
    fn finish(&self, parts: Vec<(Vec<Changed>, &str)>) -> Result<Vec<RecordBatch>> {
        let mut output = Vec::new();
        for (changed, action) in parts {
            for batch in changed.iter().filter(|batch| batch.rows.num_rows() > 0) {
                output.push(self.batch(batch, action)?);
            }
        }
        if output.is_empty() {
            output.push(RecordBatch::new_empty(self.schema.clone()));
        }
        Ok(output)
    }

    fn batch(&self, changed: &Changed, action: &str) -> Result<RecordBatch> {
        let rows = &changed.rows;
        let count = rows.num_rows();
        if self.columns.is_empty() {
            return rows_without_columns(self.schema.clone(), count);
        }
        let column = |index: &usize| -> ArrayRef {
            match index.checked_sub(self.width) {
                None => rows.column(self.read.places[*index].unwrap_or_default()).clone(),
                Some(0) => Arc::new(StringArray::from_iter_values(std::iter::repeat_n(action, count))),
                Some(1) => Arc::new(BooleanArray::new(changed.updates.clone(), None)),
                Some(_) => Arc::new(row_id_texts(self.table, ids(rows))),
            }
        };
        Ok(RecordBatch::try_new(self.schema.clone(), self.columns.iter().map(column).collect())?)
    }
}

/// The schema of changes.
fn output_schema(def: &TableDef) -> SchemaRef {
    let mut columns: Vec<ColumnDef> = def.columns.clone();
    columns.push(ColumnDef::new(METADATA_ACTION, SqlType::TEXT));
    columns.push(ColumnDef::new(METADATA_ISUPDATE, SqlType::Boolean));
    columns.push(ColumnDef::new(METADATA_ROW_ID, SqlType::TEXT));
    TableDef { columns, ..TableDef::default() }.arrow_schema()
}

/// How many characters the text of a row's identity has.
const ID_LENGTH: usize = 40;

fn row_id_texts(table: ObjectId, ids: &UInt64Array) -> StringArray {
    let mut texts = StringBuilder::with_capacity(ids.len(), ids.len() * ID_LENGTH);
    let mut text = [0; ID_LENGTH];
    for id in ids.values() {
        texts.append_value(row_id_text(table, *id, &mut text));
    }
    texts.finish()
}

/// The identity of a row as text: 40 hexadecimal digits that tell the rows of a table apart and look like Snowflake's.
fn row_id_text(table: ObjectId, row: u64, text: &mut [u8; ID_LENGTH]) -> &str {
    let table = mix(table.0 as u64);
    // `mix` is a bijection: the first 16 digits alone are different for different rows of a table.
    let first = mix(row ^ table);
    let second = mix(first ^ table.rotate_left(32));
    let third = (mix(second ^ row) >> 32) as u32;
    let bytes = first.to_be_bytes().into_iter().chain(second.to_be_bytes()).chain(third.to_be_bytes());
    for (byte, digits) in bytes.zip(text.as_chunks_mut::<2>().0) {
        *digits = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    std::str::from_utf8(text).unwrap_or_default()
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The finaliser of SplitMix64.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_row_ids_are_stable_and_differ() {
        let text = |table, row| row_id_text(ObjectId(table), row, &mut [0; ID_LENGTH]).to_owned();
        assert_eq!(text(7, 1), text(7, 1));
        let mut seen = std::collections::HashSet::new();
        for table in 0..20 {
            for row in 0..200 {
                let text = text(table, row);
                assert!(text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()), "{text}");
                assert!(seen.insert(text));
            }
        }
    }
}
