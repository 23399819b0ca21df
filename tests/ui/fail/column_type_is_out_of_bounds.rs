#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Big {
    pub number: Option<Number<39, 2>>,
}

fn main() {}
