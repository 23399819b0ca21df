//! Profiles of the Snowflake CLI and the SNOWFLAKE_* variables.

mod files;
mod settings;

use std::fmt;

use secrecy::SecretString;
use url::Url;

use super::{ConnectionError, Variables, auth::Credential};
use settings::{Origin, Settings, is_account_endpoint};

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
