//! What a user sees when something is not as it should be: one clear error, and an exit code that scripts can use.

use std::io::{Read, Write};

use pipeline_tests::{
    program::Program,
    server::{Engine, PASSWORD, rows},
};

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_cba"))
}

#[test]
fn an_unreachable_host() {
    // A port that was free a moment ago: nothing listens there.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let said = program().on(&format!("http://127.0.0.1:{port}"), "ADMIN", "secret-word").run(&["deploy"]).ended_with(1);
    assert!(said.first_line().starts_with("cba · SNOWFLAKE_* variables (local at http://127.0.0.1:"), "{}", said.out);
    assert!(said.err.starts_with(&format!("error: cannot reach http://127.0.0.1:{port}: ")), "{}", said.err);
    assert!(said.err.contains("hint: nothing listens there: check `host` and `port`"), "{}", said.err);
    assert!(!said.err.contains("secret-word") && !said.out.contains("secret-word"));
}

#[test]
fn a_host_name_that_does_not_exist() {
    let said = program()
        .with("SNOWFLAKE_ACCOUNT", "no-such-account")
        .with("SNOWFLAKE_HOST", "no-such-account.invalid")
        .with("SNOWFLAKE_USER", "u")
        .with("SNOWFLAKE_PASSWORD", "p")
        .run(&["deploy"])
        .ended_with(1);
    assert!(said.err.contains("cannot reach https://no-such-account.invalid"), "{}", said.err);
    assert!(said.err.contains("hint: the host name does not exist"), "{}", said.err);
}

#[test]
fn an_account_that_does_not_exist() {
    // Snowflake's front end answers for every host name, with an HTTP error where there is no such account.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut request = [0; 16 * 1024];
            let _ = stream.read(&mut request);
            let _ =
                stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\nconnection: close\r\n\r\nnot found");
        }
    });
    let said = program().on(&url, "ADMIN", "p").run(&["deploy"]).ended_with(1);
    assert!(said.err.contains("HTTP 404"), "{}", said.err);
    assert!(said.err.contains("hint: the host answers, but knows no such account: check `account`"), "{}", said.err);
}

