//! Random histories against naive models.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// A table with unique keys: the naive model.
type Model = BTreeMap<i64, String>;

#[derive(Debug, Clone)]
enum Op {
    Insert(Vec<i64>),
    Update(Vec<i64>, u8),
    Delete(Vec<i64>),
    Truncate,
    Overwrite(Vec<i64>),
    Savepoint,
    RollbackToSavepoint,
    /// No part of the transaction: happens beside it.
    Compact,
}

fn op() -> impl Strategy<Value = Op> {
    let keys = || prop::collection::btree_set(0_i64..12, 1..5).prop_map(|keys| keys.into_iter().collect::<Vec<_>>());
    prop_oneof![
        4 => keys().prop_map(Op::Insert),
        // Few values, so that rows often come back to what they were.
        4 => (keys(), 0_u8..2).prop_map(|(keys, value)| Op::Update(keys, value)),
        3 => keys().prop_map(Op::Delete),
        1 => Just(Op::Truncate),
        1 => keys().prop_map(Op::Overwrite),
        1 => Just(Op::Savepoint),
        1 => Just(Op::RollbackToSavepoint),
        2 => Just(Op::Compact),
    ]
}

fn value(value: u8) -> String {
    format!("v{value}")
}

/// Runs one transaction on the storage and on the model; returns what the model has afterwards.
fn apply(fixture: &Fixture, model: &Model, ops: &[Op], commit: bool) -> Model {
    let mut transaction = fixture.storage.begin();
    let mut now = model.clone();
    let mut saved = (transaction.savepoint(), now.clone());
    for op in ops {
        match op {
            Op::Insert(keys) => {
                let new: Vec<(i64, &str)> =
                    keys.iter().filter(|key| !now.contains_key(key)).map(|key| (*key, "v0")).collect();
                fixture.insert(&mut transaction, &new);
                now.extend(new.iter().map(|(key, value)| (*key, (*value).to_owned())));
            }
            Op::Update(keys, new) => {
                fixture.update(&mut transaction, keys, &value(*new));
                keys.iter().for_each(|key| {
                    now.entry(*key).and_modify(|old| *old = value(*new));
                });
            }
            Op::Delete(keys) => {
                fixture.delete(&mut transaction, keys);
                now.retain(|key, _| !keys.contains(key));
            }
            Op::Truncate => {
                assert_eq!(transaction.truncate(T, &fixture.def).unwrap(), now.len() as u64);
                now.clear();
            }
            Op::Overwrite(keys) => {
                let new: Vec<(i64, &str)> = keys.iter().map(|key| (*key, "v1")).collect();
                transaction.overwrite(T, &fixture.def, &[batch(&new)]).unwrap();
                now = new.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
            }
            Op::Compact => fixture.storage.compact(T).unwrap(),
            Op::Savepoint => saved = (transaction.savepoint(), now.clone()),
            Op::RollbackToSavepoint => {
                transaction.rollback_to(saved.0);
                now = saved.1.clone();
            }
        }
        let seen = fixture.rows_at(fixture.storage.current_seq(), Some(&transaction));
        assert_eq!(seen, now.iter().map(|(key, value)| (*key, Some(value.clone()))).collect::<Vec<_>>(), "{op:?}");
    }
    if commit {
        transaction.commit().unwrap();
        now
    } else {
        transaction.rollback();
        model.clone()
    }
}

/// Rows by identity, which is how deltas are applied.
fn by_identity(fixture: &Fixture, at: Seq) -> BTreeMap<String, Row> {
    let rows = told(&fixture.storage.initial_rows(T, &fixture.def, at).unwrap());
    rows.into_iter().map(|(_, _, id, row)| (id, row)).collect()
}

