use pipeline_dsl::prelude::*;

#[warehouse(max_clusters = 0)]
pub struct BigWh;

fn main() {}
// It compiles with `max_clusters = 1` instead of `max_clusters = 0`.
