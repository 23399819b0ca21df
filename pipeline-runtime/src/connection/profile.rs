//! Profiles of the Snowflake CLI and the SNOWFLAKE_* variables.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use url::Url;

use super::{ConnectionError, Variables, auth::Credential};

/// The keys of a profile that are secret: they may come from the environment, and are never printed.
const SECRET_KEYS: [&str; 5] = ["password", "private_key_passphrase", "token", "passcode", "private_key_raw"];

/// An account, a user and the way to log in.
pub(crate) struct Profile {
    /// How messages name the profile.
    pub(crate) label: String,
    pub(crate) account: String,
    pub(crate) user: String,
    pub(crate) endpoint: Url,
    pub(crate) credential: Credential,
    pub(crate) role: Option<String>,
    pub(crate) warehouse: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) schema: Option<String>,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("label", &self.label)
            .field("account", &self.account)
            .field("user", &self.user)
            .field("endpoint", &self.endpoint.as_str())
            .field("credential", &self.credential.method())
            .finish_non_exhaustive()
    }
}

impl Profile {
    /// The profile `name` of connections.toml or config.toml.
    pub(crate) fn named(name: &str, variables: Variables<'_>) -> Result<Self, ConnectionError> {
        let mut settings = Settings::read(name, variables)?;
        let variable_prefix = format!("SNOWFLAKE_CONNECTIONS_{}_", name.to_uppercase());
        for key in KEYS {
            let specific = variables(&format!("{variable_prefix}{}", key.to_uppercase()));
            if let Some(value) = specific.filter(|value| !value.is_empty()) {
                settings.insert(key, value);
            }
        }
        // People keep secrets out of files; everything else of a profile is what its file says.
        for key in SECRET_KEYS {
            if settings.get(key).is_none()
                && let Some(value) = generic(key, variables)
            {
                settings.insert(key, value);
            }
        }
        settings.into_profile()
    }

    /// The profile that SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and so on describe.
    pub(crate) fn from_environment(variables: Variables<'_>) -> Result<Self, ConnectionError> {
        let mut settings = Settings::empty("SNOWFLAKE_* variables".to_owned(), Origin::Environment);
        for key in KEYS {
            if let Some(value) = generic(key, variables) {
                settings.insert(key, value);
            }
        }
        settings.into_profile()
    }

    /// The profile of an embedded engine.
    pub(crate) fn embedded(url: &str, user: String, password: SecretString) -> Result<Self, ConnectionError> {
        let endpoint = Url::parse(url).map_err(|error| ConnectionError::BadValue {
            profile: "the embedded engine".into(),
            key: "url",
            value: format!("`{url}` ({error})"),
            help: "`Embedded::new` takes a URL such as `http://127.0.0.1:8080`".into(),
        })?;
        Ok(Self {
            label: "the embedded engine".into(),
            account: "local".into(),
            user,
            endpoint,
            credential: Credential::Password { password, passcode: None },
            role: None,
            warehouse: None,
            database: None,
            schema: None,
        })
    }

    /// How the first line of output names the target.
    pub(crate) fn describe(&self) -> String {
        let role = self.role.as_ref().map(|role| format!(", role {role}")).unwrap_or_default();
        let place = if is_account_endpoint(&self.endpoint, &self.account) {
            String::new()
        } else {
            format!(" at {}", self.endpoint.as_str().trim_end_matches('/'))
        };
        format!("{} ({}{place} as {}{role}, {})", self.label, self.account, self.user, self.credential.method())
    }
}

/// What a profile may say, in the spelling of the Snowflake CLI.
const KEYS: [&str; 17] = [
    "account",
    "user",
    "password",
    "role",
    "warehouse",
    "database",
    "schema",
    "host",
    "port",
    "protocol",
    "authenticator",
    "private_key_path",
    "private_key_raw",
    "private_key_passphrase",
    "token",
    "token_file_path",
    "passcode",
];

/// The variable `SNOWFLAKE_<KEY>`; the passphrase also has the CLI's older name.
fn generic(key: &str, variables: Variables<'_>) -> Option<String> {
    let plain = variables(&format!("SNOWFLAKE_{}", key.to_uppercase()));
    let older = match key {
        "private_key_passphrase" => variables("PRIVATE_KEY_PASSPHRASE"),
        "private_key_path" => variables("SNOWFLAKE_PRIVATE_KEY_FILE"),
        _ => None,
    };
    plain.or(older).filter(|value| !value.is_empty())
}

