use pipeline_dsl::prelude::*;

#[warehouse(size = X5Large, generation = 2)]
pub struct BigWh;

fn main() {}
// It compiles with `X4Large` instead of `X5Large`.
