//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};

use crate::connection::TargetChoice;

/// Deploys and operates a Snowflake pipeline.
#[derive(Debug, Parser)]
#[command(disable_help_subcommand = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) target: TargetArguments,

    /// What to do; `deploy` when left out
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done · 1 error · 2 changes to deploy (`plan --detailed-exitcode`) · 3 blocked, nothing was changed · 6 partly applied, run `deploy` again · \
7 authentication or privilege; `status`: 0 healthy · 10 failing · 11 stream stale or nearly · 12 task suspended";

/// Where to work.
#[derive(Debug, Args)]
pub(crate) struct TargetArguments {
    /// Use this connection of the Snowflake CLI's connections.toml or config.toml
    #[arg(long, global = true, value_name = "NAME")]
    connection: Option<String>,

    /// Use the embedded engine with its data in this directory [default without a connection: .pipeline]
    #[arg(long, global = true, value_name = "PATH")]
    local: Option<PathBuf>,

    /// How many seconds to wait for one statement
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    statement_timeout: u64,

    /// Let the embedded engine's clock run this many times as fast, so that schedules come around sooner
    #[arg(long, global = true, value_name = "TIMES", value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) fast_clock: Option<u32>,
}

impl TargetArguments {
    pub(crate) fn choice(&self) -> TargetChoice {
        TargetChoice { connection: self.connection.clone(), local: self.local.clone() }
    }

    pub(crate) fn statement_timeout(&self) -> Duration {
        Duration::from_secs(self.statement_timeout)
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create what is missing and resume the tasks; what exists keeps its rows, offsets and schedules
    Deploy,
    /// Show what `deploy` would do, and change nothing
    Plan {
        /// Print the statements that would run, as a script
        #[arg(long)]
        sql: bool,
        /// End with exit code 2 when there is something to do
        #[arg(long)]
        detailed_exitcode: bool,
    },
    /// Write the numbered scripts for review
    Render {
        /// Write nothing; fail with a diff when the files are not what this program renders
        #[arg(long)]
        check: bool,
        /// The directory [default: the pipeline's own]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Run the task now and wait for the end of it and of all that follow it
    Run {
        /// The task, when the pipeline has more than one that nothing precedes
        task: Option<String>,
        /// CALL this procedure instead
        #[arg(long, value_name = "NAME", conflicts_with = "task")]
        procedure: Option<String>,
        /// How many seconds to wait for the end
        #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
        wait: u64,
    },
    /// Let the tasks run on their schedule, children before their root
    Resume,
    /// Stop the tasks from being scheduled, the root first
    Suspend,
    /// Show tasks with their last runs, and streams with what is unread
    Status,
    /// Remove the pipeline and its data
    Destroy {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn commands_are_understood() {
        for line in [
            "app",
            "app deploy --connection dev",
            "app --local data render --check",
            "app run --procedure SP",
            "app run TASK_X --wait 10",
            "app plan --sql --detailed-exitcode",
            "app destroy --yes --fast-clock 60",
        ] {
            assert!(Cli::try_parse_from(line.split(' ')).is_ok(), "{line}");
        }
        for line in ["app frobnicate", "app --fast-clock 0", "app run T --procedure P", "app --statement-timeout 0"] {
            assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }
}
