//! Customer behaviour analysis: what changes in TABLE_A replaces TABLE_B every two minutes.

mod pipeline;
mod tour;

pub use pipeline::*;

/// The program around the pipeline. On the embedded engine two minutes take two seconds.
pub fn app() -> pipeline_runtime::App {
    pipeline_runtime::App::new(&Cba)
        .scripts(concat!(env!("CARGO_MANIFEST_DIR"), "/cba/sql"))
        .embedded(crate::embedded)
        .tour(60, tour::tour)
}
