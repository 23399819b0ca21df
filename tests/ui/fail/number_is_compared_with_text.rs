#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream) -> Integer {
    let rows = changes.filter(|c| c.id == c.customer).count();
    rows
}

fn main() {}
// It compiles with `c.id == c.id` instead of `c.id == c.customer`.
