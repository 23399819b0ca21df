//! The tables, streams and tasks of a soak test, and what must hold of them in the end.

use std::time::Duration;

use super::Failure;
use super::process;
use super::session::{self, Session};

/// How many source tables there are; each has the same streams, copies and tasks.
pub(crate) const TABLES: usize = 2;

/// How long consumers get to catch up when nothing changes any more.
const DRAIN: Duration = Duration::from_secs(120);

/// What exists once per source table; `{n}` is its number.
const PER_TABLE: &[&str] = &[
    "CREATE TABLE source_{n} (id INT, worker INT, version INT, amount INT, note VARCHAR)",
    "CREATE TABLE copy_{n} (id INT, worker INT, version INT, amount INT, note VARCHAR)",
    // Every change that was consumed, and in which transaction: by the task, and by a client.
    "CREATE TABLE by_task_{n} (transaction INT, id INT, version INT, action VARCHAR, is_update BOOLEAN, row_id VARCHAR)",
    "CREATE TABLE by_client_{n} LIKE by_task_{n}",
    "CREATE TABLE appended_{n} (id INT, version INT)",
    "CREATE STREAM for_task_{n} ON TABLE source_{n}",
    "CREATE STREAM for_client_{n} ON TABLE source_{n}",
    "CREATE STREAM for_appended_{n} ON TABLE source_{n} APPEND_ONLY = TRUE",
    "CREATE PROCEDURE copy_changes_{n}() RETURNS INT LANGUAGE SQL AS
     $$
     BEGIN
         BEGIN TRANSACTION;
         INSERT INTO by_task_{n}
             SELECT CURRENT_TRANSACTION()::INT, id, version, METADATA$ACTION, METADATA$ISUPDATE, METADATA$ROW_ID
             FROM for_task_{n};
         MERGE INTO copy_{n} c USING (
             SELECT * FROM for_task_{n} WHERE METADATA$ACTION = 'INSERT' OR NOT METADATA$ISUPDATE
         ) s ON c.id = s.id
         WHEN MATCHED AND s.METADATA$ACTION = 'DELETE' THEN DELETE
         WHEN MATCHED THEN UPDATE SET version = s.version, amount = s.amount, note = s.note
         WHEN NOT MATCHED AND s.METADATA$ACTION = 'INSERT' THEN
             INSERT (id, worker, version, amount, note) VALUES (s.id, s.worker, s.version, s.amount, s.note);
         LET changed INT := SQLROWCOUNT;
         COMMIT;
         RETURN changed;
     EXCEPTION
         WHEN OTHER THEN
             ROLLBACK;
             RAISE;
     END
     $$",
    // Both kinds of task, started by data and by the clock. What a kill interrupts counts as a failure.
    "CREATE TASK copy_task_{n} WAREHOUSE = w USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS = 10
     SUSPEND_TASK_AFTER_NUM_FAILURES = 0 WHEN SYSTEM$STREAM_HAS_DATA('for_task_{n}') AS CALL copy_changes_{n}()",
    "CREATE TASK append_task_{n} WAREHOUSE = w SCHEDULE = '10 SECONDS'
     SUSPEND_TASK_AFTER_NUM_FAILURES = 0 WHEN SYSTEM$STREAM_HAS_DATA('for_appended_{n}')
     AS INSERT INTO appended_{n} SELECT id, version FROM for_appended_{n}",
    "ALTER TASK copy_task_{n} RESUME",
    "ALTER TASK append_task_{n} RESUME",
];

