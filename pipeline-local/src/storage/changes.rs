//! The difference between two versions of a table, at a cost in proportion to what changed.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, BooleanArray, StringBuilder, UInt32Array, UInt64Array};
use datafusion::arrow::compute::{concat_batches, take_record_batch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt64Type};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::arrow::row::{RowConverter, SortField};
use roaring::RoaringBitmap;

use super::partition::{Partition, PartitionKind};
use super::scan::{Extra, Piece, Rows};
use super::{METADATA_ACTION, METADATA_ISUPDATE, METADATA_ROW_ID, ROW_ID, Seq, Storage};
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
        match mode {
            StreamMode::AppendOnly => {
                let inserted = self.select_rows(def, self.appended(table, from, to)?)?;
                let count = inserted.num_rows();
                finish(table, def, vec![(inserted, "INSERT", vec![false; count])])
            }
            StreamMode::Standard => {
                let (removed, added) = self.difference(table, from, to)?;
                let removed = self.select_rows(def, removed)?;
                let added = self.select_rows(def, added)?;
                let (removed, removed_updates, added, added_updates) = net(removed, added)?;
                finish(table, def, vec![(removed, "DELETE", removed_updates), (added, "INSERT", added_updates)])
            }
        }
    }

    /// All rows of a version in the form of [`Storage::changes`], as inserted rows: what a stream with
    /// SHOW_INITIAL_ROWS returns until it is first consumed.
    pub fn initial_rows(&self, table: ObjectId, def: &TableDef, at: Seq) -> Result<Vec<RecordBatch>> {
        let Some(versions) = self.versions(table) else { return Ok(vec![RecordBatch::new_empty(output_schema(def))]) };
        let versions = versions.read();
        self.check_readable(table, &versions, at)?;
        let selections = versions
            .visible(at)
            .into_iter()
            .map(|entry| (entry.partition.clone(), all(&entry.partition) - &*entry.deleted_at(at)))
            .collect();
        drop(versions);
        let rows = self.select_rows(def, selections)?;
        let count = rows.num_rows();
        finish(table, def, vec![(rows, "INSERT", vec![false; count])])
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
    /// in both.
    fn difference(&self, table: ObjectId, from: Seq, to: Seq) -> Result<(Vec<Selection>, Vec<Selection>)> {
        let Some(versions) = self.versions(table).filter(|_| from < to) else { return Ok(Default::default()) };
        let versions = versions.read();
        self.check_readable(table, &versions, from)?;
        let removed = versions
            .shrunk_between(from, to)
            .into_iter()
            .map(|entry| (entry.partition.clone(), entry.deleted_between(from, to)))
            .collect();
        let added = versions
            .added_between(from, to)
            .iter()
            .map(|entry| (entry.partition.clone(), all(&entry.partition) - &*entry.deleted_at(to)))
            .collect();
        Ok((removed, added))
    }

    /// The columns of the table and [`super::ROW_ID`] of the selected rows, as one batch.
    fn select_rows(&self, def: &TableDef, selections: Vec<Selection>) -> Result<RecordBatch> {
        let mut fields: Vec<Arc<Field>> =
            def.columns.iter().map(|column| column.sql_type.field_ref(&column.name, true)).collect();
        fields.push(Arc::new(Field::new(ROW_ID, DataType::UInt64, false)));
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let pieces: Vec<Piece> = selections
            .into_iter()
            .filter(|(_, positions)| !positions.is_empty())
            .map(|(partition, positions)| Piece {
                hidden: Arc::new(all(&partition) - positions),
                rows: Rows::Committed(partition),
            })
            .collect();
        let columns: Vec<&ColumnDef> = def.columns.iter().collect();
        Ok(concat_batches(&schema, &self.read(&pieces, &columns, Extra::RowIds)?)?)
    }
}

fn all(partition: &Partition) -> RoaringBitmap {
    let mut all = RoaringBitmap::new();
    all.insert_range(0..partition.rows);
    all
}

fn ids(rows: &RecordBatch) -> &UInt64Array {
    rows.column(rows.num_columns() - 1).as_primitive::<UInt64Type>()
}

