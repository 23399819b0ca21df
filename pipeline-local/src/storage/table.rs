//! The versions of one table, in memory: which partitions and which of their rows each version has.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::Seq;
use super::partition::Partition;
use super::scan::SMALL;

/// A partition with the history of its deletions.
pub(super) struct Entry {
    pub(super) partition: Arc<Partition>,
    /// The positions that each version took away, ascending by version.
    deletions: Vec<(Seq, Arc<RoaringBitmap>)>,
    /// All of them.
    deleted: Arc<RoaringBitmap>,
    /// The version in which the last row went.
    removed: Option<Seq>,
}

impl Entry {
    /// The positions that are gone at a version.
    pub(super) fn deleted_at(&self, at: Seq) -> Arc<RoaringBitmap> {
        match self.deletions.last() {
            Some((last, _)) if *last > at => {
                let mut deleted = RoaringBitmap::new();
                for (_, positions) in self.deletions.iter().take_while(|(seq, _)| *seq <= at) {
                    deleted |= &**positions;
                }
                Arc::new(deleted)
            }
            _ => self.deleted.clone(),
        }
    }

    /// The positions that went after `from`, up to `to`.
    pub(super) fn deleted_between(&self, from: Seq, to: Seq) -> RoaringBitmap {
        let mut deleted = RoaringBitmap::new();
        let first = self.deletions.partition_point(|(seq, _)| *seq <= from);
        for (_, positions) in self.deletions[first..].iter().take_while(|(seq, _)| *seq <= to) {
            deleted |= &**positions;
        }
        deleted
    }
}

/// What one commit did to a table.
#[derive(Default)]
pub(super) struct Change {
    pub(super) added: Vec<Arc<Partition>>,
    /// Positions newly deleted, by partition.
    pub(super) deleted: Vec<(u64, Arc<RoaringBitmap>)>,
}

/// All versions of a table.
#[derive(Default)]
pub(super) struct Versions {
    /// Ascending by the version that added them.
    entries: Vec<Entry>,
    by_id: HashMap<u64, usize>,
    /// The entries that still have rows.
    live: BTreeSet<usize>,
    /// Which entries lost rows in which version, ascending by version.
    log: Vec<(Seq, usize)>,
    /// Earlier versions have been forgotten.
    readable_from: Seq,
    /// How many small partitions came since the last compaction.
    small: usize,
}

impl Versions {
    /// How many small partitions came since [`Versions::relocate`] was called last.
    pub(super) fn small(&self) -> usize {
        self.small
    }

    /// The partitions with rows now, in order.
    pub(super) fn live(&self) -> impl Iterator<Item = &Arc<Partition>> {
        self.live.iter().map(|index| &self.entries[*index].partition)
    }

    /// Notes where the rows of these partitions are from now on.
    pub(super) fn relocate(&mut self, partitions: Vec<Partition>) {
        self.small = 0;
        for partition in partitions {
            if let Some(index) = self.by_id.get(&partition.id) {
                self.entries[*index].partition = Arc::new(partition);
            }
        }
    }

    /// The earliest version that can be read.
    pub(super) fn readable_from(&self) -> Seq {
        self.readable_from
    }

    /// The partitions that no version from `before` on has rows of.
    pub(super) fn expired(&self, before: Seq) -> Vec<&Arc<Partition>> {
        let expired = |entry: &&Entry| entry.removed.is_some_and(|removed| removed <= before);
        self.entries.iter().filter(expired).map(|entry| &entry.partition).collect()
    }

    /// Forgets all versions before this one.
    pub(super) fn forget(&mut self, before: Seq) {
        self.readable_from = self.readable_from.max(before);
        self.entries.retain(|entry| entry.removed.is_none_or(|removed| removed > before));
        self.by_id = self.entries.iter().enumerate().map(|(index, entry)| (entry.partition.id, index)).collect();
        self.live = (0..self.entries.len()).filter(|index| self.entries[*index].removed.is_none()).collect();
        let deletions =
            |(index, entry): (usize, &Entry)| entry.deletions.iter().map(|(seq, _)| (*seq, index)).collect::<Vec<_>>();
        self.log = self.entries.iter().enumerate().flat_map(deletions).collect();
        self.log.sort();
    }

    /// Applies the next commit.
    pub(super) fn apply(&mut self, seq: Seq, change: &Change) {
        for partition in &change.added {
            let index = self.entries.len();
            self.by_id.insert(partition.id, index);
            self.live.insert(index);
            self.small += usize::from((partition.rows as usize) < SMALL);
            self.entries.push(Entry {
                partition: partition.clone(),
                deletions: Vec::new(),
                deleted: Arc::default(),
                removed: None,
            });
        }
        for (id, positions) in &change.deleted {
            let Some(&index) = self.by_id.get(id) else { continue };
            let entry = &mut self.entries[index];
            entry.deletions.push((seq, positions.clone()));
            *Arc::make_mut(&mut entry.deleted) |= &**positions;
            self.log.push((seq, index));
            if entry.deleted.len() == u64::from(entry.partition.rows) {
                entry.removed = Some(seq);
                self.live.remove(&index);
            }
        }
    }

    pub(super) fn entry(&self, id: u64) -> Option<&Entry> {
        self.by_id.get(&id).map(|index| &self.entries[*index])
    }