/// Questions whose answer is 0 when every change was delivered exactly once; `{l}` is a ledger.
const LEDGER: &[(&str, &str)] = &[
    (
        "changes that were delivered more than once",
        "SELECT COUNT(*) FROM (SELECT id FROM {l}_{n} GROUP BY id, version, action HAVING COUNT(*) > 1)",
    ),
    (
        "rows whose changes do not lead to what the source has",
        "SELECT COUNT(*) FROM (
             SELECT id, version FROM {l}_{n} GROUP BY id, version HAVING SUM(IFF(action = 'INSERT', 1, -1)) <> 0
         ) l FULL OUTER JOIN source_{n} s ON l.id = s.id AND l.version = s.version
         WHERE l.id IS NULL OR s.id IS NULL",
    ),
    (
        "updates of which only a half was delivered",
        "SELECT COUNT(*) FROM (
             SELECT row_id FROM {l}_{n} WHERE is_update GROUP BY transaction, row_id HAVING COUNT(*) <> 2
         )",
    ),
    (
        "rows whose identity changed",
        "SELECT COUNT(*) FROM (SELECT id FROM {l}_{n} GROUP BY id HAVING COUNT(DISTINCT row_id) <> 1)",
    ),
];

/// Creates everything.
pub(crate) async fn create(server: &process::Server) {
    let admin = server.connect().await;
    let mut statements: Vec<String> = ["CREATE WAREHOUSE w", "CREATE DATABASE soak", "USE SCHEMA soak.public"]
        .into_iter()
        .chain(["CREATE TABLE journal (worker INT, number INT)"])
        .map(str::to_owned)
        .collect();
    for table in 0..TABLES {
        statements.extend(PER_TABLE.iter().map(|sql| sql.replace("{n}", &table.to_string())));
    }
    for sql in statements {
        process::rows(&admin, &sql).await;
    }
}

/// Waits until all streams are consumed, and compares.
pub(crate) async fn check(session: &Session) -> Result<(), Failure> {
    let drained = std::time::Instant::now();
    for table in 0..TABLES {
        for stream in ["for_task", "for_appended"] {
            let sql = format!("SELECT SYSTEM$STREAM_HAS_DATA('{stream}_{table}')");
            while session::scalar(session, &sql).await?.eq_ignore_ascii_case("true") {
                if drained.elapsed() > DRAIN {
                    return Err(Failure::Wrong(format!("after {DRAIN:?} {stream}_{table} still has data")));
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    for table in 0..TABLES {
        let mut questions: Vec<(String, String)> = Vec::new();
        for ledger in ["by_task", "by_client"] {
            questions
                .extend(LEDGER.iter().map(|(what, sql)| (format!("{what} ({ledger})"), sql.replace("{l}", ledger))));
        }
        for (one, other) in [("source", "copy"), ("copy", "source")] {
            let sql = format!("SELECT COUNT(*) FROM (SELECT * FROM {one}_{{n}} EXCEPT SELECT * FROM {other}_{{n}})");
            questions.push((format!("rows of {one} that {other} does not have"), sql));
        }
        questions.push((
            "rows that were appended more than once".to_owned(),
            "SELECT COUNT(*) FROM (SELECT id FROM appended_{n} GROUP BY id HAVING COUNT(*) > 1)".to_owned(),
        ));
        for (what, sql) in questions {
            let answer = session::scalar(session, &sql.replace("{n}", &table.to_string())).await?;
            if answer != "0" {
                return Err(Failure::Wrong(format!("table {table}: {answer} {what}")));
            }
        }
        let copies = "SELECT COUNT(*) - COUNT(DISTINCT id) FROM copy_{n}".replace("{n}", &table.to_string());
        if session::scalar(session, &copies).await? != "0" {
            return Err(Failure::Wrong(format!("copy_{table} has a row twice")));
        }
    }
    // A kill leaves a failed run, and consumers may find a stream locked; nothing else fails.
    let failures = session::rows(
        session,
        "SELECT DISTINCT name, state, error_code, error_message
         FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(RESULT_LIMIT => 10000))
         WHERE state NOT IN ('SUCCEEDED', 'SKIPPED', 'SCHEDULED', 'EXECUTING')
           AND COALESCE(error_message, '') <> 'The engine stopped while the task was running.'",
    )
    .await?;
    match failures.first() {
        None => Ok(()),
        Some(run) => Err(Failure::Wrong(format!("a task failed: {}", run.join(" ")))),
    }
}
