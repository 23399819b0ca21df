use pipeline_dsl::prelude::*;

#[warehouse(min_clusters = 3, max_clusters = 2)]
pub struct BigWh;

fn main() {}
// It compiles with `max_clusters = 3` instead of `max_clusters = 2`.
