use pipeline_dsl::prelude::*;

#[warehouse(query_acceleration_scale = 101)]
pub struct BigWh;

fn main() {}
// It compiles with `100` instead of `101`.
