use pipeline_dsl::prelude::*;

#[warehouse(size = Large, resource_constraint = Memory64x)]
pub struct BigWh;

fn main() {}
