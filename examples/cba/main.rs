//! The CBA pipeline.
fn main() {}
