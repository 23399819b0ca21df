#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(_warehouse: &ShopWh) -> Integer {
    0
}

fn main() {}
// It compiles with `&Orders` instead of `&ShopWh`.
