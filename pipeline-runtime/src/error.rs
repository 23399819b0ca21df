//! The errors of commands, their hints and their exit codes.

use std::fmt;

use thiserror::Error;

use crate::{
    connection::ConnectionError,
    hint::{Hints, Refusal},
};

/// What is known about a statement that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The server refused or failed it: it changed nothing beyond what its own text commits.
    Refused,
    /// It never left this machine.
    NotSent,
    /// It was sent, and nothing came back: it may have run.
    Unknown,
    /// It ran, but its result could not be read.
    Unread,
    /// The user pressed Ctrl-C; the server was asked to cancel it.
    Interrupted,
}

/// A statement that did not succeed.
#[derive(Debug)]
pub struct StatementError {
    /// The statement.
    pub sql: String,
    /// The object it is about, when the statement comes from the pipeline.
    pub object: Option<String>,
    /// The server's error code.
    pub code: Option<String>,
    /// The server's message, or what the network said.
    pub message: String,
    /// The id under which the query history has it.
    pub query_id: Option<String>,
    /// The role it ran as.
    pub role: Option<String>,
    /// What is known about its effect.
    pub outcome: Outcome,
}

impl StatementError {
    fn refusal(&self) -> Refusal<'_> {
        Refusal {
            code: self.code.as_deref().unwrap_or_default(),
            message: &self.message,
            sql: &self.sql,
            role: self.role.as_deref(),
        }
    }

    pub(crate) fn with_object(mut self: Box<Self>, object: Option<String>) -> Box<Self> {
        self.object = object;
        self
    }

    /// Whether the server said that the object is missing or hidden from this role.
    pub(crate) fn is_invisible(&self) -> bool {
        matches!(self.code.as_deref(), Some("002003" | "002043"))
    }
}

