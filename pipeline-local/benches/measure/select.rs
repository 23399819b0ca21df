//! `SELECT 1` over the wire, against the server of fakesnow: the same requests by the same client.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pipeline_local::clock::Clock;
use serde_json::{Value, json};

use super::Line;
use super::place::Place;
use super::process::PASSWORD;
use super::statistics::{median, ratio, text};

/// How long fakesnow gets to start.
const START: Duration = Duration::from_secs(60);

pub(crate) async fn measure(times: usize, python: &Path) -> Vec<Line> {
    let place = Place::new(Clock::real()).await;
    let times = times.max(20);
    let ours = median(&ask(&place.server.url(), times).await.expect("answers"));
    let what = format!("`SELECT 1` over the wire, median of {times}");
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let server = Command::new(python)
        .args(["-m", "fakesnow", "-s", "--port", &port.port().to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut theirs = None;
    if let Ok(mut server) = server {
        let start = Instant::now();
        while theirs.is_none() && start.elapsed() < START && matches!(server.try_wait(), Ok(None)) {
            tokio::time::sleep(Duration::from_millis(200)).await;
            theirs = ask(&format!("http://{port}"), times).await.ok();
        }
        let _ = server.kill();
        let _ = server.wait();
    }
    let Some(theirs) = theirs.map(|taken| median(&taken)) else {
        return vec![Line::new(what, format!("{} (fakesnow is not there to compare with)", text(ours)))];
    };
    let ratio = ratio(theirs, ours);
    let measured = format!("{}; fakesnow {}: {ratio:.1} times faster", text(ours), text(theirs));
    vec![Line::new(what, measured).with_target("at least 8 times faster", ratio >= 8.0)]
}

/// How long each of these takes, on one connection.
async fn ask(url: &str, times: usize) -> Result<Vec<Duration>, reqwest::Error> {
    let client = reqwest::Client::new();
    let login = json!({ "data": {
        "LOGIN_NAME": "ADMIN", "PASSWORD": PASSWORD, "ACCOUNT_NAME": "local", "CLIENT_APP_ID": "measure",
        "SESSION_PARAMETERS": {},
    } });
    let login = client.post(format!("{url}/session/v1/login-request")).json(&login).send().await?;
    let login: Value = login.json().await?;
    let token = format!("Snowflake Token=\"{}\"", login["data"]["token"].as_str().unwrap_or_default());
    let mut taken = Vec::new();
    for number in 0..times + 10 {
        let start = Instant::now();
        let answer = client
            .post(format!("{url}/queries/v1/query-request?requestId={number}"))
            .header("authorization", &token)
            .json(&json!({ "sqlText": "SELECT 1" }))
            .send()
            .await?;
        let answer: Value = answer.json().await?;
        let needed = start.elapsed();
        assert_eq!(answer["success"], true, "{answer}");
        // The first ones warm up.
        if number >= 10 {
            taken.push(needed);
        }
    }
    Ok(taken)
}
