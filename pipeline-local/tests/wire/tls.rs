use std::path::PathBuf;

use pipeline_local::{Config, Server};
use serde_json::json;

use super::{PASSWORD, server_with};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/wire/fixtures").join(name)
}

/// The fixture's certificate is for 127.0.0.1, of an authority of its own, and for a hundred years.
#[tokio::test]
async fn https_is_spoken_with_a_certificate() {
    let tls = Some((fixture("cert.pem"), fixture("key.pem")));
    let server = server_with(Config { tls, ..Config::default() }).await;
    assert!(server.url().starts_with("https://127.0.0.1:"), "{}", server.url());
    let pem = std::fs::read(fixture("ca.pem")).unwrap();
    let http =
        reqwest::Client::builder().tls_certs_only([reqwest::Certificate::from_pem(&pem).unwrap()]).build().unwrap();
    let login = json!({ "data": { "LOGIN_NAME": "ADMIN", "PASSWORD": PASSWORD } });
    let request = http.post(format!("{}/session/v1/login-request", server.url())).json(&login);
    let answer: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    let token = answer["data"]["token"].as_str().unwrap();
    let sql = "SELECT LPAD('', 1000, 'x') FROM TABLE(GENERATOR(ROWCOUNT => 1000))";
    let request = http.post(format!("{}/queries/v1/query-request", server.url())).json(&json!({ "sqlText": sql }));
    let request = request.header("Authorization", format!("Snowflake Token=\"{token}\""));
    let answer: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    let chunk = answer["data"]["chunks"][0]["url"].as_str().unwrap();
    assert!(chunk.starts_with("https://"), "{chunk}");
    assert_eq!(http.get(chunk).send().await.unwrap().status(), 200);
    // Somebody who does not know the certificate does not trust it; plain http is no answer either.
    assert!(reqwest::get(format!("{}/health", server.url())).await.is_err());
    let plain = server.url().replace("https", "http");
    assert!(reqwest::get(format!("{plain}/health")).await.is_err());
}

#[tokio::test]
async fn files_that_are_no_certificate_are_named() {
    let cases = [
        (fixture("none.pem"), fixture("key.pem"), "none.pem"),
        (fixture("key.pem"), fixture("key.pem"), "there is no certificate"),
        (fixture("cert.pem"), fixture("cert.pem"), "cert.pem"),
    ];
    for (certificate, key, reason) in cases {
        let config = Config { tls: Some((certificate, key)), ..Config::default() };
        let error = Server::start(config).await.unwrap_err().to_string();
        assert!(error.contains(reason), "{reason}: {error}");
    }
}