#[derive(Clone, Copy, PartialEq)]
enum Origin {
    File,
    Environment,
}

/// The raw values of a profile before they are understood.
struct Settings {
    label: String,
    origin: Origin,
    values: BTreeMap<String, String>,
    directory: Option<PathBuf>,
}

impl Settings {
    fn empty(label: String, origin: Origin) -> Self {
        Self { label, origin, values: BTreeMap::new(), directory: None }
    }

    fn insert(&mut self, key: &str, value: String) {
        self.values.insert(key.to_owned(), value);
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn owned(&self, key: &str) -> Option<String> {
        self.get(key).map(ToOwned::to_owned)
    }

    fn secret(&self, key: &str) -> Option<SecretString> {
        self.get(key).map(SecretString::from)
    }

    /// Reads the profile from the first home of the Snowflake CLI that has one; connections.toml wins over config.toml.
    fn read(name: &str, variables: Variables<'_>) -> Result<Self, ConnectionError> {
        let mut looked_at = Vec::new();
        let mut known = Vec::new();
        for home in homes(variables) {
            let connections = home.join("connections.toml");
            let config = home.join("config.toml");
            // As in the CLI: where connections.toml exists, the connections of config.toml do not count.
            let (path, nested) = if connections.exists() { (connections, false) } else { (config, true) };
            looked_at.push(path.clone());
            if !path.exists() {
                continue;
            }
            let profiles = read_profiles(&path, nested)?;
            if let Some(profile) = profiles.get(name) {
                let mut settings = Self::empty(format!("connection {name}"), Origin::File);
                settings.directory = path.parent().map(Path::to_owned);
                settings.fill(profile, name, &path)?;
                return Ok(settings);
            }
            known.extend(profiles.keys().cloned());
        }
        known.sort();
        known.dedup();
        Err(ConnectionError::UnknownProfile { name: name.to_owned(), known, looked_at })
    }

    fn fill(&mut self, profile: &toml::Value, name: &str, path: &Path) -> Result<(), ConnectionError> {
        let malformed = |message: String| ConnectionError::Malformed { path: path.to_owned(), message };
        let table = profile.as_table().ok_or_else(|| malformed(format!("`{name}` is not a section")))?;
        for (key, value) in table {
            let key = match key.to_lowercase().as_str() {
                "private_key_file" => "private_key_path".to_owned(),
                "username" => "user".to_owned(),
                "accountname" => "account".to_owned(),
                "warehousename" => "warehouse".to_owned(),
                "databasename" | "dbname" => "database".to_owned(),
                "schemaname" => "schema".to_owned(),
                "rolename" => "role".to_owned(),
                other => other.to_owned(),
            };
            let text = match value {
                toml::Value::String(text) => text.clone(),
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                _ if KEYS.contains(&key.as_str()) => {
                    return Err(malformed(format!("`{key}` of `{name}` is not a text")));
                }
                // Settings of other programs, session parameters among them, are none of ours.
                _ => continue,
            };
            self.values.insert(key, text);
        }
        Ok(())
    }

    fn into_profile(self) -> Result<Profile, ConnectionError> {
        let user = self.owned("user").ok_or_else(|| self.missing("user"))?;
        let account = match (self.owned("account"), self.get("host")) {
            (Some(account), _) => account,
            (None, Some(host)) => host.split('.').next().unwrap_or(host).to_owned(),
            (None, None) => return Err(self.missing("account")),
        };
        if account.contains("://") || account.contains('/') {
            return Err(self.bad(
                "account",
                format!("`{account}`, which is a URL"),
                "write the account identifier alone, for example `myorg-myaccount`",
            ));
        }
        // Pasting the host name is so common that it has one meaning.
        let account = account.strip_suffix(".snowflakecomputing.com").map(ToOwned::to_owned).unwrap_or(account);
        let endpoint = self.endpoint(&account)?;
        let credential = self.credential()?;
        Ok(Profile {
            role: self.owned("role"),
            warehouse: self.owned("warehouse"),
            database: self.owned("database"),
            schema: self.owned("schema"),
            label: self.label,
            account,
            user,
            endpoint,
            credential,
        })
    }

    fn endpoint(&self, account: &str) -> Result<Url, ConnectionError> {
        let protocol = self.get("protocol").unwrap_or("https").to_lowercase();
        if protocol != "https" && protocol != "http" {
            return Err(self.bad(
                "protocol",
                format!("`{protocol}`"),
                "write `https`, or `http` for a loopback server",
            ));
        }
        let host = match self.get("host") {
            Some(host) => host.to_owned(),
            None => account_host(account),
        };
        let port = match self.get("port") {
            None => String::new(),
            Some(port) => {
                let number: u16 =
                    port.parse().map_err(|_| self.bad("port", format!("`{port}`"), "write a number up to 65535"))?;
                format!(":{number}")
            }
        };
        let url = Url::parse(&format!("{protocol}://{host}{port}/"))
            .ok()
            .filter(|url| url.path() == "/" && url.username().is_empty() && url.query().is_none())
            .ok_or_else(|| {
                self.bad(
                    "host",
                    format!("`{host}`, which is no host name"),
                    "write the host name alone, without a scheme",
                )
            })?;
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(self.bad(
                "protocol",
                format!("`http` for `{host}`, which would send the credential in the clear"),
                "plain http is accepted for loopback addresses only; remove `protocol`",
            ));
        }
        Ok(url)
    }

