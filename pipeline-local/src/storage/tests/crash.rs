//! A process that is killed at any moment leaves a committed state.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::*;

const DIRECTORY: &str = "PIPELINE_LOCAL_CRASH_TEST_DIRECTORY";
const TARGET: ObjectId = ObjectId(300);

/// Commits without end what a pipeline does: new rows in the source, then the stream's changes into the target with the
/// consumption, in one transaction. Every third batch is large enough for files.
fn work(directory: &Path) {
    let fixture = Fixture::at(directory);
    let storage = &fixture.storage;
    let mut state = storage.stream_state(S).unwrap();
    if state.is_none() {
        storage.set_stream(S, Seq(0), false).unwrap();
        state = storage.stream_state(S).unwrap();
    }
    let long = "long ".repeat(20_000);
    println!("ready {}", state.unwrap().offset);
    let first = fixture.rows().len() as i64;
    for round in first.. {
        let value = if round % 3 == 0 { long.as_str() } else { "short" };
        fixture.commit(|transaction| fixture.insert(transaction, &[(round, value)]));
        fixture.commit(|transaction| {
            let offset = storage.stream_state(S).unwrap().unwrap().offset;
            for changed in fixture.changes(offset, transaction.start_seq(), StreamMode::Standard) {
                let row = (changed.3.0, changed.3.1.unwrap());
                transaction.insert(TARGET, &fixture.def, &[batch(&[(row.0, &row.1)])]).unwrap();
            }
            transaction.consume(S, transaction.start_seq()).unwrap();
        });
    }
}

/// Runs this test as another process that works in the directory, and kills it after a while.
fn run_and_kill(test: &str, directory: &Path) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("storage::tests::crash::{test}"), "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("ready ")), "the process begins to work");
    std::thread::sleep(Duration::from_millis(20 + rand::random_range(0..120)));
    let error = Store::open(directory).err().unwrap();
    assert!(error.message.contains(&format!("in use by process {}", child.id())), "{error}");
    // On Unix this is SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_killed_process_leaves_a_committed_state() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        return work(Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    let mut committed = 0;
    for round in 0..6 {
        run_and_kill("a_killed_process_leaves_a_committed_state", directory.path());
        let fixture = Fixture::at(directory.path());
        let storage = &fixture.storage;
        let source = fixture.rows();
        let target = fixture.rows_of_table(TARGET, storage.current_seq(), None);
        assert!(source.len() >= committed, "what was committed stays");
        committed = source.len();
        assert!(source.len() - target.len() <= round + 1, "a process leaves at most one insert that is not consumed");
        assert_eq!(target, source[..target.len()]);
        let offset = storage.stream_state(S).unwrap().unwrap().offset;
        let pending: Vec<Row> = fixture
            .changes(offset, storage.current_seq(), StreamMode::Standard)
            .into_iter()
            .map(|told| told.3)
            .collect();
        assert_eq!(pending, source[target.len()..], "the offset agrees with the target");
        let files = std::fs::read_dir(directory.path().join("partitions")).unwrap().count() as i64;
        let wanted: i64 = storage
            .0
            .store
            .read(|connection| Ok(connection.query_row("SELECT count(*) FROM data WHERE file", [], |row| row.get(0))?))
            .unwrap();
        assert_eq!(files, wanted, "no orphans");
    }
    assert!(committed > 0, "the processes got to work");
}

/// Updates one row after the other of a large table; the new value is the number of the update.
fn update(directory: &Path) {
    let fixture = Fixture::at(directory);
    if fixture.rows().is_empty() {
        let rows: Vec<(i64, &str)> = (0..5_000).map(|key| (key, "before")).collect();
        fixture.commit(|transaction| fixture.insert(transaction, &rows));
    }
    println!("ready {}", fixture.storage.current_seq());
    for update in fixture.storage.current_seq().0.. {
        let key = update as i64 * 37 % 5_000;
        fixture.commit(|transaction| fixture.update(transaction, &[key], &update.to_string()));
    }
}

#[test]
fn copies_are_there_exactly_when_their_commit_is() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        return update(Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..4 {
        run_and_kill("copies_are_there_exactly_when_their_commit_is", directory.path());
        let fixture = Fixture::at(directory.path());
        let last = fixture.storage.current_seq().0;
        // Every version has one update, of a row that was not updated before.
        let told = fixture.changes(Seq(1), Seq(last), StreamMode::Standard);
        let of =
            |action: &'static str| told.iter().filter(move |change| change.0 == action).map(|change| change.3.clone());
        let mut expected: Vec<Row> =
            (1..last).map(|update| (update as i64 * 37 % 5_000, Some(update.to_string()))).collect();
        expected.sort_unstable();
        assert_eq!(of("INSERT").collect::<Vec<_>>(), expected);
        assert!(of("DELETE").eq(expected.into_iter().map(|(key, _)| (key, Some("before".to_owned())))));
        let copied: i64 = fixture
            .storage
            .0
            .store
            .read(|connection| {
                let sql = "SELECT coalesce(sum(rows), 0) FROM partitions WHERE kind = 2";
                Ok(connection.query_row(sql, [], |row| row.get(0))?)
            })
            .unwrap();
        assert_eq!(copied as u64, last - 1);
    }
}
