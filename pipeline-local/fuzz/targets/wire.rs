//! Whatever a client sends, it gets an answer: bodies of requests for login and for statements, plain, compressed or cut
//! short, and the statements in them are run.
#![no_main]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::OnceLock;
use std::time::Duration;

use pipeline_local::{Config, Server};

const PASSWORD: &str = "fuzz";
const LOGIN: &str = r#"{"data":{"LOGIN_NAME":"ADMIN","PASSWORD":"fuzz","ACCOUNT_NAME":"x","CLIENT_APP_ID":"f"}}"#;
/// A statement that takes longer is left alone: what is slow is no fault of the decoder.
const PATIENCE: Duration = Duration::from_secs(2);

/// The server of this process and a session on it.
struct Target {
    _runtime: tokio::runtime::Runtime,
    server: Server,
    token: String,
}

fn target() -> &'static Target {
    static TARGET: OnceLock<Target> = OnceLock::new();
    TARGET.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let config = Config { admin_password: Some(PASSWORD.to_owned()), ..Config::default() };
        let server = runtime.block_on(Server::start(config)).expect("the server starts");
        let mut target = Target { _runtime: runtime, server, token: String::new() };
        let answer = target.post("/session/v1/login-request", "", LOGIN.as_bytes()).expect("an answer to the login");
        let (_, rest) = answer.split_once("\"token\":\"").expect("a token");
        target.token = rest.split('"').next().unwrap_or_default().to_owned();
        for sql in ["CREATE DATABASE d", "CREATE TABLE d.public.t (a INT, b VARCHAR, v VARIANT)"] {
            let body = format!("{{\"sqlText\":\"{sql}\"}}");
            target.post("/queries/v1/query-request", "", body.as_bytes()).expect("an answer");
        }
        target
    })
}

impl Target {
    /// The answer to a request; `None` when it takes too long.
    fn post(&self, path: &str, headers: &str, body: &[u8]) -> Option<String> {
        let mut stream = TcpStream::connect(self.server.addr()).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: fuzz\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}\
             authorization: Snowflake Token=\"{}\"\r\ncontent-length: {}\r\n\r\n",
            self.token,
            body.len()
        );
        // A server that refuses early may close before it has read everything.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Ok(_) => {}
            Err(error) if answer.is_empty() && error.kind() == std::io::ErrorKind::WouldBlock => return None,
            Err(_) => {}
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 "), "no answer: {answer:?}");
        assert!(!answer.contains("panicked"), "{answer}");
        Some(answer)
    }
}

/// The text as a JSON string.
fn quoted(text: &str) -> String {
    let mut json = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            letter if letter < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => json.push(letter),
        }
    }
    json.push('"');
    json
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((kind, body)) = data.split_first() else { return };
    let target = target();
    let gzip = "content-encoding: gzip\r\n";
    match (kind % 8, std::str::from_utf8(body)) {
        (0, _) => drop(target.post("/session/v1/login-request", "", body)),
        (1, _) => drop(target.post("/session/v1/login-request", gzip, body)),
        (2, _) => drop(target.post("/queries/v1/query-request?requestId=", gzip, body)),
        (3, Ok(bindings)) => {
            let body = format!("{{\"sqlText\":\"SELECT ?, ?\",\"bindings\":{bindings}}}");
            drop(target.post("/queries/v1/query-request", "", body.as_bytes()));
        }
        (4, Ok(sql)) if !sql.to_uppercase().contains("DROP") => {
            let body = format!("{{\"sqlText\":{},\"describeOnly\":true}}", quoted(sql));
            drop(target.post("/queries/v1/query-request", "", body.as_bytes()));
        }
        (5, Ok(sql)) => {
            let body = format!("{{\"sqlText\":{}}}", quoted(&format!("SELECT {sql} FROM d.public.t")));
            drop(target.post("/queries/v1/query-request", "", body.as_bytes()));
        }
        _ => drop(target.post("/queries/v1/query-request", "", body)),
    }
});