    fn credential(&self) -> Result<Credential, ConnectionError> {
        let has_key = self.get("private_key_path").is_some() || self.get("private_key_raw").is_some();
        let has_token = self.get("token").is_some() || self.get("token_file_path").is_some();
        let default = if has_key {
            "SNOWFLAKE_JWT"
        } else if has_token && self.get("password").is_none() {
            "OAUTH"
        } else {
            "SNOWFLAKE"
        };
        let authenticator = self.get("authenticator").unwrap_or(default).to_uppercase();
        match authenticator.as_str() {
            "SNOWFLAKE" | "USERNAME_PASSWORD_MFA" => Ok(Credential::Password {
                password: self.secret("password").ok_or_else(|| self.missing("password"))?,
                passcode: self.secret("passcode"),
            }),
            "SNOWFLAKE_JWT" => {
                let passphrase = self.secret("private_key_passphrase");
                if let Some(raw) = self.secret("private_key_raw") {
                    return Credential::from_pem(raw, passphrase, Path::new("private_key_raw"));
                }
                let path = self.get("private_key_path").ok_or_else(|| self.missing("private_key_path"))?;
                Credential::from_key_file(&self.resolve(path), passphrase)
            }
            "OAUTH" => Ok(Credential::OAuth { token: self.token()? }),
            // The server takes a programmatic access token in the place of the password.
            "PROGRAMMATIC_ACCESS_TOKEN" => {
                let token = if has_token {
                    self.token()?
                } else {
                    self.secret("password").ok_or_else(|| self.missing("token"))?
                };
                Ok(Credential::AccessToken { token })
            }
            _ => Err(self.bad(
                "authenticator",
                format!("`{authenticator}`, which is not supported"),
                "use SNOWFLAKE (password), SNOWFLAKE_JWT (key pair), OAUTH or PROGRAMMATIC_ACCESS_TOKEN",
            )),
        }
    }

    fn token(&self) -> Result<SecretString, ConnectionError> {
        if let Some(token) = self.secret("token") {
            return Ok(token);
        }
        let path = self.get("token_file_path").ok_or_else(|| self.missing("token"))?;
        let path = self.resolve(path);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(SecretString::from(text.trim())),
            Err(source) => Err(ConnectionError::Unreadable { path, source }),
        }
    }

    /// Paths in a profile are relative to the file that holds it; `~` is the home directory.
    fn resolve(&self, path: &str) -> PathBuf {
        if let Some(rest) = path.strip_prefix("~/")
            && let Some(home) = std::env::home_dir()
        {
            return home.join(rest);
        }
        match &self.directory {
            Some(directory) => directory.join(path),
            None => PathBuf::from(path),
        }
    }

    fn missing(&self, key: &'static str) -> ConnectionError {
        let variable = format!("SNOWFLAKE_{}", key.to_uppercase());
        let help = match self.origin {
            Origin::Environment => format!("set {variable}"),
            Origin::File if SECRET_KEYS.contains(&key) => {
                format!("add `{key} = \"..\"` to its section, or set {variable}")
            }
            Origin::File => format!("add `{key} = \"..\"` to its section"),
        };
        ConnectionError::Missing { profile: self.label.clone(), key, help }
    }

    fn bad(&self, key: &'static str, value: String, help: &str) -> ConnectionError {
        ConnectionError::BadValue { profile: self.label.clone(), key, value, help: help.to_owned() }
    }
}

