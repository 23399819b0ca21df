//! The server's life: restart, signals, refusals to start.

use std::process::{Command, Output};

use pipeline_local::Config;

use super::{connect_to_schema, process, server_with};

#[tokio::test]
async fn data_survives_a_shutdown_and_open_transactions_do_not() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config { data: Some(directory.path().to_owned()), ..Config::default() };
    let server = server_with(config.clone()).await;
    let session = connect_to_schema(&server).await;
    for sql in ["CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1)", "BEGIN", "INSERT INTO t VALUES (2)"] {
        process::rows(&session, sql).await;
    }
    server.shutdown().await;
    assert!(session.query("SELECT 1").await.is_err());

    let server = server_with(config).await;
    let session = connect_to_schema(&server).await;
    assert_eq!(process::column(&session, "SELECT a FROM t", "A").await, ["1"]);
    server.shutdown().await;
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_long_statements() {
    let server = server_with(Config::default()).await;
    let session = connect_to_schema(&server).await;
    let waiting = tokio::spawn(async move { session.query("SELECT SYSTEM$WAIT(120)").await.map(|_| ()) });
    while server.engine().history.list(|record| record.text.contains("SYSTEM$WAIT")).is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let start = std::time::Instant::now();
    server.shutdown().await;
    assert!(start.elapsed().as_secs() < 8, "{:?}", start.elapsed());
    assert!(waiting.await.unwrap().is_err());
}

fn serve(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipeline-local"));
    command.arg("serve").args(arguments).output().expect("the program runs")
}

#[tokio::test]
async fn what_keeps_a_server_from_starting_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let server = process::Server::start(directory.path(), &[]);
    let port = server.url.rsplit(':').next().unwrap().to_owned();
    let data = directory.path().to_str().unwrap();
    let file = directory.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let cases: [(&[&str], i32, &str); 5] = [
        (&["--port", &port], 1, "is in use, perhaps by another server"),
        (&["--data", data], 1, "is in use by process"),
        (&["--data", file.to_str().unwrap()], 1, "a file"),
        (&["--host", "256.0.0.1"], 1, "cannot listen on 256.0.0.1"),
        (&["--clock-speed", "0"], 2, "expected a positive number"),
    ];
    for (arguments, status, text) in cases {
        let output = serve(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {stderr}");
        assert!(stderr.contains(text), "{arguments:?}: {stderr}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{arguments:?}");
    }
    assert_eq!(process::scalar(&server.connect().await, "SELECT 1").await, "1", "the first server is not disturbed");
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_ends_the_server_in_order() {
    for signal in ["TERM", "INT"] {
        let directory = tempfile::tempdir().unwrap();
        let server = process::Server::start(directory.path(), &[]);
        let session = server.connect().await;
        process::rows(&session, "CREATE DATABASE d").await;
        let status = Command::new("kill").args(["-s", signal, &server.id().to_string()]).status().unwrap();
        assert!(status.success());
        assert_eq!(server.wait().code(), Some(0), "{signal}");
    }
}

#[test]
fn a_password_is_made_and_printed_when_none_is_given() {
    use std::io::BufRead as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_pipeline-local"))
        .args(["serve", "--port", "0"])
        .env_remove("PIPELINE_LOCAL_PASSWORD")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let (first, second) = (lines.next().unwrap().unwrap(), lines.next().unwrap().unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    let password = first.strip_prefix("password of user ADMIN: ").unwrap_or_else(|| panic!("{first}"));
    assert!(password.len() >= 16, "{first}");
    assert!(second.starts_with("pipeline-local listening on http://127.0.0.1:"), "{second}");
}
