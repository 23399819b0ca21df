#![deny(deprecated)]
use pipeline_dsl::prelude::*;

#[warehouse(auto_suspend = "0 seconds")]
pub struct BigWh;

fn main() {}
// It compiles with `30 seconds` instead of `0 seconds`.
