//! A network that breaks: logins are tried again, statements that may have run are not.

use pipeline_tests::{
    program::Program,
    proxy::{Fate, Proxy},
    server::{Engine, PASSWORD, rows},
};

fn program(url: &str) -> Program {
    Program::new(env!("CARGO_BIN_EXE_cba")).on(url, "ADMIN", PASSWORD)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_tried_again() {
    let engine = Engine::start(None).await;
    let proxy = Proxy::start(&engine.url(), |_, before| if before < 2 { Fate::Lost } else { Fate::Answered }).await;
    program(proxy.url()).run(&["deploy"]).ended_with(0);
    assert_eq!(proxy.count("/session/v1/login-request"), 3);

    let proxy = Proxy::start(&engine.url(), |_, _| Fate::Lost).await;
    let said = program(proxy.url()).run(&["deploy"]).ended_with(1);
    assert!(said.err.contains("error: cannot reach http://127.0.0.1:"), "{}", said.err);
    assert!(said.err.contains("(3 attempts)"), "{}", said.err);
    assert_eq!(proxy.count("/session/v1/login-request"), 3);
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_may_have_run_is_not_sent_again() {
    const STATEMENT: &str = "CREATE STREAM IF NOT EXISTS RAW_DB.SAMPLE_DATA.STREAM_TABLE_A";
    for fate in [Fate::AnswerLost, Fate::Lost] {
        let engine = Engine::start(None).await;
        let proxy = Proxy::start(
            &engine.url(),
            move |request, _| {
                if request.contains(STATEMENT) { fate } else { Fate::Answered }
            },
        )
        .await;
        let said = program(proxy.url()).run(&["deploy"]).ended_with(6);
        assert_eq!(proxy.count(STATEMENT), 1, "it was sent once");
        assert!(
            said.err.contains(&format!("error: `{STATEMENT}` was sent, but it is not known whether it ran")),
            "{}",
            said.err
        );
        assert!(said.err.contains("hint: it is not repeated by itself"), "{}", said.err);
        assert!(said.out.contains("! create stream RAW_DB.SAMPLE_DATA.STREAM_TABLE_A"), "{}", said.out);

        let admin = engine.connect("ACCOUNTADMIN").await;
        let ran = !rows(&admin, "SHOW STREAMS IN SCHEMA RAW_DB.SAMPLE_DATA").await.is_empty();
        assert_eq!(ran, fate == Fate::AnswerLost);

        // Deploying again sees what is there and goes on.
        let said = program(&engine.url()).run(&["deploy"]).ended_with(0);
        let sign = if ran { "= stream" } else { "+ create stream" };
        assert!(said.out.contains(&format!("{sign} RAW_DB.SAMPLE_DATA.STREAM_TABLE_A")), "{}", said.out);
        assert!(said.out.contains("= table RAW_DB.SAMPLE_DATA.TABLE_A"), "{}", said.out);
        assert!(said.out.contains("+ resume task"), "{}", said.out);
        engine.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_cancelled() {
    const STATEMENT: &str = "CREATE WAREHOUSE IF NOT EXISTS STREAMS_TASKS_WH";
    let engine = Engine::start(None).await;
    let proxy = Proxy::start(
        &engine.url(),
        |request, _| {
            if request.contains(STATEMENT) { Fate::Stuck } else { Fate::Answered }
        },
    )
    .await;
    let said = program(proxy.url()).run(&["deploy", "--statement-timeout", "1"]).ended_with(6);
    assert!(said.err.contains("it is not known whether it ran"), "{}", said.err);
    assert!(said.err.contains("timed out"), "{}", said.err);
    assert_eq!(proxy.count("/queries/v1/abort-request"), 1, "the server is asked to cancel it");
    engine.shutdown().await;
}
