use pipeline_dsl::prelude::*;

#[warehouse(generation = 3)]
pub struct BigWh;

fn main() {}
// It compiles with `generation = 2` instead of `generation = 3`.
