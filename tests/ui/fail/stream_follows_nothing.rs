use pipeline_dsl::prelude::*;

#[stream(append_only)]
pub struct Changes;

fn main() {}