    /// The partitions that have rows at a version.
    pub(super) fn visible(&self, at: Seq) -> Vec<&Entry> {
        let visible = |entry: &&Entry| entry.partition.added <= at && entry.removed.is_none_or(|removed| removed > at);
        if self.log.last().is_none_or(|(last, _)| *last <= at) {
            self.live.iter().map(|index| &self.entries[*index]).filter(visible).collect()
        } else {
            self.added_up_to(at).iter().filter(visible).collect()
        }
    }

    /// The partitions that were added after `from`, up to `to`.
    pub(super) fn added_between(&self, from: Seq, to: Seq) -> &[Entry] {
        let first = self.entries.partition_point(|entry| entry.partition.added <= from);
        let rest = &self.entries[first..];
        &rest[..rest.partition_point(|entry| entry.partition.added <= to)]
    }

    /// The partitions that existed at `from` and lost rows after it, up to `to`.
    pub(super) fn shrunk_between(&self, from: Seq, to: Seq) -> Vec<&Entry> {
        let first = self.log.partition_point(|(seq, _)| *seq <= from);
        let indexes: BTreeSet<usize> =
            self.log[first..].iter().take_while(|(seq, _)| *seq <= to).map(|(_, index)| *index).collect();
        indexes.into_iter().map(|index| &self.entries[index]).filter(|entry| entry.partition.added <= from).collect()
    }

    fn added_up_to(&self, at: Seq) -> &[Entry] {
        &self.entries[..self.entries.partition_point(|entry| entry.partition.added <= at)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::partition::PartitionKind;
    use super::*;

    fn partition(id: u64, rows: u32, added: u64) -> Arc<Partition> {
        Arc::new(Partition { id, data: id, first: 0, kind: PartitionKind::Insert, rows, bytes: 1, added: Seq(added) })
    }

    fn deleted(id: u64, positions: &[u32]) -> (u64, Arc<RoaringBitmap>) {
        (id, Arc::new(positions.iter().copied().collect()))
    }

    #[test]
    fn forgetting_keeps_later_versions_as_they_were() {
        let mut versions = Versions::default();
        versions.apply(Seq(1), &Change { added: vec![partition(1, 2, 1), partition(2, 2, 1)], deleted: vec![] });
        versions.apply(Seq(2), &Change { added: vec![], deleted: vec![deleted(2, &[0])] });
        versions.apply(Seq(3), &Change { added: vec![partition(3, 2, 3)], deleted: vec![deleted(1, &[0, 1])] });
        versions.apply(Seq(5), &Change { added: vec![], deleted: vec![deleted(2, &[1]), deleted(3, &[0])] });
        assert!(versions.expired(Seq(2)).is_empty());
        assert_eq!(versions.expired(Seq(4)).iter().map(|partition| partition.id).collect::<Vec<_>>(), [1]);
        let shrunk = |versions: &Versions| {
            let entries = versions.shrunk_between(Seq(4), Seq(5));
            entries.iter().map(|entry| entry.partition.id).collect::<Vec<_>>()
        };
        let before = shrunk(&versions);
        versions.forget(Seq(4));
        assert_eq!((versions.readable_from(), shrunk(&versions)), (Seq(4), before));
        assert!(versions.entry(1).is_none());
        let ids = |at| versions.visible(Seq(at)).iter().map(|entry| entry.partition.id).collect::<Vec<_>>();
        assert_eq!((ids(4), ids(5)), (vec![2, 3], vec![3]));
    }

    #[test]
    fn every_version_stays_as_it_was() {
        let mut versions = Versions::default();
        versions.apply(Seq(1), &Change { added: vec![partition(1, 3, 1)], deleted: vec![] });
        versions.apply(Seq(2), &Change { added: vec![], deleted: vec![deleted(1, &[0])] });
        versions.apply(Seq(4), &Change { added: vec![partition(2, 2, 4)], deleted: vec![deleted(1, &[1, 2])] });
        versions.apply(Seq(6), &Change { added: vec![], deleted: vec![deleted(2, &[1])] });
        let rows = |at| {
            let mut rows = Vec::new();
            for entry in versions.visible(Seq(at)) {
                let gone = entry.deleted_at(Seq(at));
                let id = entry.partition.id;
                rows.extend((0..entry.partition.rows).filter(|p| !gone.contains(*p)).map(|p| (id, p)));
            }
            rows
        };
        for (at, expected) in [
            (0, vec![]),
            (1, vec![(1, 0), (1, 1), (1, 2)]),
            (2, vec![(1, 1), (1, 2)]),
            (3, vec![(1, 1), (1, 2)]),
            (4, vec![(2, 0), (2, 1)]),
            (6, vec![(2, 0)]),
            (9, vec![(2, 0)]),
        ] {
            assert_eq!(rows(at), expected, "at {at}");
        }
        let ids = |entries: Vec<&Entry>| entries.iter().map(|entry| entry.partition.id).collect::<Vec<_>>();
        assert_eq!(ids(versions.added_between(Seq(1), Seq(4)).iter().collect()), [2]);
        assert_eq!(ids(versions.shrunk_between(Seq(1), Seq(6))), [1], "2 did not exist at 1");
        assert_eq!(ids(versions.shrunk_between(Seq(4), Seq(6))), [2]);
        assert_eq!(ids(versions.shrunk_between(Seq(6), Seq(6))), [0_u64; 0]);
        let between = versions.entry(1).unwrap().deleted_between(Seq(2), Seq(4));
        assert_eq!(between.iter().collect::<Vec<_>>(), [1, 2]);
    }
}
