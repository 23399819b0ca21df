#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    let rows = mart.insert(changes.select(|c| Mart { id: c.id, customer: c.customer, amount: c.amount / 3 }));
    rows
}

fn main() {}
// It compiles with `amount: round_to(c.amount / 3, 2)` instead of `amount: c.amount / 3`.
