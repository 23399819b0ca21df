#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    mart.merge(changes.latest_by(|c| c.id, |c| c.amount)).on(|m| m.id).delete_removed();
    0
}

fn main() {}
// It compiles with `delete_removed().run()` instead of `delete_removed()`.
