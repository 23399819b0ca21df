use pipeline_dsl::prelude::*;

#[stream(append_only)]
pub struct Changes;

fn main() {}
// It compiles with `append_only, on = Orders` instead of `append_only`.
