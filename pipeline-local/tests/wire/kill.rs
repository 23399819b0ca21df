//! SIGKILL while a procedure overwrites a table from a stream: afterwards the table is the old or the new one, and the
//! stream stands where the table says.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use snowflake_connector_rs::{Session, SessionConfig};

use super::{PASSWORD, process};

/// Rows that one round adds to the source.
const ROWS: i64 = 1500;
/// How often the server is killed.
const KILLS: u64 = 6;

const SETUP: &[&str] = &[
    "CREATE DATABASE d",
    "USE SCHEMA d.public",
    "CREATE TABLE source (id INT, round INT)",
    "CREATE TABLE target (id INT, round INT, run INT, action VARCHAR)",
    "CREATE STREAM changes ON TABLE source",
    "CREATE PROCEDURE process(run INT) RETURNS INT LANGUAGE SQL AS
     $$
     BEGIN
         BEGIN TRANSACTION;
         INSERT OVERWRITE INTO target SELECT id, round, :run, METADATA$ACTION FROM changes;
         COMMIT;
         RETURN :run;
     EXCEPTION
         WHEN OTHER THEN
             ROLLBACK;
             RAISE;
     END
     $$",
];

async fn open(server: &process::Server) -> Session {
    let session = SessionConfig::new().with_database("D").with_schema("PUBLIC");
    process::connect(&server.url, "ADMIN", PASSWORD, session).await
}

/// What clients were told is done.
#[derive(Default)]
struct Acknowledged {
    inserted: AtomicI64,
    processed: AtomicI64,
}

/// Adds rows and processes them until the server is gone; returns with the error that this was noticed by.
async fn work(session: Session, first: i64, acknowledged: Arc<Acknowledged>) -> snowflake_connector_rs::Error {
    let mut round = first;
    loop {
        let insert = format!("INSERT INTO source SELECT SEQ8(), {round} FROM TABLE(GENERATOR(ROWCOUNT => {ROWS}))");
        if let Err(error) = session.query(insert).await {
            return error;
        }
        acknowledged.inserted.store(round, Ordering::SeqCst);
        if let Err(error) = session.query(format!("CALL process({round})")).await {
            return error;
        }
        acknowledged.processed.store(round, Ordering::SeqCst);
        round += 1;
    }
}

async fn number(session: &Session, sql: &str) -> i64 {
    process::scalar(session, sql).await.parse().unwrap_or_else(|error| panic!("{error}: {sql}"))
}

/// Compares what a killed server left with what clients were told; the last round in the source.
async fn check(data: &Path, acknowledged: &Acknowledged) -> i64 {
    let server = process::Server::start(data, &[]);
    let session = open(&server).await;
    let inserted = number(&session, "SELECT COALESCE(MAX(round), 0) FROM source").await;
    let processed = number(&session, "SELECT COALESCE(MAX(round), 0) FROM target").await;
    assert!(inserted >= acknowledged.inserted.load(Ordering::SeqCst), "an acknowledged INSERT is lost");
    assert!(processed >= acknowledged.processed.load(Ordering::SeqCst), "an acknowledged CALL is lost");
    assert!(processed <= inserted);

    let whole = format!("SELECT COUNT(*) FROM (SELECT round FROM source GROUP BY round HAVING COUNT(*) = {ROWS})");
    assert_eq!(number(&session, &whole).await, inserted, "every INSERT is there whole");
    assert!(number(&session, "SELECT COUNT(DISTINCT run) FROM target").await <= 1, "the target is of one run");
    let of_target = number(&session, "SELECT COUNT(DISTINCT round) FROM target").await;
    assert_eq!(number(&session, "SELECT COUNT(*) FROM target").await, of_target * ROWS, "the target is whole");

    // What the target does not have is in the stream, and nothing else.
    let pending = "SELECT COUNT(*) FROM changes";
    assert_eq!(number(&session, pending).await, (inserted - processed) * ROWS);
    let expected = if inserted > processed { processed + 1 } else { 0 };
    assert_eq!(number(&session, "SELECT COALESCE(MIN(round), 0) FROM changes").await, expected);

    if inserted > processed {
        process::rows(&session, &format!("CALL process({inserted})")).await;
        assert_eq!(number(&session, pending).await, 0);
        assert_eq!(number(&session, "SELECT MAX(round) FROM target").await, inserted);
    }
    server.kill();
    inserted
}

#[tokio::test]
async fn a_killed_server_leaves_the_old_or_the_new_table() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    let server = process::Server::start(data, &[]);
    let session = server.connect().await;
    for sql in SETUP {
        process::rows(&session, sql).await;
    }
    server.kill();

    let acknowledged = Arc::new(Acknowledged::default());
    let mut last = 0;
    let mut progress = 0;
    for kill in 0..KILLS {
        let server = process::Server::start(data, &[]);
        let working = tokio::spawn(work(open(&server).await, last + 1, acknowledged.clone()));
        // Until something was processed in this life, and then somewhere in what follows.
        let before = last;
        while acknowledged.processed.load(Ordering::SeqCst) <= before {
            if working.is_finished() {
                panic!("nothing was killed yet: {}", working.await.unwrap());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(rand::random_range(0..400))).await;
        server.kill();
        let error = working.await.unwrap();
        assert!(!error.is_server(), "only the kill ends the work: {error}");
        last = check(data, &acknowledged).await;
        progress += last - before;
        println!("kill {kill}: rounds up to {last}");
    }
    assert!(progress >= KILLS as i64);
}
