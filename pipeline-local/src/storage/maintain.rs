//! Cloning without copies, and forgetting what nobody can ask for any more.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rusqlite::{Connection, params};

use super::commit::{insert_deletion, insert_partition};
use super::partition::{self, Partition};
use super::table::{Change, Deletion};
use super::{Seq, Storage, TIMES_FROM};
use crate::catalog::ObjectId;
use crate::error::Result;

impl Storage {
    /// Gives the new table `clone` the rows that `table` has at a version, without copying them. The clone's definition
    /// must have the columns of the original with their identities.
    pub fn clone_table(&self, table: ObjectId, at: Seq, clone: ObjectId) -> Result<()> {
        let Some(versions) = self.versions(table) else { return Ok(()) };
        // Under the lock of the store, so that nothing is compacted away in between.
        self.0.store.write(|connection| {
            let shared: Vec<_> = {
                let versions = versions.read();
                self.check_readable(table, &versions, at)?;
                versions.visible(at).into_iter().map(|entry| (entry.partition.clone(), entry.deleted_at(at))).collect()
            };
            if shared.is_empty() {
                return Ok(());
            }
            let partitions: Vec<_> =
                shared.iter().map(|(original, deleted)| (self.take_partition(), original, deleted)).collect();
            let seq = self.new_version(connection)?;
            let mut change = Change::default();
            for (id, original, deleted) in partitions {
                let partition = Partition { id, added: seq, ..Partition::clone(original) };
                insert_partition(connection, clone, &partition)?;
                change.added.push(Arc::new(partition));
                if !deleted.is_empty() {
                    let deletion = Deletion { seq, positions: deleted.clone(), image: None };
                    insert_deletion(connection, clone, id, &deletion)?;
                    change.deleted.push((id, deletion));
                }
            }
            self.publish_on_commit(seq, HashMap::from([(clone, change)]), Vec::new());
            Ok(())
        })
    }

    /// Makes a version in which no rows change. A statement that starts a new history of a table (CHANGE_TRACKING, SWAP
    /// WITH) takes it as [`crate::catalog::def::TableDef::changes_from`]: offsets of streams made before are earlier.
    pub fn mark_version(&self) -> Result<Seq> {
        self.0.store.write(|connection| {
            let seq = self.new_version(connection)?;
            self.publish_on_commit(seq, HashMap::new(), Vec::new());
            Ok(seq)
        })
    }

    /// Removes all data of tables and the offsets of streams that [`crate::catalog::Catalog::purge`] forgot. What clones
    /// still use stays.
    pub fn purge(&self, objects: &[ObjectId]) -> Result<()> {
        if objects.is_empty() {
            return Ok(());
        }
        self.collect(|connection| {
            for object in objects {
                for sql in [
                    "DELETE FROM deletions WHERE partition IN (SELECT id FROM partitions WHERE table_id = ?1)",
                    "DELETE FROM partitions WHERE table_id = ?1",
                    "DELETE FROM images WHERE table_id = ?1",
                    "DELETE FROM histories WHERE table_id = ?1",
                    "DELETE FROM streams WHERE stream = ?1",
                ] {
                    connection.prepare_cached(sql)?.execute([object.0])?;
                }
            }
            let (storage, objects) = (self.clone(), objects.to_vec());
            self.0.store.on_commit(move || {
                let mut tables = storage.0.tables.write();
                for object in &objects {
                    tables.remove(object);
                }
            });
            Ok(())
        })
    }

    /// Forgets all versions of a table before this one; reading them is an error from then on. Returns how many
    /// partitions went.
    pub fn forget(&self, table: ObjectId, before: Seq) -> Result<u64> {
        let Some(versions) = self.versions(table) else { return Ok(0) };
        let expired = versions.read().expired(before);
        if expired.is_empty() {
            return Ok(0);
        }
        self.collect(|connection| {
            for id in &expired.partitions {
                connection.prepare_cached("DELETE FROM deletions WHERE partition = ?1")?.execute([*id as i64])?;
                connection.prepare_cached("DELETE FROM partitions WHERE id = ?1")?.execute([*id as i64])?;
            }
            connection
                .prepare_cached("DELETE FROM images WHERE table_id = ?1 AND seq <= ?2")?
                .execute(params![table.0, before.0 as i64])?;
            for (id, deletion) in &expired.merged {
                connection
                    .prepare_cached("DELETE FROM deletions WHERE partition = ?1 AND seq <= ?2")?
                    .execute(params![*id as i64, before.0 as i64])?;
                insert_deletion(connection, table, *id, deletion)?;
            }
            connection
                .prepare_cached(
                    "INSERT INTO histories VALUES (?1, ?2)
                     ON CONFLICT DO UPDATE SET readable_from = max(readable_from, excluded.readable_from)",
                )?
                .execute(params![table.0, before.0 as i64])?;
            self.0.store.on_commit(move || versions.write().forget(before));
            Ok(())
        })?;
        Ok(expired.partitions.len() as u64)
    }

    /// Forgets when versions before `before` were committed, except those that streams stand at: the versions at instants
    /// before that one can no longer be found.
    pub fn forget_times(&self, before: Seq) -> Result<()> {
        if before <= self.times_from() {
            return Ok(());
        }
        self.0.store.write(|connection| {
            connection
                .prepare_cached("DELETE FROM commits WHERE seq < ?1 AND seq NOT IN (SELECT seq FROM streams)")?
                .execute([before.0 as i64])?;
            self.0.store.set_meta(TIMES_FROM, before.0 as i64)?;
            let storage = self.clone();
            self.0.store.on_commit(move || storage.0.times_from.store(before.0, Ordering::Release));
            Ok(())
        })
    }

    /// Runs `remove`, and removes the data that no partition uses any more.
    fn collect(&self, remove: impl FnOnce(&Connection) -> Result<()>) -> Result<()> {
        self.0.store.write(|connection| {
            remove(connection)?;
            let mut statement = connection.prepare_cached(
                "DELETE FROM data WHERE NOT EXISTS (SELECT 1 FROM partitions p WHERE p.data = data.id)
                 RETURNING id, file",
            )?;
            let gone = statement
                .query_map([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?)))?
                .collect::<Result<Vec<(u64, bool)>, _>>()?;
            let storage = self.clone();
            self.0.store.on_commit(move || {
                let files: Vec<u64> = gone.iter().filter(|(_, file)| *file).map(|(id, _)| *id).collect();
                gone.iter().for_each(|(id, _)| storage.0.cache.remove(*id));
                storage.remove_files(&files);
            });
            Ok(())
        })
    }

    /// Removes files that no data refers to any more, as is durable by now.
    pub(super) fn remove_files(&self, files: &[u64]) {
        for id in files {
            let path = partition::file(self.0.store.directory(), *id);
            if let Err(error) = std::fs::remove_file(&path) {
                tracing::warn!(%error, path = %path.display(), "cannot remove a file that is not used any more");
            }
        }
    }
}
