#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Big {
    pub number: Option<Number<39, 2>>,
}

fn main() {}
// It compiles with `38, 2` instead of `39, 2`.
