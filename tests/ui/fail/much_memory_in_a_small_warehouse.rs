use pipeline_dsl::prelude::*;

#[warehouse(size = Small, warehouse_type = SnowparkOptimized, resource_constraint = Memory16x)]
pub struct BigWh;

fn main() {}
// It compiles with `size = Medium` instead of `size = Small`.
