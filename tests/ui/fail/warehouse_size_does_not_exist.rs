use pipeline_dsl::prelude::*;

#[warehouse(size = Huge)]
pub struct BigWh;

fn main() {}
// It compiles with `XXLarge` instead of `Huge`.
