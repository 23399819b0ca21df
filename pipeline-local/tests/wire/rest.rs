//! The SQL REST API, and the tokens that open it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pipeline_local::{Server, auth};
use reqwest::Method;
use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{connect, process, server};

/// A client of the API with a token.
struct Api {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Api {
    fn new(server: &Server, token: impl Into<String>) -> Self {
        Self { http: reqwest::Client::new(), url: server.url(), token: token.into() }
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = self.http.request(method, format!("{}/api/v2{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn run(&self, body: Value) -> (u16, Value) {
        self.send(Method::POST, "/statements", Some(&body)).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.send(Method::GET, path, None).await
    }

    /// The one cell of a statement's result.
    async fn scalar(&self, sql: &str) -> Value {
        let (status, answer) = self.run(json!({ "statement": sql })).await;
        assert_eq!(status, 200, "{sql}: {answer}");
        answer["data"][0][0].clone()
    }
}

/// A new programmatic access token of ADMIN.
async fn access_token(server: &Server, options: &str) -> String {
    let session = connect(server).await;
    let name = format!("T{}", uuid::Uuid::new_v4().simple());
    let sql = format!("ALTER USER ADD PROGRAMMATIC ACCESS TOKEN {name} {options}");
    process::column(&session, &sql, "token_secret").await.remove(0)
}

fn key() -> (RsaPrivateKey, auth::PublicKey) {
    // Small, to be quick.
    let private = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 1024).unwrap();
    let pem = private.to_public_key().to_public_key_pem(LineEnding::LF).unwrap();
    (private, auth::PublicKey::parse(&pem).unwrap())
}

fn signed(key: &RsaPrivateKey, claims: &Value) -> String {
    let part = |json: String| URL_SAFE_NO_PAD.encode(json);
    let text = format!("{}.{}", part(json!({ "alg": "RS256" }).to_string()), part(claims.to_string()));
    // DigestInfo of SHA-256.
    let prefix = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
        0x20,
    ];
    let scheme = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: Box::new(prefix) };
    let signature = key.sign(scheme, &Sha256::digest(text.as_bytes())).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn a_statement_gives_its_rows_and_what_they_are() {
    let server = server().await;
    let api = Api::new(&server, access_token(&server, "").await);
    let (status, answer) = api
        .run(json!({
            "statement": "SELECT 1.50::NUMBER(10,2) AS n, TRUE AS b, NULL::VARCHAR AS v, ? AS bound",
            "bindings": { "1": { "type": "TEXT", "value": "x" } }, "parameters": { "QUERY_TAG": "t" },
        }))
        .await;
    assert_eq!((status, &answer["code"]), (200, &json!("090001")), "{answer}");
    assert_eq!(answer["data"], json!([["1.50", "true", null, "x"]]));
    let about = &answer["resultSetMetaData"];
    assert_eq!((&about["numRows"], &about["format"]), (&json!(1), &json!("jsonv2")));
    assert_eq!((&about["rowType"][0]["name"], &about["rowType"][0]["scale"]), (&json!("N"), &json!(2)));
    // Finished statements can be asked again, by their user.
    let handle = answer["statementHandle"].as_str().unwrap();
    let (status, again) = api.get(&format!("/statements/{handle}?nullable=false")).await;
    assert_eq!((status, &again["data"]), (200, &json!([["1.50", "true", "null", "x"]])));
}

#[tokio::test]
async fn several_statements_are_one_session() {
    let server = server().await;
    let api = Api::new(&server, access_token(&server, "").await);
    let text =
        "CREATE DATABASE d; CREATE TABLE t (a INT); BEGIN; INSERT INTO t VALUES (1), (2); COMMIT; SELECT * FROM t";
    let (status, answer) = api.run(json!({ "statement": text, "parameters": { "MULTI_STATEMENT_COUNT": "6" } })).await;
    assert_eq!(status, 200, "{answer}");
    let handles = answer["statementHandles"].as_array().unwrap();
    assert_eq!(handles.len(), 6);
    let child = |at: usize| format!("/statements/{}", handles[at].as_str().unwrap());
    assert_eq!(api.get(&child(3)).await.1["stats"]["numRowsInserted"], 2);
    assert_eq!(api.get(&child(5)).await.1["data"], json!([["1"], ["2"]]));
    assert_eq!(api.scalar("SELECT CURRENT_DATABASE()").await, Value::Null, "the session has ended");
    assert_eq!(api.scalar("SELECT COUNT(*) FROM d.public.t").await, "2");
}

#[tokio::test]
async fn a_large_result_comes_in_partitions() {
    let server = server().await;
    let api = Api::new(&server, access_token(&server, "").await);
    let sql = "SELECT SEQ4(), LPAD('', 1000, 'x') FROM TABLE(GENERATOR(ROWCOUNT => 9000)) ORDER BY 1";
    let (_, answer) = api.run(json!({ "statement": sql })).await;
    let partitions = answer["resultSetMetaData"]["partitionInfo"].as_array().unwrap();
    assert!(partitions.len() >= 2, "{partitions:?}");
    let mut rows = answer["data"].as_array().unwrap().clone();
    let handle = answer["statementHandle"].as_str().unwrap();
    for (number, info) in partitions.iter().enumerate().skip(1) {
        let (status, part) = api.get(&format!("/statements/{handle}?partition={number}")).await;
        let part = part["data"].as_array().unwrap();
        assert_eq!((status, part.len() as u64), (200, info["rowCount"].as_u64().unwrap()));
        rows.extend(part.iter().cloned());
    }
    assert!(rows.iter().enumerate().all(|(at, row)| row[0].as_str().is_some_and(|text| text.parse() == Ok(at))));
    assert_eq!(rows.len(), 9000);
    let (status, answer) = api.get(&format!("/statements/{handle}?partition={}", partitions.len())).await;
    assert_eq!((status, &answer["code"]), (400, &json!("391922")));
}

#[tokio::test]
async fn a_statement_can_be_left_running_asked_for_and_cancelled() {
    let server = server().await;
    let api = Api::new(&server, access_token(&server, "").await);
    let wait = json!({ "statement": "CALL SYSTEM$WAIT(600)" });
    let (status, answer) = api.send(Method::POST, "/statements?async=true&requestId=r1", Some(&wait)).await;
    assert_eq!((status, &answer["code"]), (202, &json!("333334")), "{answer}");
    let path = format!("/statements/{}", answer["statementHandle"].as_str().unwrap());
    assert_eq!(api.get(&path).await.0, 202);
    let (_, repeated) = api.send(Method::POST, "/statements?async=true&requestId=r2", Some(&wait)).await;
    assert_ne!(repeated["statementHandle"], answer["statementHandle"]);
    for (path, expected) in [(&path, 200), (&path, 422)] {
        let (status, answer) = api.send(Method::POST, &format!("{path}/cancel"), Some(&json!({}))).await;
        assert_eq!(status, expected, "{answer}");
        // The statement notices at its next step.
        let mut answer = api.get(path).await;
        while answer.0 == 202 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            answer = api.get(path).await;
        }
        assert_eq!((answer.0, &answer.1["code"]), (422, &json!("000604")));
    }
    // A repeated submission finds the statement that is there, and runs nothing.
    let (status, retried) = api.send(Method::POST, "/statements?requestId=r1&retry=true", Some(&wait)).await;
    assert_eq!((status, &retried["statementHandle"]), (422, &answer["statementHandle"]));
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let server = server().await;
    let token = access_token(&server, "").await;
    let api = Api::new(&server, token.clone());
    let cases = [
        (json!({ "statement": "SELECT * FROM no.such.thing" }), 422, "002003"),
        (json!({ "statement": "SELECT 1; SELECT 2" }), 422, "000008"),
        (json!({ "statement": "BEGIN" }), 422, "391911"),
        (json!({ "statement": " " }), 400, "000900"),
        (json!({ "statement": "SELECT 1", "role": "NO_SUCH" }), 400, "390186"),
        (json!({ "statement": "SELECT 1", "parameters": { "NO_SUCH": 1 } }), 400, "391903"),
        (json!({ "statement": "CALL SYSTEM$WAIT(60)", "timeout": 1 }), 408, "000630"),
        (json!([]), 400, "390400"),
    ];
    for (body, status, code) in cases {
        let (got, answer) = api.run(body.clone()).await;
        assert_eq!((got, answer["code"].as_str().unwrap()), (status, code), "{body}: {answer}");
    }
    let plain = |token: &str, method: Method, path: &str, kind: &str| {
        let request = api.http.request(method, format!("{}/api/v2{path}", api.url)).header("Content-Type", kind);
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        async move {
            let answer = request.body("{}").send().await.unwrap();
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["code"].clone())
        }
    };
    let json = "application/json";
    let cases = [
        (plain("", Method::POST, "/statements", json).await, 400, "390146"),
        (plain("guess", Method::POST, "/statements", json).await, 401, "394400"),
        (plain("a.b.c", Method::POST, "/statements", json).await, 401, "390303"),
        (plain(&token, Method::POST, "/statements", "text/plain").await, 415, "391902"),
        (plain(&token, Method::PUT, "/statements", json).await, 405, "391900"),
        (plain(&token, Method::GET, "/statements/unknown", json).await, 400, "000709"),
        (plain(&token, Method::GET, "/databases", json).await, 404, "391901"),
    ];
    for ((status, code), expected, expected_code) in cases {
        assert_eq!((status, code.as_str().unwrap()), (expected, expected_code));
    }
}

