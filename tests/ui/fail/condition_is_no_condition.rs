#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(orders: &Orders) -> Integer {
    if orders.count() {
        return 1;
    }
    0
}

fn main() {}
// It compiles with `orders.count() > 0 {` instead of `orders.count() {`.
