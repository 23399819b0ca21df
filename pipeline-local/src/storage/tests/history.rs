//! What streams tell, the past of tables, and changes of their columns.

use datafusion::arrow::array::Int64Array;

use super::*;
use crate::catalog::def::InitialValue;

/// Runs a history like `+1a u1b -2 ; truncate ; overwrite 1c`: `;` ends a transaction.
fn run(fixture: &Fixture, history: &str) {
    for part in history.split(';') {
        fixture.commit(|transaction| {
            let mut words = part.split_whitespace();
            while let Some(word) = words.next() {
                let split = |word: &str| {
                    let (key, value) = word.split_at(1);
                    (key.parse::<i64>().unwrap(), value.to_owned())
                };
                match word.split_at(1) {
                    _ if word == "truncate" => {
                        transaction.truncate(T, &fixture.def).unwrap();
                    }
                    _ if word == "overwrite" => {
                        let (key, value) = split(words.next().unwrap());
                        transaction.overwrite(T, &fixture.def, &[batch(&[(key, &value)])]).unwrap();
                    }
                    ("+", row) => fixture.insert(transaction, &[(split(row).0, &split(row).1)]),
                    ("u", row) => fixture.update(transaction, &[split(row).0], &split(row).1),
                    ("-", key) => fixture.delete(transaction, &[key.parse().unwrap()]),
                    _ => panic!("{word}"),
                }
            }
        });
    }
}

