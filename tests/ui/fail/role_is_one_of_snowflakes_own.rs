use pipeline_dsl::prelude::*;

#[role]
pub struct Sysadmin;

fn main() {}
