#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn double(changes: &OrdersStream, orders: &mut Orders) -> Integer {
    let rows = orders.insert(changes.select(|c| Orders { id: c.id, customer: c.customer, amount: c.amount }));
    rows
}

fn main() {}
// It compiles with `&MartStream` instead of `&OrdersStream`.
