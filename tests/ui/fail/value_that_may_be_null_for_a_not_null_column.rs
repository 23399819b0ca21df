#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    let rows = mart.insert(changes.select(|c| Mart { id: null_if(c.id, 0), customer: c.customer, ..default() }));
    rows
}

fn main() {}
// It compiles with `id: c.id` instead of `id: null_if(c.id, 0)`.