/// Applies a delta as a consumer would, checking that it fits.
fn consume(mut state: BTreeMap<String, Row>, delta: &[Told]) -> BTreeMap<String, Row> {
    for (_, update, id, row) in delta.iter().filter(|change| change.0 == "DELETE") {
        assert_eq!(state.remove(id).as_ref(), Some(row), "a deleted row was there, with these values");
        let again = delta.iter().find(|other| other.0 == "INSERT" && other.2 == *id);
        assert_eq!(again.is_some(), *update, "only an update has the other half");
        assert_ne!(again.map(|other| &other.3), Some(row), "an update changes something");
    }
    for (_, _, id, row) in delta.iter().filter(|change| change.0 == "INSERT") {
        assert_eq!(state.insert(id.clone(), row.clone()), None, "an inserted row was not there");
    }
    state
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn transactions_equal_a_model_and_deltas_lead_from_version_to_version(
        history in prop::collection::vec((prop::collection::vec(op(), 1..5), prop::bool::weighted(0.85)), 1..7),
    ) {
        let fixture = Fixture::new();
        let mut models = vec![Model::new()];
        let mut versions = vec![fixture.storage.current_seq()];
        for (ops, commit) in &history {
            let model = apply(&fixture, models.last().unwrap(), ops, *commit);
            models.push(model);
            versions.push(fixture.storage.current_seq());
        }
        let rows = |model: &Model| model.iter().map(|(k, v)| (*k, Some(v.clone()))).collect::<Vec<Row>>();
        for (model, seq) in models.iter().zip(&versions) {
            prop_assert_eq!(fixture.rows_at(*seq, None), rows(model));
        }
        for (index, from) in versions.iter().enumerate() {
            let start = by_identity(&fixture, *from);
            let mut stepwise = start.clone();
            for step in versions[index..].windows(2) {
                stepwise = consume(stepwise, &fixture.changes(step[0], step[1], StreamMode::Standard));
                let whole = consume(start.clone(), &fixture.changes(*from, step[1], StreamMode::Standard));
                prop_assert_eq!(&whole, &by_identity(&fixture, step[1]));
                prop_assert_eq!(&whole, &stepwise, "deltas compose");
            }
        }
    }

    #[test]
    fn a_reopened_storage_is_the_same(
        history in prop::collection::vec(prop::collection::vec(op(), 1..4), 1..6),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let fixture = Fixture::at(directory.path());
        let mut model = Model::new();
        for ops in &history {
            model = apply(&fixture, &model, ops, true);
        }
        let last = fixture.storage.current_seq();
        let before: Vec<_> = (0..=last.0).map(|seq| by_identity(&fixture, Seq(seq))).collect();
        drop(fixture);
        let fixture = Fixture::at(directory.path());
        prop_assert_eq!(fixture.storage.current_seq(), last);
        for (seq, rows) in before.iter().enumerate() {
            prop_assert_eq!(&by_identity(&fixture, Seq(seq as u64)), rows);
        }
    }
}

/// How many rows the large table of [`Wide`] starts with, in two partitions that are files.
const WIDE: i64 = 6_000;

/// A transaction on a table whose partitions are large enough that copies are made of rows that go.
#[derive(Debug, Clone)]
enum Wide {
    /// Every so many rows from a key on, so many of them.
    Update(Keys, u8),
    Delete(Keys),
    Insert(usize),
    Compact,
    Reopen,
    /// Versions before this part of those that can be read are forgotten.
    Forget(u8),
}

/// Keys that lie all over the table or together.
#[derive(Debug, Clone)]
struct Keys {
    first: i64,
    step: i64,
    count: usize,
}

impl Keys {
    fn of(&self, model: &Model) -> Vec<i64> {
        let keys = (self.first..).step_by(self.step as usize).take(self.count);
        keys.filter(|key| model.contains_key(key)).collect()
    }
}

fn keys() -> impl Strategy<Value = Keys> {
    let step = prop_oneof![3 => 20_i64..200, 1 => Just(1_i64)];
    (0..WIDE, step, prop_oneof![3 => 1_usize..150, 1 => 500_usize..1_500]).prop_map(|(first, step, count)| Keys {
        first,
        step,
        count,
    })
}

