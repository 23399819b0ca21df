use pipeline_dsl::prelude::*;

#[warehouse(generation = 3)]
pub struct BigWh;

fn main() {}
