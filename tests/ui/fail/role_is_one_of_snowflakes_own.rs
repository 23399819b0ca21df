use pipeline_dsl::prelude::*;

#[role]
pub struct Sysadmin;

fn main() {}
// It compiles with `#[role(external)]` instead of `#[role]`.
