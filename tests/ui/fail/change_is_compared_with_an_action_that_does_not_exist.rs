#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    let updated = changes.filter(|c| c.action() == "UPDATE");
    let rows = mart.insert(updated.select(|c| Mart { id: c.id, customer: c.customer, amount: c.amount }));
    rows
}

fn main() {}
// It compiles with `"INSERT"` instead of `"UPDATE"`.
