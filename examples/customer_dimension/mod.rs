//! A customer dimension that a MERGE keeps up to date from a stream.

mod pipeline;
mod tour;

pub use pipeline::*;

/// The program around the pipeline.
pub fn app() -> pipeline_runtime::App {
    pipeline_runtime::App::new(&CustomerDimension)
        .scripts(concat!(env!("CARGO_MANIFEST_DIR"), "/customer_dimension/sql"))
        .embedded(crate::embedded)
        .tour(60, tour::tour)
}
