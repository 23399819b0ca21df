//! Where a command works: the embedded engine, or an account named by a profile or by the environment.

mod auth;
mod embedded;
mod error;
mod profile;
mod session;

use std::path::{Path, PathBuf};

pub use embedded::{Embedded, EmbeddedOptions};
pub(crate) use embedded::{Shutdown, Starter};
pub use error::ConnectionError;
pub(crate) use profile::Profile;
pub use session::{Connection, Row};

/// Reads one variable of the environment; tests pass their own.
pub(crate) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Where the data of the embedded engine lies unless `--local` says otherwise.
pub(crate) const DEFAULT_DIRECTORY: &str = ".pipeline";

/// What the command line says about the target.
#[derive(Debug, Default, Clone)]
pub(crate) struct TargetChoice {
    /// `--connection NAME`
    pub(crate) connection: Option<String>,
    /// `--local PATH`
    pub(crate) local: Option<PathBuf>,
}

/// The target a command works on.
#[derive(Debug)]
pub(crate) enum Target {
    /// The embedded engine with its data under a directory.
    Embedded {
        /// The data directory.
        directory: PathBuf,
        /// Why an account that the environment names is not the target.
        remark: Option<&'static str>,
    },
    /// A Snowflake account, or anything that answers like one.
    Account(Box<Profile>),
}

impl Target {
    /// Chooses the target: `--local`, then `--connection`, then `SNOWFLAKE_ACCOUNT` or `SNOWFLAKE_HOST`, then the embedded engine.
    ///
    /// # Errors
    ///
    /// When both `--local` and `--connection` are given, and when the profile is unknown, incomplete or unreadable.
    pub(crate) fn choose(choice: &TargetChoice, variables: Variables<'_>) -> Result<Self, ConnectionError> {
        let named_by_environment = ["SNOWFLAKE_ACCOUNT", "SNOWFLAKE_HOST"]
            .into_iter()
            .find(|name| variables(name).is_some_and(|value| !value.is_empty()));
        match (&choice.local, &choice.connection) {
            (Some(_), Some(name)) => Err(ConnectionError::TwoTargets { name: name.clone() }),
            (Some(directory), None) => Ok(Self::Embedded {
                directory: directory.clone(),
                remark: named_by_environment.map(|_| "the SNOWFLAKE_* variables are not used because of --local"),
            }),
            (None, Some(name)) => Ok(Self::Account(Box::new(Profile::named(name, variables)?))),
            (None, None) if named_by_environment.is_some() => {
                Ok(Self::Account(Box::new(Profile::from_environment(variables)?)))
            }
            (None, None) => Ok(Self::Embedded { directory: PathBuf::from(DEFAULT_DIRECTORY), remark: None }),
        }
    }

    /// How the first line of every output names the target; never contains a secret.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Embedded { directory, remark: None } => format!("embedded engine, data in {}", shown(directory)),
            Self::Embedded { directory, remark: Some(remark) } => {
                format!("embedded engine, data in {} ({remark})", shown(directory))
            }
            Self::Account(profile) => profile.describe(),
        }
    }

    /// Whether this is the embedded engine.
    pub(crate) fn is_embedded(&self) -> bool {
        matches!(self, Self::Embedded { .. })
    }
}

fn shown(directory: &Path) -> String {
    let text = directory.display().to_string();
    if text.ends_with(std::path::MAIN_SEPARATOR) { text } else { format!("{text}{}", std::path::MAIN_SEPARATOR) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(local: Option<&str>, connection: Option<&str>, variables: &[(&str, &str)]) -> String {
        let choice = TargetChoice { local: local.map(PathBuf::from), connection: connection.map(ToOwned::to_owned) };
        let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        match Target::choose(&choice, &lookup) {
            Ok(target) => target.describe(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn the_target_is_chosen_in_a_fixed_order_and_never_mixed() {
        let account = [("SNOWFLAKE_ACCOUNT", "myorg-dev"), ("SNOWFLAKE_USER", "cba"), ("SNOWFLAKE_PASSWORD", "hush")];
        let cases = [
            (choose(None, None, &[]), "embedded engine, data in .pipeline/"),
            (choose(None, None, &[("SNOWFLAKE_ACCOUNT", "")]), "embedded engine, data in .pipeline/"),
            (choose(Some("/tmp/x/"), None, &[]), "embedded engine, data in /tmp/x/"),
            (
                choose(Some("data"), None, &account),
                "embedded engine, data in data/ (the SNOWFLAKE_* variables are not used because of --local)",
            ),
            (choose(None, None, &account), "SNOWFLAKE_* variables (myorg-dev as cba, password)"),
            (
                choose(Some("data"), Some("dev"), &[]),
                "error: `--local` and `--connection dev` name two different targets",
            ),
        ];
        for (got, expected) in cases {
            assert_eq!(got, expected);
        }
    }
}
