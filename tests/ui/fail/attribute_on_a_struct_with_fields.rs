use pipeline_dsl::prelude::*;

#[role]
pub struct Reader { name: String }

fn main() {}
// It compiles with `Reader;` instead of `Reader { name: String }`.
