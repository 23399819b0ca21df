use pipeline_dsl::prelude::*;

#[warehouse(min_clusters = 3, max_clusters = 2)]
pub struct BigWh;

fn main() {}
