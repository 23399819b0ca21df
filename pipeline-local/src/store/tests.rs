//! Writes that nest, that share one transaction, and what is refused.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use parking_lot::Mutex;

use super::*;

type Write = Box<dyn FnOnce(&Store) -> Result<()> + Send>;

/// Runs these writes so that each waits while the one before them holds the store, in order.
fn together(store: &Arc<Store>, writes: Vec<Write>) -> Vec<Option<Result<()>>> {
    std::thread::scope(|scope| {
        let threads = store
            .write(|_| {
                let threads: Vec<_> = writes.into_iter().map(|write| scope.spawn(|| write(store))).collect();
                while store.waiting() < threads.len() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Ok(threads)
            })
            .unwrap();
        threads.into_iter().map(|thread| thread.join().ok()).collect()
    })
}

fn put(key: &'static str, seen: &Arc<Mutex<Vec<i64>>>) -> Write {
    let seen = seen.clone();
    Box::new(move |store| {
        let path = store.directory().join("catalog.sqlite");
        store.write_together(|_| {
            store.set_meta(key, 1)?;
            store.on_commit(move || {
                // What another process would find.
                let other = Connection::open(path).unwrap();
                let keys =
                    other.query_row("SELECT count(*) FROM meta WHERE key IN ('a', 'b', 'c')", [], |row| row.get(0));
                seen.lock().push(keys.unwrap());
            });
            Ok(())
        })?;
        assert_eq!(store.meta(key)?, Some(1), "a write that has returned is seen");
        Ok(())
    })
}

#[test]
fn writes_that_wait_share_a_transaction_each_with_its_outcome() {
    let store = Arc::new(Store::temporary().unwrap());
    let seen = Arc::default();
    let fail: Write = Box::new(|store| {
        store.write_together(|_| {
            store.set_meta("a", 99)?;
            store.set_meta("failed", 1)?;
            store.on_commit(|| panic!("a failed write has no hooks"));
            Err(SqlError::internal("on purpose"))
        })
    });
    let panic: Write = Box::new(|store| {
        store.write_together(|_| {
            store.set_meta("panicked", 1)?;
            panic!("on purpose");
        })
    });
    let outcomes = together(&store, vec![put("a", &seen), fail, put("b", &seen), panic, put("c", &seen)]);
    let ended: Vec<_> = outcomes.iter().map(|outcome| outcome.as_ref().map(Result::is_ok)).collect();
    assert_eq!(ended, [Some(true), Some(false), Some(true), None, Some(true)]);
    assert_eq!(*seen.lock(), [3, 3, 3], "all became durable at once, before any hook ran");
    assert_eq!((store.meta("a").unwrap(), store.meta("failed").unwrap()), (Some(1), None));
    assert_eq!(store.meta("panicked").unwrap(), None);
    store.write_together(|_| store.set_meta("later", 1)).unwrap();
    assert_eq!(store.meta("later").unwrap(), Some(1));
}

#[test]
fn a_write_alone_comes_after_what_was_written_together() {
    let store = Arc::new(Store::temporary().unwrap());
    let seen = Arc::default();
    let alone: Write = {
        let seen: Arc<Mutex<Vec<i64>>> = Arc::clone(&seen);
        Box::new(move |store| {
            store.write(|connection| {
                let found: i64 =
                    connection
                        .query_row("SELECT count(*) FROM meta WHERE key IN ('a', 'b', 'c')", [], |row| row.get(0))?;
                assert_eq!(seen.lock().len() as i64, found, "the hooks of all that was written have run");
                store.set_meta("alone", found)
            })
        })
    };
    let outcomes = together(&store, vec![put("a", &seen), put("b", &seen), alone, put("c", &seen)]);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Some(Ok(())))), "{outcomes:?}");
    assert!(store.meta("alone").unwrap().is_some());
}

#[test]
fn a_batch_that_the_database_undoes_fails_and_those_after_it_go_on() {
    let store = Arc::new(Store::temporary().unwrap());
    store.set_meta("taken", 1).unwrap();
    let seen = Arc::default();
    // What a full disk does to a transaction.
    let undo: Write = Box::new(|store| {
        store.write_together(|connection| {
            connection.execute("INSERT OR ROLLBACK INTO meta VALUES ('taken', 2)", [])?;
            Ok(())
        })
    });
    let outcomes = together(&store, vec![put("a", &seen), put("b", &seen), undo, put("c", &seen)]);
    assert!(matches!(outcomes[2], Some(Err(_))), "{outcomes:?}");
    for (key, outcome) in [("a", 0), ("b", 1), ("c", 3)].map(|(key, index)| (key, &outcomes[index])) {
        let written = store.meta(key).unwrap().is_some();
        assert_eq!(matches!(outcome, Some(Ok(()))), written, "{key}: {outcome:?}");
    }
    assert_eq!(seen.lock().len(), outcomes.iter().filter(|outcome| matches!(outcome, Some(Ok(())))).count());
}

