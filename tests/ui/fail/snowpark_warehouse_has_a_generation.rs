use pipeline_dsl::prelude::*;

#[warehouse(warehouse_type = SnowparkOptimized, generation = 1)]
pub struct BigWh;

fn main() {}
// It compiles without `, generation = 1`.
