#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw, allow("stream-feedback"))]
pub fn fill(changes: &MartStream, orders: &mut Orders, mart: &mut Mart) -> Integer {
    transaction(|| {
        mart.insert(Mart { id: 1, customer: "new", amount: None });
        orders.insert(changes.select(|c| Orders { id: c.id, customer: c.customer, amount: c.amount }));
    });
    0
}

fn main() {}
// It compiles with `&OrdersStream` instead of `&MartStream`.
