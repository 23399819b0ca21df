//! The CBA pipeline at work, driven through the client that real programs use. The engine's time stands still unless a
//! test moves it, so that every task run is one that a test has asked for.

use std::time::{Duration, Instant};

use pipeline_tests::{
    program::Program,
    server::{Engine, PASSWORD, column, eventually, rows, scalar, try_rows},
    sns::Sns,
};
use snowflake_connector_rs::Session;

const TASK: &str = "STAGING_DB.PROCESSED_DATA.TASK_PROCESS_TABLE_A_INCREMENTAL";
const TABLE_A: &str = "RAW_DB.SAMPLE_DATA.TABLE_A";
const TABLE_B: &str = "STAGING_DB.PROCESSED_DATA.TABLE_B";
const STREAM: &str = "RAW_DB.SAMPLE_DATA.STREAM_TABLE_A";
const TWO_MINUTES: Duration = Duration::from_secs(120);

/// A deployed pipeline without data.
struct Deployed {
    engine: Engine,
    sns: Sns,
    session: Session,
}

impl Deployed {
    async fn new() -> Self {
        let sns = Sns::start().await;
        let engine = Engine::start(Some(sns.url())).await;
        program(&engine).run(&["deploy"]).ended_with(0);
        let session = engine.connect("STREAMS_TASKS_ROLE").await;
        rows(&session, "USE WAREHOUSE STREAMS_TASKS_WH").await;
        Self { engine, sns, session }
    }

    async fn do_(&self, sql: &str) {
        rows(&self.session, sql).await;
    }

