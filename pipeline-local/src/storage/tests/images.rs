//! Copies of rows that were taken away: when they are made, that differences need nothing else, and that they end.

use std::collections::BTreeSet;

use super::*;
use crate::catalog::def::InitialValue;

/// Rows of one partition of the table: enough to be copied when some of them go.
const ROWS: i64 = 4_096;

/// A tracked table of so many partitions, whose values are all `a`.
fn large(fixture: &Fixture, partitions: i64) -> Seq {
    for partition in 0..partitions {
        let rows: Vec<(i64, &str)> = (partition * ROWS..(partition + 1) * ROWS).map(|key| (key, "a")).collect();
        fixture.commit(|transaction| fixture.insert(transaction, &rows));
    }
    fixture.storage.current_seq()
}

fn every(step: usize, partitions: i64) -> Vec<i64> {
    (0..partitions * ROWS).step_by(step).collect()
}

/// Numbers that a statement finds, in order.
fn numbers(fixture: &Fixture, sql: &str) -> Vec<i64> {
    let found = fixture.storage.0.store.read(|connection| {
        let mut statement = connection.prepare(sql)?;
        let numbers = statement.query_map([], |row| row.get(0))?;
        Ok(numbers.collect::<std::result::Result<Vec<i64>, _>>()?)
    });
    found.unwrap()
}

/// How many rows each partition of copies has.
fn copies(fixture: &Fixture) -> Vec<i64> {
    numbers(fixture, "SELECT rows FROM partitions WHERE kind = 2 ORDER BY id")
}

/// Takes the data of all partitions away that are not copies and were there at a version.
fn lose(fixture: &Fixture, at: Seq) {
    let lost = numbers(fixture, &format!("SELECT data FROM partitions WHERE kind <> 2 AND added_seq <= {at}"));
    for data in lost {
        fixture.storage.0.cache.remove(data as u64);
        let _ = std::fs::remove_file(partition::file(fixture.storage.0.store.directory(), data as u64));
        let emptied = fixture
            .storage
            .0
            .store
            .write(|connection| Ok(connection.execute("UPDATE data SET content = NULL WHERE id = ?1", [data])?));
        assert_eq!(emptied.unwrap(), 1);
    }
    assert!(fixture.storage.scan(T, &fixture.def, at, None, false).is_err(), "they are gone");
}