fn read_profiles(path: &Path, nested: bool) -> Result<toml::Table, ConnectionError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConnectionError::Unreadable { path: path.to_owned(), source })?;
    // The parser's own message quotes the line, which may hold a password.
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        ConnectionError::Malformed { path: path.to_owned(), message: format!("line {line}: {}", error.message()) }
    })?;
    if !nested {
        return Ok(table);
    }
    match table.get("connections") {
        None => Ok(toml::Table::new()),
        Some(toml::Value::Table(connections)) => Ok(connections.clone()),
        Some(_) => Err(ConnectionError::Malformed {
            path: path.to_owned(),
            message: "`connections` is not a section".to_owned(),
        }),
    }
}

/// Where the Snowflake CLI keeps its files, in its order.
fn homes(variables: Variables<'_>) -> Vec<PathBuf> {
    if let Some(home) = variables("SNOWFLAKE_HOME").filter(|home| !home.is_empty()) {
        return vec![PathBuf::from(home)];
    }
    let Some(home) = variables("HOME").map(PathBuf::from).or_else(std::env::home_dir) else {
        return Vec::new();
    };
    let config = variables("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
    vec![home.join(".snowflake"), config.join("snowflake")]
}

/// Account names may have underscores, host names may not.
fn account_host(account: &str) -> String {
    format!("{}.snowflakecomputing.com", account.replace('_', "-"))
}

fn is_account_endpoint(endpoint: &Url, account: &str) -> bool {
    endpoint.host_str() == Some(account_host(account).to_lowercase().as_str()) && endpoint.port().is_none()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hint::Hints;

    const CONNECTIONS: &str = r#"
[dev]
account = "MYORG-DEV"
user = "CBA_DEPLOY"
password = "hush"
role = "STREAMS_TASKS_ROLE"

[local]
account = "local"
user = "ADMIN"
host = "127.0.0.1"
port = 8080
protocol = "http"

[pat]
account = "my_org-my_account"
user = "u"
authenticator = "programmatic_access_token"
token = "hush"

[sso]
account = "a"
user = "u"
authenticator = "externalbrowser"

[clear]
account = "a"
user = "u"
password = "hush"
host = "snow.example.com"
protocol = "http"

[url]
account = "https://a.snowflakecomputing.com"
user = "u"
"#;

    fn home(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(directory.path().join(name), text).unwrap();
        }
        directory
    }

    fn outcome(home: &tempfile::TempDir, name: &str, variables: &[(&str, &str)]) -> String {
        let lookup = |key: &str| match key {
            "SNOWFLAKE_HOME" => Some(home.path().display().to_string()),
            _ => variables.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned()),
        };
        match Profile::named(name, &lookup) {
            Ok(profile) => {
                assert!(!format!("{profile:?}").contains("hush"));
                profile.describe()
            }
            Err(error) => {
                let hints = error.hints().join("; ");
                format!("error: {error}\nhint: {hints}").replace(&home.path().display().to_string(), "~")
            }
        }
    }

    #[test]
    fn profiles_of_connections_toml() {
        let home = home(&[("connections.toml", CONNECTIONS), ("config.toml", "[connections.old]\naccount = \"x\"\n")]);
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
        let cases: &[Case<'_>] = &[
            ("dev", &[], "connection dev (MYORG-DEV as CBA_DEPLOY, role STREAMS_TASKS_ROLE, password)"),
            (
                "dev",
                &[("SNOWFLAKE_CONNECTIONS_DEV_ROLE", "OTHER"), ("SNOWFLAKE_ACCOUNT", "elsewhere")],
                "connection dev (MYORG-DEV as CBA_DEPLOY, role OTHER, password)",
            ),
            (
                "local",
                &[("SNOWFLAKE_PASSWORD", "hush")],
                "connection local (local at http://127.0.0.1:8080 as ADMIN, password)",
            ),
            (
                "local",
                &[],
                "error: connection local does not say `password`\nhint: add `password = \"..\"` to its section, or set SNOWFLAKE_PASSWORD",
            ),
            ("pat", &[], "connection pat (my_org-my_account as u, access token)"),
            (
                "sso",
                &[],
                "error: connection sso: `authenticator` is `EXTERNALBROWSER`, which is not supported\nhint: use SNOWFLAKE (password), SNOWFLAKE_JWT (key pair), OAUTH or PROGRAMMATIC_ACCESS_TOKEN",
            ),
            (
                "clear",
                &[],
                "error: connection clear: `protocol` is `http` for `snow.example.com`, which would send the credential in the clear\nhint: plain http is accepted for loopback addresses only; remove `protocol`",
            ),
            (
                "url",
                &[],
                "error: connection url: `account` is `https://a.snowflakecomputing.com`, which is a URL\nhint: write the account identifier alone, for example `myorg-myaccount`",
            ),
            (
                "old",
                &[],
                "error: there is no connection `old`; there are `clear`, `dev`, `local`, `pat`, `sso`, `url`\nhint: looked at `~/connections.toml`; `snow connection add` writes a profile, or add a section `[old]` to connections.toml",
            ),
        ];
        for (name, variables, expected) in cases {
            assert_eq!(outcome(&home, name, variables), *expected);
        }
    }

    #[test]
    fn profiles_of_config_toml_count_when_there_is_no_connections_toml() {
        let home = home(&[(
            "config.toml",
            "default_connection_name = \"a\"\n[connections.a]\naccount = \"acct\"\nuser = \"u\"\npassword = \"hush\"\n",
        )]);
        assert_eq!(outcome(&home, "a", &[]), "connection a (acct as u, password)");
    }

    #[test]
    fn a_broken_file_is_named_without_quoting_it() {
        let home = home(&[("connections.toml", "[a]\naccount = \"x\"\npassword = \"hush\n")]);
        let text = outcome(&home, "a", &[]);
        assert!(text.starts_with("error: `~/connections.toml` is not a connections file: line 3:"), "{text}");
        assert!(!text.contains("hush"), "{text}");
    }

    #[test]
    fn the_environment_alone_describes_a_target() {
        let cases: &[(&[(&str, &str)], &str)] = &[
            (
                &[
                    ("SNOWFLAKE_ACCOUNT", "a.eu-central-1.snowflakecomputing.com"),
                    ("SNOWFLAKE_USER", "u"),
                    ("SNOWFLAKE_TOKEN", "hush"),
                ],
                "SNOWFLAKE_* variables (a.eu-central-1 as u, OAuth token)",
            ),
            (
                &[
                    ("SNOWFLAKE_HOST", "localhost"),
                    ("SNOWFLAKE_PORT", "99"),
                    ("SNOWFLAKE_PROTOCOL", "http"),
                    ("SNOWFLAKE_USER", "u"),
                    ("SNOWFLAKE_PASSWORD", "hush"),
                ],
                "SNOWFLAKE_* variables (localhost at http://localhost:99 as u, password)",
            ),
            (&[("SNOWFLAKE_ACCOUNT", "a")], "error: SNOWFLAKE_* variables does not say `user`"),
            (
                &[("SNOWFLAKE_ACCOUNT", "a"), ("SNOWFLAKE_USER", "u"), ("SNOWFLAKE_PORT", "x")],
                "error: SNOWFLAKE_* variables: `port` is `x`",
            ),
        ];
        for (variables, expected) in cases {
            let lookup =
                |key: &str| variables.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned());
            let got = match Profile::from_environment(&lookup) {
                Ok(profile) => profile.describe(),
                Err(error) => format!("error: {error}"),
            };
            assert_eq!(got, *expected);
        }
    }
}