#[tokio::test]
async fn a_key_pair_opens_the_api() {
    let server = server().await;
    let (private, public) = key();
    let sql = format!("ALTER USER ADMIN SET RSA_PUBLIC_KEY = '{}'", public.to_base64());
    process::rows(&connect(&server).await, &sql).await;
    let now = chrono::Utc::now().timestamp();
    let claims = |user: &str| {
        let issuer = format!("LOCAL.{user}.{}", public.fingerprint());
        json!({ "iss": issuer, "sub": format!("LOCAL.{user}"), "iat": now, "exp": now + 60 })
    };
    let api = Api::new(&server, signed(&private, &claims("ADMIN")));
    assert_eq!(api.scalar("SELECT CURRENT_USER()").await, "ADMIN");
    let api = Api::new(&server, signed(&private, &claims("NOBODY")));
    let (status, answer) = api.run(json!({ "statement": "SELECT 1" })).await;
    assert_eq!((status, &answer["code"]), (401, &json!("390144")));
}

#[tokio::test]
async fn an_access_token_is_held_to_its_role_and_its_life() {
    let server = server().await;
    let session = connect(&server).await;
    let token = access_token(&server, "ROLE_RESTRICTION = 'SYSADMIN' DAYS_TO_EXPIRY = 1 COMMENT = 'for CI'").await;
    let api = Api::new(&server, token.clone());
    assert_eq!(api.scalar("SELECT CURRENT_ROLE()").await, "SYSADMIN");
    for sql in ["USE ROLE ACCOUNTADMIN", "USE SECONDARY ROLES ALL", "ALTER USER ADD PAT another"] {
        let (status, answer) = api.run(json!({ "statement": sql })).await;
        assert_eq!((status, &answer["code"]), (422, &json!("003001")), "{sql}: {answer}");
    }
    let shown = |what: &'static str| process::column(&session, "SHOW USER PROGRAMMATIC ACCESS TOKENS", what);
    let name = shown("name").await.remove(0);
    assert_eq!((shown("status").await, shown("comment").await), (vec!["ACTIVE".into()], vec!["for CI".into()]));

    let rotate = format!("ALTER USER ADMIN ROTATE PAT {name} EXPIRE_ROTATED_TOKEN_AFTER_HOURS = 0");
    let next = process::column(&session, &rotate, "token_secret").await.remove(0);
    assert_eq!(api.run(json!({ "statement": "SELECT 1" })).await.0, 401, "the old secret has expired");
    let api = Api::new(&server, next);
    assert_eq!(api.scalar("SELECT CURRENT_ROLE()").await, "SYSADMIN");
    process::rows(&session, &format!("ALTER USER ADMIN MODIFY PAT {name} SET DISABLED = TRUE")).await;
    assert_eq!(api.run(json!({ "statement": "SELECT 1" })).await.0, 401);
    process::rows(&session, &format!("ALTER USER ADMIN MODIFY PAT {name} SET DISABLED = FALSE")).await;
    assert_eq!(api.run(json!({ "statement": "SELECT 1" })).await.0, 200);
    process::rows(&session, &format!("ALTER USER ADMIN REMOVE PAT {name}")).await;
    assert_eq!(api.run(json!({ "statement": "SELECT 1" })).await.0, 401);
    let refused = [
        ("ALTER USER ADMIN REMOVE PAT gone", "does not exist"),
        ("ALTER USER ADD PAT t ROLE_RESTRICTION = 'NO_SUCH'", "is not granted"),
        ("ALTER USER ADD PAT t DAYS_TO_EXPIRY = 366", "invalid value [366]"),
        ("ALTER USER ADD PAT t NO_SUCH = 1", "unexpected 'NO_SUCH'"),
    ];
    for (sql, reason) in refused {
        let error = session.query(sql).await.unwrap_err().to_string();
        assert!(error.contains(reason), "{sql}: {error}");
    }
}

