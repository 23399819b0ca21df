//! A pipeline's program, run as its users run it.

use std::{
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// What a program said and how it ended.
#[derive(Debug)]
pub struct Said {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// This, if the program ended with `code`.
    ///
    /// # Panics
    ///
    /// If it ended otherwise, with what it said.
    #[track_caller]
    pub fn ended_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\nstdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// The first line of output.
    pub fn first_line(&self) -> &str {
        self.out.lines().next().unwrap_or_default()
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A program with an environment in which nothing names a target but what a test sets.
#[derive(Debug, Clone)]
pub struct Program {
    path: &'static str,
    variables: Vec<(String, String)>,
}

impl Program {
    /// The program at `path`; tests take it from `CARGO_BIN_EXE_..`.
    pub fn new(path: &'static str) -> Self {
        Self { path, variables: Vec::new() }
    }

    /// The program with a variable set.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The program with the variables that name a server on this machine as its target.
    #[must_use]
    pub fn on(self, url: &str, user: &str, password: &str) -> Self {
        let address = url.strip_prefix("http://").expect("a loopback URL");
        let (host, port) = address.rsplit_once(':').expect("a port");
        self.with("SNOWFLAKE_ACCOUNT", "local")
            .with("SNOWFLAKE_HOST", host)
            .with("SNOWFLAKE_PORT", port)
            .with("SNOWFLAKE_PROTOCOL", "http")
            .with("SNOWFLAKE_USER", user)
            .with("SNOWFLAKE_PASSWORD", password)
    }

    /// Runs it in an empty home directory and waits for its end.
    pub fn run(&self, arguments: &[&str]) -> Said {
        let home = tempfile::tempdir().expect("a directory");
        self.run_in(home.path(), arguments)
    }

    /// Runs it in `directory`, which is its home directory too, and waits for its end.
    pub fn run_in(&self, directory: &Path, arguments: &[&str]) -> Said {
        self.command(directory, arguments).output().expect("the program starts").into()
    }

    /// Starts it in `directory`; what it says can be read when it has ended.
    pub fn start_in(&self, directory: &Path, arguments: &[&str]) -> Child {
        self.command(directory, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts")
    }

    fn command(&self, directory: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.path);
        for (name, _) in std::env::vars() {
            let lower = name.to_lowercase();
            if lower.starts_with("snowflake_") || lower.starts_with("pipeline_") || lower.ends_with("_proxy") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .current_dir(directory)
            .env("HOME", directory)
            .env("SNOWFLAKE_HOME", directory.join(".snowflake"))
            .envs(self.variables.iter().cloned());
        command
    }
}
