//! Measures the engine, each number against something in the same run: `scripts/measure.sh` runs all of it and writes
//! `docs/performance.md`. One alone: `cargo bench -p pipeline-local --bench measure -- trigger`.

#[path = "../../tests/process/mod.rs"]
mod process;

mod changes;
mod incremental;
mod place;
mod select;
mod sessions;
mod statistics;
mod trigger;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

/// Numbers about the engine.
#[derive(Debug, Parser)]
struct Options {
    /// What to measure; everything otherwise
    what: Vec<What>,
    /// A Python with the packages duckdb and fakesnow, for what is compared with them
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// A hundredth of the size, to see whether everything works
    #[arg(long)]
    small: bool,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum, PartialEq)]
enum What {
    Trigger,
    Incremental,
    Changes,
    Select,
    Sessions,
}

/// One line of the report.
pub(crate) struct Line {
    pub(crate) what: String,
    pub(crate) measured: String,
    /// The target, and whether it was met.
    pub(crate) target: Option<(String, bool)>,
}

impl Line {
    fn new(what: impl Into<String>, measured: impl Into<String>) -> Self {
        Self { what: what.into(), measured: measured.into(), target: None }
    }

    fn with_target(mut self, target: impl Into<String>, met: bool) -> Self {
        self.target = Some((target.into(), met));
        self
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let wanted = |what| options.what.is_empty() || options.what.contains(&what);
    let scale = if options.small { 100 } else { 1 };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    println!("| | measured | target |\n|---|---|---|");
    let say = |lines: Vec<Line>| {
        for line in lines {
            let target = match line.target {
                Some((target, true)) => format!("{target}: met"),
                Some((target, false)) => format!("{target}: **missed**"),
                None => String::new(),
            };
            println!("| {} | {} | {target} |", line.what, line.measured);
        }
    };
    runtime.block_on(async {
        if wanted(What::Trigger) {
            say(trigger::measure(if options.small { 10 } else { 200 }).await);
        }
        if wanted(What::Incremental) {
            say(incremental::measure(1_000_000 / scale, &options.python).await);
        }
        if wanted(What::Changes) {
            say(changes::measure(10_000_000 / scale, 100_000 / scale).await);
        }
        if wanted(What::Select) {
            say(select::measure(1_000 / scale, &options.python).await);
        }
        if wanted(What::Sessions) {
            say(sessions::measure(64, if options.small { 2.0 } else { 20.0 }).await);
        }
    });
    ExitCode::SUCCESS
}
