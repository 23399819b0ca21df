//! Decoded partitions kept in memory, up to a size.

use std::collections::{BTreeMap, HashMap};

use datafusion::arrow::record_batch::RecordBatch;
use parking_lot::Mutex;

/// Keeps the partitions that were used last, bounded in bytes.
pub(super) struct Cache {
    limit: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    entries: HashMap<u64, Entry>,
    by_age: BTreeMap<u64, u64>,
    clock: u64,
    bytes: usize,
}

struct Entry {
    batch: RecordBatch,
    bytes: usize,
    used: u64,
}

impl Cache {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, kept: Mutex::default() }
    }

    pub(super) fn get(&self, data: u64) -> Option<RecordBatch> {
        let kept = &mut *self.kept.lock();
        let entry = kept.entries.get_mut(&data)?;
        kept.by_age.remove(&entry.used);
        kept.clock += 1;
        entry.used = kept.clock;
        kept.by_age.insert(entry.used, data);
        Some(entry.batch.clone())
    }

    pub(super) fn put(&self, data: u64, batch: RecordBatch) {
        let bytes = batch.get_array_memory_size();
        let kept = &mut *self.kept.lock();
        kept.remove(data);
        // One that does not fit would only push out all others.
        if bytes > self.limit {
            return;
        }
        kept.clock += 1;
        let used = kept.clock;
        kept.entries.insert(data, Entry { batch, bytes, used });
        kept.by_age.insert(used, data);
        kept.bytes += bytes;
        while kept.bytes > self.limit {
            let Some((_, oldest)) = kept.by_age.first_key_value() else { break };
            let oldest = *oldest;
            kept.remove(oldest);
        }
    }

    pub(super) fn remove(&self, data: u64) {
        self.kept.lock().remove(data);
    }
}

impl Kept {
    fn remove(&mut self, data: u64) {
        if let Some(entry) = self.entries.remove(&data) {
            self.by_age.remove(&entry.used);
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, UInt64Array};

    use super::*;

    #[test]
    fn what_was_used_last_stays() {
        let batch = |value: u64| {
            let array: ArrayRef = Arc::new(UInt64Array::from(vec![value; 100]));
            RecordBatch::try_from_iter([("v", array)]).unwrap()
        };
        let size = batch(0).get_array_memory_size();
        let cache = Cache::new(size * 2 + size / 2);
        cache.put(1, batch(1));
        cache.put(2, batch(2));
        assert!(cache.get(1).is_some());
        cache.put(3, batch(3));
        assert!(cache.get(2).is_none(), "2 was used before 1 and had to go");
        assert!(cache.get(1).is_some() && cache.get(3).is_some());
        cache.put(4, batch(4).clone());
        cache.remove(4);
        assert!(cache.get(4).is_none());
        let small = Cache::new(size - 1);
        small.put(1, batch(1));
        assert!(small.get(1).is_none());
    }
}
