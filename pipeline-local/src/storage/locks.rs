//! Exclusive locks on tables and streams, held by transactions until they end.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::Transaction;
use crate::catalog::ObjectId;
use crate::error::{Result, SqlError};

/// Exclusive locks of transactions on tables and streams.
pub struct Locks {
    state: Mutex<State>,
    /// How messages name an object.
    name: Box<dyn Fn(ObjectId) -> String + Send + Sync>,
}

#[derive(Default)]
struct State {
    held: HashMap<ObjectId, Lock>,
    /// What each transaction holds.
    of: HashMap<u64, HashSet<ObjectId>>,
    /// What each waiting transaction waits for.
    waiting: HashMap<u64, ObjectId>,
    /// Transactions of callers that stand still until the transaction of a procedure has ended.
    suspended: HashMap<u64, u64>,
}

struct Lock {
    holder: u64,
    queue: VecDeque<(u64, oneshot::Sender<()>)>,
}

/// A lock as SHOW LOCKS tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockInfo {
    /// The table or stream.
    pub object: ObjectId,
    /// The transaction.
    pub transaction: u64,
    /// Whether it has the lock; otherwise it waits for it.
    pub held: bool,
}

impl Locks {
    pub(super) fn new(name: impl Fn(ObjectId) -> String + Send + Sync + 'static) -> Self {
        Self { state: Mutex::default(), name: Box::new(name) }
    }

    /// Takes the lock of a table or stream for a transaction, which holds it until it ends; waits at most `timeout`.
    /// What others have committed while this waited is read at [`super::Storage::current_seq`] as it is afterwards.
    ///
    /// # Errors
    /// 000625 when the time is over, or when waiting would be a deadlock; nothing new is locked then and the transaction
    /// stays open.
    pub async fn table(&self, object: ObjectId, transaction: &Transaction, timeout: Duration) -> Result<()> {
        self.lock(object, transaction.id(), timeout).await
    }

    /// All locks that are held or waited for.
    pub fn list(&self) -> Vec<LockInfo> {
        let state = self.state.lock();
        let mut list = Vec::new();
        for (&object, lock) in &state.held {
            list.push(LockInfo { object, transaction: lock.holder, held: true });
            let waiting = lock.queue.iter().filter(|(_, sender)| !sender.is_closed());
            list.extend(waiting.map(|(transaction, _)| LockInfo { object, transaction: *transaction, held: false }));
        }
        list.sort_by_key(|info| (info.object, !info.held, info.transaction));
        list
    }

    pub(super) async fn lock(&self, object: ObjectId, transaction: u64, timeout: Duration) -> Result<()> {
        let receiver = {
            let state = &mut *self.state.lock();
            let Some(lock) = state.held.get_mut(&object) else {
                state.take(object, transaction);
                return Ok(());
            };
            if lock.holder == transaction {
                return Ok(());
            }
            let holder = lock.holder;
            if state.waits_for(holder, transaction) {
                return Err(self.refused(object, holder, "waiting for it would be a deadlock"));
            }
            if timeout.is_zero() {
                return Err(self.refused(object, holder, "the statement does not wait for it (LOCK_TIMEOUT)"));
            }
            let (sender, receiver) = oneshot::channel();
            if let Some(lock) = state.held.get_mut(&object) {
                lock.queue.push_back((transaction, sender));
            }
            state.waiting.insert(transaction, object);
            receiver
        };
        let waiting = Waiting { locks: self, transaction };
        // Whether the time was over or not: what counts is who has the lock now.
        let _ = tokio::time::timeout(timeout, receiver).await;
        drop(waiting);
        let state = &mut *self.state.lock();
        match state.held.get(&object) {
            Some(lock) if lock.holder == transaction => Ok(()),
            Some(lock) => Err(self.refused(object, lock.holder, "the time to wait for it is over (LOCK_TIMEOUT)")),
            None => {
                state.take(object, transaction);
                Ok(())
            }
        }
    }

    fn refused(&self, object: ObjectId, holder: u64, reason: &str) -> SqlError {
        SqlError::new(
            625,
            "57014",
            format!(
                "'{}' is locked in transaction {holder} and this lock has not yet been released. \
                 Your statement was aborted because {reason}.",
                (self.name)(object)
            ),
        )
    }

    /// Notes that `outer` stands still until `inner` has ended.
    pub(super) fn suspend(&self, outer: u64, inner: u64) {
        self.state.lock().suspended.insert(outer, inner);
    }