fn wide() -> impl Strategy<Value = Wide> {
    prop_oneof![
        6 => (keys(), 0_u8..2).prop_map(|(keys, value)| Wide::Update(keys, value)),
        3 => keys().prop_map(Wide::Delete),
        2 => (1_usize..3_000).prop_map(Wide::Insert),
        1 => Just(Wide::Compact),
        1 => Just(Wide::Reopen),
        1 => (0_u8..100).prop_map(Wide::Forget),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn copies_tell_what_the_partitions_would(
        history in prop::collection::vec(prop::collection::vec(wide(), 1..4), 3..8),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 4),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut fixture = Fixture::at(directory.path());
        let mut model = Model::new();
        let mut next = 0;
        let mut insert = |fixture: &Fixture, transaction: &mut Transaction, model: &mut Model, count: usize| {
            let rows: Vec<(i64, &str)> = (next..next + count as i64).map(|key| (key, "v0")).collect();
            fixture.insert(transaction, &rows);
            model.extend(rows.iter().map(|(key, value)| (*key, (*value).to_owned())));
            next += count as i64;
        };
        for _ in 0..2 {
            fixture.commit(|transaction| insert(&fixture, transaction, &mut model, WIDE as usize / 2));
        }
        let mut versions = vec![(fixture.storage.current_seq(), model.clone())];
        for ops in &history {
            let mut transaction = Some(fixture.storage.begin());
            for op in ops {
                let open = transaction.get_or_insert_with(|| fixture.storage.begin());
                match op {
                    Wide::Update(keys, new) => {
                        let keys = keys.of(&model);
                        fixture.update(open, &keys, &value(*new));
                        keys.into_iter().for_each(|key| { model.insert(key, value(*new)); });
                    }
                    Wide::Delete(keys) => {
                        let keys = keys.of(&model);
                        fixture.delete(open, &keys);
                        keys.iter().for_each(|key| { model.remove(key); });
                    }
                    Wide::Insert(count) => insert(&fixture, open, &mut model, *count),
                    Wide::Compact => fixture.storage.compact(T).unwrap(),
                    Wide::Forget(part) => {
                        let index = versions.len() * usize::from(*part) / 100;
                        fixture.storage.forget(T, versions[index].0).unwrap();
                        versions.drain(..index);
                    }
                    Wide::Reopen => {
                        transaction.take().unwrap().commit().unwrap();
                        drop(fixture);
                        fixture = Fixture::at(directory.path());
                    }
                }
            }
            if let Some(open) = transaction {
                open.commit().unwrap();
            }
            versions.push((fixture.storage.current_seq(), model.clone()));
        }
        for (one, other) in places {
            let (one, other) = (one.index(versions.len()), other.index(versions.len()));
            let ((from, before), (to, after)) = (&versions[one.min(other)], &versions[one.max(other)]);
            let rows = |model: &Model| model.iter().map(|(k, v)| (*k, Some(v.clone()))).collect::<Vec<Row>>();
            prop_assert_eq!(fixture.rows_at(*from, None), rows(before));
            prop_assert_eq!(fixture.rows_at(*to, None), rows(after));
            let told = fixture.changes(*from, *to, StreamMode::Standard);
            let by_key = |action: &str| {
                let rows = told.iter().filter(|change| change.0 == action);
                rows.map(|(_, update, id, row)| (row.0, (row.1.clone().unwrap(), *update, id))).collect::<BTreeMap<_, _>>()
            };
            let (removed, added) = (by_key("DELETE"), by_key("INSERT"));
            prop_assert_eq!(removed.len() + added.len(), told.len());
            // Keys are never given again: a key that is in both versions is one row.
            for (key, old) in before {
                let new = after.get(key);
                let changed = new != Some(old);
                let expected = changed.then(|| (old.clone(), new.is_some()));
                prop_assert_eq!(removed.get(key).map(|(value, update, _)| (value.clone(), *update)), expected);
                if changed && new.is_some() {
                    prop_assert_eq!(removed[key].2, added[key].2, "the halves of an update are one row");
                }
            }
            for (key, new) in after {
                let old = before.get(key);
                let expected = (old != Some(new)).then(|| (new.clone(), old.is_some()));
                prop_assert_eq!(added.get(key).map(|(value, update, _)| (value.clone(), *update)), expected);
            }
            prop_assert!(removed.keys().all(|key| before.contains_key(key)));
            prop_assert!(added.keys().all(|key| after.contains_key(key)));
        }
    }
}
