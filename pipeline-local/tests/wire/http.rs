//! What clients other than ours send, by hand.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use pipeline_local::{Config, Server};
use serde_json::{Value, json};

use super::{PASSWORD, server, server_with};

/// A client that sends what it is told to.
struct Raw {
    http: reqwest::Client,
    url: String,
    token: String,
    master: String,
}

impl Raw {
    async fn new(server: &Server) -> Self {
        let mut raw =
            Self { http: reqwest::Client::new(), url: server.url(), token: String::new(), master: String::new() };
        let body = json!({ "data": {
            "CLIENT_APP_ID": "PythonConnector", "CLIENT_APP_VERSION": "4.8.1", "ACCOUNT_NAME": "a",
            "LOGIN_NAME": "admin", "PASSWORD": PASSWORD, "SESSION_PARAMETERS": { "CLIENT_PREFETCH_THREADS": 4, "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": "JSON" },
        } });
        let answer = raw.post("/session/v1/login-request?requestId=1", &body).await;
        assert_eq!(answer["success"], true, "{answer}");
        raw.token = answer["data"]["token"].as_str().unwrap().to_owned();
        raw.master = answer["data"]["masterToken"].as_str().unwrap().to_owned();
        assert!(answer["data"]["sessionId"].is_u64(), "{answer}");
        raw
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        self.post_as(path, body, &self.token).await
    }

    async fn post_as(&self, path: &str, body: &Value, token: &str) -> Value {
        let request = self.http.post(format!("{}{path}", self.url)).json(body);
        let answer = request.header("Authorization", format!("Snowflake Token=\"{token}\"")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.url));
        let answer =
            request.header("Authorization", format!("Snowflake Token=\"{}\"", self.token)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    async fn query(&self, request_id: &str, body: Value) -> Value {
        self.post(&format!("/queries/v1/query-request?requestId={request_id}"), &body).await
    }

    async fn run(&self, sql: &str) -> Value {
        let answer = self.query(&uuid(), json!({ "sqlText": sql })).await;
        assert_eq!(answer["success"], true, "{sql}: {answer}");
        answer
    }
}

fn uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}

#[tokio::test]
async fn tokens_open_what_they_are_for() {
    let server = server().await;
    let client = Raw::new(&server).await;
    let select = json!({ "sqlText": "SELECT 1" });
    for token in ["", "None", "guess", client.master.as_str()] {
        let answer = client.post_as("/queries/v1/query-request?requestId=1", &select, token).await;
        assert_eq!((&answer["success"], &answer["code"]), (&json!(false), &json!("390104")), "{token}");
    }
    assert_eq!(client.post("/session/heartbeat", &json!({})).await["success"], true);

    let renew = json!({ "oldSessionToken": client.token, "requestType": "RENEW" });
    let refused = client.post_as("/session/token-request", &renew, "guess").await;
    assert_eq!(refused["code"], "390113");
    let renewed = client.post_as("/session/token-request", &renew, &client.master).await;
    let token = renewed["data"]["sessionToken"].as_str().unwrap();
    assert!(renewed["data"]["sessionId"].is_u64(), "{renewed}");
    let old = client.query("2", select.clone()).await;
    assert_eq!(old["code"], "390104", "a renewed token is gone");
    let answer = client.post_as("/queries/v1/query-request?requestId=3", &select, token).await;
    assert_eq!(answer["success"], true, "{answer}");

    let ended = client.post_as("/session?delete=true", &json!({}), token).await;
    assert_eq!(ended["success"], true);
    let answer = client.post_as("/queries/v1/query-request?requestId=4", &select, token).await;
    assert_eq!(answer["code"], "390104");
}

#[tokio::test]
async fn other_ways_to_log_in_are_refused_by_name() {
    let server = server().await;
    let client = Raw::new(&server).await;
    let cases = [
        ("PROGRAMMATIC_ACCESS_TOKEN", "394400"),
        ("OAUTH", "390303"),
        ("EXTERNALBROWSER", "390139"),
        ("WORKLOAD_IDENTITY", "390139"),
        ("SNOWFLAKE_JWT", "390144"),
        ("SNOWFLAKE", "390100"),
    ];
    for (authenticator, code) in cases {
        let body = json!({ "data": { "LOGIN_NAME": "admin", "AUTHENTICATOR": authenticator, "TOKEN": "x" } });
        let answer = client.post("/session/v1/login-request", &body).await;
        assert_eq!((&answer["success"], &answer["code"]), (&json!(false), &json!(code)), "{authenticator}");
        assert!(answer["message"].is_string());
    }
}

