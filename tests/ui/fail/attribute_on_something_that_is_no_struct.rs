use pipeline_dsl::prelude::*;

#[warehouse]
pub enum Sizes {
    Small,
}

fn main() {}
