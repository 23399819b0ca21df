#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(orders: &Orders, mart: &mut Mart) -> Integer {
    let rows = mart.merge(orders.latest_by(|o| o.id, |o| o.amount)).on(|m| m.id).delete_removed().run();
    rows
}

fn main() {}
// It compiles with `&OrdersStream,` instead of `&Orders,`.
