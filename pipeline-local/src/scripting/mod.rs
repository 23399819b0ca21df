//! Snowflake Scripting: blocks of SQL with variables, loops, cursors and exceptions.

pub mod ast;
mod parser;
mod simple;
mod tokens;

pub use ast::Block;
pub use parser::parse_block;

use crate::SqlError;
use crate::exec::{Binds, Context, Running};

/// Runs an anonymous block: `text` is the whole statement.
pub fn run_anonymous<'c>(_cx: &'c mut Context<'_>, text: &'c str, _binds: &'c Binds) -> Running<'c> {
    Box::pin(async move {
        parse_block(text)?;
        Err(SqlError::unsupported("anonymous blocks"))
    })
}

/// `EXECUTE IMMEDIATE .. [USING (..)]` at the top level: `text` is the whole statement.
pub fn execute_immediate<'c>(_cx: &'c mut Context<'_>, _text: &'c str, _binds: &'c Binds) -> Running<'c> {
    Box::pin(async move { Err(SqlError::unsupported("EXECUTE IMMEDIATE")) })
}
