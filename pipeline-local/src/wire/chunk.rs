//! Results too large for one answer, cut into chunks that clients fetch by an address nobody guesses.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::arrow::ArrowRows;
use super::cell::{CellStyle, RowWriter, arrays_of};
use crate::Result;
use crate::session::Session;
use crate::statement::QueryResult;

/// About how much text goes into the answer itself.
const INLINE_BYTES: usize = 100 << 10;
/// The size of the first chunk; each further one is twice as large, up to the last size.
const FIRST_CHUNK: usize = 1 << 20;
const LARGEST_CHUNK: usize = 16 << 20;
/// How many bytes of chunks are kept; the newest result's are kept whatever their size.
const MAX_KEPT: usize = 1 << 30;

/// In which form a client receives rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Arrow,
}

impl Format {
    /// What the session of a client asks for. Only these clients read Arrow, each by a parameter of its own.
    ///
    /// <https://docs.snowflake.com/en/developer-guide/python-connector/python-connector-pandas>
    pub(super) fn of(session: &Session) -> Self {
        let parameter = match session.client.split(' ').next() {
            Some("PythonConnector") => "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT",
            Some("Go") => "GO_QUERY_RESULT_FORMAT",
            Some("JDBC") => "JDBC_QUERY_RESULT_FORMAT",
            Some("ODBC") => "ODBC_QUERY_RESULT_FORMAT",
            _ => return Self::Json,
        };
        if session.parameters.text(parameter).starts_with("ARROW") { Self::Arrow } else { Self::Json }
    }
}

/// The first rows of a result, which are in the answer itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Inline {
    /// An array.
    Json(String),
    /// An Arrow stream in Base64.
    Arrow(String),
}

/// The rows of a result as clients receive them.
#[derive(Debug)]
pub(super) struct EncodedRows {
    /// The first rows.
    pub(super) inline: Inline,
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
    pub(super) fn encode(&self, result: &QueryResult, format: Format) -> Result<EncodedRows> {
        let encoded = match format {
            Format::Json => encode_json(result)?,
            Format::Arrow => encode_arrow(result)?,
        };
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

    /// One chunk: JSON rows with commas between them, or an Arrow stream.
    pub(super) fn get(&self, secret: &str, number: usize) -> Option<Bytes> {
        let set = self.kept.lock().iter().find(|set| set.secret == secret).cloned()?;
        set.chunks.get(number).map(|(body, _)| body.clone())
    }
}

/// How many bytes the piece of this number should have; the first is in the answer itself.
fn limit(piece: usize) -> usize {
    match piece.checked_sub(1) {
        None => INLINE_BYTES,
        Some(chunk) => (FIRST_CHUNK << chunk.min(8)).min(LARGEST_CHUNK),
    }
}

fn chunk_set(chunks: Vec<(Bytes, usize)>) -> Option<Arc<ChunkSet>> {
    let secret = || URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>());
    (!chunks.is_empty()).then(|| Arc::new(ChunkSet { secret: secret(), chunks }))
}

fn encode_arrow(result: &QueryResult) -> Result<EncodedRows> {
    let mut pieces = ArrowRows::new(result)?.pieces(limit)?.into_iter();
    let (inline, rows) = pieces.next().unwrap_or_default();
    let chunks: Vec<_> = pieces.map(|(body, rows)| (Bytes::from(body), rows)).collect();
    let total = rows + chunks.iter().map(|(_, rows)| rows).sum::<usize>();
    Ok(EncodedRows { inline: Inline::Arrow(STANDARD.encode(inline)), total, chunks: chunk_set(chunks) })
}

fn encode_json(result: &QueryResult) -> Result<EncodedRows> {
    let mut writer = ChunkWriter::default();
    for batch in &result.batches {
        let arrays = arrays_of(batch, &result.columns)?;
        let rows = RowWriter::new(&arrays, &result.columns, CellStyle::DRIVER)?;
        for row in 0..batch.num_rows() {
            writer.next_row();
            rows.write(row, &mut writer.text);
        }
    }
    Ok(writer.finish())
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
        let piece = if self.inline.is_some() { self.chunks.len() + 1 } else { 0 };
        if self.text.len() >= limit(piece) {
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
        let inline = Inline::Json(format!("[{}]", self.inline.unwrap_or_default()));
        EncodedRows { inline, total: self.total, chunks: chunk_set(self.chunks) }
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
            let encoded = store.encode(&texts(rows, 1), Format::Json).unwrap();
            assert_eq!((encoded.inline, encoded.total), (Inline::Json(expected.to_owned()), rows));
            assert!(encoded.chunks.is_none());
        }
    }

    #[test]
    fn the_pieces_of_a_large_result_hold_every_row_once() {
        let store = ChunkStore::default();
        let encoded = store.encode(&texts(6_000, 1000), Format::Json).unwrap();
        let Inline::Json(inline) = encoded.inline else { panic!("{:?}", encoded.inline) };
        let set = encoded.chunks.unwrap();
        let described = set.describe("http://h");
        assert!(described.as_array().unwrap().len() >= 3, "{described}");
        let mut all: Vec<Vec<String>> = serde_json::from_str(&inline).unwrap();
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
