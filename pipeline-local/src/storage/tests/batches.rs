//! Transactions that become durable together.

use super::*;

/// Commits these transactions while another write holds the store, so that they share what follows.
fn together(fixture: &Fixture, transactions: Vec<Transaction>) -> Vec<Result<Seq>> {
    std::thread::scope(|scope| {
        let store = &fixture.storage.0.store;
        let threads = store
            .write(|_| {
                let count = transactions.len();
                let commits = transactions.into_iter().map(|transaction| scope.spawn(|| transaction.commit()));
                let threads: Vec<_> = commits.collect();
                while store.waiting() < count {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Ok(threads)
            })
            .unwrap();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn what_two_transactions_of_a_batch_remove_fails_the_second_alone() {
    let fixture = Fixture::new();
    let start = fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a"), (2, "a"), (3, "a")]));
    // Without the lock that keeps statements from coming here.
    let transactions = ["b", "c", "d"].map(|value| {
        let mut transaction = fixture.storage.begin();
        fixture.update(&mut transaction, &[1], value);
        transaction
    });
    let mut others = transactions.into_iter().collect::<Vec<_>>();
    for key in 10..14 {
        let mut transaction = fixture.storage.begin();
        fixture.insert(&mut transaction, &[(key, "x")]);
        others.push(transaction);
    }
    let outcomes = together(&fixture, others);
    let updates: Vec<_> = outcomes[..3].iter().flatten().collect();
    assert_eq!(updates.len(), 1, "{outcomes:?}");
    for error in outcomes[..3].iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert!(error.message.contains("was changed by another transaction"), "{error}");
    }
    let mut versions: Vec<Seq> = outcomes.iter().flatten().copied().collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=5).map(|number| Seq(start.0 + number)).collect::<Vec<_>>(), "each has its own version");
    assert_eq!(fixture.storage.current_seq(), versions[4]);
    let keys: Vec<i64> = fixture.rows().into_iter().map(|row| row.0).collect();
    assert_eq!(keys, [1, 2, 3, 10, 11, 12, 13]);
    for seq in versions {
        let told = fixture.changes(Seq(seq.0 - 1), seq, StreamMode::Standard);
        let expected = if updates.contains(&&seq) { 2 } else { 1 };
        assert_eq!(told.len(), expected, "what version {seq} changed");
    }
}

#[test]
fn a_stream_is_consumed_once_by_the_transactions_of_a_batch() {
    let fixture = Fixture::new();
    fixture.storage.set_stream(S, Seq(0), false).unwrap();
    fixture.commit(|transaction| fixture.insert(transaction, &[(1, "a")]));
    let transactions = [20, 21, 22].map(|key| {
        let mut transaction = fixture.storage.begin();
        fixture.insert(&mut transaction, &[(key, "x")]);
        transaction.consume(S, transaction.start_seq()).unwrap();
        transaction
    });
    let outcomes = together(&fixture, transactions.into_iter().collect());
    assert_eq!(outcomes.iter().flatten().count(), 1, "{outcomes:?}");
    assert_eq!(fixture.rows().len(), 2);
    assert_eq!(fixture.storage.stream_state(S).unwrap().unwrap().offset, Seq(1));
}
