use pipeline_dsl::prelude::*;

#[warehouse(auto_suspend = "never")]
pub struct BigWh;

fn main() {}
// It compiles with `30 seconds` instead of `never`.
