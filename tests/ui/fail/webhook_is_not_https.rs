use pipeline_dsl::prelude::*;

#[notification_integration(webhook(url = "http://example.com/hook"))]
pub struct Errors;

fn main() {}
// It compiles with `https://` instead of `http://`.
