use pipeline_dsl::prelude::*;

#[warehouse(query_acceleration_scale = 101)]
pub struct BigWh;

fn main() {}
