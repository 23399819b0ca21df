//! Publishing a transaction: one write of the metadata store makes all of it durable.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::record_batch::RecordBatch;
use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension, params};

use super::partition::{self, Partition, PartitionKind};
use super::scan;
use super::table::{Change, Deletion, Image};
use super::transaction::Overlay;
use super::{Seq, Storage, Transaction, object_name, parallel};
use crate::catalog::ObjectId;
use crate::clock::Micros;
use crate::error::{Result, SqlError};

/// What a transaction writes.
struct Prepared {
    partitions: Vec<Encoded>,
    /// Where the copies of rows that it takes away begin, by the partition they are in.
    images: HashMap<(ObjectId, u64), Image>,
}

/// A pending partition in the form it is written in.
struct Encoded {
    table: ObjectId,
    kind: PartitionKind,
    id: u64,
    batch: RecordBatch,
    bytes: usize,
    /// None when it has been written to a file.
    inline: Option<Vec<u8>>,
}

impl Storage {
    pub(super) fn take_partition(&self) -> u64 {
        self.0.next_partition.fetch_add(1, Ordering::Relaxed)
    }

    /// The identity that [`Storage::take_partition`] gives next.
    pub(super) fn next_partition(&self) -> u64 {
        self.0.next_partition.load(Ordering::Relaxed)
    }

    pub(super) fn take_rows(&self, count: u64) -> u64 {
        self.0.next_row.fetch_add(count, Ordering::Relaxed)
    }

    pub(super) fn commit(&self, transaction: &Transaction) -> Result<Seq> {
        if transaction.is_empty() {
            return Ok(self.current_seq());
        }
        // Everything slow happens before the store is locked: encoding, and files with their syncs.
        let prepared = self.prepare(transaction)?;
        let written = self.0.store.write_together(|connection| self.publish(connection, transaction, &prepared));
        match &written {
            Ok(_) if self.0.store.is_writing() => {}
            Ok(_) => {
                for table in transaction.tables.keys() {
                    self.compact_if_due(*table);
                }
            }
            Err(_) => self.discard(&prepared.partitions),
        }
        written
    }

    fn prepare(&self, transaction: &Transaction) -> Result<Prepared> {
        let directory = self.0.store.directory();
        let durable = !self.0.store.is_temporary();
        let mut images = HashMap::new();
        let mut tables: Vec<_> = transaction.tables.iter().collect();
        tables.sort_by_key(|(table, _)| **table);
        let mut partitions = Vec::new();
        for (table, overlay) in tables {
            let taken = self.images(*table, overlay)?;
            images.extend(taken.places.into_iter().map(|(partition, image)| ((*table, partition), image)));
            partitions.extend(merged(overlay)?.into_iter().map(|(kind, id, batch)| (*table, kind, id, batch)));
            let taken = taken.partitions.into_iter();
            partitions.extend(taken.map(|(id, batch)| (*table, PartitionKind::Image, id, batch)));
        }
        let partitions = parallel::map(partitions, |(table, kind, id, batch)| {
            let bytes = partition::encode(&batch)?;
            let length = bytes.len();
            let inline = if length > partition::INLINE_BYTES {
                partition::write_file(directory, id, &bytes, durable)?;
                None
            } else {
                Some(bytes)
            };
            Ok(Encoded { table, kind, id, batch, bytes: length, inline })
        })?;
        let files = partitions.iter().any(|partition| partition.inline.is_none());
        if files && durable {
            partition::sync_directory(directory)?;
        }
        Ok(Prepared { partitions, images })
    }

    /// Removes the files of a commit that failed; what cannot be removed goes at the next start.
    fn discard(&self, encoded: &[Encoded]) {
        for partition in encoded.iter().filter(|partition| partition.inline.is_none()) {
            let path = partition::file(self.0.store.directory(), partition.id);
            if let Err(error) = std::fs::remove_file(&path) {
                tracing::warn!(%error, path = %path.display(), "cannot remove the file of a failed commit");
            }
        }
    }

    fn publish(&self, connection: &Connection, transaction: &Transaction, prepared: &Prepared) -> Result<Seq> {
        let seq = self.new_version(connection)?;
        let mut changes: HashMap<ObjectId, Change> = HashMap::new();
        for new in &prepared.partitions {
            let partition = Partition {
                id: new.id,
                data: new.id,
                first: 0,
                kind: new.kind,
                rows: new.batch.num_rows() as u32,
                bytes: new.bytes as u64,
                added: seq,
            };
            insert_data(connection, new.id, partition.rows, new.bytes, new.inline.as_deref())?;
            insert_partition(connection, new.table, &partition)?;
            let change = changes.entry(new.table).or_default();
            match new.kind {
                PartitionKind::Image => change.images.push(Arc::new(partition)),
                PartitionKind::Insert | PartitionKind::Update => change.added.push(Arc::new(partition)),
            }
        }
        for (table, overlay) in &transaction.tables {
            for (id, positions) in overlay.deleted.iter().filter(|(_, positions)| !positions.is_empty()) {
                self.check_still_there(connection, *table, *id, positions)?;
                let image = prepared.images.get(&(*table, *id)).copied();
                let deletion = Deletion { seq, positions: positions.clone(), image };
                insert_deletion(connection, *table, *id, &deletion)?;
                changes.entry(*table).or_default().deleted.push((*id, deletion));
            }
        }
        for (stream, consumption) in &transaction.consumed {
            self.advance_stream(*stream, *consumption)?;
        }
        let rows = prepared.partitions.iter().map(|new| (new.id, new.batch.clone())).collect();
        self.publish_on_commit(seq, changes, rows);
        Ok(seq)
    }

