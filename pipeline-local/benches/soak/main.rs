//! The soak test: `cargo bench -p pipeline-local --bench soak -- --minutes 15 --seed 7`.

#[path = "../../tests/process/mod.rs"]
mod process;
#[path = "mod.rs"]
mod soak;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

/// Random work on a server that is killed again and again.
#[derive(Debug, Parser)]
struct Options {
    /// How long
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// What decides the work, to repeat a run; a random one is made and printed otherwise
    #[arg(long)]
    seed: Option<u64>,
    /// How many clients change rows
    #[arg(long, default_value_t = 6)]
    workers: i64,
    /// The longest life of the server, in seconds
    #[arg(long, default_value_t = 15.0)]
    longest_life: f64,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let soak = soak::Soak {
        duration: Duration::from_secs_f64(options.minutes * 60.0),
        seed: options.seed.unwrap_or_else(rand::random),
        workers: options.workers,
        life: (Duration::from_secs_f64(options.longest_life / 15.0), Duration::from_secs_f64(options.longest_life)),
    };
    println!("soak test: {soak:?}");
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(soak::run(&soak)) {
        Ok(report) => {
            println!("passed: {report}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("FAILED: {message}");
            ExitCode::FAILURE
        }
    }
}
