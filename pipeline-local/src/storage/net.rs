//! Net changes: which removed and added rows are two images of one row, and which are the same.

use std::cmp::Ordering;
use std::collections::HashMap;

use datafusion::arrow::array::{
    AsArray, BooleanArray, BooleanBufferBuilder, DynComparator, UInt64Array, make_comparator,
};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::{SortOptions, filter, filter_record_batch};
use datafusion::arrow::datatypes::UInt64Type;
use datafusion::arrow::record_batch::RecordBatch;

use crate::error::Result;

/// Rows that were added or removed.
pub(super) struct Changed {
    pub(super) rows: RecordBatch,
    /// Those that are one half of an update.
    pub(super) updates: BooleanBuffer,
}

impl Changed {
    pub(super) fn new(rows: RecordBatch) -> Self {
        Self { updates: BooleanBuffer::new_unset(rows.num_rows()), rows }
    }
}

/// The identities of rows, which are their last column.
pub(super) fn ids(rows: &RecordBatch) -> &UInt64Array {
    rows.column(rows.num_columns() - 1).as_primitive::<UInt64Type>()
}

/// What has been found out about the rows of a batch.
struct Marks {
    updates: BooleanBufferBuilder,
    /// Those that are not the same before and after.
    different: BooleanBufferBuilder,
}

impl Marks {
    fn new(rows: usize) -> Self {
        let (mut updates, mut different) = (BooleanBufferBuilder::new(rows), BooleanBufferBuilder::new(rows));
        updates.append_n(rows, false);
        different.append_n(rows, true);
        Self { updates, different }
    }

    fn set(&mut self, row: usize, same: bool) {
        if same {
            self.different.set_bit(row, false);
        } else {
            self.updates.set_bit(row, true);
        }
    }

    fn apply(mut self, changed: &Changed) -> Result<Changed> {
        let different = BooleanArray::new(self.different.finish(), None);
        let updates = BooleanArray::new(self.updates.finish(), None);
        if different.true_count() == different.len() {
            return Ok(Changed { rows: changed.rows.clone(), updates: updates.values().clone() });
        }
        let updates = filter(&updates, &different)?;
        Ok(Changed {
            rows: filter_record_batch(&changed.rows, &different)?,
            updates: updates.as_boolean().values().clone(),
        })
    }
}

/// Takes out the rows that are the same before and after, and marks those that are two images of one row. All have the
/// same columns, the last of which are their identities.
pub(super) fn net(removed: Vec<Changed>, added: Vec<Changed>) -> Result<(Vec<Changed>, Vec<Changed>)> {
    let mut before: HashMap<u64, (usize, usize)> = HashMap::new();
    for (index, changed) in removed.iter().enumerate() {
        before.extend(ids(&changed.rows).values().iter().enumerate().map(|(row, id)| (*id, (index, row))));
    }
    let marks = |changes: &[Changed]| changes.iter().map(|batch| Marks::new(batch.rows.num_rows())).collect::<Vec<_>>();
    let (mut of_removed, mut of_added) = (marks(&removed), marks(&added));
    for (index, changed) in added.iter().enumerate() {
        // Rows are compared where they are: to put them side by side would take as much memory again.
        let mut comparators: HashMap<usize, Vec<DynComparator>> = HashMap::new();
        for (row, id) in ids(&changed.rows).values().iter().enumerate() {
            let Some(&(old, old_row)) = before.get(id) else { continue };
            let columns = match comparators.entry(old) {
                std::collections::hash_map::Entry::Occupied(found) => found.into_mut(),
                std::collections::hash_map::Entry::Vacant(empty) => {
                    empty.insert(comparators_of(&removed[old].rows, &changed.rows)?)
                }
            };
            let same = columns.iter().all(|compare| compare(old_row, row) == Ordering::Equal);
            of_removed[old].set(old_row, same);
            of_added[index].set(row, same);
        }
    }
    let apply = |changes: Vec<Changed>, marks: Vec<Marks>| {
        changes.iter().zip(marks).map(|(changed, marks)| marks.apply(changed)).collect::<Result<Vec<_>>>()
    };
    Ok((apply(removed, of_removed)?, apply(added, of_added)?))
}

/// Compares the columns of two batches, all but the identities.
fn comparators_of(one: &RecordBatch, other: &RecordBatch) -> Result<Vec<DynComparator>> {
    let columns = one.columns().iter().zip(other.columns()).take(one.num_columns() - 1);
    Ok(columns
        .map(|(one, other)| make_comparator(one, other, SortOptions::default()))
        .collect::<std::result::Result<_, _>>()?)
}