    async fn count(&self, state: &str) -> usize {
        let sql = format!(
            "SELECT COUNT(*) FROM TABLE(STAGING_DB.INFORMATION_SCHEMA.TASK_HISTORY(
                TASK_NAME => 'TASK_PROCESS_TABLE_A_INCREMENTAL', RESULT_LIMIT => 10000)) WHERE STATE = '{state}'"
        );
        scalar(&self.session, &sql).await.parse().unwrap()
    }

    /// Lets the schedule come around and waits until the run that it starts has ended in `state`.
    async fn scheduled_run(&self, state: &str) {
        let before = self.count(state).await;
        self.engine.advance(TWO_MINUTES);
        let start = Instant::now();
        while self.count(state).await == before {
            assert!(start.elapsed() < Duration::from_secs(30), "no run has ended in {state}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Id, amount and action of the rows in TABLE_B.
    async fn table_b(&self) -> Vec<Vec<String>> {
        rows(
            &self.session,
            &format!("SELECT ID, AMOUNT, STATUS, STREAM_ACTION FROM {TABLE_B} ORDER BY ID, STREAM_ACTION"),
        )
        .await
    }

    async fn has_data(&self) -> String {
        scalar(&self.session, &format!("SELECT SYSTEM$STREAM_HAS_DATA('{STREAM}')")).await.to_lowercase()
    }

    async fn insert(&self, ids: &[i64]) {
        for id in ids {
            self.do_(&format!(
                "INSERT INTO {TABLE_A} (ID, CUSTOMER_ID, AMOUNT, TRANSACTION_TYPE)
                 VALUES ({id}, 'CUST_{id}', {id}.50, 'PURCHASE')"
            ))
            .await;
        }
    }
}

fn program(engine: &Engine) -> Program {
    Program::new(env!("CARGO_BIN_EXE_cba")).on(&engine.url(), "ADMIN", PASSWORD)
}

fn table(rows: &[[&str; 4]]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn inserts_updates_deletes_and_batches_reach_table_b() {
    let cba = Deployed::new().await;

    cba.insert(&[1, 2, 3, 4]).await;
    cba.scheduled_run("SUCCEEDED").await;
    assert_eq!(
        cba.table_b().await,
        table(&[
            ["1", "1.50", "ACTIVE", "INSERT"],
            ["2", "2.50", "ACTIVE", "INSERT"],
            ["3", "3.50", "ACTIVE", "INSERT"],
            ["4", "4.50", "ACTIVE", "INSERT"],
        ])
    );
    let batches = format!(
        "SELECT COUNT(DISTINCT BATCH_ID), COUNT(BATCH_ID), COUNT(STREAM_TIMESTAMP), COUNT(PROCESSED_AT) FROM {TABLE_B}"
    );
    assert_eq!(rows(&cba.session, &batches).await, [["1", "4", "4", "4"]]);
    let first_batch = scalar(&cba.session, &format!("SELECT MIN(BATCH_ID) FROM {TABLE_B}")).await;
    assert_eq!(cba.has_data().await, "false");

    // An update arrives as the old and the new row; the rows of the last batch are gone.
    cba.do_(&format!("UPDATE {TABLE_A} SET AMOUNT = 20 WHERE ID = 2")).await;
    cba.scheduled_run("SUCCEEDED").await;
    assert_eq!(cba.table_b().await, table(&[["2", "2.50", "ACTIVE", "DELETE"], ["2", "20.00", "ACTIVE", "INSERT"]]));
    assert_ne!(scalar(&cba.session, &format!("SELECT MIN(BATCH_ID) FROM {TABLE_B}")).await, first_batch);

    // Soft delete.
    cba.do_(&format!("UPDATE {TABLE_A} SET STATUS = 'INACTIVE' WHERE ID = 3")).await;
    cba.scheduled_run("SUCCEEDED").await;
    assert_eq!(cba.table_b().await, table(&[["3", "3.50", "ACTIVE", "DELETE"], ["3", "3.50", "INACTIVE", "INSERT"]]));

    // Real delete.
    cba.do_(&format!("DELETE FROM {TABLE_A} WHERE ID = 4")).await;
    cba.scheduled_run("SUCCEEDED").await;
    assert_eq!(cba.table_b().await, table(&[["4", "4.50", "ACTIVE", "DELETE"]]));

    // Several changes, of which only the net effect counts: row 6 comes and goes, row 5 comes and changes.
    cba.insert(&[5, 6]).await;
    cba.do_(&format!("UPDATE {TABLE_A} SET AMOUNT = AMOUNT + 1 WHERE ID IN (1, 5)")).await;
    cba.do_(&format!("DELETE FROM {TABLE_A} WHERE ID IN (2, 6)")).await;
    cba.scheduled_run("SUCCEEDED").await;
    assert_eq!(
        cba.table_b().await,
        table(&[
            ["1", "1.50", "ACTIVE", "DELETE"],
            ["1", "2.50", "ACTIVE", "INSERT"],
            ["2", "20.00", "ACTIVE", "DELETE"],
            ["5", "6.50", "ACTIVE", "INSERT"],
        ])
    );

    // Without changes the schedule comes around, and nothing happens.
    let kept = cba.table_b().await;
    cba.scheduled_run("SKIPPED").await;
    assert_eq!(cba.table_b().await, kept);
    cba.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_run_changes_nothing_and_notifies() {
    let cba = Deployed::new().await;
    cba.insert(&[1]).await;
    cba.scheduled_run("SUCCEEDED").await;
    let kept = cba.table_b().await;

    // A value that TABLE_B cannot take.
    let admin = cba.engine.connect("ACCOUNTADMIN").await;
    rows(&admin, &format!("ALTER TABLE {TABLE_A} ALTER COLUMN STATUS SET DATA TYPE VARCHAR(40)")).await;
    cba.do_(&format!("INSERT INTO {TABLE_A} (ID, STATUS) VALUES (2, 'LONGER THAN TEN CHARACTERS')")).await;
    cba.scheduled_run("FAILED").await;

    assert_eq!(cba.table_b().await, kept, "TABLE_B is as it was");
    assert_eq!(cba.has_data().await, "true", "the stream still has the change");
    let message = scalar(
        &cba.session,
        "SELECT ERROR_MESSAGE FROM TABLE(STAGING_DB.INFORMATION_SCHEMA.TASK_HISTORY(
            TASK_NAME => 'TASK_PROCESS_TABLE_A_INCREMENTAL', ERROR_ONLY => TRUE))",
    )
    .await;
    assert!(message.contains("is too long and would be truncated"), "{message}");

    let start = Instant::now();
    let notification = loop {
        if let Some(notification) = cba.sns.published().into_iter().next() {
            break notification;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "no notification came");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(notification.field("Action"), "Publish");
    assert_eq!(notification.field("TopicArn"), "arn:aws:sns:us-east-1:123456789012:snowflake-task-errors");
    let payload: serde_json::Value = serde_json::from_str(notification.field("Message")).unwrap();
    let text = payload.to_string();
    assert!(text.contains("TASK_PROCESS_TABLE_A_INCREMENTAL"), "{text}");
    assert!(text.contains("is too long and would be truncated"), "{text}");

    let status = program(&cba.engine).run(&["status"]).ended_with(10);
    assert!(status.out.contains("is too long and would be truncated"), "{}", status.out);

    // Once the row is corrected, the next run catches up.
    cba.do_(&format!("UPDATE {TABLE_A} SET STATUS = 'SHORT' WHERE ID = 2")).await;
    cba.scheduled_run("SUCCEEDED").await;
    assert_eq!(cba.table_b().await, table(&[["2", "NULL", "SHORT", "INSERT"]]));
    assert_eq!(cba.has_data().await, "false");
    cba.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_task_does_not_run_until_it_is_resumed() {
    let cba = Deployed::new().await;
    let state = || async { column(&cba.session, "SHOW TASKS IN SCHEMA STAGING_DB.PROCESSED_DATA", "state").await };
    assert_eq!(state().await, ["started"]);

    program(&cba.engine).run(&["suspend"]).ended_with(0);
    assert_eq!(state().await, ["suspended"]);
    program(&cba.engine).run(&["status"]).ended_with(12);
    cba.insert(&[1]).await;
    cba.engine.advance(TWO_MINUTES * 3);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(cba.table_b().await, table(&[]));
    assert_eq!(cba.has_data().await, "true");

    // By hand it runs all the same.
    let run = program(&cba.engine).run(&["run"]).ended_with(0);
    assert!(run.out.contains("succeeded"), "{}", run.out);
    assert_eq!(cba.table_b().await, table(&[["1", "1.50", "ACTIVE", "INSERT"]]));

    program(&cba.engine).run(&["resume"]).ended_with(0);
    assert_eq!(state().await, ["started"]);
    let again = program(&cba.engine).run(&["resume"]).ended_with(0);
    assert!(again.out.contains("is started"), "{}", again.out);
    cba.insert(&[2]).await;
    cba.scheduled_run("SUCCEEDED").await;
    assert_eq!(cba.table_b().await, table(&[["2", "2.50", "ACTIVE", "INSERT"]]));
    program(&cba.engine).run(&["status"]).ended_with(0);

    // The procedure can be called without its task.
    cba.insert(&[3]).await;
    let call = program(&cba.engine).run(&["run", "--procedure", "SP_PROCESS_TABLE_A_INCREMENTAL"]).ended_with(0);
    assert!(call.out.contains("batch_id"), "{}", call.out);
    assert_eq!(cba.table_b().await, table(&[["3", "3.50", "ACTIVE", "INSERT"]]));
    cba.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deploying_again_changes_nothing_and_loses_nothing() {
    let cba = Deployed::new().await;
    cba.insert(&[1, 2]).await;
    cba.scheduled_run("SUCCEEDED").await;
    cba.insert(&[3]).await;
    let created = |show: &'static str| {
        let session = &cba.session;
        async move { column(session, show, "created_on").await }
    };
    let shows = [
        "SHOW TABLES IN SCHEMA RAW_DB.SAMPLE_DATA",
        "SHOW STREAMS IN SCHEMA RAW_DB.SAMPLE_DATA",
        "SHOW TASKS IN SCHEMA STAGING_DB.PROCESSED_DATA",
        "SHOW PROCEDURES IN SCHEMA STAGING_DB.PROCESSED_DATA",
        "SHOW VIEWS IN SCHEMA STAGING_DB.PROCESSED_DATA",
    ];
    let mut before = Vec::new();
    for show in shows {
        before.push(created(show).await);
    }
    let kept = cba.table_b().await;
    cba.engine.advance(Duration::from_secs(1));

    let again = program(&cba.engine).run(&["deploy"]).ended_with(0);
    assert!(again.out.contains("deployed: 0 statements"), "{}", again.out);
    for line in ["= table RAW_DB.SAMPLE_DATA.TABLE_A", "= stream RAW_DB.SAMPLE_DATA.STREAM_TABLE_A", "is started"] {
        assert!(again.out.contains(line), "`{line}` is not in\n{}", again.out);
    }

    for (show, before) in shows.into_iter().zip(before) {
        assert_eq!(created(show).await, before, "{show}");
    }
    assert_eq!(cba.table_b().await, kept);
    assert_eq!(cba.has_data().await, "true", "the offset of the stream is where it was");
    cba.scheduled_run("SUCCEEDED").await;
    assert_eq!(cba.table_b().await, table(&[["3", "3.50", "ACTIVE", "INSERT"]]));
    cba.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_changed_safely_is_refused() {
    let cba = Deployed::new().await;
    let admin = cba.engine.connect("ACCOUNTADMIN").await;
    rows(&admin, &format!("ALTER TABLE {TABLE_A} ADD COLUMN DISCOUNT NUMBER(10,2)")).await;
    rows(&admin, &format!("ALTER TASK {TASK} SUSPEND")).await;
    rows(&admin, &format!("ALTER TASK {TASK} SET SCHEDULE = '7 MINUTES'")).await;

    let refused = program(&cba.engine).run(&["deploy"]).ended_with(3);
    for words in [
        "2 objects differ",
        "nothing was changed",
        "table RAW_DB.SAMPLE_DATA.TABLE_A",
        "DISCOUNT NUMBER(10,2): not in the pipeline",
        "schedule is `7 MINUTES`, the pipeline says `2 MINUTE",
        "ALTER TASK STAGING_DB.PROCESSED_DATA.TASK_PROCESS_TABLE_A_INCREMENTAL SET SCHEDULE",
    ] {
        assert!(refused.err.contains(words), "`{words}` is not in\n{}", refused.err);
    }
    assert_eq!(
        column(&admin, "SHOW TASKS IN SCHEMA STAGING_DB.PROCESSED_DATA", "state").await,
        ["suspended"],
        "nothing was resumed"
    );

    // A changed body is no danger: the procedure is replaced.
    rows(&admin, &format!("ALTER TABLE {TABLE_A} DROP COLUMN DISCOUNT")).await;
    rows(&admin, &format!("ALTER TASK {TASK} SET SCHEDULE = '2 MINUTES'")).await;
    rows(
        &cba.session,
        "CREATE OR REPLACE PROCEDURE STAGING_DB.PROCESSED_DATA.SP_PROCESS_TABLE_A_INCREMENTAL()
         RETURNS VARIANT LANGUAGE SQL AS $$ BEGIN RETURN 1; END $$",
    )
    .await;
    let deployed = program(&cba.engine).run(&["deploy"]).ended_with(0);
    assert!(deployed.out.contains("replace procedure"), "{}", deployed.out);
    assert!(deployed.out.contains("resume task"), "{}", deployed.out);
    cba.insert(&[1]).await;
    cba.scheduled_run("SUCCEEDED").await;
    assert_eq!(cba.table_b().await, table(&[["1", "1.50", "ACTIVE", "INSERT"]]));
    cba.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn destroy_leaves_nothing() {
    let cba = Deployed::new().await;
    cba.insert(&[1, 2, 3]).await;
    let unasked = program(&cba.engine).run(&["destroy"]).ended_with(1);
    assert!(unasked.err.contains("--yes"), "{}", unasked.err);
    assert!(unasked.out.contains("table RAW_DB.SAMPLE_DATA.TABLE_A with 3 rows"), "{}", unasked.out);
    assert_eq!(scalar(&cba.session, &format!("SELECT COUNT(*) FROM {TABLE_A}")).await, "3");

    let destroyed = program(&cba.engine).run(&["destroy", "--yes"]).ended_with(0);
    assert!(destroyed.out.contains("nothing is left"), "{}", destroyed.out);
    let admin = cba.engine.connect("ACCOUNTADMIN").await;
    for (show, name) in [
        ("SHOW DATABASES", "RAW_DB"),
        ("SHOW DATABASES", "STAGING_DB"),
        ("SHOW WAREHOUSES", "STREAMS_TASKS_WH"),
        ("SHOW ROLES", "STREAMS_TASKS_ROLE"),
        ("SHOW INTEGRATIONS", "STREAMS_TASKS_SNS_INTEGRATION"),
    ] {
        let names = column(&admin, show, "name").await;
        assert!(!names.iter().any(|left| left == name), "{name} is left: {names:?}");
    }
    let again = program(&cba.engine).run(&["destroy", "--yes"]).ended_with(0);
    assert!(again.out.contains("nothing of this pipeline is there"), "{}", again.out);

    // And it can all be made again.
    program(&cba.engine).run(&["deploy"]).ended_with(0);
    eventually(&cba.session, "SELECT 1", "1").await;
    assert!(try_rows(&admin, &format!("SELECT * FROM {TABLE_A}")).await.unwrap().is_empty());
    cba.engine.shutdown().await;
}
