//! The generated scripts of the CBA pipeline, executed as any client would, statement by statement.

mod process;

use std::path::Path;
use std::time::Duration;

use process::{Server, column, eventually, rows, scalar, statements};

const SCRIPTS: [&str; 7] = [
    "01_setup_infrastructure.sql",
    "02_create_sample_tables.sql",
    "03_create_stream.sql",
    "04_create_sns_notification.sql",
    "05_create_task.sql",
    "06_test_and_monitor.sql",
    "07_cleanup.sql",
];

const OPEN_RUNS: &str = "SELECT COUNT(*) FROM TABLE(STAGING_DB.INFORMATION_SCHEMA.TASK_HISTORY(
    TASK_NAME => 'TASK_PROCESS_TABLE_A_INCREMENTAL')) WHERE STATE = 'EXECUTING'
    OR STATE = 'SCHEDULED' AND SCHEDULED_FROM = 'EXECUTE_TASK'";

fn script(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/cba/sql").join(name);
    statements(&std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_of_the_scripts_runs() {
    let data = tempfile::tempdir().unwrap();
    // The scripts wait for the task; on a fast clock that takes a twentieth of the time.
    let server = Server::start(data.path(), &["--clock-speed", "20"]);
    let session = server.connect().await;

    // The set-up scripts twice: the second time must change nothing and lose nothing.
    for _ in 0..2 {
        for name in &SCRIPTS[..5] {
            for statement in script(name) {
                rows(&session, &statement).await;
            }
        }
    }
    let source = "SELECT COUNT(*) FROM RAW_DB.SAMPLE_DATA.TABLE_A";
    assert_eq!(scalar(&session, source).await, "1000");
    assert_eq!(scalar(&session, "SELECT COUNT(*) FROM RAW_DB.SAMPLE_DATA.STREAM_TABLE_A").await, "0");
    assert_eq!(column(&session, "SHOW TASKS IN SCHEMA STAGING_DB.PROCESSED_DATA", "state").await, ["started"]);

    for statement in script("06_test_and_monitor.sql") {
        rows(&session, &statement).await;
        if statement.trim_start().to_uppercase().starts_with("EXECUTE TASK") {
            eventually(&session, OPEN_RUNS, Duration::from_secs(60), |open| open == "0").await;
        }
    }
    let states = column(
        &session,
        "SELECT STATE FROM TABLE(STAGING_DB.INFORMATION_SCHEMA.TASK_HISTORY(
            TASK_NAME => 'TASK_PROCESS_TABLE_A_INCREMENTAL'))",
        "STATE",
    )
    .await;
    assert!(states.iter().any(|state| state == "SUCCEEDED"), "{states:?}");
    assert!(states.iter().any(|state| state == "FAILED"), "the error scenario fails a run: {states:?}");

    for statement in script("07_cleanup.sql") {
        rows(&session, &statement).await;
    }
    for (show, name) in [
        ("SHOW DATABASES", "RAW_DB"),
        ("SHOW DATABASES", "STAGING_DB"),
        ("SHOW WAREHOUSES", "STREAMS_TASKS_WH"),
        ("SHOW ROLES", "STREAMS_TASKS_ROLE"),
        ("SHOW INTEGRATIONS", "STREAMS_TASKS_SNS_INTEGRATION"),
    ] {
        let left = column(&session, &format!("{show} LIKE '{name}'"), "name").await;
        assert!(left.is_empty(), "{left:?} is left");
    }
}
