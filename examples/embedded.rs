use std::error::Error;

use pipeline_local::{Config, Server, clock::Clock};
use pipeline_runtime::{Embedded, EmbeddedOptions};

/// Starts the local engine for [`App::embedded`](pipeline_runtime::App::embedded). It listens on loopback only, with a new
/// password each time; notifications go to the SNS endpoint in `PIPELINE_LOCAL_SNS_ENDPOINT`, if there is one.
///
/// # Errors
///
/// When the directory cannot be used, for example because another engine has it.
pub async fn embedded(options: EmbeddedOptions) -> Result<Embedded, Box<dyn Error + Send + Sync>> {
    let config = Config {
        data: Some(options.directory),
        clock: Clock::scaled(f64::from(options.clock_rate)),
        sns_endpoint: std::env::var("PIPELINE_LOCAL_SNS_ENDPOINT").ok(),
        ..Config::default()
    };
    let server = Server::start(config).await.map_err(|error| match error.message.split_once("local engine: ") {
        Some((_, message)) => message.to_owned(),
        None => error.to_string(),
    })?;
    let password = server.admin_password().to_owned();
    Ok(Embedded::new(server.url(), "ADMIN", password).on_shutdown(move || server.shutdown()))
}
