use pipeline_dsl::prelude::*;

#[warehouse]
pub enum Sizes { Small }

fn main() {}
// It compiles with `struct Sizes;` instead of `enum Sizes { Small }`.
