#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, orders: &Orders, mart: &mut Mart) -> Integer {
    let rows = mart.insert(
        changes
            .join(orders, |c, o| c.id == o.id)
            .select(|c, _| Mart { id: c.id, customer: c.customer, amount: null::<Number<10, 2>>() }),
    );
    rows
}

fn main() {}
// It compiles with `.left_join(orders` instead of `.join(orders`.
