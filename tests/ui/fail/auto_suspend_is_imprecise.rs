#![deny(deprecated)]
use pipeline_dsl::prelude::*;

#[warehouse(auto_suspend = "45 seconds")]
pub struct BigWh;

fn main() {}
// It compiles with `60 seconds` instead of `45 seconds`.
