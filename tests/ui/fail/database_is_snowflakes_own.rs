use pipeline_dsl::prelude::*;

#[database]
pub struct Snowflake;

fn main() {}
