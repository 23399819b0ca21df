#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(orders: &Orders) -> Varchar {
    orders.count()
}

fn main() {}
// It compiles with `-> Integer` instead of `-> Varchar`.
