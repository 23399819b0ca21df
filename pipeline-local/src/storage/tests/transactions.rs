//! Transactions, consumption of streams, files.

use super::*;

#[test]
fn a_transaction_sees_itself_and_others_do_not() {
    let fixture = Fixture::new();
    fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a"), (2, "a")]));
    let mut transaction = fixture.storage.begin();
    fixture.insert(&mut transaction, &[(3, "a")]);
    fixture.update(&mut transaction, &[1, 3], "b");
    fixture.delete(&mut transaction, &[2]);
    let now = fixture.storage.current_seq();
    assert_eq!(fixture.rows_at(now, Some(&transaction)), owned(&[(1, "b"), (3, "b")]));
    assert_eq!(fixture.rows(), owned(&[(1, "a"), (2, "a")]));
    // What others commit meanwhile is seen by the next statement.
    fixture.commit(|other| fixture.insert(other, &[(4, "z")]));
    assert_eq!(
        fixture.rows_at(fixture.storage.current_seq(), Some(&transaction)),
        owned(&[(1, "b"), (3, "b"), (4, "z")])
    );
    transaction.commit().unwrap();
    assert_eq!(fixture.rows(), owned(&[(1, "b"), (3, "b"), (4, "z")]));
}

#[test]
fn savepoints_undo_statements_of_every_kind() {
    let fixture = Fixture::new();
    fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a"), (2, "a")]));
    fixture.storage.set_stream(S, Seq(0), false).unwrap();
    let mut transaction = fixture.storage.begin();
    fixture.insert(&mut transaction, &[(3, "a")]);
    let before = fixture.rows_at(transaction.start_seq(), Some(&transaction));
    let savepoint = transaction.savepoint();
    fixture.update(&mut transaction, &[1, 3], "b");
    fixture.delete(&mut transaction, &[2]);
    transaction.truncate(T, &fixture.def).unwrap();
    transaction.overwrite(T, &fixture.def, &[batch(&[(9, "z")])]).unwrap();
    transaction.consume(S, transaction.start_seq()).unwrap();
    assert_eq!(fixture.rows_at(transaction.start_seq(), Some(&transaction)), owned(&[(9, "z")]));
    transaction.rollback_to(savepoint);
    assert_eq!(fixture.rows_at(transaction.start_seq(), Some(&transaction)), before);
    assert!(!transaction.has_consumed(S));
    transaction.commit().unwrap();
    assert_eq!(fixture.rows(), before);
    assert_eq!(fixture.storage.stream_state(S).unwrap().unwrap().offset, Seq(0));
}

#[test]
fn a_transaction_without_changes_makes_no_version() {
    let fixture = Fixture::new();
    let one = fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a")]));
    assert_eq!(fixture.commit(|_| {}), one);
    let mut transaction = fixture.storage.begin();
    fixture.delete(&mut transaction, &[1]);
    transaction.rollback();
    assert_eq!(fixture.storage.current_seq(), one);
    assert_eq!(fixture.rows(), owned(&[(1, "a")]));
}

#[test]
fn consumption_is_part_of_the_transaction() {
    let fixture = Fixture::new();
    fixture.storage.set_stream(S, Seq(0), false).unwrap();
    let one = fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a")]));
    let mut transaction = fixture.storage.begin();
    // Its own rows in the source, committed together with the consumption, are for the next consumer.
    fixture.insert(&mut transaction, &[(2, "own")]);
    fixture.commit(|other| fixture.insert(other, &[(3, "other")]));
    transaction.consume(S, transaction.start_seq()).unwrap();
    assert_eq!(fixture.storage.stream_state(S).unwrap().unwrap().offset, Seq(0));
    let end = transaction.commit().unwrap();
    let state = fixture.storage.stream_state(S).unwrap().unwrap();
    assert_eq!((state.offset, state.initial), (one, false));
    let rest: Vec<Row> =
        fixture.changes(state.offset, end, StreamMode::Standard).into_iter().map(|told| told.3).collect();
    assert_eq!(rest, owned(&[(2, "own"), (3, "other")]));
    // Nothing is consumed by a rollback, and an offset never moves back.
    let mut transaction = fixture.storage.begin();
    transaction.consume(S, end).unwrap();
    transaction.rollback();
    assert_eq!(fixture.storage.stream_state(S).unwrap().unwrap().offset, one);
    fixture.commit(|transaction| transaction.consume(S, Seq(0)).unwrap());
    assert_eq!(fixture.storage.stream_state(S).unwrap().unwrap().offset, one);
    assert!(fixture.storage.begin().consume(ObjectId(7), end).is_err());
}

