use std::time::{Duration, Instant};

use snowflake_connector_rs::QueryCancelStatus;

use super::{connect, connect_to_schema, process, server};

#[tokio::test]
async fn an_error_keeps_its_code_message_and_query_id() {
    let server = server().await;
    let session = connect_to_schema(&server).await;
    let cases = [
        ("SELEC 1", "001003", "syntax error"),
        ("SELECT * FROM no_such_table", "002003", "NO_SUCH_TABLE"),
        ("SELECT no_such_column FROM (SELECT 1 AS a)", "000904", "invalid identifier 'NO_SUCH_COLUMN'"),
        ("SELECT 1 / 0", "100051", "Division by zero"),
        ("SELECT 'abc'::NUMBER", "100038", "Numeric value 'abc' is not recognized"),
        ("SELECT 1; SELECT 2", "000008", "Actual statement count 2 did not match the desired statement count 1."),
        ("-- nothing", "000900", "Empty SQL statement."),
        ("USE DATABASE no_such", "002043", "does not exist"),
        ("ALTER SESSION SET no_such_parameter = 1", "001006", "NO_SUCH_PARAMETER"),
    ];
    for (sql, code, text) in cases {
        let error = session.query(sql).await.unwrap_err();
        assert_eq!(error.snowflake_code(), Some(code), "{sql}: {error}");
        assert!(error.snowflake_message().is_some_and(|message| message.contains(text)), "{sql}: {error}");
        assert_eq!(error.query_id().map(str::len), Some(36), "{sql}");
    }
    assert_eq!(process::scalar(&session, "SELECT 1").await, "1", "the session goes on");
}

#[tokio::test]
async fn a_transaction_spans_requests_and_is_seen_when_committed() {
    let server = server().await;
    let (one, two) = (connect_to_schema(&server).await, connect_to_schema(&server).await);
    process::rows(&one, "CREATE TABLE t (a INT)").await;
    process::rows(&one, "BEGIN").await;
    process::rows(&one, "INSERT INTO t VALUES (1), (2)").await;
    assert_eq!(process::scalar(&one, "SELECT COUNT(*) FROM t").await, "2");
    assert_eq!(process::scalar(&two, "SELECT COUNT(*) FROM t").await, "0");
    process::rows(&one, "COMMIT").await;
    assert_eq!(process::scalar(&two, "SELECT COUNT(*) FROM t").await, "2");

    process::rows(&one, "BEGIN").await;
    process::rows(&one, "DELETE FROM t").await;
    process::rows(&one, "ROLLBACK").await;
    assert_eq!(process::scalar(&one, "SELECT COUNT(*) FROM t").await, "2");
}

#[tokio::test]
async fn sessions_run_beside_each_other() {
    let server = server().await;
    let admin = connect_to_schema(&server).await;
    process::rows(&admin, "CREATE TABLE t (who INT, n INT)").await;
    let mut writers = Vec::new();
    for who in 0..8 {
        let session = connect_to_schema(&server).await;
        writers.push(tokio::spawn(async move {
            for n in 0..5 {
                process::rows(&session, &format!("INSERT INTO t VALUES ({who}, {n})")).await;
            }
            process::scalar(&session, &format!("SELECT SUM(n) FROM t WHERE who = {who}")).await
        }));
    }
    for writer in writers {
        assert_eq!(writer.await.unwrap(), "10");
    }
    assert_eq!(process::scalar(&admin, "SELECT COUNT(*) FROM t").await, "40");
}

#[tokio::test]
async fn last_query_id_and_its_result() {
    let server = server().await;
    let session = connect(&server).await;
    let cursor = session.query("SELECT 'remembered' AS word").await.unwrap();
    let id = cursor.query_id().to_owned();
    drop(cursor);
    assert_eq!(process::scalar(&session, "SELECT LAST_QUERY_ID()").await, id);
    let sql = format!("SELECT word FROM TABLE(RESULT_SCAN('{id}'))");
    assert_eq!(process::scalar(&session, &sql).await, "remembered");
}

#[tokio::test]
async fn a_result_is_described() {
    let server = server().await;
    let session = connect_to_schema(&server).await;
    process::rows(&session, "SELECT 1 AS id, 'ab'::VARCHAR(2) AS name, 1.5::NUMBER(5, 2) AS amount").await;
    let id = process::scalar(&session, "SELECT LAST_QUERY_ID()").await;
    let sql = format!("DESCRIBE RESULT '{id}' ->> SELECT \"name\" || ' ' || \"type\" FROM $1");
    assert_eq!(
        process::column_at(&session, &sql, 0).await,
        ["ID NUMBER(1,0)", "NAME VARCHAR(2)", "AMOUNT NUMBER(5,2)"]
    );
    assert_eq!(
        process::column_at(&session, "DESCRIBE RESULT LAST_QUERY_ID()", 0).await,
        ["\"NAME\" || ' ' || \"TYPE\""]
    );
    let error = session.query("DESCRIBE RESULT 'no-such-id'").await.unwrap_err();
    assert_eq!(error.snowflake_code(), Some("000709"), "{error}");
}

#[tokio::test]
async fn a_cancelled_statement_stops_and_leaves_nothing() {
    let server = server().await;
    let session = connect_to_schema(&server).await;
    process::rows(&session, "CREATE TABLE t (a INT)").await;
    process::rows(&session, "BEGIN").await;
    process::rows(&session, "INSERT INTO t VALUES (1)").await;
    // Ten thousand million rows: longer than anybody waits.
    let handle = session
        .query_handle(
            "INSERT INTO t
             SELECT COUNT(*) FROM (SELECT SEQ8() AS a FROM TABLE(GENERATOR(ROWCOUNT => 100000)))
             CROSS JOIN (SELECT SEQ8() AS b FROM TABLE(GENERATOR(ROWCOUNT => 100000))) WHERE MOD(a * b, 7) = 3",
        )
        .unwrap();
    let canceller = handle.canceller();
    let start = Instant::now();
    let running = tokio::spawn(handle.execute());
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!running.is_finished(), "it takes longer than that");
    let status = canceller.cancel().await.unwrap();
    let error = running.await.unwrap().unwrap_err();
    assert!(error.is_cancelled(), "{status:?} {error:?}");
    // To the end it would take hours; how soon it stops depends on what else the machine does.
    assert!(start.elapsed() < Duration::from_secs(120), "{:?}", start.elapsed());
    assert!(!matches!(status, QueryCancelStatus::AlreadyFinished), "{status:?}");
    process::rows(&session, "COMMIT").await;
    assert_eq!(process::scalar(&session, "SELECT COUNT(*) FROM t").await, "1", "only what came before");
}

#[tokio::test]
async fn the_history_lists_what_ran() {
    let server = server().await;
    let session = connect_to_schema(&server).await;
    process::rows(&session, "ALTER SESSION SET QUERY_TAG = 'mine'").await;
    process::rows(&session, "SELECT 'found me'").await;
    session.query("SELECT no_such_column").await.unwrap_err();
    let history = "FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY_BY_SESSION()) WHERE query_tag = 'mine'";
    let status = format!("SELECT execution_status {history} AND query_text = 'SELECT ''found me'''");
    assert_eq!(process::column(&session, &status, "EXECUTION_STATUS").await, ["SUCCESS"]);
    let failed = format!("SELECT error_code {history} AND execution_status = 'FAIL'");
    assert_eq!(process::column(&session, &failed, "ERROR_CODE").await, ["904"]);
}
