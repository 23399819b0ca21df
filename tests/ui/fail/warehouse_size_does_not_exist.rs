use pipeline_dsl::prelude::*;

#[warehouse(size = Huge)]
pub struct BigWh;

fn main() {}
