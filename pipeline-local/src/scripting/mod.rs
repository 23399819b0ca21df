//! Snowflake Scripting: blocks of SQL with variables, loops, cursors and exceptions.

pub mod ast;
mod parser;
mod simple;
mod tokens;

pub use ast::Block;
pub use parser::parse_block;
