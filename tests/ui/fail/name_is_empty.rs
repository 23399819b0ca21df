use pipeline_dsl::prelude::*;

#[database(name = "")]
pub struct Nameless;

fn main() {}
// It compiles with `name = "N"` instead of `name = ""`.
