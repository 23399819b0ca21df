#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, append_only)]
pub struct NewOrders;

#[procedure(schema = Raw)]
pub fn fill(changes: &NewOrders, mart: &mut Mart) -> Integer {
    let rows = mart.merge(changes.latest_by(|c| c.id, |c| c.amount)).on(|m| m.id).delete_removed().run();
    rows
}

fn main() {}
// It compiles without `, append_only`.
