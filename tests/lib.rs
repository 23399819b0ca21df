//! Shared test support.

pub mod program;
pub mod server;
pub mod sns;
