#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    let rows = mart.merge(changes).on(|m| m.id).delete_removed().run();
    rows
}

fn main() {}
// It compiles with `changes.latest_by(|c| c.id, |c| c.amount)).on` instead of `changes).on`.
