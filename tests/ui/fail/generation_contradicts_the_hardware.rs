use pipeline_dsl::prelude::*;

#[warehouse(generation = 1, resource_constraint = StandardGen2)]
pub struct BigWh;

fn main() {}
// It compiles with `generation = 2` instead of `generation = 1`.