#[test]
fn a_difference_needs_no_partition_that_lost_few_rows() {
    let fixture = Fixture::new();
    let from = large(&fixture, 3);
    let (updated, deleted) = (every(100, 3), every(101, 3));
    let deleted: Vec<i64> = deleted.into_iter().filter(|key| key % 100 != 0).collect();
    fixture.commit(|transaction| {
        fixture.update(transaction, &updated, "b");
        fixture.delete(transaction, &deleted);
    });
    // Rows that were updated are updated again and deleted.
    fixture.commit(|transaction| fixture.update(transaction, &updated[..40], "c"));
    fixture.commit(|transaction| fixture.delete(transaction, &updated[30..50]));
    assert_eq!(copies(&fixture), [(updated.len() + deleted.len()) as i64], "rows of small partitions are not copied");
    lose(&fixture, from);
    let told = fixture.changes(from, fixture.storage.current_seq(), StreamMode::Standard);
    let mut expected = Vec::new();
    for key in &deleted {
        expected.push((*key, "DELETE", false, "a"));
    }
    for (index, key) in updated.iter().enumerate() {
        let gone = (30..50).contains(&index);
        expected.push((*key, "DELETE", !gone, "a"));
        if !gone {
            expected.push((*key, "INSERT", true, if index < 40 { "c" } else { "b" }));
        }
    }
    expected.sort_unstable();
    let found: Vec<_> = told
        .iter()
        .map(|(action, update, _, (key, value))| (*key, action.as_str(), *update, value.as_deref().unwrap()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn copies_are_made_only_where_they_help() {
    for (what, tracked, keys, made) in [
        ("few rows of many", true, every(64, 1), vec![64]),
        ("of a table whose changes nobody may read", false, every(64, 1), vec![]),
        ("a large part of a partition", true, (0..ROWS / 4).collect(), vec![]),
    ] {
        let mut fixture = Fixture::new();
        fixture.def.changes_from = tracked.then_some(Seq(0));
        let from = large(&fixture, 1);
        fixture.commit(|transaction| fixture.update(transaction, &keys, "b"));
        assert_eq!(copies(&fixture), made, "{what}");
        let told = fixture.changes(from, fixture.storage.current_seq(), StreamMode::Standard);
        assert_eq!(told.len(), 2 * keys.len(), "{what}");
    }
    let fixture = Fixture::new();
    fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a"), (2, "a")]));
    fixture.commit(|transaction| fixture.delete(transaction, &[2]));
    assert!(copies(&fixture).is_empty(), "a small partition");
    fixture.commit(|transaction| {
        let rows: Vec<(i64, &str)> = (0..ROWS).map(|key| (key, "a")).collect();
        fixture.insert(transaction, &rows);
        fixture.delete(transaction, &[7]);
    });
    assert!(copies(&fixture).is_empty(), "a row that no version has");
}

#[test]
fn copies_have_the_columns_of_their_time() {
    let mut fixture = Fixture::new();
    let from = large(&fixture, 1);
    let mut added = ColumnDef::new("N", SqlType::Number { precision: 5, scale: 0 });
    let five = Decimal128Array::from(vec![5]).with_precision_and_scale(5, 0).unwrap();
    added.initial = Some(InitialValue::new(Arc::new(five)).unwrap());
    fixture.commit(|transaction| fixture.delete(transaction, &[10]));
    fixture.def.add_column(added);
    // One partition has the new column, the other has not: one commit takes rows of both.
    fixture.commit(|transaction| {
        let rows = batch(&(ROWS..2 * ROWS).map(|key| (key, "a")).collect::<Vec<_>>());
        let sevens = Decimal128Array::from(vec![7; ROWS as usize]).with_precision_and_scale(5, 0).unwrap();
        let columns =
            [("K", rows.column(0).clone()), ("V", rows.column(1).clone()), ("N", Arc::new(sevens) as ArrayRef)];
        transaction.insert(T, &fixture.def, &[RecordBatch::try_from_iter(columns).unwrap()]).unwrap();
    });
    let between = fixture.storage.current_seq();
    fixture.commit(|transaction| {
        let mut gone = Vec::new();
        for rows in fixture.storage.scan(T, &fixture.def, between, None, true).unwrap() {
            let locations = rows.column_by_name(LOCATION).unwrap().as_primitive::<UInt64Type>();
            let found = rows_of(&rows).into_iter().zip(locations.values());
            gone.extend(found.filter(|((key, _), _)| [20, ROWS + 20].contains(key)).map(|(_, location)| *location));
        }
        transaction.delete(T, &fixture.def, &gone).unwrap();
    });
    fixture.def.column_mut("N").unwrap().sql_type = SqlType::INTEGER;
    fixture.def.remove_column("V");
    let (now, mode) = (fixture.storage.current_seq(), StreamMode::Standard);
    lose(&fixture, between);
    let read = |from| {
        let mut rows = Vec::new();
        for batch in fixture.storage.changes(T, &fixture.def, from, now, mode).unwrap() {
            let values = |name: &str| batch.column_by_name(name).unwrap().as_primitive::<Decimal128Type>().clone();
            rows.extend(values("K").values().iter().copied().zip(values("N").values().iter().copied()));
        }
        rows.sort_unstable();
        rows
    };
    assert_eq!(read(between), [(20, 5), (i128::from(ROWS) + 20, 7)]);
    assert_eq!(copies(&fixture), [1, 1, 1], "of different columns apart");
    let after_first = Seq(from.0 + 1);
    assert_eq!(fixture.storage.has_changes(T, after_first, now, mode), Ok(true));
}

#[test]
fn many_copies_are_put_together_and_end_with_their_versions() {
    let directory = tempfile::tempdir().unwrap();
    let mut fixture = Fixture::at(directory.path());
    let from = large(&fixture, 2);
    for key in 0..40 {
        fixture.commit(|transaction| fixture.update(transaction, &[key * 200], "b"));
    }
    let now = fixture.storage.current_seq();
    let before: Vec<_> = (from.0..=now.0).map(|at| fixture.changes(Seq(at), now, StreamMode::Standard)).collect();
    assert_eq!(before[0].len(), 80);
    fixture.storage.compact(T).unwrap();
    let places: BTreeSet<i64> = numbers(&fixture, "SELECT data FROM partitions WHERE kind = 2").into_iter().collect();
    assert_eq!((copies(&fixture).len(), places.len()), (40, 1));
    for reopened in [false, true] {
        if reopened {
            drop(fixture);
            fixture = Fixture::at(directory.path());
        }
        for (at, expected) in (from.0..=now.0).zip(&before) {
            assert_eq!(&fixture.changes(Seq(at), now, StreamMode::Standard), expected, "{at}, reopened: {reopened}");
        }
    }
    lose(&fixture, from);
    assert_eq!(fixture.changes(from, now, StreamMode::Standard), before[0]);

    let middle = Seq(now.0 - 10);
    assert_eq!(fixture.storage.forget(T, middle).unwrap(), 30);
    assert_eq!(copies(&fixture).len(), 10);
    assert_eq!(numbers(&fixture, "SELECT count(*) FROM images"), [10]);
    let merged = numbers(&fixture, &format!("SELECT count(*) FROM deletions WHERE seq <= {middle} GROUP BY partition"));
    assert_eq!(merged, [1, 1], "deletions of versions that nobody can read are one for each partition");
    for reopened in [false, true] {
        if reopened {
            let lost = numbers(&fixture, "SELECT data FROM partitions WHERE kind <> 2 AND bytes > 65536");
            for data in lost {
                std::fs::write(partition::file(directory.path(), data as u64), b"never read").unwrap();
            }
            drop(fixture);
            fixture = Fixture::at(directory.path());
        }
        for (at, expected) in (from.0..=now.0).zip(&before).skip_while(|(at, _)| *at < middle.0) {
            assert_eq!(&fixture.changes(Seq(at), now, StreamMode::Standard), expected, "{at}, reopened: {reopened}");
        }
    }
    fixture.storage.forget(T, now).unwrap();
    assert!(copies(&fixture).is_empty());
    assert_eq!(numbers(&fixture, "SELECT count(*) FROM images"), [0]);
    assert_eq!(numbers(&fixture, "SELECT count(*) FROM data WHERE id NOT IN (SELECT data FROM partitions)"), [0]);
}

#[test]
fn a_clone_makes_its_own_copies() {
    const CLONE: ObjectId = ObjectId(101);
    let fixture = Fixture::new();
    large(&fixture, 1);
    fixture.commit(|transaction| fixture.update(transaction, &every(500, 1), "b"));
    fixture.storage.clone_table(T, fixture.storage.current_seq(), CLONE).unwrap();
    let from = fixture.storage.current_seq();
    let changes = |table| {
        let now = fixture.storage.current_seq();
        told(&fixture.storage.changes(table, &fixture.def, from, now, StreamMode::Standard).unwrap())
    };
    assert!(changes(CLONE).is_empty());
    let mut transaction = fixture.storage.begin();
    let mut gone = Vec::new();
    for rows in fixture.storage.scan(CLONE, &fixture.def, from, None, true).unwrap() {
        let locations = rows.column_by_name(LOCATION).unwrap().as_primitive::<UInt64Type>();
        let found = rows_of(&rows).into_iter().zip(locations.values());
        gone.extend(found.filter(|((key, _), _)| key % 1_000 == 0).map(|(_, location)| *location));
    }
    transaction.delete(CLONE, &fixture.def, &gone).unwrap();
    transaction.commit().unwrap();
    let expected: Vec<Row> = (0..5).map(|key| (key * 1_000, Some("b".to_owned()))).collect();
    assert_eq!(changes(CLONE).into_iter().map(|change| change.3).collect::<Vec<_>>(), expected);
    assert!(changes(T).is_empty(), "the original has not changed");
    fixture.storage.purge(&[T]).unwrap();
    assert_eq!(changes(CLONE).len(), 5);
    fixture.storage.purge(&[CLONE]).unwrap();
    assert!(copies(&fixture).is_empty());
    assert_eq!(numbers(&fixture, "SELECT (SELECT count(*) FROM images) + (SELECT count(*) FROM data)"), [0]);
}
