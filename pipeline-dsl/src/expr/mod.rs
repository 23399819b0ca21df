//! Typed SQL expressions.

mod col;

pub use col::{Col, Source};