fn written(told: &[Told]) -> String {
    let texts = told.iter().map(|(action, update, _, (key, value))| {
        let sign = if action == "INSERT" { '+' } else { '-' };
        format!("{sign}{key}{}{}", value.as_deref().unwrap_or("?"), if *update { "*" } else { "" })
    });
    texts.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_stream_tells_the_net_difference() {
    // The offset is after the first transaction, which leaves 1a 2a 3a. `*` marks halves of updates.
    for (history, standard, append_only) in [
        ("+4x", "+4x", "+4x"),
        ("+4x ; u4y", "+4y", "+4x"),
        ("+4x u4y", "+4y", "+4x"),
        ("+4x ; -4", "", "+4x"),
        ("+4x -4", "", "+4x"),
        ("u1b", "-1a* +1b*", ""),
        ("u1b ; u1c ; u1d", "-1a* +1d*", ""),
        ("u1b u1c", "-1a* +1c*", ""),
        ("u1b ; u1a", "", ""),
        ("u1a", "", ""),
        ("u1b ; -1", "-1a", ""),
        ("u1b -1", "-1a", ""),
        ("-1", "-1a", ""),
        ("-1 ; +1a", "-1a +1a", "+1a"),
        ("-1 +1a", "-1a +1a", "+1a"),
        ("truncate", "-1a -2a -3a", ""),
        ("+4x ; truncate", "-1a -2a -3a", "+4x"),
        ("truncate ; +5z", "-1a -2a -3a +5z", "+5z"),
        ("overwrite 1a", "-1a +1a -2a -3a", "+1a"),
        ("u1b -2 +4x", "-1a* +1b* -2a +4x", "+4x"),
        ("u1b ; overwrite 9q", "-1a -2a -3a +9q", "+9q"),
    ] {
        let fixture = Fixture::new();
        let from = fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a"), (2, "a"), (3, "a")]));
        run(&fixture, history);
        let to = fixture.storage.current_seq();
        let changes = fixture.changes(from, to, StreamMode::Standard);
        let sorted = |text: &str| {
            let mut parts: Vec<&str> = text.split_whitespace().collect();
            parts.sort_unstable();
            parts.join(" ")
        };
        assert_eq!(sorted(&written(&changes)), sorted(standard), "{history}");
        assert_eq!(written(&fixture.changes(from, to, StreamMode::AppendOnly)), append_only, "append-only: {history}");
        assert!(fixture.changes(to, to, StreamMode::Standard).is_empty());
        assert!(fixture.changes(to, from, StreamMode::Standard).is_empty(), "an offset that is ahead");
        for pair in changes.iter().filter(|change| change.1) {
            let same = changes.iter().filter(|other| other.2 == pair.2).count();
            assert_eq!(same, 2, "both images of an update have one identity: {history}");
        }
        let fresh: Vec<_> = changes.iter().filter(|change| !change.1).map(|change| &change.2).collect();
        assert_eq!(fresh.iter().collect::<std::collections::HashSet<_>>().len(), fresh.len(), "{history}");
    }
}

#[test]
fn identities_are_the_same_for_all_readers() {
    let fixture = Fixture::new();
    let start = fixture.storage.current_seq();
    let first = fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a")]));
    let id = fixture.changes(start, first, StreamMode::Standard)[0].2.clone();
    run(&fixture, "u1b ; u1c");
    let now = fixture.storage.current_seq();
    assert_eq!(fixture.changes(start, now, StreamMode::Standard)[0].2, id);
    assert!(fixture.changes(first, now, StreamMode::Standard).iter().all(|change| change.2 == id));
    assert_eq!(told(&fixture.storage.initial_rows(T, &fixture.def, now).unwrap())[0].2, id);
    let other = told(&fixture.storage.initial_rows(ObjectId(5), &fixture.def, now).unwrap());
    assert!(other.is_empty(), "a table without rows");
}

#[test]
fn has_changes_is_false_when_what_came_went_again() {
    let fixture = Fixture::new();
    let from = fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a")]));
    run(&fixture, "+4x ; -4");
    let to = fixture.storage.current_seq();
    assert!(!fixture.storage.has_changes(T, from, to, StreamMode::Standard).unwrap());
    assert!(fixture.storage.has_changes(T, from, to, StreamMode::AppendOnly).unwrap());
    run(&fixture, "-1");
    let to = fixture.storage.current_seq();
    assert!(fixture.storage.has_changes(T, from, to, StreamMode::Standard).unwrap());
    assert!(!fixture.storage.has_changes(T, to, to, StreamMode::Standard).unwrap());
    assert!(!fixture.storage.has_changes(ObjectId(5), from, to, StreamMode::Standard).unwrap());
}

#[test]
fn a_stream_reads_only_what_changed() {
    let fixture = Fixture::new();
    for start in 0..5 {
        let rows: Vec<(i64, &str)> = (start * 10..start * 10 + 10).map(|key| (key, "a")).collect();
        fixture.commit(|transaction| fixture.insert(transaction, &rows));
    }
    let from = fixture.storage.current_seq();
    run(&fixture, "u7b");
    // Without the data of the partitions that nothing happened to, the changes can still be read.
    let (storage, store) = (&fixture.storage, &fixture.storage.0.store);
    let kept = storage.pieces(T, from, None).unwrap().iter().map(|piece| piece.id()).min().unwrap();
    for id in 1..100 {
        storage.0.cache.remove(id);
    }
    store
        .write(|connection| {
            let last = storage.0.next_partition.load(Ordering::Relaxed) - 1;
            let gone = connection.execute("DELETE FROM data WHERE id NOT IN (?1, ?2)", [kept as i64, last as i64])?;
            assert_eq!(gone, 4);
            Ok(())
        })
        .unwrap();
    assert_eq!(written(&fixture.changes(from, storage.current_seq(), StreamMode::Standard)), "-7a* +7b*");
    assert!(storage.scan(T, &fixture.def, from, None, false).is_err(), "the whole table needs the others");
}

#[test]
fn every_version_can_be_read_by_number_and_by_time() {
    let fixture = Fixture::new();
    assert_eq!(fixture.storage.seq_at(i64::MAX).unwrap(), Seq(0));
    let one = fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a")]));
    let then = fixture.clock.now();
    run(&fixture, "u1b ; +2a ; truncate");
    assert_eq!(fixture.storage.seq_at(then).unwrap(), one);
    assert_eq!(fixture.storage.committed_at(one).unwrap(), Some(then));
    assert_eq!(fixture.storage.seq_at(then - 1).unwrap(), Seq(0));
    assert_eq!(fixture.storage.seq_at(then + 1_500_000).unwrap(), Seq(one.0 + 1));
    for (seq, rows) in
        [(1, owned(&[(1, "a")])), (2, owned(&[(1, "b")])), (3, owned(&[(1, "b"), (2, "a")])), (4, vec![])]
    {
        assert_eq!(fixture.rows_at(Seq(seq), None), rows, "version {seq}");
    }
    assert_eq!(fixture.storage.committed_at(Seq(99)).unwrap(), None);
}

#[test]
fn columns_come_go_and_change() {
    let mut fixture = Fixture::new();
    let from = fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a")]));
    let mut added = ColumnDef::new("N", SqlType::Number { precision: 5, scale: 0 });
    let five = Decimal128Array::from(vec![5]).with_precision_and_scale(5, 0).unwrap();
    added.initial = Some(InitialValue::new(Arc::new(five)).unwrap());
    fixture.def.add_column(added);
    fixture.def.add_column(ColumnDef::new("E", SqlType::Date));
    let numbers = |fixture: &Fixture| {
        let batches = fixture.storage.scan(T, &fixture.def, fixture.storage.current_seq(), None, false).unwrap();
        assert_eq!(batches[0].schema(), fixture.def.arrow_schema());
        assert_eq!(batches[0].column_by_name("E").unwrap().null_count(), batches[0].num_rows());

        batches[0].column_by_name("N").unwrap().as_primitive::<Decimal128Type>().values().to_vec()
    };
    assert_eq!(numbers(&fixture), [5]);
    assert!(fixture.changes(from, fixture.storage.current_seq(), StreamMode::Standard).is_empty(), "DDL is no change");
    // A wider type, another name, a column of the old name.
    fixture.def.column_mut("N").unwrap().sql_type = SqlType::INTEGER;
    assert_eq!(numbers(&fixture), [5]);
    fixture.def.remove_column("V");
    fixture.def.column_mut("N").unwrap().name = "V".to_owned();
    fixture.def.add_column(ColumnDef::new("N", SqlType::INTEGER));
    let batches = fixture.storage.scan(T, &fixture.def, fixture.storage.current_seq(), None, false).unwrap();
    assert_eq!(batches[0].column_by_name("V").unwrap().as_primitive::<Decimal128Type>().value(0), 5);
    assert!(batches[0].column_by_name("N").unwrap().is_null(0), "a new column of an old name has nothing of it");

    let snapshot = fixture.storage.snapshot(T, from, None).unwrap();
    let projected = snapshot.read(&fixture.def, &[1]).unwrap();
    assert_eq!(projected[0].schema().field(0).name(), "V");
    let counted = snapshot.read(&fixture.def, &[]).unwrap();
    assert_eq!((counted[0].num_columns(), counted[0].num_rows()), (0, 1));
}

#[test]
fn values_of_another_type_are_refused() {
    let fixture = Fixture::new();
    let keys: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let values: ArrayRef = Arc::new(StringArray::from(vec!["a"]));
    let wrong = RecordBatch::try_from_iter([("K", keys.clone()), ("V", values)]).unwrap();
    let mut transaction = fixture.storage.begin();
    let error = transaction.insert(T, &fixture.def, &[wrong]).unwrap_err();
    assert!(error.message.contains("values of Int64 for column K of type NUMBER(38,0)"), "{error}");
    let short = RecordBatch::try_from_iter([("K", keys)]).unwrap();
    assert!(
        transaction.insert(T, &fixture.def, &[short]).unwrap_err().message.contains("1 columns for a table with 2")
    );
    assert!(transaction.is_empty());
}

#[test]
fn a_clone_shares_its_past_and_then_goes_its_own_way() {
    const CLONE: ObjectId = ObjectId(101);
    let fixture = Fixture::new();
    run(&fixture, "+1a +2a ; -2 ; u1b ; +3a");
    fixture.storage.clone_table(T, Seq(3), CLONE).unwrap();
    let cloned = fixture.storage.current_seq();
    run(&fixture, "truncate");
    assert_eq!(fixture.rows_of_table(CLONE, fixture.storage.current_seq(), None), owned(&[(1, "b")]));
    let from =
        fixture.storage.changes(CLONE, &fixture.def, cloned, fixture.storage.current_seq(), StreamMode::Standard);
    assert!(told(&from.unwrap()).is_empty());
    fixture.commit(|transaction| {
        transaction.insert(CLONE, &fixture.def, &[batch(&[(9, "z")])]).unwrap();
    });
    assert!(fixture.rows().is_empty());
    fixture.storage.purge(&[T]).unwrap();
    for id in 1..100 {
        fixture.storage.0.cache.remove(id);
    }
    assert_eq!(fixture.rows_of_table(CLONE, fixture.storage.current_seq(), None), owned(&[(1, "b"), (9, "z")]));
    let left: i64 = fixture
        .storage
        .0
        .store
        .read(|connection| Ok(connection.query_row("SELECT count(*) FROM data", [], |row| row.get(0))?))
        .unwrap();
    assert_eq!(left, 2, "of the purged table only what the clone uses is left");
}

#[test]
fn forgotten_versions_are_refused_and_later_ones_stay() {
    let directory = tempfile::tempdir().unwrap();
    let mut fixture = Fixture::at(directory.path());
    run(&fixture, "+1a +2a ; +3a ; u1b ; truncate ; +4a ; u4b");
    let now = fixture.storage.current_seq();
    let kept: Vec<_> = (4..=now.0).map(|seq| fixture.rows_at(Seq(seq), None)).collect();
    let delta = fixture.changes(Seq(4), now, StreamMode::Standard);
    assert_eq!(fixture.storage.forget(T, Seq(0)).unwrap(), 0);
    assert_eq!(fixture.storage.forget(T, Seq(4)).unwrap(), 3);
    for reopened in [false, true] {
        if reopened {
            drop(fixture);
            fixture = Fixture::at(directory.path());
        }
        let error = fixture.storage.scan(T, &fixture.def, Seq(3), None, false).unwrap_err();
        assert!(error.message.starts_with("Time travel data is not available for table"), "{error}");
        assert!(fixture.storage.changes(T, &fixture.def, Seq(3), now, StreamMode::Standard).is_err());
        assert!(fixture.storage.clone_table(T, Seq(3), ObjectId(9)).is_err());
        let rows: Vec<_> = (4..=now.0).map(|seq| fixture.rows_at(Seq(seq), None)).collect();
        assert_eq!(rows, kept);
        assert_eq!(fixture.changes(Seq(4), now, StreamMode::Standard), delta);
    }
}