#[tokio::test]
async fn bodies_may_be_compressed_and_paths_sloppy() {
    let server = server().await;
    let client = Raw::new(&server).await;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(json!({ "sqlText": "SELECT 'zipped'" }).to_string().as_bytes()).unwrap();
    let request = client.http.post(format!("{}//queries/v1/query-request?requestId=z&unknown=1", client.url));
    let request = request.header("Content-Encoding", "gzip").header("Content-Type", "application/json");
    let request = request.header("Authorization", format!("Snowflake Token=\"{}\"", client.token));
    let answer: Value = request.body(gzip.finish().unwrap()).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["data"]["rowset"], json!([["zipped"]]), "{answer}");

    let unknown = client.get(&format!("/monitoring/queries//{}", uuid())).await;
    assert_eq!(unknown["data"]["queries"], json!([]));
    let unknown = client.get(&format!("/queries/{}/result", uuid())).await;
    assert_eq!((&unknown["success"], &unknown["code"]), (&json!(false), &json!("000709")));
    let telemetry = client.post("/telemetry/send", &json!({ "logs": [] })).await;
    assert_eq!(telemetry["success"], true);
    for path in ["/api/v2/databases", "/nothing"] {
        let answer = client.http.post(format!("{}{path}", client.url)).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        assert!(answer.json::<Value>().await.unwrap()["message"].is_string());
    }
}

#[tokio::test]
async fn a_repeated_request_runs_once() {
    let server = server().await;
    let client = Raw::new(&server).await;
    for sql in ["CREATE DATABASE d", "CREATE TABLE d.public.t (a INT)"] {
        client.run(sql).await;
    }
    let insert = json!({ "sqlText": "INSERT INTO d.public.t VALUES (1)" });
    let first = client.query("same", insert.clone()).await;
    let second = client.query("same", insert).await;
    assert_eq!(first["data"]["queryId"], second["data"]["queryId"]);
    assert_eq!(second["data"]["rowset"], json!([["1"]]));
    assert_eq!(second["data"]["stats"]["numRowsInserted"], 1);
    assert_eq!(second["data"]["statementTypeId"], 12544);
    assert_eq!(client.run("SELECT COUNT(*) FROM d.public.t").await["data"]["rowset"], json!([["1"]]));
}

#[tokio::test]
async fn answers_tell_the_state_after_the_statement() {
    let server = server().await;
    let client = Raw::new(&server).await;
    let answer = client.run("CREATE DATABASE d").await;
    assert_eq!(
        (&answer["data"]["finalDatabaseName"], &answer["data"]["finalSchemaName"]),
        (&json!("D"), &json!("PUBLIC"))
    );
    assert_eq!(answer["data"]["finalRoleName"], "ACCOUNTADMIN");
    assert_eq!(answer["data"]["finalWarehouseName"], Value::Null);
    assert_eq!(client.run("USE ROLE SYSADMIN").await["data"]["finalRoleName"], "SYSADMIN");
    let answer = client.run("ALTER SESSION SET TIMEZONE = 'Europe/Berlin'").await;
    let parameters = answer["data"]["parameters"].as_array().unwrap();
    let zone = parameters.iter().find(|parameter| parameter["name"] == "TIMEZONE").unwrap();
    assert_eq!(zone["value"], "Europe/Berlin");
}

