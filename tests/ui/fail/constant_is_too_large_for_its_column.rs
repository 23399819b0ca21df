#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(mart: &mut Mart) -> Integer {
    mart.insert(Mart { id: 1, customer: "somebody", amount: 123456789.5 });
    0
}

fn main() {}
// It compiles with `12345678.5` instead of `123456789.5`.
