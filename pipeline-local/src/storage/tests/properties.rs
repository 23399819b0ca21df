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
                assert_eq!(transaction.truncate(T).unwrap(), now.len() as u64);
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