#[test]
fn initial_rows_are_consumed_first() {
    let fixture = Fixture::new();
    let one = fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a"), (2, "a")]));
    fixture.storage.set_stream(S, one, true).unwrap();
    fixture.commit(|transaction| fixture.delete(transaction, &[2]));
    let initial = told(&fixture.storage.initial_rows(T, &fixture.def, one).unwrap());
    assert!(initial.iter().all(|change| change.0 == "INSERT" && !change.1));
    assert_eq!(initial.into_iter().map(|change| change.3).collect::<Vec<_>>(), owned(&[(1, "a"), (2, "a")]));
    fixture.commit(|transaction| transaction.consume(S, transaction.start_seq()).unwrap());
    let state = fixture.storage.stream_state(S).unwrap().unwrap();
    assert_eq!((state.offset, state.initial), (one, false), "what happened since the start point is still to come");
    fixture.commit(|transaction| transaction.consume(S, transaction.start_seq()).unwrap());
    assert!(fixture.storage.stream_state(S).unwrap().unwrap().offset > one);
}

#[test]
fn a_row_is_removed_once() {
    let fixture = Fixture::new();
    fixture.storage.set_stream(S, Seq(0), false).unwrap();
    fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a"), (2, "a")]));
    let mut transaction = fixture.storage.begin();
    let (locations, ids, _) = fixture.locate(&transaction, &[1]);
    assert!(transaction.delete(T, &fixture.def, &[locations[0], locations[0]]).is_err());
    assert!(transaction.update(T, &fixture.def, &locations, &ids, &[]).is_err());
    transaction.delete(T, &fixture.def, &locations).unwrap();
    assert!(transaction.delete(T, &fixture.def, &locations).is_err());
    // Without locks two transactions can come to the same row: the second fails as a whole.
    fixture.insert(&mut transaction, &[(7, "x")]);
    transaction.consume(S, transaction.start_seq()).unwrap();
    fixture.commit(|other| fixture.delete(other, &[1]));
    let error = transaction.commit().unwrap_err();
    assert!(error.message.contains("changed by another transaction"), "{error}");
    assert_eq!(fixture.rows(), owned(&[(2, "a")]));
    assert_eq!(fixture.storage.stream_state(S).unwrap().unwrap().offset, Seq(0));

    let mut transaction = fixture.storage.begin();
    transaction.consume(S, transaction.start_seq()).unwrap();
    fixture.commit(|other| other.consume(S, other.start_seq()).unwrap());
    assert!(transaction.commit().unwrap_err().message.contains("consumed by another transaction"));
}

#[tokio::test]
async fn locks_end_with_their_transaction() {
    let fixture = Fixture::new();
    let locks = fixture.storage.locks();
    let mut outer = fixture.storage.begin();
    fixture.insert(&mut outer, &[(1, "a")]);
    locks.table(T, &outer, Duration::ZERO).await.unwrap();
    let inner = fixture.storage.begin_inside(&outer);
    assert!(inner.id() > outer.id());
    let error = locks.table(T, &inner, Duration::from_secs(60)).await.unwrap_err();
    assert!(error.message.contains("deadlock"), "{error}");
    outer.commit().unwrap();
    locks.table(T, &inner, Duration::ZERO).await.unwrap();
    drop(inner);
    assert!(locks.list().is_empty());
}

#[test]
fn a_commit_inside_of_a_catalog_transaction_is_part_of_it() {
    let fixture = Fixture::new();
    let store = &fixture.storage.0.store;
    let failed: Result<()> = store.write(|_| {
        fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a")]));
        fixture.storage.set_stream(S, Seq(0), false)?;
        assert!(fixture.rows().is_empty(), "not committed yet");
        Err(SqlError::internal("no"))
    });
    assert!(failed.is_err());
    assert!(fixture.rows().is_empty());
    assert_eq!(fixture.storage.stream_state(S).unwrap(), None);
    store
        .write(|_| {
            let one = fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a")]));
            let two = fixture.commit(|transaction| fixture.insert(transaction, &[(2, "a")]));
            assert!(two > one);
            Ok(())
        })
        .unwrap();
    assert_eq!(fixture.rows(), owned(&[(1, "a"), (2, "a")]));
}

