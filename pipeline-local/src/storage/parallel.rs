//! Work on several partitions at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

use crate::error::Result;

/// More threads than processors: some of them wait for the disk.
const PER_PROCESSOR: usize = 2;

/// An item until it is taken, and what its work gave.
type Slot<I, T> = Mutex<(Option<I>, Option<Result<T>>)>;

/// Does the same work on all items, several at once, and returns the results in their order.
///
/// # Errors
/// That of the first item whose work failed.
pub(super) fn map<I: Send, T: Send>(items: Vec<I>, work: impl Fn(I) -> Result<T> + Sync) -> Result<Vec<T>> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = items.len().min(processors * PER_PROCESSOR);
    if threads < 2 {
        return items.into_iter().map(work).collect();
    }
    let items: Vec<Slot<I, T>> = items.into_iter().map(|item| Mutex::new((Some(item), None))).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(slot) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let item = slot.lock().0.take();
                    let done = item.map(&work);
                    slot.lock().1 = done;
                }
            });
        }
    });
    items.into_iter().filter_map(|slot| slot.into_inner().1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::SqlError;

    #[test]
    fn results_keep_the_order_of_the_items() {
        let doubled = map((0..100).collect(), |number: i32| Ok(number * 2)).unwrap();
        assert_eq!(doubled, (0..100).map(|number| number * 2).collect::<Vec<_>>());
        assert_eq!(map(Vec::new(), |number: i32| Ok(number)).unwrap(), Vec::<i32>::new());
        let failed = map((0..100).collect(), |number: i32| {
            if number % 7 == 6 { Err(SqlError::internal(format_args!("item {number}"))) } else { Ok(number) }
        });
        assert!(failed.unwrap_err().message.contains("item 6"));
    }

    #[test]
    fn several_are_worked_on_at_once() {
        let meeting = std::sync::Barrier::new(2);
        map(vec![(), ()], |()| {
            meeting.wait();
            Ok(())
        })
        .unwrap();
    }
}
