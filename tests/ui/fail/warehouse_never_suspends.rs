#![deny(deprecated)]
use pipeline_dsl::prelude::*;

#[warehouse(auto_suspend = "0 seconds")]
pub struct BigWh;

fn main() {}
