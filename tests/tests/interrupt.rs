//! Ctrl-C while a program works.
#![cfg(unix)]

use std::{
    process::{Child, Command},
    time::{Duration, Instant},
};

use pipeline_tests::{
    program::{Program, Said},
    proxy::{Fate, Proxy},
    server::{Engine, PASSWORD, rows, scalar},
};

fn program(url: &str) -> Program {
    Program::new(env!("CARGO_BIN_EXE_cba")).on(url, "ADMIN", PASSWORD)
}

async fn until(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn interrupt(child: Child) -> Said {
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap().into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_tells_how_far_it_came() {
    const STATEMENT: &str = "CREATE WAREHOUSE IF NOT EXISTS STREAMS_TASKS_WH";
    let engine = Engine::start(None).await;
    let proxy = Proxy::start(
        &engine.url(),
        |request, _| {
            if request.contains(STATEMENT) { Fate::Stuck } else { Fate::Answered }
        },
    )
    .await;
    let home = tempfile::tempdir().unwrap();
    let child = program(proxy.url()).start_in(home.path(), &["deploy"]);
    until("the statement is sent", || proxy.count(STATEMENT) == 1).await;
    let said = interrupt(child).await.ended_with(6);
    assert!(said.err.contains(&format!("error: `{STATEMENT}` was interrupted")), "{}", said.err);
    assert!(said.err.contains("hint: 4 statements were done, "), "{}", said.err);
    assert_eq!(proxy.count("/queries/v1/abort-request"), 1, "the server is asked to cancel it");
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_a_task_ends_but_the_task_does_not() {
    let engine = Engine::start(None).await;
    program(&engine.url()).run(&["deploy"]).ended_with(0);
    let session = engine.connect("STREAMS_TASKS_ROLE").await;
    for sql in [
        "USE WAREHOUSE STREAMS_TASKS_WH",
        "INSERT INTO RAW_DB.SAMPLE_DATA.TABLE_A (CUSTOMER_ID) VALUES ('A')",
        "INSERT INTO STAGING_DB.PROCESSED_DATA.TABLE_B (ID) VALUES (1)",
        // Holds TABLE_B, so that the task has to wait.
        "BEGIN TRANSACTION",
        "UPDATE STAGING_DB.PROCESSED_DATA.TABLE_B SET STATUS = 'X'",
    ] {
        rows(&session, sql).await;
    }
    let proxy = Proxy::start(&engine.url(), |_, _| Fate::Answered).await;
    let home = tempfile::tempdir().unwrap();
    let child = program(proxy.url()).start_in(home.path(), &["run"]);
    until("the history is read again and again", || proxy.count("TASK_HISTORY") > 3).await;
    let said = interrupt(child).await.ended_with(1);
    assert!(said.err.contains("interrupted"), "{}", said.err);

    rows(&session, "ROLLBACK").await;
    let start = Instant::now();
    let count = "SELECT COUNT(*) FROM STAGING_DB.PROCESSED_DATA.TABLE_B WHERE CUSTOMER_ID = 'A'";
    while scalar(&session, count).await != "1" {
        assert!(start.elapsed() < Duration::from_secs(30), "the task has not gone on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    engine.shutdown().await;
}
