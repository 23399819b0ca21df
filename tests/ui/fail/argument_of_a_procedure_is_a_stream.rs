#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: OrdersStream, mart: &mut Mart) -> Integer {
    mart.insert(changes.select(|c| Mart { id: c.id, customer: c.customer, ..default() }))
}

fn main() {}
