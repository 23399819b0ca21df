#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(orders: &Orders) -> Integer {
    let rows = orders.count();
    rows = rows + 1;
    rows
}

fn main() {}
// It compiles with `let mut rows` instead of `let rows`.
