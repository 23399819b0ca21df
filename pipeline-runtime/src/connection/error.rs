use std::path::PathBuf;

use thiserror::Error;

use crate::hint::{Hints, login_hints};

/// Why no connection could be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectionError {
    /// `--local` and `--connection` were both given.
    #[error("`--local` and `--connection {name}` name two different targets")]
    TwoTargets {
        /// The profile.
        name: String,
    },
    /// The application brings no embedded engine and no account is configured.
    #[error("no connection is configured, and this program has no embedded engine")]
    NoTarget,
    /// The embedded engine did not start.
    #[error("the embedded engine did not start on `{}`: {message}", directory.display())]
    Embedded {
        /// The data directory.
        directory: PathBuf,
        /// The engine's own words.
        message: String,
    },
    /// No file of the Snowflake CLI holds the profile.
    #[error("there is no connection `{name}`{}", listed(known))]
    UnknownProfile {
        /// The name asked for.
        name: String,
        /// The names that exist.
        known: Vec<String>,
        /// The files that were looked at.
        looked_at: Vec<PathBuf>,
    },
    /// A file could not be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A configuration file is not TOML, or has another shape.
    #[error("`{}` is not a connections file: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A profile lacks a value.
    #[error("{profile} does not say `{key}`")]
    Missing {
        /// The profile, or the variables.
        profile: String,
        /// The missing key.
        key: &'static str,
        /// Where to write it.
        help: String,
    },
    /// A value of a profile cannot be used.
    #[error("{profile}: `{key}` is {value}")]
    BadValue {
        /// The profile, or the variables.
        profile: String,
        /// The key.
        key: &'static str,
        /// The value in words; never a secret.
        value: String,
        /// What to write instead.
        help: String,
    },
    /// A private key can be read by other users of the machine.
    #[error("the private key `{}` can be read by other users (mode {mode:03o})", path.display())]
    KeyExposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A private key is not in a form that can be used.
    #[error("the private key `{}` {problem}", path.display())]
    Key {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
        /// What to do.
        help: String,
    },
    /// The server refused the login.
    #[error("{target} refused the login: {message}")]
    Login {
        /// The target as the first line of output names it.
        target: String,
        /// The server's message.
        message: String,
    },
    /// The credential cannot even be sent.
    #[error("{target}: the credential cannot be used: {message}")]
    Credential {
        /// The target as the first line of output names it.
        target: String,
        /// What is wrong with it.
        message: String,
    },
    /// Nothing answered, or what answered was no Snowflake.
    #[error("cannot reach {endpoint}: {message}{}", tried(*attempts))]
    Unreachable {
        /// The base URL.
        endpoint: String,
        /// The network's words.
        message: String,
        /// How often it was tried.
        attempts: u32,
    },
}

fn listed(known: &[String]) -> String {
    if known.is_empty() {
        return String::new();
    }
    format!("; there are {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
}

fn tried(attempts: u32) -> String {
    if attempts > 1 { format!(" ({attempts} attempts)") } else { String::new() }
}

impl Hints for ConnectionError {
    fn hints(&self) -> Vec<String> {
        match self {
            Self::TwoTargets { .. } => {
                vec!["leave one out: `--local PATH` is the embedded engine, `--connection NAME` is an account".into()]
            }
            Self::NoTarget => vec![
                "name a connection of the Snowflake CLI with `--connection NAME`, or set SNOWFLAKE_ACCOUNT, \
                 SNOWFLAKE_USER and a credential"
                    .into(),
                "an application brings the embedded engine with `App::embedded`".into(),
            ],
            Self::Embedded { .. } => {
                vec!["if another process uses this directory, stop it or name another with `--local PATH`".into()]
            }
            Self::UnknownProfile { name, looked_at, .. } => {
                let files = looked_at.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>();
                vec![format!(
                    "looked at {}; `snow connection add` writes a profile, or add a section `[{name}]` to connections.toml",
                    files.join(" and ")
                )]
            }
            Self::Missing { help, .. } | Self::BadValue { help, .. } | Self::Key { help, .. } => vec![help.clone()],
            Self::KeyExposed { path, .. } => vec![format!("run `chmod 600 {}`", path.display())],
            Self::Credential { .. } => {
                vec!["is the passphrase right, and the key an RSA key? `openssl rsa -in KEY -check` tells".into()]
            }
            Self::Login { message, .. } => login_hints(message),
            Self::Unreachable { message, .. } => crate::hint::network_hints(message),
            Self::Unreadable { .. } | Self::Malformed { .. } => Vec::new(),
        }
    }
}
