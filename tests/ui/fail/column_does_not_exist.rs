#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    let rows = mart.insert(changes.select(|c| Mart { id: c.id, customer: c.custmer, amount: c.amount }));
    rows
}

fn main() {}
// It compiles with `c.customer` instead of `c.custmer`.
