//! Stored procedures.

use crate::SqlError;
use crate::exec::{Binds, Context, Running};

/// CREATE, ALTER, DROP, DESCRIBE PROCEDURE and SHOW PROCEDURES: `text` is the whole statement.
pub fn execute<'c>(_cx: &'c mut Context<'_>, _text: &'c str) -> Running<'c> {
    Box::pin(async move { Err(SqlError::unsupported("PROCEDURE")) })
}

/// CALL: `text` is the whole statement.
pub fn call<'c>(_cx: &'c mut Context<'_>, _text: &'c str, _binds: &'c Binds) -> Running<'c> {
    Box::pin(async move { Err(SqlError::unsupported("CALL")) })
}
