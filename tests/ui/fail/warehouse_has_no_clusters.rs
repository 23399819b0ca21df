use pipeline_dsl::prelude::*;

#[warehouse(max_clusters = 0)]
pub struct BigWh;

fn main() {}