#[test]
fn when_the_disk_fails_the_whole_batch_fails() {
    let store = Arc::new(Store::temporary().unwrap());
    store
        .write(|connection| {
            connection.execute_batch(
                "CREATE TABLE parent (id INTEGER PRIMARY KEY);
                 CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);",
            )?;
            Ok(())
        })
        .unwrap();
    // A constraint that is checked at the end makes COMMIT fail, as a full disk would.
    store.writer.lock().connection().pragma_update(None, "foreign_keys", true).unwrap();
    let seen = Arc::default();
    let spoil: Write = Box::new(|store| {
        store.write_together(|connection| Ok(connection.execute_batch("INSERT INTO child VALUES (1)")?))
    });
    let outcomes = together(&store, vec![put("a", &seen), spoil, put("b", &seen)]);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Some(Err(_)))), "{outcomes:?}");
    assert_eq!((store.meta("a").unwrap(), store.meta("b").unwrap()), (None, None));
    assert!(seen.lock().is_empty(), "no hook ran");
    store.write_together(|_| store.set_meta("later", 1)).unwrap();
    assert_eq!(store.meta("later").unwrap(), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_writers_than_threads_all_get_through() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(directory.path()).unwrap());
    let hooks = Arc::new(AtomicUsize::new(0));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..16_i64 {
        let (store, hooks) = (store.clone(), hooks.clone());
        writers.spawn(async move {
            for round in 0..20_i64 {
                let hooks = hooks.clone();
                let key = format!("{writer} {round}");
                let written = store.write_together(|_| {
                    store.on_commit(move || {
                        hooks.fetch_add(1, Ordering::Relaxed);
                    });
                    store.set_meta(&key, round)
                });
                written.unwrap();
                assert_eq!(store.meta(&key).unwrap(), Some(round));
                tokio::task::yield_now().await;
            }
        });
    }
    writers.join_all().await;
    assert_eq!(hooks.load(Ordering::Relaxed), 320);
    drop(store);
    let store = Store::open(directory.path()).unwrap();
    let count = |connection: &Connection| -> Result<i64> {
        Ok(connection.query_row("SELECT count(*) FROM meta", [], |row| row.get(0))?)
    };
    assert_eq!(store.read(count).unwrap(), 320);
}

#[test]
fn writes_nest_and_fail_as_a_whole() {
    let store = Store::temporary().unwrap();
    let ran = Arc::new(AtomicU32::new(0));
    let count = |by| {
        let ran = ran.clone();
        move || {
            ran.fetch_add(by, Ordering::SeqCst);
        }
    };
    store
        .write(|_| {
            store.set_meta("a", 1)?;
            store.on_commit(count(1));
            let inner: Result<()> = store.write(|_| {
                store.set_meta("b", 2)?;
                store.on_commit(count(10));
                Err(SqlError::internal("no"))
            });
            assert!(inner.is_err());
            assert_eq!(store.meta("a")?, Some(1), "a read inside of a write sees it");
            assert_eq!(store.meta("b")?, None);
            assert_eq!(ran.load(Ordering::SeqCst), 0);
            Ok(())
        })
        .unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), 1);
    let outer: Result<()> = store.write(|_| {
        store.set_meta("a", 5)?;
        store.on_commit(count(100));
        Err(SqlError::internal("no"))
    });
    assert!(outer.is_err());
    assert_eq!(store.meta("a").unwrap(), Some(1));
    assert_eq!(ran.load(Ordering::SeqCst), 1);
}

#[test]
fn a_panic_inside_a_write_undoes_it() {
    let store = Store::temporary().unwrap();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _: Result<()> = store.write(|_| {
            store.set_meta("a", 1)?;
            panic!("on purpose");
        });
    }));
    assert!(panicked.is_err());
    assert_eq!(store.meta("a").unwrap(), None);
    store.set_meta("a", 2).unwrap();
    assert_eq!(store.meta("a").unwrap(), Some(2));
}

#[test]
fn a_second_opener_and_another_format_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let error = Store::open(directory.path()).err().unwrap();
    assert!(error.message.contains(&format!("in use by process {}", std::process::id())), "{error}");
    store.set_meta("kept", 7).unwrap();
    drop(store);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(store.meta("kept").unwrap(), Some(7));
    store.writer.lock().connection().pragma_update(None, "user_version", 99).unwrap();
    drop(store);
    let error = Store::open(directory.path()).err().unwrap();
    assert!(error.message.contains("has format 99"), "{error}");
}

#[test]
fn a_temporary_store_leaves_nothing() {
    let store = Store::temporary().unwrap();
    let path = store.directory().to_owned();
    assert!(path.exists());
    drop(store);
    assert!(!path.exists());
}

#[test]
fn a_directory_of_an_earlier_format_is_brought_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    let connection = Connection::open(directory.path().join("catalog.sqlite")).unwrap();
    connection.execute_batch(layout::STEPS[0]).unwrap();
    connection.execute_batch("INSERT INTO meta VALUES ('kept', 7); PRAGMA user_version = 1").unwrap();
    drop(connection);
    for _ in 0..2 {
        let store = Store::open(directory.path()).unwrap();
        assert_eq!(store.meta("kept").unwrap(), Some(7));
        let read = |connection: &Connection| {
            let format: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let images: i64 = connection.query_row("SELECT count(*) FROM images", [], |row| row.get(0))?;
            Ok((format, images))
        };
        assert_eq!(store.read(read).unwrap(), (FORMAT, 0));
    }
}
