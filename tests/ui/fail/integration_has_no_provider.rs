use pipeline_dsl::prelude::*;

#[notification_integration(enabled = true)]
pub struct Errors;

fn main() {}
// It compiles with `email()` instead of `enabled = true`.