#[test]
fn a_connection_that_is_not_configured() {
    let said = program().run(&["deploy", "--connection", "nowhere"]).ended_with(1);
    assert!(said.err.starts_with("error: there is no connection `nowhere`"), "{}", said.err);
    let said = program().run(&["deploy", "--connection", "dev", "--local", "data"]).ended_with(1);
    assert!(said.err.starts_with("error: `--local` and `--connection dev` name two different targets"), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_another_engine_has() {
    let home = tempfile::tempdir().unwrap();
    let config = pipeline_local::Config { data: Some(home.path().join(".pipeline")), ..Default::default() };
    let server = pipeline_local::Server::start(config).await.unwrap();
    let said = program().run_in(home.path(), &["status"]).ended_with(1);
    assert!(
        said.err.starts_with("error: the embedded engine did not start on `.pipeline`: the data directory"),
        "{}",
        said.err
    );
    assert!(said.err.contains("hint: if another process uses this directory"), "{}", said.err);
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password() {
    let engine = Engine::start(None).await;
    let said = program().on(&engine.url(), "ADMIN", "wrong-word").run(&["deploy"]).ended_with(7);
    assert!(said.err.contains("refused the login: Incorrect username or password was specified."), "{}", said.err);
    assert!(said.err.contains("hint: check the user and the password"), "{}", said.err);
    assert!(!said.err.contains("wrong-word"), "{}", said.err);
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_privilege() {
    let engine = Engine::start(None).await;
    let admin = engine.connect("ACCOUNTADMIN").await;
    rows(&admin, "CREATE USER MODEST PASSWORD = 'modest' DEFAULT_ROLE = PUBLIC").await;

    // Somebody who is no administrator cannot even begin, and nothing is changed.
    let said = program().on(&engine.url(), "MODEST", "modest").run(&["deploy"]).ended_with(7);
    assert!(said.err.contains("USE ROLE ACCOUNTADMIN"), "{}", said.err);
    assert!(said.err.contains("hint: "), "{}", said.err);
    assert!(rows(&admin, "SHOW DATABASES LIKE 'RAW_DB'").await.is_empty());

    // A privilege that somebody took away is given back.
    let program = program().on(&engine.url(), "ADMIN", PASSWORD);
    program.run(&["deploy"]).ended_with(0);
    rows(&admin, "REVOKE CREATE TABLE ON SCHEMA STAGING_DB.PROCESSED_DATA FROM ROLE STREAMS_TASKS_ROLE").await;
    rows(&admin, "DROP TABLE STAGING_DB.PROCESSED_DATA.TABLE_B").await;
    let said = program.run(&["deploy"]).ended_with(0);
    assert!(said.out.contains("create table STAGING_DB.PROCESSED_DATA.TABLE_B"), "{}", said.out);
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_fails_in_the_middle() {
    let engine = Engine::start(None).await;
    let admin = engine.connect("ACCOUNTADMIN").await;
    let program = program().on(&engine.url(), "ADMIN", PASSWORD);
    // A table stands where the pipeline has a view.
    rows(&admin, "CREATE DATABASE STAGING_DB").await;
    rows(&admin, "CREATE SCHEMA STAGING_DB.PROCESSED_DATA").await;
    rows(&admin, "CREATE TABLE STAGING_DB.PROCESSED_DATA.V_PIPELINE_MONITORING (ID NUMBER)").await;

    let said = program.run(&["deploy"]).ended_with(6);
    assert!(
        said.err.contains("CREATE OR REPLACE VIEW STAGING_DB.PROCESSED_DATA.V_PIPELINE_MONITORING"),
        "{}",
        said.err
    );
    assert!(said.err.contains("(view STAGING_DB.PROCESSED_DATA.V_PIPELINE_MONITORING)"), "{}", said.err);
    assert!(said.err.contains("already exists"), "{}", said.err);
    assert!(said.err.contains("running `deploy` again continues here"), "{}", said.err);
    assert!(said.out.contains("+ create table RAW_DB.SAMPLE_DATA.TABLE_A"), "{}", said.out);
    assert!(said.out.contains("! create view"), "{}", said.out);

    rows(&admin, "DROP TABLE STAGING_DB.PROCESSED_DATA.V_PIPELINE_MONITORING").await;
    let said = program.run(&["deploy"]).ended_with(0);
    assert!(said.out.contains("= table RAW_DB.SAMPLE_DATA.TABLE_A"), "{}", said.out);
    assert!(said.out.contains("resume task"), "{}", said.out);
    engine.shutdown().await;
}

#[test]
fn rendered_scripts_are_as_committed() {
    program().run(&["render", "--check"]).ended_with(0);

    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("sql");
    let out = out.to_str().unwrap();
    program().run(&["render", "--out", out]).ended_with(0);
    program().run(&["render", "--check", "--out", out]).ended_with(0);
    let file = directory.path().join("sql/03_create_stream.sql");
    let edited =
        std::fs::read_to_string(&file).unwrap().replace("CREATE STREAM IF NOT EXISTS", "CREATE OR REPLACE STREAM");
    std::fs::write(&file, edited).unwrap();
    let said = program().run(&["render", "--check", "--out", out]).ended_with(1);
    assert!(said.err.contains("-CREATE OR REPLACE STREAM RAW_DB.SAMPLE_DATA.STREAM_TABLE_A"), "{}", said.err);
    assert!(said.err.contains("+CREATE STREAM IF NOT EXISTS RAW_DB.SAMPLE_DATA.STREAM_TABLE_A"), "{}", said.err);
    assert!(said.err.contains("hint: run `render` and commit the files"), "{}", said.err);
}
