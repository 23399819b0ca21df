//! Putting the rows of many small partitions into one place.
//!
//! Only the place of rows changes: partitions keep their identities, versions, deletions and row identities. So neither
//! the past nor streams nor open transactions can tell, and a stream still reads only what changed.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::record_batch::RecordBatch;
use rusqlite::params;

use super::Storage;
use super::commit::insert_data;
use super::partition::{self, Partition};
use super::scan::{ENOUGH, ENOUGH_BYTES, SMALL};
use crate::catalog::ObjectId;
use crate::error::Result;

/// So many small partitions since the last time make a compaction due.
const DUE: usize = 64;

/// Partitions that go into one place.
#[derive(Default)]
struct Group {
    partitions: Vec<Arc<Partition>>,
    batches: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
}

impl Storage {
    /// Compacts a table when enough small partitions have come. A failure is only logged: nothing depends on it.
    pub(super) fn compact_if_due(&self, table: ObjectId) {
        let due = self.versions(table).is_some_and(|versions| versions.read().small() >= DUE);
        if due && let Err(error) = self.compact(table) {
            tracing::warn!(%error, %table, "cannot compact a table");
        }
    }

    /// Puts the rows of a table's small partitions together.
    pub(super) fn compact(&self, table: ObjectId) -> Result<()> {
        let Some(_alone) = self.0.compacting.try_lock() else { return Ok(()) };
        let Some(versions) = self.versions(table) else { return Ok(()) };
        let (live, images): (Vec<_>, Vec<_>) = {
            let versions = versions.read();
            (versions.live().cloned().collect(), versions.images().cloned().collect())
        };
        // Rows and copies apart: copies are not kept as long.
        let mut groups = self.small_groups(live)?;
        groups.extend(self.small_groups(images)?);
        let mut moved = Vec::new();
        let mut places = Vec::new();
        for group in groups.iter().filter(|group| group.partitions.len() > 1) {
            let (id, bytes) = (self.take_partition(), concat_batches(&group.batches[0].schema(), &group.batches)?);
            let mut first = 0;
            for partition in &group.partitions {
                moved.push((partition.data, Partition { data: id, first, ..Partition::clone(partition) }));
                first += partition.rows;
            }
            places.push((id, bytes));
        }
        self.relocate(table, moved, places)
    }

    /// The small ones of these partitions with their rows, in groups that fit into one place.
    fn small_groups(&self, partitions: Vec<Arc<Partition>>) -> Result<Vec<Group>> {
        let mut sizes: HashMap<u64, (usize, u64)> = HashMap::new();
        for partition in &partitions {
            let (rows, bytes) = sizes.entry(partition.data).or_default();
            *rows += partition.rows as usize;
            *bytes += partition.bytes;
        }
        let small = |partition: &Arc<Partition>| {
            let (rows, bytes) = sizes[&partition.data];
            rows < SMALL && bytes < ENOUGH_BYTES as u64 / 4
        };
        let mut groups = vec![Group::default()];
        for partition in partitions.into_iter().filter(small) {
            let batch = self.load(&partition)?;
            let last = groups.len() - 1;
            let fits = groups[last].rows < ENOUGH
                && groups[last].bytes < ENOUGH_BYTES
                && groups[last].batches.first().is_none_or(|first| first.schema() == batch.schema());
            if !fits {
                groups.push(Group::default());
            }
            let last = groups.len() - 1;
            groups[last].rows += batch.num_rows();
            groups[last].bytes += partition::size(&batch)?;
            groups[last].batches.push(batch);
            groups[last].partitions.push(partition);
        }
        Ok(groups)
    }

    fn relocate(&self, table: ObjectId, moved: Vec<(u64, Partition)>, places: Vec<(u64, RecordBatch)>) -> Result<()> {
        let Some(versions) = self.versions(table) else { return Ok(()) };
        let (directory, durable) = (self.0.store.directory(), !self.0.store.is_temporary());
        let mut encoded = Vec::new();
        for (id, batch) in places {
            let bytes = partition::encode(&batch)?;
            let file = bytes.len() > partition::INLINE_BYTES;
            if file {
                partition::write_file(directory, id, &bytes, durable)?;
            }
            encoded.push((id, batch, bytes, file));
        }
        if durable && encoded.iter().any(|(.., file)| *file) {
            partition::sync_directory(directory)?;
        }
        self.0.store.write(|connection| {
            for (id, batch, bytes, file) in &encoded {
                let inline = (!file).then_some(bytes.as_slice());
                insert_data(connection, *id, batch.num_rows() as u32, bytes.len(), inline)?;
            }
            let mut files = Vec::new();
            for (old, partition) in &moved {
                connection
                    .prepare_cached("UPDATE partitions SET data = ?2, first = ?3 WHERE id = ?1")?
                    .execute(params![partition.id as i64, partition.data as i64, partition.first])?;
                let mut unused = connection.prepare_cached(
                    "DELETE FROM data WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM partitions p WHERE p.data = data.id)
                     RETURNING file",
                )?;
                let gone = unused.query_map([*old as i64], |row| row.get(0))?.collect::<Result<Vec<bool>, _>>()?;
                if gone.contains(&true) {
                    files.push(*old);
                }
            }
            self.0.store.set_meta("next_partition", self.next_partition() as i64)?;
            let storage = self.clone();
            self.0.store.on_commit(move || {
                for (id, batch, ..) in encoded {
                    storage.0.cache.put(id, batch);
                }
                for (old, _) in &moved {
                    storage.0.cache.remove(*old);
                }
                versions.write().relocate(moved.into_iter().map(|(_, partition)| partition).collect());
                storage.remove_files(&files);
            });
            Ok(())
        })
    }
}
