//! A Snowflake for one machine: tables with history, streams, tasks and procedures, reached over Snowflake's own wire
//! protocol by official drivers.

pub mod error;
pub mod types;

pub use error::{Result, SqlError};
