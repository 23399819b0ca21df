//! Notification integrations and what is sent through them.

use crate::exec::{Context, QueryResult, Running, Value};
use crate::{Result, SqlError};

/// CREATE, ALTER, DROP, DESCRIBE NOTIFICATION INTEGRATION and SHOW INTEGRATIONS: `text` is the whole statement.
pub fn execute<'c>(_cx: &'c mut Context<'_>, _text: &'c str) -> Running<'c> {
    Box::pin(async move { Err(SqlError::unsupported("INTEGRATION")) })
}

/// `SYSTEM$SEND_SNOWFLAKE_NOTIFICATION(message, integration)`.
pub fn send(_cx: &Context<'_>, _message: &Value, _integration: &Value) -> Result<String> {
    Err(SqlError::unsupported("SYSTEM$SEND_SNOWFLAKE_NOTIFICATION"))
}

/// The rows of INFORMATION_SCHEMA.NOTIFICATION_HISTORY; `None` for other functions. Arguments as in
/// [`crate::task::table_function`].
pub fn table_function(_cx: &Context<'_>, _name: &str, _arguments: &[(String, Value)]) -> Result<Option<QueryResult>> {
    Ok(None)
}