#[tokio::test]
async fn an_oauth_server_gives_the_roles_of_its_tokens() {
    let server = server().await;
    let session = connect(&server).await;
    let ((private, public), (other, _)) = (key(), key());
    for sql in [
        "CREATE ROLE analyst".to_owned(),
        "GRANT ROLE analyst TO USER ADMIN".to_owned(),
        format!(
            "CREATE SECURITY INTEGRATION idp TYPE = EXTERNAL_OAUTH ENABLED = TRUE EXTERNAL_OAUTH_TYPE = CUSTOM
             EXTERNAL_OAUTH_ISSUER = 'https://idp' EXTERNAL_OAUTH_RSA_PUBLIC_KEY = '{}'
             EXTERNAL_OAUTH_TOKEN_USER_MAPPING_CLAIM = 'upn'
             EXTERNAL_OAUTH_SNOWFLAKE_USER_MAPPING_ATTRIBUTE = 'LOGIN_NAME'
             EXTERNAL_OAUTH_AUDIENCE_LIST = ('https://local')",
            public.to_base64()
        ),
    ] {
        process::rows(&session, &sql).await;
    }
    assert_eq!(process::column(&session, "SHOW SECURITY INTEGRATIONS", "name").await, ["IDP"]);
    let described = process::column(&session, "DESCRIBE SECURITY INTEGRATION idp", "property_value").await;
    assert!(described.contains(&"https://idp".to_owned()), "{described:?}");
    let now = chrono::Utc::now().timestamp();
    let claims = |changed: Value| {
        let mut claims = json!({
            "iss": "https://idp", "aud": "https://local", "upn": "admin", "iat": now, "exp": now + 60,
            "scp": ["session:role:analyst", "session:role:accountadmin"],
        });
        claims.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        claims
    };
    let role = |name: &str| json!({ "statement": "SELECT CURRENT_ROLE()", "role": name });
    let api = Api::new(&server, signed(&private, &claims(json!({}))));
    assert_eq!(api.run(role("ANALYST")).await.1["data"], json!([["ANALYST"]]));
    // The server names it, but such roles are blocked.
    assert_eq!(api.run(role("ACCOUNTADMIN")).await.1["code"], "390317");
    let refused = [
        (signed(&other, &claims(json!({}))), "390303"),
        (signed(&private, &claims(json!({ "iss": "https://else" }))), "390303"),
        (signed(&private, &claims(json!({ "aud": "https://else" }))), "390303"),
        (signed(&private, &claims(json!({ "upn": "nobody" }))), "390303"),
        (signed(&private, &claims(json!({ "nbf": now + 600 }))), "390303"),
        (signed(&private, &claims(json!({ "exp": now - 1 }))), "390318"),
    ];
    for (token, code) in refused {
        let (status, answer) = Api::new(&server, token).run(role("ANALYST")).await;
        assert_eq!((status, answer["code"].as_str().unwrap()), (401, code), "{answer}");
    }
    // A driver logs in with it too, but not as somebody else.
    let login = |name: &str| {
        let data = json!({ "LOGIN_NAME": name, "AUTHENTICATOR": "OAUTH", "TOKEN": api.token });
        let request = api.http.post(format!("{}/session/v1/login-request?roleName=analyst", api.url));
        let request = request.json(&json!({ "data": data }));
        async move { request.send().await.unwrap().json::<Value>().await.unwrap() }
    };
    let answer = login("ADMIN").await;
    assert_eq!(answer["data"]["sessionInfo"]["roleName"], "ANALYST", "{answer}");
    assert_eq!(login("SOMEBODY").await["code"], "390309");
    process::rows(&session, "ALTER SECURITY INTEGRATION idp SET ENABLED = FALSE").await;
    assert_eq!(api.run(role("ANALYST")).await.0, 401);
    let unsupported = "CREATE SECURITY INTEGRATION s TYPE = SAML2 ENABLED = TRUE";
    let error = session.query(unsupported).await.unwrap_err().to_string();
    assert!(error.contains("Unsupported feature"), "{error}");
}
