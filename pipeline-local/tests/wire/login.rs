use pipeline_local::catalog::def::UserDef;
use pipeline_local::catalog::{Kind, Member, NewObject};
use pipeline_local::{Config, Server, auth};
use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use snowflake_connector_rs::{AuthConfig, KeyPairConfig, SessionConfig};

use super::{PASSWORD, client, connect, process, server, server_with};

/// Adds a user past SQL.
fn add_user(server: &Server, definition: &UserDef) {
    let catalog = &server.engine().catalog;
    let user = NewObject::new(Kind::User, None, &definition.login_name, "USERADMIN", definition).unwrap();
    catalog.create(user).unwrap();
    catalog.grant_role("SYSADMIN", &Member::User(definition.login_name.clone()), "USERADMIN").unwrap();
}

#[tokio::test]
async fn a_wrong_login_names_its_reason() {
    let server = server().await;
    add_user(
        &server,
        &UserDef {
            login_name: "LOCKED".to_owned(),
            password_hash: Some(auth::hash_password(PASSWORD).unwrap()),
            disabled: true,
            ..UserDef::default()
        },
    );
    let cases = [
        ("ADMIN", "wrong", None, "Incorrect username or password was specified."),
        ("ADMIN", "", None, "Incorrect username or password was specified."),
        ("NOBODY", PASSWORD, None, "Incorrect username or password was specified."),
        ("LOCKED", PASSWORD, None, "User access disabled: user LOCKED"),
        ("admin", PASSWORD, Some("NO_SUCH_ROLE"), "Role 'NO_SUCH_ROLE' specified in the connect string does not exist"),
    ];
    for (user, password, role, reason) in cases {
        let session = role.map_or_else(SessionConfig::new, |role| SessionConfig::new().with_role(role));
        let error = client(&server, user, AuthConfig::password(password), session).create_session().await.unwrap_err();
        assert!(error.to_string().contains(reason), "{user} {role:?}: {error}");
    }
}

#[tokio::test]
async fn a_key_pair_logs_in() {
    let server = server().await;
    // Small, to be quick.
    let key = || RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 1024).unwrap();
    let (known, unknown) = (key(), key());
    let public = known.to_public_key().to_public_key_pem(LineEnding::LF).unwrap();
    let public = auth::PublicKey::parse(&public).unwrap();
    let user =
        UserDef { login_name: "ROBOT".to_owned(), rsa_public_keys: vec![public.to_base64()], ..UserDef::default() };
    add_user(&server, &user);
    let with = |key: &RsaPrivateKey| {
        let pem = key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string();
        client(&server, "robot", AuthConfig::key_pair(KeyPairConfig::from_pem(pem)), SessionConfig::new())
    };
    let session = with(&known).create_session().await.unwrap();
    assert_eq!(process::scalar(&session, "SELECT CURRENT_USER()").await, "ROBOT");
    let error = with(&unknown).create_session().await.unwrap_err();
    assert!(error.to_string().contains("public key fingerprint"), "{error}");
    let error = client(&server, "robot", AuthConfig::password(""), SessionConfig::new()).create_session().await;
    assert!(error.unwrap_err().to_string().contains("Incorrect username or password"));
}

#[tokio::test]
async fn what_a_login_asks_for_is_current() {
    let server = server().await;
    let admin = connect(&server).await;
    for sql in ["CREATE DATABASE d", "CREATE SCHEMA d.\"mixed Case\"", "CREATE WAREHOUSE w"] {
        process::rows(&admin, sql).await;
    }
    let config = SessionConfig::new()
        .with_database("d")
        .with_schema("\"mixed Case\"")
        .with_warehouse("w")
        .with_role("sysadmin")
        .with_session_parameter("TIMEZONE", "Europe/Berlin".into())
        .with_session_parameter("UNKNOWN_TO_THE_SERVER", "x".into());
    // SYSADMIN sees nothing of ADMIN's, but the user's other roles do.
    let session = process::connect(&server.url(), "admin", PASSWORD, config).await;
    let sql =
        "SELECT CURRENT_DATABASE() || '/' || CURRENT_SCHEMA() || '/' || CURRENT_WAREHOUSE() || '/' || CURRENT_ROLE()";
    assert_eq!(process::scalar(&session, sql).await, "D/mixed Case/W/SYSADMIN");

    let missing = SessionConfig::new().with_database("no_such").with_warehouse("no_such");
    let session = process::connect(&server.url(), "admin", PASSWORD, missing).await;
    assert_eq!(process::scalar(&session, "SELECT CURRENT_DATABASE()").await, "NULL");
}

#[tokio::test]
async fn a_user_with_little_sees_little() {
    let server = server().await;
    add_user(
        &server,
        &UserDef {
            login_name: "BOB".to_owned(),
            password_hash: Some(auth::hash_password("bob's").unwrap()),
            ..UserDef::default()
        },
    );
    let session = process::connect(&server.url(), "bob", "bob's", SessionConfig::new()).await;
    assert_eq!(process::scalar(&session, "SELECT CURRENT_ROLE()").await, "PUBLIC");
    let error = client(&server, "bob", AuthConfig::password("bob's"), SessionConfig::new().with_role("ACCOUNTADMIN"))
        .create_session()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("Role 'ACCOUNTADMIN' specified"), "{error}");
}

#[tokio::test]
async fn an_idle_session_ends_and_rolls_back() {
    let server =
        server_with(Config { session_idle: std::time::Duration::from_millis(1500), ..Config::default() }).await;
    let idle = super::connect_to_schema(&server).await;
    process::rows(&idle, "CREATE TABLE t (a INT)").await;
    process::rows(&idle, "CREATE TEMPORARY TABLE only_mine (a INT)").await;
    process::rows(&idle, "BEGIN").await;
    process::rows(&idle, "INSERT INTO t VALUES (1)").await;
    let limit = std::time::Instant::now();
    while !server.engine().sessions.ids().is_empty() {
        assert!(limit.elapsed().as_secs() < 20, "the session stays");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let error = idle.query("SELECT 1").await.unwrap_err();
    assert!(format!("{error} {error:?}").contains("390111"), "{error:?}");
    let catalog = &server.engine().catalog;
    let temporary = catalog.list_all(Kind::Table).unwrap();
    assert_eq!(temporary.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["T"]);
    let other = connect(&server).await;
    assert_eq!(process::scalar(&other, "SELECT COUNT(*) FROM test_db.s.t").await, "0");
}
