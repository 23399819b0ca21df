//! A graph of tasks: a root, two children that run side by side, and a finalizer that runs in any case.

mod pipeline;
mod tour;

pub use pipeline::*;

/// The program around the pipeline.
pub fn app() -> pipeline_runtime::App {
    pipeline_runtime::App::new(&OrderReports)
        .scripts(concat!(env!("CARGO_MANIFEST_DIR"), "/task_graph/sql"))
        .embedded(crate::embedded)
        .tour(60, tour::tour)
}