    /// Makes the next version, committed now.
    pub(super) fn new_version(&self, connection: &Connection) -> Result<Seq> {
        let (last, last_at) = last_version(connection)?;
        let seq = last.0 as i64 + 1;
        connection
            .prepare_cached("INSERT INTO commits VALUES (?1, ?2)")?
            .execute(params![seq, self.0.clock.now().max(last_at)])?;
        self.0.store.set_meta("next_partition", self.next_partition() as i64)?;
        self.0.store.set_meta("next_row", self.0.next_row.load(Ordering::Relaxed) as i64)?;
        Ok(Seq(seq as u64))
    }

    /// Makes a version readable once the store has committed it.
    pub(super) fn publish_on_commit(
        &self,
        seq: Seq,
        changes: HashMap<ObjectId, Change>,
        rows: Vec<(u64, RecordBatch)>,
    ) {
        let storage = self.clone();
        self.0.store.on_commit(move || {
            for (table, change) in changes {
                storage.versions_mut(table).write().apply(seq, &change);
            }
            for (data, batch) in rows {
                storage.0.cache.put(data, batch);
            }
            storage.0.current.store(seq.0, Ordering::Release);
            // Not before: who is woken earlier looks at the version before this one, and is not woken again.
            storage.0.commits.send_replace(seq);
        });
    }

    /// Rows of committed partitions can only be removed once; the locks see to it, this makes sure.
    fn check_still_there(
        &self,
        connection: &Connection,
        table: ObjectId,
        id: u64,
        positions: &RoaringBitmap,
    ) -> Result<()> {
        let Some(versions) = self.versions(table) else { return Ok(()) };
        let gone = versions.read().entry(id).map(|entry| entry.deleted_at(Seq(u64::MAX)));
        let mut again = gone.is_some_and(|gone| !gone.is_disjoint(positions));
        // What has been written, and is not in memory before it is durable.
        let mut written =
            connection.prepare_cached("SELECT positions FROM deletions WHERE partition = ?1 AND seq > ?2")?;
        let mut rows = written.query(params![id as i64, self.current_seq().0 as i64])?;
        while let Some(row) = rows.next()? {
            let gone = RoaringBitmap::deserialize_from(row.get_ref(0)?.as_blob().map_err(SqlError::internal)?)?;
            again |= !gone.is_disjoint(positions);
        }
        if again {
            return Err(SqlError::new(
                625,
                "57014",
                format!(
                    "Table '{}' was changed by another transaction after this one had read it; run it again.",
                    object_name(&self.0.store, table)
                ),
            ));
        }
        Ok(())
    }
}

/// The last version and when it was made.
pub(super) fn last_version(connection: &Connection) -> Result<(Seq, Micros)> {
    let last: Option<(i64, Micros)> = connection
        .prepare_cached("SELECT seq, committed_at FROM commits ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(last.map_or_else(Default::default, |(seq, at)| (Seq(seq as u64), at)))
}

/// Partitions that are being put together.
struct Open {
    kind: PartitionKind,
    id: u64,
    batches: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
}

/// The partitions of a transaction, small ones of a kind put together where no location of theirs is in use.
fn merged(overlay: &Overlay) -> Result<Vec<(PartitionKind, u64, RecordBatch)>> {
    let mut whole = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for pending in &overlay.added {
        let rows = pending.batch.num_rows();
        if rows >= scan::SMALL || overlay.deleted.contains_key(&pending.id) {
            whole.push((pending.kind, pending.id, pending.batch.clone()));
            continue;
        }
        let bytes = partition::size(&pending.batch)?;
        let fits = open.iter_mut().find(|group| {
            group.kind == pending.kind
                && group.rows < scan::ENOUGH
                && group.bytes < scan::ENOUGH_BYTES
                && group.batches[0].schema() == pending.batch.schema()
        });
        match fits {
            Some(group) => {
                group.batches.push(pending.batch.clone());
                group.rows += rows;
                group.bytes += bytes;
            }
            None => {
                let batches = vec![pending.batch.clone()];
                open.push(Open { kind: pending.kind, id: pending.id, batches, rows, bytes });
            }
        }
    }
    for group in open {
        whole.push((group.kind, group.id, concat_batches(&group.batches[0].schema(), &group.batches)?));
    }
    whole.sort_by_key(|(_, id, _)| *id);
    Ok(whole)
}

pub(super) fn insert_data(
    connection: &Connection,
    id: u64,
    rows: u32,
    bytes: usize,
    inline: Option<&[u8]>,
) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO data (id, rows, bytes, file, content) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![id as i64, rows, bytes as i64, inline.is_none(), inline])?;
    Ok(())
}

pub(super) fn insert_partition(connection: &Connection, table: ObjectId, partition: &Partition) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO partitions (id, table_id, data, first, kind, rows, bytes, added_seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            partition.id as i64,
            table.0,
            partition.data as i64,
            partition.first,
            partition.kind.code(),
            partition.rows,
            partition.bytes as i64,
            partition.added.0 as i64
        ])?;
    Ok(())
}

pub(super) fn insert_deletion(
    connection: &Connection,
    table: ObjectId,
    partition: u64,
    deletion: &Deletion,
) -> Result<()> {
    let mut positions = RoaringBitmap::clone(&deletion.positions);
    positions.optimize();
    let mut bytes = Vec::with_capacity(positions.serialized_size());
    positions.serialize_into(&mut bytes)?;
    connection.prepare_cached("INSERT INTO deletions VALUES (?1, ?2, ?3)")?.execute(params![
        partition as i64,
        deletion.seq.0 as i64,
        bytes
    ])?;
    if let Some(image) = deletion.image {
        connection.prepare_cached("INSERT INTO images VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
            table.0,
            deletion.seq.0 as i64,
            partition as i64,
            image.id as i64,
            image.first
        ])?;
    }
    Ok(())
}
