//! `pipeline-local serve`: a local Snowflake for official clients.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use pipeline_local::clock::Clock;
use pipeline_local::{Config, Result, Server, SqlError};

/// A Snowflake for one machine.
#[derive(Debug, Parser)]
#[command(name = "pipeline-local", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer clients until interrupted
    Serve(Serve),
}

#[derive(Debug, Args)]
struct Serve {
    /// Port to listen on; 0 for any free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Address to listen on; only this machine can reach the default
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Directory to keep data in; without it everything is gone when the server ends
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where notification integrations publish to, for example a local SNS; without it they are only recorded
    #[arg(long, value_name = "URL")]
    sns_endpoint: Option<String>,
    /// Let the engine's time run this many times as fast, so that schedules need no waiting
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = positive)]
    clock_speed: f64,
    /// What CURRENT_ACCOUNT() shows
    #[arg(long, default_value = "LOCAL")]
    account: String,
    /// Speak https with this certificate chain (PEM); needs --tls-key
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The password of the built-in user ADMIN; a random one is made and printed otherwise
    #[arg(long, env = "PIPELINE_LOCAL_PASSWORD", hide_env_values = true)]
    password: Option<String>,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if factor.is_finite() && factor > 0.0 => Ok(factor),
        _ => Err("expected a positive number, for example 60".to_owned()),
    }
}

fn main() -> ExitCode {
    let Cli { command: Command::Serve(options) } = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("PIPELINE_LOCAL_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    // The server has a runtime of its own; this one only waits.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&SqlError::from(error)),
    };
    match runtime.block_on(serve(options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &SqlError) -> ExitCode {
    let message = error.message.strip_prefix("Internal error of the local engine: ").unwrap_or(&error.message);
    eprintln!("pipeline-local: {message}");
    ExitCode::FAILURE
}

async fn serve(options: Serve) -> Result<()> {
    let given = options.password.filter(|password| !password.is_empty());
    let random = given.is_none();
    let clock = if options.clock_speed == 1.0 { Clock::real() } else { Clock::scaled(options.clock_speed) };
    let server = Server::start(Config {
        data: options.data,
        host: options.host,
        port: options.port,
        admin_password: given,
        clock,
        sns_endpoint: options.sns_endpoint,
        account: options.account,
        tls: options.tls_cert.zip(options.tls_key),
        ..Config::default()
    })
    .await?;
    if random {
        println!("password of user ADMIN: {}", server.admin_password());
    }
    println!("pipeline-local listening on {}", server.url());
    interrupted().await?;
    eprintln!("pipeline-local: stopping");
    server.shutdown().await;
    Ok(())
}

/// Waits for SIGINT or SIGTERM.
async fn interrupted() -> Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            outcome = tokio::signal::ctrl_c() => outcome?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}
