#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    let rows = mart.merge(changes.latest_by(|c| c.id, |c| c.amount)).on(|m| m.customer).delete_removed().run();
    rows
}

fn main() {}
// It compiles with `m.id` instead of `m.customer`.
