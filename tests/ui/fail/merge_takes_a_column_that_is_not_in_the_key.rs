#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(orders: &Orders, mart: &mut Mart) -> Integer {
    let rows = mart
        .merge(orders.group_by(|o| o.customer))
        .on(|m| m.customer)
        .update(|_, o| Mart { amount: o.amount, ..unchanged() })
        .run();
    rows
}

fn main() {}
// It compiles with `max(o.amount)` instead of `o.amount`.
