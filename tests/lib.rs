//! Shared test support.

pub mod program;
pub mod proxy;
pub mod server;
pub mod sns;