impl fmt::Display for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.outcome {
            Outcome::Refused => "failed",
            Outcome::NotSent => "was not sent",
            Outcome::Unknown => "was sent, but it is not known whether it ran",
            Outcome::Unread => "ran, but its result could not be read",
            Outcome::Interrupted => "was interrupted",
        };
        write!(f, "`{}` {what}", head(&self.sql))?;
        if let Some(object) = &self.object {
            write!(f, " ({object})")?;
        }
        write!(f, "\n  ")?;
        if let Some(code) = &self.code {
            write!(f, "{code}: ")?;
        }
        write!(f, "{}", self.message.trim().replace('\n', "\n  "))?;
        if let Some(query_id) = &self.query_id {
            write!(f, "\n  query id {query_id}")?;
        }
        if self.sql.trim() != head(&self.sql) {
            write!(f, "\n  statement:")?;
            for line in self.sql.trim().lines() {
                write!(f, "\n    {line}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for StatementError {}

impl Hints for StatementError {
    fn hints(&self) -> Vec<String> {
        match self.outcome {
            Outcome::Refused => self.refusal().hints(),
            Outcome::NotSent => crate::hint::network_hints(&self.message),
            Outcome::Unknown => {
                let mut hints = Vec::new();
                if let Some(query_id) = &self.query_id {
                    hints.push(format!(
                        "its fate is in the query history: `SELECT * FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY()) WHERE QUERY_ID = '{query_id}'`"
                    ));
                }
                hints
                    .push("it is not repeated by itself; running `deploy` again reads the live state first".to_owned());
                hints
            }
            Outcome::Unread | Outcome::Interrupted => Vec::new(),
        }
    }
}

/// The first line of a statement, short enough for a line of progress.
pub(crate) fn head(sql: &str) -> String {
    const WIDTH: usize = 110;
    let line = sql.trim().lines().next().unwrap_or_default().trim_end_matches([' ', '(']);
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    let cut: String = line.chars().take(WIDTH - 2).collect();
    format!("{}..", cut.trim_end())
}

/// Why a command did not do what it was asked to.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// No connection.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A statement failed outside of a deployment.
    #[error(transparent)]
    Statement(#[from] Box<StatementError>),
    /// A deployment stopped at a statement.
    #[error("{source}")]
    Stopped {
        /// The statement.
        source: Box<StatementError>,
        /// What was done before it, one line each.
        done: Vec<String>,
        /// What was not done, beginning with the statement that failed.
        not_done: Vec<String>,
    },
    /// The account differs from the pipeline in a way that cannot be changed safely. Nothing was changed.
    #[error("{}", blocked(differences))]
    Blocked {
        /// What differs.
        differences: Vec<crate::live::Difference>,
    },
    /// The committed scripts are not what the program generates.
    #[error("{count} of the generated files differ from what this program renders\n\n{diff}")]
    Stale {
        /// How many files.
        count: usize,
        /// The unified diff.
        diff: String,
    },
    /// A file could not be read or written.
    #[error("cannot {verb} `{}`: {source}", path.display())]
    File {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: std::path::PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The command line asks for something that is not there.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to write instead.
        help: String,
    },
    /// A task run ended, but not well.
    #[error("{message}")]
    RunFailed {
        /// Which run, and the error in the server's words.
        message: String,
        /// What to do.
        help: String,
    },
    /// Objects are left after `destroy`.
    #[error("{} left after destroying the pipeline: {}", crate::progress::counted(left.len(), "object is", "objects are"), left.join(", "))]
    LeftOver {
        /// What is left.
        left: Vec<String>,
    },
    /// The user pressed Ctrl-C while nothing was running.
    #[error("interrupted by Ctrl-C")]
    Interrupted,
    /// The user did not confirm.
    #[error("not confirmed, nothing was changed")]
    NotConfirmed,
    /// What the application itself does after deploying failed.
    #[error("{0}")]
    Application(String),
}

fn blocked(differences: &[crate::live::Difference]) -> String {
    let mut text = format!(
        "{} in the account from this pipeline and cannot be changed safely; nothing was changed",
        crate::progress::counted(differences.len(), "object differs", "objects differ")
    );
    for difference in differences {
        text.push_str(&format!("\n\n{difference}"));
    }
    text
}

impl Hints for Error {
    fn hints(&self) -> Vec<String> {
        match self {
            Self::Connection(error) => error.hints(),
            Self::Statement(error) => error.hints(),
            Self::Stopped { source, done, not_done } => {
                let mut hints = source.hints();
                hints.push(if done.is_empty() {
                    "nothing was changed".to_owned()
                } else {
                    format!(
                        "{} done, {} not; every statement can be repeated, so running `deploy` again continues here",
                        crate::progress::counted(done.len(), "statement was", "statements were"),
                        not_done.len()
                    )
                });
                hints
            }
            Self::Stale { .. } => vec!["run `render` and commit the files".to_owned()],
            Self::Usage { help, .. } | Self::RunFailed { help, .. } => vec![help.clone()],
            Self::LeftOver { .. } => {
                vec!["`destroy` again as a role that owns them, or drop them by hand".to_owned()]
            }
            Self::Interrupted => vec!["a task that runs goes on; `status` shows how it ends".to_owned()],
            Self::NotConfirmed => vec!["`--yes` confirms without a question".to_owned()],
            Self::Blocked { .. } | Self::File { .. } | Self::Application(_) => Vec::new(),
        }
    }
}

impl Error {
    /// The exit code of the process: 1 error, 3 blocked by a safety rule, 6 partly applied and resumable,
    /// 7 authentication or privilege.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Connection(ConnectionError::Login { .. } | ConnectionError::Credential { .. }) => 7,
            Self::Statement(error) if error.refusal().is_privilege() => 7,
            Self::Stopped { source, .. } if source.refusal().is_privilege() => 7,
            Self::Stopped { done, source, .. } if !done.is_empty() || source.outcome == Outcome::Unknown => 6,
            Self::Blocked { .. } => 3,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(code: &str, message: &str, outcome: Outcome) -> Box<StatementError> {
        Box::new(StatementError {
            sql: "CREATE TABLE IF NOT EXISTS RAW_DB.SAMPLE_DATA.TABLE_A (\n    ID NUMBER(38,0)\n)".into(),
            object: Some("table RAW_DB.SAMPLE_DATA.TABLE_A".into()),
            code: Some(code.into()),
            message: message.into(),
            query_id: Some("01c2f5c5".into()),
            role: Some("STREAMS_TASKS_ROLE".into()),
            outcome,
        })
    }

    #[test]
    fn a_failed_statement_is_told_in_full() {
        let error = failed(
            "003001",
            "SQL access control error:\nInsufficient privileges to operate on schema 'SAMPLE_DATA'.",
            Outcome::Refused,
        );
        insta::assert_snapshot!(error, @r"
        `CREATE TABLE IF NOT EXISTS RAW_DB.SAMPLE_DATA.TABLE_A` failed (table RAW_DB.SAMPLE_DATA.TABLE_A)
          003001: SQL access control error:
          Insufficient privileges to operate on schema 'SAMPLE_DATA'.
          query id 01c2f5c5
          statement:
            CREATE TABLE IF NOT EXISTS RAW_DB.SAMPLE_DATA.TABLE_A (
                ID NUMBER(38,0)
            )
        ");
        assert_eq!(Error::from(error).exit_code(), 7);
    }

    #[test]
    fn exit_codes_tell_what_a_script_can_do_next() {
        let stopped = |source, done: &[&str]| Error::Stopped {
            source,
            done: done.iter().map(|line| (*line).to_owned()).collect(),
            not_done: vec!["create table".into()],
        };
        let cases = [
            (stopped(failed("001003", "syntax error", Outcome::Refused), &[]), 1),
            (stopped(failed("001003", "syntax error", Outcome::Refused), &["create database RAW_DB"]), 6),
            (stopped(failed("003001", "Insufficient privileges", Outcome::Refused), &["create database RAW_DB"]), 7),
            (stopped(failed("", "network error", Outcome::Unknown), &[]), 6),
            (Error::NotConfirmed, 1),
            (Error::Blocked { differences: Vec::new() }, 3),
            (
                Error::from(ConnectionError::Login {
                    target: "t".into(),
                    message: "Incorrect username or password".into(),
                }),
                7,
            ),
            (Error::from(ConnectionError::NoTarget), 1),
        ];
        for (error, code) in cases {
            assert_eq!(error.exit_code(), code, "{error}");
        }
    }
}
