//! Results too large for one answer, cut into chunks that clients fetch by an address nobody guesses.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::cell::{RowWriter, arrays_of};
use crate::Result;
use crate::statement::QueryResult;

/// About how much text goes into the answer itself.
const INLINE_BYTES: usize = 100 << 10;
/// The size of the first chunk; each further one is twice as large, up to the last size.
const FIRST_CHUNK: usize = 1 << 20;
const LARGEST_CHUNK: usize = 16 << 20;
/// How many bytes of chunks are kept; the newest result's are kept whatever their size.
const MAX_KEPT: usize = 1 << 30;

/// The rows of a result as text.
#[derive(Debug)]
pub(super) struct EncodedRows {
    /// The first rows, an array.
    pub(super) inline: String,
    /// How many rows there are in all.
    pub(super) total: usize,
    /// The rest.
    pub(super) chunks: Option<Arc<ChunkSet>>,
}

/// The chunks of one result.
#[derive(Debug)]
pub(super) struct ChunkSet {
    secret: String,
    chunks: Vec<(Bytes, usize)>,
}

impl ChunkSet {
    /// The `chunks` entry of an answer, for a client that knows the server by this base URL.
    pub(super) fn describe(&self, base_url: &str) -> Value {
        let entries = self.chunks.iter().enumerate().map(|(at, (body, rows))| {
            json!({
                "url": format!("{base_url}/chunks/{}/{at}", self.secret),
                "rowCount": rows, "uncompressedSize": body.len(), "compressedSize": body.len(),
            })
        });
        entries.collect()
    }

    fn size(&self) -> usize {
        self.chunks.iter().map(|(body, _)| body.len()).sum()
    }
}

/// The chunks that clients may still fetch; the oldest make room.
#[derive(Debug, Default)]
pub(super) struct ChunkStore {
    kept: Mutex<VecDeque<Arc<ChunkSet>>>,
}

impl ChunkStore {
    /// Encodes a result and keeps its chunks.
    ///
    /// # Errors
    /// An internal error when the result's arrays do not fit its columns.
    pub(super) fn encode(&self, result: &QueryResult) -> Result<EncodedRows> {
        let mut writer = ChunkWriter::default();
        for batch in &result.batches {
            let arrays = arrays_of(batch, &result.columns)?;
            let rows = RowWriter::new(&arrays, &result.columns)?;
            for row in 0..batch.num_rows() {
                writer.next_row();
                rows.write(row, &mut writer.text);
            }
        }
        let encoded = writer.finish();
        if let Some(set) = &encoded.chunks {
            let mut kept = self.kept.lock();
            kept.push_back(set.clone());
            let mut bytes: usize = kept.iter().map(|set| set.size()).sum();
            while bytes > MAX_KEPT && kept.len() > 1 {
                bytes -= kept.pop_front().map_or(0, |set| set.size());
            }
        }
        Ok(encoded)
    }

    /// One chunk, rows with commas between them.
    pub(super) fn get(&self, secret: &str, number: usize) -> Option<Bytes> {
        let set = self.kept.lock().iter().find(|set| set.secret == secret).cloned()?;
        set.chunks.get(number).map(|(body, _)| body.clone())
    }
}

#[derive(Default)]
struct ChunkWriter {
    inline: Option<String>,
    chunks: Vec<(Bytes, usize)>,
    text: String,
    rows: usize,
    total: usize,
}

impl ChunkWriter {
    /// Makes room for another row, in a new piece when the current one is full.
    fn next_row(&mut self) {
        let limit = match self.inline {
            None => INLINE_BYTES,
            Some(_) => (FIRST_CHUNK << self.chunks.len().min(8)).min(LARGEST_CHUNK),
        };
        if self.text.len() >= limit {
            self.close();
        }
        if self.rows > 0 {
            self.text.push(',');
        }
        self.rows += 1;
        self.total += 1;
    }

    fn close(&mut self) {
        let text = std::mem::take(&mut self.text);
        match self.inline {
            None => self.inline = Some(text),
            Some(_) => self.chunks.push((text.into(), self.rows)),
        }
        self.rows = 0;
    }

    fn finish(mut self) -> EncodedRows {
        if self.rows > 0 || self.inline.is_none() {
            self.close();
        }
        let inline = format!("[{}]", self.inline.unwrap_or_default());
        let chunks = (!self.chunks.is_empty()).then(|| {
            let secret = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>());
            Arc::new(ChunkSet { secret, chunks: self.chunks })
        });
        EncodedRows { inline, total: self.total, chunks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::StatementType;

    fn texts(rows: usize, width: usize) -> QueryResult {
        let rows: Vec<_> = (0..rows).map(|row| vec![Some(format!("{row:0width$}"))]).collect();
        QueryResult::texts(StatementType::Select, &["C"], &rows)
    }

    #[test]
    fn small_results_stay_in_the_answer() {
        let store = ChunkStore::default();
        for (rows, expected) in [(0, "[]"), (1, r#"[["0"]]"#), (2, r#"[["0"],["1"]]"#)] {
            let encoded = store.encode(&texts(rows, 1)).unwrap();
            assert_eq!((encoded.inline.as_str(), encoded.total), (expected, rows));
            assert!(encoded.chunks.is_none());
        }
    }

    #[test]
    fn the_pieces_of_a_large_result_hold_every_row_once() {
        let store = ChunkStore::default();
        let encoded = store.encode(&texts(6_000, 1000)).unwrap();
        let set = encoded.chunks.unwrap();
        let described = set.describe("http://h");
        assert!(described.as_array().unwrap().len() >= 3, "{described}");
        let mut all: Vec<Vec<String>> = serde_json::from_str(&encoded.inline).unwrap();
        assert!(all.len() < 200, "{}", all.len());
        for (number, entry) in described.as_array().unwrap().iter().enumerate() {
            let body = store.get(&set.secret, number).unwrap();
            let rows: Vec<Vec<String>> =
                serde_json::from_str(&format!("[{}]", std::str::from_utf8(&body).unwrap())).unwrap();
            assert_eq!(
                (rows.len(), body.len()),
                (entry["rowCount"].as_u64().unwrap() as usize, entry["uncompressedSize"].as_u64().unwrap() as usize)
            );
            all.extend(rows);
        }
        assert_eq!(all.len(), encoded.total);
        assert!(all.iter().enumerate().all(|(at, row)| row[0].parse::<usize>() == Ok(at)));
        assert!(store.get("guess", 0).is_none());
    }
}
