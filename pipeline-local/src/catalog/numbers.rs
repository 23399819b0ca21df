//! Numbers of sequences and AUTOINCREMENT columns.

use rusqlite::{OptionalExtension, params};

use super::def::Increment;
use super::{Catalog, ObjectId};
use crate::error::{Result, SqlError};

impl Catalog {
    /// Takes `count` numbers of a sequence (slot 0) or of an AUTOINCREMENT column (its table, and the column's id as the
    /// slot) and returns the first; the others follow in steps. Numbers once taken are never given again, also when the
    /// statement fails.
    ///
    /// # Errors
    /// When the numbers leave the range of 64 bits.
    pub fn take_numbers(&self, object: ObjectId, slot: u32, increment: Increment, count: u64) -> Result<i64> {
        self.store.write_together(|connection| {
            let first: i64 = connection
                .prepare_cached("SELECT next FROM counters WHERE object = ?1 AND slot = ?2")?
                .query_row(params![object.0, slot], |row| row.get(0))
                .optional()?
                .unwrap_or(increment.start);
            let next = i64::try_from(count)
                .ok()
                .and_then(|count| increment.step.checked_mul(count))
                .and_then(|distance| first.checked_add(distance))
                .ok_or_else(|| SqlError::new(100_039, "22003", "Sequence or autoincrement number out of range"))?;
            connection
                .prepare_cached(
                    "INSERT INTO counters VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET next = excluded.next",
                )?
                .execute(params![object.0, slot, next])?;
            Ok(first)
        })
    }

    /// The number that [`Catalog::take_numbers`] would give next.
    pub fn next_number(&self, object: ObjectId, slot: u32, increment: Increment) -> Result<i64> {
        self.store.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT next FROM counters WHERE object = ?1 AND slot = ?2")?
                .query_row(params![object.0, slot], |row| row.get(0))
                .optional()?
                .unwrap_or(increment.start))
        })
    }

    /// Lets the AUTOINCREMENT columns of a clone go on where those of the original are.
    pub fn copy_numbers(&self, original: ObjectId, clone: ObjectId) -> Result<()> {
        self.store.write(|connection| {
            connection
                .prepare_cached("INSERT INTO counters SELECT ?2, slot, next FROM counters WHERE object = ?1")?
                .execute([original.0, clone.0])?;
            Ok(())
        })
    }
}
