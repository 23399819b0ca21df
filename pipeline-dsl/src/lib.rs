//! Typed Rust for Snowflake tables, streams, procedures and tasks.

pub mod body;
pub mod expr;
