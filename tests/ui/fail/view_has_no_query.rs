use pipeline_dsl::prelude::*;

#[view(schema = Raw)]
pub struct Gone;

fn main() {}
// It compiles with `schema = Raw, sql = "SELECT ID FROM {Orders}"` instead of `schema = Raw`.
