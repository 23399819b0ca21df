use pipeline_dsl::prelude::*;

#[database]
pub struct Snowflake;

fn main() {}
// It compiles with `#[database(external)]` instead of `#[database]`.
