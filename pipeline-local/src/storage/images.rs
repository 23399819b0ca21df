//! Copies of the rows that a version took away, so that a difference is read without opening the partitions they lay in.
//!
//! A thousand rows changed all over a large table lie in all of its partitions. What they were before is copied together
//! when they are changed, and a stream reads the copies: at a cost in proportion to what changed. No copies are made
//! where the partition itself is as good: when much of it goes at once, or when it is small. So a change writes at most
//! twice its own rows. Copies end with the versions whose difference they tell.

use std::collections::HashMap;

use datafusion::arrow::array::UInt32Array;
use datafusion::arrow::compute::{concat_batches, take_record_batch};
use datafusion::arrow::record_batch::RecordBatch;
use roaring::RoaringBitmap;

use super::Storage;
use super::partition::{self, INLINE_BYTES, MAX_BYTES, MAX_ROWS, Partition};
use super::scan::SMALL;
use super::table::Image;
use super::transaction::Overlay;
use crate::catalog::ObjectId;
use crate::error::Result;

/// Copies are made of at most one row in so many of a partition.
const SPARSE: u64 = 16;

/// The copies of rows that a transaction takes away from a table.
#[derive(Default)]
pub(super) struct Images {
    /// Partitions of copies.
    pub(super) partitions: Vec<(u64, RecordBatch)>,
    /// Where the copies of each partition's rows begin.
    pub(super) places: HashMap<u64, Image>,
}

/// A partition of copies that is being put together.
struct Open {
    id: u64,
    batches: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
}

impl Open {
    fn takes(&self, copy: &RecordBatch) -> bool {
        self.rows + copy.num_rows() <= MAX_ROWS && self.bytes < MAX_BYTES && self.batches[0].schema() == copy.schema()
    }
}

/// Whether copies of these rows are worth their writing.
fn worthwhile(partition: &Partition, positions: &RoaringBitmap) -> bool {
    !positions.is_empty()
        && (partition.bytes > INLINE_BYTES as u64 || partition.rows as usize >= SMALL)
        && positions.len() * SPARSE <= u64::from(partition.rows)
}

impl Storage {
    /// Copies the rows that a transaction takes from a table whose changes are tracked.
    pub(super) fn images(&self, table: ObjectId, overlay: &Overlay) -> Result<Images> {
        let mut images = Images::default();
        let Some(versions) = self.versions(table).filter(|_| overlay.tracked) else { return Ok(images) };
        let mut open: Vec<Open> = Vec::new();
        // The last partitions are those that the statement, which has read them in order, left in the cache.
        for (id, positions) in overlay.deleted.iter().rev() {
            let Some(partition) = versions.read().entry(*id).map(|entry| entry.partition.clone()) else { continue };
            if !worthwhile(&partition, positions) {
                continue;
            }
            let copy = take_record_batch(&self.load(&partition)?, &positions.iter().collect::<UInt32Array>())?;
            let group = match open.iter_mut().position(|group| group.takes(&copy)) {
                Some(group) => &mut open[group],
                None => {
                    open.push(Open { id: self.take_partition(), batches: Vec::new(), rows: 0, bytes: 0 });
                    let last = open.len() - 1;
                    &mut open[last]
                }
            };
            images.places.insert(*id, Image { id: group.id, first: group.rows as u32 });
            group.rows += copy.num_rows();
            group.bytes += partition::size(&copy)?;
            group.batches.push(copy);
        }
        for group in open {
            images.partitions.push((group.id, concat_batches(&group.batches[0].schema(), &group.batches)?));
        }
        Ok(images)
    }
}
