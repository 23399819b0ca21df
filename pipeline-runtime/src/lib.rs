//! Deploys, runs and watches pipelines written with `pipeline-dsl`, on Snowflake or on an embedded engine.
//!
//! An application is a few lines; everything else is on its command line (`--help` tells it):
//!
//! ```
//! use pipeline_dsl::pipeline::Pipeline;
//! use pipeline_runtime::App;
//!
//! fn run(pipeline: &impl Pipeline) -> std::process::ExitCode {
//!     App::new(pipeline).scripts(concat!(env!("CARGO_MANIFEST_DIR"), "/sql")).main()
//! }
//! ```
//!
//! Without `--connection` and without `SNOWFLAKE_*` variables the target is the embedded engine that the application
//! brings with [`App::embedded`]; this crate knows no engine, only Snowflake's protocol.

mod app;
mod cli;
mod connection;
mod deploy;
mod error;
mod hint;
mod interrupt;
mod live;
mod model;
mod operate;
mod progress;
mod render;
mod tour;

pub use app::{App, assert_rendered, main};
pub use connection::{Connection, ConnectionError, Embedded, EmbeddedOptions, Row};
pub use error::{Error, Outcome, StatementError};
pub use hint::Hints;
pub use live::Difference;
pub use tour::Tour;
