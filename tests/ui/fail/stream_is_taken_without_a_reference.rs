#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: OrdersStream, mart: &mut Mart) -> Integer {
    let new = changes.filter(|c| c.is_inserted());
    let rows = mart.insert(new.select(|c| Mart { id: c.id, customer: c.customer, amount: c.amount }));
    rows
}

fn main() {}
// It compiles with `&OrdersStream` instead of `OrdersStream`.
