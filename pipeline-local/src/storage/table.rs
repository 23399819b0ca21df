//! The versions of one table, in memory: which partitions and which of their rows each version has.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::Seq;
use super::partition::Partition;
use super::scan::SMALL;

/// Where copies of rows begin: a partition of images, and a position in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Image {
    pub(super) id: u64,
    pub(super) first: u32,
}

/// The rows that one version took from a partition.
#[derive(Clone)]
pub(super) struct Deletion {
    pub(super) seq: Seq,
    pub(super) positions: Arc<RoaringBitmap>,
    /// Copies of these rows in the order of their positions, if some were made.
    pub(super) image: Option<Image>,
}

/// A partition with the history of its deletions.
pub(super) struct Entry {
    pub(super) partition: Arc<Partition>,
    /// Ascending by version.
    deletions: Vec<Deletion>,
    /// All of them.
    deleted: Arc<RoaringBitmap>,
    /// The version in which the last row went.
    removed: Option<Seq>,
}

impl Entry {
    /// The positions that are gone at a version.
    pub(super) fn deleted_at(&self, at: Seq) -> Arc<RoaringBitmap> {
        match self.deletions.last() {
            Some(last) if last.seq > at => Arc::new(union(&self.deletions[..self.deletions_up_to(at)])),
            _ => self.deleted.clone(),
        }
    }

    /// What went after `from`, up to `to`.
    pub(super) fn deletions_between(&self, from: Seq, to: Seq) -> &[Deletion] {
        &self.deletions[self.deletions_up_to(from)..self.deletions_up_to(to)]
    }

    /// How many of the deletions are in versions up to this one.
    fn deletions_up_to(&self, at: Seq) -> usize {
        self.deletions.partition_point(|deletion| deletion.seq <= at)
    }

    /// Several deletions up to a version as one; none when there are not several.
    fn merged_up_to(&self, at: Seq) -> Option<Deletion> {
        let early = &self.deletions[..self.deletions_up_to(at)];
        match early {
            [_, .., last] => Some(Deletion { seq: last.seq, positions: Arc::new(union(early)), image: None }),
            _ => None,
        }
    }
}

fn union(deletions: &[Deletion]) -> RoaringBitmap {
    let mut positions = RoaringBitmap::new();
    deletions.iter().for_each(|deletion| positions |= &*deletion.positions);
    positions
}

/// What one commit did to a table.
#[derive(Default)]
pub(super) struct Change {
    pub(super) added: Vec<Arc<Partition>>,
    pub(super) images: Vec<Arc<Partition>>,
    /// What it took away, by partition.
    pub(super) deleted: Vec<(u64, Deletion)>,
}

/// What is not needed any more when versions are forgotten.
#[derive(Default)]
pub(super) struct Expired {
    /// Partitions that no later version has rows of, and copies that no later difference needs.
    pub(super) partitions: Vec<u64>,
    /// Deletions by partition, each to take the place of several.
    pub(super) merged: Vec<(u64, Deletion)>,
}

impl Expired {
    pub(super) fn is_empty(&self) -> bool {
        self.partitions.is_empty() && self.merged.is_empty()
    }
}

/// All versions of a table.
#[derive(Default)]
pub(super) struct Versions {
    /// Ascending by the version that added them.
    entries: Vec<Entry>,
    by_id: HashMap<u64, usize>,
    /// The entries that still have rows.
    live: BTreeSet<usize>,
    /// The partitions of copies, by identity.
    images: BTreeMap<u64, Arc<Partition>>,
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

    /// The partitions of copies, in order.
    pub(super) fn images(&self) -> impl Iterator<Item = &Arc<Partition>> {
        self.images.values()
    }

    pub(super) fn image(&self, id: u64) -> Option<&Arc<Partition>> {
        self.images.get(&id)
    }

    /// Notes where the rows of these partitions are from now on.
    pub(super) fn relocate(&mut self, partitions: Vec<Partition>) {
        self.small = 0;
        for partition in partitions {
            if let Some(index) = self.by_id.get(&partition.id) {
                self.entries[*index].partition = Arc::new(partition);
            } else if let Some(image) = self.images.get_mut(&partition.id) {
                *image = Arc::new(partition);
            }
        }
    }

