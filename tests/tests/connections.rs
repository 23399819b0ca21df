//! Profiles of the Snowflake CLI, and the ways to log in.

use std::{fs, path::Path};

use pipeline_tests::{
    program::{Program, Said},
    server::{Engine, PASSWORD, rows},
};

// Keys made for these tests; they open nothing.
const KEY: &str = include_str!("../fixtures/key.p8");
const ENCRYPTED_KEY: &str = include_str!("../fixtures/encrypted_key.p8");
const PUBLIC_KEY: &str = include_str!("../fixtures/key.pub");

/// The public key as ALTER USER takes it: without its first and last line.
fn public_key() -> String {
    PUBLIC_KEY.lines().filter(|line| !line.starts_with("-----")).collect()
}

/// A home directory with a profile for an engine.
struct Home {
    directory: tempfile::TempDir,
    address: (String, String),
}

impl Home {
    fn new(engine: &Engine) -> Self {
        let url = engine.url();
        let (host, port) = url.strip_prefix("http://").unwrap().rsplit_once(':').unwrap();
        let home = Self { directory: tempfile::tempdir().unwrap(), address: (host.to_owned(), port.to_owned()) };
        fs::create_dir(home.directory.path().join(".snowflake")).unwrap();
        home
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(".snowflake").join(name)
    }

    fn profile(&self, lines: &str) {
        let (host, port) = &self.address;
        let text =
            format!("[dev]\naccount = \"local\"\nhost = \"{host}\"\nport = {port}\nprotocol = \"http\"\n{lines}\n");
        fs::write(self.path("connections.toml"), text).unwrap();
    }

    fn key(&self, text: &str, mode: u32) {
        let path = self.path("key.p8");
        fs::write(&path, text).unwrap();
        restrict(&path, mode);
    }

    fn status(&self, variables: &[(&str, &str)]) -> Said {
        let program = variables
            .iter()
            .fold(Program::new(env!("CARGO_BIN_EXE_cba")), |program, (name, value)| program.with(name, value));
        program.run_in(self.directory.path(), &["status", "--connection", "dev"])
    }
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) {}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_and_a_key_pair() {
    let engine = Engine::start(None).await;
    let admin = engine.connect("ACCOUNTADMIN").await;
    rows(&admin, &format!("CREATE USER DEPLOYER RSA_PUBLIC_KEY = '{}' DEFAULT_ROLE = ACCOUNTADMIN", public_key()))
        .await;
    rows(&admin, "GRANT ROLE ACCOUNTADMIN TO USER DEPLOYER").await;
    Program::new(env!("CARGO_BIN_EXE_cba")).on(&engine.url(), "ADMIN", PASSWORD).run(&["deploy"]).ended_with(0);

    let home = Home::new(&engine);
    home.profile(&format!("user = \"ADMIN\"\npassword = \"{PASSWORD}\""));
    let said = home.status(&[]).ended_with(0);
    assert!(said.first_line().starts_with("cba · connection dev (local at http://127.0.0.1:"), "{}", said.out);
    assert!(said.first_line().ends_with(" as ADMIN, password)"), "{}", said.out);

    home.profile("user = \"DEPLOYER\"\nauthenticator = \"SNOWFLAKE_JWT\"\nprivate_key_file = \"key.p8\"");
    home.key(KEY, 0o600);
    let said = home.status(&[]).ended_with(0);
    assert!(said.first_line().ends_with(" as DEPLOYER, key pair)"), "{}", said.out);

    home.key(ENCRYPTED_KEY, 0o600);
    home.status(&[("PRIVATE_KEY_PASSPHRASE", "test passphrase")]).ended_with(0);
    let said = home.status(&[]).ended_with(1);
    assert!(said.err.contains("is encrypted, and no passphrase is given"), "{}", said.err);
    let said = home.status(&[("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", "another")]).ended_with(7);
    assert!(said.err.contains("the credential cannot be used: private key error"), "{}", said.err);
    assert!(said.err.contains("hint: is the passphrase right"), "{}", said.err);
    assert!(!said.err.contains("another"), "{}", said.err);

    #[cfg(unix)]
    {
        home.key(KEY, 0o644);
        let said = home.status(&[]).ended_with(1);
        assert!(said.err.contains("can be read by other users (mode 644)"), "{}", said.err);
        assert!(said.err.contains("hint: run `chmod 600 "), "{}", said.err);
    }

    // A key that the user does not have.
    home.key(KEY, 0o600);
    rows(&admin, "ALTER USER DEPLOYER UNSET RSA_PUBLIC_KEY").await;
    let said = home.status(&[]).ended_with(7);
    assert!(said.err.contains("refused the login: JWT token is invalid"), "{}", said.err);
    assert!(said.err.contains("hint: the public key must be set on the user"), "{}", said.err);
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_the_user_does_not_have() {
    let engine = Engine::start(None).await;
    let home = Home::new(&engine);
    home.profile(&format!("user = \"ADMIN\"\npassword = \"{PASSWORD}\"\nrole = \"NOBODY\""));
    let said = home.status(&[]).ended_with(7);
    assert!(said.err.contains("Role 'NOBODY' specified in the connect string does not exist"), "{}", said.err);
    assert!(said.err.contains("hint: the role of the connection is not granted to this user"), "{}", said.err);

    // The pipeline's role is not there before the pipeline is.
    home.profile(&format!("user = \"ADMIN\"\npassword = \"{PASSWORD}\""));
    let said = home.status(&[]);
    assert_ne!(said.code, 0, "{}", said.out);
    assert!(said.err.contains("USE ROLE STREAMS_TASKS_ROLE"), "{}", said.err);
    assert!(said.err.contains("hint: the role does not exist yet (`deploy` creates the pipeline's)"), "{}", said.err);
    engine.shutdown().await;
}
