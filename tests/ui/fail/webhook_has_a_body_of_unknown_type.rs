#![deny(deprecated)]
use pipeline_dsl::prelude::*;

#[notification_integration(webhook(url = "https://example.com/hook", body_template = "SNOWFLAKE_WEBHOOK_MESSAGE"))]
pub struct Errors;

fn main() {}
// It compiles with `MESSAGE", headers("Content-Type" = "text/plain")` instead of `MESSAGE"`.