#[tokio::test]
async fn several_statements_run_in_order_when_asked_for() {
    let server = server().await;
    let client = Raw::new(&server).await;
    let sql = "CREATE DATABASE d; CREATE TABLE d.public.t (a INT, b VARCHAR); INSERT INTO d.public.t SELECT ?, 'x;y';
               SELECT a + ?, b FROM d.public.t; -- the end";
    let body = json!({
        "sqlText": sql, "parameters": { "MULTI_STATEMENT_COUNT": 4 },
        "bindings": { "1": { "type": "FIXED", "value": "40" }, "2": { "type": "FIXED", "value": "2" } },
    });
    let parent = client.query(&uuid(), body).await;
    assert_eq!(parent["success"], true, "{parent}");
    assert_eq!(parent["data"]["statementTypeId"], 40960);
    assert_eq!(parent["data"]["resultTypes"], "24576,24576,12544,4096");
    let ids: Vec<&str> = parent["data"]["resultIds"].as_str().unwrap().split(',').collect();
    let last = client.get(&format!("/queries/{}/result", ids[3])).await;
    assert_eq!(last["data"]["rowset"], json!([["42", "x;y"]]), "{last}");

    let wrong = json!({ "sqlText": "SELECT 1; SELECT 2", "parameters": { "MULTI_STATEMENT_COUNT": 3 } });
    assert_eq!(client.query(&uuid(), wrong).await["code"], "000008");
    let failing = json!({
        "sqlText": "INSERT INTO d.public.t VALUES (1, 'kept'); SELECT no_such", "parameters": { "MULTI_STATEMENT_COUNT": 0 },
    });
    let failed = client.query(&uuid(), failing).await;
    assert_eq!(failed["code"], "000904", "{failed}");
    assert!(failed["message"].as_str().unwrap().contains("failed on statement \"SELECT no_such\""), "{failed}");
    assert_eq!(client.run("SELECT COUNT(*) FROM d.public.t").await["data"]["rowset"], json!([["2"]]));
}

#[tokio::test]
async fn array_binds_insert_all_rows_or_none() {
    let server = server().await;
    let client = Raw::new(&server).await;
    for sql in ["CREATE DATABASE d", "CREATE TABLE d.public.t (a INT NOT NULL, b VARCHAR)"] {
        client.run(sql).await;
    }
    let insert = |numbers: Vec<Option<String>>| {
        let texts: Vec<_> = numbers.iter().map(|_| "text").collect();
        json!({ "sqlText": "INSERT INTO d.public.t (a, b) VALUES (?, ?)", "bindings": {
            "1": { "type": "FIXED", "value": numbers }, "2": { "type": "TEXT", "value": texts },
        } })
    };
    let many: Vec<_> = (0..1500).map(|number| Some(number.to_string())).collect();
    let mut answer = client.query(&uuid(), insert(many.clone())).await;
    while answer["code"] == "333333" {
        // On a busy machine it takes longer than a request is held.
        answer = client.get(answer["data"]["getResultUrl"].as_str().unwrap()).await;
    }
    assert_eq!(answer["data"]["rowset"], json!([["1500"]]), "{answer}");
    assert_eq!(
        client.run("SELECT COUNT(*), SUM(a) FROM d.public.t").await["data"]["rowset"],
        json!([["1500", "1124250"]])
    );

    let last_is_null = many.into_iter().chain([None]).collect();
    let refused = client.query(&uuid(), insert(last_is_null)).await;
    assert_eq!(refused["success"], false, "{refused}");
    let update = json!({ "sqlText": "UPDATE d.public.t SET b = ? WHERE a = ?", "bindings": {
        "1": { "type": "TEXT", "value": ["one", "two"] }, "2": { "type": "FIXED", "value": ["1", "2"] },
    } });
    let answer = client.query(&uuid(), update).await;
    assert_eq!(answer["data"]["stats"]["numRowsUpdated"], 2, "{answer}");
    assert_eq!(
        client.run("SELECT COUNT(*), SUM(IFF(b <> 'text', 1, 0)) FROM d.public.t").await["data"]["rowset"],
        json!([["1500", "2"]])
    );
}

#[tokio::test]
async fn long_statements_are_asked_for_again() {
    let server = server_with(Config { request_hold: Duration::from_millis(150), ..Config::default() }).await;
    let client = Raw::new(&server).await;
    let slow = "SELECT SYSTEM$WAIT(60)";
    let started = client.query("slow", json!({ "sqlText": slow })).await;
    assert_eq!((&started["success"], &started["code"]), (&json!(true), &json!("333333")), "{started}");
    let id = started["data"]["queryId"].as_str().unwrap().to_owned();
    let path = started["data"]["getResultUrl"].as_str().unwrap();
    assert_eq!(client.get(path).await["code"], "333333");
    let status = client.get(&format!("/monitoring/queries/{id}")).await;
    assert_eq!(status["data"]["queries"][0]["status"], "RUNNING");
    let aborted = client.post("/queries/v1/abort-request?requestId=x", &json!({ "requestId": "slow" })).await;
    assert_eq!(aborted["success"], true);
    let mut answer = client.get(path).await;
    for _ in 0..100 {
        if answer["code"] != "333333" {
            break;
        }
        answer = client.get(path).await;
    }
    assert_eq!((&answer["success"], &answer["code"]), (&json!(false), &json!("000604")), "{answer}");
    assert_eq!(answer["data"]["queryId"], id.as_str());
    let status = client.get(&format!("/monitoring/queries/{id}")).await;
    assert_eq!(status["data"]["queries"][0]["status"], "ABORTED");

    let started = client.query(&uuid(), json!({ "sqlText": "SELECT 'later'", "asyncExec": true })).await;
    assert_eq!(started["code"], "333334");
    let id = started["data"]["queryId"].as_str().unwrap();
    let mut answer = client.get(&format!("/queries/{id}/result")).await;
    while answer["code"] == "333333" {
        answer = client.get(&format!("/queries/{id}/result")).await;
    }
    assert_eq!(answer["data"]["rowset"], json!([["later"]]));
}