#[test]
fn large_partitions_are_files_and_survive() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let count = 2 * partition::MAX_ROWS + 10;
    // Each text is another one: what repeats itself is written in few bytes.
    let texts: Vec<String> = (0..count).map(|key| format!("text {key}")).collect();
    let rows: Vec<(i64, &str)> = texts.iter().enumerate().map(|(key, text)| (key as i64, text.as_str())).collect();
    fixture.commit(|transaction| {
        // Batches that do not end where partitions do.
        let batches: Vec<RecordBatch> = rows.chunks(50_001).map(batch).collect();
        assert_eq!(transaction.insert(T, &fixture.def, &batches).unwrap(), count as u64);
    });
    fixture.commit(|transaction| fixture.delete(transaction, &[5, 200_000]));
    let files = || std::fs::read_dir(directory.path().join("partitions")).unwrap().count();
    assert_eq!(files(), 2, "the rest is small");
    std::fs::write(directory.path().join("partitions/99999.arrow"), "left by a crash").unwrap();
    std::fs::write(directory.path().join("partitions/strange"), "").unwrap();
    drop(fixture);
    let fixture = Fixture::at(directory.path());
    assert_eq!(files(), 2);
    assert_eq!(fixture.storage.row_count(T, fixture.storage.current_seq(), None).unwrap(), count as u64 - 2);
    assert_eq!(fixture.rows().len(), count - 2);
    assert!(fixture.storage.bytes(T, fixture.storage.current_seq()).unwrap() > 2_000_000);
    // New rows do not take identities or places of old ones.
    let seen = fixture.storage.current_seq();
    fixture.commit(|transaction| fixture.insert(transaction, &[(-1, "new")]));
    let new = fixture.changes(seen, fixture.storage.current_seq(), StreamMode::Standard);
    let old = told(&fixture.storage.initial_rows(T, &fixture.def, seen).unwrap());
    assert!(new.len() == 1 && old.iter().all(|change| change.2 != new[0].2));
    fixture.storage.purge(&[T]).unwrap();
    assert_eq!(files(), 0);
    drop(fixture);
    let store = Store::open(directory.path()).unwrap();
    store.write(|connection| Ok(connection.execute("INSERT INTO data VALUES (77, 1, 1, 1, NULL)", [])?)).unwrap();
    let error = Storage::open(Arc::new(store), Clock::real()).unwrap_err();
    assert!(error.message.contains("damaged") && error.message.contains("77.arrow is missing"), "{error}");
}

#[test]
fn a_failed_commit_leaves_no_file() {
    let fixture = Fixture::new();
    fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a")]));
    let mut transaction = fixture.storage.begin();
    fixture.delete(&mut transaction, &[1]);
    let text = "x".repeat(2 * partition::INLINE_BYTES);
    fixture.insert(&mut transaction, &[(2, &text)]);
    fixture.commit(|other| fixture.delete(other, &[1]));
    assert!(transaction.commit().is_err());
    assert_eq!(std::fs::read_dir(fixture.storage.0.store.directory().join("partitions")).unwrap().count(), 0);
}

