#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    let large = changes.filter(|c| c.amount > 1000);
    let rows = mart.insert(large.select(|c| Mart { id: c.id, customer: c.customer, amount: c.amount }));
    rows
}

fn main() {}
// It compiles with `c.is_inserted()` instead of `c.amount > 1000`.