#[tokio::test]
async fn a_statement_can_only_be_described() {
    let server = server().await;
    let client = Raw::new(&server).await;
    let body = json!({ "sqlText": "SELECT 1 AS a, ? AS b", "describeOnly": true });
    let answer = client.query(&uuid(), body).await;
    assert_eq!(answer["success"], true, "{answer}");
    assert_eq!((&answer["data"]["rowset"], &answer["data"]["total"]), (&json!([]), &json!(0)));
    assert_eq!(answer["data"]["numberOfBinds"], 1);
    assert_eq!(answer["data"]["rowtype"][0]["name"], "A");
}

#[tokio::test]
async fn a_statement_stops_at_its_timeout() {
    let server = server().await;
    let client = Raw::new(&server).await;
    let slow = "SELECT SYSTEM$WAIT(60)";
    let body = json!({ "sqlText": slow, "parameters": { "STATEMENT_TIMEOUT_IN_SECONDS": 1 } });
    let answer = client.query(&uuid(), body).await;
    assert_eq!(answer["code"], "000630", "{answer}");
    let shown = client.run("SHOW PARAMETERS LIKE 'STATEMENT_TIMEOUT_IN_SECONDS'").await;
    assert_eq!(shown["data"]["rowset"][0][1], "172800", "only that statement had it: {shown}");
}

#[tokio::test]
async fn a_client_that_reads_arrow_gets_streams() {
    use base64::Engine as _;
    use datafusion::arrow::ipc::reader::StreamReader;

    let server = server().await;
    let client = Raw::new(&server).await;
    let rows = |bytes: Vec<u8>| -> usize {
        let reader = StreamReader::try_new(std::io::Cursor::new(bytes), None).unwrap();
        reader.map(|batch| batch.unwrap().num_rows()).sum()
    };
    assert_eq!(client.run("SELECT 1").await["data"]["rowset"], json!([["1"]]), "it has logged in with JSON");
    // As on Snowflake, Arrow is this driver's default.
    client.run("ALTER SESSION UNSET PYTHON_CONNECTOR_QUERY_RESULT_FORMAT").await;
    let many = "SELECT SEQ4() AS n, LPAD('', 200, 'x') AS s FROM TABLE(GENERATOR(ROWCOUNT => 20000))";
    let data = client.run(many).await["data"].take();
    assert_eq!((&data["queryResultFormat"], &data["rowset"]), (&json!("arrow"), &Value::Null));
    let inline = base64::engine::general_purpose::STANDARD.decode(data["rowsetBase64"].as_str().unwrap()).unwrap();
    let mut total = rows(inline);
    for chunk in data["chunks"].as_array().unwrap() {
        let body = client.http.get(chunk["url"].as_str().unwrap()).send().await.unwrap().bytes().await.unwrap();
        let count = rows(body.to_vec());
        assert_eq!(chunk["rowCount"], count);
        total += count;
    }
    assert_eq!((total, &data["total"], &data["returned"]), (20_000, &json!(20_000), &json!(20_000)));
    // No rows are no stream; what is no query is JSON.
    assert_eq!(client.run(&format!("SELECT * FROM ({many}) WHERE n < 0")).await["data"]["rowsetBase64"], "");
    assert_eq!(client.run("SHOW ROLES").await["data"]["queryResultFormat"], "json");
    client.run("ALTER SESSION SET GO_QUERY_RESULT_FORMAT = 'JSON'").await;
    assert_eq!(client.run("SELECT 1").await["data"]["queryResultFormat"], "arrow", "that is another driver's");
}