    /// The earliest version that can be read.
    pub(super) fn readable_from(&self) -> Seq {
        self.readable_from
    }

    /// What [`Versions::forget`] makes superfluous.
    pub(super) fn expired(&self, before: Seq) -> Expired {
        let mut expired = Expired::default();
        for entry in &self.entries {
            if entry.removed.is_some_and(|removed| removed <= before) {
                expired.partitions.push(entry.partition.id);
            } else if let Some(merged) = entry.merged_up_to(before) {
                expired.merged.push((entry.partition.id, merged));
            }
        }
        let images = self.images.values().filter(|image| image.added <= before);
        expired.partitions.extend(images.map(|image| image.id));
        expired
    }

    /// Forgets all versions before this one.
    pub(super) fn forget(&mut self, before: Seq) {
        self.readable_from = self.readable_from.max(before);
        self.entries.retain(|entry| entry.removed.is_none_or(|removed| removed > before));
        self.images.retain(|_, image| image.added > before);
        for entry in &mut self.entries {
            if let Some(merged) = entry.merged_up_to(before) {
                entry.deletions.splice(..entry.deletions_up_to(before), [merged]);
            }
        }
        self.by_id = self.entries.iter().enumerate().map(|(index, entry)| (entry.partition.id, index)).collect();
        self.live = (0..self.entries.len()).filter(|index| self.entries[*index].removed.is_none()).collect();
        let deletions =
            |(index, entry): (usize, &Entry)| entry.deletions.iter().map(|gone| (gone.seq, index)).collect::<Vec<_>>();
        self.log = self.entries.iter().enumerate().flat_map(deletions).collect();
        self.log.sort();
    }

    /// Applies the next commit.
    pub(super) fn apply(&mut self, seq: Seq, change: &Change) {
        for image in &change.images {
            self.small += usize::from((image.rows as usize) < SMALL);
            self.images.insert(image.id, image.clone());
        }
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
        for (id, deletion) in &change.deleted {
            let Some(&index) = self.by_id.get(id) else { continue };
            let entry = &mut self.entries[index];
            entry.deletions.push(deletion.clone());
            *Arc::make_mut(&mut entry.deleted) |= &*deletion.positions;
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

    fn deleted(seq: u64, id: u64, positions: &[u32]) -> (u64, Deletion) {
        let positions = Arc::new(positions.iter().copied().collect());
        (id, Deletion { seq: Seq(seq), positions, image: None })
    }

    fn change(added: Vec<Arc<Partition>>, deleted: Vec<(u64, Deletion)>) -> Change {
        Change { added, images: Vec::new(), deleted }
    }

    #[test]
    fn forgetting_keeps_later_versions_as_they_were() {
        let mut versions = Versions::default();
        versions.apply(Seq(1), &change(vec![partition(1, 2, 1), partition(2, 2, 1)], vec![]));
        versions.apply(Seq(2), &change(vec![], vec![deleted(2, 2, &[0])]));
        versions.apply(Seq(3), &change(vec![partition(3, 2, 3)], vec![deleted(3, 1, &[0, 1])]));
        versions.apply(Seq(5), &change(vec![], vec![deleted(5, 2, &[1]), deleted(5, 3, &[0])]));
        assert!(versions.expired(Seq(2)).is_empty());
        assert_eq!(versions.expired(Seq(4)).partitions, [1]);
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
        versions.apply(Seq(1), &change(vec![partition(1, 3, 1)], vec![]));
        versions.apply(Seq(2), &change(vec![], vec![deleted(2, 1, &[0])]));
        versions.apply(Seq(4), &change(vec![partition(2, 2, 4)], vec![deleted(4, 1, &[1, 2])]));
        versions.apply(Seq(6), &change(vec![], vec![deleted(6, 2, &[1])]));
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
        let between = versions.entry(1).unwrap().deletions_between(Seq(2), Seq(4));
        assert_eq!(between.iter().flat_map(|deletion| deletion.positions.iter()).collect::<Vec<_>>(), [1, 2]);
    }
}