#[test]
fn many_small_commits_are_put_together_and_nobody_can_tell() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let count = |fixture: &Fixture, what: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM {what}");
        fixture.storage.0.store.read(|connection| Ok(connection.query_row(&sql, [], |row| row.get(0))?)).unwrap()
    };
    let mut transaction = fixture.storage.begin();
    let reader = fixture.storage.begin();
    for key in 0..200 {
        fixture.commit(|transaction| fixture.insert(transaction, &[(key, "a")]));
        if key == 30 {
            fixture.delete(&mut transaction, &[7]);
        }
        if key == 150 {
            fixture.commit(|transaction| fixture.update(transaction, &[3], "b"));
        }
    }
    assert!(count(&fixture, "data") < 70, "at most what came since the last compaction, and its result");
    assert_eq!(count(&fixture, "partitions"), 201);
    assert_eq!(fixture.rows_at(Seq(10), Some(&reader)).len(), 10);
    transaction.commit().unwrap();
    fixture.storage.compact(T).unwrap();
    assert_eq!(fixture.rows().len(), 199);
    let before: Vec<_> = (0..=fixture.storage.current_seq().0).map(|seq| fixture.rows_at(Seq(seq), None)).collect();
    let changes = fixture.changes(Seq(100), fixture.storage.current_seq(), StreamMode::Standard);
    assert_eq!(changes.len(), 100 + 2 + 1, "inserts, both halves of an update, a delete");
    let batches = fixture.storage.scan(T, &fixture.def, fixture.storage.current_seq(), None, true).unwrap();
    assert_eq!(batches.len(), 1);
    drop((fixture, reader));
    let fixture = Fixture::at(directory.path());
    let after: Vec<_> = (0..=fixture.storage.current_seq().0).map(|seq| fixture.rows_at(Seq(seq), None)).collect();
    assert_eq!(before, after);
    assert_eq!(fixture.changes(Seq(100), fixture.storage.current_seq(), StreamMode::Standard), changes);
}

#[test]
fn many_statements_of_a_transaction_are_one_partition_of_a_kind() {
    let fixture = Fixture::new();
    let seq = fixture.commit(|transaction| {
        for key in 0..50 {
            fixture.insert(transaction, &[(key, "a")]);
        }
        fixture.update(transaction, &[10, 20], "b");
        fixture.update(transaction, &[30], "c");
    });
    let pieces = fixture.storage.pieces(T, seq, None).unwrap();
    assert_eq!(
        pieces.len(),
        2,
        "inserted and updated rows; those that were updated are in partitions of their own, all gone"
    );
    assert_eq!(fixture.rows().len(), 50);
    assert_eq!(fixture.changes(Seq(0), seq, StreamMode::AppendOnly).len(), 50);
}

#[test]
fn large_values_make_partitions_of_fewer_rows() {
    let fixture = Fixture::new();
    let text = "x".repeat(partition::MAX_BYTES / 4);
    let rows: Vec<(i64, &str)> = (0..9).map(|key| (key, text.as_str())).collect();
    let seq = fixture.commit(|transaction| fixture.insert(transaction, &rows));
    let pieces = fixture.storage.pieces(T, seq, None).unwrap();
    assert_eq!(pieces.iter().map(scan::Piece::visible).collect::<Vec<_>>(), [4, 4, 1]);
    // Small in rows and large in bytes: neither put together when they are read nor compacted.
    assert_eq!(fixture.storage.scan(T, &fixture.def, seq, None, false).unwrap().len(), 3);
    fixture.storage.compact(T).unwrap();
    assert_eq!(fixture.storage.pieces(T, seq, None).unwrap().len(), 3);
    assert_eq!(fixture.rows().len(), 9);
}

#[test]
fn a_marked_version_tells_streams_before_and_after_apart() {
    let fixture = Fixture::new();
    let before = fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a")]));
    let mark = fixture.storage.mark_version().unwrap();
    assert!(before < mark && mark == fixture.storage.current_seq());
    assert_eq!(fixture.rows(), owned(&[(1, "a")]));
    assert!(!fixture.storage.has_changes(T, before, mark, StreamMode::Standard).unwrap());
}

#[test]
fn who_follows_commits_is_told_when_they_can_be_read() {
    let fixture = Fixture::new();
    let mut follower = fixture.storage.commits();
    let storage = &fixture.storage;
    storage
        .0
        .store
        .write(|_| {
            let mut transaction = storage.begin();
            fixture.insert(&mut transaction, &[(1, "a")]);
            transaction.commit()?;
            assert!(!follower.has_changed().unwrap(), "the write may still fail");
            Ok(())
        })
        .unwrap();
    assert!(follower.has_changed().unwrap());
    assert_eq!(*follower.borrow_and_update(), storage.current_seq());
    let marked = storage.mark_version().unwrap();
    assert!(follower.has_changed().unwrap() && *follower.borrow_and_update() == marked);
}
