//! Results in partitions: a number of rows each, encoded when somebody asks for them.

use std::io::Write as _;
use std::ops::Range;

use datafusion::arrow::array::RecordBatch;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::Result;
use crate::statement::QueryResult;
use crate::wire::cell::{CellStyle, RowWriter, arrays_of};

/// About how many bytes of the engine's memory a partition stands for.
const PARTITION_BYTES: usize = 4 << 20;

/// How the rows of a result are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Partitions {
    rows: usize,
    rows_each: usize,
}

impl Partitions {
    pub(super) fn of(result: &QueryResult) -> Self {
        let rows: usize = result.batches.iter().map(RecordBatch::num_rows).sum();
        let bytes: usize = result.batches.iter().map(RecordBatch::get_array_memory_size).sum();
        let per_row = (bytes / rows.max(1)).max(1);
        Self { rows, rows_each: (PARTITION_BYTES / per_row).max(1) }
    }

    pub(super) fn rows(self) -> usize {
        self.rows
    }

    /// How many there are; no rows are one partition too.
    pub(super) fn count(self) -> usize {
        self.rows.div_ceil(self.rows_each).max(1)
    }

    fn range(self, number: usize) -> Range<usize> {
        let start = number * self.rows_each;
        start..(start + self.rows_each).min(self.rows)
    }

    /// The rows of one partition, an array of arrays.
    ///
    /// # Errors
    /// An internal error when the result's arrays do not fit its columns.
    pub(super) fn encode(self, result: &QueryResult, number: usize, style: CellStyle) -> Result<String> {
        let wanted = self.range(number);
        let mut text = "[".to_owned();
        let mut first = 0;
        for batch in &result.batches {
            let end = first + batch.num_rows();
            let inside = wanted.start.clamp(first, end)..wanted.end.clamp(first, end);
            if !inside.is_empty() {
                let batch = batch.slice(inside.start - first, inside.len());
                let arrays = arrays_of(&batch, &result.columns)?;
                let writer = RowWriter::new(&arrays, &result.columns, style)?;
                for row in 0..batch.num_rows() {
                    if text.len() > 1 {
                        text.push(',');
                    }
                    writer.write(row, &mut text);
                }
            }
            first = end;
        }
        text.push(']');
        Ok(text)
    }

    /// `partitionInfo`; partitions after the first are sent compressed, so theirs tells both sizes.
    ///
    /// # Errors
    /// As [`Partitions::encode`].
    pub(super) fn describe(self, result: &QueryResult, style: CellStyle) -> Result<Value> {
        (0..self.count())
            .map(|number| {
                let text = self.encode(result, number, style)?;
                let mut entry = json!({ "rowCount": self.range(number).len(), "uncompressedSize": text.len() });
                if number > 0 {
                    entry["compressedSize"] = gzip(text.as_bytes()).len().into();
                }
                Ok(entry)
            })
            .collect()
    }
}

pub(super) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(plain);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::StatementType;

    #[test]
    fn the_partitions_hold_every_row_once() {
        let rows: Vec<_> = (0..9_000).map(|row| vec![Some(format!("{row:01000}"))]).collect();
        let result = QueryResult::texts(StatementType::Select, &["C"], &rows);
        let partitions = Partitions::of(&result);
        assert!(partitions.count() >= 2, "{partitions:?}");
        let described = partitions.describe(&result, CellStyle::SQL_API).unwrap();
        let mut found = Vec::new();
        for number in 0..partitions.count() {
            let text = partitions.encode(&result, number, CellStyle::SQL_API).unwrap();
            let rows: Vec<Vec<Option<String>>> = serde_json::from_str(&text).unwrap();
            assert_eq!(described[number]["rowCount"], rows.len());
            assert_eq!(described[number]["uncompressedSize"], text.len());
            found.extend(rows);
        }
        assert_eq!(found, rows);
    }

    #[test]
    fn no_rows_are_one_empty_partition() {
        let result = QueryResult::texts(StatementType::Select, &["C"], &[]);
        let partitions = Partitions::of(&result);
        assert_eq!((partitions.rows(), partitions.count()), (0, 1));
        assert_eq!(partitions.encode(&result, 0, CellStyle::SQL_API).unwrap(), "[]");
    }
}
