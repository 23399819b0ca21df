use pipeline_dsl::prelude::*;

#[database(name = "")]
pub struct Nameless;

fn main() {}
