#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    let rows = mart.insert(changes.select(|c| Mart { id: c.id, customer: concat((to_varchar(c.amount), "EUR")), amount: c.amount }));
    rows
}

fn main() {}
// It compiles with `to_varchar(c.id)` instead of `to_varchar(c.amount)`.
