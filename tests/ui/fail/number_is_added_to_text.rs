#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(orders: &Orders) -> Integer {
    let next = orders.filter(|o| o.customer + 1 > 3).count();
    next
}

fn main() {}
// It compiles with `o.id + 1` instead of `o.customer + 1`.