/// Takes out the rows that are the same before and after, and marks those that are two images of one row.
fn net(removed: RecordBatch, added: RecordBatch) -> Result<(RecordBatch, Vec<bool>, RecordBatch, Vec<bool>)> {
    let before: HashMap<u64, u32> = ids(&removed).values().iter().copied().zip(0..).collect();
    let pairs: Vec<(u32, u32)> =
        ids(&added).values().iter().zip(0..).filter_map(|(id, after)| Some((*before.get(id)?, after))).collect();
    let mut removed_updates = vec![false; removed.num_rows()];
    let mut added_updates = vec![false; added.num_rows()];
    if pairs.is_empty() {
        return Ok((removed, removed_updates, added, added_updates));
    }
    let (before, after): (Vec<u32>, Vec<u32>) = pairs.iter().copied().unzip();
    let old = take_record_batch(&removed, &UInt32Array::from(before))?;
    let new = take_record_batch(&added, &UInt32Array::from(after))?;
    let sort_fields = removed.schema().fields().iter().map(|field| SortField::new(field.data_type().clone())).collect();
    let converter = RowConverter::new(sort_fields)?;
    let (old, new) = (converter.convert_columns(old.columns())?, converter.convert_columns(new.columns())?);
    let mut keep_removed = RoaringBitmap::new();
    keep_removed.insert_range(0..removed.num_rows() as u32);
    let mut keep_added = RoaringBitmap::new();
    keep_added.insert_range(0..added.num_rows() as u32);
    for (index, (before, after)) in pairs.into_iter().enumerate() {
        if old.row(index) == new.row(index) {
            keep_removed.remove(before);
            keep_added.remove(after);
        } else {
            removed_updates[before as usize] = true;
            added_updates[after as usize] = true;
        }
    }
    let (removed, removed_updates) = keep(removed, removed_updates, &keep_removed)?;
    let (added, added_updates) = keep(added, added_updates, &keep_added)?;
    Ok((removed, removed_updates, added, added_updates))
}

fn keep(rows: RecordBatch, updates: Vec<bool>, positions: &RoaringBitmap) -> Result<(RecordBatch, Vec<bool>)> {
    if positions.len() == rows.num_rows() as u64 {
        return Ok((rows, updates));
    }
    let rows = take_record_batch(&rows, &positions.iter().collect::<UInt32Array>())?;
    let updates = positions.iter().map(|position| updates[position as usize]).collect();
    Ok((rows, updates))
}

/// The schema of changes.
fn output_schema(def: &TableDef) -> SchemaRef {
    let mut columns: Vec<ColumnDef> = def.columns.clone();
    columns.push(ColumnDef::new(METADATA_ACTION, SqlType::TEXT));
    columns.push(ColumnDef::new(METADATA_ISUPDATE, SqlType::Boolean));
    columns.push(ColumnDef::new(METADATA_ROW_ID, SqlType::TEXT));
    TableDef { columns, ..TableDef::default() }.arrow_schema()
}

fn finish(table: ObjectId, def: &TableDef, parts: Vec<(RecordBatch, &str, Vec<bool>)>) -> Result<Vec<RecordBatch>> {
    let schema = output_schema(def);
    let mut output = Vec::new();
    for (rows, action, updates) in parts {
        let count = rows.num_rows();
        if count == 0 {
            continue;
        }
        let mut actions = StringBuilder::with_capacity(count, count * action.len());
        let mut texts = StringBuilder::with_capacity(count, count * 40);
        for id in ids(&rows).values() {
            actions.append_value(action);
            texts.append_value(row_id_text(table, *id));
        }
        let mut arrays = rows.columns()[..def.columns.len()].to_vec();
        arrays.push(Arc::new(actions.finish()));
        arrays.push(Arc::new(BooleanArray::from(updates)));
        arrays.push(Arc::new(texts.finish()));
        output.push(RecordBatch::try_new(schema.clone(), arrays)?);
    }
    if output.is_empty() {
        output.push(RecordBatch::new_empty(schema));
    }
    Ok(output)
}

/// The identity of a row as text: 40 hexadecimal digits that tell the rows of a table apart and look like Snowflake's.
fn row_id_text(table: ObjectId, row: u64) -> String {
    let table = mix(table.0 as u64);
    // `mix` is a bijection: the first 16 digits alone are different for different rows of a table.
    let first = mix(row ^ table);
    let second = mix(first ^ table.rotate_left(32));
    let third = (mix(second ^ row) >> 32) as u32;
    format!("{first:016x}{second:016x}{third:08x}")
}

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
        assert_eq!(row_id_text(ObjectId(7), 1), row_id_text(ObjectId(7), 1));
        let mut seen = std::collections::HashSet::new();
        for table in 0..20 {
            for row in 0..200 {
                let text = row_id_text(ObjectId(table), row);
                assert!(text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()), "{text}");
                assert!(seen.insert(text));
            }
        }
    }
}
