#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(orders: &Orders) -> Integer {
    for order in orders {
        log(LogLevel::Info, "one");
    }
    0
}

fn main() {}
// It compiles with `for _order in orders.values(|o| o.id)` instead of `for order in orders`.
