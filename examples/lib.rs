//! Pipelines to read, run and copy.

pub mod cba;
pub mod customer_dimension;
mod embedded;
pub mod task_graph;

pub use embedded::embedded;
