#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    let latest = changes.latest_by(|c| c.id, |c| c.amount);
    let rows = mart.merge(latest).on(|m| m.id).update(|_, c| Mart { amount: c.amount, ..unchanged() }).delete_removed().run();
    rows
}

fn main() {}
// It compiles with `.delete_removed().update(|_, c| Mart { amount: c.amount, ..unchanged() })` instead of `.update(|_, c| Mart { amount: c.amount, ..unchanged() }).delete_removed()`.
