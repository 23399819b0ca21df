//! A Snowflake for one machine: tables with history, streams, tasks and procedures, reached over Snowflake's own wire
//! protocol by official drivers.

mod access;
pub mod auth;
pub mod catalog;
pub mod clock;
pub mod engine;
pub mod error;
pub mod function;
pub mod history;
mod javascript;
mod listing;
pub mod notification;
pub mod parse;
mod plan;
pub mod procedure;
pub mod retention;
mod routine;
pub mod scripting;
pub mod server;
pub mod session;
pub mod statement;
pub mod storage;
pub mod store;
mod tag;
pub mod task;
pub mod types;
mod udf;
mod wire;

pub use engine::{Engine, EngineConfig};
pub use error::{Result, SqlError};
pub use javascript::parse as parse_javascript;
pub use server::{Config, Server};
pub use session::Session;
pub use statement as exec;
