//! Offsets of streams.

use rusqlite::{OptionalExtension, params};

use super::transaction::Consumption;
use super::{Seq, Storage, object_name};
use crate::catalog::ObjectId;
use crate::clock::Micros;
use crate::error::{Result, SqlError};

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

impl Storage {
    /// Where a stream stands; none when it has no offset (it is not a stream, or was purged).
    pub fn stream_state(&self, stream: ObjectId) -> Result<Option<StreamState>> {
        self.0.store.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT seq, advanced_at, initial FROM streams WHERE stream = ?1")?
                .query_row([stream.0], |row| {
                    Ok(StreamState {
                        offset: Seq(row.get::<_, i64>(0)? as u64),
                        advanced_at: row.get(1)?,
                        initial: row.get(2)?,
                    })
                })
                .optional()?)
        })
    }

    /// Puts a stream at a version, when it is created; with `initial` it returns the rows of that version until it is
    /// first consumed. Inside of [`crate::catalog::Catalog::transaction`] it is part of it.
    pub fn set_stream(&self, stream: ObjectId, offset: Seq, initial: bool) -> Result<()> {
        self.put(stream, offset, initial)
    }

    pub(super) fn advance_stream(&self, stream: ObjectId, consumption: Consumption) -> Result<()> {
        let state = self.stream_state(stream)?;
        if state != Some(consumption.from) {
            return Err(SqlError::new(
                625,
                "57014",
                format!(
                    "Stream '{}' was consumed by another transaction after this one had read it; run it again.",
                    object_name(&self.0.store, stream)
                ),
            ));
        }
        let from = consumption.from;
        let offset = if from.initial { from.offset } else { from.offset.max(consumption.to) };
        self.put(stream, offset, false)
    }

    fn put(&self, stream: ObjectId, offset: Seq, initial: bool) -> Result<()> {
        self.0.store.write(|connection| {
            connection.prepare_cached("INSERT OR REPLACE INTO streams VALUES (?1, ?2, ?3, ?4)")?.execute(params![
                stream.0,
                offset.0 as i64,
                self.0.clock.now(),
                initial
            ])?;
            Ok(())
        })
    }
}
