use pipeline_dsl::prelude::*;

#[warehouse(size = Large, resource_constraint = Memory64x)]
pub struct BigWh;

fn main() {}
// It compiles with `warehouse_type = SnowparkOptimized, resource_constraint` instead of `resource_constraint`.
