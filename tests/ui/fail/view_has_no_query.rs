use pipeline_dsl::prelude::*;

#[view(schema = Raw)]
pub struct Gone;

fn main() {}
