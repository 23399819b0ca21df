//! `plan` says what `deploy` would do, and does nothing itself.

use pipeline_tests::{
    program::{Program, Said},
    server::{Engine, PASSWORD, rows, scalar},
};

const PROCEDURE: &str = "STAGING_DB.PROCESSED_DATA.SP_PROCESS_TABLE_A_INCREMENTAL";
const TASK: &str = "STAGING_DB.PROCESSED_DATA.TASK_PROCESS_TABLE_A_INCREMENTAL";

fn program(engine: &Engine) -> Program {
    Program::new(env!("CARGO_BIN_EXE_cba")).on(&engine.url(), "ADMIN", PASSWORD)
}

/// The lines that tell of a change, and the last one.
fn told(said: &Said) -> Vec<&str> {
    let starts = |line: &str| ["  + ", "  ~ ", "  = ", "plan:"].iter().any(|start| line.starts_with(start));
    said.out.lines().filter(|line| starts(line)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_what_a_deployment_does() {
    let engine = Engine::start(None).await;
    let program = program(&engine);

    let before = program.run(&["plan", "--detailed-exitcode"]).ended_with(2);
    assert!(before.out.contains("  + create table RAW_DB.SAMPLE_DATA.TABLE_A\n"), "{}", before.out);
    assert!(before.out.contains("  + create stream RAW_DB.SAMPLE_DATA.STREAM_TABLE_A\n"), "{}", before.out);
    let session = engine.connect("ACCOUNTADMIN").await;
    assert_eq!(rows(&session, "SHOW DATABASES LIKE 'RAW_DB'").await.len(), 0, "a plan creates nothing");

    program.run(&["deploy"]).ended_with(0);
    let after = program.run(&["plan", "--detailed-exitcode"]).ended_with(0);
    assert_eq!(told(&after).last(), Some(&"plan: nothing to do"), "{}", after.out);
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_shown_before_it_is_mended() {
    let engine = Engine::start(None).await;
    let program = program(&engine);
    program.run(&["deploy"]).ended_with(0);
    let session = engine.connect("ACCOUNTADMIN").await;
    let ddl = scalar(&session, &format!("SELECT GET_DDL('PROCEDURE', '{PROCEDURE}()')")).await;
    assert!(ddl.contains("''SUCCEEDED'' AS STATUS"), "{ddl}");
    rows(&session, "USE ROLE STREAMS_TASKS_ROLE").await;
    rows(&session, "USE SCHEMA STAGING_DB.PROCESSED_DATA").await;
    rows(&session, &ddl.replace("''SUCCEEDED'' AS STATUS", "''DONE'' AS STATUS")).await;
    rows(&session, &format!("ALTER TASK {TASK} SUSPEND")).await;

    let plan = program.run(&["plan", "--detailed-exitcode"]).ended_with(2);
    assert!(plan.out.contains(&format!("  ~ replace procedure {PROCEDURE}  +1 -1\n")), "{}", plan.out);
    assert!(plan.out.contains("-         'DONE' AS STATUS,\n"), "{}", plan.out);
    assert!(plan.out.contains("+         'SUCCEEDED' AS STATUS,\n"), "{}", plan.out);
    assert!(plan.out.contains(&format!("  ~ resume task {TASK}\n")), "{}", plan.out);
    assert!(told(&plan).last().is_some_and(|line| line.starts_with("plan: 1 to replace, 1 to resume")), "{}", plan.out);

    let script = program.run(&["plan", "--sql"]).ended_with(0).out;
    assert!(script.starts_with("-- cba · "), "{script}");
    assert!(script.contains("\nUSE ROLE STREAMS_TASKS_ROLE;\nUSE WAREHOUSE STREAMS_TASKS_WH;\n"), "{script}");
    assert_eq!(script.matches("\nCREATE OR REPLACE PROCEDURE ").count(), 1, "{script}");
    assert!(script.ends_with(&format!("\nALTER TASK {TASK} RESUME;\n")), "{script}");

    program.run(&["deploy"]).ended_with(0);
    program.run(&["plan", "--detailed-exitcode"]).ended_with(0);
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_changed_safely_blocks_the_plan() {
    let engine = Engine::start(None).await;
    let program = program(&engine);
    program.run(&["deploy"]).ended_with(0);
    let session = engine.connect("STREAMS_TASKS_ROLE").await;
    rows(&session, "ALTER TABLE RAW_DB.SAMPLE_DATA.TABLE_A ADD COLUMN NOTE VARCHAR").await;
    let plan = program.run(&["plan"]).ended_with(3);
    assert!(plan.err.contains("table RAW_DB.SAMPLE_DATA.TABLE_A"), "{}", plan.err);
    assert!(plan.err.contains("NOTE"), "{}", plan.err);
    engine.shutdown().await;
}
