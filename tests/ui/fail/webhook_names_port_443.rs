use pipeline_dsl::prelude::*;

#[notification_integration(webhook(url = "https://example.com:443/hook"))]
pub struct Errors;

fn main() {}
// It compiles without `:443`.
