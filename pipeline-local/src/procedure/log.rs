//! What bodies write to the log.
//!
//! Snowflake keeps it in an event table; here it goes to the server's own log.
//! <https://docs.snowflake.com/en/developer-guide/logging-tracing/logging>

use crate::error::{Result, SqlError};

/// Log lines, trace events and span attributes go to the server's own log.
pub(crate) fn log(level: &str, text: &str, attributes: &str) {
    match level {
        "off" => {}
        "trace" => tracing::trace!(target: "procedure", attributes, "{text}"),
        "debug" => tracing::debug!(target: "procedure", attributes, "{text}"),
        "warn" => tracing::warn!(target: "procedure", attributes, "{text}"),
        "error" | "fatal" => tracing::error!(target: "procedure", attributes, "{text}"),
        kind => tracing::info!(target: "procedure", kind, attributes, "{text}"),
    }
}

/// The level of `SYSTEM$LOG('level', message)`, in lower case.
///
/// # Errors
/// When there is no such level.
pub(crate) fn level(text: &str) -> Result<String> {
    let level = text.to_ascii_lowercase();
    if ["trace", "debug", "info", "warn", "error", "fatal"].contains(&level.as_str()) {
        return Ok(level);
    }
    Err(SqlError::compilation(
        1007,
        "22023",
        format_args!("invalid level '{text}' of SYSTEM$LOG; it is trace, debug, info, warn, error or fatal"),
    ))
}