    /// Gives everything back that a transaction holds; who waits longest gets it.
    pub(super) fn release(&self, transaction: u64) {
        let state = &mut *self.state.lock();
        state.suspended.retain(|_, inner| *inner != transaction);
        for object in state.of.remove(&transaction).unwrap_or_default() {
            let Some(lock) = state.held.get_mut(&object) else { continue };
            let mut next = None;
            while let Some((waiter, sender)) = lock.queue.pop_front() {
                if sender.send(()).is_ok() {
                    next = Some(waiter);
                    break;
                }
            }
            match next {
                Some(waiter) => {
                    lock.holder = waiter;
                    state.of.entry(waiter).or_default().insert(object);
                    state.waiting.remove(&waiter);
                }
                None => {
                    state.held.remove(&object);
                }
            }
        }
    }
}

impl State {
    /// Gives a free lock.
    fn take(&mut self, object: ObjectId, transaction: u64) {
        self.held.insert(object, Lock { holder: transaction, queue: VecDeque::new() });
        self.of.entry(transaction).or_default().insert(object);
    }

    /// Whether `transaction` cannot go on before `other` has ended.
    fn waits_for(&self, transaction: u64, other: u64) -> bool {
        let mut open = vec![transaction];
        let mut seen = HashSet::new();
        while let Some(current) = open.pop() {
            if current == other {
                return true;
            }
            if !seen.insert(current) {
                continue;
            }
            open.extend(self.suspended.get(&current));
            if let Some(lock) = self.waiting.get(&current).and_then(|object| self.held.get(object)) {
                open.push(lock.holder);
                // Those before it in the queue get the lock first.
                open.extend(lock.queue.iter().map(|(waiter, _)| *waiter).take_while(|waiter| *waiter != current));
            }
        }
        false
    }
}

/// Forgets that a transaction waits, also when the wait is cancelled.
struct Waiting<'a> {
    locks: &'a Locks,
    transaction: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.locks.state.lock().waiting.remove(&self.transaction);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);
    const A: ObjectId = ObjectId(1);
    const B: ObjectId = ObjectId(2);

    fn locks() -> Locks {
        Locks::new(|object| format!("OBJECT{object}"))
    }

    fn wait(locks: &Arc<Locks>, object: ObjectId, transaction: u64) -> tokio::task::JoinHandle<Result<()>> {
        let locks = locks.clone();
        tokio::spawn(async move { locks.lock(object, transaction, LONG).await })
    }

    #[tokio::test]
    async fn the_first_waiter_is_next() {
        let locks = Arc::new(locks());
        locks.lock(A, 1, LONG).await.unwrap();
        locks.lock(A, 1, LONG).await.unwrap();
        let second = wait(&locks, A, 2);
        tokio::task::yield_now().await;
        let third = wait(&locks, A, 3);
        tokio::task::yield_now().await;
        assert_eq!(locks.list().len(), 3);
        let error = locks.lock(A, 4, Duration::ZERO).await.unwrap_err();
        assert!(error.code == 625 && error.message.contains("'OBJECT1' is locked in transaction 1"), "{error}");
        let error = locks.lock(A, 4, Duration::from_millis(5)).await.unwrap_err();
        assert!(error.message.contains("the time to wait for it is over"), "{error}");
        locks.release(1);
        second.await.unwrap().unwrap();
        assert!(!third.is_finished());
        locks.release(2);
        third.await.unwrap().unwrap();
        locks.release(3);
        assert!(locks.list().is_empty());
    }

    #[tokio::test]
    async fn a_cancelled_wait_is_passed_over() {
        let locks = Arc::new(locks());
        locks.lock(A, 1, LONG).await.unwrap();
        let second = wait(&locks, A, 2);
        tokio::task::yield_now().await;
        let third = wait(&locks, A, 3);
        tokio::task::yield_now().await;
        second.abort();
        let _ = second.await;
        locks.release(1);
        third.await.unwrap().unwrap();
        locks.release(3);
        assert!(locks.list().is_empty());
    }

    #[tokio::test]
    async fn who_closes_the_circle_fails() {
        let locks = Arc::new(locks());
        locks.lock(A, 1, LONG).await.unwrap();
        locks.lock(B, 2, LONG).await.unwrap();
        let first = wait(&locks, B, 1);
        tokio::task::yield_now().await;
        let error = locks.lock(A, 2, LONG).await.unwrap_err();
        assert!(error.message.contains("deadlock"), "{error}");
        locks.release(2);
        first.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_procedure_that_waits_for_its_caller_fails() {
        let locks = locks();
        locks.lock(A, 1, LONG).await.unwrap();
        locks.suspend(1, 2);
        assert!(locks.lock(A, 2, LONG).await.unwrap_err().message.contains("deadlock"));
        locks.release(2);
        assert!(locks.lock(A, 3, Duration::ZERO).await.unwrap_err().message.contains("does not wait"));
    }
}
